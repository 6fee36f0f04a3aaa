"""Settings of limits, carriers and prices: what is shown is what the ledger holds, and every figure leads somewhere."""

import csv
import io
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect
from tests.e2e.camp import add_people, make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.support.installation import Installation

from pabal.kit.clock import KST

pytestmark = pytest.mark.e2e


def people(count: int) -> bytes:
    return ("이름,휴대폰\n" + "".join(f"김하늘,0107{n:07d}\n" for n in range(count))).encode()


def launched(hub: Installation, name: str) -> str:
    campaign = hub.campaign(name=name)
    digest = hub.post(f"/api/campaigns/{campaign}/check", {})["digest"]
    hub.post(f"/api/campaigns/{campaign}/launch", {"digest": digest})
    return campaign


def test_a_send_held_by_the_limit_is_seen_raised_and_traced_to_its_last_unit(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="한도 캠프", quota=100)
    hub.import_csv(people(30))
    first = launched(hub, "주민 설명회")
    hub.until(first, lambda seen: seen["state"] == "finished")
    page = open_page(bypass_csp=True)
    log_in(page, camp.email, home=True)

    # From the figure in the corner to the page behind it.
    page.get_by_role("link", name="월 발송량").click()
    page.wait_for_url("**/settings/quota")
    month = page.get_by_role("progressbar", name="한도에서 쓴 만큼")
    expect(month).to_have_attribute("aria-valuenow", "30")
    expect(page.get_by_text("움직임을 모두 더하면 위 숫자와 같아요")).to_be_visible()
    expect(page.get_by_text("(한국 시간)에 새 달의 한도로 다시 시작해요")).to_be_visible()

    # The server's refusal is said at the field and loses nothing that was typed.
    page.get_by_role("button", name="한도 바꾸기").click()
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_label("월 한도(건)")
    field.fill("29")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("30건 이상으로 정하세요")
    assert violations(page, "limit dialog") == []
    field.fill("40")
    page.keyboard.press("Enter")
    expect(page.get_by_text("월 한도를 40건으로 바꿨어요")).to_be_visible()
    expect(page.get_by_role("button", name="한도 바꾸기")).to_be_focused()

    # The next send meets it: who waits is named with their number, and goes on when it is raised.
    second = launched(hub, "투표 안내")
    hub.until(second, lambda seen: seen["state"] == "held" and seen["counts"]["queued"] == 20)
    expect(page.get_by_role("heading", name="20명이 한도를 기다려요")).to_be_visible()
    expect(month).to_have_attribute("aria-valuenow", "40")
    assert violations(page, "a month that is full") == []
    page.get_by_role("button", name="한도 바꾸기").click()
    expect(dialog).to_contain_text("20명에게는 남은 만큼 저절로 이어 보내요")
    field.fill("1,000")
    page.keyboard.press("Enter")
    hub.until(second, lambda seen: seen["state"] == "finished")
    expect(month).to_have_attribute("aria-valuenow", "60")
    expect(page.get_by_role("heading", name="20명이 한도를 기다려요")).to_have_count(0)

    # One send's movements alone, kept over a reload, and the same as a file.
    page.get_by_role("button", name="움직임 · 투표 안내").click()
    movements = page.locator("#movements")
    expect(movements).to_be_focused()
    expect(movements.get_by_text("‘투표 안내’만 보는 중")).to_be_visible()
    expect(movements.get_by_role("link", name="주민 설명회")).to_have_count(0)
    page.reload()
    expect(movements.get_by_text("‘투표 안내’만 보는 중")).to_be_visible()
    with page.expect_download() as download:
        movements.get_by_role("link", name="CSV로 받기").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    assert {row["캠페인"] for row in rows} == {"투표 안내"}
    assert sum(int(row["건수"]) for row in rows if row["움직임"] == "씀") == 30
    movements.get_by_role("button", name="모두 보기").click()
    expect(movements.get_by_role("link", name="주민 설명회").first).to_be_visible()
    movements.get_by_role("link", name="투표 안내").first.click()
    page.wait_for_url(f"**/campaigns/{second}")


