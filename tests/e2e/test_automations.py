"""FR-08 of the automation seed, in a browser: a table, a rule as a sentence, a record that writes its own message, a repeat that
stops; nothing of it needs the API."""

import pytest
from playwright.sync_api import expect
from tests.e2e.camp import make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e


def test_a_record_writes_its_own_message_by_a_rule_made_in_the_dialog(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="자동 캠프")
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)

    # A table, as nearly every one begins: name, phone, state.
    page.get_by_role("link", name="레코드", exact=True).click()
    page.wait_for_url("**/records")
    page.get_by_role("main").get_by_role("button", name="표 만들기").last.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("표 이름").fill("상담 신청")
    assert violations(page, "new table") == []
    dialog.get_by_role("button", name="표 만들기").click()
    expect(page.get_by_text("표를 만들었어요")).to_be_visible()

    # The rule: the sentence follows what is chosen; without a stop condition a repeat can't be saved.
    page.get_by_role("link", name="자동 발송", exact=True).click()
    page.wait_for_url("**/automations")
    page.get_by_role("button", name="규칙 만들기").last.click()
    dialog.get_by_role("button", name="조건 더하기").click()
    dialog.get_by_label("1 항목").select_option(label="상태")
    dialog.get_by_label("1 값").select_option("신규")
    dialog.get_by_label("알림톡 템플릿").select_option(label="연습용 알림톡")
    expect(dialog).to_contain_text("상담 신청에 새 레코드가 들어오고 상태가 신규이면")
    dialog.get_by_role("switch", name="밤에는 미루기").click()  # tests run at any hour
    dialog.get_by_role("switch", name="반복할까요").click()
    save = dialog.get_by_role("button", name="저장")
    expect(save).to_be_disabled()
    expect(dialog.get_by_text("중단 조건을 골라 주세요")).to_be_visible()
    dialog.get_by_label("중단 조건 항목").select_option(label="상태")
    dialog.get_by_label("중단 조건 값").select_option("완료")
    expect(dialog).to_contain_text("24시간마다 최대 3번 더 보내고, 상태가 완료이면 멈춰요")
    assert violations(page, "rule dialog") == []
    save.click()
    expect(page.get_by_text("저장했어요")).to_be_visible()
    expect(page.get_by_role("switch", name="연습용 알림톡 켜기")).to_be_checked()

    # The record: its message, delivered, on its own page; the repeat in the rail.
    page.get_by_role("link", name="레코드", exact=True).click()
    page.get_by_role("button", name="레코드 추가").click()
    dialog.get_by_label("이름").fill("김하늘")
    dialog.get_by_label("전화번호").fill("010-2345-0001")
    dialog.get_by_label("상태").select_option("신규")
    dialog.get_by_role("button", name="추가").click()
    page.get_by_role("button", name="김하늘").click()
    expect(dialog.get_by_role("region", name="보낸 내역")).to_contain_text("도달")
    assert violations(page, "record") == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="자동 발송", exact=True).click()
    repeats = page.get_by_role("region", name="다음 반복")
    expect(repeats).to_contain_text("김하늘")
    expect(repeats.get_by_role("img", name="반복 3번 중 1번째")).to_be_visible()
    assert violations(page, "automations") == []

    # Off holds what waits; a person can end one.
    page.get_by_role("switch", name="연습용 알림톡 켜기").click()
    expect(page.get_by_text("껐어요")).to_be_visible()
    page.get_by_role("switch", name="연습용 알림톡 켜기").click()
    repeats.get_by_role("button", name="김하늘 지금 멈추기").click()
    expect(repeats).to_contain_text("기다리는 것이 없어요")


def test_a_card_moved_on_the_board_is_a_change_with_a_history(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="보드 캠프")
    fields = [
        {"key": "name", "label": "이름", "type": "text"},
        {"key": "state", "label": "상태", "type": "select", "options": ["신규", "완료"]},
    ]
    table = hub.post("/api/partitions", {"name": "자원봉사", "fields": fields})
    hub.post("/api/records", {"partitionId": table["id"], "data": {"name": "이바다", "state": "신규"}})
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/records?view=board")
    expect(page.get_by_role("region", name="신규")).to_contain_text("이바다")
    assert violations(page, "board") == []
    page.get_by_label("이바다 옮길 곳").select_option("완료")
    expect(page.get_by_role("region", name="완료")).to_contain_text("이바다")
    page.get_by_role("button", name="이바다").click()
    history = page.get_by_role("dialog").get_by_role("region", name="바뀐 내역")
    expect(history).to_contain_text("신규 → 완료")
