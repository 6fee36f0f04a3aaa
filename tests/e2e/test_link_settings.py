"""Where short links may lead, set on a screen: pasted addresses become hosts, what is none is said by its line."""

import pytest
from playwright.sync_api import expect
from tests.e2e.camp import make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e


def test_sites_and_days_of_links_are_kept_and_a_wrong_line_is_named(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="링크 설정 캠프")
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/settings/links")
    page.get_by_label("이끌 수 있는 사이트").fill("https://camp.example/plan?from=1\ncamp.example")
    page.get_by_label("주소가 열리는 날수").fill("0")
    page.get_by_role("button", name="저장").click()
    expect(page.get_by_text("1에서 730까지의 수를 적어 주세요")).to_be_visible()
    page.get_by_label("주소가 열리는 날수").fill("30")
    page.get_by_role("button", name="저장").click()
    expect(page.get_by_text("링크 설정을 저장했어요")).to_be_visible()
    kept = hub.get("/api/settings/links")
    assert (kept["hosts"], kept["days"]) == (["camp.example"], 30)

    page.get_by_label("이끌 수 있는 사이트").fill("camp.example\nlocalhost")
    page.get_by_role("button", name="저장").click()
    expect(page.get_by_role("alert").filter(has_text="localhost: camp.example처럼")).to_be_visible()
    assert violations(page, "the link settings") == []
    page.reload()
    expect(page.get_by_label("이끌 수 있는 사이트")).to_have_value("camp.example")
