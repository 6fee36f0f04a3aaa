"""What became of an import: its state, the error file, where every row belongs now."""

import csv
import io
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from pabal.domain import identity
from pabal.domain import phone as phones
from pabal.domain.name import clean_name, mask_name
from pabal.domain.phone import Phone, mask_phone, parse_phone
from pabal.imports import stage
from pabal.imports.guess import Target
from pabal.kit.db import Conn, Database, tenant_tx
from pabal.kit.http.errors import NOT_FOUND, Problem
from pabal.kit.tables import stream_workbook

_BATCH = 5_000
# What is wrong and how to mend it, by code.
_IN_NUMBERS = (
    phones.EXCEL_NUMBER, phones.TOO_SHORT, phones.TOO_LONG, phones.NO_PREFIX, phones.UNKNOWN, phones.RESIDENT_NUMBER
)  # fmt: skip
_WORDS: Mapping[str, tuple[str, str]] = {
    **{
        one.code: (one.message, one.mend)
        for one in (*stage.PROBLEMS.values(), identity.BAD_EMAIL, identity.BAD_KAKAO)
    },
    **{one.code: (one.message, one.mend) for one in _IN_NUMBERS},
}


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
    purposes: list[str]
    obtained_on: date | None
    ask_nameless: bool
    rows_total: int
    rows_done: int
    created: int
    updated: int
    merged: int
    rejected: int
    review: int
    skipped: int
    warned: int
    made_up: int
    made_up_open: bool
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
                   source, purposes, obtained_on, ask_nameless,
                   rows_total, rows_done, created, updated, merged, rejected, review, skipped, warned,
                   made_up, made_up > 0 AND made_up_at IS NULL AS made_up_open, problem,
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
    """Refused rows: the original columns and `오류`. Mended, it can be uploaded as it is."""
    first = True
    async for rows in _errors(db, tenant_id, found, warnings=warnings):
        yield b"".join(
            _line([*map(_safe, cells[:-1]), cells[-1]], encoding, first=first and at == 0)
            for at, cells in enumerate(rows)
        )
        first = False


def errors_xlsx(db: Database, tenant_id: UUID, found: Import, *, warnings: bool) -> AsyncIterator[bytes]:
    """The same as a workbook, for those whose list was one."""
    return stream_workbook(_errors(db, tenant_id, found, warnings=warnings), sheet_name="고칠 줄")


async def _errors(
    db: Database, tenant_id: UUID, found: Import, *, warnings: bool
) -> AsyncIterator[list[list[str]]]:
    """The header, then refused rows by the thousand; with `warnings` also those that lost one of their cells."""
    columns = list(found.shape.get("columns", []))
    yield [[*columns, "오류"]]
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
        out = []
        for _, plain, problems in rows:
            cells = json.loads(plain) if plain is not None else []
            padded = [*cells, *([""] * (len(columns) - len(cells)))]
            out.append([*padded[: len(columns)], words_of(problems or [])])
        yield out
        if len(rows) < _BATCH:
            return
        after = rows[-1][0]


@dataclass(frozen=True, repr=False)
class RejectedRow:
    """A refused row to be mended by hand: its cells as the file had them, and what is wrong."""

    row: int
    cells: list[str]
    problem: str
    columns: list[str]  # where it is wrong; empty when it is the row as a whole


async def rejected_rows(conn: Conn, found: Import, limit: int) -> list[RejectedRow]:
    cursor = await conn.execute(
        """
        SELECT row_no, app.decrypt(cells), problems FROM import_rows
        WHERE import_id = %s AND outcome = 'rejected' AND cells IS NOT NULL ORDER BY row_no LIMIT %s
        """,
        (found.id, limit),
    )
    width = len(found.shape.get("columns", []))
    rows = []
    for number, plain, problems in await cursor.fetchall():
        cells = json.loads(plain)
        columns = [one["column"] for one in problems or [] if one.get("column")]
        padded = [*cells, *([""] * (width - len(cells)))][:width]
        rows.append(RejectedRow(number, padded, words_of(problems or []), list(dict.fromkeys(columns))))
    return rows


