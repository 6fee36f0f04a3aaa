"""Refusals while a send runs: how many there were, and how long after one the last message to its address still went out.

A claim that was before the opt-out is in the carrier's hands; nothing is claimed after it. What lies between is this figure.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pabal.kit.db import Conn


@dataclass(frozen=True, slots=True)
class Refusals:
    """Of one send. `longest_seconds`: None when nobody was sent anything after their refusal."""

    during: int  # addresses of the send that were refused after its start
    stopped: int  # of them, messages that were left out because of it
    after: int  # calls to the carrier that began after the refusal had been committed
    longest_seconds: float | None
    as_of: datetime


async def refusals_of_send(conn: Conn, tenant_id: UUID, send_id: UUID) -> Refusals:
    """Through the send's own key of addresses: one look-up per refusal since its start."""
    cursor = await conn.execute(
        """
        WITH refused AS MATERIALIZED (
            SELECT p.address_key, min(p.created_at) AS at FROM suppressions p
            WHERE p.kind = 'phone' AND p.created_at >= (SELECT s.created_at FROM sends s WHERE s.id = %(send)s)
            GROUP BY p.address_key
        ), hit AS MATERIALIZED (
            SELECT m.seq, m.state, m.reason, r.at FROM refused r
            CROSS JOIN LATERAL (
                SELECT m.seq, m.state, m.reason FROM messages m
                WHERE m.tenant_id = %(tenant)s AND m.address_key = r.address_key AND m.send_id = %(send)s
            ) AS m
        ), late AS (
            SELECT extract(epoch FROM q.called_at - h.at)::float8 AS seconds
            FROM hit h
            JOIN attempts a ON a.tenant_id = %(tenant)s AND a.send_id = %(send)s AND a.seq = h.seq
            JOIN requests q ON q.tenant_id = a.tenant_id AND q.send_id = a.send_id AND q.id = a.request_id
            WHERE q.called_at > h.at
        )
        SELECT (SELECT count(*) FROM hit), (SELECT count(*) FROM hit WHERE state = 'skipped' AND reason = 'suppressed'),
               (SELECT count(*) FROM late), (SELECT max(seconds) FROM late), clock_timestamp()
        """,
        {"tenant": tenant_id, "send": send_id},
    )
    row = await cursor.fetchone()
    assert row is not None
    return Refusals(*row)
