"""Ways round the eight and round the notices that look harmless: tests, twenty after twenty, keys."""

import pytest
from tests.features.test_law_campaigns import CAMPAIGN, made, reported_number
from tests.support.browser import browser
from tests.support.browsers import log_in
from tests.support.campaigns import check, launch, levels, make_book
from tests.support.carriers import facing
from tests.support.hub import is_over, running_hub, until
from tests.support.law import BY_ELECTION, attest, candidacy, move_clock

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
    """A candidacy that may broadcast, and somebody who signed."""
    await attest(owner)
    return await candidacy(owner, reportedNumber=await reported_number(rt, tenant))


async def tried(browser, campaign, phones):
    return await browser.post(f"/api/campaigns/{campaign['id']}/test", json={"phones": phones})


KEY_SCOPES = ["campaigns:read", "campaigns:write", "campaigns:launch"]


def handsets(first, many):
    return [f"010-7777-{number:04}" for number in range(first, first + many)]


TEXT = {"steps": [{"channel": "sms", "body": "통학로를 안전하게 만들겠습니다."}]}


async def people_of(browser):
    return [row["id"] for row in (await browser.get("/api/contacts")).json()["items"]]


async def by_hand(browser, people, **changes):
    body = {**CAMPAIGN, **TEXT, "contactIds": people, **changes}
    body.pop("filter")
    answer = await browser.post("/api/campaigns", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_test_shows_the_notices_that_everybody_will_read(owner, rt, tenant, standing, carrier):
    answer = await tried(owner, await made(owner, **TEXT), handsets(1, 2))
    assert answer.status_code == 201, answer.text
    send = answer.json()["test"]["sendId"]
    async with running_hub(rt):
        await until(rt, tenant, send, is_over)
    texts = {line["text"] for line in carrier.ledger() if line["to"].startswith("0107777")}
    assert len(texts) == 1
    (text,) = texts
    assert text.startswith("(선거운동정보) ")
    assert text.endswith("무료수신거부 080-123-4567")


async def test_E08_tests_of_one_text_dont_reach_everybody_twenty_by_twenty(owner, standing):
    campaign = await made(owner, **TEXT)
    assert (await tried(owner, campaign, handsets(1, 20))).status_code == 201
    refused = await tried(owner, campaign, handsets(21, 20))
    assert (refused.status_code, refused.json()["code"]) == (409, "rules_blocked")
    copy = await made(owner, **TEXT)
    assert (await tried(owner, copy, handsets(21, 20))).status_code == 409


async def test_E08_a_text_tried_on_ones_own_handsets_still_goes_to_twenty(owner, standing):
    campaign = await by_hand(owner, (await people_of(owner))[:2])
    for _ in range(3):
        assert (await tried(owner, campaign, handsets(1, 5))).status_code == 201
    assert levels(await check(owner, campaign), "E-08") == ["warn"]


async def test_E08_counts_people_as_they_were_picked_before_a_worker_froze_them(owner, rt, tenant):
    """No worker runs here: the first send has no people of its own yet."""
    await attest(owner)
    people = await people_of(owner)
    first = await by_hand(owner, people[:2])
    assert (await launch(owner, first)).status_code == 200
    await as_if_to(rt, tenant, first, 19)
    assert levels(await check(owner, await by_hand(owner, people[2:4])), "E-08") == ["block"]


async def as_if_to(rt, tenant, campaign, many):
    """Its people become so many others: who was reached counts, not what a worker did with them."""
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            """
            UPDATE campaigns SET audience = jsonb_build_object(
                'contactIds', (SELECT jsonb_agg(gen_random_uuid()) FROM generate_series(1, %s)))
            WHERE id = %s
            """,
            (many, campaign["id"]),
        )


async def test_E08_a_greeting_and_a_sign_make_no_other_text_and_another_text_wants_a_reason(
    owner, rt, tenant
):
    await attest(owner)
    people = await people_of(owner)
    first = await by_hand(owner, people[:2])
    assert (await launch(owner, first)).status_code == 200
    await as_if_to(rt, tenant, first, 19)
    dressed = {
        "steps": [{"channel": "sms", "body": "#{이름}님, 안녕하세요! 통학로를  안전하게 만들겠습니다^^"}]
    }
    assert levels(await check(owner, await by_hand(owner, people[2:4], **dressed)), "E-08") == ["block"]
    other = {"steps": [{"channel": "sms", "body": "전통시장 주차장을 두 배로 늘리겠습니다."}]}
    held = await by_hand(owner, people[2:4], **other)
    assert levels(await check(owner, held), "E-08") == ["hold"]
    assert levels(await check(owner, await by_hand(owner, people[2:3], **other)), "E-08") == ["warn"]


async def test_E08_a_counted_broadcast_is_no_chain_by_hand(owner, rt, tenant, standing):
    people = await people_of(owner)
    counted = await made(owner, **TEXT)
    assert (await launch(owner, counted)).status_code == 200
    await as_if_to(rt, tenant, counted, 21)
    assert levels(await check(owner, await by_hand(owner, people[:2])), "E-08") == ["warn"]


async def test_E08_whom_a_program_picks_is_nobody_picked_by_hand(owner, app, standing):
    """Twenty people of an API key are an automatic broadcast (E-01), whatever the key says of them."""
    made_key = await owner.post("/api/api-keys", json={"name": "연동", "scopes": KEY_SCOPES})
    assert made_key.status_code == 201, made_key.text
    campaign = await by_hand(owner, (await people_of(owner))[:2])
    async with browser(app) as key:
        key.headers["authorization"] = f"Bearer {made_key.json()['key']}"
        refused = await key.post(f"/api/campaigns/{campaign['id']}/launch", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "rules_blocked")
    assert "E-08" in {one["rule"] for one in refused.json()["verdicts"] if one["level"] == "block"}
    assert (await launch(owner, campaign)).status_code == 200


async def test_E02_a_broadcast_that_waited_does_not_go_on_after_the_candidacy_was_given_up(
    owner, rt, tenant, standing
):
    campaign = await made(owner, **TEXT)
    assert (await launch(owner, campaign)).status_code == 200
    path = f"/api/campaigns/{campaign['id']}"
    async with tenant_tx(rt, tenant) as conn:  # no worker runs here that would freeze it first
        await conn.execute("UPDATE sends SET state = 'paused'")
    for status, answer in (("withdrawn", 409), ("preliminary", 200)):
        changed = await owner.patch(f"/api/candidacies/{standing['id']}", json={"status": status})
        assert changed.status_code == 200, changed.text
        resumed = await owner.post(f"{path}/resume")
        assert resumed.status_code == answer, resumed.text


async def test_E03_another_day_for_the_same_election_does_not_count_anew(owner, standing):
    again = {**BY_ELECTION, "election": None, "electionKind": "by", "electionDay": "2027-04-08"}
    again["registeredAt"] = "2026-12-09"
    refused = await owner.post("/api/candidacies", json=again)
    assert (refused.status_code, refused.json()["code"]) == (409, "candidacy_exists")


async def test_T07_the_log_of_a_stop_names_no_candidate(owner, rt, tenant, standing):
    text = {"messageClass": "civic", "steps": [{"channel": "sms", "body": "한서윤 의원이 설명회를 열어요."}]}
    campaign = await made(owner, **text)
    refused = await launch(owner, campaign)
    assert refused.json()["code"] == "approval_needed"
    assert "한서윤" in refused.text
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT rule, message FROM rule_verdicts")
        logged = dict(await cursor.fetchall())
    assert "T-07" in logged
    assert "한서윤" not in str(logged)
