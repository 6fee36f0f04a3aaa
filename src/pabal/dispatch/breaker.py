"""A carrier account that answers nothing is left alone for a while, instead of turning a whole campaign into questions.

State lives in Redis, because losing it costs nothing: a breaker that forgot is closed. One key per command (cluster-safe).
"""

from contextlib import suppress
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

TROUBLES = 10  # in a row, over all workers, until the account rests
FORGET_SECONDS = 300  # without trouble
FIRST_REST_SECONDS = 5.0
LONGEST_REST_SECONDS = 60.0


def _troubles(account_id: UUID | str) -> str:
    return f"pabal:breaker:{account_id}:troubles"


def _rest(account_id: UUID | str) -> str:
    return f"pabal:breaker:{account_id}:rest"


async def note(redis: Redis, account_id: UUID | str, *, trouble: bool) -> None:
    """What a call ended with. Trouble = nobody answered in the carrier's own words; any such answer closes the breaker."""
    with suppress(RedisError, OSError):
        if not trouble:
            await redis.delete(_troubles(account_id))
            return
        count = int(await redis.incr(_troubles(account_id)))
        await redis.expire(_troubles(account_id), FORGET_SECONDS)
        if count >= TROUBLES:
            await redis.set(_rest(account_id), count, px=int(rest_seconds(count) * 1000))


def rest_seconds(troubles: int) -> float:
    """Longer with each failure after the limit: the first call after a rest is the probe."""
    doublings = min(max(0, troubles - TROUBLES), 10)
    return min(LONGEST_REST_SECONDS, FIRST_REST_SECONDS * 2.0**doublings)


async def resting(redis: Redis, account_id: UUID | str) -> float:
    """Seconds until the account may be called again; 0 when it may."""
    with suppress(RedisError, OSError):
        left = int(await redis.pttl(_rest(account_id)))
        return max(0.0, left / 1000)
    return 0.0
