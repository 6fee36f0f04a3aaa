"""Writes to records. Every change is one transaction: the row, its history and its outbox row, so that no automatic message
is lost between them. Nothing here waits for a carrier."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor
from psycopg.rows import TupleRow

from pabal.accounts import Actor, stale_edit
from pabal.contacts import Blinder, Wanted, adopt_people
from pabal.domain.fields import Fault, read_values
from pabal.domain.ids import new_id
from pabal.kit.db import Conn, int_array
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem
from pabal.records.model import Partition, Record, take_apart
from pabal.records.partitions import find_partition

Values = Mapping[str, Any]


def checked(partition: Partition, data: Values) -> tuple[dict[str, Any], set[str]]:
    """(values, keys emptied). Raises the 422 that names every field at fault and how to mend it."""
    values, emptied, faults = read_values(partition.fields, data)
    if faults:
        raise Problem(INVALID, errors=[_field_error(fault) for fault in faults])
    return values, emptied


def _field_error(fault: Fault) -> FieldError:
    return FieldError(f"data.{fault.field}", fault.message, fault.mend or None)


async def partition_of(conn: Conn, partition_id: UUID) -> Partition:
    return named_partition(await find_partition(conn, partition_id))


def named_partition(partition: Partition | None) -> Partition:
    if partition is None:
        raise Problem(INVALID, errors=[FieldError("partitionId", "없는 표예요", "표를 다시 골라 주세요")])
    return partition


async def create_record(
    conn: Conn, who: Actor, blinder: Blinder, partition: Partition, data: Values, *, at: datetime
) -> Record:
    """`at`: now, by the database's clock. Nothing is asked of the insertion, so that it travels with the commit."""
    values, _ = checked(partition, data)
    rows = [values]
    links = await _link(conn, who, blinder, partition, rows)
    _, [record_id] = await _insert(
        conn, who, blinder, partition, rows, links, source="api", fires=True, at=at
    )
    [(contact, address)] = links
    return Record(record_id, partition.id, dict(values), contact, address, 1, at, at, who.actor_id)


async def create_records(
    conn: Conn,
    who: Actor,
    blinder: Blinder,
    partition: Partition,
    rows: Sequence[Values],
    *,
    source: str = "api",
    fires: bool = True,
) -> list[Record]:
    """Many at once in three statements, as they stand now: nothing is read back. `fires` False: automations never
    hear of them (an import that wasn't ticked)."""
    async with conn.pipeline():  # who has just been made travels with the records
        links = await _link(conn, who, blinder, partition, rows)
        cursor, ids = await _insert(conn, who, blinder, partition, rows, links, source=source, fires=fires)
    made = {row[0]: (row[1], row[2]) for row in await cursor.fetchall()}
    return [
        Record(record_id, partition.id, dict(row), contact, address, 1, *made[record_id], who.actor_id)
        for record_id, row, (contact, address) in zip(ids, rows, links, strict=True)
    ]


