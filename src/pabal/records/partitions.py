"""Partitions: the tables themselves. Their fields are data, so that a camp makes its own without us."""

from collections.abc import Sequence
from typing import Any, LiteralString
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from pabal.accounts import Actor, audit, stale_edit
from pabal.domain.fields import MAX_FIELDS, Field, Kind, faults_of_fields
from pabal.domain.ids import new_id
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem, declare
from pabal.records.model import Partition

PARTITION_NAME_TAKEN = declare("partition_name_taken", 409, "같은 이름의 표가 이미 있어요")
PARTITION_HAS_RECORDS = declare("partition_has_records", 409, "레코드가 남아 있는 표예요")
FIELD_IN_USE = declare("field_in_use", 409, "값이 들어 있는 항목이라 그렇게 바꿀 수 없어요")

_COLUMNS: LiteralString = """
    SELECT p.id, p.name, p.fields, p.board_field, p.version, p.created_at, p.updated_at,
           (SELECT count(*) FROM records r
            WHERE r.tenant_id = p.tenant_id AND r.partition_id = p.id AND r.deleted_at IS NULL)::integer
    FROM partitions p
"""


def partition_from(row: tuple[Any, ...]) -> Partition:
    pid, name, fields, board, version, created, updated, records = row
    return Partition(
        pid, name, tuple(map(Field.from_json, fields)), board, version, created, updated, records
    )


async def list_partitions(conn: Conn) -> list[Partition]:
    cursor = await conn.execute(_COLUMNS + "WHERE p.deleted_at IS NULL ORDER BY p.name, p.id")
    return [partition_from(row) for row in await cursor.fetchall()]


async def read_partition(conn: Conn, partition_id: UUID) -> Partition:
    cursor = await conn.execute(_COLUMNS + "WHERE p.id = %s AND p.deleted_at IS NULL", (partition_id,))
    row = await cursor.fetchone()
    if row is None:
        raise Problem(NOT_FOUND)
    return partition_from(row)


# Without the count of records: on the way of every write. Of `partitions p`, in the order of `partition_from`.
PARTITION_COLUMNS: LiteralString = (
    "p.id, p.name, p.fields, p.board_field, p.version, p.created_at, p.updated_at, 0"
)
FIND_PARTITION: LiteralString = (
    "SELECT " + PARTITION_COLUMNS + " FROM partitions p WHERE p.id = %(id)s AND p.deleted_at IS NULL"
)


async def find_partition(conn: Conn, partition_id: UUID) -> Partition | None:
    cursor = await conn.execute(FIND_PARTITION, {"id": partition_id})
    row = await cursor.fetchone()
    return None if row is None else partition_from(row)


async def create_partition(
    conn: Conn, who: Actor, *, name: str, fields: Sequence[Field], board_field: str | None
) -> Partition:
    _check(fields)
    partition_id = new_id()
    try:
        await conn.execute(
            """
            INSERT INTO partitions (tenant_id, id, name, fields, board_field, created_by)
            VALUES (%s, %s, %s, %s, %s, %s)
            """,
            (
                who.tenant_id,
                partition_id,
                name,
                Jsonb([one.to_json() for one in fields]),
                _board(fields, board_field),
                who.actor_id,
            ),
        )
    except UniqueViolation as error:
        raise Problem(PARTITION_NAME_TAKEN) from error
    await audit(conn, who, "partition.create", "partition", partition_id, detail={"fields": len(fields)})
    return await read_partition(conn, partition_id)


def _check(fields: Sequence[Field]) -> None:
    errors = [
        FieldError(f"fields[{place}].{member}", message)
        for place, member, message in faults_of_fields(fields)
    ]
    if not 1 <= len(fields) <= MAX_FIELDS:
        errors.append(FieldError("fields", f"항목은 1–{MAX_FIELDS}개까지 둘 수 있어요"))
    if errors:
        raise Problem(INVALID, errors=errors)


def _board(fields: Sequence[Field], wanted: str | None) -> str:
    """The field that the board stands on: the wanted one, else the first with options."""
    choices = [one.key for one in fields if one.kind is Kind.SELECT]
    if wanted and wanted not in choices:
        raise Problem(INVALID, errors=[FieldError("boardField", "하나를 고르는 항목이어야 해요")])
    return wanted or next(iter(choices), "")


