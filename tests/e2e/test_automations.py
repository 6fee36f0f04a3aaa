"""FR-08 of the automation seed, in a browser: a table, a rule as a sentence, a record that writes its own message, a repeat that
stops; nothing of it needs the API."""

import pytest
from playwright.sync_api import expect
from tests.e2e.camp import make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e


def test_fr08_a_record_writes_its_own_message_by_a_rule_made_in_the_dialog(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="자동 캠프")
    page = open_page(bypass_csp=True)
    log_in(page, camp.email, home=True)

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
    # A group in words and brackets; the fallback's number and kind; what is too late.
    dialog.get_by_role("button", name="묶음 더하기").click()
    for part in ("2.1", "2.2"):
        dialog.get_by_label(f"{part} 항목").select_option(label="이름")
    dialog.get_by_label("2.1 비교").select_option("contains")
    dialog.get_by_label("2.1 값").fill("하늘")
    dialog.get_by_label("2.2 비교").select_option("is_empty")
    expect(dialog).to_contain_text("상태가 신규이고 (이름이 하늘을 포함하면 또는 이름이 비어 있으면) 바로")
    dialog.get_by_role("switch", name="카카오로 못 가면").click()
    dialog.get_by_label("문자 글").fill("상담 신청을 잘 받았어요. " * 5)
    expect(dialog.get_by_label("문자 종류")).to_have_value("lms")
    dialog.get_by_label("답이 없을 때").select_option("10")
    dialog.get_by_role("switch", name="너무 늦으면 보내지 않기").click()
    expect(dialog).to_contain_text("24시간 안에 못 나가면 보내지 않아요")
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
    # Opened again it is what was saved, and saving it again changes nothing.
    rule = "/api/alimtalk/template-links"
    [made] = hub.get(rule)["items"]
    assert (made["fallback"]["channel"], made["fallback"]["afterSeconds"]) == ("lms", 600)
    assert made["triggerCondition"]["all"][1]["any"][0]["value"] == "하늘"
    page.get_by_role("button", name="연습용 알림톡: ").click()
    expect(dialog.get_by_label("2.1 값")).to_have_value("하늘")
    dialog.get_by_label("이름", exact=True).fill("접수 안내")
    save.click()
    expect(page.get_by_role("switch", name="접수 안내 켜기")).to_be_checked()
    [again] = hub.get(rule)["items"]
    told = ("fallback", "triggerCondition", "repeatConfig", "notAfterHours", "sendWindow", "variableMappings")
    assert {key: again[key] for key in told} == {key: made[key] for key in told}

    # The record: its message, delivered, on its own page; the repeat in the rail.
    page.get_by_role("link", name="레코드", exact=True).click()
    page.get_by_role("button", name="레코드 추가").click()
    dialog.get_by_label("이름").fill("김하늘")
    dialog.get_by_label("전화번호").fill("010-2345-0001")
    dialog.get_by_label("상태").select_option("신규")
    dialog.get_by_role("button", name="추가").click()
    expect(page.get_by_role("row", name="김하늘")).to_contain_text("반복 1/3")
    page.get_by_role("button", name="김하늘").click()
    expect(dialog.get_by_role("region", name="보낸 내역")).to_contain_text("도달")
    assert violations(page, "record") == []
    page.keyboard.press("Escape")
    # Before a card is moved its column says what that would do.
    page.get_by_text("보드", exact=True).click()
    expect(page.get_by_role("region", name="완료")).to_contain_text("여기로 옮기면 반복을 멈춰요: 접수 안내")
    page.get_by_role("link", name="자동 발송", exact=True).click()
    repeats = page.get_by_role("region", name="다음 반복")
    expect(repeats).to_contain_text("김하늘")
    expect(repeats.get_by_role("img", name="반복 3번 중 1번째")).to_be_visible()
    assert violations(page, "automations") == []

    # What the rule would have done: who, when, stopped by what; and the log by reason.
    page.get_by_role("button", name="접수 안내: ").click()
    page.get_by_text("누구에게 언제").click()
    expect(dialog.get_by_role("region", name="지난 기간이었다면")).to_contain_text("김하늘")
    dialog.get_by_role("button", name="취소").click()
    log = page.get_by_role("region", name="보낸 내역")
    log.get_by_label("까닭").select_option("cooldown")
    expect(log).to_contain_text("아직 보낸 것이 없어요")
    log.get_by_label("까닭").select_option("")
    expect(log).to_contain_text("도달")

    # Off holds what waits; a person can end one.
    page.get_by_role("switch", name="접수 안내 켜기").click()
    expect(page.get_by_text("껐어요")).to_be_visible()
    page.get_by_role("switch", name="접수 안내 켜기").click()
    expect(dialog).to_contain_text("켜도 지금 바로 나가는 것은 없어요")
    dialog.get_by_role("button", name="켜기", exact=True).click()
    expect(page.get_by_text("켰어요")).to_be_visible()
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
    page.get_by_role("button", name="되돌리기").click()
    expect(page.get_by_role("region", name="신규")).to_contain_text("이바다")
    # By keys: the card goes along with Alt, and whoever moved it is still on it.
    page.get_by_role("button", name="이바다").focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.get_by_role("region", name="완료")).to_contain_text("이바다")
    expect(page.get_by_role("button", name="이바다")).to_be_focused()
    page.keyboard.press("Enter")
    # The drawer, and the same at an address of its own.
    page.get_by_role("dialog").get_by_role("link", name="따로 열기").click()
    page.wait_for_url(f"**/records/{table['id']}/*")
    history = page.get_by_role("region", name="바뀐 내역")
    expect(history).to_contain_text("신규 → 완료")
    # A table grows: a member's field, and the record says who.
    page.goto(f"{hub.base}/records")
    page.get_by_role("button", name="표 고치기").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="항목 더하기").click()
    dialog.get_by_label("항목 3 이름").fill("담당")
    dialog.get_by_label("항목 3 종류").select_option(label="팀원")
    dialog.get_by_role("button", name="저장").click()
    expect(page.get_by_role("columnheader", name="담당")).to_be_visible()
    page.get_by_role("button", name="이바다").click()
    me = dialog.get_by_label("담당").locator("option").nth(1).inner_text()
    dialog.get_by_label("담당").select_option(label=me)
    dialog.get_by_role("button", name="저장").click()
    expect(page.get_by_role("cell", name=me)).to_be_visible()
    page.go_back()
    page.wait_for_url(f"**/records/{table['id']}/*")
    page.reload()
    expect(page.get_by_role("heading", name="이바다")).to_be_visible()
    expect(page.get_by_role("region", name="바뀐 내역")).to_contain_text("완료 → 신규")
    assert violations(page, "record page") == []


