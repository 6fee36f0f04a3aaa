"""Adverts of a company: consent per person in the gate, notices put in, the night, the provider's certificate."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from tests.support.browsers import log_in
from tests.support.campaigns import check, launch, levels
from tests.support.carriers import facing
from tests.support.hub import is_over, running_hub, until
from tests.support.law import move_clock

from pabal import quota
from pabal.accounts.tenants import create_tenant
from pabal.contacts.consents import record_consent
from pabal.dispatch import launch_send
from pabal.kit.db import tenant_tx
from pabal.senders import register_tenant_at_sandbox
from pabal.templates import ensure_rehearsal_kit

PROFILE = {"advertSender": "푸른상사", "advertContact": "02-1234-5678", "advertRefusal": "080-123-4567"}
ADVERT = {
    "name": "새 제품",
    "messageClass": "commercial_ad",
    "filter": {},
    "steps": [{"channel": "sms", "body": "#{이름}님, 새 제품이 나왔어요."}],
}
DAY, NIGHT = "2026-12-01T11:00:00+09:00", "2026-12-01T22:00:00+09:00"
# who → (state, days ago) of their newest word, oldest first
WORDS = {
    "동의": [("granted", 30)],
    "철회": [("granted", 30), ("withdrawn", 3)],
    "다시": [("withdrawn", 30), ("granted", 3)],
    "오래": [("granted", 731)],
    "말없음": [],
}
AGREED = {"동의", "다시"}


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier)


@pytest.fixture
async def company(rt):
    made = await create_tenant(
        rt,
        name="푸른상사",
        kind="sales",
        owner_email="owner@blue.test",
        owner_password=None,
        owner_name="소유자",
    )
    async with tenant_tx(rt, made.tenant_id) as conn:
        await ensure_rehearsal_kit(conn, rt, made.tenant_id)
        await quota.set_limit(conn, made.tenant_id, 1000)
    assert await register_tenant_at_sandbox(rt, made.tenant_id)
    return made.tenant_id


@pytest.fixture
async def owner(app, rt, company):
    move_clock(rt, DAY)
    async with log_in(app, rt, company, "owner") as browser:
        for number, who in enumerate(WORDS):
            body = {"name": who, "phones": [f"010-2345-000{number}"], "basis": "동의", "source": "매장"}
            made = (await browser.post("/api/contacts", json=body)).json()
            for state, days in WORDS[who]:
                async with tenant_tx(rt, company) as conn:
                    await record_consent(
                        conn,
                        company,
                        made["id"],
                        channel="sms",
                        purpose="marketing",
                        state=state,
                        at=rt.clock.now() - timedelta(days=days),
                        evidence="매장 동의서",
                        created_by=None,
                    )
        yield browser


async def made(browser, **changes):
    answer = await browser.post("/api/campaigns", json=ADVERT | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_A04_A05_without_the_companys_notices_no_advert_goes(owner):
    found = await check(owner, await made(owner))
    assert (levels(found, "A-04"), levels(found, "A-05")) == (["block"], ["block"])
    assert (await owner.put("/api/law/profile", json=PROFILE)).status_code == 200
    found = await check(owner, await made(owner))
    assert (levels(found, "A-04"), levels(found, "A-05")) == (["label"], ["label"])


async def test_A01_A02_A07_only_who_agreed_in_the_last_two_years_gets_one(owner, rt, company, carrier):
    await owner.put("/api/law/profile", json=PROFILE)
    campaign = await made(owner)
    found = await check(owner, campaign)
    assert {one["reason"]: one["count"] for one in found["excluded"]} == {"no_consent": 3}
    answer = await launch(owner, campaign, digest=found["digest"])
    assert answer.status_code == 200, answer.text
    async with running_hub(rt):
        progress = await until(rt, company, answer.json()["sendId"], is_over)
    assert progress.by_reason == [("skipped", "no_consent", 3)]
    lines = [line for line in carrier.ledger() if "새 제품이 나왔어요" in line["text"]]
    assert {line["text"].split("\n")[1].split("님")[0] for line in lines} == AGREED
    for line in lines:
        assert line["text"].startswith("(광고)푸른상사 02-1234-5678\n")
        assert line["text"].endswith("무료수신거부 080-123-4567")


async def test_A07_a_consent_counts_until_the_two_years_are_over(owner, rt):
    """The word of 30 days ago, and then 700 days later and three more."""
    await owner.put("/api/law/profile", json=PROFILE)
    for on, people in (
        (timedelta(0), 2),
        (timedelta(days=699), 2),
        (timedelta(days=3), 1),
        (timedelta(days=30), 0),
    ):
        rt.clock.offset += on
        assert (await check(owner, await made(owner)))["sendable"] == people


async def test_A02_a_withdrawal_before_the_claim_is_kept(owner, rt, company, carrier):
    await owner.put("/api/law/profile", json=PROFILE)
    campaign = await made(owner)
    answer = await launch(owner, campaign, digest=(await check(owner, campaign))["digest"])
    people = (await owner.get("/api/contacts")).json()["items"]
    (again,) = [one["id"] for one in people if one["name"] == "다시"]
    withdrawn = {
        "channel": "sms",
        "purpose": "marketing",
        "state": "withdrawn",
        "at": rt.clock.now().isoformat(),
        "evidence": "전화",
    }
    assert (await owner.post(f"/api/contacts/{again}/consents", json=withdrawn)).status_code == 201
    async with running_hub(rt):
        progress = await until(rt, company, answer.json()["sendId"], is_over)
    assert progress.by_reason == [("skipped", "no_consent", 4)]
    assert progress.counts["delivered"] == 1


async def test_A02_a_withdrawal_on_whoever_one_was_merged_into_is_kept(owner, rt, company, carrier):
    """The send has the row of the one who agreed; during it they turn out to be the same person as one who then says no."""
    await owner.put("/api/law/profile", json=PROFILE)
    campaign = await made(owner)
    answer = await launch(owner, campaign, digest=(await check(owner, campaign))["digest"])
    await launch_send(rt, company, UUID(answer.json()["sendId"]))
    people = {one["name"]: one["id"] for one in (await owner.get("/api/contacts")).json()["items"]}
    merged = await owner.post(
        "/api/contacts/merge",
        json={"survivorId": people["말없음"], "contactIds": [people["말없음"], people["동의"]]},
    )
    assert merged.is_success, merged.text
    withdrawn = {
        "channel": "sms",
        "purpose": "marketing",
        "state": "withdrawn",
        "at": rt.clock.now().isoformat(),
        "evidence": "전화",
    }
    assert (await owner.post(f"/api/contacts/{people['말없음']}/consents", json=withdrawn)).status_code == 201
    async with running_hub(rt):
        progress = await until(rt, company, answer.json()["sendId"], is_over)
    assert progress.by_reason == [("skipped", "no_consent", 4)]
    assert progress.counts["delivered"] == 1


async def test_A01_a_test_reaches_ones_own_handset_and_contacts_who_agreed(owner, rt, company, carrier):
    """A number that somebody typed has nobody's consent behind it; a contact of the book needs one, in a test as well."""
    await owner.put("/api/law/profile", json=PROFILE)
    campaign = await made(owner, steps=[{"channel": "sms", "body": "새 제품이 나왔어요."}])
    people = {one["name"]: one["id"] for one in (await owner.get("/api/contacts")).json()["items"]}
    body = {"phones": ["010-9999-0001"], "contactIds": [people["동의"], people["철회"]]}
    answer = await owner.post(f"/api/campaigns/{campaign['id']}/test", json=body)
    assert answer.status_code == 201, answer.text
    async with running_hub(rt):
        progress = await until(rt, company, answer.json()["test"]["sendId"], is_over)
    assert progress.by_reason == [("skipped", "no_consent", 1)]
    assert {line["to"] for line in carrier.ledger()} == {"01099990001", "01023450000"}