def words_of(problems: Sequence[Mapping[str, str]]) -> str:
    """`휴대폰: 무엇이 잘못됐고. 어떻게 고치는지`. A row's reason isn't repeated beside its cell's."""
    in_cells = {problem["code"] for problem in problems if problem.get("column")}
    said = []
    for problem in problems:
        column, code = problem.get("column", ""), problem.get("code", "")
        if not column and code in in_cells:
            continue
        text = ". ".join(filter(None, (problem.get("message", ""), mend_of(code))))
        said.append(f"{column}: {text}" if column else text)
    return "; ".join(dict.fromkeys(said))


def mend_of(code: str | None) -> str:
    return _WORDS.get(code or "", ("", ""))[1]


@dataclass(frozen=True)
class ProblemCount:
    code: str
    message: str
    mend: str
    count: int


def in_words(counts: Mapping[str, int]) -> list[ProblemCount]:
    """Problems by code as a person reads them, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [ProblemCount(code, *_WORDS.get(code, ("", "")), count) for code, count in ordered]


@dataclass(frozen=True)
class Summary:
    """Rows by outcome; why rows were refused; what was left out of rows that went in."""

    outcomes: dict[str, int]
    refused: list[ProblemCount]
    left_out: list[ProblemCount]


async def summarise(conn: Conn, import_id: UUID) -> Summary:
    """One pass over the import's rows without decrypting any. A refused row counts once, by its reason."""
    cursor = await conn.execute(
        """
        SELECT outcome, NULL, NULL, count(*) FROM import_rows WHERE import_id = %(id)s GROUP BY outcome
        UNION ALL
        SELECT 'refused', problems->0->>'code', min(problems->0->>'message'), count(*) FROM import_rows
        WHERE import_id = %(id)s AND outcome = 'rejected' GROUP BY 2
        UNION ALL
        SELECT 'left out', said.code, min(said.message), count(*)
        FROM import_rows r, LATERAL (SELECT one.code, min(one.message) AS message
                                     FROM jsonb_to_recordset(r.problems) AS one (code text, message text)
                                     GROUP BY one.code) said
        WHERE r.import_id = %(id)s AND r.outcome <> 'rejected' AND r.problems IS NOT NULL GROUP BY said.code
        ORDER BY 4 DESC, 2
        """,
        {"id": import_id},
    )
    rows = await cursor.fetchall()

    def problems(kind: str) -> list[ProblemCount]:
        return [
            ProblemCount(code or "", message or "", mend_of(code), count)
            for name, code, message, count in rows
            if name == kind
        ]

    outcomes = {name: count for name, _, _, count in rows if name not in ("refused", "left out")}
    return Summary(outcomes, problems("refused"), problems("left out"))


@dataclass(frozen=True)
class RecentRow:
    """A row just written, as the live view may show it to anybody in the team."""

    row: int
    name: str
    phone: str
    outcome: str
    code: str


async def recent_rows(conn: Conn, found: Import, limit: int = 8) -> list[RecentRow]:
    cursor = await conn.execute(
        """
        SELECT row_no, app.decrypt(cells), outcome, problems->0->>'code' FROM import_rows
        WHERE import_id = %s ORDER BY row_no DESC LIMIT %s
        """,
        (found.id, limit),
    )
    targets = [(found.mapping or {}).get(name) for name in found.shape.get("columns", [])]

    def cell(cells: list[str], target: Target) -> str:
        return next(
            (one for one, to in zip(cells, targets, strict=False) if to == target and one.strip()), ""
        )

    rows = []
    for number, plain, outcome, code in await cursor.fetchall():
        cells = json.loads(plain) if plain is not None else []
        phone = parse_phone(cell(cells, Target.PHONE))
        shown = mask_phone(phone.digits) if isinstance(phone, Phone) else ""
        name = mask_name(clean_name(cell(cells, Target.NAME)).display)
        rows.append(RecentRow(number, name, shown, outcome, code or ""))
    return rows


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
