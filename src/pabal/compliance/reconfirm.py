"""Consents to adverts that have to be asked for again (정보통신망법 제50조 8항, 시행령 제62조의3; A-07): every two years.

Whoever is overdue is left out by the gate (dispatch.gate); here they are seen thirty days before.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from psycopg.rows import class_row

from pabal.kit.clock import KST
from pabal.kit.db import Conn

YEARS = timedelta(days=730)  # as the gate counts them
WARN = timedelta(days=30)  # ours


@dataclass(frozen=True, slots=True, repr=False)
class Due:
    contact_id: UUID
    card: str | None
    channel: str
    purpose: str
    at: datetime
    people: int  # of the whole list
    overdue: int

    @property
    def due_on(self) -> date:
        return (self.at + YEARS).astimezone(KST).date()


async def list_due(conn: Conn, now: datetime, *, limit: int) -> list[Due]:
    """Standing consents of a company's living people that are two years old within thirty days or were, the oldest first.

    As the gate reads them: a newer word about all channels stands for each of them, and what somebody who was merged away
    said is the survivor's (contacts.carry). Whoever refused since is asked nothing.
    """
    async with conn.cursor(row_factory=class_row(Due)) as cursor:
        await cursor.execute(
            """
            WITH newest AS (
                SELECT DISTINCT ON (k.contact_id, k.purpose, k.channel) k.contact_id, k.purpose, k.channel, k.state, k.at
                FROM consents k
                JOIN tenants t ON t.tenant_id = k.tenant_id AND t.kind <> 'camp'
                WHERE k.purpose IN ('marketing', 'marketing_night')
                ORDER BY k.contact_id, k.purpose, k.channel, k.at DESC, k.id DESC
            ), due AS (
                SELECT n.contact_id, n.channel, n.purpose, n.at FROM newest n
                JOIN contacts c ON c.id = n.contact_id AND c.erased_at IS NULL AND c.merged_into IS NULL
                WHERE n.state = 'granted' AND n.at < %(soon)s
                  AND NOT EXISTS (SELECT FROM newest a
                                  WHERE a.contact_id = n.contact_id AND a.purpose = n.purpose AND a.channel = 'all'
                                    AND a.at > n.at)
                  AND NOT EXISTS (SELECT FROM identities i JOIN suppressions s ON s.tenant_id = i.tenant_id
                                    AND s.address_key = i.address_key AND s.kind = i.kind
                                  WHERE i.contact_id = n.contact_id AND s.channel IN ('all', n.channel))
            ), page AS (
                SELECT d.*, (count(*) OVER ())::integer AS people,
                       (count(*) FILTER (WHERE d.at < %(overdue)s) OVER ())::integer AS overdue
                FROM due d ORDER BY d.at, d.contact_id, d.purpose LIMIT %(limit)s
            )
            SELECT p.contact_id, p.channel, p.purpose, p.at, p.people, p.overdue,
                   CASE WHEN c.pii IS NOT NULL THEN app.decrypt(c.pii) END AS card
            FROM page p JOIN contacts c ON c.id = p.contact_id ORDER BY p.at, p.contact_id, p.purpose
            """,
            {"soon": now - YEARS + WARN, "overdue": now - YEARS, "limit": limit},
        )
        return await cursor.fetchall()
