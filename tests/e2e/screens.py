"""Pictures of every page in both themes and on a phone, for docs/screens:

    python -m tests.e2e.screens http://127.0.0.1:8000 [names …]

The hub must run with its demo data (`make run` in a folder of its own: the script adds lists and campaigns to it).
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, expect, sync_playwright
from tests.e2e.scenery import LOGIN, Camp
from tests.support.chromium import FLAGS, find_chromium

TARGET = Path(__file__).resolve().parents[2] / "docs" / "screens"
LOOKS = (("light", 1440, 900, "light"), ("dark", 1440, 900, "dark"), ("phone", 360, 740, "light"))
# Fonts are there and nothing moves any more; what spins for ever isn't waited for.
SETTLED = """() => document.fonts.ready.then(() => Promise.all(document.getAnimations()
  .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity).map((one) => one.finished.catch(() => null))))
  .then(() => null)"""

Act = Callable[[Page], None]


def nothing(_: Page) -> None:
    pass


def ready(text: str) -> Act:
    return lambda page: page.get_by_text(text).first.wait_for()


def carrier_step(page: Page) -> None:
    page.get_by_role("button", name="발송사 계정").click()
    page.get_by_label("발송사", exact=True).select_option("nhn-sms")
    page.get_by_label("앱 키", exact=True).scroll_into_view_if_needed()


def sender_step(page: Page) -> None:
    page.get_by_role("button", name="발신번호와 카카오 채널").click()


def forecast(page: Page) -> None:
    page.locator("footer").get_by_text("새로 만듦").wait_for()


def compose(page: Page) -> None:
    page.evaluate(
        "Object.keys(localStorage).filter((key) => key.includes('draft')).forEach((key) => localStorage.removeItem(key))"
    )
    page.reload()
    page.get_by_role("radio", name="민원·일정 안내").check()
    page.get_by_text("이런 분들이에요").wait_for()


def write(page: Page) -> None:
    compose(page)
    page.keyboard.press("Control+Enter")
    page.get_by_label("캠페인 이름").fill("주민 간담회 안내")
    page.get_by_label("메시지", exact=True).fill(
        "#{이름}님, 신청하신 주민 간담회가 11월 28일(토) 오전 10시 주민센터 2층에서 열려요.\n주차는 구청 뒤 공영주차장을 써 주세요."
    )


def review(page: Page) -> None:
    write(page)
    page.keyboard.press("Control+Enter")
    page.get_by_text("발송 점검").wait_for()


def person(page: Page) -> None:
    page.get_by_role("table").get_by_role("button").first.click()
    page.get_by_role("dialog").wait_for()


def handset(page: Page) -> None:
    page.get_by_role("button").filter(has_text="님, 신청하신").first.click()
    page.get_by_role("figure").wait_for()


def uncertain(page: Page) -> None:
    group = page.get_by_role("navigation", name="정할 묶음").get_by_role("button").first
    group.click()
    page.get_by_role("button", name="정하기").first.wait_for()


def palette(page: Page) -> None:
    page.get_by_role("heading", name="님,").wait_for()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("김")
    page.get_by_role("option").first.wait_for()


def shortcuts(page: Page) -> None:
    page.get_by_role("row").nth(1).wait_for()
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()


def pages(camp: Camp, names: tuple[str, ...]) -> Iterator[tuple[str, str, Act]]:
    """(name, address, what to do there)"""
    mapping, done = camp.waiting(), camp.imported()
    sent = camp.campaign("주민 간담회 안내", ended=True)
    if not names or "campaign-running" in names:  # after the big list its check would be a job of its own
        going = camp.campaign("정기 안내", ended=False, ratePerSecond=2)
        yield "campaign-running", f"/campaigns/{going}", ready("보내는 중")
    contact = camp.get("/api/contacts?limit=1")["items"][0]["id"]
    row = "[role=row][aria-rowindex='2']"
    yield "overview", "/", ready("문자를 보낼 수 있어요")
    yield "contacts", "/contacts", lambda page: page.locator(row).wait_for()
    yield "contact", f"/contacts?open={contact}", ready("연락 수단")
    yield "contact-page", f"/contacts/{contact}", lambda page: page.get_by_role("heading", level=1).wait_for()
    segment = camp.segment()
    yield "segments", "/contacts/segments", ready("사람이에요.")
    yield "segment", f"/contacts/segments/{segment}", ready("보낼 수 있음")
    yield "requests", "/contacts/requests", ready("법은 열흘 안에")
    yield "duplicates", "/contacts/duplicates", ready("같은 사람인가요?")
    yield "imports", "/contacts/imports", ready("주민간담회_취합.xlsx")
    yield "import-mapping", f"/contacts/imports/{mapping}", forecast
    yield "import-result", f"/contacts/imports/{done}", ready("가져왔어요")
    yield "campaigns", "/campaigns", ready("주민 간담회 안내")
    yield "composer-audience", "/campaigns/new", compose
    yield "composer-message", "/campaigns/new", write
    yield "composer-review", "/campaigns/new", review
    yield "campaign", f"/campaigns/{sent}", lambda page: page.locator(row).wait_for()
    yield "campaign-person", f"/campaigns/{sent}", person
    yield "phones", "/phones", handset
    yield "team", "/settings/team", ready("연락처 보기")
    yield "quota", "/settings/quota", ready("움직임을 모두 더하면")
    yield "carriers", "/settings/carriers", ready("연습용 발송사")
    yield "prices", "/settings/prices", ready("공개 단가예요")
    yield "approval-setting", "/settings/approval", ready("두 사람이 보고 보내기")
    yield "link-settings", "/settings/links", ready("이끌 수 있는 사이트")
    yield "appearance", "/settings/appearance", ready("기기 설정대로")
    yield "setup", "/setup", ready("실제로 보내기까지")
    yield "setup-carrier", "/setup", carrier_step
    yield "setup-sender", "/setup", sender_step
    if not names or "uncertain" in names:
        camp.uncertain()
        yield "uncertain", "/sends/uncertain", uncertain
    yield "palette", "/", palette
    yield "shortcuts", "/contacts", shortcuts


def take(page: Page, name: str) -> None:
    expect(page.locator(".animate-shimmer")).to_have_count(0)  # placeholders of what is still on its way
    page.evaluate(SETTLED)
    page.screenshot(path=TARGET / f"{name}.png")


def running(contexts: dict[str, BrowserContext], camp: Camp, base: str) -> None:
    """All looks at the same import: their pages wait at its columns and follow when it starts."""
    made = camp.big()
    waiting = {look: context.new_page() for look, context in contexts.items()}
    for page in waiting.values():
        page.goto(f"{base}/contacts/imports/{made['id']}")
        page.get_by_role("table").wait_for()
    camp.start(made)
    for look, page in waiting.items():
        expect(page.get_by_text("행/초").first).to_be_visible(timeout=60_000)
        page.screenshot(path=TARGET / f"import-running-{look}.png")
    camp.until(f"/api/imports/{made['id']}", "completed", "failed", "cancelled")


def main(base: str, *names: str) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    camp = Camp(base)
    shown = [one for one in pages(camp, names) if not names or one[0] in names]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        contexts: dict[str, BrowserContext] = {}
        for look, width, height, scheme in LOOKS:
            context = contexts[look] = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]  # "light" or "dark"
                locale="ko-KR",
                timezone_id="Asia/Seoul",
            )
            page = context.new_page()
            page.goto(f"{base}/login")
            page.get_by_label("이메일").wait_for()
            if not names or "login" in names:
                take(page, f"login-{look}")
            page.request.post(f"{base}/api/auth/login", data=LOGIN)
            for name, path, act in shown:
                page.goto(base + path)
                try:
                    act(page)
                except Error as problem:  # one page that can't be shown doesn't keep the others from it
                    print(f"{name}-{look}: {problem}", file=sys.stderr)
                take(page, f"{name}-{look}")
                if name == "composer-review":
                    camp.drop_drafts()
        if not names or "import-running" in names:
            running(contexts, camp, base)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