async def test_A03_an_advert_started_at_night_waits_for_the_morning(owner, rt):
    await owner.put("/api/law/profile", json=PROFILE)
    move_clock(rt, NIGHT)
    found = await check(owner, await made(owner))
    assert found["startsAt"] == "2026-12-02T08:00:00+09:00"
    assert (levels(found, "time.window"), levels(found, "A-03")) == (["warn"], [])
    all_night = await made(owner, sendWindow={"from": "21:30", "until": "23:00"})
    assert levels(await check(owner, all_night), "A-03") == ["block"]


async def test_A03_a_test_at_night_reaches_ones_own_handset_and_nobody_of_the_book(owner, rt):
    await owner.put("/api/law/profile", json=PROFILE)
    campaign = await made(owner, steps=[{"channel": "sms", "body": "새 제품이 나왔어요."}])
    people = {one["name"]: one["id"] for one in (await owner.get("/api/contacts")).json()["items"]}
    move_clock(rt, NIGHT)
    path = f"/api/campaigns/{campaign['id']}/test"
    refused = await owner.post(path, json={"contactIds": [people["동의"]]})
    assert (refused.status_code, refused.json()["code"]) == (409, "rules_blocked")
    assert (await owner.post(path, json={"phones": ["010-9999-0001"]})).status_code == 201
    rehearsed = await owner.post(path, json={"contactIds": [people["동의"]], "rehearse": True})
    assert rehearsed.status_code == 201, rehearsed.text


