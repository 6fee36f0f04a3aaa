"""Claims of five workers against what may stop them in the middle: an opt-out, a cancellation, the quota, the month's end.

Real connections, no carrier: what a claim has committed is what may be called. Counters and rows are compared at the end.
"""

import asyncio
from collections import Counter
from datetime import UTC, datetime

import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import solapi_account
from tests.support.hub import launch, progress_of

from pabal import quota
from pabal.contacts import Blinder, suppress
from pabal.dispatch import Selection, cancel_send, fence, launch_send, watch_send
from pabal.dispatch.claim import claim_chunk
from pabal.dispatch.control import _difference
from pabal.dispatch.outcome import commit_outcome
from pabal.domain.ids import parse_attempt_id
from pabal.domain.message import AttemptState
from pabal.domain.news import News
from pabal.kit.db import tenant_tx

PEOPLE, CHUNK, WORKERS = 120, 10, 5


@pytest.fixture
async def cards(rt, tenant):
    found = [person(n) for n in range(PEOPLE)]
    await fill_book(rt, tenant, found)
    return found


@pytest.fixture
async def new_send(rt, tenant, cards):
    """In state `launching`."""
    account = await solapi_account(rt, tenant)
    return await launch(rt, tenant, account, Selection(filter={}), rate_per_second=CHUNK)


@pytest.fixture
async def send(rt, tenant, new_send):
    await launch_send(rt, tenant, new_send)
    return new_send


async def claims(rt, tenant, send, worker, *, each=None):
    """Claim until nothing is due or may be; `each` is awaited after every claim."""
    found = []
    while (claimed := await claim_chunk(rt, tenant, send, f"worker-{worker}")) is not None:
        found.append(claimed)
        if each is not None:
            await each(claimed)
    return found


async def all_claim(rt, tenant, send, *, each=None):
    done = await asyncio.gather(*(claims(rt, tenant, send, n, each=each) for n in range(WORKERS)))
    return [claimed for one in done for claimed in one]


async def accepted(rt, tenant, claimed):
    """As if the carrier had been called and had taken everybody."""
    for planned in claimed.planned:
        async with tenant_tx(rt, tenant) as conn:
            hold = await fence.mark_calling(conn, claimed.hold, planned.request_id, "send", lease=60)
        keys = [parse_attempt_id(message.attempt_id) for message in planned.messages]
        news = [News(seq, n, AttemptState.ACCEPTED) for _, seq, n in keys]
        await commit_outcome(rt, hold, planned.request_id, planned.step.account_id, news)


async def rows(rt, tenant, query, *values):
    async with tenant_tx(rt, tenant) as conn:
        return await (await conn.execute(query, values)).fetchall()


async def states(rt, tenant, send):
    """{state: people}, after counters and rows were compared."""
    async with tenant_tx(rt, tenant) as conn:
        assert await _difference(conn, tenant, send) == []
    return dict(await rows(rt, tenant, "SELECT state, count(*) FROM messages GROUP BY 1"))


async def months(rt, tenant):
    found = await rows(rt, tenant, "SELECT month, used, reserved FROM quota_months ORDER BY 1")
    return {month: (used, reserved) for month, used, reserved in found if used or reserved}


async def limit(rt, tenant, units):
    async with tenant_tx(rt, tenant) as conn:
        await quota.set_limit(conn, tenant, units)


async def test_an_opt_out_is_before_a_claim_or_after_it(rt, tenant, send, cards):
    """Whoever was claimed was claimed before the word was in; whoever's word was in first is skipped."""
    blinder = Blinder(await rt.keys.of(rt.pool, tenant))
    told = {}

    async def refuse(some):
        for card in some:
            key = blinder.address_key("phone", card.phones[0])
            async with tenant_tx(rt, tenant) as conn:
                await suppress(
                    conn,
                    tenant,
                    kind="phone",
                    address_keys=[key],
                    channels=(),
                    reason="거부",
                    source="manual",
                )
                # Still in front of the gate: every claim was before this moment or comes after our commit.
                ((told[key],),) = await (await conn.execute("SELECT clock_timestamp()")).fetchall()

    await asyncio.gather(all_claim(rt, tenant, send), refuse(cards[::6]), refuse(cards[3::6]))
    assert sum((await states(rt, tenant, send)).values()) == PEOPLE
    ends = await rows(
        rt,
        tenant,
        """
        SELECT m.address_key, m.state, m.reason, c.gate_at FROM messages m
        JOIN chunks c ON c.send_id = m.send_id AND m.seq BETWEEN c.seq_from AND c.seq_to
        """,
    )
    assert len(ends) == PEOPLE
    for key, state, reason, gate_at in ends:
        late = key in told and gate_at > told[key]
        assert (state, reason) == (("skipped", "suppressed") if late else ("sending", None))


