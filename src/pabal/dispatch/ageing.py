"""What the books over all sends are read from: which sends have somebody open, a month's units, news nobody could apply."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pabal.dispatch.receipts import KEEP_WAITING
from pabal.kit.db import Conn


@dataclass(frozen=True, slots=True)
class SendLine:
    id: UUID
    campaign_id: UUID | None
    state: str
    rehearse: bool
    created_at: datetime
    audience: int


async def open_sends(conn: Conn, tenant_id: UUID) -> list[SendLine]:
    """Sends with somebody open, oldest first: those that aren't over, and those that are but for people of unknown fate.
    Two partial indexes; nobody's row is read."""
    cursor = await conn.execute(
        """
        SELECT id, campaign_id, state, rehearse, created_at, audience FROM sends
        WHERE tenant_id = %(tenant)s AND id IN (
            SELECT id FROM sends WHERE tenant_id = %(tenant)s AND finished_at IS NULL
            UNION
            SELECT send_id FROM send_counters WHERE tenant_id = %(tenant)s AND state = 'uncertain'
            GROUP BY send_id HAVING sum(n) > 0)
        ORDER BY id
        """,
        {"tenant": tenant_id},
    )
    return [SendLine(*row) for row in await cursor.fetchall()]


async def sends_between(
    conn: Conn, tenant_id: UUID, start: datetime, end: datetime, *, before: UUID | None, limit: int
) -> list[SendLine]:
    """Sends launched in this time, newest first: a range of ids, which begin with their time."""
    cursor = await conn.execute(
        """
        SELECT id, campaign_id, state, rehearse, created_at, audience FROM sends
        WHERE tenant_id = %(tenant)s AND id >= app.uuid7_floor(%(start)s) AND id < app.uuid7_floor(%(end)s)
          AND (%(before)s::uuid IS NULL OR id < %(before)s)
        ORDER BY id DESC LIMIT %(limit)s
        """,
        {"tenant": tenant_id, "start": start, "end": end, "before": before, "limit": limit},
    )
    return [SendLine(*row) for row in await cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class MonthUnits:
    """A month's account of units beside the sum of its movements."""

    month: str
    limit: int
    used: int
    reserved: int
    entered_used: int
    entered_reserved: int

    @property
    def equal(self) -> bool:
        return (self.used, self.reserved) == (self.entered_used, self.entered_reserved)


async def month_units(conn: Conn, tenant_id: UUID, month: str) -> MonthUnits:
    """Some two movements per request: 6,000 rows for a month of a million messages."""
    cursor = await conn.execute(
        """
        SELECT coalesce(m.monthly_limit, l.monthly_limit, 0), coalesce(m.used, 0), coalesce(m.reserved, 0),
               coalesce(e.settled, 0)::bigint, coalesce(e.reserved - e.settled - e.released, 0)::bigint
        FROM (SELECT 1) AS always
        LEFT JOIN quota_limits l ON l.tenant_id = %(tenant)s
        LEFT JOIN quota_months m ON m.tenant_id = %(tenant)s AND m.month = %(month)s
        LEFT JOIN (SELECT coalesce(sum(units) FILTER (WHERE kind = 'reserve'), 0) AS reserved,
                          coalesce(sum(units) FILTER (WHERE kind = 'settle'), 0) AS settled,
                          coalesce(sum(units) FILTER (WHERE kind = 'release'), 0) AS released
                   FROM quota_entries WHERE tenant_id = %(tenant)s AND month = %(month)s) AS e ON true
        """,
        {"tenant": tenant_id, "month": month},
    )
    row = await cursor.fetchone()
    assert row is not None
    return MonthUnits(month, *row)


@dataclass(frozen=True, slots=True)
class Unmatched:
    """News of an account about tries that we don't have (a restore, a race), and news that waits for its turn."""

    account_id: UUID
    account_name: str
    bodies: int  # raw deliveries; each may tell of up to 100 people
    oldest: datetime
    next_at: datetime
    given_up_at: datetime


async def unmatched(conn: Conn, tenant_id: UUID) -> list[Unmatched]:
    cursor = await conn.execute(
        """
        SELECT r.account_id, a.name, r.n, r.oldest, r.next_at, r.oldest + %(keep)s::interval
        FROM (SELECT account_id, count(*) AS n, min(received_at) AS oldest, min(due_at) AS next_at FROM receipts
              WHERE tenant_id = %(tenant)s AND state IN ('new', 'waiting') GROUP BY 1) AS r
        JOIN carrier_accounts a ON a.tenant_id = %(tenant)s AND a.id = r.account_id
        ORDER BY r.oldest
        """,
        {"tenant": tenant_id, "keep": KEEP_WAITING},
    )
    return [Unmatched(*row) for row in await cursor.fetchall()]
