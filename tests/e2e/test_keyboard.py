"""The main job without a pointer, and Hangul from an input method: what composes a syllable must command nothing."""

from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect
from tests.e2e.camp import add_people, list_file, make_camp
from tests.e2e.conftest import OpenPage
from tests.support.installation import PASSWORD, Installation

pytestmark = pytest.mark.e2e

PEOPLE = 12
# Any press of a pointer, real or made up, on any page of the tab.
WATCH_POINTERS = """for (const kind of ['pointerdown', 'mousedown', 'touchstart'])
  addEventListener(kind, () => sessionStorage.setItem('a pointer was used', kind), true)"""
# Focus is on the element: on itself, not on something around it.
FOCUSED = "element => element === document.activeElement"
BRIGHT = """() => {
  const one = document.activeElement
  const seen = [one, one.closest('label'), one.closest('.field-focus')].filter(Boolean).map((it) => getComputedStyle(it))
  return seen.some((style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
    || style.boxShadow !== 'none')
}"""


def tab_to(page: Page, role: str, name: str, *, exact: bool = True, within: int = 90) -> None:
    """By Tab alone, as somebody does who looks where the ring is: wherever it stands, it can be seen."""
    wanted = page.get_by_role(role, name=name, exact=exact).first  # type: ignore[arg-type]  # an ARIA role
    wanted.wait_for()
    for _ in range(within):
        page.keyboard.press("Tab")
        if wanted.evaluate(FOCUSED):
            assert page.evaluate(BRIGHT), f"{name} has the focus and doesn't show it"
            return
    raise AssertionError(f"{name} is not within {within} Tabs")


def test_from_login_to_the_last_person_without_a_pointer(
    hub: Installation, open_page: OpenPage, tmp_path: Path
) -> None:
    camp = make_camp(hub, name="키보드 캠프", password=PASSWORD)
    page = open_page()
    page.add_init_script(WATCH_POINTERS)
    page.on(
        "filechooser", lambda _: None
    )  # caught from here on: switched on at the key press it would come late
    page.goto(f"{hub.base}/")
    page.wait_for_url("**/login*")

    # The first field has the focus already.
    expect(page.get_by_label("이메일")).to_be_focused()
    page.keyboard.type(camp.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="님,").wait_for()

    # To the list by its key, then a link that Enter must open although Enter opens rows here.
    page.keyboard.press("c")
    page.wait_for_url("**/contacts")
    page.get_by_role("button", name="연락처 추가").first.wait_for()  # the empty list offers it too
    tab_to(page, "link", "명단 업로드")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/imports*")
    tab_to(page, "button", "파일 고르기")
    with page.expect_file_chooser() as choosing:
        page.keyboard.press("Enter")
    choosing.value.set_files(list_file(tmp_path, PEOPLE, start=2000))  # nobody of another test
    page.wait_for_url("**/contacts/imports/0*")

    # Every column's target is a select in the order of reading; what is missing gets the focus.
    tab_to(page, "combobox", "‘읍면동’ 열을", exact=False)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("처리 근거")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("처리 근거")).not_to_have_value("")
    page.keyboard.press("Tab")
    expect(page.get_by_label("받은 날")).to_be_focused()
    for _ in range(3):  # year, month and day, in whatever order this browser has them
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowRight")
    expect(page.get_by_label("받은 날")).not_to_have_value("")
    tab_to(page, "textbox", "출처", exact=False)
    page.keyboard.type("가을 주민간담회 참석 신청서")
    tab_to(page, "checkbox", "공지·일정 안내", exact=False)
    page.keyboard.press("Space")
    tab_to(page, "radio", "합치기", exact=False)
    page.keyboard.press("ArrowRight")  # among the three policies, and back
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="합치기", exact=False)).to_be_checked()
    page.keyboard.press("Control+Enter")
    page.get_by_text("가져왔어요").wait_for(timeout=60_000)

    # New campaign, by Tab and arrows through everything it asks.
    page.keyboard.press("n")
    page.wait_for_url("**/campaigns/new")
    tab_to(page, "radio", "민원·일정 안내", exact=False)
    page.keyboard.press("Space")
    tab_to(page, "button", "태그")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="태그", exact=True)).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("캠페인 이름")).to_be_focused()
    page.keyboard.type("주민 간담회 안내")
    tab_to(page, "textbox", "메시지")
    page.keyboard.type("님, 주민 간담회를 열어요.")
    page.keyboard.press("Control+Home")
    tab_to(page, "button", "이름", exact=False)
    page.keyboard.press("Enter")
    expect(page.get_by_label("메시지", exact=True)).to_have_value("#{이름}님, 주민 간담회를 열어요.")
    page.keyboard.press("Control+Enter")
    page.get_by_text("발송 점검").wait_for()
    tab_to(page, "button", f"{PEOPLE}명에게 보내기")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    confirm = page.get_by_role("dialog").get_by_role("button", name=f"{PEOPLE}명에게 보내기")
    for _ in range(4):
        if confirm.evaluate(FOCUSED):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    # Watch it, and look one person up; Escape leads back to where one was.
    page.wait_for_url("**/campaigns/0*")
    expect(page.get_by_text("발송 완료")).to_be_visible(timeout=60_000)
    somebody = page.get_by_role("table").get_by_role("button").first
    name = somebody.locator("span.font-medium").inner_text()
    tab_to(page, "button", name, exact=False)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_text("전화기에 도착했어요")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(somebody).to_be_focused()  # a moment after the sheet is gone
    assert page.evaluate("sessionStorage.getItem('a pointer was used')") is None


