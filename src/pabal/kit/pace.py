"""How many messages per second may leave under one key (a send, a carrier account): a paid-up-to clock and a queue.

The bucket is one instant, up to which the rate is used up. Whoever comes when it has passed is let through at once, whatever
the size, and moves it on by `wanted / rate`: paying afterwards is what keeps a big chunk from being starved by small ones.
Who comes too early is told when to come again and keeps a place in the queue, so that sends that share an account take turns.
An instant that lies back by up to a second is made up for, which is what keeps the rate exact when workers are late.

Buckets start empty, so that a Redis that lost its data causes no burst. One key per call (cluster-safe); the clock is the
Redis server's own, so that hosts needn't agree.
"""

from redis.asyncio import Redis

CREDIT_MS = 1000  # lateness that is made up for, and the most that ever leaves at once beside one chunk
# Nobody waits longer than this for one of the queue who doesn't come when it was told to: paused, or its worker is busy.
GRACE_MS = 250
LONGEST_WAIT_MS = 2000  # between two questions; a place whose owner stays away for twice as long is given up
# A reply goes while bulk's last second is still being paid for; bulk then waits that much longer.
URGENT_LEAD_MS = 1000

# KEYS[1] bucket; ARGV rate per second, wanted, who, urgent (1 or 0). Answers the wait in milliseconds, 0 = granted.
# A place in the queue is "first asked, when to ask again, milliseconds it will cost, urgent".
_TAKE = f"""
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local cost = tonumber(ARGV[2]) * 1000 / tonumber(ARGV[1])
local who, urgent = 'w:' .. ARGV[3], ARGV[4] == '1'
local paid, first, ahead = nil, now, 0
local fields = redis.call('HGETALL', KEYS[1])
local others = {{}}
for i = 1, #fields, 2 do
    if fields[i] == 'paid' then
        paid = tonumber(fields[i + 1])
    else
        local since, due, costs, rank = string.match(fields[i + 1], '([^|]+)|([^|]+)|([^|]+)|([^|]+)')
        if tonumber(due) < now - 2 * {LONGEST_WAIT_MS} then
            redis.call('HDEL', KEYS[1], fields[i])
        elseif fields[i] == who then
            first = tonumber(since)
        else
            others[#others + 1] = {{tonumber(since), tonumber(costs), rank == '1', tonumber(due)}}
        end
    end
end
paid = math.max(paid or now + math.min(cost, {CREDIT_MS}), now - {CREDIT_MS})
local early = paid - now - (urgent and {URGENT_LEAD_MS} or 0)
for _, other in ipairs(others) do
    local before = (other[3] and not urgent) or (other[3] == urgent and other[1] < first)
    -- Who was told a moment that lies further off than the bucket's own leaves what was given back to others.
    local awaited = math.max(other[4], paid) >= now - {GRACE_MS} and other[4] <= math.max(now, paid) + {GRACE_MS}
    if before and awaited then
        ahead = ahead + other[2]
    end
end
local wait = 0
if early <= 0 and ahead == 0 then
    paid = paid + cost
    redis.call('HDEL', KEYS[1], who)
else
    wait = math.ceil(math.min({LONGEST_WAIT_MS}, math.max(5, math.max(0, early) + ahead)))
    redis.call('HSET', KEYS[1], who, string.format('%.3f|%.3f|%.3f|%s', first, now + wait, cost, ARGV[4]))
end
redis.call('HSET', KEYS[1], 'paid', string.format('%.3f', paid))
redis.call('PEXPIRE', KEYS[1], math.ceil(60000 + math.max(0, paid - now)))
return wait
"""
# ARGV rate per second, unused (below 0: more than was paid for).
_GIVE_BACK = """
local paid = redis.call('HGET', KEYS[1], 'paid')
if paid then
    local back = tonumber(ARGV[2]) * 1000 / tonumber(ARGV[1])
    redis.call('HSET', KEYS[1], 'paid', string.format('%.3f', tonumber(paid) - back))
end
return 0
"""


def _key(name: str) -> str:
    return f"pabal:pace:{name}"


async def take(
    redis: Redis, name: str, *, rate: float, wanted: int, who: str = "", urgent: bool = False
) -> float:
    """0.0 when `wanted` tokens were taken; else the seconds after which to ask again, at most `LONGEST_WAIT_MS`.

    `who` holds the place in the queue: those who share a bucket ask under different names. Whoever comes later than told
    is overtaken.
    """
    wait = await redis.eval(_TAKE, 1, _key(name), str(rate), str(wanted), who, str(int(urgent)))
    return float(wait) / 1000


async def give_back(redis: Redis, name: str, *, rate: float, unused: int) -> None:
    """Tokens of people who turned out not to be sent to; below 0: of people who weren't counted before."""
    if unused:
        await redis.eval(_GIVE_BACK, 1, _key(name), str(rate), str(unused))


async def leave(redis: Redis, name: str, *, who: str) -> None:
    """Give the place in the queue up: nothing is going to be taken."""
    await redis.hdel(_key(name), f"w:{who}")
