"""The workbench by keyboard, second thoughts, the way back on the contact, and a whole import taken back."""

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.camp import make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e

HEADER = "이름,휴대폰,생년,읍면동,이메일\n"
FIRST = HEADER + (
    "김서연,010-2847-1193,1984,연남동,seoyeon84@naver.com\n"
    "정하은,010-3311-2201,1987-03-02,상암동,\n"
    "임수빈,010-5512-4417,1979,공덕동,\n"
)
SECOND = HEADER + (
    "김서현,010-2847-1193,1991,서교동,\n"
    "정하은,010-8844-9090,1987-03-02,상암동,haeun@daum.net\n"
    "임수빈,010-5512-4471,1990,공덕동,\n"
)


def title(page: Page) -> str:
    return page.locator("nav[aria-label='물어볼 짝'] [aria-current=true]").inner_text().split("\n")[0]


def test_a_queue_is_worked_off_by_keyboard_and_everything_can_be_taken_back(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub)
    hub.import_csv(FIRST.encode())
    second = hub.import_csv(SECOND.encode())
    assert hub.get("/api/duplicates")["open"] == 3
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/contacts/duplicates")

    # The question with its reasons; every line says what becomes of it.
    question = page.get_by_role("region", name="같은 사람인가요?")
    expect(question).to_contain_text("생년 불일치 7년")
    expect(question).to_contain_text("확인해 주세요")
    expect(page.get_by_role("link", name="중복 정리")).to_contain_text("3건 남음")
    assert "김서연" in title(page)
    assert violations(page, "workbench") == []

    # A key of a syllable that is being composed decides nothing, and neither does Enter.
    page.evaluate(
        "window.dispatchEvent(new KeyboardEvent('keydown', {code: 'Digit1', key: 'Process', isComposing: true}))"
    )
    page.keyboard.press("Enter")
    assert "김서연" in title(page)

    # Values by arrows, the answer by a digit, the next question at once; Z takes it back, the choice too.
    page.keyboard.press("ArrowRight")
    expect(question.get_by_role("button", name="이름: 김서현")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("1")
    expect(page.get_by_text("한 사람으로 합쳤어요")).to_be_visible()
    expect(page.get_by_text("2건 남음").first).to_be_visible()
    assert [one["name"] for one in hub.get("/api/contacts?q=1193")["items"]] == ["김서현"]
    page.keyboard.press("z")
    expect(page.get_by_text("3건 남음").first).to_be_visible()
    assert len(hub.get("/api/contacts?q=1193")["items"]) == 2
    page.keyboard.press("3")
    expect(page.locator("header").get_by_text("2건 남음")).to_be_visible()

    # Put off, and settled by somebody else meanwhile.
    assert "정하은" in title(page)
    page.keyboard.press("0")
    assert "임수빈" in title(page)
    theirs = next(one for one in hub.get("/api/duplicates")["items"] if one["reason"] == "near_phone_birth")
    hub.post(f"/api/duplicates/{theirs['id']}/resolve", {"decision": "separate"})
    page.keyboard.press("1")
    expect(page.get_by_text("먼저 정한 짝이라 다음으로 넘어갔어요")).to_be_visible()
    assert "정하은" in title(page)
    page.keyboard.press("1")
    expect(page.get_by_text("모두 정리했어요")).to_be_visible()
    expect(page.locator("header").get_by_text("0건 남음")).to_be_visible()

    # On the contact: where it comes from, and the merge's way back.
    (merged,) = hub.get("/api/contacts?q=정하은")["items"]
    page.goto(f"{hub.base}/contacts?open={merged['id']}")
    lineage = page.get_by_role("region", name="합친 기록")
    expect(lineage).to_contain_text("2건 → 1명")
    expect(lineage).to_contain_text("되돌리면 2명으로 나뉘어요")
    lineage.get_by_role("button", name="되돌리기").click()
    expect(lineage.get_by_text("되돌림")).to_be_visible()
    assert len(hub.get("/api/contacts?q=정하은")["items"]) == 2

    # Two rows of the list that somebody knows to be one, and straight back.
    page.goto(f"{hub.base}/contacts")
    namesakes = page.get_by_role("checkbox", name="정하은 고르기")
    expect(namesakes).to_have_count(2)
    for box in namesakes.all():
        box.check()
    page.get_by_role("toolbar").get_by_role("button", name="합치기").click()
    page.get_by_role("dialog").get_by_role("button", name="합치기").click()
    expect(page.get_by_text("2명을 한 사람으로 합쳤어요")).to_be_visible()
    expect(namesakes).to_have_count(1)
    page.keyboard.press("z")
    expect(namesakes).to_have_count(2)

    # The second list goes as a whole; the number before the act is what happens.
    page.goto(f"{hub.base}/contacts/imports/{second['id']}")
    page.get_by_role("button", name="되돌리기").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("3명을 지워요")
    dialog.get_by_role("button", name="되돌리기").click()
    expect(page.get_by_text("3명 지움")).to_be_visible()
    assert {one["name"] for one in hub.get("/api/contacts")["items"]} == {"김서연", "정하은", "임수빈"}


def test_the_workbench_fits_a_phone(hub: Installation, open_page: OpenPage, log_in) -> None:
    camp = make_camp(hub)
    hub.import_csv((FIRST + SECOND.removeprefix(HEADER)).encode())
    page = open_page(width=360, scheme="dark", bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/contacts/duplicates")
    page.get_by_role("button", name="합치기").wait_for()
    assert violations(page, "phone") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="목록 3").click()
    page.get_by_role("dialog").get_by_role("button", name="임수빈").click()
    expect(page.get_by_role("region", name="같은 사람인가요?")).to_contain_text("번호 한 자리 차이")
    page.get_by_role("button", name="다른 사람").click()
    expect(page.get_by_role("button", name="목록 2")).to_be_visible()