class InputMethod:
    """A Korean input method on the browser's own wire: key presses that it swallows (229), a composition, a commit."""

    def __init__(self, page: Page) -> None:
        self.wire: CDPSession = page.context.new_cdp_session(page)

    def swallowed(self, code: str) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            key = {"type": kind, "windowsVirtualKeyCode": 229, "key": "Process", "code": code}
            self.wire.send("Input.dispatchKeyEvent", key)

    def compose(self, *steps: tuple[str, str]) -> None:
        """(code of the key, syllable so far)"""
        for code, syllable in steps:
            self.swallowed(code)
            at = len(syllable)
            self.wire.send(
                "Input.imeSetComposition", {"text": syllable, "selectionStart": at, "selectionEnd": at}
            )

    def commit(self, syllable: str) -> None:
        self.wire.send("Input.insertText", {"text": syllable})


def test_hangul_in_the_making_neither_commands_nor_doubles(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="한글 캠프")
    add_people(hub, ("김서연", "01033334444"), ("이하준", "01033335555"))
    page = open_page()
    log_in(page, camp.email)
    page.add_init_script(
        "addEventListener('compositionstart', () => { window.composed = (window.composed ?? 0) + 1 })"
    )
    ime = InputMethod(page)

    # Search: Escape and Enter inside a composition belong to the input method.
    page.goto(f"{hub.base}/contacts")
    rows = page.get_by_role("row").filter(has_text="010-3333")
    expect(rows).to_have_count(2)
    page.keyboard.press("j")  # the focus stays where it was: which row it is gets said
    expect(page.locator("p[aria-live=polite]", has_text="1/2")).to_have_count(1)
    page.keyboard.press("/")
    search = page.get_by_role("textbox", name="이름, 초성, 번호 검색")
    expect(search).to_be_focused()
    ime.compose(("KeyR", "ㄱ"), ("KeyL", "기"), ("KeyA", "김"))
    assert page.evaluate("window.composed") == 1
    ime.swallowed("Escape")
    ime.swallowed("Enter")
    expect(search).to_be_focused()
    expect(search).to_have_value("김")
    ime.commit("김")
    expect(search).to_have_value("김")
    expect(rows).to_have_count(1)
    assert "open=" not in page.url

    # Palette: the Enter that ends a syllable opens nothing.
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    palette = page.get_by_placeholder("화면, 사람, 캠페인 찾기")
    expect(palette).to_be_focused()
    ime.compose(("KeyD", "ㅇ"), ("KeyL", "이"))
    ime.swallowed("Enter")
    expect(palette).to_be_visible()
    ime.commit("이")
    page.get_by_role("option", name="이하준").wait_for()
    ime.swallowed("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="이하준")).to_be_visible()
    page.keyboard.press("Escape")

    # Composer: Backspace takes a jamo back, not the variable before it; the painted layer shows what is in the field.
    page.keyboard.press("n")
    page.get_by_role("radio", name="민원·일정 안내").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("캠페인 이름")).to_be_focused()
    message = page.get_by_label("메시지", exact=True)
    message.focus()
    page.keyboard.type("#{이름}")
    ime.compose(("KeyS", "ㄴ"), ("KeyL", "니"))
    ime.swallowed("Backspace")
    ime.compose(("KeyS", "ㄴ"), ("KeyL", "니"), ("KeyA", "님"))
    ime.swallowed("Enter")
    expect(message).to_have_value("#{이름}님")
    ime.commit("님")
    expect(message).to_have_value("#{이름}님")
    page.keyboard.type(", 안녕하세요")
    painted = message.locator("xpath=preceding-sibling::div")
    assert painted.inner_text().replace("\u200b", "") == "#{이름}님, 안녕하세요"
    expect(page.get_by_role("figure")).to_contain_text("님, 안녕하세요")

    # And without one Backspace takes the whole variable.
    for _ in "님, 안녕하세요":
        page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    expect(message).to_have_value("")


def test_letters_of_a_korean_layout_are_the_same_keys(hub: Installation, open_page: OpenPage, log_in) -> None:
    camp = make_camp(hub, name="두벌식 캠프")
    page = open_page()
    log_in(page, camp.email, home=True)
    wire = page.context.new_cdp_session(page)
    for kind in ("rawKeyDown", "keyUp"):
        key = {"type": kind, "key": "ㅊ", "code": "KeyC", "windowsVirtualKeyCode": 67}
        wire.send("Input.dispatchKeyEvent", key)
    page.wait_for_url("**/contacts")
