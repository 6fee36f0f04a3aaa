"""Carrier accounts and sender numbers in the first set-up. On its way to the API an account is pointed at the simulator: no
test calls a real carrier, everything else is as the form sent it."""

import json

import pytest
from playwright.sync_api import Page, Route, expect
from tests.e2e.camp import make_camp
from tests.e2e.conftest import OpenPage
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e


def point_at_the_simulator(page: Page, hub: Installation) -> None:
    def pointed(route: Route) -> None:
        if route.request.method == "POST":
            body = json.loads(route.request.post_data or "{}")
            route.continue_(post_data=json.dumps({**body, "baseUrl": hub.sandbox}))
        else:
            route.continue_()

    page.route("**/api/carrier-accounts", pointed)


def add_account(page: Page, product: str, key: str, secret: str) -> None:
    page.get_by_label("발송사", exact=True).select_option(label=product)
    page.get_by_label("앱 키" if product.startswith("NHN") else "API 키", exact=True).fill(key)
    page.get_by_label("비밀키" if product.startswith("NHN") else "API 비밀키", exact=True).fill(secret)
    page.get_by_role("button", name="저장하고 확인").click()


def test_each_nhn_product_is_an_account_of_its_own_and_a_sender_belongs_to_one_that_carries_it(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="발송사 캠프")
    page = open_page()
    log_in(page, camp.email)
    point_at_the_simulator(page, hub)
    page.goto(f"{hub.base}/setup")
    page.get_by_role("button", name="발송사 계정").click()
    rows = page.get_by_role("region", name="쓰는 계정").get_by_role("listitem")

    # Saved and checked at once: the button promises both.
    add_account(page, "NHN Cloud 문자", "appkey-texts-1", "secret-texts-1")
    texts = rows.filter(has_text="NHN Cloud 문자")
    expect(texts.get_by_text("연결됐어요")).to_be_visible()
    expect(texts.get_by_text("SMS · LMS")).to_be_visible()
    add_account(page, "NHN Cloud 알림톡", "appkey-talk-1", "secret-talk-1")
    talk = rows.filter(has_text="NHN Cloud 알림톡")
    expect(talk.get_by_text("연결됐어요")).to_be_visible()
    add_account(page, "SOLAPI (문자와 알림톡)", "NCSAYU7YDBXYORXC", "solapi-secret-1")
    expect(rows.filter(has_text="SOLAPI").get_by_text("SMS · LMS · 알림톡")).to_be_visible()

    held = {
        one["name"]: (one["carrier"], one["channels"]) for one in hub.get("/api/carrier-accounts")["items"]
    }
    assert held["NHN Cloud 문자"] == ("nhn", ["sms", "lms"])
    assert held["NHN Cloud 알림톡"] == ("nhn", ["alimtalk"])
    assert held["SOLAPI (문자와 알림톡)"] == ("solapi", ["sms", "lms", "alimtalk"])

    # A number can't stand under a product that sends no texts; with several accounts it must be said under which.
    page.get_by_role("button", name="발신번호와 카카오 채널").click()
    account = page.get_by_label("등록한 발송사 계정")
    expect(account.get_by_role("option", name="NHN Cloud 알림톡")).to_have_count(0)
    account.select_option(label="NHN Cloud 문자 (모의 발송사)")
    page.get_by_label("번호", exact=True).fill("02-333-4444")
    page.get_by_role("button", name="추가", exact=True).click()
    expect(page.get_by_text("02-333-4444")).to_be_visible()
    by_name = {one["name"]: one["id"] for one in hub.get("/api/carrier-accounts")["items"]}
    added = next(one for one in hub.get("/api/senders")["items"] if one["value"] == "023334444")
    assert added["accountId"] == by_name["NHN Cloud 문자"]
