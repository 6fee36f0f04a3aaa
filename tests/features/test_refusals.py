"""Opt-outs while a campaign runs: nothing is claimed after one, and the report says how long after one the last text went out."""

import pytest
from tests.support.book import fill_book, person
from tests.support.browsers import log_in
from tests.support.carriers import facing
from tests.support.hub import is_over, progress_of, running_hub, until

from pabal.contacts import Blinder, suppress
from pabal.kit.db import tenant_tx
from pabal.senders import register_tenant_at_sandbox
from pabal.templates import ensure_rehearsal_kit

PEOPLE = 10_000
REFUSE = range(0, PEOPLE, 50)


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier)


async def test_an_opt_out_during_a_send_of_10_000_stops_every_later_claim(rt, tenant, app, carrier):
    cards = [person(n) for n in range(PEOPLE)]
    await fill_book(rt, tenant, cards)
    async with tenant_tx(rt, tenant) as conn:
        await ensure_rehearsal_kit(conn, rt, tenant)
    assert await register_tenant_at_sandbox(rt, tenant)
    blinder = Blinder(await rt.keys.of(rt.pool, tenant))
    keys = [blinder.address_key("phone", cards[n].phones[0]) for n in REFUSE]
    async with log_in(app, rt, tenant, "owner") as owner:
        body = {
            "name": "안내",
            "messageClass": "civic",
            "filter": {},
            "steps": [{"channel": "sms", "body": "주민 설명회를 열어요."}],
            "ratePerSecond": 2000,
        }
        campaign = (await owner.post("/api/campaigns", json=body)).json()
        before = (await owner.get(f"/api/campaigns/{campaign['id']}/refusals")).json()
        assert (before["during"], before["longestSeconds"]) == (0, None)
        launched = await owner.post(f"/api/campaigns/{campaign['id']}/launch", json={})
        send = launched.json()["sendId"]
        async with running_hub(rt):
            await until(rt, tenant, send, lambda now: now.audience > 0 and now.counts["queued"] < PEOPLE)
            async with tenant_tx(rt, tenant) as conn:
                await suppress(
                    conn,
                    tenant,
                    kind="phone",
                    address_keys=keys,
                    channels=["all"],
                    reason="요청",
                    source="reply",
                )
            await until(rt, tenant, send, is_over)
        report = (await owner.get(f"/api/campaigns/{campaign['id']}/refusals")).json()
        progress = await progress_of(rt, tenant, send)
    refused = {cards[n].phones[0] for n in REFUSE}
    got = {line["to"] for line in carrier.ledger()} & refused
    assert 0 < progress.counts["skipped"] < len(REFUSE)  # it came in the middle
    assert report["during"] == len(REFUSE)
    assert report["stopped"] == progress.counts["skipped"] == len(REFUSE) - len(got)
    # Whoever still got it had been claimed before: a chunk that stood at the carrier's door.
    assert report["after"] <= len(got)
    assert (report["longestSeconds"] is None) == (report["after"] == 0)
