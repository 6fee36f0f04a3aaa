"""The outcome that nearly every request has: the carrier took everybody.

What `ledger.apply_news` would do then is known beforehand (intent → accepted, reserved → settled, sending → accepted), so it
is done by two UPDATEs that change only rows standing exactly so, instead of locking, reading, judging and writing each row.
Whatever stands otherwise (a receipt was faster) is the ledger's: then nothing of this may be kept.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from pabal import quota
from pabal.dispatch.chunks import close_or_reopen
from pabal.dispatch.counters import Deltas, add_deltas, note_move
from pabal.dispatch.model import NOT_FROZEN, Hold
from pabal.domain.message import AttemptState, MessageState
from pabal.domain.news import News
from pabal.kit.db import Conn, int_array


class UnevenError(Exception):
    """Not everything stands as expected: roll back and let the ledger judge each."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """`poll`: when to ask for receipts that nobody brought; `release`: the request was the chunk's last one."""

    request_id: UUID
    news: Sequence[News]
    settled: bool
    poll: timedelta
    provider_id: str | None
    release: bool


def all_accepted(news: Sequence[News]) -> bool:
    """Does everybody's news say the same: accepted, at the same try, in the same words? Each person once."""
    if not news:
        return False
    first = news[0]
    alike = (AttemptState.ACCEPTED, first.n, first.code, None, False)
    words = {(one.state, one.n, one.code, one.failure_class, one.presumed) for one in news}
    return words == {alike} and len({one.seq for one in news}) == len(news)


async def write_accepted(conn: Conn, hold: Hold, accepted: Accepted) -> None:
    """For news that are `all_accepted`, about one request, in a `tenant_tx_piped`. What locks and what writes travels in one
    trip, in the ledger's order (send, chunk, request, attempts, messages); what it met is looked at afterwards."""
    seqs = sorted(one.seq for one in accepted.news)
    first = accepted.news[0]
    where = {
        "tenant": hold.tenant_id,
        "send": hold.send_id,
        "no": hold.chunk_no,
        "epoch": hold.epoch,
        "request": accepted.request_id,
        # Of a whole chunk nobody is named: a range is cheaper to look for than 500 numbers.
        "seqs": None if seqs[-1] - seqs[0] + 1 == len(seqs) else int_array(seqs),
        "low": seqs[0],
        "high": seqs[-1],
        "n": first.n,
        "code": first.code,
        "providers": Jsonb({str(one.seq): one.provider_id for one in accepted.news if one.provider_id}),
        "settled": accepted.settled,
        "poll": accepted.poll,
        "provider": accepted.provider_id,
    }
    await conn.execute(_LOCK_SEND, where)
    answered = await conn.execute(_ANSWERED, where)
    attempts = await conn.execute(_ATTEMPTS, where)
    messages = await conn.execute(_MESSAGES, where)
    units = await attempts.fetchall()
    moved = await messages.fetchone()
    if await answered.fetchone() is None or moved is None:
        raise UnevenError
    if not sum(count for *_, count in units) == moved[0] == len(seqs):
        raise UnevenError
    if accepted.release:
        await close_or_reopen(conn, hold)
    for month, state, count in sorted(units, key=str):
        if state == "settled" and month is not None:
            await quota.settle(
                conn, hold.tenant_id, month, count, send_id=hold.send_id, request_id=accepted.request_id
            )
    deltas: Deltas = Counter()
    note_move(deltas, (MessageState.SENDING, None), (MessageState.ACCEPTED, None), len(seqs))
    await add_deltas(conn, hold.tenant_id, hold.send_id, deltas)


_LOCK_SEND: LiteralString = (
    "SELECT " + NOT_FROZEN + " FROM sends WHERE tenant_id = %(tenant)s AND id = %(send)s FOR SHARE"
)

_ANSWERED: LiteralString = """
    WITH ours AS (
        SELECT FROM chunks WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND no = %(no)s AND epoch = %(epoch)s
        FOR NO KEY UPDATE
    )
    UPDATE requests
    SET state = CASE WHEN %(settled)s THEN 'answered' ELSE state END,
        poll_after = CASE WHEN %(settled)s THEN clock_timestamp() + %(poll)s ELSE poll_after END,
        provider_id = coalesce(%(provider)s, provider_id), updated_at = clock_timestamp()
    FROM ours
    WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND id = %(request)s AND state = 'calling'
    RETURNING 1
"""

_ATTEMPTS: LiteralString = """
    WITH moved AS (
        UPDATE attempts
        SET state = 'accepted', code = coalesce(nullif(%(code)s, ''), code),
            provider_id = coalesce(%(providers)s::jsonb ->> seq::text, provider_id),
            quota_state = CASE quota_state WHEN 'reserved' THEN 'settled' ELSE quota_state END,
            updated_at = clock_timestamp()
        WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq BETWEEN %(low)s AND %(high)s
          AND (%(seqs)s::int[] IS NULL OR seq = ANY(%(seqs)s::int[]))
          AND n = %(n)s AND request_id = %(request)s AND state = 'intent'
          AND quota_state IN ('none', 'reserved')
        RETURNING quota_month, quota_state
    )
    SELECT quota_month, quota_state, count(*) FROM moved GROUP BY 1, 2
"""

_MESSAGES: LiteralString = """
    WITH moved AS (
        UPDATE messages SET state = 'accepted', updated_at = clock_timestamp(),
               contacted_at = coalesce(contacted_at, CASE WHEN (
                   SELECT NOT s.rehearse FROM sends s WHERE s.tenant_id = %(tenant)s AND s.id = %(send)s
               ) THEN clock_timestamp() END)
        WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq BETWEEN %(low)s AND %(high)s
          AND (%(seqs)s::int[] IS NULL OR seq = ANY(%(seqs)s::int[]))
          AND attempts = %(n)s AND state = 'sending' AND reason IS NULL
        RETURNING 1
    )
    SELECT count(*) FROM moved
"""
