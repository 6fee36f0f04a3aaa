"""One person's page: from the list and back, who it may be, the answer, its way back, and who is gone."""

import pytest
from playwright.sync_api import expect
from tests.e2e.camp import Camp, make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e

HEADER = "이름,휴대폰,생년,읍면동,이메일,차량번호\n"
FIRST = HEADER + (
    "김서연,010-2847-1193,1984,연남동,seoyeon84@naver.com,12가3456\n임수빈,010-5512-4417,1979,공덕동,,\n"
)
SECOND = HEADER + "김서현,010-2847-1193,1991,서교동,,\n"


def camp_of(hub: Installation) -> Camp:
    camp = make_camp(hub)
    hub.import_csv(FIRST.encode(), tags=("간담회",))
    hub.import_csv(SECOND.encode())
    return camp


def id_of(hub: Installation, name: str) -> str:
    (one,) = hub.get(f"/api/contacts?q={name}")["items"]
    return str(one["id"])


def test_a_person_is_seen_whole_and_a_doubt_is_settled_there(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = camp_of(hub)
    older, younger = id_of(hub, "김서연"), id_of(hub, "김서현")
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)

    # From the list over the drawer; the place in the list comes along, J and K walk on it.
    page.goto(f"{hub.base}/contacts")
    page.get_by_role("row").filter(has_text="김서연").click(position={"x": 120, "y": 8})
    page.get_by_role("link", name="전체 보기").click()
    page.wait_for_url(f"{hub.base}/contacts/{older}")
    expect(page.get_by_role("heading", level=1)).to_have_text("김서연")
    expect(page.get_by_text("3 / 3")).to_be_visible()
    expect(page.get_by_role("button", name="다음 사람")).to_be_disabled()
    page.keyboard.press("k")
    page.wait_for_url(f"{hub.base}/contacts/{id_of(hub, '임수빈')}")
    expect(page.get_by_text("2 / 3")).to_be_visible()
    page.keyboard.press("j")
    page.wait_for_url(f"{hub.base}/contacts/{older}")

    # Ways to reach them, tags, attributes, the lists it came with.
    facts = page.locator("main")
    for text in (
        "010-2847-1193",
        "seoyeon84@naver.com",
        "간담회",
        "연남동",
        "차량번호",
        "12가3456",
        "처음 등록",
    ):
        expect(facts).to_contain_text(text)
    expect(page).to_have_title("김서연 · Pabal")
    expect(page.get_by_role("region", name="같은 사람일 수 있어요")).to_contain_text("김서현")
    assert violations(page, "contact") == []

    # Only this person's pairs are asked; the answer leads back.
    page.get_by_role("link", name="정하기").click()
    expect(page.get_by_role("region", name="같은 사람인가요?")).to_contain_text("김서현")
    expect(page.get_by_role("button", name="모든 짝 보기")).to_be_visible()
    page.keyboard.press("1")
    page.get_by_role("link", name="연락처로 돌아가기").click()
    lineage = page.get_by_role("region", name="합친 기록")
    expect(lineage).to_contain_text("2건 → 1명")
    expect(page.get_by_role("region", name="같은 사람일 수 있어요")).to_have_count(0)
    assert violations(page, "merged") == []

    # Whoever was merged away is found under the address they had, and comes back from here.
    merged = hub.get(f"/api/contacts/{younger}")["id"]
    away = younger if merged == older else older
    page.goto(f"{hub.base}/contacts/{away}")
    page.wait_for_url(f"{hub.base}/contacts/{merged}")
    expect(page.get_by_text("합쳐진 연락처라")).to_be_visible()
    lineage.get_by_role("button", name="되돌리기").click()
    expect(lineage.get_by_text("되돌림")).to_be_visible()
    expect(page.get_by_role("region", name="같은 사람일 수 있어요")).to_be_visible()
    assert len(hub.get("/api/contacts")["items"]) == 3


