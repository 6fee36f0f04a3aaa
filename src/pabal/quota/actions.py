"""Writes of quota. Every function runs in its caller's transaction.

Lock order: the limits, then the month. The month is always a parameter: units go back to the month they were
reserved in, however late the receipt comes.
"""

from uuid import UUID

from pabal.domain.ids import new_id
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, FieldError, Problem, declare

BELOW_USAGE = declare("quota_below_usage", 409, "이미 쓴 것보다 낮은 한도로는 바꿀 수 없어요")
ABOVE_CEILING = declare("quota_above_ceiling", 409, "운영자가 정한 상한보다 높은 한도로는 바꿀 수 없어요")


async def set_limit(conn: Conn, tenant_id: UUID, monthly_limit: int, ceiling: int | None = None) -> None:
    """The operator's act, when a tenant is made. Months that exist keep their limit."""
    await conn.execute(
        """
        INSERT INTO quota_limits (tenant_id, monthly_limit, ceiling)
        VALUES (%(tenant_id)s, %(monthly_limit)s, %(ceiling)s)
        ON CONFLICT (tenant_id) DO UPDATE
        SET monthly_limit = excluded.monthly_limit, ceiling = excluded.ceiling
        """,
        {"tenant_id": tenant_id, "monthly_limit": monthly_limit, "ceiling": ceiling},
    )


async def ensure_limit(conn: Conn, tenant_id: UUID, monthly_limit: int, ceiling: int | None = None) -> None:
    """A limit where there is none yet: making a tenant may be repeated, and its owner may have changed it."""
    await conn.execute(
        "INSERT INTO quota_limits (tenant_id, monthly_limit, ceiling) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        (tenant_id, monthly_limit, ceiling),
    )


async def ensure_month(conn: Conn, tenant_id: UUID, month: str) -> None:
    """Open a month with the limit of today. Without a limit there is no month, so nothing is ever granted.

    FOR SHARE on the limit: a month opened beside a running `change_limit` would keep the old figure.
    """
    await conn.execute(
        """
        INSERT INTO quota_months (tenant_id, month, monthly_limit)
        SELECT tenant_id, %(month)s, monthly_limit FROM quota_limits WHERE tenant_id = %(tenant_id)s FOR SHARE
        ON CONFLICT (tenant_id, month) DO NOTHING
        """,
        {"tenant_id": tenant_id, "month": month},
    )


async def reserve(
    conn: Conn, tenant_id: UUID, month: str, units: int, *, send_id: UUID, request_id: UUID | None
) -> int:
    """Take as many of `units` as still fit; how many that were. The month stays locked until the commit."""
    if units <= 0:
        return 0
    granted = await _try_reserve(conn, tenant_id, month, units, send_id=send_id, request_id=request_id)
    if granted is None:
        await ensure_month(conn, tenant_id, month)
        granted = await _try_reserve(conn, tenant_id, month, units, send_id=send_id, request_id=request_id)
    return granted or 0


async def _try_reserve(
    conn: Conn, tenant_id: UUID, month: str, units: int, *, send_id: UUID, request_id: UUID | None
) -> int | None:
    """None when the month isn't open yet.

    READ COMMITTED: FOR UPDATE waits for other senders and then reads what they left, so `free` is never
    stale; the UPDATE below follows to the same newest version of the row.
    """
    cursor = await conn.execute(
        """
        WITH month AS (
            SELECT monthly_limit - used - reserved AS free FROM quota_months
            WHERE tenant_id = %(tenant_id)s AND month = %(month)s FOR UPDATE
        ), granted AS (
            SELECT greatest(0, least(free, %(units)s))::integer AS units FROM month
        ), moved AS (
            UPDATE quota_months q SET reserved = q.reserved + granted.units FROM granted
            WHERE q.tenant_id = %(tenant_id)s AND q.month = %(month)s AND granted.units > 0
            RETURNING granted.units
        ), entry AS (
            INSERT INTO quota_entries (tenant_id, id, month, kind, units, send_id, request_id)
            SELECT %(tenant_id)s, %(id)s, %(month)s, 'reserve', units, %(send_id)s, %(request_id)s FROM moved
        )
        SELECT units FROM granted
        """,
        {
            "tenant_id": tenant_id,
            "month": month,
            "units": units,
            "id": new_id(),
            "send_id": send_id,
            "request_id": request_id,
        },
    )
    row = await cursor.fetchone()
    return None if row is None else int(row[0])


