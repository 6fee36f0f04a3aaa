"""Commits that stand between us and a carrier: `calling` before each write, all of them under our epoch and lease.

A commit of unknown fate is not followed by the write: an exception here means "don't call".
"""

from datetime import timedelta
from typing import Any, LiteralString
from uuid import UUID

from pabal.dispatch.model import NOT_FROZEN, Hold
from pabal.kit.clock import boottime
from pabal.kit.db import Conn, tenant_at_once
from pabal.runtime import Runtime


class LostLeaseError(Exception):
    """Somebody else has, or may have, our chunk: write nothing, decide nothing."""


def check_deadline(hold: Hold) -> None:
    """On CLOCK_BOOTTIME, which counts the time we were suspended: a frozen worker wakes up here, not at the carrier."""
    if boottime() >= hold.deadline:
        raise LostLeaseError("lease deadline passed")


_MARK_CALLING: LiteralString = (
    """
    WITH ours AS (
        UPDATE chunks SET lease_until = clock_timestamp() + %(lease)s
        WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND no = %(no)s AND epoch = %(epoch)s
          AND lease_until > clock_timestamp()
        RETURNING no, """
    + NOT_FROZEN
    + """
    )
    UPDATE requests r
    SET state = 'calling', stage = %(stage)s, called_at = clock_timestamp(), owner = %(owner)s,
        provider_id = coalesce(%(provider)s, r.provider_id), updated_at = clock_timestamp()
    FROM ours
    WHERE r.tenant_id = %(tenant)s AND r.send_id = %(send)s AND r.id = %(request)s AND r.state IN ('planned', 'calling')
    RETURNING r.id
"""
)


async def mark_calling(
    conn: Conn, hold: Hold, request_id: UUID, stage: str, *, lease: float, provider_id: str | None = None
) -> Hold:
    """`planned → calling` (or the next stage), and a fresh lease, if the chunk is still ours. Commit before the write."""
    started = boottime()
    cursor = await conn.execute(_MARK_CALLING, _marked(hold, request_id, stage, lease, provider_id))
    if await cursor.fetchone() is None:
        raise LostLeaseError("chunk or request is no longer ours")
    return extended(hold, started, lease)


async def commit_calling(
    rt: Runtime, hold: Hold, request_id: UUID, stage: str, *, lease: float, provider_id: str | None = None
) -> Hold:
    """`mark_calling` as a transaction of its own, in one round trip; committed when this returns."""
    started = boottime()
    given = _marked(hold, request_id, stage, lease, provider_id)
    if not await tenant_at_once(rt, hold.tenant_id, [(_MARK_CALLING, given)], keyed=True):
        raise LostLeaseError("chunk or request is no longer ours")
    return extended(hold, started, lease)


def _marked(
    hold: Hold, request_id: UUID, stage: str, lease: float, provider_id: str | None
) -> dict[str, Any]:
    return {
        "tenant": hold.tenant_id,
        "send": hold.send_id,
        "no": hold.chunk_no,
        "epoch": hold.epoch,
        "owner": hold.owner,
        "lease": timedelta(seconds=lease),
        "request": request_id,
        "stage": stage,
        "provider": provider_id,
    }


def extended(hold: Hold, started: float, lease: float) -> Hold:
    return Hold(
        tenant_id=hold.tenant_id,
        send_id=hold.send_id,
        chunk_no=hold.chunk_no,
        epoch=hold.epoch,
        owner=hold.owner,
        seq_from=hold.seq_from,
        seq_to=hold.seq_to,
        members=hold.members,
        step=hold.step,
        deadline=started + lease - 1.0,
    )


async def hold_chunk(conn: Conn, hold: Hold) -> bool:
    """Lock the chunk if it is still our epoch (the lease may have run out: an outcome counts all the same)."""
    cursor = await conn.execute(
        """
        SELECT 1 FROM chunks WHERE tenant_id = %s AND send_id = %s AND no = %s AND epoch = %s FOR NO KEY UPDATE
        """,
        (hold.tenant_id, hold.send_id, hold.chunk_no, hold.epoch),
    )
    return await cursor.fetchone() is not None


# What was asked and what it came to: the first and the newest, lest a carrier that is away for an hour fill a row.
_NOTED: LiteralString = """
    (CASE WHEN jsonb_array_length(questions) < 20 THEN questions ELSE questions - 1 END)
    || jsonb_build_object('at', clock_timestamp(), 'note', %(note)s::text)
"""

_NEXT_QUESTION: LiteralString = (
    """
    UPDATE requests r
    SET ask_after = clock_timestamp() + %(seconds)s, asked = asked + 1, note = %(note)s, updated_at = clock_timestamp(),
        questions = """
    + _NOTED
)
_THIS_REQUEST: LiteralString = """
    WHERE r.tenant_id = %(tenant)s AND r.send_id = %(send)s AND r.id = %(request)s AND r.state = 'calling'
"""
_ASK_LATER = (
    _NEXT_QUESTION
    + ", owner = CASE WHEN %(ended)s AND owner = %(owner)s THEN '' ELSE owner END"
    + _THIS_REQUEST
)
_CALL_ENDED = _NEXT_QUESTION + ", owner = ''" + _THIS_REQUEST + "AND r.owner = %(owner)s"
_ASK_AT = (
    _NEXT_QUESTION
    + ", stage = CASE WHEN %(unseen)s THEN 'unseen' ELSE stage END"
    + _THIS_REQUEST
    + """
    AND EXISTS (SELECT FROM chunks c WHERE c.tenant_id = r.tenant_id AND c.send_id = r.send_id
                  AND c.no = r.chunk_no AND c.epoch = %(epoch)s)
    """
)


async def ask_later(
    conn: Conn, hold: Hold, request_id: UUID, *, seconds: float, note: str, ended: bool = False
) -> None:
    """Leave a request `calling` and give the chunk back until it is time to ask (again). `ended`: our own call has, so
    nobody of us is writing it any more."""
    await conn.execute(
        _ASK_LATER,
        {
            "ended": ended,
            "owner": hold.owner,
            "seconds": timedelta(seconds=seconds),
            "note": note,
            "tenant": hold.tenant_id,
            "send": hold.send_id,
            "request": request_id,
        },
    )
    await conn.execute(
        """
        UPDATE chunks SET lease_until = NULL, owner = NULL, due_at = clock_timestamp() + %s
        WHERE tenant_id = %s AND send_id = %s AND no = %s AND epoch = %s
        """,
        (timedelta(seconds=seconds), hold.tenant_id, hold.send_id, hold.chunk_no, hold.epoch),
    )


async def call_ended(conn: Conn, hold: Hold, request_id: UUID, *, seconds: float, note: str) -> None:
    """Our own call has ended without a clear answer: nobody is writing this request any more. Ask after a while."""
    await conn.execute(
        _CALL_ENDED,
        {
            "seconds": timedelta(seconds=seconds),
            "note": note,
            "tenant": hold.tenant_id,
            "send": hold.send_id,
            "request": request_id,
            "owner": hold.owner,
        },
    )


async def ask_at(
    conn: Conn, hold: Hold, request_id: UUID, *, seconds: float, note: str, unseen: bool = False
) -> None:
    """Set when to ask (again), without giving the chunk back. `unseen`: the carrier didn't know it, or not all of it."""
    await conn.execute(
        _ASK_AT,
        {
            "seconds": timedelta(seconds=seconds),
            "note": note,
            "unseen": unseen,
            "tenant": hold.tenant_id,
            "send": hold.send_id,
            "request": request_id,
            "epoch": hold.epoch,
        },
    )
