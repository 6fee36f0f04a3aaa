"""Where a month's units went: the sums behind the bar, send by send, and every single movement.

Sums of entries and the month's row are read in one statement: a send that runs meanwhile moves both in one transaction, so
they are equal in every snapshot or something is wrong.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg.rows import class_row

from pabal.domain import quota as rules
from pabal.kit.db import Conn, Database, tenant_tx
from pabal.kit.http.errors import NOT_FOUND, Problem

EntryKind = Literal["reserve", "settle", "release"]
MONTHS_SHOWN = 36
WAITING_SHOWN = 20
_EXPORT_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class MonthRow:
    month: str
    limit: int
    used: int
    reserved: int


@dataclass(frozen=True, slots=True)
class Sums:
    """Of the month's entries, by kind."""

    reserved: int
    settled: int
    released: int


@dataclass(frozen=True, slots=True)
class MonthDetail:
    month: str
    limit: int
    used: int
    reserved: int
    remaining: int
    ceiling: int | None
    sums: Sums

    @property
    def agrees(self) -> bool:
        """Do the movements account for every unit of the bar?"""
        still = self.sums.reserved - self.sums.settled - self.sums.released
        return (self.used, self.reserved) == (self.sums.settled, still)


@dataclass(frozen=True, slots=True)
class WaitingSend:
    """A send that goes on by itself as soon as there are units."""

    send_id: UUID
    kind: str
    campaign_id: UUID | None
    name: str | None
    people: int


@dataclass(frozen=True, slots=True)
class SendUnits:
    """What one send took of a month. `open`: reserved and neither used nor given back yet."""

    send_id: UUID
    campaign_id: UUID | None
    name: str | None
    kind: str | None
    state: str | None
    reserved: int
    settled: int
    released: int
    movements: int
    last_at: datetime

    @property
    def open(self) -> int:
        return self.reserved - self.settled - self.released


@dataclass(frozen=True, slots=True)
class Entry:
    id: UUID
    at: datetime
    month: str
    kind: EntryKind
    units: int
    send_id: UUID
    send_kind: str | None
    request_id: UUID | None
    campaign_id: UUID | None
    name: str | None


async def read_month(conn: Conn, tenant_id: UUID, month: str, *, current: bool) -> MonthDetail:
    """The current month exists even if nobody has sent in it yet; any other only if somebody has."""
    cursor = await conn.execute(
        """
        SELECT m.month IS NOT NULL, coalesce(m.monthly_limit, l.monthly_limit, 0), coalesce(m.used, 0),
               coalesce(m.reserved, 0), l.ceiling, e.reserved, e.settled, e.released
        FROM (SELECT coalesce(sum(units) FILTER (WHERE kind = 'reserve'), 0)::bigint AS reserved,
                     coalesce(sum(units) FILTER (WHERE kind = 'settle'), 0)::bigint AS settled,
                     coalesce(sum(units) FILTER (WHERE kind = 'release'), 0)::bigint AS released
              FROM quota_entries WHERE tenant_id = %(tenant_id)s AND month = %(month)s) AS e
        LEFT JOIN quota_limits l ON l.tenant_id = %(tenant_id)s
        LEFT JOIN quota_months m ON m.tenant_id = %(tenant_id)s AND m.month = %(month)s
        """,
        {"tenant_id": tenant_id, "month": month},
    )
    row = await cursor.fetchone()
    assert row is not None
    known, limit, used, reserved, ceiling, *sums = row
    if not (known or current):
        raise Problem(NOT_FOUND, detail="이 달에는 보낸 것이 없어요.")
    left = rules.remaining(limit, used, reserved)
    return MonthDetail(month, limit, used, reserved, left, ceiling, Sums(*sums))


async def list_months(conn: Conn, tenant_id: UUID) -> list[MonthRow]:
    """Newest first; three years, more than any page shows."""
    async with conn.cursor(row_factory=class_row(MonthRow)) as cursor:
        await cursor.execute(
            """
            SELECT month, monthly_limit AS "limit", used, reserved FROM quota_months
            WHERE tenant_id = %s ORDER BY month DESC LIMIT %s
            """,
            (tenant_id, MONTHS_SHOWN),
        )
        return await cursor.fetchall()


async def waiting(conn: Conn, tenant_id: UUID) -> list[WaitingSend]:
    """Sends that the limit holds, oldest first, with the people who wait in them: a handful of counters each."""
    async with conn.cursor(row_factory=class_row(WaitingSend)) as cursor:
        await cursor.execute(
            """
            SELECT s.id AS send_id, s.kind, s.campaign_id, c.name,
                   coalesce((SELECT sum(n) FROM send_counters k
                             WHERE k.tenant_id = s.tenant_id AND k.send_id = s.id AND k.state = 'queued'),
                            0)::bigint AS people
            FROM sends s LEFT JOIN campaigns c ON c.tenant_id = s.tenant_id AND c.id = s.campaign_id
            WHERE s.tenant_id = %s AND s.finished_at IS NULL AND s.state = 'held' AND s.hold_reason = 'quota'
            ORDER BY s.created_at LIMIT %s
            """,
            (tenant_id, WAITING_SHOWN),
        )
        return await cursor.fetchall()


