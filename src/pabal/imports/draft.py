"""An upload before its start: what the mapping screen shows, and its choices (encoding, sheets, header row, mapping).

Choices are stored, so that a reload or a second tab finds the screen as it was left.
"""

import json
from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from pabal.imports.guess import MappingError, Target, read_mapping
from pabal.imports.read import HEAD_BYTES, WORKBOOK, Shape, placed
from pabal.imports.sample import FIRST_ROWS, Design, PreviewRow, Sample, design, preview, sample_text
from pabal.imports.vault import Vault
from pabal.kit.db import Conn, Database, tenant_tx
from pabal.kit.http.errors import CONFLICT, INVALID, FieldError, Problem

ENCODINGS = ("utf-8", "cp949", "utf-16", "utf-16-le", "utf-16-be")
GONE = Problem(CONFLICT, detail="이미 시작했거나 취소한 가져오기예요. 파일을 다시 올려 주세요")


@dataclass(frozen=True)
class Draft:
    """An upload as the mapping screen needs it."""

    id: UUID
    sample: Sample
    design: Design
    mapping: dict[str, Target]
    preview: list[PreviewRow]

    def first_rows(self) -> list[list[str]]:
        """The first rows' cells as the file has them; resident numbers were blotted before they were kept."""
        shape = self.design.shape
        if not shape.sheets:
            return [cells[: len(shape.columns)] for _, cells in self.sample.sheets[0].sample[shape.skip :]][
                :FIRST_ROWS
            ]
        by_name = {sheet.name: sheet for sheet in self.sample.sheets}
        rows = (
            placed(cells, part.places)
            for part in shape.sheets
            for _, cells in by_name[part.name].sample[part.skip :]
        )
        return list(islice(rows, FIRST_ROWS))


async def each_part(db: Database, tenant_id: UUID, import_id: UUID, vault: Vault) -> AsyncIterator[bytes]:
    """The plain parts, one in memory at a time."""
    part = 0
    while True:
        async with tenant_tx(db, tenant_id) as conn:
            cursor = await conn.execute(
                "SELECT body FROM import_files WHERE import_id = %s AND part = %s", (import_id, part)
            )
            row = await cursor.fetchone()
        if row is None:
            return
        yield vault.open(import_id, part, row[0])
        part += 1


async def keep_draft(
    conn: Conn,
    import_id: UUID,
    sample: Sample,
    found: Design,
    *,
    mapping: Mapping[str, Target] | None = None,
    header_chosen: int | None = None,
) -> None:
    """Store the sample and what was made of it; a forecast of something else is forgotten."""
    guessed = {column.name: column.target for column in found.columns}
    cursor = await conn.execute(
        """
        UPDATE imports SET sample = app.encrypt(%(sample)s), shape = %(shape)s, mapping = %(mapping)s,
               rows_total = %(rows)s, forecast = NULL, forecast_key = NULL, forecast_problem = NULL
        WHERE id = %(id)s AND state IN ('uploading', 'uploaded')
        """,
        {
            "id": import_id,
            "sample": json.dumps(sample.to_json(), ensure_ascii=False),
            "shape": Jsonb(found.shape.to_json() | {"headerChosen": header_chosen}),
            "mapping": Jsonb({**guessed, **(mapping or {})}),
            "rows": found.rows,
        },
    )
    if cursor.rowcount == 0:
        raise GONE


class _Stored(NamedTuple):
    sample: Sample
    shape: dict[str, Any]
    mapping: dict[str, Target]
    size: int


async def _stored(conn: Conn, import_id: UUID) -> _Stored | None:
    cursor = await conn.execute(
        """
        SELECT app.decrypt(sample), shape, mapping, byte_size FROM imports
        WHERE id = %s AND state = 'uploaded' AND sample IS NOT NULL
        """,
        (import_id,),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    mapping = {name: Target(target) for name, target in row[2].items()}
    return _Stored(Sample.of(json.loads(row[0])), row[1], mapping, row[3])


async def read_draft(conn: Conn, import_id: UUID, year: int) -> Draft | None:
    """None when the import has started or was given up."""
    stored = await _stored(conn, import_id)
    if stored is None:
        return None
    sheets = [one["name"] for one in stored.shape["sheets"]] or None
    found = design(stored.sample, sheets=sheets, header_row=stored.shape["headerChosen"])
    rows = preview(stored.sample, found.shape, stored.mapping, year)
    return Draft(import_id, stored.sample, found, stored.mapping, rows)


async def read_choices(conn: Conn, import_id: UUID) -> tuple[Shape, dict[str, Target]]:
    """How the file is to be read, and its mapping, as they are kept."""
    cursor = await conn.execute("SELECT shape, mapping FROM imports WHERE id = %s", (import_id,))
    row = await cursor.fetchone()
    if row is None:
        raise GONE
    return Shape.of(row[0]), {name: Target(target) for name, target in row[1].items()}


async def change_draft(
    db: Database,
    tenant_id: UUID,
    import_id: UUID,
    *,
    encoding: str | None = None,
    sheets: Sequence[str] | None = None,
    header_row: int | None = None,
    mapping: Mapping[str, object] | None = None,
) -> None:
    """Another way to read the file, or another mapping. Choices for columns that stay are kept.

    Raises UnreadableFileError.
    """
    async with tenant_tx(db, tenant_id) as conn:
        stored = await _stored(conn, import_id)
    if stored is None:
        raise GONE
    sample, shape, kept, size = stored
    reread = encoding is not None and sample.encoding not in (WORKBOOK, encoding)
    if reread:
        sample = await _sample_again(db, tenant_id, import_id, size, sample.sheets[0].rows, encoding or "")
    if header_row is None and not reread and sheets is None:
        header_row = shape["headerChosen"]
    if sheets is None:
        sheets = [one["name"] for one in shape["sheets"]] or None
    found = design(sample, sheets=sheets, header_row=header_row)
    guessed = {column.name: column.target for column in found.columns}
    same = {name: target for name, target in kept.items() if name in guessed}
    if mapping is not None:
        same = checked_mapping(mapping, found.shape.columns)
    async with tenant_tx(db, tenant_id) as conn:
        await keep_draft(conn, import_id, sample, found, mapping=same, header_chosen=header_row)


async def _sample_again(
    db: Database, tenant_id: UUID, import_id: UUID, size: int, lines: int, encoding: str
) -> Sample:
    """A text under another encoding; its first part holds all that is looked at."""
    vault = Vault(tenant_id, await db.keys.of(db.pool, tenant_id))
    async for head in each_part(db, tenant_id, import_id, vault):
        if encoding == "utf-8" and head.startswith(BOM_UTF8):
            encoding = "utf-8-sig"
        return sample_text(head[:HEAD_BYTES], size, lines, encoding)
    raise GONE


def checked_mapping(
    given: Mapping[str, object], names: Sequence[str], *, partial: bool = True
) -> dict[str, Target]:
    """A mapping from outside. `partial`: may still reach nobody, as a mapping that is being made does."""
    try:
        return read_mapping(given, names, partial=partial)
    except MappingError as error:
        raise Problem(INVALID, errors=[FieldError(error.path, error.message)]) from error
