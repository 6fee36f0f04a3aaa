"""A chunk under our lease and its requests: who is open, what is void, when it is due again.

The caller holds the send FOR SHARE and the chunk (docs/dispatch.md, lock order).
"""

from datetime import timedelta
from uuid import UUID

from pabal.dispatch.ledger import apply_news
from pabal.dispatch.model import Hold, RequestRow, SendRow
from pabal.domain.message import AttemptState
from pabal.domain.news import News
from pabal.kit.db import Conn


async def open_requests(conn: Conn, hold: Hold) -> list[RequestRow]:
    """Requests of the chunk that nobody has settled, locked."""
    cursor = await conn.execute(
        """
        SELECT id, chunk_no, state, stage, step, account_id, provider_id, size, owner, asked,
               discarded_at IS NOT NULL, coalesce(ask_after <= clock_timestamp(), true),
               channel, request_key, coalesce(called_at, created_at), created_at, ask_after IS NOT NULL
        FROM requests
        WHERE tenant_id = %s AND send_id = %s AND chunk_no = %s AND state IN ('planned', 'calling')
        ORDER BY id
        FOR NO KEY UPDATE
        """,
        (hold.tenant_id, hold.send_id, hold.chunk_no),
    )
    return [RequestRow(*row) for row in await cursor.fetchall()]


async def void_planned(conn: Conn, send: SendRow, hold: Hold) -> list[RequestRow]:
    """Intent that was never called: its people go back to queued, its units are free again. The others are returned."""
    requests = await open_requests(conn, hold)
    for request in requests:
        if request.state == "planned":
            await void_request(conn, send, hold, request.id, note="never called")
    return [request for request in requests if request.state != "planned"]


async def void_request(conn: Conn, send: SendRow, hold: Hold, request_id: UUID, *, note: str) -> None:
    """Proven not to go out: void the open attempts of a request (the caller holds the chunk)."""
    await conn.execute(
        """
        UPDATE requests SET state = 'voided', note = %s, poll_after = NULL, updated_at = clock_timestamp()
        WHERE tenant_id = %s AND send_id = %s AND id = %s AND state IN ('planned', 'calling')
        """,
        (note, hold.tenant_id, hold.send_id, request_id),
    )
    await apply_news(
        conn,
        send,
        [
            News(seq, n, AttemptState.VOIDED, code=note)
            for seq, n in await open_attempts(conn, hold, request_id)
        ],
    )


async def open_attempts(conn: Conn, hold: Hold, request_id: UUID) -> list[tuple[int, int]]:
    """(seq, n) of a request's attempts whose fate isn't known."""
    cursor = await conn.execute(
        """
        SELECT seq, n FROM attempts
        WHERE tenant_id = %s AND send_id = %s AND seq BETWEEN %s AND %s AND request_id = %s
          AND state IN ('intent', 'unknown')
        ORDER BY seq, n
        """,
        (hold.tenant_id, hold.send_id, hold.seq_from, hold.seq_to, request_id),
    )
    return [(seq, n) for seq, n in await cursor.fetchall()]


async def close_or_reopen(conn: Conn, hold: Hold, *, again_after: float = 0.0) -> None:
    """Give the chunk back: done when none of its people waits for it, else due again: when the next of its open requests
    may be asked about, or at once."""
    await conn.execute(
        """
        UPDATE chunks c
        SET state = CASE WHEN busy.yes THEN 'open' ELSE 'done' END, lease_until = NULL, owner = NULL,
            due_at = coalesce((SELECT min(r.ask_after) FROM requests r
                               WHERE r.tenant_id = %(tenant)s AND r.send_id = %(send)s AND r.chunk_no = %(no)s
                                 AND r.state = 'calling'),
                              clock_timestamp() + %(again)s)
        FROM (SELECT EXISTS (
                  SELECT FROM messages m
                  WHERE m.tenant_id = %(tenant)s AND m.send_id = %(send)s AND m.seq BETWEEN %(seq_from)s AND %(seq_to)s
                    AND (%(members)s::int[] IS NULL OR m.seq = ANY(%(members)s::int[]))
                    AND m.state = 'queued' AND m.step = %(step)s
                    AND NOT EXISTS (SELECT FROM retries r
                                    WHERE r.tenant_id = m.tenant_id AND r.send_id = m.send_id AND r.seq = m.seq))
                OR EXISTS (
                  SELECT FROM requests r
                  WHERE r.tenant_id = %(tenant)s AND r.send_id = %(send)s AND r.chunk_no = %(no)s
                    AND r.state IN ('planned', 'calling')) AS yes) AS busy
        WHERE c.tenant_id = %(tenant)s AND c.send_id = %(send)s AND c.no = %(no)s AND c.epoch = %(epoch)s
        """,
        {
            "tenant": hold.tenant_id,
            "send": hold.send_id,
            "no": hold.chunk_no,
            "epoch": hold.epoch,
            "again": timedelta(seconds=again_after),
            "seq_from": hold.seq_from,
            "seq_to": hold.seq_to,
            "members": None if hold.members is None else list(hold.members),
            "step": hold.step,
        },
    )