async def change_partition(
    conn: Conn,
    who: Actor,
    partition_id: UUID,
    *,
    name: str | None,
    fields: Sequence[Field] | None,
    board_field: str | None,
    version: int | None,
) -> Partition:
    """Fields may come, be renamed and reordered; one that holds values keeps its kind and its protection, and goes only
    with `fields` that don't name it while it is empty everywhere."""
    await conn.execute(
        "SELECT FROM partitions WHERE id = %s AND deleted_at IS NULL FOR UPDATE", (partition_id,)
    )
    old = await read_partition(conn, partition_id)
    if version is not None and version != old.version:
        raise stale_edit(
            mine={"name": name or old.name},
            theirs={"name": old.name},
            version=old.version,
            by=None,
            at=old.updated_at,
        )
    new = tuple(fields) if fields is not None else old.fields
    _check(new)
    await _keep_values(conn, old, new)
    try:
        await conn.execute(
            """
            UPDATE partitions SET name = %s, fields = %s, board_field = %s, version = version + 1,
                   updated_at = clock_timestamp()
            WHERE id = %s
            """,
            (
                name or old.name,
                Jsonb([one.to_json() for one in new]),
                _board(new, board_field if board_field is not None else _still(old, new)),
                partition_id,
            ),
        )
    except UniqueViolation as error:
        raise Problem(PARTITION_NAME_TAKEN) from error
    await audit(conn, who, "partition.change", "partition", partition_id)
    return await read_partition(conn, partition_id)


def _still(old: Partition, new: Sequence[Field]) -> str | None:
    kept = {one.key for one in new if one.kind is Kind.SELECT}
    return old.board_field if old.board_field in kept else None


async def _keep_values(conn: Conn, old: Partition, new: Sequence[Field]) -> None:
    after = {one.key: one for one in new}
    touched = [
        one.key
        for one in old.fields
        if one.key not in after
        or (after[one.key].kind, after[one.key].personal) != (one.kind, one.personal)
        or not set(one.options) <= set(after[one.key].options)
    ]
    if not touched:
        return
    cursor = await conn.execute(
        """
        SELECT key, n, used FROM unnest(%(keys)s::text[]) AS key
        CROSS JOIN LATERAL (
            SELECT count(*) AS n, array_agg(DISTINCT v.used) AS used
            FROM records r
            LEFT JOIN LATERAL jsonb_array_elements_text(
                CASE jsonb_typeof(r.data -> key) WHEN 'array' THEN r.data -> key
                     ELSE jsonb_build_array(r.data -> key) END) AS v (used) ON true
            WHERE r.partition_id = %(partition)s AND r.deleted_at IS NULL AND (r.data ? key OR key = ANY(r.filled))
        ) AS found WHERE n > 0
        """,
        {"keys": touched, "partition": old.id},
    )
    errors = []
    for key, n, used in await cursor.fetchall():
        was, now = old.by_key[key], after.get(key)
        if now is not None and (now.kind, now.personal) == (was.kind, was.personal):
            lost = sorted((set(was.options) - set(now.options)) & set(used or ()))
            if not lost:
                continue
            errors.append(FieldError(f"fields.{key}.options", f"쓰이고 있는 값이에요: {', '.join(lost[:5])}"))
        else:
            errors.append(
                FieldError(f"fields.{key}", f"레코드 {n:,}건에 값이 들어 있어요", "값을 먼저 비워 주세요")
            )
    if errors:
        raise Problem(FIELD_IN_USE, errors=errors)


async def delete_partition(conn: Conn, who: Actor, partition_id: UUID) -> None:
    """Only an empty one: records are deleted by name, not by accident."""
    found = await read_partition(conn, partition_id)
    if found.records:
        raise Problem(PARTITION_HAS_RECORDS, detail=f"레코드 {found.records:,}건을 먼저 지워 주세요.")
    await conn.execute(
        "UPDATE partitions SET deleted_at = clock_timestamp() WHERE id = %s AND deleted_at IS NULL",
        (partition_id,),
    )
    await audit(conn, who, "partition.delete", "partition", partition_id)
