"""The engine from launch to receipts, against a real sandbox process; its ledger is the judge."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import facing, solapi_account
from tests.support.hub import is_over, launch, progress_of, running_hub, until

from pabal.contacts import Blinder, Card, suppress
from pabal.dispatch import Selection, cancel_send, explain, pause_send, resume_send
from pabal.kit.db import tenant_tx

EVERYONE = Selection(filter={})


@pytest.fixture
def settings(settings, carrier):
    carrier.behave()  # with the usual delays
    return facing(settings, carrier)


@pytest.fixture
async def account(rt, tenant):
    return await solapi_account(rt, tenant)


async def test_everybody_gets_it_once_with_their_own_name(rt, tenant, account, carrier):
    people = [person(n) for n in range(1203)]
    await fill_book(rt, tenant, people)
    async with running_hub(rt):
        send = await launch(rt, tenant, account, EVERYONE)
        done = await until(rt, tenant, send, is_over)
    assert done.state == "finished"
    assert done.counts["delivered"] == done.audience == 1203
    sent = carrier.ledger()
    assert Counter(m["to"] for m in sent) == Counter(card.phones[0] for card in people)
    texts = {m["to"]: m["text"] for m in sent}
    assert all(texts[card.phones[0]] == f"{card.name}님, 안녕하세요" for card in people)


async def test_the_first_reason_is_stored_and_counts_sum(rt, tenant, account, carrier):
    family = person(1)
    people = [
        person(0),
        family,
        replace(family, name="최같이"),  # the same handset
        Card(name="박무번"),
        replace(person(4), name=""),  # the text needs a name
        person(5),
    ]
    ids = await fill_book(rt, tenant, people)
    blinder = Blinder(await rt.keys.of(rt.pool, tenant))
    async with tenant_tx(rt, tenant) as conn:
        key = blinder.address_key("phone", people[5].phones[0])
        await suppress(
            conn, tenant, kind="phone", address_keys=[key], channels=(), reason="전화로 거부", source="manual"
        )
    async with running_hub(rt):
        send = await launch(rt, tenant, account, EVERYONE)
        done = await until(rt, tenant, send, is_over)
    assert done.audience == 6
    assert {(reason, n) for _, reason, n in done.by_reason} == {
        ("same_address", 1),
        ("no_address", 1),
        ("missing_variable", 1),
        ("suppressed", 1),
    }
    assert sorted(m["to"] for m in carrier.ledger()) == sorted([people[0].phones[0], family.phones[0]])
    async with tenant_tx(rt, tenant) as conn:
        why = await explain(conn, tenant, send, ids[5])
    assert (why.outcome, why.reason) == ("skipped", "suppressed")
    assert [c.result for c in why.checks if c.check == "suppressed"] == ["stopped"]


async def test_an_opt_out_during_the_send_stops_every_later_claim(rt, tenant, account, carrier):
    people = [person(n) for n in range(60)]
    await fill_book(rt, tenant, people)
    blinder = Blinder(await rt.keys.of(rt.pool, tenant))
    async with running_hub(rt):
        send = await launch(rt, tenant, account, EVERYONE, rate_per_second=10)
        await until(rt, tenant, send, lambda p: p.counts["queued"] < p.audience and p.audience > 0)
        async with tenant_tx(rt, tenant) as conn:
            keys = [blinder.address_key("phone", p.phones[0]) for p in people]
            await suppress(
                conn,
                tenant,
                kind="phone",
                address_keys=keys,
                channels=(),
                reason="모두 거부",
                source="manual",
            )
        reached = await progress_of(rt, tenant, send)
        done = await until(rt, tenant, send, is_over)
    claimed = reached.counts["sending"] + reached.counts["accepted"] + reached.counts["delivered"]
    assert done.counts["delivered"] == claimed < 60
    assert len(carrier.ledger()) == claimed


async def test_pause_stops_claims_and_resume_goes_on(rt, tenant, account, carrier):
    await fill_book(rt, tenant, [person(n) for n in range(40)])
    async with running_hub(rt):
        send = await launch(rt, tenant, account, EVERYONE, rate_per_second=10)
        await until(rt, tenant, send, lambda p: 0 < p.counts["queued"] < 40)
        async with tenant_tx(rt, tenant) as conn:
            assert (await pause_send(conn, tenant, send)).state == "paused"
        settled = await until(rt, tenant, send, lambda p: p.counts["sending"] == p.counts["accepted"] == 0)
        await asyncio.sleep(1.5)  # more than one second's pace: a claim would show
        assert (await progress_of(rt, tenant, send)).counts == settled.counts
        async with tenant_tx(rt, tenant) as conn:
            await resume_send(conn, tenant, send)
        done = await until(rt, tenant, send, is_over)
    assert done.counts["delivered"] == 40
    assert len({m["to"] for m in carrier.ledger()}) == len(carrier.ledger()) == 40


async def test_cancel_ends_those_who_wait(rt, tenant, account, carrier):
    await fill_book(rt, tenant, [person(n) for n in range(50)])
    async with running_hub(rt):
        send = await launch(rt, tenant, account, EVERYONE, rate_per_second=10)
        await until(rt, tenant, send, lambda p: 0 < p.counts["queued"] < 50)
        async with tenant_tx(rt, tenant) as conn:
            await cancel_send(conn, tenant, send)
        done = await until(rt, tenant, send, is_over)
    assert done.state == "cancelled"
    assert done.counts["cancelled"] + done.counts["delivered"] == 50
    assert len(carrier.ledger()) == done.counts["delivered"] < 50


async def test_quota_is_a_hard_stop_and_goes_on_when_raised(rt, tenant, account, carrier):
    from pabal import quota
    from pabal.kit.clock import month_kst

    await fill_book(rt, tenant, [person(n) for n in range(30)])
    month = month_kst(rt.clock.now())
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, 12)
    async with running_hub(rt):
        send = await launch(rt, tenant, account, EVERYONE)
        held = await until(rt, tenant, send, lambda p: p.state == "held" and p.counts["delivered"] == 12)
        assert (held.hold_reason, held.counts["queued"]) == ("quota", 18)
        assert len(carrier.ledger()) == 12
        async with tenant_tx(rt, tenant) as conn:
            await quota.change_limit(conn, tenant, month, 100)
        done = await until(rt, tenant, send, is_over)
    assert done.counts["delivered"] == 30
    async with tenant_tx(rt, tenant) as conn:
        overview = await quota.overview(conn, tenant, month)
    assert (overview.used, overview.reserved) == (30, 0)


@pytest.mark.parametrize(
    "behaviour",
    [
        {"resetAfterAcceptRate": 0.3, "seed": 7},
        {"acceptThen503Rate": 0.3, "seed": 8},
        {"http503Rate": 0.3, "seed": 9},
        {"errorRate": 0.2, "resetAfterAcceptRate": 0.2, "acceptThen503Rate": 0.1, "seed": 10},
        {"receiptLossRate": 1.0, "seed": 11},
    ],
    ids=",".join,
)
async def test_a_lying_carrier_doubles_nobody_and_loses_nobody(rt, tenant, account, carrier, behaviour):
    await fill_book(rt, tenant, [person(n) for n in range(300)])
    carrier.behave(**behaviour)
    async with running_hub(rt):
        send = await launch(rt, tenant, account, EVERYONE, rate_per_second=100)
        done = await until(rt, tenant, send, is_over, seconds=120)
    assert Counter(m["to"] for m in carrier.ledger()).most_common(1)[0][1] == 1
    assert len(carrier.ledger()) == done.counts["delivered"] == 300


async def test_numbers_that_fail_are_failed_with_the_carriers_reason(rt, tenant, account, carrier):
    people = [person(n) for n in range(10)]
    await fill_book(rt, tenant, people)
    carrier.behave(fixedOutcome={people[3].phones[0]: "3032"})
    async with running_hub(rt):
        send = await launch(rt, tenant, account, EVERYONE)
        done = await until(rt, tenant, send, is_over)
    assert done.counts["failed"] == 1
    assert ("failed", "3032", 1) in done.by_reason


async def test_a_frozen_installation_claims_nothing_until_it_is_unfrozen(rt, tenant, account, carrier):
    from pabal.kit.db import system_tx

    async def freeze(value):
        async with system_tx(rt) as conn:
            await conn.execute("UPDATE app.installation SET sending_frozen = %s", (value,))

    await fill_book(rt, tenant, [person(n) for n in range(5)])
    await freeze(True)
    async with running_hub(rt):
        send = await launch(rt, tenant, account, EVERYONE)
        await until(rt, tenant, send, lambda p: p.counts["queued"] == 5)
        await asyncio.sleep(1.5)  # three sweeps: a claim would show
        assert carrier.ledger() == []
        await freeze(False)
        done = await until(rt, tenant, send, is_over)
    assert done.counts["delivered"] == len(carrier.ledger()) == 5


async def test_a_send_through_a_disabled_account_is_held_with_the_reason(rt, tenant, account, carrier):
    await fill_book(rt, tenant, [person(n) for n in range(5)])
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("UPDATE carrier_accounts SET state = 'disabled'")
    async with running_hub(rt):
        send = await launch(rt, tenant, account, EVERYONE)
        held = await until(rt, tenant, send, lambda p: p.state == "held")
    assert (held.hold_reason, held.counts["queued"]) == ("account_disabled", 5)
    assert carrier.ledger() == []
