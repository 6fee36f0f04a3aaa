"""Token bucket in Redis: how many messages per second may leave under one key (a send, a carrier account).

Buckets start empty, so that a Redis that lost its data causes no burst. One key per call (cluster-safe); the clock is the
Redis server's own, so that hosts needn't agree.
"""

from redis.asyncio import Redis

# KEYS[1] bucket; ARGV rate per second, burst, wanted. Answers the wait in milliseconds, 0 = granted.
_TAKE = """
local now = redis.call('TIME')
local at = now[1] * 1000 + now[2] / 1000
local rate, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(bucket[1] or '0')
local since = tonumber(bucket[2] or at)
tokens = math.min(burst, tokens + (at - since) * rate / 1000)
local wait = 0
if tokens >= wanted then
    tokens = tokens - wanted
else
    wait = math.ceil((wanted - tokens) * 1000 / rate)
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(at))
redis.call('PEXPIRE', KEYS[1], 60000)
return wait
"""
_GIVE_BACK = """
local tokens = tonumber(redis.call('HGET', KEYS[1], 'tokens') or '0')
redis.call('HSET', KEYS[1], 'tokens', tostring(math.min(tonumber(ARGV[1]), tokens + tonumber(ARGV[2]))))
return 0
"""


def _key(name: str) -> str:
    return f"pabal:pace:{name}"


async def take(redis: Redis, name: str, *, rate: float, wanted: int) -> float:
    """0.0 when `wanted` tokens were taken; else the seconds after which it is worth asking again.

    The bucket holds one `wanted` more than one second's rate, so that whole chunks can be taken at exactly the rate.
    """
    burst = max(rate, float(wanted))
    wait = await redis.eval(_TAKE, 1, _key(name), str(rate), str(burst), str(wanted))
    return float(wait) / 1000


async def give_back(redis: Redis, name: str, *, rate: float, unused: int) -> None:
    """Tokens of people who turned out not to be sent to."""
    await redis.eval(_GIVE_BACK, 1, _key(name), str(max(rate, 1.0)), str(unused))
