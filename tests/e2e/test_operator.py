"""The operator's page: a door of its own, the installation at a glance, nobody's data; on a desk and on a phone."""

import pytest
from playwright.sync_api import expect
from tests.e2e.camp import add_people, inside, make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations_in_both_widths
from tests.support.installation import PASSWORD, Installation

from pabal.accounts import create_operator

pytestmark = pytest.mark.e2e


def test_an_operator_sees_that_all_parts_live_and_what_waits(hub: Installation, open_page: OpenPage) -> None:
    name = "운영 캠프"
    make_camp(hub, name=name)
    add_people(hub, ("김하늘", "01067770001"), ("이바다", "01067770002"))
    campaign = hub.campaign(name="설명회 안내", ratePerSecond=1)
    digest = hub.post(f"/api/campaigns/{campaign}/check", {})["digest"]
    hub.post(f"/api/campaigns/{campaign}/launch", {"digest": digest})
    hub.until(campaign, lambda snapshot: snapshot["state"] == "finished")
    email = "operator@hub.test"
    inside(hub, lambda rt: create_operator(rt, email=email, password=PASSWORD))

    page = open_page(bypass_csp=True)  # axe comes in as a script of ours
    page.goto(f"{hub.base}/operator")
    expect(page.get_by_text("운영자 로그인")).to_be_visible()
    assert violations_in_both_widths(page, "operator's door") == []
    page.get_by_label("이메일").fill(email)
    page.get_by_label("비밀번호").fill(PASSWORD)
    page.get_by_role("button", name="로그인").click()
    parts = page.get_by_role("list", name="구성 요소").get_by_role("listitem")
    expect(parts).to_have_count(6)
    expect(parts.filter(has_text="스케줄러")).to_contain_text("살아 있음")
    expect(parts.filter(has_text="Redis")).to_contain_text("살아 있음")
    expect(parts.filter(has_text="일꾼")).to_contain_text("개 살아 있음")
    expect(page.get_by_role("list", name="일꾼 프로세스")).to_contain_text("마지막 소식")
    expect(page.get_by_role("list", name="프로세스", exact=True)).to_contain_text("pabal worker")
    expect(page.get_by_role("list", name="발송사 (지난 15분)")).to_contain_text(name)
    shown = page.locator("main").inner_text()
    assert not [word for word in ("김하늘", "이바다", "0001", "설명회") if word in shown]
    assert violations_in_both_widths(page, "operator's page") == []

    # The same browser on a camp's page: that door is a member's, and it is shown instead of "no right".
    page.goto(f"{hub.base}/settings/quota")
    page.wait_for_url("**/login?next=%2Fsettings%2Fquota")
    page.goto(f"{hub.base}/operator")
    page.get_by_role("button", name="나가기").click()
    expect(page.get_by_text("운영자 로그인")).to_be_visible()
