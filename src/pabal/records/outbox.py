"""Changes that somebody above has to look at: taken once, in the transaction of whoever decides about them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pabal.kit.db import Conn


@dataclass(frozen=True, repr=False)
class TakenChange:
    """A change as it was committed, opened. `before` None: the record is new."""

    change_id: UUID
    record_id: UUID
    partition_id: UUID
    kind: str
    at: datetime
    after: Mapping[str, Any]
    before: Mapping[str, Any] | None


async def take_changes(conn: Conn, limit: int) -> tuple[int, list[TakenChange]]:
    """(rows taken, changes that can still be read: a person may have been erased since). They are gone from the outbox with
    the caller's commit, or there again with its rollback; whoever comes at the same time gets others."""
    cursor = await conn.execute(
        """
        WITH taken AS (
            SELECT change_id FROM record_outbox ORDER BY change_id LIMIT %s FOR UPDATE SKIP LOCKED
        ), gone AS (
            DELETE FROM record_outbox o USING taken t WHERE o.change_id = t.change_id
            RETURNING o.change_id, o.record_id, o.partition_id
        )
        SELECT g.change_id, g.record_id, g.partition_id, c.kind, c.at, app.decrypt(c.body)
        FROM gone g JOIN record_changes c ON c.id = g.change_id
        ORDER BY g.change_id
        """,
        (limit,),
    )
    rows = await cursor.fetchall()
    changes = []
    for change_id, record_id, partition_id, kind, at, body in rows:
        if kind == "deleted":
            changes.append(TakenChange(change_id, record_id, partition_id, kind, at, {}, None))
            continue
        if body is None:
            continue
        opened = json.loads(body)
        after = opened["after"]
        before = None if kind == "created" else {**after, **opened.get("before", {})}
        changes.append(TakenChange(change_id, record_id, partition_id, kind, at, after, before))
    return len(rows), changes
