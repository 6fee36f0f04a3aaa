"""axe finds nothing on any page, pop-overs and dialogs open, in both themes, on a desk and on a phone."""

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page
from tests.e2e.camp import make_camp
from tests.e2e.conftest import OpenPage
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e

AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def lived_in(hub: Installation) -> tuple[str, str, str]:
    """A camp with people, an import and a finished campaign: (e-mail, import, campaign)."""
    camp = make_camp(hub, name="접근성 캠프")
    rows = "".join(f"김하늘,0105{number:07d},망원동\n" for number in range(60))
    done = hub.import_csv(("이름,휴대폰,지역\n" + rows).encode(), tags=("자원봉사", "망원시장"))
    campaign = hub.campaign()
    check = hub.post(f"/api/campaigns/{campaign}/check", {})
    hub.post(f"/api/campaigns/{campaign}/launch", {"digest": check["digest"]})
    hub.until(campaign, lambda snapshot: snapshot["state"] == "finished")
    return camp.email, str(done["id"]), campaign


# What appears fades in, and half-transparent text has no contrast. Spinners never end: they aren't waited for.
SETTLED = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  .then(() => Promise.all(document.getAnimations()
  .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity).map((one) => one.finished.catch(() => null))))
  .then(() => null)"""
RUN = "async (options) => (await axe.run(document, {resultTypes: ['violations'], ...options})).violations"
DARK = "() => matchMedia('(prefers-color-scheme: dark)').matches"
Scheme = Literal["dark", "light"]
# The rules that look at colours; to all others the document is the same in either theme (nothing is hidden in one of them).
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def violations(page: Page, where: str) -> list[str]:
    """Every rule in the theme that the page has, then those about colours in the other one, in which the page stays: 0.25 s
    of CPU less than both in full and back."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found = []
    schemes: list[Scheme] = ["dark", "light"] if page.evaluate(DARK) else ["light", "dark"]
    for scheme, rules in zip(schemes, ({}, COLOURS), strict=True):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(SETTLED)
        assert page.evaluate(DARK) == (scheme == "dark")
        found += [
            f"{where}, {scheme}: {v['id']} at {[node['target'] for node in v['nodes']][:3]}"
            for v in page.evaluate(RUN, rules)
        ]
    return found


def violations_in_both_widths(page: Page, where: str) -> list[str]:
    """On a desk and on a phone, where nothing may be wider than the screen; the same page, as when a tablet is turned: a
    walk of its own for the phone costs ten times as much. The page stays narrow."""
    found = []
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 800})
        found += violations(page, f"{where}, {width}")
        if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{where} is wider than a window of {width}")
    return found


def test_axe_finds_nothing_on_any_page(
    hub: Installation, lived_in: tuple[str, str, str], open_page: OpenPage, log_in
) -> None:
    email, import_id, campaign = lived_in
    page = open_page(bypass_csp=True)  # axe comes in as a script of ours
    page.goto(f"{hub.base}/login")
    page.get_by_label("이메일").wait_for()
    found = violations_in_both_widths(page, "login")
    log_in(page, email)

    pages = {
        "/": "h1:has-text('님,')",
        "/contacts": "[role=row][aria-rowindex='2']",
        "/contacts/imports": "text=명단.csv",
        f"/contacts/imports/{import_id}": "text=가져왔어요",
        "/campaigns": "text=정기 안내",
        "/campaigns/new": "text=이런 분들이에요",
        f"/campaigns/{campaign}": "[role=row][aria-rowindex='2']",
        "/sends/uncertain": "text=확인이 필요한 사람이 없어요",
        "/phones": "text=김하늘",
        "/settings/team": "text=연락처 보기",
        "/settings/quota": "text=움직임을 모두 더하면",
        "/settings/carriers": "text=연습용 발송사",
        "/settings/prices": "text=공개 단가예요",
        "/settings/approval": "text=두 사람이 보고 보내기",
        "/settings/links": "text=이끌 수 있는 사이트",
        "/settings/appearance": "text=기기 설정대로",
        "/setup": "text=실제로 보내기까지",
    }
    for path, ready in pages.items():
        page.goto(f"{hub.base}{path}")
        page.locator(ready).first.wait_for()
        found += violations_in_both_widths(page, path)
    assert found == []


@pytest.mark.parametrize("width", [1440, 360])
def test_axe_finds_nothing_in_what_opens(
    hub: Installation, lived_in: tuple[str, str, str], open_page: OpenPage, log_in, width: int
) -> None:
    email, _, campaign = lived_in
    page = open_page(width=width, bypass_csp=True)
    log_in(page, email)
    found = []
    page.goto(f"{hub.base}/contacts")
    page.get_by_role("row").nth(1).wait_for()
    page.get_by_role("button", name="태그", exact=True).first.click()
    page.get_by_role("option").first.wait_for()
    found += violations(page, "filter")
    page.keyboard.press("Escape")
    page.get_by_role("row").nth(2).click(position={"x": 120, "y": 8})
    page.get_by_text("연락 수단").wait_for()
    found += violations(page, "drawer")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="연락처 추가").click()
    page.get_by_role("button", name="추가", exact=True).click()
    page.get_by_text("이름을 적어 주세요").wait_for()
    found += violations(page, "add")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.get_by_placeholder("화면, 사람, 캠페인 찾기").fill("김")
    page.get_by_role("option", name="김하늘").first.wait_for()
    found += violations(page, "command")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.get_by_role("heading", name="단축키").wait_for()
    found += violations(page, "shortcuts")
    page.keyboard.press("Escape")

    page.goto(f"{hub.base}/campaigns/{campaign}")
    page.get_by_role("button", name="김하늘").first.click()
    page.get_by_text("전화기에 도착했어요").wait_for()
    found += violations(page, "person")

    page.goto(f"{hub.base}/settings/team")
    page.get_by_role("button", name="초대하기").click()
    page.get_by_role("dialog").wait_for()
    found += violations(page, "invite")
    assert found == []


def test_english_is_one_choice_away(
    hub: Installation, lived_in: tuple[str, str, str], open_page: OpenPage, log_in
) -> None:
    page = open_page()
    log_in(page, lived_in[0])
    page.goto(f"{hub.base}/settings/appearance")
    page.get_by_text("English").click()
    page.get_by_role("heading", name="Settings").wait_for()
    page.goto(f"{hub.base}/contacts")
    page.get_by_role("link", name="Upload a list").wait_for()
    assert page.evaluate("document.documentElement.lang") == "en"

    # What the server says in Korean has its English, too: every permission, every reason that keeps a real send back.
    page.goto(f"{hub.base}/setup")
    page.get_by_text("left before real sending").wait_for()
    blockers = page.get_by_role("main").get_by_role("list").last
    assert not re.search("[가-힣]", blockers.inner_text())
    page.goto(f"{hub.base}/settings/team")
    page.get_by_role("rowheader", name="Delete contacts").wait_for()
    assert not re.search("[가-힣]", page.get_by_role("table").inner_text())