def test_a_list_comes_in_with_an_estimate_and_is_sent_to_by_hand(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="명단 캠프")
    fields = [
        {"key": "name", "label": "이름", "type": "text"},
        {"key": "phone", "label": "전화", "type": "phone", "isPhone": True},
    ]
    table = hub.post("/api/partitions", {"name": "상담", "fields": fields})["id"]
    template = hub.get("/api/templates?channel=alimtalk")["items"][0]["id"]
    rule = {"partitionId": table, "templateId": template, "name": "환영", "triggerType": "on_create"}
    hub.post("/api/alimtalk/template-links", rule)
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/records")
    page.get_by_role("button", name="가져오기").click()
    dialog = page.get_by_role("dialog")
    listed = "이름,휴대폰\n김하늘,010-2345-0101\n이바다,12\n박산,\n".encode("cp949")
    dialog.get_by_label("파일").set_input_files(
        {"name": "명단.csv", "mimeType": "text/csv", "buffer": listed}
    )
    # A column of another name is mapped by hand; the number of messages follows.
    dialog.get_by_label("휴대폰").select_option(label="전화")
    expect(dialog.get_by_role("status")).to_contain_text("2건을 가져오고 1건은 빼요")
    expect(dialog.get_by_role("region", name="뺄 줄")).to_contain_text("2번째 줄 · 휴대폰")
    dialog.get_by_label("새 레코드 규칙을 실행해").check()
    expect(dialog).to_contain_text("환영: 1건")
    assert violations(page, "record import") == []
    dialog.get_by_role("button", name="2건 가져오고 1건 보내기").click()
    expect(page.get_by_text("2건을 가져왔어요")).to_be_visible()

    # Select → preview → send: who can't get it is named before the press.
    page.get_by_label("보이는 레코드 모두 고르기").check()
    page.get_by_role("button", name="알림톡 보내기").click()
    expect(dialog.get_by_role("status")).to_contain_text("1건에 보내요")
    expect(dialog).to_contain_text("휴대전화 번호 없음 1건은 빼요")
    expect(dialog).to_contain_text("김하늘")
    assert violations(page, "send dialog") == []
    dialog.get_by_role("button", name="1건 보내기").click()
    expect(page.get_by_text("1건 보내고 1건은 뺐어요")).to_be_visible()
