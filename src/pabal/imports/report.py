"""What became of an import: its state, the error file, where every row belongs now."""

import csv
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from pabal.kit.db import Conn, Database, tenant_tx
from pabal.kit.http.errors import NOT_FOUND, Problem

_BATCH = 5_000


@dataclass(frozen=True)
class Import:
    id: UUID
    state: str
    file_name: str
    byte_size: int
    shape: dict[str, Any]
    mapping: dict[str, str] | None
    policy: str | None
    tags: list[str]
    basis: str | None
    source: str | None
    rows_total: int
    rows_done: int
    created: int
    updated: int
    merged: int
    rejected: int
    review: int
    skipped: int
    warned: int
    problem: str | None
    seconds: float | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


async def read_import(conn: Conn, import_id: UUID) -> Import:
    found = await list_imports(conn, before=None, limit=1, import_id=import_id)
    if not found:
        raise Problem(NOT_FOUND)
    return found[0]


async def list_imports(
    conn: Conn, *, before: UUID | None, limit: int, import_id: UUID | None = None
) -> list[Import]:
    async with conn.cursor(row_factory=class_row(Import)) as cursor:
        await cursor.execute(
            """
            SELECT id, state, app.decrypt(file_name) AS file_name, byte_size, shape, mapping, policy, tags, basis,
                   source, rows_total, rows_done, created, updated, merged, rejected, review, skipped, warned, problem,
                   extract(epoch FROM coalesce(finished_at, clock_timestamp()) - started_at)::float8 AS seconds,
                   created_at, started_at, finished_at
            FROM imports
            WHERE state <> 'uploading' AND (%(id)s::uuid IS NULL OR id = %(id)s)
              AND (%(before)s::uuid IS NULL OR id < %(before)s)
            ORDER BY id DESC LIMIT %(limit)s
            """,
            {"id": import_id, "before": before, "limit": limit},
        )
        return await cursor.fetchall()


async def errors_csv(
    db: Database, tenant_id: UUID, found: Import, *, encoding: str, warnings: bool
) -> AsyncIterator[bytes]:
    """Refused rows: the original columns and `오류`. Mended, it can be uploaded as it is.

    With `warnings` also the rows that went in without one of their cells.
    """
    columns = list(found.shape.get("columns", []))
    yield _line([*columns, "오류"], encoding, first=True)
    after = 0
    while True:
        async with tenant_tx(db, tenant_id) as conn:
            cursor = await conn.execute(
                """
                SELECT row_no, app.decrypt(cells), problems FROM import_rows
                WHERE import_id = %(id)s AND row_no > %(after)s
                  AND (outcome = 'rejected' OR (%(warnings)s AND problems IS NOT NULL))
                ORDER BY row_no LIMIT %(limit)s
                """,
                {"id": found.id, "after": after, "warnings": warnings, "limit": _BATCH},
            )
            rows = await cursor.fetchall()
        for row_no, plain, problems in rows:
            cells = json.loads(plain) if plain is not None else []
            padded = [*cells, *([""] * (len(columns) - len(cells)))]
            words = "; ".join(_words(problem) for problem in problems or [])
            yield _line([*map(_safe, padded[: len(columns)]), words], encoding)
            after = row_no
        if len(rows) < _BATCH:
            return


def _words(problem: dict[str, str]) -> str:
    column, message = problem.get("column", ""), problem.get("message", "")
    return f"{column}: {message}" if column else message


def _safe(cell: str) -> str:
    """A spreadsheet runs a cell that begins like a formula: an apostrophe makes it text (our reader drops
    it).
    """
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _line(cells: list[str], encoding: str, *, first: bool = False) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    if encoding == "cp949":
        return buffer.getvalue().encode("cp949", "replace")
    return (b"\xef\xbb\xbf" if first else b"") + buffer.getvalue().encode()


async def rows_csv(db: Database, tenant_id: UUID, found: Import) -> AsyncIterator[bytes]:
    """`row,contactId,outcome`: row 1 is the first record after the header, contactId where the row belongs
    now.
    """
    yield b"row,contactId,outcome\r\n"
    async with tenant_tx(db, tenant_id) as conn:
        cursor = await conn.execute("SELECT id, merged_into FROM contacts WHERE merged_into IS NOT NULL")
        moved = {row[0]: row[1] for row in await cursor.fetchall()}
    after = 0
    while True:
        async with tenant_tx(db, tenant_id) as conn:
            cursor = await conn.execute(
                """
                SELECT row_no, contact_id, outcome FROM import_rows
                WHERE import_id = %(id)s AND row_no > %(after)s ORDER BY row_no LIMIT %(limit)s
                """,
                {"id": found.id, "after": after, "limit": _BATCH},
            )
            rows = await cursor.fetchall()
        lines = []
        for row_no, contact_id, outcome in rows:
            now_in = contact_id
            while now_in in moved:
                now_in = moved[now_in]
            lines.append(f"{row_no},{now_in or ''},{outcome}\r\n")
            after = row_no
        yield "".join(lines).encode()
        if len(rows) < _BATCH:
            return
