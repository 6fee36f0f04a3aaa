"""A Solapi account whose deletes don't hold: it sends like any other, and nothing rests on a delete when somebody takes over."""

from collections import Counter

import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import facing, solapi_account
from tests.support.hub import is_over, launch, progress_of, running_hub, until

from pabal.channels.base import Added, Created
from pabal.channels.registry import fenced_carrier
from pabal.contacts import Blinder, suppress
from pabal.dispatch import Selection, fence, launch_send
from pabal.dispatch.accounts import carrier_account
from pabal.dispatch.claim import claim_chunk
from pabal.dispatch.poll import poll_request
from pabal.kit.db import tenant_tx

PEOPLE = 4
ELSEWHERE = "elsewhere-boot:1:1:1"  # a caller on a host that nobody can judge from here


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier, question_pace=0.002, http_timeout_seconds=0.5)


@pytest.fixture
async def account(rt, tenant, carrier):
    made = await solapi_account(rt, tenant)
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("UPDATE carrier_accounts SET fenced = false")
    await fill_book(rt, tenant, [person(n) for n in range(PEOPLE)])
    return made


async def left_behind(rt, tenant, account, stage, *, added=PEOPLE):
    """A group that somebody elsewhere made, filled (with `added` people) and, at stage `send`, was about to send."""
    send = await launch(rt, tenant, account, Selection(filter={}))
    await launch_send(rt, tenant, send)
    claimed = await claim_chunk(rt, tenant, send, ELSEWHERE)
    planned = claimed.planned[0]
    adapter, line = fenced_carrier("solapi", rt.http), await carrier_account(rt, tenant, account)
    made = await adapter.create(line)
    assert isinstance(made, Created)
    assert isinstance(await adapter.add(line, made.provider_id, planned.messages[:added]), Added)
    async with tenant_tx(rt, tenant) as conn:
        await fence.mark_calling(
            conn, claimed.hold, planned.request_id, stage, lease=0.01, provider_id=made.provider_id
        )
    return send


async def refuse(rt, tenant, phone):
    key = Blinder(await rt.keys.of(rt.pool, tenant)).address_key("phone", phone)
    async with tenant_tx(rt, tenant) as conn:
        await suppress(
            conn, tenant, kind="phone", address_keys=[key], channels=(), reason="거부", source="manual"
        )


async def over(rt, tenant, send):
    async with running_hub(rt):
        return await until(rt, tenant, send, is_over)


async def poll_now(rt, tenant, send):
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute(
            "UPDATE requests SET poll_after = clock_timestamp() WHERE send_id = %s RETURNING id", (send,)
        )
        requests = [row[0] for row in await cursor.fetchall()]
    for request in requests:
        await poll_request(rt, tenant, send, request)


def once_each(carrier, count):
    got = Counter(line["to"] for line in carrier.ledger())
    return len(got) == count and set(got.values()) <= {1}


async def test_it_sends_like_any_other(rt, tenant, account, carrier):
    send = await launch(rt, tenant, account, Selection(filter={}))
    assert (await over(rt, tenant, send)).counts["delivered"] == PEOPLE
    assert once_each(carrier, PEOPLE)


async def test_a_group_that_is_whole_and_allowed_is_sent_by_the_taker(rt, tenant, account, carrier):
    send = await left_behind(rt, tenant, account, "send")
    assert (await over(rt, tenant, send)).counts["delivered"] == PEOPLE
    assert once_each(carrier, PEOPLE)


async def test_a_group_that_nobody_called_to_be_sent_is_let_go(rt, tenant, account, carrier):
    send = await left_behind(rt, tenant, account, "add", added=2)
    assert (await over(rt, tenant, send)).counts["delivered"] == PEOPLE
    assert once_each(carrier, PEOPLE)


async def test_a_group_that_somebody_may_still_send_goes_to_a_person(rt, tenant, account, carrier):
    send = await left_behind(rt, tenant, account, "send")
    await refuse(rt, tenant, person(0).phones[0])
    done = await over(rt, tenant, send)
    assert done.by_reason == [("uncertain", "caller_not_gone", PEOPLE)]
    await poll_now(rt, tenant, send)  # the deleted group still lists them as registered
    assert (await progress_of(rt, tenant, send)).by_reason == [("uncertain", "caller_not_gone", PEOPLE)]
    assert carrier.ledger() == []


async def test_unless_that_caller_is_proven_gone(rt, tenant, account, carrier):
    send = await left_behind(rt, tenant, account, "send")
    await refuse(rt, tenant, person(0).phones[0])
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("INSERT INTO app.gone_workers (owner) VALUES (%s)", (ELSEWHERE,))
    done = await over(rt, tenant, send)
    assert (done.counts["delivered"], done.counts["skipped"]) == (PEOPLE - 1, 1)
    assert once_each(carrier, PEOPLE - 1)
