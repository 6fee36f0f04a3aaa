"""What the law wants done about people and lists, in a browser: replies to read, lists after an election, what adverts owe."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.camp import add_people, make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e


def sent_to(hub: Installation, name: str, number: str) -> None:
    """Somebody of the book gets a text through the simulator, so that they have something to answer."""
    add_people(hub, (name, number))
    campaign = hub.campaign(steps=[{"channel": "sms", "body": "설명회를 열어요."}])
    hub.post(f"/api/campaigns/{campaign}/launch", {"rehearse": True})
    hub.until(campaign, lambda now: now["state"] == "finished")


def test_a_camp_reads_a_reply_and_has_its_lists_cleared_after_the_election(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub)
    sent_to(hub, "한가온", "01083210001")
    (thread,) = hub.get("/api/phones")["items"]
    hub.post(f"/api/phones/{thread['id']}/reply", {"text": "이제 그만 보내세요"})
    answer = hub.client.put("/api/law/profile", json={"electionDay": "2026-11-04", "office": "city"})
    answer.raise_for_status()

    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    page.goto(f"{hub.base}/law")
    replies = page.get_by_role("list", name="읽어야 할 답장")
    expect(replies.get_by_text("이제 그만 보내세요")).to_be_visible()
    expect(page.get_by_text("선거가 끝났어요.").first).to_be_visible()
    assert violations(page, "the law page with a reply and a plan") == []
    replies.get_by_role("button", name="수신 거부로").click()
    expect(page.get_by_text("읽을 답장이 없어요.")).to_be_visible()
    assert [one["source"] for one in hub.get("/api/suppressions")["items"]] == ["reply"]

    page.get_by_role("button", name="정리하기").click()
    asking = page.get_by_role("dialog")
    asking.get_by_role("button", name="0명 지우기").click()
    expect(asking.get_by_text("두 글자 이상")).to_be_visible()
    asking.get_by_label("까닭").fill("선거가 끝났어요")
    assert violations(page, "clearing lists") == []
    asking.get_by_role("button", name="0명 지우기").click()
    # The day was over when it was entered: it may be a slip of the hand.
    expect(asking.get_by_role("alert")).to_contain_text("선거일과 달라요")
    asking.get_by_label("선거일을 한 번 더 적어 주세요").fill("2026-11-04")
    asking.get_by_role("button", name="0명 지우기").click()
    expect(page.get_by_text("0명을 지웠어요")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("수신 거부와 발송 기록의 숫자는 남아요.")).to_be_visible()
    expect(page.get_by_text("선거가 끝났어요", exact=True)).to_be_visible()  # the reason
    # Whoever came into the book after the election isn't of its lists (test_law_retention erases the others).
    assert len(hub.get("/api/contacts")["items"]) == 1


def test_whoever_opens_the_camps_page_of_refusals_gets_nothing_more(
    hub: Installation, browser: Browser
) -> None:
    """On a small handset without scripts; twice is once, and the next send leaves them out."""
    make_camp(hub)
    add_people(hub, ("한가온", "01083210003"), ("한누리", "01083210004"))
    hub.client.patch(
        "/api/setup/address", json={"state": "done", "publicUrl": "https://camp.example.kr"}
    ).raise_for_status()
    url = hub.get("/api/law/opt-out-page")["url"]
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, java_script_enabled=False, locale="ko-KR"
    )
    page = context.new_page()
    page.goto(hub.base + url.removeprefix("https://camp.example.kr"))
    assert page.locator("html").evaluate("node => node.scrollWidth") <= 360
    for _ in range(2):
        page.get_by_label("문자를 받은 전화번호").fill("010-8321-0003")
        page.get_by_role("button", name="더 받지 않기").click()
        expect(page.get_by_role("heading", name="수신을 거부했어요")).to_be_visible()
        page.go_back()
    page.goto(f"{hub.base}/l/stop/aaaaaaaaaa")
    expect(page.get_by_role("heading", name="찾을 수 없는 주소예요")).to_be_visible()
    context.close()
    assert [one["source"] for one in hub.get("/api/suppressions")["items"]] == ["link"]
    campaign = hub.campaign(steps=[{"channel": "sms", "body": "설명회를 열어요."}])
    hub.post(f"/api/campaigns/{campaign}/launch", {"rehearse": True})
    counts = hub.until(campaign, lambda now: now["state"] == "finished")["counts"]
    assert (counts["skipped"], counts["delivered"] + counts["accepted"]) == (1, 1)


def test_a_company_tells_people_what_became_of_their_word(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    company = make_camp(hub, name="푸른상사", kind="sales")
    person = hub.post(
        "/api/contacts",
        {"name": "한가온", "phones": ["010-8321-0002"], "basis": "동의", "source": "매장"},
    )
    hub.post(
        f"/api/contacts/{person['id']}/consents",
        {
            "channel": "sms",
            "purpose": "marketing",
            "state": "granted",
            "at": (datetime.now(UTC) - timedelta(days=12)).isoformat(),
            "evidence": "매장 동의서",
        },
    )
    page = open_page(bypass_csp=True)
    log_in(page, company.email)
    page.goto(f"{hub.base}/law")
    expect(page.get_by_role("heading", name="보내는 규칙")).to_be_visible()
    expect(page.get_by_text("급해요")).to_be_visible()
    expect(page.get_by_text("1건을 알려야 해요")).to_be_visible()
    expect(page.get_by_text("자동 동보 8회를 넘으면 막아요")).not_to_be_visible()
    assert violations(page, "a company's rules") == []
    page.get_by_role("checkbox", name="한가온 고르기").check()
    page.get_by_role("button", name="알린 것으로 표시").click()
    asking = page.get_by_role("dialog")
    asking.get_by_label("어떻게 알렸나요").fill("문자로 알림")
    assert violations(page, "saying that people were told") == []
    asking.get_by_role("button", name="1건 알렸음").click()
    expect(page.get_by_text("알릴 것이 없어요.")).to_be_visible()

    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page, "a company's rules on a phone") == []
