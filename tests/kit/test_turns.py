"""Turns: doubles die out, nothing depends on Redis keeping anything, and tenants are served by turns."""

from collections import Counter

from pabal.kit import turns
from pabal.kit.turns import Line, Turn

LANE = Turn(line=Line.DISPATCH, kind="lane", tenant_id="t", id="send-1")


async def take(rt, count=10):
    return await turns.take(rt.redis, Line.DISPATCH, count=count, block_ms=10)


async def test_a_slot_holds_one_live_turn(rt):
    assert await turns.issue(rt.redis, LANE)
    assert not await turns.issue(rt.redis, LANE)
    assert len(await take(rt)) == 1
    assert not await turns.issue(rt.redis, LANE)  # it is being served
    assert await take(rt) == []


async def test_a_turn_that_waits_for_longer_than_its_slot_lives_is_there_once_and_keeps_its_place(rt):
    other = Turn(line=Line.DISPATCH, kind="lane", tenant_id="t", id="send-2")
    await turns.issue(rt.redis, LANE)
    await turns.issue(rt.redis, other)
    await rt.redis.delete(LANE.slot_key)
    assert not await turns.issue(rt.redis, LANE)
    assert [turn.id for turn in await take(rt)] == ["send-1", "send-2"]


async def test_a_finished_lane_can_be_issued_at_once(rt):
    await turns.issue(rt.redis, LANE)
    (turn,) = await take(rt)
    await turns.finish(rt.redis, turn)
    assert await turns.issue(rt.redis, LANE)


async def test_a_reissued_turn_goes_to_the_back_of_the_line(rt):
    other = Turn(line=Line.DISPATCH, kind="lane", tenant_id="t", id="send-2")
    await turns.issue(rt.redis, LANE)
    await turns.issue(rt.redis, other)
    (first,) = await take(rt, count=1)
    await turns.reissue(rt.redis, first)
    assert [turn.id for turn in await take(rt)] == ["send-2", "send-1"]


async def test_whoever_was_away_does_not_bring_a_second_turn_into_the_slot(rt):
    await turns.issue(rt.redis, LANE)
    (frozen,) = await take(rt)
    await rt.redis.delete(LANE.slot_key)  # as if it had run out: nobody kept it warm
    assert await turns.issue(rt.redis, LANE)
    (mine,) = await take(rt)
    await turns.reissue(rt.redis, frozen)
    assert await take(rt) == []
    await turns.finish(rt.redis, frozen)
    assert not await turns.issue(rt.redis, LANE)
    await turns.reissue(rt.redis, mine)
    assert len(await take(rt)) == 1


async def test_a_wiped_redis_starts_anew(rt):
    await turns.issue(rt.redis, LANE)
    (turn,) = await take(rt)
    await rt.redis.flushdb()
    assert await take(rt) == []
    await turns.reissue(rt.redis, turn)
    assert not await turns.issue(rt.redis, LANE)
    assert len(await take(rt)) == 1


async def serve(rt, times):
    """Whom a worker serves that takes one turn after the other and gives each back."""
    order = []
    for _ in range(times):
        (turn,) = await take(rt, count=1)
        order.append((turn.tenant_id, turn.id))
        await turns.reissue(rt.redis, turn)
    return order


async def campaigns(rt, tenant, count, slots=4):
    for campaign in range(count):
        for slot in range(slots):
            await turns.issue(
                rt.redis, Turn(Line.DISPATCH, "lane", tenant, f"{tenant}-{campaign}", slot=slot)
            )


async def test_a_tenant_with_twenty_campaigns_gets_no_more_turns_than_one_with_one(rt):
    await campaigns(rt, "many", 20)
    await campaigns(rt, "one", 1)
    order = await serve(rt, 200)
    assert Counter(tenant for tenant, _ in order) == {"many": 100, "one": 100}
    longest = max(len(run) for run in "".join("m" if t == "many" else "." for t, _ in order).split("."))
    assert longest <= 1, "by turns, not in blocks"


async def test_within_a_tenant_campaigns_take_turns(rt):
    await campaigns(rt, "many", 20)
    await campaigns(rt, "one", 1)
    order = await serve(rt, 400)
    counts = Counter(about for tenant, about in order if tenant == "many")
    assert len(counts) == 20
    assert max(counts.values()) - min(counts.values()) <= 4  # a campaign's four slots stand together


async def test_a_tenant_that_was_idle_neither_waits_behind_the_others_nor_catches_up(rt):
    await campaigns(rt, "busy", 10)
    await serve(rt, 100)
    await campaigns(rt, "new", 1)
    order = [tenant for tenant, _ in await serve(rt, 40)]
    assert order.index("new") <= 1
    assert Counter(order) == {"busy": 20, "new": 20}


async def test_lines_do_not_wait_for_each_other(rt):
    await campaigns(rt, "many", 20)
    await turns.issue(rt.redis, Turn(Line.URGENT, "urgent", "one", "reply"))
    (turn,) = await turns.take(rt.redis, Line.URGENT, count=1, block_ms=10)
    assert turn.id == "reply"
