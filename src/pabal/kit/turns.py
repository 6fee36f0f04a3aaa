"""Turns in sorted sets: "there is work for lane X". They carry keys, never truth and never personal data.

A lane (a send, a tenant's receipts, an import) has a few numbered slots. Each slot has at most one turn in its line (the
member is the slot) and one that is being served: whoever takes it writes a nonce under the slot's key, and only the last
nonce may put the turn back. So doubles die out by themselves and a lane can't fill the line.

The order is fair between tenants, not between turns: a score is a place in virtual time, in which every turn of one tenant
lies one behind its last, and a tenant that had none starts where the line is now (start-time fair queueing). A camp with
twenty campaigns and one with a single one are served by turns; within a camp, its campaigns are.

Liveness never depends on redelivery: a slot's key expires, and the sweeper, which asks the ledger, issues the turn again.
Wipe Redis in the middle of a send and the same happens. All commands touch one key (cluster-safe).
docs/adr/0006-turns-in-fair-lines.md says why no task framework is used here.
"""

import asyncio
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

_SLOT_SECONDS = 8  # a lost turn is back within this time plus one sweep

# KEYS[1] places of a line, one field per tenant, kept: a line that begins at 0 again would overtake who still waits in it.
# ARGV[1] tenant. Answers the tenant's next place.
_NEXT_PLACE = """
local place = math.max(tonumber(redis.call('HGET', KEYS[1], '@now') or '0'),
                       tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0'))
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d', place + 1))
return place
"""
# ARGV[1] the place that has been served last: the line's time, which never goes back.
_ADVANCE = """
if tonumber(ARGV[1]) > tonumber(redis.call('HGET', KEYS[1], '@now') or '0') then
    redis.call('HSET', KEYS[1], '@now', ARGV[1])
end
return 0
"""


class Line(StrEnum):
    """Separate lines, so that an import never waits behind a campaign nor a receipt behind either."""

    RECEIPTS = "receipts"  # receipts, polls, watching over sends: short
    URGENT = "urgent"  # sends that somebody waits for: replies, triggers, tests
    DISPATCH = "dispatch"  # bulk
    JOBS = "jobs"  # launches, checks, schedules: seconds
    IMPORTS = "imports"  # minutes


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn, in its line or as a worker holds it. `id` is what it is about (send, import, request), as text."""

    line: Line
    kind: str
    tenant_id: str
    id: str
    slot: int = 0
    nonce: str = ""

    @property
    def slot_key(self) -> str:
        return f"pabal:slot:{self.kind}:{self.id}:{self.slot}"

    @property
    def member(self) -> str:
        return f"{self.kind}|{self.tenant_id}|{self.id}|{self.slot}"


def _line(line: Line) -> str:
    return f"pabal:line:{line}"


def _places(line: Line) -> str:
    return f"pabal:places:{line}"


async def length(redis: Redis, line: Line) -> int:
    """Turns that wait, for those who look after the installation."""
    return int(await redis.zcard(_line(line)))


async def issue(redis: Redis, turn: Turn) -> bool:
    """Put a turn into its line unless its slot already has a live one. False if it had."""
    if not await redis.set(turn.slot_key, "waits", nx=True, ex=_SLOT_SECONDS):
        return False
    if await redis.zscore(_line(turn.line), turn.member) is not None:
        return False  # it waits for longer than a slot's key lives, and keeps its place
    await _append(redis, turn)
    return True


async def ring(redis: Redis, turn: Turn) -> None:
    """`issue` for those who must not fail when Redis is away: the sweeper will find the work."""
    try:
        await issue(redis, turn)
    except (RedisError, OSError) as error:
        log.info("turn not issued", kind=turn.kind, error=type(error).__name__)


async def reissue(redis: Redis, turn: Turn) -> None:
    """After a batch: the same slot, behind the tenant's others. Nothing if somebody else has it by now."""
    if await _is_mine(redis, turn):
        await redis.set(turn.slot_key, "waits", ex=_SLOT_SECONDS)
        await _append(redis, turn)


async def _append(redis: Redis, turn: Turn) -> None:
    place = await redis.eval(_NEXT_PLACE, 1, _places(turn.line), turn.tenant_id)
    await redis.zadd(_line(turn.line), {turn.member: float(place)}, nx=True)


async def take(redis: Redis, line: Line, *, count: int, block_ms: int) -> list[Turn]:
    """Up to `count` turns, waiting at most `block_ms` for the first."""
    popped: Any = await redis.zpopmin(
        _line(line), count
    )  # RESP2, which the client asks for: bytes and floats
    taken: list[tuple[bytes, float]] = popped
    if not taken:
        first: Any = await redis.bzpopmin([_line(line)], timeout=block_ms / 1000)
        if first is None:
            return []
        taken = [(first[1], first[2])]
    await redis.eval(_ADVANCE, 1, _places(line), f"{taken[-1][1]:.0f}")
    return [await _hold(redis, line, member) for member, _ in taken]


async def _hold(redis: Redis, line: Line, member: bytes) -> Turn:
    kind, tenant_id, about, slot = member.decode().split("|")
    turn = Turn(line, kind, tenant_id, about, int(slot), secrets.token_hex(8))
    await redis.set(turn.slot_key, turn.nonce, ex=_SLOT_SECONDS)
    return turn


async def _is_mine(redis: Redis, turn: Turn) -> bool:
    """False when we were away for so long that the slot went to somebody else. An expired one that nobody took is ours."""
    holder = await redis.get(turn.slot_key)
    return holder is None or bool(holder == turn.nonce.encode())


async def keep_warm(redis: Redis, turn: Turn) -> None:
    """Long work: tell the sweeper that this slot is being served."""
    await redis.expire(turn.slot_key, _SLOT_SECONDS)


async def finish(redis: Redis, turn: Turn) -> None:
    """Nothing left to do in this lane for now: free the slot, so that news is served at once."""
    if await _is_mine(redis, turn):
        await redis.delete(turn.slot_key)


async def pause_after_error(attempt: int) -> None:
    """Back off while Redis is away: 0.1 s doubling to 2 s."""
    await asyncio.sleep(min(2.0, 0.1 * 2**attempt))