NIGHT_WORDS = {
    "동의": ["granted"],
    "다시": ["granted", "withdrawn"],
    "말없음": ["granted"],
    "오래": ["granted"],
}


async def say_about_the_night(owner, rt, words):
    people = {one["name"]: one["id"] for one in (await owner.get("/api/contacts")).json()["items"]}
    for who, states in words.items():
        for no, state in enumerate(states):
            word = {
                "channel": "sms",
                "purpose": "marketing_night",
                "state": state,
                "at": (rt.clock.now() - timedelta(hours=2 - no)).isoformat(),
                "evidence": "야간 수신 동의서",
            }
            answer = await owner.post(f"/api/contacts/{people[who]}/consents", json=word)
            assert answer.status_code == 201, answer.text
    return people


async def test_A03_at_night_only_who_agreed_to_both_gets_one(owner, rt, company, carrier):
    """Whoever agreed to the night alone, or took that back, waits for no morning: this send isn't for them."""
    await owner.put("/api/law/profile", json=PROFILE)
    move_clock(rt, NIGHT)
    await say_about_the_night(owner, rt, NIGHT_WORDS)
    campaign = await made(owner, night=True)
    found = await check(owner, campaign)
    assert (levels(found, "A-03"), levels(found, "time.window")) == (["label"], [])
    assert datetime.fromisoformat(found["startsAt"]) < datetime.fromisoformat(NIGHT) + timedelta(hours=1)
    left_out = {"no_consent": 3, "no_night_consent": 1}
    assert {one["reason"]: one["count"] for one in found["excluded"]} == left_out
    answer = await launch(owner, campaign, digest=found["digest"])
    assert answer.status_code == 200, answer.text
    async with running_hub(rt):
        progress = await until(rt, company, answer.json()["sendId"], is_over)
    assert {reason: n for _, reason, n in progress.by_reason} == left_out
    assert [line["to"] for line in carrier.ledger()] == ["01023450000"]


async def test_A03_a_word_about_the_night_taken_back_before_the_claim_is_kept(owner, rt, company, carrier):
    await owner.put("/api/law/profile", json=PROFILE)
    move_clock(rt, NIGHT)
    await say_about_the_night(owner, rt, {"동의": ["granted"], "다시": ["granted"]})
    campaign = await made(owner, night=True)
    answer = await launch(owner, campaign, digest=(await check(owner, campaign))["digest"])
    await launch_send(rt, company, UUID(answer.json()["sendId"]))
    people = await say_about_the_night(owner, rt, {})
    word = {"channel": "sms", "purpose": "marketing_night", "state": "withdrawn"}
    word |= {"at": rt.clock.now().isoformat(), "evidence": "전화"}
    assert (await owner.post(f"/api/contacts/{people['다시']}/consents", json=word)).status_code == 201
    async with running_hub(rt):
        progress = await until(rt, company, answer.json()["sendId"], is_over)
    assert ("skipped", "no_night_consent", 1) in progress.by_reason
    assert [line["to"] for line in carrier.ledger()] == ["01023450000"]


