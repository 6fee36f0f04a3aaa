"""The product's own scenarios (seeds: 주요 사용 시나리오), each as one pass of a person who has read no manual."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.e2e.camp import make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.e2e.test_main_job import bring_in
from tests.e2e.test_results import click_until_human, drafts, write_two_texts
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e

LIST = "이름,휴대폰,이메일\n김서연,010-5566-0001,seoyeon@example.com\n이하준,010-5566-0002,\n박민호,010-5566-0003,\n"
NEWER = "성명,핸드폰,이메일\n김서연,01055660001,seoyeon@example.com\n이 하준,010 5566 0002,\n최지우,010-5566-0001,\n정다은,010-5566-0005,\n"


class Hand:
    """Counts what a person does: clicks, choices, fields that are filled."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def click(self, what: Locator) -> None:
        self.done.append(f"click {what}")
        what.click()

    def fill(self, what: Locator, text: str) -> None:
        self.done.append(f"fill {what}")
        what.fill(text)


def write_list(folder: Path, text: str) -> Path:
    file = folder / "명단.csv"
    file.write_text(text, encoding="utf-8")
    return file


def compose(page: Page, base: str, kind: str, name: str, text: str) -> None:
    page.goto(f"{base}/campaigns/new")
    page.get_by_role("radio", name=kind).check()
    page.get_by_role("button", name="메시지로").first.click()
    page.get_by_label("캠페인 이름").fill(name)
    page.get_by_label("메시지", exact=True).fill(text)


def to_review(page: Page) -> None:
    page.get_by_role("button", name="검토로").first.click()
    page.get_by_text("발송 점검").wait_for()


def test_scenarios_1_and_2_an_updated_list_comes_in_and_duplicates_become_one(
    hub: Installation, open_page: OpenPage, log_in, tmp_path: Path
) -> None:
    camp = make_camp(hub, name="D-30 캠프")
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    bring_in(page, hub.base, write_list(tmp_path, LIST))
    bring_in(page, hub.base, write_list(tmp_path, NEWER))
    # Three of before, two newcomers; who was there already is no second person.
    assert hub.get("/api/contacts?limit=50")["total"]["value"] == 5

    # A handset of two people gets one text, and the check says which of them reads it.
    compose(page, hub.base, "민원·일정 안내", "D-30 안내", "#{이름}님, 설명회에 초대해요.")
    to_review(page)
    page.get_by_role("button", name="같은 번호로 이미 보냄").click()
    people = page.get_by_role("dialog")
    expect(people.get_by_text("대신 받아요")).to_be_visible()
    assert violations(page, "the people behind a count") == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="보낼 사람").click()
    expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_count(4)
    page.keyboard.press("Escape")

    # Or nobody on that number does: the choice is kept, and the check counts again.
    page.get_by_label("한 번호를 여럿이 쓸 때").select_option(label="아무에게도 보내지 않기")
    expect(page.get_by_role("button", name="3명에게 보내기")).to_be_enabled()
    page.reload()
    expect(page.get_by_label("한 번호를 여럿이 쓸 때")).to_have_value("nobody")


def test_scenario_3_a_d30_notice_goes_by_text_first_and_by_kakao_to_whom_it_did_not_reach(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="순서 캠프")
    hub.import_csv(LIST.encode())
    page = open_page()
    log_in(page, camp.email)
    compose(page, hub.base, "민원·일정 안내", "D-30 안내", "#{이름}님, 접수되었습니다.")
    page.get_by_role("button", name="못 받은 사람에게 다음으로 보내기").click()
    second = page.get_by_role("region", name="2단계: 못 받은 사람에게")
    second.get_by_role("radio", name="알림톡").check(force=True)
    second.get_by_label("알림톡 템플릿").select_option(label="연습용 알림톡")
    to_review(page)
    # The step is in the address: a reload, or a colleague with the link, comes back to the same one.
    assert "step=review" in page.url
    page.reload()
    page.get_by_text("발송 점검").wait_for()
    page.get_by_role("button", name="통과").click()
    expect(page.get_by_text("못 받은 것이 확실한 사람에게만 다음 단계를 보내요")).to_be_visible()
    page.get_by_role("button", name="3명에게 보내기").click()
    page.get_by_role("dialog").get_by_role("button", name="3명에게 보내기").click()
    page.wait_for_url("**/campaigns/0*")
    expect(page.get_by_text("발송 완료")).to_be_visible(timeout=60_000)
    # Everybody was reached by the text, so Kakao carried nothing: no person gets both.
    mine = [one for one in hub.ledger() if one["to"].startswith("0105566000")]
    assert {one["channel"].lower() for one in mine if "접수" in one["text"]} <= {"sms"}

    # The same as campaigning: the review says why not, before anybody could press.
    compose(page, hub.base, "선거운동정보", "지지 호소", "기호 1번을 기억해 주세요.")
    to_review(page)
    expect(page.get_by_label("막음").first).to_be_visible()
    expect(page.get_by_role("button", name="3명에게 보내기")).to_be_disabled()


