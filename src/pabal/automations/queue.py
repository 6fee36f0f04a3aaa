"""The queue of what goes out later: repeats, and first messages that were moved out of the night."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pabal.domain.ids import new_id
from pabal.kit.db import Conn


@dataclass(frozen=True, slots=True)
class Later:
    """Something to do at `at` for one link and record."""

    link_id: UUID
    record_id: UUID
    kind: str  # first, repeat
    address_key: int
    at: datetime
    occasion: str = ""


async def enqueue(conn: Conn, tenant_id: UUID, items: Sequence[Later]) -> None:
    """One pending row per link and record: whoever is in the queue already stays where it is. Only a first message of the
    night takes the place of a repeat that waits: it would be lost behind it, where by day it goes out beside it. Its own
    repeats begin when it has gone out."""
    if not items:
        return
    one_each: dict[tuple[UUID, UUID], Later] = {}
    for one in items:
        known = one_each.setdefault((one.link_id, one.record_id), one)
        if (known.kind, one.kind) == ("repeat", "first"):
            one_each[one.link_id, one.record_id] = one
    items = list(one_each.values())
    await conn.execute(
        """
        INSERT INTO automation_queue (tenant_id, id, template_link_id, record_id, kind, address_key, next_run_at, occasion)
        SELECT %(tenant)s, v.* FROM unnest(
            %(ids)s::uuid[], %(links)s::uuid[], %(records)s::uuid[], %(kinds)s::text[], %(addresses)s::bigint[],
            %(ats)s::timestamptz[], %(occasions)s::text[]) AS v
        ON CONFLICT (tenant_id, template_link_id, record_id) WHERE status = 'pending' DO UPDATE
        SET id = excluded.id, kind = 'first', address_key = excluded.address_key, next_run_at = excluded.next_run_at,
            occasion = excluded.occasion, repeat_count = 0, reason = '', created_at = excluded.created_at,
            updated_at = excluded.updated_at
        WHERE automation_queue.kind = 'repeat' AND excluded.kind = 'first'
        """,
        {
            "tenant": tenant_id,
            "ids": [new_id() for _ in items],
            "links": [one.link_id for one in items],
            "records": [one.record_id for one in items],
            "kinds": [one.kind for one in items],
            "addresses": [one.address_key for one in items],
            "ats": [one.at for one in items],
            "occasions": [one.occasion for one in items],
        },
    )