async def test_A03_who_agreed_to_the_night_gets_by_day_what_everybody_gets(owner, rt):
    """And the option belongs to adverts: another class has nothing to do with it."""
    await owner.put("/api/law/profile", json=PROFILE)
    await say_about_the_night(owner, rt, {"동의": ["granted"]})
    assert (await check(owner, await made(owner)))["sendable"] == len(AGREED)
    assert (await check(owner, await made(owner, night=True)))["sendable"] == 1
    told = await made(owner, night=True, messageClass="transactional")
    assert (await check(owner, told))["sendable"] == len(WORDS)
    kept = await owner.patch(f"/api/campaigns/{told['id']}", json={"contactIds": [told["id"]]})
    assert kept.json()["night"] is True
    assert (await owner.patch(f"/api/campaigns/{told['id']}", json={"night": False})).status_code == 422


async def test_A03_a_test_claimed_after_nine_in_the_evening_leaves_out_who_did_not_agree(
    owner, rt, company, carrier
):
    """A test has no hours that it could wait for: it was started by day, and its people are judged as they are claimed."""
    await owner.put("/api/law/profile", json=PROFILE)
    campaign = await made(owner, steps=[{"channel": "sms", "body": "새 제품이 나왔어요."}])
    people = await say_about_the_night(owner, rt, {"동의": ["granted"]})
    body = {"phones": ["010-9999-0001"], "contactIds": [people["동의"], people["다시"]]}
    answer = await owner.post(f"/api/campaigns/{campaign['id']}/test", json=body)
    assert answer.status_code == 201, answer.text
    move_clock(rt, NIGHT)
    async with running_hub(rt):
        progress = await until(rt, company, answer.json()["test"]["sendId"], is_over)
    assert progress.by_reason == [("skipped", "no_night_consent", 1)]
    assert {line["to"] for line in carrier.ledger()} == {"01099990001", "01023450000"}


async def test_P01_T20_a_basis_that_is_gone_before_the_claim_is_kept(owner, rt, company, carrier):
    """Somebody writes it into the card after the check and the launch; a roll can't be written there at all."""
    await owner.put("/api/law/profile", json=PROFILE)
    campaign = await made(owner)
    answer = await launch(owner, campaign, digest=(await check(owner, campaign))["digest"])
    await launch_send(rt, company, UUID(answer.json()["sendId"]))
    listed = {one["name"]: one for one in (await owner.get("/api/contacts")).json()["items"]}
    path = f"/api/contacts/{listed['다시']['id']}"
    refused = await owner.patch(path, json={"source": "선거인명부", "version": listed["다시"]["version"]})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "source")
    changed = await owner.patch(path, json={"basis": "동의 철회", "version": listed["다시"]["version"]})
    assert changed.is_success, changed.text
    async with running_hub(rt):
        progress = await until(rt, company, answer.json()["sendId"], is_over)
    assert ("skipped", "no_basis", 1) in progress.by_reason
    assert [line["to"] for line in carrier.ledger()] == ["01023450000"]


async def test_A09_a_real_account_needs_a_certified_provider(owner, rt, company):
    await owner.put("/api/law/profile", json=PROFILE)
    assert levels(await check(owner, await made(owner)), "A-09") == []
    async with tenant_tx(rt, company) as conn:
        await conn.execute("UPDATE carrier_accounts SET sandbox = false")
    assert levels(await check(owner, await made(owner)), "A-09") == ["block"]
    certified = PROFILE | {"certificate": "제2026-3호", "certificateUntil": "2027-12-31"}
    await owner.put("/api/law/profile", json=certified)
    assert levels(await check(owner, await made(owner)), "A-09") == []
    await owner.put("/api/law/profile", json=certified | {"certificateUntil": "2026-11-30"})
    assert levels(await check(owner, await made(owner)), "A-09") == ["block"]
