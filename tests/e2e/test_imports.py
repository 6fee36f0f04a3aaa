"""A messy workbook comes in: sheets, header, columns, what will happen, what happened, the error file, a second tab."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.camp import make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.support.installation import Installation
from tests.support.workbooks import Value, workbook

pytestmark = pytest.mark.e2e

PEOPLE: list[tuple[Value, ...]] = [("성명", "연락처(H.P)", "비고", "문자수신", "지지정당")]
PEOPLE += [(f"김하늘{i}", f"010-3333-{i}", "저녁", "O", "중도") for i in range(1000, 1030)]
MESSY: list[tuple[Value, ...]] = [
    ("이영희 위원장님", 1022223334, "", "X", "무당층"),
    ("박민호", "1.01E+09", "", "O", "중도"),
    ("최보람", "010-5555-6667", "주민 800101-1234567", "O", "중도"),
]
SECOND: list[tuple[Value, ...]] = [("비고", "연락처(H.P)", "성명"), ("주차", "010-7777-8889", "정하늘")]


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    path = tmp_path / "주민간담회_취합.xlsx"
    path.write_bytes(
        workbook({"안내": [("대외비",)], "공덕동": [("가을 간담회",), *PEOPLE, *MESSY], "연남동": SECOND})
    )
    return path


def take(page: Page, base: str, file: Path) -> None:
    page.goto(f"{base}/contacts/imports")
    page.locator("input[type=file]").set_input_files(file)
    page.wait_for_url("**/contacts/imports/0*")
    page.get_by_role("table").wait_for()


def test_a_messy_workbook_from_upload_to_error_file(
    hub: Installation, open_page: OpenPage, log_in, messy: Path
) -> None:
    camp = make_camp(hub)
    page, other = open_page(), open_page()
    log_in(page, camp.email)
    log_in(other, camp.email)
    take(page, hub.base, messy)

    # The rare cells are in sight, with what becomes of them; what must not be seen isn't there.
    table = page.get_by_role("table")
    expect(table.get_by_role("button", name="1.01E+09")).to_be_visible()
    expect(table.get_by_role("button", name="수신 거부")).to_be_visible()
    assert "1234567" not in page.content()
    assert "무당층" not in page.content()
    page.keyboard.press("F8")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("읽을 수 없어요")
    page.keyboard.press("Escape")

    # A second sheet and another column, kept over a reload.
    page.get_by_role("button", name="공덕동").click()
    page.get_by_role("checkbox", name="연남동").check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="34행 가져오기")).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.get_by_label("‘비고’ 열을").select_option("tags")
    page.get_by_label("출처", exact=True).fill("가을 간담회 신청서")
    told = page.get_by_role("group", name="받은 목적").get_by_role("checkbox")
    expect(told.and_(page.locator(":checked"))).to_have_count(0)
    purpose = told.and_(page.get_by_label("공지·일정 안내"))
    purpose.check()
    page.reload()
    expect(told.and_(page.locator(":checked"))).to_have_count(1)
    purpose.uncheck()
    expect(page.get_by_label("‘비고’ 열을")).to_have_value("tags")
    expect(page.get_by_label("출처", exact=True)).to_have_value("가을 간담회 신청서")
    page.get_by_label("‘비고’ 열을").select_option("memo")

    # Counted before it is done.
    forecast = page.locator("footer")
    expect(forecast).to_contain_text("새로 만듦33", timeout=30_000)
    expect(forecast).to_contain_text("제외1")

    # What is missing says so where it is missing.
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("처리 근거")).to_be_focused()
    page.get_by_label("처리 근거").select_option("consent")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("받은 날")).to_be_focused()
    expect(page.get_by_text("명단을 받은 날을 적어 주세요")).to_be_visible()
    page.get_by_label("받은 날").fill("2025-09-01")
    page.keyboard.press("Control+Enter")
    expect(told.first).to_be_focused()
    expect(page.get_by_role("alert").get_by_text("무엇에 쓴다고 알리고 받은 명단인지")).to_be_visible()
    purpose.check()
    other.goto(page.url)
    page.keyboard.press("Control+Enter")
    for one in (page, other):  # the second tab was at the columns; it follows by itself
        expect(one.get_by_text("34행을", exact=False).first).to_be_visible(timeout=60_000)
        expect(one.get_by_role("region", name="제외한 이유")).to_contain_text("1.01E+09로 저장된 번호")

    # Under which conditions it came in stands below, for whoever is asked.
    expect(page.get_by_text("2025년 9월 1일(월)")).to_be_visible()

    with page.expect_download() as downloading:
        page.get_by_role("link", name="오류 파일 1행").click()
    assert downloading.value.suggested_filename == "errors.xlsx"

    # Uploaded as it is, it goes in as it is: its own last column is left out.
    mended = messy.with_name("errors.xlsx")
    downloading.value.save_as(mended)
    take(page, hub.base, mended)
    expect(page.get_by_label("‘오류’ 열을")).to_have_value("ignore")
    expect(page.get_by_label("‘연락처(H.P)’ 열을")).to_have_value("phone")


def test_files_that_cannot_be_read_say_why_and_what_to_do(
    hub: Installation, open_page: OpenPage, log_in, tmp_path: Path
) -> None:
    camp = make_camp(hub)
    page = open_page()
    log_in(page, camp.email)
    page.goto(f"{hub.base}/contacts/imports")
    old = tmp_path / "명단.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le"))
    page.locator("input[type=file]").set_input_files(old)
    expect(page.get_by_role("main").get_by_role("alert")).to_contain_text("Excel 통합 문서(.xlsx)")
    expect(page.get_by_role("button", name="파일 고르기").first).to_be_visible()


def test_axe_finds_nothing_on_the_columns(
    hub: Installation, open_page: OpenPage, log_in, messy: Path
) -> None:
    camp = make_camp(hub)
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    take(page, hub.base, messy)
    found = []
    for width in (1440, 360):  # each in both themes
        page.set_viewport_size({"width": width, "height": 900})
        page.reload()
        expect(page.locator("footer")).to_contain_text("새로 만듦", timeout=30_000)
        found += violations(page, f"columns, {width}")
        page.get_by_role("button", name="1.01E+09").click()
        found += violations(page, f"a cell's reason, {width}")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="공덕동").click()
        found += violations(page, f"sheets, {width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert found == []


def test_cancelling_asks_whether_what_is_in_stays(hub: Installation, open_page: OpenPage, log_in) -> None:
    camp = make_camp(hub)
    done = hub.import_csv("이름,휴대폰\n김하늘,010-3333-1000\n".encode())
    page = open_page(width=360, bypass_csp=True)
    log_in(page, camp.email)
    running = {**hub.get(f"/api/imports/{done['id']}"), "state": "running", "rowsTotal": 1000}
    page.route(f"**/api/imports/{done['id']}", lambda route: route.fulfill(json=running))
    page.goto(f"{hub.base}/contacts/imports/{done['id']}")
    page.get_by_role("button", name="취소").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="계속하기")).to_be_focused()
    assert violations(page, "cancel") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    with page.expect_request("**/cancel") as asked:  # the server knows better: it has ended
        dialog.get_by_role("button", name="모두 되돌리기").click()
    assert asked.value.post_data_json == {"undo": True}
    expect(page.get_by_text("이미 끝난 가져오기예요")).to_be_visible()


def test_refused_rows_are_mended_where_they_are_read(hub: Installation, open_page: OpenPage, log_in) -> None:
    camp = make_camp(hub)
    rows = '이름,휴대폰,메모\n김하늘,010-3333-1000,\n박민호,1.01E+09,"저녁, ""늦게"""\n최보람,010-938,\n'
    done = hub.import_csv(rows.encode(), tags=("간담회",))
    page = open_page(width=360, bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/contacts/imports/{done['id']}")
    mending = page.get_by_role("region", name="고쳐서 다시 넣기")
    mending.get_by_role("button", name="제외한 줄 고치기").click()
    expect(mending.get_by_role("button", name="0줄 다시 넣기")).to_be_disabled()
    expect(mending).to_contain_text("엑셀")
    mending.get_by_label("2행 휴대폰").fill("010-5555-1234")
    assert violations(page, "mending") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    mending.get_by_role("button", name="1줄 다시 넣기").click()

    # A list of its own, under the conditions of the first.
    page.wait_for_url(lambda address: "/contacts/imports/" in address and str(done["id"]) not in address)
    expect(page.get_by_text("1행을", exact=False).first).to_be_visible(timeout=60_000)
    (mended,) = hub.get("/api/contacts?q=박민호")["items"]
    assert (mended["phones"], mended["memo"], mended["tags"]) == (
        ["010-5555-1234"],
        '저녁, "늦게"',
        ["간담회"],
    )
    again = hub.get("/api/imports")["items"][0]
    assert (again["fileName"], again["source"]) == ("명단 (고친 줄).csv", "시험 명단")
    assert hub.get("/api/contacts?q=최보람")["items"] == []
