"""A segment from the first condition to the send: written by keys, counted as it grows, left out of, saved, stale, used."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.camp import Camp, make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e

HEADER = "이름,휴대폰,읍면동\n"
YOUNG = HEADER + "".join(f"김청년,010-3100-{n:04d},{('연남동', '망원동')[n % 2]}\n" for n in range(8))
PARENTS = HEADER + "".join(f"이학부,010-3200-{n:04d},연남동\n" for n in range(5))


@pytest.fixture(scope="module")
def camp(hub: Installation) -> Camp:
    """One for all: each test leaves the book as it was."""
    camp = make_camp(hub, name="세그먼트 캠프")
    hub.import_csv(YOUNG.encode(), tags=("청년",))
    hub.import_csv(PARENTS.encode(), tags=("학부모",))
    return camp


def pick(page: Page, field: str, value: str | None = None) -> None:
    """In an open list of fields, and then in the list of its values that opens by itself."""
    page.get_by_placeholder("항목 찾기").fill(field)
    page.get_by_role("option", name=field, exact=True).wait_for()
    page.keyboard.press("Enter")
    if value:
        page.get_by_role("option", name=re.compile(f"^{value}")).click()
        page.keyboard.press("Escape")


def test_a_segment_is_written_counted_saved_and_sent_to(
    hub: Installation, camp: Camp, open_page: OpenPage, log_in
) -> None:
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/contacts/segments")
    page.get_by_text("아직 세그먼트가 없어요").wait_for()
    page.get_by_role("link", name="세그먼트 만들기").first.click()
    result = page.get_by_role("complementary", name="결과")
    expect(result.get_by_role("status")).to_contain_text("13명")

    # By keys: a condition, a group of two of which one is enough, people to leave out.
    page.keyboard.press("a")
    pick(page, "지역", "연남동")
    expect(result.get_by_role("status")).to_contain_text("9명")
    page.keyboard.press("g")
    pick(page, "태그", "청년")
    group = page.get_by_role("group", name="이 가운데 하나라도 맞으면")
    expect(result.get_by_role("status")).to_contain_text("4명")
    group.get_by_role("button", name="조건 더하기").click()
    pick(page, "태그", "학부모")
    expect(result.get_by_role("status")).to_contain_text("9명")
    expect(page.get_by_text("(태그가 청년이거나 태그가 학부모인)")).to_be_visible()
    group.get_by_role("button", name="눌러서 ‘그리고’로").click()
    expect(result.get_by_text("조건에 맞는 사람이 없어요")).to_be_visible()
    page.get_by_role("button", name="지금 ‘그리고’").last.click()
    expect(result.get_by_role("status")).to_contain_text("9명")
    result.get_by_role("button", name="님 빼기").first.click()
    expect(result.get_by_role("status")).to_contain_text("8명")
    assert violations(page, "builder") == []

    # Saved under a name; a colleague's change is not overwritten.
    page.keyboard.press("Control+s")
    page.get_by_label("이름", exact=True).fill("연남동 초대")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/segments/0"))
    expect(page.get_by_role("heading", level=1)).to_have_text("연남동 초대")
    (saved,) = hub.get("/api/segments")["items"]
    assert hub.get(f"/api/segments/{saved['id']}/count")["value"] == 8
    patch = {"filter": {"field": "tag", "op": "in", "value": ["청년"]}, "version": saved["version"]}
    hub.client.patch(f"/api/segments/{saved['id']}", json=patch).raise_for_status()
    page.get_by_role("button", name="지역 조건 빼기").click()
    page.keyboard.press("Control+s")
    page.get_by_role("dialog").get_by_text("그동안 다른 사람이 고쳤어요").wait_for()
    page.get_by_role("button", name="그 사람의 것 보기").click()
    expect(page.get_by_text("태그가 청년인 사람이에요.")).to_be_visible()

    # To the composer with it; in the list it stands with its number and its rule.
    page.get_by_role("button", name="메시지 보내기").click()
    page.wait_for_url("**/campaigns/new")
    expect(page.get_by_role("region", name="받는 사람")).to_contain_text("연남동 초대")
    page.goto(f"{hub.base}/contacts/segments")
    row = page.get_by_role("listitem").filter(has_text="연남동 초대")
    expect(row).to_contain_text("태그가 청년인 사람이에요.")
    row.get_by_role("button", name="할 일").click()
    page.get_by_role("menuitem", name="지우기").click()
    page.get_by_role("dialog").get_by_role("button", name="지우기").click()
    expect(page.get_by_text("아직 세그먼트가 없어요")).to_be_visible()


def test_everybody_found_is_changed_at_once_and_back(
    hub: Installation, camp: Camp, open_page: OpenPage, log_in
) -> None:
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/contacts")
    page.get_by_role("row").nth(1).wait_for()

    # Looking at somebody keeps who was chosen, and the place in the list.
    for key in ("j", "x", "Enter", "j"):
        page.keyboard.press(key)
    expect(page.get_by_role("toolbar", name="1명 선택")).to_be_visible()
    expect(page.get_by_text(re.compile(r" 2/13$"))).to_be_attached()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar")).to_have_count(0)

    # What was typed is part of the choice: the server finds the same people again.
    page.get_by_label("이름, 초성, 번호 검색").fill("ㄱㅊㄴ")
    expect(page.get_by_role("status").filter(has_text="8명")).to_be_visible()
    page.get_by_role("checkbox", name="모두 고르기").check()
    bar = page.get_by_role("toolbar", name="8명 선택")
    bar.get_by_role("button", name="고치기").click()
    page.get_by_label("무엇을 고칠까요").select_option("district")
    page.get_by_label("지역", exact=True).fill("서교동")
    assert violations(page, "bulk") == []
    page.get_by_role("button", name="8명 고치기").click()
    page.get_by_text("8명을 고쳤어요").wait_for()
    expect(page.get_by_role("row").nth(1)).to_contain_text("서교동")
    assert len(hub.get("/api/contacts?q=이학부")["items"]) == 5
    assert {one["district"] for one in hub.get("/api/contacts?q=이학부")["items"]} == {"연남동"}

    # From the record of changes, exactly back.
    page.get_by_role("button", name="고친 기록").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("button", name="되돌리기").click()
    assert violations(page, "history") == []
    page.get_by_role("dialog").last.get_by_role("button", name="되돌리기").click()
    expect(sheet.get_by_text("되돌림", exact=True)).to_be_visible()
    found = hub.get("/api/contacts?q=김청년")["items"]
    assert sorted(one["district"] for one in found) == ["망원동"] * 4 + ["연남동"] * 4
    page.keyboard.press("Escape")

    # Every other condition is one button away, and leads to a file with its reason.
    page.get_by_role("button", name="모두 지우기").click()
    page.get_by_role("button", name="조건 더").click()
    page.get_by_role("dialog").get_by_role("button", name="조건 더하기").click()
    pick(page, "태그", "학부모")
    page.get_by_role("button", name="5명 보기").click()
    expect(page.get_by_role("status").filter(has_text="5명")).to_be_visible()
    page.get_by_role("checkbox", name="모두 고르기").check()
    page.get_by_role("button", name="내보내기").click()
    page.get_by_role("button", name="파일 받기").click()
    expect(page.get_by_text("열 자 넘게 적어 주세요")).to_be_visible()
    page.get_by_label("무엇에 쓰나요").fill("간담회 접수 명단을 종이로 뽑아요")
    page.get_by_text("CSV", exact=True).click()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="파일 받기").click()
    lines = downloading.value.path().read_text("utf-8-sig").strip().splitlines()
    assert len(lines) == 6


def test_a_segment_fits_a_phone(hub: Installation, camp: Camp, open_page: OpenPage, log_in) -> None:
    filter_ = {
        "all": [
            {"field": "tag", "op": "in", "value": ["청년"]},
            {"not": {"field": "suppressed", "op": "eq", "value": True}},
        ]
    }
    hub.post("/api/segments", {"name": "모두", "filter": filter_})
    made = hub.post("/api/segments", {"name": "청년", "filter": filter_})
    page = open_page(width=360, scheme="dark", bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/contacts/segments/{made['id']}")
    expect(page.get_by_role("complementary", name="결과").get_by_role("status")).to_contain_text("8명")
    page.get_by_role("button", name="다른 세그먼트의 사람 빼기").wait_for()
    assert violations(page, "phone") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto(f"{hub.base}/contacts/segments")
    page.get_by_text("태그가 청년인 사람이에요.").first.wait_for()
    assert violations(page, "list on a phone") == []
    page.goto(f"{hub.base}/contacts/segments/0191f000-0000-7000-8000-000000000000")
    expect(page.get_by_text("없거나 지운 세그먼트예요")).to_be_visible()