async def settle(
    conn: Conn, tenant_id: UUID, month: str, units: int, *, send_id: UUID, request_id: UUID | None
) -> None:
    """Reserved units are used: the carrier took the messages. More than are reserved fail on the CHECK, units of a month that
    never was on NOT NULL: in the database, because nobody waits for this statement's row count."""
    if units <= 0:
        return
    await conn.execute(
        """
        WITH moved AS (
            UPDATE quota_months SET reserved = reserved - %(units)s, used = used + %(units)s
            WHERE tenant_id = %(tenant_id)s AND month = %(month)s RETURNING month
        )
        INSERT INTO quota_entries (tenant_id, id, month, kind, units, send_id, request_id)
        SELECT %(tenant_id)s, %(id)s, moved.month, 'settle', %(units)s, %(send_id)s, %(request_id)s
        FROM (SELECT 1) AS always LEFT JOIN moved ON true  -- a month that never was is NULL, which the table refuses
        """,
        {
            "tenant_id": tenant_id,
            "month": month,
            "units": units,
            "id": new_id(),
            "send_id": send_id,
            "request_id": request_id,
        },
    )


async def release(
    conn: Conn, tenant_id: UUID, month: str, units: int, *, send_id: UUID, request_id: UUID | None
) -> None:
    """Reserved units are free again: the messages certainly didn't go out. Fails as `settle` does."""
    if units <= 0:
        return
    await conn.execute(
        """
        WITH moved AS (
            UPDATE quota_months SET reserved = reserved - %(units)s
            WHERE tenant_id = %(tenant_id)s AND month = %(month)s RETURNING month
        )
        INSERT INTO quota_entries (tenant_id, id, month, kind, units, send_id, request_id)
        SELECT %(tenant_id)s, %(id)s, moved.month, 'release', %(units)s, %(send_id)s, %(request_id)s
        FROM (SELECT 1) AS always LEFT JOIN moved ON true  -- a month that never was is NULL, which the table refuses
        """,
        {
            "tenant_id": tenant_id,
            "month": month,
            "units": units,
            "id": new_id(),
            "send_id": send_id,
            "request_id": request_id,
        },
    )


async def change_limit(conn: Conn, tenant_id: UUID, month: str, monthly_limit: int) -> int:
    """The owner's act: from now on, and for the running month. Returns the limit before.

    Refused above the operator's ceiling and below what the month has used and reserved.
    """
    if monthly_limit < 0:
        raise Problem(INVALID, errors=[FieldError("limit", "0 이상이어야 해요")])
    # FOR UPDATE: limits before month, as everywhere here; `ensure_month` waits for us.
    cursor = await conn.execute(
        "SELECT monthly_limit, ceiling FROM quota_limits WHERE tenant_id = %s FOR UPDATE", (tenant_id,)
    )
    row = await cursor.fetchone()
    before, ceiling = row if row is not None else (0, None)
    if ceiling is not None and monthly_limit > ceiling:
        raise Problem(
            ABOVE_CEILING,
            detail=f"상한은 {ceiling:,}건이에요. 더 필요하면 운영자에게 요청하세요.",
            extra={"ceiling": ceiling},
        )
    await set_limit(conn, tenant_id, monthly_limit, ceiling)
    await ensure_month(conn, tenant_id, month)
    cursor = await conn.execute(
        """
        SELECT used + reserved FROM quota_months
        WHERE tenant_id = %(tenant_id)s AND month = %(month)s FOR UPDATE
        """,
        {"tenant_id": tenant_id, "month": month},
    )
    taken = await cursor.fetchone()
    assert taken is not None
    if monthly_limit < taken[0]:
        raise Problem(
            BELOW_USAGE,
            detail=f"이번 달에 이미 {taken[0]:,}건을 쓰거나 잡아 두었어요. {taken[0]:,}건 이상으로 정하세요.",
            extra={"taken": taken[0]},
        )
    await conn.execute(
        """
        UPDATE quota_months SET monthly_limit = %(monthly_limit)s
        WHERE tenant_id = %(tenant_id)s AND month = %(month)s
        """,
        {"tenant_id": tenant_id, "month": month, "monthly_limit": monthly_limit},
    )
    return int(before)
