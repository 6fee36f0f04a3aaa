"""Templates, a test on one's own phone, and two people on one draft, as staff do them."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect
from tests.e2e.camp import add_people, make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations, violations_in_both_widths
from tests.support.installation import Installation
from tests.support.processes import wait_until

pytestmark = pytest.mark.e2e

LogIn = Callable[[Page, str], None]
MINE = "010-9999-1234"


def test_a_text_is_written_changed_taken_back_and_sent_from(
    hub: Installation, open_page: OpenPage, log_in: LogIn
) -> None:
    """Written on a desk, sent from a phone."""
    camp = make_camp(hub, name="템플릿 캠프")
    add_people(hub, ("김서연", "01077770001"))
    page = open_page(height=800, bypass_csp=True)  # axe comes in as a script of ours
    log_in(page, camp.email)
    page.goto(f"{hub.base}/templates")
    page.get_by_role("button", name="새 템플릿").click()
    page.get_by_role("menuitem", name="문자 템플릿").click()
    page.get_by_label("템플릿 이름").fill("설명회 초대")
    page.get_by_label("폴더", exact=True).fill("행사")
    page.get_by_label("글", exact=True).fill("#{이름}님, #{날짜} 설명회에 오세요.")
    page.get_by_label("값이 없는 사람은").select_option("default")
    page.get_by_label("이름 기본값").fill("회원")
    page.get_by_label("날짜 기본값").fill("추후 공지")
    page.get_by_label("날짜 형식").select_option("date_weekday")
    expect(page.get_by_role("figure")).to_contain_text("김서연님, 11월 28일(토) 설명회에 오세요.")
    page.get_by_role("button", name="저장", exact=True).click()
    expect(page.get_by_text("1판 · 아직 안 씀")).to_be_visible()
    assert violations_in_both_widths(page, "editor") == []
    page.set_viewport_size({"width": 1440, "height": 800})

    page.get_by_label("글", exact=True).fill("다른 글")
    expect(page.get_by_text("저장하지 않은 것이 있어요")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("2판 · 아직 안 씀")).to_be_visible()
    page.get_by_role("button", name="더 하기").click()
    page.get_by_role("menuitem", name="지난 글").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("1판에서 2판까지 바뀐 것")).to_be_visible()
    assert violations_in_both_widths(page, "versions") == []
    dialog.get_by_role("button", name="이 글로 되돌리기").click()
    expect(page.get_by_text("3판 · 아직 안 씀")).to_be_visible()
    expect(page.get_by_label("글", exact=True)).to_have_value("#{이름}님, #{날짜} 설명회에 오세요.")
    expect(page.get_by_label("날짜 기본값")).to_have_value("추후 공지")

    page.get_by_role("button", name="목록으로").click()
    row = page.get_by_role("list", name="템플릿 목록").get_by_role("button", name="설명회 초대")
    page.get_by_role("searchbox", name="이름, 글, 폴더에서 찾기").fill("없는 말")
    expect(page.get_by_text("조건에 맞는").first).to_be_visible()
    expect(row).to_have_count(0)
    page.get_by_role("searchbox", name="이름, 글, 폴더에서 찾기").fill("행사")
    expect(row).to_be_visible()
    assert violations_in_both_widths(page, "list") == []
    row.click()

    page.get_by_role("button", name="이 템플릿으로 발송 만들기").click()
    page.get_by_role("radio", name="민원·일정 안내").check()
    page.get_by_role("button", name="메시지로").last.click()
    expect(page.get_by_label("메시지", exact=True)).to_have_value("#{이름}님, #{날짜} 설명회에 오세요.")
    page.get_by_label("캠페인 이름").fill("설명회 초대")
    expect(page.get_by_text("변수에 넣을 값이 없는 사람: 기본값으로 채우기")).to_be_visible()
    page.get_by_role("button", name="검토로").last.click()
    # Nobody in the list has a date: by the template's rule they aren't left out.
    expect(page.get_by_role("button", name="1명에게 보내기")).to_be_enabled(timeout=30_000)

    page.get_by_role("button", name="나에게 먼저 보내기").click()
    test = page.get_by_role("dialog")
    test.get_by_role("button", name="시험으로 보내기").click()
    expect(test.get_by_text("받을 번호를 적거나 연락처를 골라 주세요.")).to_be_visible()
    test.get_by_label("받을 연락처").fill("서연")
    seed = test.get_by_role("list", name="고를 수 있는 연락처").get_by_role("button", name="김서연")
    seed.click()
    expect(seed).to_have_attribute("aria-pressed", "true")
    seed.click()  # not her after all
    expect(seed).to_have_count(0)
    test.get_by_label("받을 휴대폰 번호").fill(MINE)
    expect(test.get_by_label("누구의 값으로 채울까요")).not_to_have_value("")
    test.get_by_role("button", name="시험으로 보내기").click()
    expect(test.get_by_text("도달")).to_be_visible(timeout=60_000)
    assert violations_in_both_widths(page, "test") == []
    assert [line["text"] for line in hub.ledger() if line["to"] == MINE.replace("-", "")][
        -1
    ] == "김서연님, 추후 공지 설명회에 오세요."


def test_the_reviewers_words_reach_the_screen(hub: Installation, open_page: OpenPage, log_in: LogIn) -> None:
    camp = make_camp(hub, name="심사 캠프")
    page = open_page()
    log_in(page, camp.email)
    page.goto(f"{hub.base}/templates")
    page.get_by_role("button", name="새 템플릿").click()
    page.get_by_role("menuitem", name="알림톡 템플릿").click()
    page.get_by_label("템플릿 이름").fill("예약 안내")
    page.get_by_label("글", exact=True).fill("#{이름}님의 예약이 접수되었습니다.")
    expect(page.get_by_label("카카오 채널")).not_to_have_value("")
    page.get_by_label("강조", exact=True).select_option("TEXT")
    page.get_by_label("강조 제목").fill("예약 완료")
    page.get_by_label("보조 문구").fill("확인해 주세요")
    page.get_by_role("button", name="버튼 추가").click()
    page.get_by_label("버튼 1 이름").fill("자세히 보기")
    page.get_by_label("모바일 주소").fill("https://example.kr/a")
    page.get_by_role("button", name="저장", exact=True).click()
    expect(page.get_by_text("1판 · 아직 안 씀")).to_be_visible()
    page.get_by_role("button", name="심사 요청").click()
    expect(page.get_by_text("카카오가 심사하고 있어요")).to_be_visible()
    made = next(t for t in hub.get("/api/templates?channel=alimtalk")["items"] if t["name"] == "예약 안내")
    review = f"{hub.sandbox}/_sandbox/templates/{made['code']}/review"
    for state, comment, seen in (
        ("REJECTED", "수신 근거를 적어 주세요", "수신 근거를 적어 주세요"),
        ("APPROVED", "", "승인된 글 그대로 나가요."),
    ):
        said = httpx.post(review, json={"state": state, "comment": comment}, trust_env=False)
        assert said.status_code == 200, said.text
        page.get_by_role("button", name="발송사에서 가져오기").click()
        expect(page.get_by_text(seen)).to_be_visible()


def draft_of(hub: Installation) -> str:
    made = hub.post(
        "/api/campaigns",
        {
            "name": "설명회",
            "messageClass": "civic",
            "filter": {},
            "steps": [{"channel": "sms", "body": "원래 글", "missingPolicy": "stop"}],
            "schedule": {"notAfter": "2099-01-01T00:00:00+09:00"},
        },
    )
    return str(made["id"])


def test_two_people_on_one_draft(hub: Installation, open_page: OpenPage, log_in: LogIn) -> None:
    """What only one changed is put together; where both changed the same, the second one is asked."""
    camp = make_camp(hub, name="둘이 고치는 캠프")
    add_people(hub, ("김서연", "01077770001"))
    draft = draft_of(hub)
    pages = [open_page(bypass_csp=True), open_page(bypass_csp=True)]
    for page in pages:
        log_in(page, camp.email)
        page.goto(f"{hub.base}/campaigns/new?draft={draft}")
        page.get_by_role("button", name="메시지로").last.click()
        expect(page.get_by_label("메시지", exact=True)).to_have_value("원래 글")
    first, second = pages
    first.get_by_label("메시지", exact=True).fill("첫 사람의 글")
    first.get_by_role("button", name="검토로").last.click()
    expect(first.get_by_role("button", name="1명에게 보내기")).to_be_visible(timeout=30_000)

    second.get_by_label("캠페인 이름").fill("둘째 사람의 이름")
    second.get_by_label("메시지", exact=True).fill("둘째 사람의 글")
    # Nothing is pressed: it saves by itself, and asks then.
    asked = second.get_by_role("dialog", name="그사이 다른 사람이 고쳤어요")
    expect(asked).to_contain_text("첫 사람의 글")
    expect(asked).to_contain_text("둘째 사람의 글")
    expect(asked).not_to_contain_text("둘째 사람의 이름")
    assert violations(second, "stale") == []
    asked.get_by_role("button", name="그쪽 것으로").click()
    expect(asked).to_have_count(0)
    expect(second.get_by_label("메시지", exact=True)).to_have_value("첫 사람의 글")
    expect(second.get_by_label("캠페인 이름")).to_have_value("둘째 사람의 이름")

    wait_until(lambda: hub.get(f"/api/campaigns/{draft}")["name"] == "둘째 사람의 이름")  # it saves by itself
    kept = hub.get(f"/api/campaigns/{draft}")
    assert (kept["name"], kept["steps"][0]["body"]) == ("둘째 사람의 이름", "첫 사람의 글")
    # It saves itself: what is written on is there for the other one before anybody reviews it.
    second.get_by_label("메시지", exact=True).fill("둘째 사람이 마저 쓴 글")
    wait_until(lambda: hub.get(f"/api/campaigns/{draft}")["steps"][0]["body"] == "둘째 사람이 마저 쓴 글")
    kept = hub.get(f"/api/campaigns/{draft}")
    # What the form doesn't show has survived three saves.
    assert kept["steps"][0]["missingPolicy"] == "stop"
    assert (
        kept["schedule"]["notAfter"].startswith("2098-12-31T15:00") or "2099" in kept["schedule"]["notAfter"]
    )
