"""One turn of a send at a time, by hand: which steps it serves, and whom the rate of an account binds.

No worker runs, so nothing happens between two turns; time passes for the buckets only (tests/support/passing.py).
"""

import asyncio
from dataclasses import replace
from functools import partial

import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import behave, facing, nhn_account
from tests.support.hub import launch
from tests.support.passing import let_pass, server_time, take_turns

from pabal import scheduler, worker
from pabal.dispatch import FrozenStep, Selection, breaker, create_send, launch_send, pause_send, serve_lane
from pabal.dispatch.claim import claim_chunk
from pabal.dispatch.ledger import apply_news, lock_send
from pabal.dispatch.outcome import next_try
from pabal.dispatch.retries import gather_retries
from pabal.domain.ids import parse_attempt_id
from pabal.domain.message import AttemptState, FailureClass
from pabal.domain.news import RETRY_BASE_SECONDS, News
from pabal.kit import pace, turns
from pabal.kit.db import tenant_tx
from pabal.kit.turns import Line

EVERYONE = Selection(filter={})
PEOPLE = 40
ME = "test-worker"


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier)


@pytest.fixture
async def cards(rt, tenant):
    found = [person(n) for n in range(PEOPLE)]
    await fill_book(rt, tenant, found)
    return found


async def set_rate(rt, tenant, account, rate):
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            "UPDATE carrier_accounts SET rate_per_second = %s WHERE tenant_id = %s AND id = %s",
            (rate, tenant, account),
        )


async def launched(rt, tenant, account, **options):
    send = await launch(rt, tenant, account, EVERYONE, **options)
    await launch_send(rt, tenant, send)
    return send


async def rest(rt, account):
    for _ in range(breaker.TROUBLES):
        await breaker.note(rt.redis, account, trouble=True)


async def turn(rt, tenant, send):
    return await serve_lane(rt, ME, tenant, send)


async def two_steps(rt, tenant, first, second, **options):
    """A send of two texts through two accounts, its first chunk gone out and failed: due on the second step, while the
    rest still waits for the first."""
    plan = [
        FrozenStep(channel="sms", body=body, sender_number="0212345678", account_id=account)
        for body, account in (("첫 번째", first), ("두 번째", second))
    ]
    async with tenant_tx(rt, tenant) as conn:
        send = await create_send(
            conn,
            tenant,
            kind="campaign",
            campaign_id=None,
            steps=plan,
            selection=EVERYONE,
            rate_per_second=10,
            **options,
        )
    await launch_send(rt, tenant, send)
    await let_pass_until_served(rt, tenant, send)
    async with tenant_tx(rt, tenant) as conn:
        row = await lock_send(conn, tenant, send)
        gone = await (
            await conn.execute(
                "SELECT seq, n FROM attempts WHERE send_id = %s AND state = 'accepted'", (send,)
            )
        ).fetchall()
        failed = [
            News(seq, n, AttemptState.FAILED, code="3001", failure_class=FailureClass.FINAL)
            for seq, n in gone
        ]
        assert row is not None
        await apply_news(conn, row, failed)
    await gather_retries(rt, tenant, send)
    return send


async def let_pass_until_served(rt, tenant, send):
    while wait := await turn(rt, tenant, send):
        await let_pass(rt.redis, wait)


async def people_by_step(rt, tenant, send):
    """How many were ever handed over, by channel step."""
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute(
            "SELECT step, sum(size)::int FROM requests WHERE send_id = %s AND state = 'answered' GROUP BY step",
            (send,),
        )
        return dict(await cursor.fetchall())


async def pace_queue(rt, account):
    fields = await rt.redis.hkeys(f"pabal:pace:account:{account}")
    return {field.decode().removeprefix("w:") for field in fields} - {"paid"}


class TestBreaker:
    async def test_a_step_through_another_account_goes_on(self, rt, tenant, carrier, cards):
        first, second = await nhn_account(rt, tenant, "sms"), await nhn_account(rt, tenant, "sms")
        send = await two_steps(rt, tenant, first, second)
        await rest(rt, first)
        await let_pass(rt.redis, 10)
        assert await turn(rt, tenant, send) == 0
        assert await people_by_step(rt, tenant, send) == {0: 10, 1: 10}
        await let_pass(rt.redis, 10)
        assert await turn(rt, tenant, send) is None

    async def test_the_first_step_goes_on_while_the_second_ones_account_rests(
        self, rt, tenant, carrier, cards
    ):
        first, second = await nhn_account(rt, tenant, "sms"), await nhn_account(rt, tenant, "sms")
        send = await two_steps(rt, tenant, first, second)
        await rest(rt, second)
        for _ in range(3):
            await let_pass(rt.redis, 10)
            assert await turn(rt, tenant, send) == 0
        await let_pass(rt.redis, 10)
        assert await turn(rt, tenant, send) is None
        assert await people_by_step(rt, tenant, send) == {0: PEOPLE}

    async def test_after_a_rest_what_is_in_doubt_is_asked_about_before_more_is_sent(
        self, rt, tenant, carrier, cards
    ):
        account = await nhn_account(rt, tenant, "sms")
        send = await launched(rt, tenant, account, rate_per_second=10)
        behave(carrier, acceptThen503Rate=1)
        await let_pass_until_served(rt, tenant, send)
        behave(carrier)
        async with tenant_tx(rt, tenant) as conn:
            await conn.execute(
                "UPDATE requests SET ask_after = clock_timestamp() - interval '1 s', owner = ''"
            )
            await conn.execute("UPDATE chunks SET due_at = clock_timestamp() WHERE epoch > 0")
        await rest(rt, account)
        await let_pass(rt.redis, 10)
        assert await turn(rt, tenant, send) is None
        await rt.redis.delete(f"pabal:breaker:{account}:rest")
        assert await turn(rt, tenant, send) == 0
        assert await people_by_step(rt, tenant, send) == {0: 10}  # found, and nobody else was sent to


