"""Segments: a saved filter under a name. Who belongs to it is computed when asked, never stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from pabal.domain.ids import new_id
from pabal.kit.db import Conn
from pabal.kit.http.errors import NOT_FOUND, Problem, declare

SEGMENT_EXISTS = declare("segment_exists", 409, "같은 이름의 세그먼트가 있어요")


@dataclass(frozen=True)
class Segment:
    id: UUID
    name: str
    filter: dict[str, Any]
    created_at: datetime
    updated_at: datetime


async def list_segments(conn: Conn) -> list[Segment]:
    async with conn.cursor(row_factory=class_row(Segment)) as cursor:
        await cursor.execute("SELECT id, name, filter, created_at, updated_at FROM segments ORDER BY name")
        return await cursor.fetchall()


async def read_segment(conn: Conn, segment_id: UUID) -> Segment:
    async with conn.cursor(row_factory=class_row(Segment)) as cursor:
        await cursor.execute(
            "SELECT id, name, filter, created_at, updated_at FROM segments WHERE id = %s", (segment_id,)
        )
        segment = await cursor.fetchone()
    if segment is None:
        raise Problem(NOT_FOUND)
    return segment


async def save_segment(
    conn: Conn, tenant_id: UUID, *, name: str, filter_json: dict[str, Any], created_by: UUID | None
) -> Segment:
    segment_id = new_id()
    cursor = await conn.execute(
        """
        INSERT INTO segments (tenant_id, id, name, filter, created_by) VALUES (%s, %s, %s, %s, %s)
        ON CONFLICT (tenant_id, name) DO NOTHING
        """,
        (tenant_id, segment_id, name, Jsonb(filter_json), created_by),
    )
    if cursor.rowcount == 0:
        raise Problem(SEGMENT_EXISTS)
    return await read_segment(conn, segment_id)


async def change_segment(
    conn: Conn, segment_id: UUID, *, name: str | None, filter_json: dict[str, Any] | None
) -> Segment:
    if name is not None:
        taken = await conn.execute("SELECT FROM segments WHERE name = %s AND id <> %s", (name, segment_id))
        if await taken.fetchone() is not None:
            raise Problem(SEGMENT_EXISTS)
    await conn.execute(
        """
        UPDATE segments SET name = coalesce(%(name)s, name), filter = coalesce(%(filter)s, filter),
               updated_at = clock_timestamp()
        WHERE id = %(id)s
        """,
        {"id": segment_id, "name": name, "filter": None if filter_json is None else Jsonb(filter_json)},
    )
    return await read_segment(conn, segment_id)


async def delete_segment(conn: Conn, segment_id: UUID) -> None:
    cursor = await conn.execute("DELETE FROM segments WHERE id = %s", (segment_id,))
    if cursor.rowcount == 0:
        raise Problem(NOT_FOUND)
