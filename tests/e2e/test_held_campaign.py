"""A campaign that didn't begin, as what stood at its launch wasn't what was checked: why, and the one way forward."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from tests.e2e.camp import add_people, make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e


def test_a_launch_held_for_other_people_says_why_and_leads_back_to_the_check(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="보류 캠프")
    add_people(hub, ("김하늘", "01067780001"))
    soon = datetime.now(UTC) + timedelta(seconds=10)
    campaign = hub.campaign(name="설명회 안내", schedule={"at": soon.isoformat()})
    digest = hub.post(f"/api/campaigns/{campaign}/check", {})["digest"]
    hub.post(f"/api/campaigns/{campaign}/launch", {"digest": digest})
    add_people(hub, ("이바다", "01067780002"))
    hub.until(campaign, lambda seen: seen["state"] == "held")

    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/campaigns/{campaign}")
    expect(page.get_by_text("점검한 뒤 받는 사람이 바뀌어 보내지 않았어요")).to_be_visible()
    expect(page.get_by_role("button", name="이어 보내기")).to_have_count(0)
    assert violations(page, "a campaign held at its launch") == []

    # Into the same form as a draft, with everything that was written.
    page.get_by_role("link", name="다시 점검").click()
    page.wait_for_url(f"**/campaigns/new?draft={campaign}")
    page.get_by_role("button", name="메시지로").first.click()
    expect(page.get_by_label("캠페인 이름")).to_have_value("설명회 안내")
