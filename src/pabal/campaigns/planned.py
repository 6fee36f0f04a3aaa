"""Which campaigns that are still ahead mean a person: one statement, however many are planned."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import sql

from pabal.campaigns.plan import resolve_selection
from pabal.campaigns.queries import selected_sql
from pabal.kit.db import Conn
from pabal.kit.http.errors import Problem
from pabal.runtime import Runtime

MOST = 20  # of those that are due next; a camp has a handful


@dataclass(frozen=True)
class Planned:
    """A campaign that waits for its day, or for somebody to let it go."""

    id: UUID
    name: str
    state: str
    channel: str
    due_at: datetime | None


async def planned_for(conn: Conn, rt: Runtime, tenant_id: UUID, contact_id: UUID) -> list[Planned]:
    cursor = await conn.execute(
        """
        SELECT id, name, state, coalesce(steps->0->>'channel', ''), coalesce(due_at, (schedule->>'at')::timestamptz),
               audience
        FROM campaigns WHERE state IN ('awaiting_approval', 'approved', 'scheduled', 'held')
        ORDER BY 5 NULLS LAST, id LIMIT %s
        """,
        (MOST,),
    )
    found: list[tuple[Planned, sql.Composable]] = []
    for *told, audience in await cursor.fetchall():
        try:
            selection = await resolve_selection(conn, audience)
            found.append((Planned(*told), await selected_sql(rt, tenant_id, selection)))
        except Problem:
            continue  # its segment is gone: it can't be launched as it is
    if not found:
        return []
    cursor = await conn.execute(
        sql.SQL("SELECT {} FROM contacts c WHERE c.id = {}").format(
            sql.SQL(", ").join(sql.SQL("({})").format(condition) for _, condition in found),
            sql.Literal(contact_id),
        )
    )
    row = await cursor.fetchone()
    return [] if row is None else [one for (one, _), meant in zip(found, row, strict=True) if meant]
