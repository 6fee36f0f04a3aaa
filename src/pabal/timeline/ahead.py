"""What is still to come for one person: messages that wait in a send, campaigns that mean them, rules that repeat."""

from uuid import UUID

from pabal.campaigns import planned_for
from pabal.kit.db import Conn
from pabal.runtime import Runtime
from pabal.timeline.model import Ahead
from pabal.timeline.reads import Person


async def read_ahead(conn: Conn, rt: Runtime, tenant_id: UUID, person: Person) -> list[Ahead]:
    """Farthest first, as the line of time has it; what nobody can date comes last, next to now."""
    found = [
        Ahead("campaign", one.id, one.name, one.state, one.channel, one.due_at)
        for one in await planned_for(conn, rt, tenant_id, person.id)
    ]
    found += await _waiting(conn, tenant_id, person)
    found += await _repeats(conn, person)
    return sorted(found, key=lambda one: (one.at is None, -(one.at.timestamp() if one.at else 0.0)))


async def _waiting(conn: Conn, tenant_id: UUID, person: Person) -> list[Ahead]:
    """Live sends are a handful, mostly none, however many there were: each is asked for the person, in its month alone."""
    cursor = await conn.execute(
        """
        SELECT id FROM sends
        WHERE tenant_id = %s AND finished_at IS NULL AND state NOT IN ('cancelled', 'finished')
        """,
        (tenant_id,),
    )
    live = [row[0] for row in await cursor.fetchall()]
    if not live:
        return []
    cursor = await conn.execute(
        """
        SELECT 'message', s.id, coalesce(c.name, ''), s.state, coalesce(s.steps->(m.step::int)->>'channel', '')
        FROM sends s JOIN messages m ON m.tenant_id = s.tenant_id AND m.send_id = s.id AND m.contact_id = ANY(%(parts)s)
         AND m.send_id BETWEEN %(first)s AND %(last)s
        LEFT JOIN campaigns c ON c.tenant_id = s.tenant_id AND c.id = s.campaign_id
        WHERE s.tenant_id = %(tenant)s AND s.id = ANY(%(live)s) AND m.state = 'queued'
        """,
        {
            "tenant": tenant_id,
            "parts": list(person.parts),
            "live": live,
            "first": min(live),
            "last": max(live),
        },
    )
    return [Ahead(*row) for row in await cursor.fetchall()]


async def _repeats(conn: Conn, person: Person) -> list[Ahead]:
    cursor = await conn.execute(
        """
        SELECT CASE WHEN q.kind = 'repeat' THEN 'repeat' ELSE 'automation' END, l.id, l.name,
               CASE WHEN l.is_active THEN 'waiting' ELSE 'off' END, 'alimtalk', q.next_run_at,
               CASE WHEN q.kind = 'repeat' THEN q.repeat_count + 1 END, (l.repeat_config->>'maxRepeat')::int
        FROM records r JOIN automation_queue q ON q.tenant_id = r.tenant_id AND q.record_id = r.id AND q.status = 'pending'
        JOIN template_links l ON l.tenant_id = q.tenant_id AND l.id = q.template_link_id AND l.deleted_at IS NULL
        WHERE r.contact_id = ANY(%s) AND r.deleted_at IS NULL
        """,
        (list(person.parts),),
    )
    return [Ahead(*row) for row in await cursor.fetchall()]
