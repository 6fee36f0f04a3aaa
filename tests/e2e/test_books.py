"""The three books on screen: closed after a send, open with its reason while one is paused, on a desk and on a phone."""

import pytest
from playwright.sync_api import Route, expect
from tests.e2e.camp import make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations, violations_in_both_widths
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e

PEOPLE = 6


def begin(hub: Installation, **fields: object) -> str:
    campaign = hub.campaign(name="설명회 안내", **fields)
    digest = hub.post(f"/api/campaigns/{campaign}/check", {})["digest"]
    hub.post(f"/api/campaigns/{campaign}/launch", {"digest": digest})
    return campaign


def test_books_close_after_a_send_and_say_who_is_open_while_one_is_paused(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="장부 캠프")
    rows = "".join(f"김하늘,0106{number:07d}\n" for number in range(PEOPLE))
    hub.import_csv(("이름,휴대폰\n" + rows).encode())
    done = begin(hub)
    hub.until(done, lambda snapshot: snapshot["state"] == "finished")
    page = open_page(bypass_csp=True)  # axe comes in as a script of ours
    log_in(page, camp.email)

    page.goto(f"{hub.base}/campaigns/{done}")
    page.get_by_role("link", name="장부 맞추기").click()
    expect(page.get_by_text("장부가 맞아요. 열린 줄이 없어요.")).to_be_visible()
    checks = page.get_by_role("list", name="같아야 하는 합").get_by_role("listitem")
    assert checks.count() == 10
    assert all("같음" in one for one in checks.all_inner_texts())
    expect(page.get_by_text("발송사가 도달이라고 함")).to_be_visible()
    assert violations_in_both_widths(page, "books of a send") == []

    # One that stops in the middle: a person per second, paused at once.
    slow = begin(hub, ratePerSecond=1)
    hub.until(slow, lambda snapshot: snapshot["audience"] > 0)
    hub.post(f"/api/campaigns/{slow}/pause")
    hub.until(slow, lambda snapshot: snapshot["counts"]["sending"] + snapshot["counts"]["accepted"] == 0)
    page.get_by_role("button", name="발송 하나만 보는 중").click()
    row = page.get_by_role("list", name="열린 줄").get_by_role("listitem")
    expect(row).to_contain_text("보내기를 기다림")
    expect(row).to_contain_text("누가 다시 시작할 때까지 멈춰 있어요")
    expect(page.get_by_text("맞음", exact=True)).to_be_visible()
    assert violations_in_both_widths(page, "all books") == []
    row.get_by_role("link", name="설명회 안내").click()
    expect(page.get_by_text("명의 결과가 아직 정해지지 않았어요")).to_be_visible()
    assert violations_in_both_widths(page, "books of a paused send") == []


def test_a_month_can_be_typed_and_what_nobody_counted_is_not_called_closed(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="큰 장부 캠프")
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/sends/books")
    expect(page.get_by_text("장부가 맞아요. 열린 줄이 없어요.")).to_be_visible()

    # Digit by digit, as a keyboard gives it: each is a change of the field, and none but the last is a month to ask for.
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if "/api/reconciliation" in request.url else None
    )
    field = page.get_by_label("달", exact=True)
    for value in ("0002-11", "0020-11", "0202-11", "2025-11"):
        field.fill(value)
    expect(page.get_by_role("heading", name="2025년 11월 발송")).to_be_visible()
    expect(page.get_by_text("이 달에 보낸 것이 없어요")).to_be_visible()
    expect(field).to_be_focused()
    assert [url.partition("month=")[2][:7] for url in asked] == ["2025-11"]

    # It stays where it is when the answer is a refusal, too.
    refusal = {"code": "internal", "title": "읽지 못했어요"}
    page.route("**/api/reconciliation*", lambda route: route.fulfill(status=409, json=refusal))
    field.fill("2025-10")
    expect(page.get_by_text("장부를 불러오지 못했어요")).to_be_visible()
    expect(field).to_have_value("2025-10")
    page.unroute("**/api/reconciliation*")

    def too_many(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"uncounted": ["0199" + "0" * 28]})

    page.route("**/api/reconciliation*", too_many)
    page.get_by_role("button", name="다시 시도").click()
    expect(page.get_by_text("1개 발송은 아직 세지 않았어요")).to_be_visible()
    expect(page.get_by_text("장부가 맞아요")).to_have_count(0)
    assert violations(page, "books that nobody counted") == []
