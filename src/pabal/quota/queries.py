"""Reads of quota. A month that nobody has sent in yet has no row: its limit is today's, nothing is used."""

from dataclasses import dataclass
from uuid import UUID

from pabal.domain import quota as rules
from pabal.kit.db import Conn


@dataclass(frozen=True, slots=True)
class QuotaOverview:
    month: str
    limit: int
    used: int
    reserved: int
    remaining: int
    ceiling: int | None
    notices: tuple[rules.QuotaNotice, ...]


async def overview(conn: Conn, tenant_id: UUID, month: str) -> QuotaOverview:
    cursor = await conn.execute(
        """
        SELECT coalesce(m.monthly_limit, l.monthly_limit, 0), coalesce(m.used, 0), coalesce(m.reserved, 0),
               l.ceiling
        FROM (SELECT 1) AS always
        LEFT JOIN quota_limits l ON l.tenant_id = %(tenant_id)s
        LEFT JOIN quota_months m ON m.tenant_id = %(tenant_id)s AND m.month = %(month)s
        """,
        {"tenant_id": tenant_id, "month": month},
    )
    row = await cursor.fetchone()
    assert row is not None
    limit, used, reserved, ceiling = row
    return QuotaOverview(
        month=month,
        limit=limit,
        used=used,
        reserved=reserved,
        remaining=rules.remaining(limit, used, reserved),
        ceiling=ceiling,
        notices=rules.notices(limit, used, reserved),
    )


async def remaining(conn: Conn, tenant_id: UUID, month: str) -> int:
    """Units that could still be reserved in this month. A look, not a promise: `reserve` decides."""
    return (await overview(conn, tenant_id, month)).remaining