def test_the_limit_on_a_phone_empty_broken_and_without_the_right_to_change_it(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="빈 한도 캠프")
    page = open_page(width=360, height=740, bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/settings/quota")
    expect(page.get_by_text("이 달에는 아직 보낸 것이 없어요")).to_be_visible()
    expect(page.get_by_text("움직임이 없어요")).to_be_visible()
    assert violations(page, "empty month on a phone") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    refusal = {"code": "internal", "title": "읽지 못했어요"}
    page.route("**/api/quota/month*", lambda route: route.fulfill(status=409, json=refusal))
    page.reload()
    expect(page.get_by_text("한도를 불러오지 못했어요")).to_be_visible(timeout=30_000)
    page.unroute("**/api/quota/month*")
    page.get_by_role("button", name="다시 시도").click()
    expect(page.get_by_text("움직임이 없어요")).to_be_visible()

    # A month without a row is empty, not broken, and leads back; the current one is a choice without a row, too.
    page.goto(f"{hub.base}/settings/quota?month=2025-01")
    expect(page.get_by_text("2025년 1월에는 보낸 것이 없어요")).to_be_visible()
    expect(page.get_by_text("한도를 불러오지 못했어요")).to_have_count(0)
    assert violations(page, "a month without a row") == []
    page.get_by_role("button", name="이번 달 보기").click()
    expect(page.get_by_text("(한국 시간)에 새 달의 한도로 다시 시작해요")).to_be_visible()


def test_on_the_1st_the_month_before_opens_and_the_current_one_stays_a_choice(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="첫날 캠프")
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    # A camp that sent last month and nothing yet in this one. The hub's clock stays: other tests live by it.
    row = {"month": "2025-12", "limit": 100, "used": 70, "reserved": 0}
    page.route("**/api/quota/months", lambda route: route.fulfill(json={"items": [row], "nextCursor": None}))

    def past(route: Route) -> None:
        if "month=2025-12" not in route.request.url:
            route.fallback()
            return
        answer = route.fetch(url=route.request.url.partition("?")[0])
        over = {"current": False, "resetsAt": "2025-12-31T15:00:00Z", "remaining": 30}
        route.fulfill(response=answer, json=answer.json() | row | over)

    page.route("**/api/quota/month?*", past)
    page.goto(f"{hub.base}/settings/quota")
    expect(page.get_by_role("heading", name="달마다")).to_be_visible()
    picker = page.get_by_label("달", exact=True)
    assert picker.get_by_role("option").count() == 2
    picker.select_option("2025-12")
    expect(page.get_by_text("끝난 달이에요")).to_be_visible()
    expect(page.get_by_text("남기고 끝남")).to_be_visible()
    expect(page.get_by_text("더 보낼 수 있는 건수")).to_have_count(0)
    picker.select_option(index=0)
    expect(page.get_by_text("더 보낼 수 있는 건수")).to_be_visible()


def test_a_notice_is_told_once_to_who_may_change_the_limit_and_at_its_end_says_who_waits(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="알림 캠프", quota=40)
    hub.import_csv(people(30))
    page = open_page(width=360, height=740, bypass_csp=True)
    log_in(page, camp.email, home=True)
    expect(page.get_by_text("이번 달은")).to_be_visible()
    notice = page.get_by_role("region", name="발송 한도 알림")
    expect(notice).to_have_count(0)

    # It comes while one looks at something else, stays over a reload, and goes for good once seen.
    hub.until(launched(hub, "주민 설명회"), lambda seen: seen["state"] == "finished")
    expect(notice).to_contain_text("70%에 다다랐어요 (30 / 40건)")
    assert violations(page, "notice on a phone") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.reload()
    expect(notice).to_contain_text("70%")
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.ok):
        notice.get_by_role("button", name="이 알림 그만 보기").click()
    expect(notice).to_have_count(0)
    page.reload()
    expect(page.get_by_text("한도의 70%에 다다랐어요")).to_be_visible()  # the brief of the day still says it
    expect(notice).to_have_count(0)

    whole_months: list[str] = []
    page.on(
        "request", lambda request: whole_months.append(request.url) if "/quota/month" in request.url else None
    )
    second = launched(hub, "투표 안내")
    hub.until(second, lambda seen: seen["state"] == "held" and seen["counts"]["queued"] == 20)
    expect(notice).to_contain_text("20명이 기다려요")
    assert whole_months == []  # the notice is on every page: it lives on the figure that all of them carry
    assert violations(page, "full") == []
    notice.get_by_role("link", name="한도 올리기").click()
    page.wait_for_url("**/settings/quota")
    expect(page.get_by_role("heading", name="20명이 한도를 기다려요")).to_be_visible()
    notice.get_by_role("button", name="이 알림 그만 보기").click()
    seen_by = page.get_by_role("listitem").filter(has_text="100% ·")
    expect(seen_by).to_have_count(1)
    expect(notice).to_have_count(0)


