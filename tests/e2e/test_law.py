"""A camp and the law, in a browser: the candidacy on record, eight broadcasts on eight days, the ninth refused, the proof taken home."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.camp import add_people, make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e

FIRST_DAY = date(2027, 1, 22)  # D-75 of the by-election of 2027-04-07
PEOPLE = 3


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One of its own: its clock stands in another year, which the other tests' hub must not."""
    installation = Installation(tmp_path_factory.mktemp("law") / "hub", "--workers", "1")
    installation.start()
    yield installation
    assert installation.stop() == 0


def move_clock(hub: Installation, day: date) -> None:
    answer = hub.client.put("/api/operator/clock", json={"at": f"{day.isoformat()}T11:00:00+09:00"})
    answer.raise_for_status()


def register(page: Page, base: str, number: str) -> None:
    """The form of the law page, as somebody with the certificate and the receipt in hand fills it in."""
    page.goto(f"{base}/")
    page.get_by_role("navigation", name="주 메뉴").get_by_role("link", name="선거법").click()
    form = page.get_by_role("form", name="후보자 정보 넣기")
    form.get_by_role("button", name="다음").click()
    expect(form.get_by_role("alert")).to_contain_text("채워 주세요")
    form.get_by_label("어느 자리인가요").select_option("assembly")
    expect(form.get_by_text("예비후보자 등록은 2026년 12월 8일(화)부터예요")).to_be_visible()
    form.get_by_label("선거구").fill("마포구을")
    form.get_by_role("button", name="다음").click()
    form.get_by_label("후보자 이름").fill("한서윤")
    form.get_by_label("등록한 날").fill("2026-12-07")  # a day too early
    form.get_by_label("등록증 번호").fill("제2026-17호")
    form.get_by_label("등록증 파일").set_input_files(
        {"name": "등록증.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 certificate"}
    )
    form.get_by_role("button", name="다음").click()
    form.get_by_label("선관위에 신고한 전화번호").fill(number)
    form.get_by_label("신고를 마친 때").fill("2026-12-11T10:00")
    form.get_by_label("접수 번호").fill("접수 2026-31")
    form.get_by_label("무료수신거부").fill("080-123-4567")
    form.get_by_role("button", name="저장").click()
    # The server says which field can't be; its step opens by itself.
    expect(form.get_by_role("alert")).to_contain_text("예비후보자 등록은 2026년 12월 8일부터예요")
    form.get_by_label("등록한 날").fill("2026-12-08")
    form.get_by_role("button", name="다음").click()
    form.get_by_role("button", name="저장").click()
    expect(page.get_by_text("등록 유효")).to_be_visible()


def sign(page: Page) -> None:
    page.get_by_role("button", name="읽고 서명하기").click()
    paper = page.get_by_role("dialog")
    expect(paper.get_by_text("공직선거법 제60조 1항")).to_be_visible()
    paper.get_by_role("radio", name="선거운동을 할 수 있는 사람이에요").check()
    paper.get_by_role("button", name="내 이름으로 서명").click()
    expect(page.get_by_text("에 서명했어요")).to_be_visible()


def review(page: Page, base: str, name: str) -> None:
    page.goto(f"{base}/campaigns/new")
    page.get_by_role("radio", name="선거운동정보").check()
    page.keyboard.press("Control+Enter")
    page.get_by_label("캠페인 이름").fill(name)
    page.get_by_label("메시지", exact=True).fill("#{이름}님, 통학로를 안전하게 만들겠습니다.")
    page.keyboard.press("Control+Enter")
    page.get_by_text("발송 점검").wait_for()


def launch(page: Page) -> None:
    page.get_by_role("button", name=f"{PEOPLE}명에게 보내기").click()
    page.get_by_role("dialog").get_by_role("button", name=f"{PEOPLE}명에게 보내기").click()
    page.wait_for_url("**/campaigns/0*")
    expect(page.get_by_text("발송 완료")).to_be_visible(timeout=60_000)


def broadcast(hub: Installation, name: str) -> None:
    """One more, over the API: check, then start what was checked."""
    campaign = hub.campaign(
        name=name,
        messageClass="campaign",
        steps=[{"channel": "lms", "subject": "", "body": "#{이름}님, 통학로를 안전하게 만들겠습니다."}],
    )
    found: dict[str, Any] = hub.post(f"/api/campaigns/{campaign}/check", {})
    answer = hub.client.post(
        f"/api/campaigns/{campaign}/launch",
        json={"digest": found["digest"]},
        headers={"Idempotency-Key": f"broadcast-{campaign}"},
    )
    assert answer.is_success, answer.text


