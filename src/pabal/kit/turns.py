"""Turns on Redis Streams: "there is work for lane X". They carry keys, never truth and never personal data.

A lane (a send, a tenant's receipts, an import) has a few numbered slots. Each slot holds at most one live turn: issuing
writes a nonce under the slot's key and the same nonce into the stream; a worker that reads an entry whose nonce is no
longer the slot's drops it. So doubles die out by themselves, a lane can't fill the stream, and after a batch the turn
goes to the back of the line, which is the fair share between tenants.

Liveness never depends on redelivery: a slot's key expires, and the sweeper, which asks the ledger, issues the turn again.
Wipe Redis in the middle of a send and the same happens. All commands touch one key (cluster-safe).
docs/adr/0006-turns-on-redis-streams.md says why no task framework is used here.
"""

import asyncio
import secrets
from dataclasses import dataclass
from enum import StrEnum

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

log = structlog.get_logger(__name__)

_GROUP = "workers"
_SLOT_SECONDS = 8  # a lost turn is back within this time plus one sweep
_STREAM_LIMIT = 100_000  # entries are ~100 bytes; far above lanes x slots, a guard against a runaway only


class Line(StrEnum):
    """Separate streams, so that an import never waits behind a campaign nor a receipt behind either."""

    RECEIPTS = "receipts"  # receipts, polls, watching over sends: short
    DISPATCH = "dispatch"
    JOBS = "jobs"  # launches, checks, schedules: seconds
    IMPORTS = "imports"  # minutes


@dataclass(frozen=True, slots=True)
class Turn:
    """One entry as a worker holds it. `id` is what the turn is about (send, import, request), as text."""

    line: Line
    kind: str
    tenant_id: str
    id: str
    slot: int = 0
    nonce: str = ""
    entry: bytes = b""

    @property
    def slot_key(self) -> str:
        return f"pabal:slot:{self.kind}:{self.id}:{self.slot}"


def _stream(line: Line) -> str:
    return f"pabal:turns:{line}"


async def issue(redis: Redis, turn: Turn) -> bool:
    """Put a turn at the end of its line unless its slot already has a live one. False if it had."""
    nonce = secrets.token_hex(8)
    if not await redis.set(turn.slot_key, nonce, nx=True, ex=_SLOT_SECONDS):
        return False
    await _append(redis, turn, nonce)
    return True


async def ring(redis: Redis, turn: Turn) -> None:
    """`issue` for those who must not fail when Redis is away: the sweeper will find the work."""
    try:
        await issue(redis, turn)
    except (RedisError, OSError) as error:
        log.info("turn not issued", kind=turn.kind, error=type(error).__name__)


async def reissue(redis: Redis, turn: Turn) -> None:
    """After a batch: the same slot, at the back of the line."""
    nonce = secrets.token_hex(8)
    await redis.set(turn.slot_key, nonce, ex=_SLOT_SECONDS)
    await _append(redis, turn, nonce)


async def _append(redis: Redis, turn: Turn, nonce: str) -> None:
    fields: dict[str, str | int] = {
        "kind": turn.kind,
        "tenant": turn.tenant_id,
        "id": turn.id,
        "slot": turn.slot,
        "nonce": nonce,
    }
    await redis.xadd(_stream(turn.line), fields, maxlen=_STREAM_LIMIT, approximate=True)  # type: ignore[arg-type]  # invariant dict


async def take(redis: Redis, line: Line, consumer: str, *, count: int, block_ms: int) -> list[Turn]:
    """Up to `count` live turns, waiting at most `block_ms`. Re-creates the group when Redis lost it."""
    try:
        answer = await redis.xreadgroup(_GROUP, consumer, {_stream(line): ">"}, count=count, block=block_ms)
    except ResponseError as error:
        if "NOGROUP" not in str(error):
            raise
        await _create_group(redis, line)
        return []
    return [turn for turn in _parse(line, answer) if await _is_live(redis, turn)]


async def _is_live(redis: Redis, turn: Turn) -> bool:
    """Drop an entry that another one has replaced; keep the slot warm while the turn is worked on."""
    if await redis.get(turn.slot_key) == turn.nonce.encode():
        await redis.expire(turn.slot_key, _SLOT_SECONDS)
        return True
    await acknowledge(redis, turn)
    return False


async def keep_warm(redis: Redis, turn: Turn) -> None:
    """Long work: tell the sweeper that this slot is being served."""
    await redis.expire(turn.slot_key, _SLOT_SECONDS)


async def acknowledge(redis: Redis, turn: Turn) -> None:
    """Acknowledge and delete: entries don't pile up."""
    await redis.xack(_stream(turn.line), _GROUP, turn.entry)
    await redis.xdel(_stream(turn.line), turn.entry)


async def finish(redis: Redis, turn: Turn) -> None:
    """Nothing left to do in this lane for now: free the slot, so that news is served at once."""
    await acknowledge(redis, turn)
    await redis.delete(turn.slot_key)


async def claim_idle(redis: Redis, line: Line, consumer: str, *, idle_ms: int, count: int = 50) -> list[Turn]:
    """Turns of consumers that went silent. An optimisation: the sweeper would bring them back as well."""
    try:
        answer = await redis.xautoclaim(
            _stream(line), _GROUP, consumer, min_idle_time=idle_ms, start_id="0-0", count=count
        )
    except ResponseError as error:
        if "NOGROUP" not in str(error):
            raise
        return []
    entries = answer[1]
    return [turn for turn in _parse(line, [(_stream(line).encode(), entries)]) if await _is_live(redis, turn)]


async def forget_consumer(redis: Redis, line: Line, consumer: str) -> None:
    """A worker that stops cleanly leaves no name behind."""
    try:
        await redis.xgroup_delconsumer(_stream(line), _GROUP, consumer)
    except RedisError as error:
        log.info("consumer not forgotten", line=line, error=type(error).__name__)


async def _create_group(redis: Redis, line: Line) -> None:
    try:
        await redis.xgroup_create(_stream(line), _GROUP, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


def _parse(line: Line, answer: object) -> list[Turn]:
    """XREADGROUP answers `[[stream, [(id, {field: value})]]]` (RESP2, which the client asks for)."""
    streams: list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]] = answer or []  # type: ignore[assignment]  # shape above
    return [
        Turn(
            line=line,
            kind=fields[b"kind"].decode(),
            tenant_id=fields[b"tenant"].decode(),
            id=fields[b"id"].decode(),
            slot=int(fields[b"slot"]),
            nonce=fields[b"nonce"].decode(),
            entry=entry,
        )
        for _, entries in streams
        for entry, fields in entries
        if fields  # empty: deleted in between
    ]


async def pause_after_error(attempt: int) -> None:
    """Back off while Redis is away: 0.1 s doubling to 2 s."""
    await asyncio.sleep(min(2.0, 0.1 * 2**attempt))