async def waiting_people(conn: Conn, tenant_id: UUID) -> int:
    """Of all sends that the limit holds. Counters alone, and none at all while nothing is held: every page may ask."""
    cursor = await conn.execute(
        """
        SELECT coalesce(sum(k.n), 0)::bigint
        FROM sends s JOIN send_counters k ON k.tenant_id = s.tenant_id AND k.send_id = s.id AND k.state = 'queued'
        WHERE s.tenant_id = %s AND s.finished_at IS NULL AND s.state = 'held' AND s.hold_reason = 'quota'
        """,
        (tenant_id,),
    )
    row = await cursor.fetchone()
    return 0 if row is None else int(row[0])


async def kept_for_uncertain(conn: Conn, tenant_id: UUID, month: str) -> int:
    """Reserved units that wait for a person's answer: nobody knows whether those messages went out.

    Sends with such people come from a partial index; of these the attempts are read, 100,000 of a large send. For the page
    of the limit, not for what every page asks.
    """
    cursor = await conn.execute(
        """
        SELECT count(*) FROM attempts
        WHERE tenant_id = %(tenant_id)s AND state = 'uncertain' AND quota_state = 'reserved' AND quota_month = %(month)s
          AND send_id IN (SELECT k.send_id FROM send_counters k
                          WHERE k.tenant_id = %(tenant_id)s AND k.state = 'uncertain'
                          GROUP BY k.send_id HAVING sum(k.n) > 0)
        """,
        {"tenant_id": tenant_id, "month": month},
    )
    row = await cursor.fetchone()
    return 0 if row is None else int(row[0])


async def units_by_send(
    conn: Conn, tenant_id: UUID, month: str, *, before: UUID | None = None, limit: int = 50
) -> Sequence[SendUnits]:
    """Newest send first. The grouped half walks one index backwards and stops after `limit` sends."""
    async with conn.cursor(row_factory=class_row(SendUnits)) as cursor:
        await cursor.execute(
            """
            SELECT e.send_id, s.campaign_id, c.name, s.kind, s.state, e.reserved, e.settled, e.released, e.movements,
                   e.last_at
            FROM (SELECT send_id, coalesce(sum(units) FILTER (WHERE kind = 'reserve'), 0)::bigint AS reserved,
                         coalesce(sum(units) FILTER (WHERE kind = 'settle'), 0)::bigint AS settled,
                         coalesce(sum(units) FILTER (WHERE kind = 'release'), 0)::bigint AS released,
                         count(*) AS movements, max(at) AS last_at
                  FROM quota_entries
                  WHERE tenant_id = %(tenant_id)s AND month = %(month)s
                    AND (%(before)s::uuid IS NULL OR send_id < %(before)s)
                  GROUP BY send_id ORDER BY send_id DESC LIMIT %(limit)s) AS e
            LEFT JOIN sends s ON s.tenant_id = %(tenant_id)s AND s.id = e.send_id
            LEFT JOIN campaigns c ON c.tenant_id = s.tenant_id AND c.id = s.campaign_id
            ORDER BY e.send_id DESC
            """,
            {"tenant_id": tenant_id, "month": month, "before": before, "limit": limit},
        )
        return await cursor.fetchall()


async def list_entries(
    conn: Conn,
    tenant_id: UUID,
    month: str,
    *,
    campaign_id: UUID | None = None,
    send_id: UUID | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> Sequence[Entry]:
    """Newest first, of the whole month, of a campaign or of one send."""
    async with conn.cursor(row_factory=class_row(Entry)) as cursor:
        await cursor.execute(
            """
            SELECT e.id, e.at, e.month, e.kind, e.units, e.send_id, s.kind AS send_kind, e.request_id, s.campaign_id,
                   c.name
            FROM quota_entries e
            LEFT JOIN sends s ON s.tenant_id = e.tenant_id AND s.id = e.send_id
            LEFT JOIN campaigns c ON c.tenant_id = s.tenant_id AND c.id = s.campaign_id
            WHERE e.tenant_id = %(tenant_id)s AND e.month = %(month)s
              AND (%(before)s::uuid IS NULL OR e.id < %(before)s)
              AND (%(send)s::uuid IS NULL OR e.send_id = %(send)s)
              AND (%(campaign)s::uuid IS NULL OR e.send_id IN (
                    SELECT o.id FROM sends o WHERE o.tenant_id = %(tenant_id)s AND o.campaign_id = %(campaign)s))
            ORDER BY e.id DESC LIMIT %(limit)s
            """,
            {
                "tenant_id": tenant_id,
                "month": month,
                "campaign": campaign_id,
                "send": send_id,
                "before": before,
                "limit": limit,
            },
        )
        return await cursor.fetchall()


async def all_entries(
    db: Database, tenant_id: UUID, month: str, *, campaign_id: UUID | None, send_id: UUID | None
) -> AsyncIterator[Sequence[Entry]]:
    """A page at a time, each in its own short transaction: a slow reader holds no connection."""
    before: UUID | None = None
    while True:
        async with tenant_tx(db, tenant_id) as conn:
            page = await list_entries(
                conn,
                tenant_id,
                month,
                campaign_id=campaign_id,
                send_id=send_id,
                before=before,
                limit=_EXPORT_PAGE,
            )
        if page:
            yield page
        if len(page) < _EXPORT_PAGE:
            return
        before = page[-1].id
