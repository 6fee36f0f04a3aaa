"""Claims of five workers while the hours of a send end, and what becomes of it until they begin again. No carrier.

The rule clock stands still here, or goes on by a second each time somebody reads it: what a claim saw is then known for
certain, however the five are mixed.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import solapi_account
from typing_extensions import override

from pabal.dispatch import (
    FrozenStep,
    Selection,
    WrongStateError,
    cancel_send,
    create_send,
    fence,
    gather_retries,
    launch_send,
    pause_send,
    read_progress,
    resume_send,
    watch_send,
)
from pabal.dispatch.asking import still_allowed
from pabal.dispatch.claim import claim_chunk
from pabal.dispatch.control import _difference
from pabal.dispatch.outcome import commit_outcome
from pabal.domain.ids import parse_attempt_id
from pabal.domain.message import AttemptState, FailureClass
from pabal.domain.news import News
from pabal.domain.window import KST, SendWindow
from pabal.kit.clock import Clock
from pabal.kit.db import tenant_tx

PEOPLE, CHUNK, WORKERS = 120, 10, 5
DAY = SendWindow(time(9), time(20))
NOON = datetime(2031, 3, 3, 12, 0, tzinfo=KST)
EVENING = NOON.replace(hour=20)
MORNING = EVENING + timedelta(hours=13)


@dataclass
class Standing(Clock):
    """Stands at a moment; each look at it moves it on by `step`."""

    at: datetime = NOON
    step: timedelta = timedelta(0)

    @override
    def now(self) -> datetime:
        seen, self.at = self.at, self.at + self.step
        return seen


@pytest.fixture
def rt(rt):
    return replace(rt, clock=Standing())


@pytest.fixture
def clock(rt):
    return rt.clock


@pytest.fixture
async def new(rt, tenant, clock):
    """Makes a send with its hours, running; options are those of `create_send`."""
    await fill_book(rt, tenant, [person(n) for n in range(PEOPLE)])
    account = await solapi_account(rt, tenant)

    async def make(*, steps=1, **options):
        step = FrozenStep(
            channel="sms", body="안녕하세요", sender_number="0212345678", account_id=account, after_seconds=0
        )
        async with tenant_tx(rt, tenant) as conn:
            send = await create_send(
                conn,
                tenant,
                kind="campaign",
                campaign_id=None,
                steps=[step] * steps,
                selection=Selection(filter={}),
                rate_per_second=CHUNK,
                window=DAY,
                **options,
            )
        await launch_send(rt, tenant, send)
        return send

    return make


async def claims(rt, tenant, send, worker="worker-0"):
    found = []
    while (claimed := await claim_chunk(rt, tenant, send, worker)) is not None:
        found.append(claimed)
    return found


async def all_claim(rt, tenant, send):
    done = await asyncio.gather(*(claims(rt, tenant, send, f"worker-{n}") for n in range(WORKERS)))
    return [claimed for one in done for claimed in one]


async def answered(rt, tenant, claimed, *, state=AttemptState.ACCEPTED, code="", failure_class=None):
    """As if the carrier had been called and had said so of everybody."""
    for planned in claimed.planned:
        async with tenant_tx(rt, tenant) as conn:
            hold = await fence.mark_calling(conn, claimed.hold, planned.request_id, "send", lease=60)
        keys = [parse_attempt_id(message.attempt_id) for message in planned.messages]
        news = [News(seq, n, state, code=code, failure_class=failure_class) for _, seq, n in keys]
        await commit_outcome(rt, hold, planned.request_id, planned.step.account_id, news)


async def standing(rt, tenant, send):
    """(state, why it is held, people by state), after counters and rows were compared."""
    async with tenant_tx(rt, tenant) as conn:
        assert await _difference(conn, tenant, send) == []
        progress = await read_progress(conn, tenant, send, now=rt.clock.at)
    return progress.state, progress.hold_reason, {s: n for s, n in progress.counts.items() if n}


async def steer(rt, tenant, act, *args, **options):
    async with tenant_tx(rt, tenant) as conn:
        return (await act(conn, tenant, *args, **options)).state


async def test_of_claims_that_race_the_evening_only_those_that_saw_it_open_have_people(
    rt, tenant, new, clock
):
    """Each claim looks at the clock once: 19:59:53 to 19:59:59 are seven looks, so seven chunks and not one more."""
    send = await new()
    clock.at, clock.step = EVENING - timedelta(seconds=7), timedelta(seconds=1)
    found = await all_claim(rt, tenant, send)
    assert sum(claimed.people for claimed in found) == 7 * CHUNK
    clock.step = timedelta(0)
    assert await standing(rt, tenant, send) == (
        "held",
        "window",
        {"sending": 7 * CHUNK, "queued": PEOPLE - 7 * CHUNK},
    )
    for claimed in found:
        await answered(rt, tenant, claimed)  # what was claimed goes all the same

    clock.at = MORNING - timedelta(seconds=1)
    await watch_send(rt, tenant, send)
    assert await all_claim(rt, tenant, send) == []
    clock.at = MORNING
    await watch_send(rt, tenant, send)
    assert sum(claimed.people for claimed in await all_claim(rt, tenant, send)) == PEOPLE - 7 * CHUNK
    assert (await standing(rt, tenant, send))[:2] == ("running", "")


async def test_a_claim_says_so_itself_before_any_watch_comes_by(rt, tenant, new, clock):
    clock.at = EVENING
    send = await new()
    assert await claim_chunk(rt, tenant, send, "worker-1") is None
    assert await standing(rt, tenant, send) == ("held", "window", {"queued": PEOPLE})


async def test_the_watch_says_so_before_anybody_claims(rt, tenant, new, clock):
    send = await new()
    await watch_send(rt, tenant, send)
    assert (await standing(rt, tenant, send))[0] == "running"
    clock.at = EVENING
    await watch_send(rt, tenant, send)
    async with tenant_tx(rt, tenant) as conn:
        progress = await read_progress(conn, tenant, send, now=clock.at)
    assert (progress.hold_reason, progress.hold_until) == ("window", MORNING)
    assert progress.hold_text == (
        "보내는 시간대(09:00~20:00)가 아니라서 기다려요. 3월 4일 (화) 09:00에 이어서 보내요."
    )


async def test_the_next_channel_waits_for_the_morning_too(rt, tenant, new, clock):
    send = await new(steps=2)
    first = await claim_chunk(rt, tenant, send, "worker-1")
    await answered(
        rt, tenant, first, state=AttemptState.ERRORED, code="3032", failure_class=FailureClass.FINAL
    )
    await gather_retries(rt, tenant, send)  # their next step is a chunk of its own now
    clock.at = EVENING
    assert await claim_chunk(rt, tenant, send, "worker-1", step=1) is None
    assert await standing(rt, tenant, send) == ("held", "window", {"queued": PEOPLE})
    clock.at = MORNING
    await watch_send(rt, tenant, send)
    second = await claim_chunk(rt, tenant, send, "worker-1", step=1)
    assert (second.hold.step, second.people) == (1, CHUNK)


async def test_what_a_dead_worker_left_is_asked_about_at_night_and_not_sent(rt, tenant, new, clock):
    send = await new()
    claimed = await claim_chunk(rt, tenant, send, "worker-1")
    async with tenant_tx(rt, tenant) as conn:
        await fence.mark_calling(conn, claimed.hold, claimed.planned[0].request_id, "add", lease=60)
        await conn.execute("UPDATE chunks SET lease_until = clock_timestamp() WHERE owner IS NOT NULL")
    taken = await claim_chunk(rt, tenant, send, "worker-2", in_doubt=True)
    (request,) = taken.to_ask
    allowed = {}
    for moment in (NOON, EVENING):
        clock.at = moment
        async with tenant_tx(rt, tenant) as conn:
            allowed[moment] = await still_allowed(conn, rt, taken.hold, request)
    assert allowed == {NOON: True, EVENING: False}
    # ... and a question is still claimed once the send is held for its hours.
    await watch_send(rt, tenant, send)
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("UPDATE chunks SET lease_until = clock_timestamp() WHERE owner IS NOT NULL")
    again = await claim_chunk(rt, tenant, send, "worker-3", in_doubt=True)
    assert [one.id for one in again.to_ask] == [request.id]
    assert (await standing(rt, tenant, send))[:2] == ("held", "window")


async def test_steering_in_the_evening(rt, tenant, new, clock):
    send = await new()
    clock.at = EVENING
    await watch_send(rt, tenant, send)
    assert await steer(rt, tenant, resume_send, send, now=clock.at) == "held"  # nobody sends at night by hand
    assert await steer(rt, tenant, pause_send, send) == "paused"
    assert await steer(rt, tenant, resume_send, send, now=clock.at) == "held"
    assert await steer(rt, tenant, pause_send, send) == "paused"
    clock.at = MORNING
    await watch_send(rt, tenant, send)
    assert await standing(rt, tenant, send) == ("paused", "", {"queued": PEOPLE})  # a person paused it
    assert await steer(rt, tenant, resume_send, send, now=clock.at) == "running"
    clock.at = EVENING
    await watch_send(rt, tenant, send)
    assert await steer(rt, tenant, cancel_send, send) == "cancelled"
    assert await standing(rt, tenant, send) == ("cancelled", "", {"cancelled": PEOPLE})
    with pytest.raises(WrongStateError):
        await steer(rt, tenant, resume_send, send, now=clock.at)


async def test_resumed_without_a_clock_it_is_held_by_its_next_claim(rt, tenant, new, clock):
    send = await new()
    clock.at = EVENING
    await watch_send(rt, tenant, send)
    assert await steer(rt, tenant, resume_send, send) == "running"
    assert await claim_chunk(rt, tenant, send, "worker-1") is None
    assert (await standing(rt, tenant, send))[:2] == ("held", "window")


async def test_its_end_comes_while_it_waits_for_the_morning(rt, tenant, new, clock):
    send = await new(not_after=EVENING + timedelta(hours=2))
    clock.at = EVENING
    await watch_send(rt, tenant, send)
    clock.at = EVENING + timedelta(hours=2)
    await watch_send(rt, tenant, send)
    await watch_send(rt, tenant, send)
    assert await standing(rt, tenant, send) == ("finished", "", {"expired": PEOPLE})


async def test_nobody_waits_for_a_morning_when_all_are_on_their_way(rt, tenant, new, clock):
    send = await new()
    for claimed in await claims(rt, tenant, send):
        await answered(rt, tenant, claimed)
    clock.at = EVENING
    await watch_send(rt, tenant, send)
    assert await standing(rt, tenant, send) == ("running", "", {"accepted": PEOPLE})


async def test_the_time_that_is_left_counts_the_night(rt, tenant, new, clock):
    """A second before the evening, with eleven chunks to go of which one goes out in a second: it ends the next morning."""
    clock.at = EVENING - timedelta(seconds=1)
    send = await new()
    await answered(rt, tenant, await claim_chunk(rt, tenant, send, "worker-1"))
    async with tenant_tx(rt, tenant) as conn:
        progress = await read_progress(conn, tenant, send, now=clock.at)
    assert progress.state == "running"
    assert progress.eta_seconds is not None
    assert progress.eta_seconds > (MORNING - EVENING).total_seconds()