def test_a_carrier_account_is_tested_limited_and_given_new_keys_that_nobody_sees_again(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="발송사 설정 캠프")
    add_people(hub, *(("김하늘", f"0107{n:07d}") for n in range(3)))
    hub.until(launched(hub, "주민 설명회"), lambda seen: seen["state"] == "finished")
    real = {"carrier": "solapi", "name": "실제 발송사", "credentials": {"apiKey": "NCSREAL012345678"}}
    real["credentials"]["apiSecret"] = "first-secret"
    account = hub.post("/api/carrier-accounts", real)
    number = {"kind": "phone", "value": "02-333-4444", "name": "사무소", "accountId": account["id"]}
    hub.post("/api/senders", number)
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/settings/team")
    page.get_by_role("link", name="발송사", exact=True).click()
    practice = page.get_by_role("region", name="연습용 발송사")
    expect(practice).to_contain_text("3건 · 상한 없음")
    expect(practice).to_contain_text("/hooks/")  # it is told by webhook
    expect(practice).to_contain_text("아직 확인하지 않았어요")
    assert violations(page, "carriers") == []

    # The test sends nothing, and what it found outlives the page.
    practice.get_by_role("button", name="연결 확인").click()
    expect(practice.get_by_role("status")).to_contain_text("연결됐어요")
    page.reload()
    expect(practice.get_by_role("status")).to_contain_text("연결됐어요")

    # Limits; one that is none is said at its field.
    practice.get_by_role("button", name="고치기").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("초당 발송 (건)").fill("0")
    expect(dialog.get_by_role("alert")).to_contain_text("1 이상의 숫자")
    dialog.get_by_label("초당 발송 (건)").fill("20")
    dialog.get_by_label("월 상한 (건)").fill("5,000")
    dialog.get_by_role("radio", name="물어봐서 알아내기").check(force=True)
    assert violations(page, "account dialog") == []
    page.keyboard.press("Enter")
    expect(practice).to_contain_text("3 / 5,000건")
    expect(practice).to_contain_text("20건까지")
    expect(practice).not_to_contain_text("/hooks/")

    # New keys: tested at once, shown nowhere.
    practice.get_by_role("button", name="키 바꾸기").click()
    expect(dialog.get_by_label("API 키 (앱 키)")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("하나는 적어 주세요")
    dialog.get_by_label("비밀키").fill("a-new-secret-nobody-sees")
    assert violations(page, "keys dialog") == []
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(practice.get_by_role("status")).to_contain_text("연결됐어요")
    assert "a-new-secret" not in page.content()

    # A real carrier can't be told a way back that isn't there.
    live = page.get_by_role("region", name="실제 발송사")
    expect(live).to_contain_text("물어봐서 알아내기")
    live.get_by_role("button", name="고치기").click()
    dialog.get_by_role("radio", name="발송사가 알려 줌").check(force=True)
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("공개 주소가 없어요")
    page.keyboard.press("Escape")
    live.get_by_role("button", name="끄기").click()
    dialog.get_by_role("button", name="끄기").click()
    expect(live.get_by_text("꺼짐")).to_be_visible()

    # Its number waits until somebody says that the carrier has registered it.
    row = page.get_by_role("listitem").filter(has_text="02-333-4444")
    expect(row).to_contain_text("등록 기다림")
    row.get_by_role("button", name="등록됨으로").click()
    dialog.get_by_role("button", name="등록됨으로").click()
    expect(row).to_contain_text("쓸 수 있음")
    row.get_by_role("button", name="멈추기").click()
    expect(dialog).to_contain_text("이 번호로 보내지 않을까요?")
    page.keyboard.press("Escape")
    expect(row).to_contain_text("쓸 수 있음")
    row.get_by_role("button", name="멈추기").click()
    dialog.get_by_role("button", name="멈추기").click()
    expect(row.get_by_text("멈춤")).to_be_visible()

    phone = open_page(width=360, height=740, bypass_csp=True)
    log_in(phone, camp.email)
    phone.goto(f"{hub.base}/settings/carriers")
    expect(phone.get_by_role("region", name="연습용 발송사")).to_contain_text("3 / 5,000건")
    assert violations(phone, "carriers on a phone") == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_prices_are_examples_until_the_camp_types_its_own(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="단가 캠프")
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/settings/team")
    page.get_by_role("link", name="단가").click()
    row = page.get_by_role("listitem").filter(has_text="SMS").first
    expect(row).to_contain_text("예시")
    expect(row).to_contain_text("18원")
    expect(page.get_by_text("공개 단가예요")).to_be_visible()
    assert violations(page, "prices") == []

    page.get_by_role("button", name="바꾸기 · SMS").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("원 (부가세 빼고)")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("100,000까지의 숫자")
    page.keyboard.type("9")
    assert violations(page, "price dialog") == []
    page.keyboard.press("Enter")
    expect(page.get_by_text("단가를 저장했어요")).to_be_visible()
    expect(row).to_contain_text("직접 적음")
    expect(row).to_contain_text("9원")

    year = datetime.now(KST).year + 1
    # One for a day to come stands beside it, and is taken back.
    page.get_by_role("button", name="바꾸기 · SMS").click()
    dialog.get_by_label("원 (부가세 빼고)").fill("12")
    dialog.get_by_label("이날부터").fill(f"{year}-01-01")
    page.keyboard.press("Enter")
    ahead = page.get_by_role("listitem").filter(has_text=f"{year}년")
    expect(ahead).to_contain_text("예정")
    expect(row).to_contain_text("9원")
    ahead.get_by_role("button", name="지우기").click()
    expect(ahead).to_have_count(0)
    page.set_viewport_size({"width": 360, "height": 740})
    assert violations(page, "prices on a phone") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
