"""Time that passes for the token buckets without anybody waiting for it: every instant in them moves back."""

from collections.abc import Awaitable, Callable, Mapping

from redis.asyncio import Redis

_PASS = """
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
    local back = function (stamp) return string.format('%.3f', tonumber(stamp) - tonumber(ARGV[1])) end
    if fields[i] == 'paid' then
        redis.call('HSET', KEYS[1], 'paid', back(fields[i + 1]))
    else
        local first, last, rest = string.match(fields[i + 1], '([^|]+)|([^|]+)|(.+)')
        redis.call('HSET', KEYS[1], fields[i], back(first) .. '|' .. back(last) .. '|' .. rest)
    end
end
return 0
"""


async def let_pass(redis: Redis, seconds: float) -> None:
    async for key in redis.scan_iter("pabal:pace:*"):
        await redis.eval(_PASS, 1, key, str(seconds * 1000))


async def server_time(redis: Redis) -> float:
    seconds, micros = await redis.time()
    return float(seconds) + float(micros) / 1e6


Ask = Callable[[], Awaitable[float | None]]


async def take_turns(redis: Redis, askers: Mapping[str, Ask], seconds: float) -> tuple[list[str], float]:
    """Everybody asks, and again as soon as told, for so long: who was let through, in order, and how long it was (with
    what these questions themselves took)."""
    began, passed = await server_time(redis), 0.0
    order: list[str] = []
    come = dict.fromkeys(askers, 0.0)  # when each asks next
    while passed < seconds and come:
        who = min(come, key=lambda one: come[one])
        await let_pass(redis, max(0.0, come[who] - passed))
        passed = max(passed, come[who])
        wait = await askers[who]()
        if wait == 0:
            order.append(who)
        if wait is None:
            del come[who]
        else:
            come[who] = passed + wait
    return order, passed + await server_time(redis) - began