async def test_whoever_is_not_claimed_when_it_is_cancelled_never_is(rt, tenant, send):
    some_claimed = asyncio.Event()

    async def note(_claimed):
        some_claimed.set()

    async def cancel():
        await some_claimed.wait()
        async with tenant_tx(rt, tenant) as conn:
            return await cancel_send(conn, tenant, send)

    told, claimed = await asyncio.gather(cancel(), all_claim(rt, tenant, send, each=note))
    found = await states(rt, tenant, send)
    people = sum(one.people for one in claimed)
    assert told.in_flight == people == found["sending"] > 0
    assert found.get("cancelled", 0) == PEOPLE - people
    assert list((await months(rt, tenant)).values()) == [(0, people)]


async def test_a_claim_that_was_never_called_ends_with_its_cancelled_send(rt, tenant, send):
    """Its worker died before the first call: units come back, nobody waits for ever, the send is over."""
    claimed = await claim_chunk(rt, tenant, send, "worker-1")
    async with tenant_tx(rt, tenant) as conn:
        await cancel_send(conn, tenant, send)
        await conn.execute("UPDATE chunks SET lease_until = clock_timestamp() WHERE owner IS NOT NULL")
    assert claimed.people == CHUNK
    await all_claim(rt, tenant, send)
    await watch_send(rt, tenant, send)  # ends those who came back
    await watch_send(rt, tenant, send)  # finds nobody left
    assert await states(rt, tenant, send) == {"cancelled": PEOPLE}
    assert await months(rt, tenant) == {}
    assert await rows(rt, tenant, "SELECT state FROM sends WHERE finished_at IS NOT NULL") == [("cancelled",)]


async def test_of_eight_launches_of_one_send_one_freezes_the_audience(rt, tenant, new_send):
    await asyncio.gather(*(launch_send(rt, tenant, new_send) for _ in range(8)))
    progress = await progress_of(rt, tenant, new_send)
    assert (progress.state, progress.audience) == ("running", PEOPLE)
    assert await states(rt, tenant, new_send) == {"queued": PEOPLE}


async def test_the_quota_ends_in_the_middle_of_a_chunk(rt, tenant, send):
    """Five workers, 55 units: what fits goes, to the unit; raised, the rest goes."""
    await limit(rt, tenant, 55)

    async def carry_out(claimed):
        await accepted(rt, tenant, claimed)

    await all_claim(rt, tenant, send, each=carry_out)
    assert await states(rt, tenant, send) == {"accepted": 55, "queued": PEOPLE - 55}
    assert (await progress_of(rt, tenant, send)).hold_reason == "quota"
    ((month, units),) = (await months(rt, tenant)).items()
    assert units == (55, 0)

    async with tenant_tx(rt, tenant) as conn:
        await quota.change_limit(conn, tenant, month, PEOPLE)
    await watch_send(rt, tenant, send)
    await all_claim(rt, tenant, send, each=carry_out)
    assert await states(rt, tenant, send) == {"accepted": PEOPLE}
    assert await months(rt, tenant) == {month: (PEOPLE, 0)}


async def test_a_unit_belongs_to_the_month_of_its_claim_although_the_answer_comes_in_the_next(
    rt, tenant, send
):
    """And a send held for want of units goes on when the month turns in Korea, beside those answers."""
    await limit(rt, tenant, 50)
    _set(rt, datetime(2031, 1, 31, 14, 59, 0, tzinfo=UTC))  # one minute before midnight in Korea
    january = await all_claim(rt, tenant, send)
    assert sum(claimed.people for claimed in january) == 50
    assert (await progress_of(rt, tenant, send)).hold_reason == "quota"
    await watch_send(rt, tenant, send)
    assert (await progress_of(rt, tenant, send)).state == "held"  # it is January yet

    _set(rt, datetime(2031, 1, 31, 15, 0, 0, tzinfo=UTC))

    async def go_on():
        await watch_send(rt, tenant, send)
        return await all_claim(rt, tenant, send)

    february, *_ = await asyncio.gather(go_on(), *(accepted(rt, tenant, claimed) for claimed in january))
    assert await months(rt, tenant) == {"2031-01": (50, 0), "2031-02": (0, 50)}
    await asyncio.gather(*(accepted(rt, tenant, claimed) for claimed in february))
    assert await months(rt, tenant) == {"2031-01": (50, 0), "2031-02": (50, 0)}
    assert await states(rt, tenant, send) == {"accepted": 100, "queued": PEOPLE - 100}
    by_month = await rows(rt, tenant, "SELECT quota_month, count(*) FROM attempts GROUP BY 1")
    assert Counter(dict(by_month)) == {"2031-01": 50, "2031-02": 50}


def _set(rt, moment):
    rt.clock.offset = moment - datetime.now(UTC)
