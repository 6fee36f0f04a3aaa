"""Reads of records: one, a page, a search, the history."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql

from pabal.contacts import Blinder
from pabal.domain.search import parse_q
from pabal.kit.db import Conn, uuid_array
from pabal.kit.http.errors import NOT_FOUND, Problem
from pabal.records.model import Partition, Record, put_together
from pabal.records.partitions import PARTITION_COLUMNS, partition_from

COUNT_CAP = 100_000
# Of `records r`, in the order of `_record`.
RECORD_COLUMNS: LiteralString = """r.id, r.partition_id, r.data, app.decrypt(r.pii), r.contact_id, r.address_key, r.version,
           r.created_at, r.updated_at, r.created_by"""


def _record(tenant_id: UUID, row: Sequence[Any]) -> Record:
    rid, partition_id, plain, personal, contact, address, version, created, updated, by = row
    values = put_together(tenant_id, rid, plain, personal)
    return Record(rid, partition_id, values, contact, address, version, created, updated, by)


async def read_records(conn: Conn, tenant_id: UUID, ids: Sequence[UUID]) -> list[Record]:
    """Those of them that are there, in the order asked for."""
    cursor = await conn.execute(
        "SELECT " + RECORD_COLUMNS + " FROM records r WHERE r.id = ANY(%s::uuid[]) AND r.deleted_at IS NULL",
        (uuid_array(ids),),
    )
    found = {row[0]: _record(tenant_id, row) for row in await cursor.fetchall()}
    return [found[one] for one in ids if one in found]


async def read_record(conn: Conn, tenant_id: UUID, record_id: UUID) -> Record:
    found = await read_records(conn, tenant_id, [record_id])
    if not found:
        raise Problem(NOT_FOUND)
    return found[0]


# Locked until the commit: what is merged into it is what it was. With its table, so that a change costs no trip for that.
LOCK_RECORD: LiteralString = (
    "SELECT "
    + RECORD_COLUMNS
    + ", "
    + PARTITION_COLUMNS
    + """
    FROM records r JOIN partitions p ON p.tenant_id = r.tenant_id AND p.id = r.partition_id
    WHERE r.id = %(id)s AND r.deleted_at IS NULL AND p.deleted_at IS NULL
    FOR NO KEY UPDATE OF r
    """
)


def locked_record(tenant_id: UUID, rows: Sequence[Sequence[Any]]) -> tuple[Record, Partition]:
    """What `LOCK_RECORD` answered."""
    if not rows:
        raise Problem(NOT_FOUND)
    of_record = RECORD_COLUMNS.count(",") + 1
    return _record(tenant_id, rows[0][:of_record]), partition_from(tuple(rows[0][of_record:]))


@dataclass(frozen=True)
class RecordPage:
    items: Sequence[Record]
    next_before: UUID | None
    total: tuple[int, str] | None  # only on the first page


async def page_of_records(
    conn: Conn,
    tenant_id: UUID,
    partition: Partition | None,
    *,
    where: sql.Composable,
    before: UUID | None,
    limit: int,
    contact_id: UUID | None = None,
) -> RecordPage:
    """Newest first; without a partition those of all."""
    scope = sql.SQL("{} AND r.deleted_at IS NULL AND {} AND {}").format(
        sql.SQL("true")
        if partition is None
        else sql.SQL("r.partition_id = {}").format(sql.Literal(partition.id)),
        sql.SQL("true")
        if contact_id is None
        else sql.SQL("r.contact_id = {}").format(sql.Literal(contact_id)),
        where,
    )
    below = sql.SQL("true") if before is None else sql.SQL("r.id < {}").format(sql.Literal(before))
    cursor = await conn.execute(
        sql.SQL("SELECT {} FROM records r WHERE {} AND {} ORDER BY r.id DESC LIMIT {}").format(
            sql.SQL(RECORD_COLUMNS), scope, below, sql.Literal(limit + 1)
        )
    )
    found = [_record(tenant_id, row) for row in await cursor.fetchall()]
    total = await count_records(conn, scope) if before is None else None
    return RecordPage(found[:limit], found[limit - 1].id if len(found) > limit else None, total)


async def count_records(conn: Conn, scope: sql.Composable) -> tuple[int, str]:
    cursor = await conn.execute(
        sql.SQL("SELECT count(*) FROM (SELECT FROM records r WHERE {} LIMIT {}) AS found").format(
            scope, sql.Literal(COUNT_CAP + 1)
        )
    )
    row = await cursor.fetchone()
    n = row[0] if row else 0
    return (min(n, COUNT_CAP), "gte" if n > COUNT_CAP else "eq")


def search_sql(q: str, blinder: Blinder) -> sql.Composable | None:
    """Personal values by their blind tokens, the others by parts of their text; every word must be found one way."""
    query = parse_q(q)
    if query is None:
        return None
    groups = [
        sql.SQL("r.tokens && {}::integer[]").format(
            sql.Literal([blinder.token(one) for one in sorted(group)])
        )
        for group in query.groups
    ]
    words = [
        sql.SQL("position({} IN lower(jsonb_path_query_array(r.data, '$.*')::text)) > 0").format(
            sql.Literal(word.text)
        )
        for word in query.words
    ]
    ways = [sql.SQL(" AND ").join(one) for one in (groups, words) if one]
    return sql.SQL("({})").format(sql.SQL(" OR ").join(ways)) if ways else sql.SQL("false")


@dataclass(frozen=True)
class ChangeLine:
    """One line of a record's history; values only where somebody may still see them."""

    id: UUID
    kind: str
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    source: str
    changes: Sequence[tuple[str, Any, Any]]  # field, before, after


async def read_history(
    conn: Conn, record_id: UUID, *, before: UUID | None, limit: int
) -> tuple[list[ChangeLine], UUID | None]:
    """Newest first; updates that changed nothing aren't shown."""
    cursor = await conn.execute(
        """
        SELECT id, kind, at, actor_kind, actor_id, source, fields, app.decrypt(body) FROM record_changes
        WHERE record_id = %(record)s AND (%(before)s::uuid IS NULL OR id < %(before)s)
          AND (kind <> 'updated' OR fields <> '{}')
        ORDER BY id DESC LIMIT %(limit)s
        """,
        {"record": record_id, "before": before, "limit": limit + 1},
    )
    rows = await cursor.fetchall()
    lines = []
    for cid, kind, at, actor_kind, actor_id, source, fields, body in rows[:limit]:
        opened: Mapping[str, Any] = json.loads(body) if body is not None else {}
        after, was = opened.get("after", {}), opened.get("before", {})
        changes = [(key, was.get(key), after.get(key)) for key in fields]
        lines.append(ChangeLine(cid, kind, at, actor_kind, actor_id, source, changes))
    return lines, lines[-1].id if len(rows) > limit else None


async def record_exists(conn: Conn, record_id: UUID) -> UUID | None:
    """The partition of a record, deleted ones included: their history stays readable."""
    cursor = await conn.execute("SELECT partition_id FROM records WHERE id = %s", (record_id,))
    row = await cursor.fetchone()
    return None if row is None else row[0]