class TestPace:
    async def test_sends_through_one_account_share_its_rate(self, rt, tenant, carrier, cards):
        account = await nhn_account(rt, tenant, "sms")
        await set_rate(rt, tenant, account, 10)
        sends = [await launched(rt, tenant, account) for _ in range(3)]
        askers = {str(send): partial(turn, rt, tenant, send) for send in sends}
        order, seconds = await take_turns(rt.redis, askers, 9)
        assert 80 <= len(carrier.ledger()) <= 10 * seconds + 10  # one chunk is paid for afterwards
        counts = [order.count(str(send)) for send in sends]
        assert max(counts) - min(counts) <= 1

    async def test_a_paused_send_takes_no_place_in_the_queue(self, rt, tenant, carrier, cards):
        account = await nhn_account(rt, tenant, "sms")
        await set_rate(rt, tenant, account, 10)
        paused, other = [await launched(rt, tenant, account) for _ in range(2)]
        assert await turn(rt, tenant, paused) > 0
        assert await turn(rt, tenant, other) > 1
        async with tenant_tx(rt, tenant) as conn:
            await pause_send(conn, tenant, paused)
        assert await turn(rt, tenant, paused) is None
        assert await pace_queue(rt, account) == {str(other)}

    async def test_a_send_keeps_its_own_rate_below_the_accounts(self, rt, tenant, carrier, cards):
        account = await nhn_account(rt, tenant, "sms")
        await set_rate(rt, tenant, account, 1000)
        send = await launched(rt, tenant, account, rate_per_second=10)
        await let_pass_until_served(rt, tenant, send)
        began = await server_time(rt.redis)
        while await turn(rt, tenant, send) == 0:  # what the time of these turns itself pays for
            pass
        seconds = await server_time(rt.redis) - began
        assert 10 <= len(carrier.ledger()) <= 20 + 10 * seconds

    async def test_a_step_keeps_the_rate_of_its_own_account(self, rt, tenant, carrier, cards):
        slow, quick = await nhn_account(rt, tenant, "sms"), await nhn_account(rt, tenant, "sms")
        send = await two_steps(rt, tenant, quick, slow)
        await set_rate(rt, tenant, slow, 5)
        while (await people_by_step(rt, tenant, send)).get(1) != 10:
            await let_pass(rt.redis, await turn(rt, tenant, send) or 0.2)
        # Ten people at five a second: the slow one owes two seconds, the quick one has no rate at all.
        assert await pace.take(rt.redis, f"account:{slow}", rate=5, wanted=1) > 1
        assert await rt.redis.exists(f"pabal:pace:account:{quick}") == 0

    async def test_what_the_gate_stops_costs_no_tokens(self, rt, tenant, carrier, cards):
        account = await nhn_account(rt, tenant, "sms")
        await set_rate(rt, tenant, account, 10)
        send = await launched(rt, tenant, account)
        async with tenant_tx(rt, tenant) as conn:
            await conn.execute("UPDATE contacts SET erased_at = clock_timestamp()")
        await let_pass_until_served(rt, tenant, send)
        for _ in range(3):  # the other chunks need no second of their own
            assert await turn(rt, tenant, send) == 0
        assert carrier.ledger() == []

    async def test_a_chunk_is_no_more_than_the_slowest_account_may_send_in_a_second(
        self, rt, tenant, carrier, cards
    ):
        account = await nhn_account(rt, tenant, "sms")
        await set_rate(rt, tenant, account, 7)
        send = await launched(rt, tenant, account)
        async with tenant_tx(rt, tenant) as conn:
            cursor = await conn.execute(
                "SELECT max(seq_to - seq_from + 1), count(*) FROM chunks WHERE send_id = %s", (send,)
            )
            assert await cursor.fetchone() == (7, 6)


