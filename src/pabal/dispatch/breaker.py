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


def _rests(account_id: UUID | str) -> str:
    return f"pabal:breaker:{account_id}:rests"


def _rest(account_id: UUID | str) -> str:
    return f"pabal:breaker:{account_id}:rest"


async def note(redis: Redis, account_id: UUID | str, *, trouble: bool) -> None:
    """What a call ended with. Trouble = nobody answered in the carrier's own words; any such answer closes the breaker."""
    with suppress(RedisError, OSError):
        if not trouble:
            await redis.delete(_troubles(account_id))
            await redis.delete(_rests(account_id))
            return
        count = int(await redis.incr(_troubles(account_id)))
        await redis.expire(_troubles(account_id), FORGET_SECONDS)
        if count < TROUBLES:
            return
        earlier = int(await redis.get(_rests(account_id)) or 0)
        # Calls that were under way when the rest began fail too: they don't make it longer.
        if await redis.set(_rest(account_id), "1", px=int(rest_seconds(earlier) * 1000), nx=True):
            await redis.set(_rests(account_id), earlier + 1, ex=FORGET_SECONDS)


def rest_seconds(earlier: int) -> float:
    """Twice as long with each rest that ended in trouble again: the first call after a rest is the probe."""
    return min(LONGEST_REST_SECONDS, FIRST_REST_SECONDS * 2.0 ** min(earlier, 10))


async def resting(redis: Redis, account_id: UUID | str) -> float:
    """Seconds until the account may be called again; 0 when it may."""
    with suppress(RedisError, OSError):
        left = int(await redis.pttl(_rest(account_id)))
        return max(0.0, left / 1000)
    return 0.0