async def _insert(
    conn: Conn,
    who: Actor,
    blinder: Blinder,
    partition: Partition,
    rows: Sequence[Values],
    links: Sequence[tuple[UUID | None, int | None]],
    *,
    source: str,
    fires: bool,
    at: datetime | None = None,
) -> tuple[AsyncCursor[TupleRow], list[UUID]]:
    """(when each was made, to be read after the pipeline; the ids)."""
    ids = [new_id() for _ in rows]
    parts = [
        take_apart(who.tenant_id, record_id, partition, values, blinder)
        for record_id, values in zip(ids, rows, strict=True)
    ]
    cursor = await conn.execute(
        # One parameter for all that differs: eleven arrays took psycopg 0.1 ms of each form.
        """
        WITH incoming AS MATERIALIZED (
            SELECT * FROM json_to_recordset(%(rows)s::json)
                 AS v (id uuid, plain text, personal text, keys bigint[], tokens integer[], filled text[], contact_id uuid,
                       address_key bigint, change_id uuid, body text, fields text[])
        ), made AS (
            INSERT INTO records (tenant_id, id, partition_id, data, pii, keys, tokens, filled, contact_id, address_key,
                                 created_by, created_at, updated_at)
            SELECT %(tenant)s, id, %(partition)s, plain::jsonb,
                   CASE WHEN personal IS NOT NULL THEN app.encrypt(personal) END, keys, tokens, filled, contact_id,
                   address_key, %(by)s, now.at, now.at
            FROM incoming CROSS JOIN (SELECT coalesce(%(at)s::timestamptz, clock_timestamp()) AS at) AS now
            RETURNING id, created_at, updated_at
        ), noted AS (
            INSERT INTO record_changes (tenant_id, id, record_id, partition_id, kind, fields, body, source, actor_kind,
                                        actor_id)
            SELECT %(tenant)s, change_id, id, %(partition)s, 'created', fields, app.encrypt(body), %(source)s, %(kind)s,
                   %(by)s
            FROM incoming
        ), told AS (
            INSERT INTO record_outbox (tenant_id, change_id, partition_id, record_id)
            SELECT %(tenant)s, change_id, %(partition)s, id FROM incoming WHERE %(fires)s
        )
        SELECT id, created_at, updated_at FROM made
        """,
        {
            "tenant": who.tenant_id,
            "partition": partition.id,
            "by": who.actor_id,
            "kind": who.actor_kind,
            "source": source,
            "fires": fires,
            "at": at,
            "rows": json.dumps(
                [
                    {
                        "id": record_id.hex,
                        "plain": one.plain,
                        "personal": one.personal,
                        "keys": list(one.keys),
                        "tokens": list(one.tokens),
                        "filled": list(one.filled),
                        "contact_id": None if contact is None else contact.hex,
                        "address_key": address,
                        "change_id": new_id().hex,
                        "body": json.dumps({"after": dict(row)}, ensure_ascii=False),
                        "fields": sorted(row),
                    }
                    for record_id, row, one, (contact, address) in zip(ids, rows, parts, links, strict=True)
                ],
                ensure_ascii=False,
            ),
        },
    )
    return cursor, ids


async def _link(
    conn: Conn, who: Actor, blinder: Blinder, partition: Partition, rows: Sequence[Values]
) -> list[tuple[UUID | None, int | None]]:
    """(contact, address key) of each row's own phone. The same rules as in the book, and its opt-outs."""
    if partition.phone_field is None:
        return [(None, None)] * len(rows)
    wanted = [person_of(partition, row, partition.phone_field.key) for row in rows]
    known = await adopt_people(
        conn,
        who.tenant_id,
        blinder,
        [one for one in wanted if one is not None],
        source=f"표: {partition.name}"[:100],
    )
    return [
        (None, None) if one is None else (known[one], blinder.address_key("phone", one.phone))
        for one in wanted
    ]


def person_of(partition: Partition, values: Values, phone_key: str) -> Wanted | None:
    phone = values.get(phone_key)
    name = partition.name_field
    return None if not phone else Wanted(str(values.get(name.key, "")) if name else "", str(phone))