def test_eight_broadcasts_the_ninth_refused_and_the_proof(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    move_clock(hub, FIRST_DAY)
    camp = make_camp(hub)
    add_people(hub, ("김서연", "01033334441"), ("이하준", "01033334442"), ("박지우", "01033334443"))
    number = next(one["value"] for one in hub.get("/api/senders")["items"] if one["kind"] == "phone")
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)

    register(page, hub.base, number)
    first_row = page.get_by_role("row").filter(has_text="자동 동보 · 문자")
    expect(first_row).to_contain_text("지금은 닫힘")  # nobody has signed yet
    sign(page)
    expect(first_row).to_contain_text("보낼 수 있음")
    expect(first_row).to_contain_text("8회 남음")
    expect(page.get_by_text("선거일까지 75일")).to_be_visible()
    assert violations(page, "the law page") == []

    # The same rules on another day: a preliminary candidacy is over by then.
    page.get_by_label("다른 날로 보기").fill("2027-03-25")
    expect(first_row).to_contain_text("지금은 닫힘")
    expect(page.get_by_text("선거일까지 13일")).to_be_visible()
    page.get_by_role("button", name="오늘로").click()
    expect(first_row).to_contain_text("보낼 수 있음")

    review(page, hub.base, "첫 번째 인사")
    put_in = page.locator("mark")
    expect(put_in.first).to_have_text("(선거운동정보) ")
    expect(put_in.last).to_contain_text("080-123-4567")
    expect(page.get_by_text("공직선거법 제82조의5 2항 4호")).to_be_visible()
    assert violations(page, "the review of a campaign text") == []
    launch(page)
    sent = [line["text"] for line in hub.ledger() if line["to"] == "01033334441"]
    assert sent[0].startswith("(선거운동정보) ")
    assert "080-123-4567" in sent[0]

    for no in range(2, 8):
        move_clock(hub, FIRST_DAY + timedelta(days=no))
        broadcast(hub, f"{no}번째 인사")

    move_clock(hub, FIRST_DAY + timedelta(days=8))
    review(page, hub.base, "여덟 번째 인사")
    launch(page)

    move_clock(hub, FIRST_DAY + timedelta(days=9))
    review(page, hub.base, "아홉 번째 인사")
    expect(page.get_by_text("8회를 모두 썼어요").first).to_be_visible()
    expect(page.get_by_role("button", name=f"{PEOPLE}명에게 보내기")).to_be_disabled()

    page.goto(f"{hub.base}/law")
    expect(page.get_by_text("8회를 모두 썼어요").first).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="여덟 번째 인사")).to_contain_text("접수 2026-31")
    page.goto(f"{hub.base}/")
    brief = page.locator("section").filter(has=page.get_by_role("heading", name="오늘 보낼 수 있는 것"))
    expect(brief.get_by_text("D-66", exact=True)).to_be_visible()
    expect(brief.get_by_role("listitem").filter(has_text="자동 동보")).to_contain_text("지금은 닫힘")
    assert violations(page, "the overview of a camp") == []
    page.goto(f"{hub.base}/law")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="증빙 내려받기").click()
    with zipfile.ZipFile(Path(waiting.value.path())) as folder:
        table = folder.read("자동동보.csv").decode("utf-8-sig")
        assert folder.read("등록증/등록증.pdf") == b"%PDF-1.7 certificate"
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["회차"] for row in rows] == [str(no) for no in range(1, 9)]

    phone = open_page(bypass_csp=True, width=360, height=740)
    log_in(phone, camp.email)
    phone.goto(f"{hub.base}/law")
    expect(phone.get_by_text("등록 유효")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(phone, "the law page on a phone") == []


def test_rules_of_the_law_have_no_switch_and_ours_want_a_reason(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="규칙 캠프")
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/law")
    expect(page.get_by_text("자동 동보 8회를 넘으면 막아요")).to_be_visible()
    assert page.get_by_role("switch").count() == 3  # those of ours; a statute has none
    greeting = page.get_by_role("switch", name="명절 인사는 명절 앞뒤 7일에 보내요")
    greeting.click()
    asking = page.get_by_role("dialog")
    asking.get_by_role("button", name="끄기").click()
    expect(asking.get_by_role("alert")).to_contain_text("두 글자 이상")
    asking.get_by_label("까닭").fill("인사말을 자주 보내요")
    assert violations(page, "switching a rule off") == []
    asking.get_by_role("button", name="끄기").click()
    expect(greeting).not_to_be_checked()
    expect(page.get_by_text("인사말을 자주 보내요")).to_be_visible()

    page.get_by_role("button", name="우리 조직: 고치기").click()
    profile = page.get_by_role("dialog")
    profile.get_by_label("찾아볼 이름").fill("한서윤, 가나다당")
    profile.get_by_role("switch", name="현직 의원").click()
    assert violations(page, "the profile") == []
    profile.get_by_role("button", name="저장").click()
    expect(page.get_by_text("한서윤, 가나다당")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="의정활동보고").first).to_contain_text("보낼 수 있음")