def test_a_persons_page_fits_a_phone_and_says_who_is_gone(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = camp_of(hub)
    someone = id_of(hub, "김서연")
    page = open_page(width=360, scheme="dark", bypass_csp=True)
    log_in(page, camp.email)
    # Beside the list, nothing of its head lies over the way out.
    page.goto(f"{hub.base}/contacts?open={someone}")
    sheet = page.get_by_role("dialog")
    more, close = (sheet.get_by_role("button", name=name).bounding_box() for name in ("더 보기", "닫기"))
    assert more is not None
    assert close is not None
    assert more["x"] + more["width"] <= close["x"]
    assert close["x"] + close["width"] <= 360

    page.goto(f"{hub.base}/contacts/{someone}")
    page.get_by_role("region", name="같은 사람일 수 있어요").wait_for()
    page.get_by_role("region", name="합친 기록").get_by_role("list").wait_for()
    assert violations(page, "phone") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    # A failing part says so where it stands, and comes back.
    page.route("**/api/contacts/*/lineage", lambda route: route.fulfill(status=409, json={}))
    page.reload()
    expect(page.get_by_text("합친 기록을 불러오지 못했어요")).to_be_visible()
    assert violations(page, "part failed") == []
    page.unroute("**/api/contacts/*/lineage")
    page.get_by_role("region", name="합친 기록").get_by_role("button", name="다시 시도").click()
    expect(page.get_by_role("region", name="합친 기록").get_by_role("list")).to_be_visible()

    page.get_by_role("main").get_by_role("button", name="더 보기").click()
    page.get_by_role("menuitem", name="지우기").click()
    page.get_by_role("dialog").get_by_role("button", name="지우기").click()
    page.wait_for_url(f"{hub.base}/contacts")
    page.goto(f"{hub.base}/contacts/{someone}")
    expect(page.get_by_text("없거나 지운 연락처예요")).to_be_visible()
    assert violations(page, "gone") == []
    page.get_by_role("link", name="연락처 목록").click()
    page.wait_for_url(f"{hub.base}/contacts")


def test_a_persons_time_is_one_line_and_what_is_done_there_stands_on_it(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = camp_of(hub)
    someone = id_of(hub, "김서연")
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/contacts/{someone}")
    line = page.get_by_role("region", name="기록", exact=True)
    expect(line).to_contain_text("에서 가져옴")

    # A note, written where it is read.
    page.get_by_role("button", name="메모 쓰기").click()
    page.keyboard.type("현수막 문의. 저녁에 전화")
    page.keyboard.press("Control+Enter")
    expect(line.get_by_role("listitem").first).to_contain_text("현수막 문의. 저녁에 전화")

    # The card, in a form: a late save is refused with what is stored, and what can't be read is said at its field.
    page.get_by_role("button", name="고치기").first.click()
    form = page.get_by_role("dialog")
    form.get_by_label("지역").fill("망원1동")
    hub.client.patch(f"/api/contacts/{someone}", json={"memo": "먼저 고침"}).raise_for_status()
    form.get_by_role("button", name="저장").click()
    expect(form.get_by_role("alert")).to_contain_text("그사이 다른 사람이 고쳤어요")
    expect(form.get_by_label("메모 칸")).to_have_value("먼저 고침")
    form.get_by_label("지역").fill("망원1동")
    form.get_by_role("button", name="전화번호 더하기").click()
    form.get_by_label("전화번호 2").fill("010-12")
    form.get_by_role("button", name="저장").click()
    expect(form.get_by_role("alert")).to_be_visible()
    assert violations(page, "form") == []
    form.get_by_label("전화번호 2").fill("010-9308-2906")
    form.get_by_role("group", name="받은 목적").get_by_label("공지·일정 안내").check()
    form.get_by_role("button", name="저장").click()
    expect(line).to_contain_text("지역 연남동 → 망원1동")
    expect(page.locator("main")).to_contain_text("010-9308-2906")
    expect(page.locator("main")).to_contain_text("받은 목적공지·일정 안내")

    # Consent with its proof.
    page.get_by_role("button", name="동의 기록하기").click()
    form.get_by_label("근거").fill("현장 동의서 3번")
    form.get_by_role("button", name="남기기").click()
    expect(line).to_contain_text("문자 광고 받기 동의")

    # What was done to many together is on the line of each, and goes back as a whole.
    made = hub.post(
        "/api/bulk-edits", {"filter": {}, "changes": {"addTags": ["봉사"]}, "reason": "행사 명단"}
    )
    expect(line).to_contain_text("태그 ‘봉사’ 붙임")
    expect(line).to_contain_text("3명을 한꺼번에")
    hub.post(f"/api/bulk-edits/{made['id']}/undo")
    expect(line).to_contain_text("되돌렸어요")
    expect(page.locator("main").get_by_text("봉사", exact=True)).to_have_count(0)

    line.get_by_text("동의", exact=True).click()
    expect(line.get_by_role("listitem")).to_have_count(1)
    assert violations(page, "consents") == []

    # The person wants to see everything.
    page.get_by_role("main").get_by_role("button", name="더 보기").click()
    page.get_by_role("menuitem", name="열람·정정·삭제 요청").click()
    with page.expect_download() as taken:
        form.get_by_role("button", name="파일 받기").click()
    told = taken.value.path().read_text("utf-8")
    assert "현수막 문의" in told
    assert "010-9308-2906" in told
    line.get_by_text("전체", exact=True).click()
    expect(line.get_by_role("listitem").first).to_contain_text("열람 요청")

    page.set_viewport_size({"width": 360, "height": 780})
    expect(line).to_be_visible()
    assert violations(page, "line of time, phone") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    # What somebody only wrote down waits with its day, and is carried out or refused where it stands.
    for kind in ("stop", "erase"):
        hub.post(f"/api/contacts/{someone}/requests", {"kind": kind, "note": "전화로 확인"})
    page.goto(f"{hub.base}/contacts/requests")
    waiting = page.get_by_role("list", name="본인 요청")
    expect(waiting.get_by_role("listitem")).to_have_count(2)
    expect(waiting).to_contain_text("10일 남음")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    waiting.get_by_role("button", name="처리 정지 요청").click()
    form.get_by_text("모든 채널의 수신을 거부로 기록해요").wait_for()
    assert violations(page, "request") == []
    form.get_by_role("button", name="거부로 기록").click()
    expect(waiting.get_by_role("listitem")).to_have_count(1)
    waiting.get_by_role("button", name="삭제 요청").click()
    form.get_by_label("거절해야 한다면, 까닭").select_option("identity")
    form.get_by_role("button", name="거절로 닫기").click()
    expect(page.get_by_text("처리할 요청이 없어요")).to_be_visible()
    page.get_by_text("모두", exact=True).click()
    expect(waiting).to_contain_text("본인인지 확인되지 않음")
    assert violations(page, "requests") == []
