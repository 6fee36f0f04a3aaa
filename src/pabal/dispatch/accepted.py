"""The outcome that nearly every request has: the carrier took everybody.

What `ledger.apply_news` would do then is known beforehand (intent → accepted, reserved → settled, sending → accepted), so it
is done by two UPDATEs that change only rows standing exactly so, instead of locking, reading, judging and writing each row.
Whatever stands otherwise (a receipt was faster) is the ledger's: then nothing of this may be kept.
"""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from psycopg.types.json import Jsonb

from pabal import quota
from pabal.dispatch.counters import Deltas, add_deltas, note_move
from pabal.dispatch.model import SendRow
from pabal.domain.message import AttemptState, MessageState
from pabal.domain.news import News
from pabal.kit.db import Conn, int_array


class UnevenError(Exception):
    """Not everybody stands as expected: roll back and let the ledger judge each."""


def all_accepted(news: Sequence[News]) -> bool:
    """Does everybody's news say the same: accepted, at the same try, in the same words? Each person once."""
    if not news:
        return False
    first = news[0]
    alike = (AttemptState.ACCEPTED, first.n, first.code, None, False)
    words = {(one.state, one.n, one.code, one.failure_class, one.presumed) for one in news}
    return words == {alike} and len({one.seq for one in news}) == len(news)


async def apply_accepted(conn: Conn, send: SendRow, request_id: UUID, news: Sequence[News]) -> None:
    """For news that are `all_accepted`, about one request. The caller holds the send and the chunk. Attempts before messages,
    like everybody who locks both."""
    seqs = sorted(one.seq for one in news)
    where = {
        "tenant": send.tenant_id,
        "send": send.id,
        # Of a whole chunk nobody is named: a range is cheaper to look for than 500 numbers.
        "seqs": None if seqs[-1] - seqs[0] + 1 == len(seqs) else int_array(seqs),
        "low": seqs[0],
        "high": seqs[-1],
        "n": news[0].n,
    }
    cursor = await conn.execute(
        """
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
        """,
        {
            **where,
            "request": request_id,
            "code": news[0].code,
            "providers": Jsonb({str(one.seq): one.provider_id for one in news if one.provider_id}),
        },
    )
    settled = await cursor.fetchall()
    cursor = await conn.execute(
        """
        WITH moved AS (
            UPDATE messages SET state = 'accepted', updated_at = clock_timestamp()
            WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq BETWEEN %(low)s AND %(high)s
              AND (%(seqs)s::int[] IS NULL OR seq = ANY(%(seqs)s::int[]))
              AND attempts = %(n)s AND state = 'sending' AND reason IS NULL
            RETURNING 1
        )
        SELECT count(*) FROM moved
        """,
        where,
    )
    row = await cursor.fetchone()
    if row is None or not sum(count for *_, count in settled) == row[0] == len(seqs):
        raise UnevenError
    for month, state, count in sorted(settled, key=str):
        if state == "settled" and month is not None:
            await quota.settle(conn, send.tenant_id, month, count, send_id=send.id, request_id=request_id)
    deltas: Deltas = Counter()
    note_move(deltas, (MessageState.SENDING, None), (MessageState.ACCEPTED, None), len(seqs))
    await add_deltas(conn, send.tenant_id, send.id, deltas)
