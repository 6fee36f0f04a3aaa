"""People of a send as a table that somebody takes away: what became of each, on which channel, in the carrier's own code."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pabal.dispatch.reads import MessageLine, message_line
from pabal.kit.db import Conn


@dataclass(frozen=True, slots=True)
class Recipient:
    """`channel` and `code` are of the newest try; empty if there was none."""

    line: MessageLine
    channel: str
    code: str
    tried_at: datetime | None


async def list_recipients(
    conn: Conn,
    tenant_id: UUID,
    send_id: UUID,
    *,
    state: str | None,
    reason: str | None,
    after_seq: int,
    limit: int,
) -> list[Recipient]:
    """By sequence. The page is cut before anything is joined: a look-up by primary key for each line of it."""
    cursor = await conn.execute(
        """
        SELECT coalesce(a.channel, ''), coalesce(a.code, ''), a.created_at,
               m.seq, m.contact_id, m.state, m.reason, m.step, m.attempts, m.updated_at, m.address_no,
               app.decrypt(coalesce(m.snapshot, c.pii))
        FROM (SELECT * FROM messages
              WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq > %(after)s
                AND (%(state)s::text IS NULL OR state = %(state)s) AND (%(reason)s::text IS NULL OR reason = %(reason)s)
              ORDER BY seq LIMIT %(limit)s) AS m
        LEFT JOIN LATERAL (
            SELECT t.channel, t.code, t.created_at FROM attempts t
            WHERE t.tenant_id = m.tenant_id AND t.send_id = m.send_id AND t.seq = m.seq AND t.n = m.attempts
            LIMIT 1) AS a ON true
        LEFT JOIN contacts c ON c.tenant_id = m.tenant_id AND c.id = m.contact_id
        ORDER BY m.seq
        """,
        {
            "tenant": tenant_id,
            "send": send_id,
            "after": after_seq,
            "state": state,
            "reason": reason,
            "limit": limit,
        },
    )
    return [
        Recipient(message_line(send_id, row[3:]), row[0], row[1], row[2]) for row in await cursor.fetchall()
    ]
