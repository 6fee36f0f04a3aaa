"""Turns: doubles die out, nothing depends on Redis keeping anything."""

from pabal.kit import turns
from pabal.kit.turns import Line, Turn

LANE = Turn(line=Line.DISPATCH, kind="lane", tenant_id="t", id="send-1")


async def take(rt, consumer="c1", count=10):
    return await turns.take(rt.redis, Line.DISPATCH, consumer, count=count, block_ms=10)


async def prepare(rt):
    await take(rt)  # creates the group


async def test_a_slot_holds_one_live_turn(rt):
    await prepare(rt)
    assert await turns.issue(rt.redis, LANE)
    assert not await turns.issue(rt.redis, LANE)
    assert len(await take(rt)) == 1
    assert await take(rt) == []


async def test_a_replaced_turn_is_dropped_when_read(rt):
    await prepare(rt)
    await turns.issue(rt.redis, LANE)
    await turns.reissue(rt.redis, LANE)  # two entries, one nonce
    taken = await take(rt)
    assert len(taken) == 1
    await turns.finish(rt.redis, taken[0])
    assert await rt.redis.xlen("pabal:turns:dispatch") == 0


async def test_a_finished_lane_can_be_issued_at_once(rt):
    await prepare(rt)
    await turns.issue(rt.redis, LANE)
    (turn,) = await take(rt)
    await turns.finish(rt.redis, turn)
    assert await turns.issue(rt.redis, LANE)


async def test_a_reissued_turn_goes_to_the_back_of_the_line(rt):
    await prepare(rt)
    other = Turn(line=Line.DISPATCH, kind="lane", tenant_id="t", id="send-2")
    await turns.issue(rt.redis, LANE)
    await turns.issue(rt.redis, other)
    (first,) = await take(rt, count=1)
    await turns.acknowledge(rt.redis, first)
    await turns.reissue(rt.redis, first)
    assert [turn.id for turn in await take(rt)] == ["send-2", "send-1"]


async def test_a_wiped_redis_loses_the_group_and_gets_it_back(rt):
    await prepare(rt)
    await turns.issue(rt.redis, LANE)
    await rt.redis.flushdb()
    assert await take(rt) == []  # re-creates the group
    assert await turns.issue(rt.redis, LANE)
    assert len(await take(rt)) == 1


async def test_a_silent_consumers_turn_is_claimed_by_another(rt):
    await prepare(rt)
    await turns.issue(rt.redis, LANE)
    await take(rt, consumer="dead")
    (turn,) = await turns.claim_idle(rt.redis, Line.DISPATCH, "alive", idle_ms=0)
    assert turn.id == "send-1"
