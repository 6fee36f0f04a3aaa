"""Who has been told that the limit comes near: each threshold of a month once to each person who may change the limit.

In the hub alone: there is no mail. A look is remembered together with the limit that held then, because after a rise the
same share of it is reached again, and that is news.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from pabal.kit.db import Conn
from pabal.kit.http.errors import Problem, declare
from pabal.quota.queries import QuotaOverview

NOT_REACHED = declare("quota_notice_not_reached", 409, "아직 그만큼 쓰지 않았어요")


@dataclass(frozen=True, slots=True)
class Seen:
    percent: int
    user_id: UUID
    at: datetime


async def seen_in(conn: Conn, now: QuotaOverview) -> list[Seen]:
    """Of the thresholds of this month and this limit: who has seen which, first look first."""
    async with conn.cursor(row_factory=class_row(Seen)) as cursor:
        await cursor.execute(
            """
            SELECT percent, user_id, at FROM quota_notices_seen
            WHERE month = %s AND monthly_limit = %s ORDER BY at, percent
            """,
            (now.month, now.limit),
        )
        return await cursor.fetchall()


async def mark_seen(conn: Conn, tenant_id: UUID, user_id: UUID, now: QuotaOverview, percent: int) -> None:
    """Whoever has seen a threshold has seen the lower ones, too. Twice is once: the first look counts."""
    reached = [notice.percent for notice in now.notices]
    if percent not in reached:
        raise Problem(NOT_REACHED)
    await conn.execute(
        """
        INSERT INTO quota_notices_seen (tenant_id, month, monthly_limit, percent, user_id)
        SELECT %s, %s, %s, told, %s FROM unnest(%s::smallint[]) AS told
        ON CONFLICT DO NOTHING
        """,
        (tenant_id, now.month, now.limit, user_id, [one for one in reached if one <= percent]),
    )
