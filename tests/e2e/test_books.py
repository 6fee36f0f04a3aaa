"""The three books on screen: closed after a send, open with its reason while one is paused, on a desk and on a phone."""

import pytest
from playwright.sync_api import expect
from tests.e2e.camp import make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e

PEOPLE = 6


def begin(hub: Installation, **fields: object) -> str:
    campaign = hub.campaign(name="설명회 안내", **fields)
    digest = hub.post(f"/api/campaigns/{campaign}/check", {})["digest"]
    hub.post(f"/api/campaigns/{campaign}/launch", {"digest": digest})
    return campaign


@pytest.mark.parametrize("width", [1440, 360])
def test_books_close_after_a_send_and_say_who_is_open_while_one_is_paused(
    hub: Installation, open_page: OpenPage, log_in, width: int
) -> None:
    camp = make_camp(hub, name=f"장부 캠프 {width}")
    rows = "".join(f"김하늘,0106{number:07d}\n" for number in range(PEOPLE))
    hub.import_csv(("이름,휴대폰\n" + rows).encode())
    done = begin(hub)
    hub.until(done, lambda snapshot: snapshot["state"] == "finished")
    page = open_page(width=width, bypass_csp=True)  # axe comes in as a script of ours
    log_in(page, camp.email)

    page.goto(f"{hub.base}/campaigns/{done}")
    page.get_by_role("link", name="장부 맞추기").click()
    expect(page.get_by_text("장부가 맞아요. 열린 줄이 없어요.")).to_be_visible()
    checks = page.get_by_role("list", name="같아야 하는 합").get_by_role("listitem")
    assert checks.count() == 10
    assert all("같음" in one for one in checks.all_inner_texts())
    expect(page.get_by_text("발송사가 도달이라고 함")).to_be_visible()
    assert violations(page, "books of a send") == []

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
    assert violations(page, "all books") == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    row.get_by_role("link", name="설명회 안내").click()
    expect(page.get_by_text("명의 결과가 아직 정해지지 않았어요")).to_be_visible()
    assert violations(page, "books of a paused send") == []