class TestLines:
    async def taken(self, rt, line):
        return {(turn.kind, turn.id) for turn in await turns.take(rt.redis, line, count=100, block_ms=10)}

    @pytest.mark.parametrize("kind", ["reply", "link", "test"])
    async def test_what_somebody_waits_for_has_a_line_of_its_own(self, rt, tenant, carrier, cards, kind):
        account = await nhn_account(rt, tenant, "sms")
        bulk = await launch(rt, tenant, account, EVERYONE)
        urgent = await launch(rt, tenant, account, EVERYONE, kind=kind)
        assert await self.taken(rt, Line.URGENT) == {("urgent_launch", str(urgent))}
        await rt.redis.flushdb()
        await scheduler.sweep(rt)
        assert await self.taken(rt, Line.URGENT) == {("urgent_launch", str(urgent))}
        assert ("launch", str(bulk)) in await self.taken(rt, Line.JOBS)
        await launch_send(rt, tenant, bulk)
        await launch_send(rt, tenant, urgent)
        for again in (True, False):  # as the launch rings, and as the sweep does after a wipe
            assert await self.taken(rt, Line.URGENT) == {("urgent", str(urgent))}
            assert await self.taken(rt, Line.DISPATCH) == {("lane", str(bulk))}
            if again:
                await rt.redis.flushdb()
                await scheduler.sweep(rt)

    async def test_a_reply_does_not_wait_until_bulk_through_the_same_account_is_paid_for(
        self, rt, tenant, carrier, cards
    ):
        account = await nhn_account(rt, tenant, "sms")
        await set_rate(rt, tenant, account, 20)
        bulk = await launched(rt, tenant, account)
        reply = await launched(rt, tenant, account, kind="reply")
        await let_pass_until_served(rt, tenant, bulk)
        # Bulk has just gone out: nearly a second is still to be paid for.
        owed = (await server_time(rt.redis) + 0.9) * 1000
        await rt.redis.hset(f"pabal:pace:account:{account}", "paid", owed)
        assert await turn(rt, tenant, bulk) > 0
        assert await turn(rt, tenant, reply) == 0

    async def test_a_turn_that_waits_for_tokens_holds_no_place_and_comes_back(
        self, rt, tenant, carrier, cards
    ):
        account = await nhn_account(rt, tenant, "sms")
        await set_rate(rt, tenant, account, 10)
        send = await launched(rt, tenant, account)
        (lane, *_) = await turns.take(rt.redis, Line.DISPATCH, count=1, block_ms=10)
        parked: set[asyncio.Task[None]] = set()
        stop = asyncio.Event()
        await worker._serve_turn(worker.Work(rt, ME, lane), parked, stop)  # its place is free again
        (waiting,) = parked
        assert not waiting.done()
        assert not await turns.issue(rt.redis, lane), "its slot is still taken"
        stop.set()  # a worker that ends doesn't take waiting turns with it
        await waiting
        back = await turns.take(rt.redis, Line.DISPATCH, count=100, block_ms=10)
        assert (lane.kind, str(send), lane.slot) in {(turn.kind, turn.id, turn.slot) for turn in back}

    def test_bulk_has_no_place_in_the_line_of_the_urgent_and_no_turn_is_without_places(self):
        assert {kind for kind, line in worker.LINES.items() if line is Line.URGENT} == {
            "urgent",
            "urgent_launch",
            "triggers",
        }
        assert worker.LINES.keys() == worker.HANDLERS.keys()
        assert set(worker.LINES.values()) == set(worker.CONCURRENCY)


class TestBackOff:
    async def test_who_was_refused_together_is_tried_again_together_after_a_part_of_the_wait(
        self, rt, tenant, carrier, cards
    ):
        account = await nhn_account(rt, tenant, "sms")
        waits = set()
        for _ in range(3):
            send = await launched(rt, tenant, account, rate_per_second=10)
            claimed = await claim_chunk(rt, tenant, send, ME)
            keys = [
                parse_attempt_id(message.attempt_id) for one in claimed.planned for message in one.messages
            ]
            busy = [
                News(seq, n, AttemptState.ERRORED, code="429", failure_class=FailureClass.RETRYABLE)
                for _, seq, n in keys
            ]
            async with tenant_tx(rt, tenant) as conn:
                held = await lock_send(conn, tenant, send)
                assert held is not None
                await apply_news(conn, held, busy)
                cursor = await conn.execute(
                    "SELECT due_at - transaction_timestamp() FROM retries WHERE send_id = %s", (send,)
                )
                seconds = [wait.total_seconds() for (wait,) in await cursor.fetchall()]
            assert len(seconds) == 10
            assert max(seconds) - min(seconds) < 0.5 * RETRY_BASE_SECONDS
            waits.add(round(seconds[0], 1))
        assert len(waits) > 1

    async def test_a_chunk_that_nothing_went_in_from_waits_longer_each_time(self, rt, tenant, carrier, cards):
        account = await nhn_account(rt, tenant, "sms")
        send = await launched(rt, tenant, account)
        hold = (await claim_chunk(rt, tenant, send, ME)).hold
        for epoch, longest in ((1, 3), (3, 12), (40, 60)):
            waits = [next_try(replace(hold, epoch=epoch)) for _ in range(200)]
            assert longest / 2 < max(waits) <= longest
            assert min(waits) >= longest / 10
