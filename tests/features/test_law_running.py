"""The law while a send runs: it may outlast a candidacy, and what ends on the way stops every later claim."""

import asyncio

import pytest
from tests.features.test_law_campaigns import made, reported_number
from tests.features.test_law_ways_round import KEY_SCOPES, TEXT, by_hand, people_of
from tests.support.browser import browser
from tests.support.browsers import log_in
from tests.support.campaigns import check, launch, levels, make_book
from tests.support.carriers import facing
from tests.support.hub import is_over, running_hub, until
from tests.support.law import attest, candidacy, move_clock

from pabal.kit.db import tenant_tx


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier)


@pytest.fixture
async def owner(app, rt, tenant):
    await make_book(rt, tenant)
    move_clock(rt, "2027-01-22T11:00:00+09:00")
    async with log_in(app, rt, tenant, "owner") as browser:
        yield browser


@pytest.fixture
async def standing(owner, rt, tenant):
    await attest(owner)
    return await candidacy(owner, reportedNumber=await reported_number(rt, tenant))


async def test_E19_a_send_that_begins_in_time_and_runs_too_long_is_refused(owner, standing):
    """Registration closes on 2027-03-19 at 18:00; people at one a second begin a second before."""
    at = {"at": "2027-03-19T17:59:59+09:00", "zone": "Asia/Seoul"}
    slow = await made(owner, schedule=at, ratePerSecond=1)
    assert levels(await check(owner, slow), "E-19") == ["block"]
    fast = await made(owner, schedule=at, ratePerSecond=1000)
    assert levels(await check(owner, fast), "E-19") == []
    ends = {**at, "notAfter": "2027-03-19T18:00:00+09:00"}
    assert levels(await check(owner, await made(owner, schedule=ends, ratePerSecond=1)), "E-19") == []


async def test_E02_no_claim_after_the_candidacy_was_given_up(owner, rt, tenant, standing, carrier):
    answer = await launch(owner, await made(owner, **TEXT))
    assert answer.status_code == 200, answer.text
    send = answer.json()["sendId"]
    path = f"/api/candidacies/{standing['id']}"
    assert (await owner.patch(path, json={"status": "withdrawn"})).status_code == 200
    async with running_hub(rt):
        held = await until(rt, tenant, send, lambda now: now.state == "held")
        assert held.hold_reason == "law"
        assert carrier.ledger() == []
        logged = (await owner.get("/api/law/verdicts")).json()["items"]
        assert [(one["rule"], one["level"], one["stage"]) for one in logged] == [("E-02", "block", "claim")]
        assert (await owner.patch(path, json={"status": "preliminary"})).status_code == 200
        resumed = await owner.post(f"/api/campaigns/{answer.json()['id']}/resume")
        assert resumed.status_code == 200, resumed.text
        await until(rt, tenant, send, is_over)
    assert len(carrier.ledger()) >= 3


async def test_E08_of_twenty_sends_of_one_text_by_hand_at_once_one_goes(owner, rt, tenant):
    """Twelve people each, two of them the same ones: no two sends fit into twenty."""
    await attest(owner)
    people = (await people_of(owner))[:2]
    made_here = [await by_hand(owner, people) for _ in range(20)]
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            """
            UPDATE campaigns SET audience = jsonb_build_object('contactIds', audience -> 'contactIds' || (
                SELECT jsonb_agg(gen_random_uuid()) FROM generate_series(1, 10) WHERE campaigns.id IS NOT NULL))
            """
        )
    answers = await asyncio.gather(*(launch(owner, one) for one in made_here))
    assert sorted(one.status_code for one in answers) == [200] + [409] * 19
    refused = [one.json() for one in answers if one.status_code == 409]
    assert {one["code"] for one in refused} == {"rules_blocked"}
    assert all("E-08" in {v["rule"] for v in one["verdicts"]} for one in refused)


async def test_E03_of_twenty_launches_over_http_at_once_eight_go(owner, rt, tenant, standing):
    campaigns = [await made(owner, name=f"{number}") for number in range(20)]
    answers = await asyncio.gather(*(launch(owner, one) for one in campaigns))
    assert sorted(one.status_code for one in answers) == [200] * 8 + [409] * 12
    assert {one.json()["code"] for one in answers if one.status_code == 409} <= {
        "broadcasts_used",
        "rules_blocked",
    }
    shown = (await owner.get(f"/api/candidacies/{standing['id']}")).json()
    assert [one["no"] for one in shown["broadcasts"]] == list(range(1, 9))
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT count(*) FROM sends WHERE kind = 'campaign'")
        assert await cursor.fetchone() == (8,)  # who was refused has left no send behind


async def test_E08_the_check_of_a_key_says_what_its_launch_would(owner, app, standing):
    made_key = await owner.post("/api/api-keys", json={"name": "연동", "scopes": KEY_SCOPES})
    campaign = await by_hand(owner, (await people_of(owner))[:2])
    assert levels(await check(owner, campaign), "E-08") == ["warn"]
    async with browser(app) as key:
        key.headers["authorization"] = f"Bearer {made_key.json()['key']}"
        found = await check(key, campaign)
        refused = await key.post(f"/api/campaigns/{campaign['id']}/launch", json={})
    assert levels(found, "E-08") == ["block"]
    blocks = {one["rule"] for one in refused.json()["verdicts"] if one["level"] == "block"}
    assert blocks == {one["rule"] for one in found["verdicts"] if one["level"] == "block"}
