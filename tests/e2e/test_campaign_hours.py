"""Hours of a campaign, as staff set them in the review and meet them again on its page."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.camp import add_people, make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations_in_both_widths
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e

SEOUL = timezone(timedelta(hours=9))
TO = "01077770001"


def shut_now() -> tuple[str, str]:
    """Hours that neither are now nor begin while the test runs: half a day from here."""
    return ("19:00", "20:00") if datetime.now(UTC).astimezone(SEOUL).hour < 12 else ("01:00", "02:00")


def to_the_review(page: Page, base: str) -> None:
    page.goto(f"{base}/campaigns/new")
    page.get_by_role("radio", name="민원·일정 안내").check()
    page.get_by_role("button", name="메시지로").last.click()
    page.get_by_label("캠페인 이름").fill("설명회 안내")
    page.get_by_label("메시지", exact=True).fill("#{이름}님, 설명회가 있어요.")
    page.get_by_role("button", name="검토로").last.click()
    expect(page.get_by_role("switch", name="정한 시간에만 보내기")).not_to_be_checked()


def test_hours_are_set_by_keyboard_checked_and_waited_for(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    """Set on a desk, ended on a phone."""
    opens, shuts = shut_now()
    line = f"보내는 시간대 {opens}~{shuts} (한국 시간)"
    camp = make_camp(hub, name="시간대 캠프")
    add_people(hub, ("김서연", TO))
    page = open_page(height=800, bypass_csp=True)  # axe comes in as a script of ours
    log_in(page, camp.email)
    to_the_review(page, hub.base)

    send = page.get_by_role("button", name="1명에게 보내기")
    switch = page.get_by_role("switch", name="정한 시간에만 보내기")
    switch.focus()
    page.keyboard.press("Space")
    first, last = page.get_by_label("몇 시부터 (한국 시간)"), page.get_by_label("몇 시까지 (한국 시간)")
    expect(first).to_have_value("09:00")
    expect(last).to_have_value("20:00")
    first.fill(opens)
    last.fill(opens)
    expect(page.get_by_text("밤을 넘겨 정할 수 없어요")).to_be_visible()
    expect(send).to_be_disabled()
    last.fill(shuts)
    expect(page.get_by_text(line)).to_be_visible()
    expect(page.get_by_text(f"보내는 시간대({opens}~{shuts})가 아니라서")).to_be_visible()
    assert violations_in_both_widths(page, "hours") == []

    # Opened again in a browser that knows nothing of it, the draft still has them.
    again = open_page(height=800)
    log_in(again, camp.email)
    again.goto(page.url)
    expect(again.get_by_label("몇 시부터 (한국 시간)")).to_have_value(opens)
    expect(again.get_by_label("몇 시까지 (한국 시간)")).to_have_value(shuts)
    again.close()
    page.reload()
    expect(last).to_have_value(shuts)

    send.click()
    page.get_by_role("dialog").get_by_role("button", name="1명에게 보내기").click()
    expect(page.get_by_text("보내는 시간을 기다려요")).to_be_visible(timeout=30_000)
    expect(page.get_by_text(f"{opens}에 이어서 보내요.")).to_be_visible()
    expect(page.get_by_text(line)).to_be_visible()
    expect(page.get_by_role("button", name="이어 보내기")).to_have_count(0)
    assert violations_in_both_widths(page, "waiting") == []
    assert TO not in [entry["to"] for entry in hub.ledger()]
    page.get_by_role("button", name="끝내기").last.click()
    page.get_by_role("dialog").get_by_role("button", name="끝내기").click()
    expect(page.get_by_text("취소됨").first).to_be_visible()


def test_a_schedule_outside_its_hours_is_told_when_it_begins(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    """What is checked is the time on the screen, though nobody has saved it by hand."""
    camp = make_camp(hub, name="예약 시간대 캠프")
    add_people(hub, ("김서연", TO))
    page = open_page()
    log_in(page, camp.email)
    to_the_review(page, hub.base)
    page.get_by_role("switch", name="정한 시간에만 보내기").click()
    page.get_by_role("radio", name="예약하기").check(force=True)
    tomorrow = datetime.now(UTC).astimezone(SEOUL) + timedelta(days=1)
    page.get_by_label("보낼 때 (한국시간)").fill(f"{tomorrow:%Y-%m-%d}T21:00")
    day = tomorrow + timedelta(days=1)
    said = page.get_by_text("보내는 시간대(09:00~20:00)가 아니라서")
    expect(said).to_contain_text(f"{day.month}월 {day.day}일")
    page.get_by_label("보낼 때 (한국시간)").fill(f"{tomorrow:%Y-%m-%d}T19:00")
    expect(said).to_have_count(0)
    page.get_by_role("button", name="1명에게 예약").click()
    page.get_by_role("dialog").get_by_role("button", name="1명에게 예약").click()
    expect(page.get_by_text("예약됨").first).to_be_visible()
    expect(page.get_by_text("보내는 시간대 09:00~20:00 (한국 시간)")).to_be_visible()
