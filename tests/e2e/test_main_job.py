"""The whole job, as staff do it: list in, text out, watch it arrive, see who didn't get it and why."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from tests.e2e.camp import add_people, list_file, make_camp
from tests.e2e.conftest import OpenPage
from tests.support.book import person
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e

PEOPLE = 300


def bring_in(page: Page, base: str, file: Path) -> None:
    page.goto(f"{base}/contacts/imports")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label("처리 근거").select_option("consent")
    page.get_by_label("받은 날").fill("2025-09-01")
    page.get_by_label("출처").fill("가을 주민간담회 참석 신청서")
    page.get_by_role("group", name="받은 목적").get_by_label("공지·일정 안내").check()
    page.get_by_role("button", name="행 가져오기").click()
    page.get_by_text("가져왔어요").wait_for(timeout=60_000)


def write_text(page: Page, text: str) -> None:
    """Keyboard only, from anywhere: N, the kind, Ctrl+Enter, name, text, Ctrl+Enter; then the review."""
    type_text(page, text)
    page.get_by_text("발송 점검").wait_for()


def type_text(page: Page, text: str) -> None:
    page.keyboard.press("n")
    page.get_by_role("radio", name="민원·일정 안내").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("캠페인 이름")).to_be_focused()
    page.keyboard.type("주민 간담회 안내")
    page.get_by_label("메시지", exact=True).focus()
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")


def launch(page: Page, people: int) -> None:
    page.get_by_role("button", name=f"{people}명에게 보내기").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name=f"{people}명에게 보내기").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/campaigns/0*")


def test_from_a_list_to_every_single_person(
    hub: Installation, open_page: OpenPage, log_in, tmp_path: Path
) -> None:
    camp = make_camp(hub)
    earlier = len(hub.ledger())  # of other camps, on the same handsets
    page, other = open_page(), open_page()
    log_in(page, camp.email)
    log_in(other, camp.email)
    bring_in(page, hub.base, list_file(tmp_path, PEOPLE))

    # One refuses: the exception is loud, and the rest of the job leaves that person out.
    refuser = person(7)
    hub.post("/api/suppressions", {"kind": "phone", "value": refuser.phones[0], "reason": "전화로 요청"})

    page.goto(f"{hub.base}/contacts")
    expect(page.get_by_text(f"{PEOPLE}명").first).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type(refuser.phones[0][-4:])
    row = page.get_by_role("row").filter(has_text=refuser.name)
    expect(row.get_by_text("수신 거부")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")

    write_text(page, "#{이름}님, 주민 간담회를 11월 28일(토) 오후 2시에 열어요.")
    expect(page.get_by_text("수신 거부", exact=True)).to_be_visible()
    launch(page, PEOPLE - 1)

    # Somebody else opened the same page and only watches.
    other.goto(page.url)
    for one in (page, other):
        expect(one.get_by_text("발송 완료")).to_be_visible(timeout=60_000)
        expect(one.get_by_role("button", name="도달", exact=False).first).to_contain_text(str(PEOPLE - 1))

    page.get_by_role("button", name="보내지 않음").first.click()
    page.get_by_role("button", name=refuser.name).click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text("수신 거부 때문에 보내지 않았어요")).to_be_visible()
    expect(sheet.get_by_text("발송사에 넘기지 않았어요")).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_role("button", name=re.compile("^전체")).click()
    page.get_by_role("button", name="결과 받기").click()
    taking = page.get_by_role("dialog")
    taking.get_by_text("CSV로").click()
    taking.get_by_role("button", name="받기", exact=True).click()
    expect(taking.get_by_text("10자 이상 적어 주세요")).to_be_visible()
    taking.get_by_label("무엇에 쓰나요?").fill("사무소 결과 보고에 붙임")
    with page.expect_download() as waiting:
        taking.get_by_role("button", name="받기", exact=True).click()
    with Path(waiting.value.path()).open(encoding="utf-8-sig") as file:
        assert len(list(csv.DictReader(file))) == PEOPLE

    texts = {entry["to"]: entry["text"] for entry in hub.ledger()[earlier:]}
    assert refuser.phones[0] not in texts
    assert texts[person(8).phones[0]].startswith(f"{person(8).name}님, ")


def test_the_review_waits_for_sender_numbers_that_arrive_after_the_last_key(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="느린 회선 캠프")
    add_people(hub, ("김서연", "01033336666"))
    page = open_page()
    log_in(page, camp.email, home=True)
    held: list[Route] = []
    page.route("**/api/senders", lambda route: held.append(route))  # noqa: PLW0108  playwright marks its handler: no builtin
    type_text(page, "안내예요.")
    expect(page.get_by_role("button", name="검토로").first).to_be_disabled()
    assert held != []
    for route in held:
        route.continue_()
    page.get_by_text("발송 점검").wait_for()


def test_a_person_on_a_test_phone_refuses_and_is_left_out_next_time(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="답장 캠프")
    add_people(hub, ("김서연", "01033334444"), ("이하준", "01033335555"))
    page = open_page()
    log_in(page, camp.email, home=True)
    write_text(page, "#{이름}님, 안내 말씀 드려요.")
    launch(page, 2)
    expect(page.get_by_text("발송 완료")).to_be_visible(timeout=60_000)

    page.goto(f"{hub.base}/phones")
    page.get_by_role("button", name="김서연").click()
    expect(page.get_by_text("김서연님, 안내 말씀 드려요.").last).to_be_visible()
    page.get_by_label("답장 쓰기").fill("주차 되나요?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("figure").get_by_text("주차 되나요?")).to_be_visible()
    page.get_by_label("답장 쓰기").fill("수신거부")
    page.keyboard.press("Enter")
    expect(page.get_by_role("figure").get_by_text("수신거부")).to_be_visible()

    page.goto(f"{hub.base}/contacts?suppressed=yes")
    expect(page.get_by_role("row").filter(has_text="김서연")).to_be_visible(timeout=30_000)
    write_text(page, "#{이름}님, 다음 안내예요.")
    expect(page.get_by_role("button", name="1명에게 보내기")).to_be_visible()


def test_a_send_is_paused_here_and_seen_there_and_goes_on_after_a_reload(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="멈춤 캠프")
    rows = "".join(f"김하늘,0104{number:07d}\n" for number in range(300))
    hub.import_csv(("이름,휴대폰\n" + rows).encode())
    campaign = hub.campaign(ratePerSecond=20)
    page, other = open_page(), open_page(width=360, height=740)
    log_in(page, camp.email)
    log_in(other, camp.email)
    check = hub.post(f"/api/campaigns/{campaign}/check", {})
    hub.post(f"/api/campaigns/{campaign}/launch", {"digest": check["digest"]})
    page.goto(f"{hub.base}/campaigns/{campaign}")
    other.goto(f"{hub.base}/campaigns/{campaign}")
    for screen in (page, other):
        expect(screen.get_by_text("보내는 중").first).to_be_visible()

    page.keyboard.press("p")
    page.get_by_role("dialog").get_by_role("button", name="일시 정지").click()
    expect(page.get_by_text("멈췄어요")).to_be_visible()
    expect(other.get_by_text("멈췄어요")).to_be_visible()
    lane = page.get_by_role("list", name="나가는 줄").get_by_role("listitem").filter(has_text="이 캠페인")
    expect(lane).to_contain_text("차례인 사람")

    other.reload()
    other.get_by_role("button", name="이어 보내기").click()
    expect(page.get_by_text("보내는 중").first).to_be_visible()
    expect(page.get_by_text("발송 완료")).to_be_visible(timeout=60_000)


def test_a_draft_survives_a_reload_and_the_browser_keeps_no_name_of_a_person(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="초안 캠프")
    add_people(hub, ("김서연", "01033334444"))
    page = open_page()
    log_in(page, camp.email, home=True)
    write_text(page, "#{이름}님, 쓰다 만 글")
    page.reload()
    page.get_by_text("발송 점검").wait_for()  # the address names the step
    steps = page.get_by_role("navigation", name="캠페인 만들기 단계")
    steps.get_by_role("button", name="메시지").click()
    expect(page.get_by_label("메시지", exact=True)).to_have_value("#{이름}님, 쓰다 만 글")
    steps.get_by_role("button", name="받는 사람").click()
    expect(page.get_by_role("radio", name="민원·일정 안내")).to_be_checked()
    kept = page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert "김서연" not in kept
    assert "33334444" not in kept