async def change_record(
    conn: Conn,
    who: Actor,
    blinder: Blinder,
    locked: tuple[Record, Partition],
    data: Values,
    *,
    at: datetime,
    version: int | None = None,
) -> Record:
    """Merges the named fields (`at`: see `create_record`). One that leaves everything as it was is an update too: conditions
    look at how things are."""
    old, partition = locked
    record_id = old.id
    values, emptied = checked(partition, data)
    if version is not None and version != old.version:
        now = {key: old.values.get(key) for key in data}
        raise stale_edit(mine=dict(data), theirs=now, version=old.version, by=None, at=old.updated_at)
    after = {key: value for key, value in {**old.values, **values}.items() if key not in emptied}
    changed = sorted(key for key in values.keys() | emptied if old.values.get(key) != after.get(key))
    contact, address = old.contact_id, old.address_key
    linking = {one.key for one in (partition.phone_field, partition.name_field) if one is not None}
    if linking & set(changed):
        [(contact, address)] = await _link(conn, who, blinder, partition, [after])
    parts = take_apart(who.tenant_id, record_id, partition, after, blinder)
    at = max(at, old.updated_at)  # taken before we waited for whoever changed it last
    await conn.execute(
        """
        WITH changed AS (
            UPDATE records
            SET data = %(plain)s::jsonb, pii = CASE WHEN %(personal)s::text IS NOT NULL THEN app.encrypt(%(personal)s) END,
                keys = %(keys)s::bigint[], tokens = %(tokens)s::integer[], filled = %(filled)s, contact_id = %(contact)s,
                address_key = %(address)s, version = version + 1, updated_at = %(at)s
            WHERE id = %(id)s  -- locked by us, and there
        ), noted AS (
            INSERT INTO record_changes (tenant_id, id, record_id, partition_id, kind, fields, body, actor_kind, actor_id)
            VALUES (%(tenant)s, %(change)s, %(id)s, %(partition)s, 'updated', %(fields)s, app.encrypt(%(body)s), %(kind)s,
                    %(by)s)
        )
        INSERT INTO record_outbox (tenant_id, change_id, partition_id, record_id)
        VALUES (%(tenant)s, %(change)s, %(partition)s, %(id)s)
        """,
        {
            "tenant": who.tenant_id,
            "id": record_id,
            "partition": partition.id,
            "plain": parts.plain,
            "personal": parts.personal,
            "keys": int_array(parts.keys),
            "tokens": int_array(parts.tokens),
            "filled": list(parts.filled),
            "contact": contact,
            "address": address,
            "at": at,
            "change": new_id(),
            "fields": changed,
            "body": json.dumps(
                {"after": after, "before": {key: old.values.get(key) for key in changed}}, ensure_ascii=False
            ),
            "kind": who.actor_kind,
            "by": who.actor_id,
        },
    )
    return replace(
        old, values=after, contact_id=contact, address_key=address, version=old.version + 1, updated_at=at
    )


async def delete_records(conn: Conn, who: Actor, record_ids: Sequence[UUID]) -> int:
    """Gone with everything they held; that they were there, and who deleted them, stays. Repeats find them deleted."""
    cursor = await conn.execute(
        """
        WITH gone AS (
            UPDATE records
            SET deleted_at = clock_timestamp(), updated_at = clock_timestamp(), version = version + 1, data = '{}',
                pii = NULL, keys = '{}', tokens = '{}', filled = '{}', contact_id = NULL, address_key = NULL
            WHERE id = ANY(%(ids)s) AND deleted_at IS NULL
            RETURNING id, partition_id
        ), forgotten AS (
            UPDATE record_changes c SET body = NULL FROM gone g WHERE c.record_id = g.id
        ), noted AS (
            INSERT INTO record_changes (tenant_id, id, record_id, partition_id, kind, actor_kind, actor_id)
            SELECT %(tenant)s, v.change_id, g.id, g.partition_id, 'deleted', %(kind)s, %(by)s
            FROM gone g JOIN unnest(%(ids)s::uuid[], %(changes)s::uuid[]) AS v (id, change_id) ON v.id = g.id
        )
        INSERT INTO record_outbox (tenant_id, change_id, partition_id, record_id)
        SELECT %(tenant)s, v.change_id, g.partition_id, g.id
        FROM gone g JOIN unnest(%(ids)s::uuid[], %(changes)s::uuid[]) AS v (id, change_id) ON v.id = g.id
        """,
        {
            "tenant": who.tenant_id,
            "ids": list(record_ids),
            "changes": [new_id() for _ in record_ids],
            "kind": who.actor_kind,
            "by": who.actor_id,
        },
    )
    return cursor.rowcount


async def delete_record(conn: Conn, who: Actor, record_id: UUID) -> None:
    if not await delete_records(conn, who, [record_id]):
        raise Problem(NOT_FOUND)
