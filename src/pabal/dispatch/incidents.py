"""What may have gone wrong with somebody: written by `ledger` when news contradicts what we hold, read by the workbench.

Nothing is decided here. An incident is a fact about the past; it stays. Somebody who has looked at one says so, and it is
out of the list of what waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pabal.dispatch.reads import MessageLine, message_line
from pabal.kit.db import Conn

COUNTED = 1000  # a figure beside a word needs no more


@dataclass(frozen=True, slots=True)
class Incident:
    line: MessageLine  # of whom
    id: UUID
    kind: str  # maybe_twice, contradicting_final, overlap
    at: datetime
    send_id: UUID
    campaign_id: UUID | None
    rehearse: bool
    n: int  # the try that the news was about
    channel: str
    account_name: str
    news: str  # what was said about that try
    code: str
    seen_at: datetime | None
    seen_by: UUID | None


async def count_incidents(conn: Conn, tenant_id: UUID) -> int:
    """Those that nobody has looked at yet."""
    cursor = await conn.execute(
        "SELECT count(*) FROM (SELECT FROM incidents WHERE tenant_id = %s AND seen_at IS NULL LIMIT %s) AS capped",
        (tenant_id, COUNTED),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def list_incidents(
    conn: Conn,
    tenant_id: UUID,
    *,
    campaign_id: UUID | None = None,
    seen: bool | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[Incident]:
    """Newest first; `seen`: only those that somebody has, or nobody has, looked at.

    The page is cut before anything is joined: a look-up by primary key for each line of it.
    """
    cursor = await conn.execute(
        """
        SELECT i.id, i.kind, i.created_at, i.send_id, s.campaign_id, s.rehearse, i.n,
               coalesce(t.channel, ''), coalesce(a.name, ''), coalesce(i.detail ->> 'news', ''),
               coalesce(i.detail ->> 'code', ''), i.seen_at, i.seen_by,
               m.seq, m.contact_id, m.state, m.reason, m.step, m.attempts, m.updated_at, m.address_no,
               app.decrypt(coalesce(m.snapshot, c.pii))
        FROM (SELECT * FROM incidents
              WHERE tenant_id = %(tenant)s AND (%(before)s::uuid IS NULL OR id < %(before)s)
                AND (%(seen)s::boolean IS NULL OR (seen_at IS NOT NULL) = %(seen)s)
                AND (%(campaign)s::uuid IS NULL
                     OR send_id IN (SELECT id FROM sends WHERE tenant_id = %(tenant)s AND campaign_id = %(campaign)s))
              ORDER BY id DESC LIMIT %(limit)s) AS i
        JOIN sends s ON s.tenant_id = i.tenant_id AND s.id = i.send_id
        JOIN messages m ON m.tenant_id = i.tenant_id AND m.send_id = i.send_id AND m.seq = i.seq
        LEFT JOIN attempts t
               ON t.tenant_id = i.tenant_id AND t.send_id = i.send_id AND t.seq = i.seq AND t.n = i.n
        LEFT JOIN requests r ON r.tenant_id = t.tenant_id AND r.send_id = t.send_id AND r.id = t.request_id
        LEFT JOIN carrier_accounts a ON a.tenant_id = r.tenant_id AND a.id = r.account_id
        LEFT JOIN contacts c ON c.tenant_id = m.tenant_id AND c.id = m.contact_id
        ORDER BY i.id DESC
        """,
        {"tenant": tenant_id, "before": before, "campaign": campaign_id, "seen": seen, "limit": limit},
    )
    return [_incident(row) for row in await cursor.fetchall()]


def _incident(row: tuple[Any, ...]) -> Incident:
    facts, message = row[:13], row[13:]
    return Incident(message_line(facts[3], message), *facts)


async def mark_incidents(
    conn: Conn, tenant_id: UUID, incidents: Sequence[UUID], *, seen: bool, by: UUID | None
) -> list[UUID]:
    """Which of them changed. Whoever looked first stays the one who did."""
    cursor = await conn.execute(
        """
        UPDATE incidents
        SET seen_at = CASE WHEN %(seen)s THEN clock_timestamp() END, seen_by = CASE WHEN %(seen)s THEN %(by)s::uuid END
        WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s::uuid[]) AND (seen_at IS NOT NULL) <> %(seen)s
        RETURNING id
        """,
        {"tenant": tenant_id, "ids": list(incidents), "seen": seen, "by": by},
    )
    return [row[0] for row in await cursor.fetchall()]
