"""A large campaign through two people: asked for in the composer, sent back, asked again, approved on a phone, launched."""

import pytest
from playwright.sync_api import expect
from tests.e2e.camp import Camp, become, make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.support.installation import PASSWORD, Installation, free_port, people_csv

pytestmark = pytest.mark.e2e

WIDTH = 360


def add_admin(hub: Installation, camp: Camp) -> str:
    """A second person who may approve, through the link that the owner hands over."""
    email = f"admin-{free_port()}@example.kr"
    invited = hub.post("/api/invitations", {"email": email, "role": "admin"})
    body = {"token": invited["token"], "name": "이도현", "password": PASSWORD}
    hub.client.post("/api/invitations/accept", json=body).raise_for_status()
    become(hub, camp.email)
    return email


def test_a_large_campaign_goes_out_after_a_second_person_has_looked(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="승인 캠프")
    hub.import_csv(people_csv(30))
    admin = add_admin(hub, camp)
    campaign = hub.campaign(name="통학길 개선안 안내")

    author = open_page(bypass_csp=True)
    log_in(author, camp.email)
    author.goto(f"{hub.base}/settings/approval")
    author.get_by_role("switch", name="승인 받기").click()
    author.get_by_label("이보다 많으면").fill("10")
    author.get_by_role("button", name="저장").click()
    expect(author.get_by_text("10명보다 많이 보낼 때 승인을 받아요")).to_be_visible()
    assert violations(author, "the approval setting") == []

    def ask() -> None:
        author.goto(f"{hub.base}/campaigns/new?draft={campaign}")
        author.get_by_role("button", name="메시지로").first.click()
        author.get_by_role("button", name="검토로").first.click()
        expect(author.get_by_role("button", name="리허설로 보내기")).to_be_visible()
        expect(author.get_by_role("button", name="명에게 보내기")).to_have_count(0)
        author.get_by_label("승인할 사람에게 남길 말").fill("링크와 자료를 확인했습니다.")
        assert violations(author, "asking for approval") == []
        author.get_by_role("button", name="승인 요청").click()
        expect(author.get_by_text("다른 분의 승인이 필요해요")).to_be_visible()
        expect(author.get_by_role("button", name="승인", exact=True)).to_be_disabled()

    ask()
    phone = open_page(bypass_csp=True, width=WIDTH, height=740)
    log_in(phone, admin, home=True)
    expect(phone.get_by_text("승인 기다림")).to_be_visible()
    phone.get_by_role("link", name="검토하고 승인").click()
    expect(phone.get_by_text("링크와 자료를 확인했습니다.")).to_be_visible()
    expect(phone.get_by_text("30명에게")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= WIDTH
    assert violations(phone, "an approval on a phone") == []
    phone.get_by_role("button", name="보낼 사람").click()  # whom, one by one
    expect(phone.get_by_role("dialog").get_by_text("010-").first).to_be_visible()
    phone.keyboard.press("Escape")
    phone.get_by_role("button", name="반려").click()
    phone.get_by_role("button", name="문구", exact=True).click()
    phone.get_by_label("까닭").fill("끝에 문의 번호를 넣어 주세요")
    phone.get_by_role("dialog").get_by_role("button", name="반려").click()
    expect(phone.get_by_text("아직 보내지 않은 초안이에요")).to_be_visible()
    expect(phone.get_by_text("문구: 끝에 문의 번호를 넣어 주세요")).to_be_visible()  # on the draft's own page

    author.goto(f"{hub.base}/campaigns/new?draft={campaign}")
    author.get_by_role("button", name="메시지로").first.click()
    author.get_by_role("button", name="검토로").first.click()
    expect(author.get_by_text("문구: 끝에 문의 번호를 넣어 주세요")).to_be_visible()
    ask()

    phone.goto(f"{hub.base}/campaigns/{campaign}")
    phone.get_by_role("button", name="승인", exact=True).click()
    phone.get_by_role("dialog").get_by_role("button", name="승인", exact=True).click()
    expect(phone.get_by_text("에 승인했어요")).to_be_visible()
    # The author's screen follows by itself.
    author.get_by_role("button", name="30명에게 보내기").click()
    author.get_by_role("dialog").get_by_role("button", name="30명에게 보내기").click()
    hub.until(campaign, lambda seen: seen["counts"]["delivered"] == 30)