def test_scenario_4_a_text_that_is_not_read_is_taken_out_and_a_new_one_goes_to_those_who_are_left(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="문안 캠프")
    people = 24
    rows = "".join(f"김하늘,0108{number:07d}\n" for number in range(people))
    hub.import_csv(("이름,휴대폰\n" + rows).encode())
    page = open_page(bypass_csp=True)
    log_in(page, camp.email, home=True)
    write_two_texts(page)
    page.keyboard.press("Control+Enter")
    page.get_by_text("발송 점검").wait_for()
    (draft,) = drafts(hub)
    campaign = draft["id"]
    # Slowly, so that there is somebody left to change one's mind about.
    hub.client.patch(f"/api/campaigns/{campaign}", json={"ratePerSecond": 1}).raise_for_status()
    hub.post(f"/api/campaigns/{campaign}/launch", {"rehearse": True})
    hub.until(campaign, lambda seen: seen["counts"]["delivered"] >= 4)
    page.goto(f"{hub.base}/campaigns/{campaign}")
    page.get_by_role("button", name="일시 정지").first.click()
    page.get_by_role("dialog").get_by_role("button", name="일시 정지").click()
    counts = hub.until(
        campaign,
        lambda seen: (
            seen["state"] == "paused" and seen["counts"]["sending"] + seen["counts"]["accepted"] == 0
        ),
    )["counts"]
    left = counts["queued"]
    assert 0 < left < people

    def texts() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for line in hub.ledger():
            if line["to"].startswith("0108000"):  # other tests share the simulator
                found.setdefault(line["to"], []).append(line["text"])
        return found

    before = texts()
    assert len(before) == people - left
    paths = [text.split()[-1].removeprefix(hub.base) for (text,) in before.values()]
    click_until_human(hub, campaign, paths[:2])

    # On the figures: one text is taken out, the other replaced; what is new is checked over those left before it goes.
    page.get_by_role("link", name="결과 자세히").click()
    compared = page.get_by_role("list", name="문안 비교")
    expect(compared.get_by_role("listitem")).to_have_count(2)
    page.get_by_role("button", name="내리기 나").click()
    page.get_by_role("dialog").get_by_role("button", name="내리기").click()
    expect(compared.get_by_role("listitem").filter(has_text="둘째 소식")).to_contain_text("내림")
    page.get_by_role("button", name="바꾸기 가").click()
    form = page.get_by_role("dialog")
    form.get_by_label("새 글").fill("셋째 소식 #{링크}")
    form.get_by_role("button", name="남은 사람으로 점검").click()
    expect(form.get_by_text(f"{left}명")).to_be_visible()
    assert violations(page, "a new text, checked") == []
    assert hub.progress(campaign)["counts"]["queued"] == left  # a check sends nothing
    form.get_by_role("button", name="새 문안으로 바꾸기").click()
    decided = page.get_by_role("list", name="결정 기록").get_by_role("listitem")
    expect(decided).to_have_count(2)

    page.goto(f"{hub.base}/campaigns/{campaign}")
    page.get_by_role("button", name="이어 보내기").first.click()
    hub.until(campaign, lambda seen: seen["state"] == "finished")
    after = texts()
    assert len(after) == people
    assert all(len(got) == 1 for got in after.values())  # one text each, whoever had one keeps it
    assert {to: got for to, got in after.items() if to in before} == before
    new = [got[0] for to, got in after.items() if to not in before]
    assert len(new) == left
    assert all(text.startswith("셋째 소식 ") for text in new)


def test_a_newcomer_launches_a_rehearsal_in_twelve_steps_from_the_list(
    hub: Installation, open_page: OpenPage, log_in, tmp_path: Path
) -> None:
    camp = make_camp(hub, name="처음 캠프")
    page = open_page()
    log_in(page, camp.email)
    bring_in(page, hub.base, write_list(tmp_path, LIST))
    hand = Hand()
    hand.click(page.get_by_role("link", name="캠페인").first)
    hand.click(
        page.get_by_role("link", name="새 캠페인").or_(page.get_by_role("button", name="새 캠페인")).first
    )
    hand.click(page.get_by_role("radio", name="민원·일정 안내"))
    hand.click(page.get_by_role("button", name="메시지로").first)
    hand.fill(page.get_by_label("캠페인 이름"), "첫 안내")
    hand.fill(page.get_by_label("메시지", exact=True), "주민 설명회에 초대해요.")
    hand.click(page.get_by_role("button", name="검토로").first)
    hand.click(page.get_by_role("button", name="리허설로 보내기"))
    hand.click(page.get_by_role("dialog").get_by_role("button", name="리허설로 보내기"))
    page.wait_for_url("**/campaigns/0*")
    expect(page.get_by_text("발송 완료")).to_be_visible(timeout=60_000)
    assert len(hand.done) <= 12, hand.done
