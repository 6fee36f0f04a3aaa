"""Token buckets on the real server, its own clock as the judge; what lies between two questions passes without waiting."""

from collections import Counter
from functools import partial

import pytest
from tests.support.passing import let_pass, server_time, take_turns

from pabal.kit import pace

RATE = 50.0


async def ask(rt, wanted, who="", *, urgent=False, rate=RATE):
    return await pace.take(rt.redis, "bucket", rate=rate, wanted=wanted, who=who, urgent=urgent)


async def drain(rt):
    """A bucket that is paid up to now, and nobody in the queue."""
    while await ask(rt, 1, "drain") == 0:
        pass
    await rt.redis.hdel("pabal:pace:bucket", "w:drain")


async def served(rt, chunks, seconds):
    """Everybody of `chunks` (who: people in a chunk) for so long: (who was let through, messages, how long it was)."""
    askers = {who: partial(ask, rt, people, who) for who, people in chunks.items()}
    order, length = await take_turns(rt.redis, askers, seconds)
    return order, sum(chunks[who] for who in order), length


async def test_a_bucket_nobody_knows_starts_empty(rt):
    assert 0.9 < await ask(rt, 50) <= 1.0
    assert await ask(rt, 1, "other", rate=5000) > 0


@pytest.mark.parametrize(
    "chunks", [{"a": 50}, {"a": 50, "b": 50, "c": 50}, {"a": 50, "b": 7, "c": 1}, {"a": 500, "b": 3}]
)
async def test_a_minute_is_within_two_percent_whoever_shares_it(rt, chunks):
    await served(rt, chunks, 20)
    _, messages, seconds = await served(rt, chunks, 120)
    one_chunk = max(chunks.values())  # may lie on either side of the end
    assert abs(messages - RATE * seconds) <= 0.02 * RATE * seconds + one_chunk


async def test_what_is_given_back_is_not_kept_for_who_was_told_to_come_later(rt):
    """A chunk whose people are all skipped gives back seconds; the account doesn't idle until the next in the queue comes."""
    await drain(rt)
    while await ask(rt, 500, "skipped") > 0:
        pass
    assert await ask(rt, 50, "told to come later") > 1
    assert await ask(rt, 5, "here") > 0
    await pace.give_back(rt.redis, "bucket", rate=RATE, unused=500)
    assert await ask(rt, 5, "here") == 0


async def test_those_who_share_a_bucket_take_turns(rt):
    order, _, _ = await served(rt, {"a": 50, "b": 50, "c": 50}, 60)
    rounds = [set(order[at : at + 3]) for at in range(0, len(order) - 3, 3)]
    assert rounds
    assert all(one == {"a", "b", "c"} for one in rounds)


async def test_small_chunks_do_not_starve_a_big_one(rt):
    order, _, _ = await served(rt, {"big": 200, "one": 1, "two": 1, "three": 1}, 60)
    counts = Counter(order)
    assert counts["big"] >= 12  # of fifteen, had it been alone
    assert max(abs(counts["big"] - counts[who]) for who in ("one", "two", "three")) <= 2


async def test_whoever_comes_late_makes_up_for_a_second_and_no_more(rt):
    await drain(rt)
    await let_pass(rt.redis, 3600)
    began, granted = await server_time(rt.redis), 0
    while await ask(rt, 10) == 0:
        granted += 10
    took = await server_time(rt.redis) - began
    assert RATE <= granted <= RATE * (1 + took) + 10 + 1  # one chunk is paid for afterwards


async def test_the_first_in_the_queue_who_stays_away_holds_nobody_up(rt):
    await drain(rt)
    # One a second: a machine that stands still for a tenth of one gives nobody a unit meanwhile.
    assert await ask(rt, 1, "away", rate=1) > 0
    assert await ask(rt, 1, "here", rate=1) > 0
    await let_pass(rt.redis, 0.05)
    assert await ask(rt, 1, "here", rate=1) > 0
    await let_pass(rt.redis, 1 + pace.GRACE_MS / 1000)
    assert await ask(rt, 1, "here", rate=1) == 0


async def test_the_first_in_the_queue_goes_first_when_it_comes(rt):
    for _ in range(20):
        await rt.redis.delete("pabal:pace:bucket")
        await drain(rt)
        first = await ask(rt, 1, "first", rate=5)
        assert first > 0
        assert await ask(rt, 1, "second", rate=5) > first
        await let_pass(rt.redis, first)
        began = await server_time(rt.redis)
        answers = [await ask(rt, 1, "second", rate=5), await ask(rt, 1, "first", rate=5)]
        # A machine that stood still in between has made "first" one who stays away.
        if await server_time(rt.redis) - began < pace.GRACE_MS / 2000:
            assert answers[0] > 0 == answers[1]
            return
    pytest.fail("the machine stands still all the time")


async def test_urgent_ones_go_before_bulk_that_waits_and_while_it_is_being_paid_for(rt):
    await drain(rt)
    await let_pass(rt.redis, 0.1)
    assert await ask(rt, 50, "bulk") == 0  # a second's worth
    assert await ask(rt, 50, "bulk") > 0
    assert await ask(rt, 1, "reply", urgent=True) == 0


async def test_urgent_ones_without_end_are_paced_too(rt):
    await drain(rt)
    began, granted = await server_time(rt.redis), 0
    while await ask(rt, 1, "reply", urgent=True) == 0:
        granted += 1
    took = await server_time(rt.redis) - began
    assert RATE - 1 <= granted <= RATE * (1 + took) + 3  # one second ahead of the others


async def test_what_was_not_used_goes_back_and_what_was_used_beyond_is_charged(rt):
    await drain(rt)
    await let_pass(rt.redis, 0.2)
    assert await ask(rt, 50) == 0
    await pace.give_back(rt.redis, "bucket", rate=RATE, unused=50)
    assert await ask(rt, 1) == 0
    await pace.give_back(rt.redis, "bucket", rate=RATE, unused=-500)
    assert await ask(rt, 1) == pace.LONGEST_WAIT_MS / 1000


async def test_giving_back_to_a_bucket_that_is_gone_leaves_nothing_behind(rt):
    await pace.give_back(rt.redis, "bucket", rate=RATE, unused=50)
    assert await rt.redis.keys("pabal:pace:*") == []


async def test_a_bucket_outlives_what_it_is_owed(rt):
    await ask(rt, 500, rate=1)
    await let_pass(rt.redis, 2)
    assert await ask(rt, 500, rate=1) == 0
    assert await rt.redis.pttl("pabal:pace:bucket") > 500_000
