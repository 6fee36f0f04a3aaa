"""What the mapping screen knows of a file: a sample of each sheet; from it the columns, a mapping, a preview. Pure.

The sample is kept (as ciphertext, until the import starts), so that the screen survives a reload and another
sheet or header row costs no second reading of the file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from pabal.domain.phone import mask_resident_numbers
from pabal.imports.cells import Cell, CellState, look_at_cell
from pabal.imports.guess import (
    CONTACT_TARGETS,
    Column,
    Target,
    consent_polarity,
    find_header,
    guess_columns,
    unique_names,
)
from pabal.imports.read import (
    HEAD_BYTES,
    WORKBOOK,
    Shape,
    Sheet,
    UnreadableFileError,
    guess_delimiter,
    head_records,
    placed,
)
from pabal.imports.xlsx import pick

# A run holds the whole list in memory, about a kilobyte and a half per row.
MAX_ROWS = 1_000_000
FIRST_ROWS = 20
TOUCHED_ROWS = 40
_HEAD_RECORDS = 4_000  # of a text: what 256 KiB hold
_TOUCHED = frozenset({CellState.FIXED, CellState.INTERPRETED, CellState.BAD, CellState.HIDDEN})
_WORST = {CellState.HIDDEN: 0, CellState.BAD: 1, CellState.INTERPRETED: 2, CellState.FIXED: 3}
_NO_ROWS = UnreadableFileError(
    "file_no_rows", "제목만 있고 명단이 없어요. 사람이 적힌 줄이 있는 파일을 올려 주세요"
)

NumberedRow = tuple[int, list[str]]


@dataclass(frozen=True)
class SheetSample:
    """The first rows of a sheet and its unusual ones, each with its number in the file."""

    name: str
    rows: int
    exact: bool
    hidden: bool
    sample: list[NumberedRow]


@dataclass(frozen=True)
class Sample:
    encoding: str
    delimiter: str
    sheets: tuple[SheetSample, ...]

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        sheets = (
            SheetSample(
                one["name"],
                one["rows"],
                one["exact"],
                one["hidden"],
                [(number, cells) for number, cells in one["sample"]],
            )
            for one in stored["sheets"]
        )
        return cls(stored["encoding"], stored["delimiter"], tuple(sheets))

    def to_json(self) -> dict[str, Any]:
        """Resident registration numbers stay out of it, whatever is done with it later."""
        return {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "sheets": [
                {
                    "name": one.name,
                    "rows": one.rows,
                    "exact": one.exact,
                    "hidden": one.hidden,
                    "sample": [
                        (number, [mask_resident_numbers(cell)[0] for cell in cells])
                        for number, cells in one.sample
                    ],
                }
                for one in self.sheets
            ],
        }


def sample_text(head: bytes, size: int, lines: int, encoding: str) -> Sample:
    """Of a text file's first bytes, its size and number of lines. Raises UnreadableFileError."""
    whole = size <= HEAD_BYTES
    delimiter = guess_delimiter(head, encoding, whole=whole)
    records = head_records(head, encoding, delimiter, whole=whole, limit=_HEAD_RECORDS)
    whole = whole and len(records) < _HEAD_RECORDS
    picked, _ = pick(enumerate(records, start=1))
    rows = len(records) if whole else max(len(records), lines)
    return Sample(encoding, delimiter, (SheetSample("", rows, whole, False, picked),))


@dataclass(frozen=True)
class Design:
    """A way to read the file: its shape, what each column is taken for, and how many rows that makes."""

    shape: Shape
    columns: list[Column]
    header_row: int | None  # number in the file; None when it starts with data
    rows: int
    exact: bool


def design(sample: Sample, *, sheets: Sequence[str] | None = None, header_row: int | None = None) -> Design:
    """The guess; or the guess for chosen sheets and a chosen header row (0: none). Raises UnreadableFileError."""
    chosen = _chosen(sample, sheets)
    heads = [_head(sheet, header_row) for sheet in chosen]
    if sample.encoding != WORKBOOK:
        names, at = heads[0]
        rows = [cells for _, cells in chosen[0].sample[at:]]
        if not rows:
            raise _NO_ROWS
        shape = Shape(sample.encoding, sample.delimiter, at, names)
    else:
        names = tuple(dict.fromkeys(name for one, _ in heads for name in one if name))
        parts = [
            Sheet(sheet.name, at, tuple(own.index(name) if name in own else -1 for name in names))
            for sheet, (own, at) in zip(chosen, heads, strict=True)
        ]
        rows = [
            placed(cells, part.places)
            for sheet, part in zip(chosen, parts, strict=True)
            for _, cells in sheet.sample[part.skip :]
        ]
        if not rows:
            raise _NO_ROWS
        shape = Shape(sample.encoding, sample.delimiter, 0, names, tuple(parts))
    count = sum(sheet.rows for sheet in chosen) - sum(at for _, at in heads)
    if count > MAX_ROWS * 1.05:  # lines are counted, and some cells have line breaks
        raise UnreadableFileError(
            "file_too_long",
            f"{count:,}행이에요. 한 번에 {MAX_ROWS:,}행까지 가져올 수 있어요. 파일을 나누어 올려 주세요",
        )
    return Design(
        shape,
        guess_columns(names, rows),
        chosen[0].sample[heads[0][1] - 1][0] if heads[0][1] else None,
        count,
        all(sheet.exact for sheet in chosen),
    )


def _chosen(sample: Sample, names: Sequence[str] | None) -> list[SheetSample]:
    """The named sheets in the file's order; else the longest visible one that reaches anybody."""
    if names is not None and sample.encoding == WORKBOOK:
        found = [sheet for sheet in sample.sheets if sheet.name in names]
        if not found or len(found) != len(set(names)):
            raise UnreadableFileError("file_no_sheet", "파일에 없는 시트예요")
        return found
    filled = [sheet for sheet in sample.sheets if sheet.rows and not sheet.hidden]
    if not filled:
        raise UnreadableFileError("file_empty", "파일이 비어 있어요. 이름과 번호가 적힌 시트가 없어요")
    return [max(filled, key=lambda sheet: (_reaches_somebody(sheet), sheet.rows))]


def _reaches_somebody(sheet: SheetSample) -> bool:
    names, at = _head(sheet, None)
    columns = guess_columns(names, [cells for _, cells in sheet.sample[at : at + 50]])
    return any(column.target in CONTACT_TARGETS for column in columns)


def _head(sheet: SheetSample, header_row: int | None) -> tuple[tuple[str, ...], int]:
    """Names of the columns and how many records stand before the data. Workbook columns with neither are ""."""
    records = [cells for _, cells in sheet.sample]
    if header_row is None:
        found = find_header(records)
    else:
        numbers = [number for number, _ in sheet.sample]
        found = numbers.index(header_row) if header_row in numbers else None
    at = 0 if found is None else found + 1
    width = max(map(len, records), default=0)
    header = [""] * width if found is None else records[found]
    names = unique_names(header)
    if sheet.name:  # a text's row may not be wider than its header; a sheet is a rectangle
        blank = [
            not cell.strip() and not any(row[index].strip() for row in records[at:] if index < len(row))
            for index, cell in enumerate(header)
        ]
        names = tuple("" if empty else name for name, empty in zip(names, blank, strict=True))
    return names, at


@dataclass(frozen=True)
class PreviewRow:
    row: int  # its number in the file
    sheet: str
    cells: list[Cell]
    first: bool  # one of the first rows
    touched: bool  # something in it is mended, interpreted or unreadable


def preview(sample: Sample, shape: Shape, mapping: Mapping[str, Target], year: int) -> list[PreviewRow]:
    """The first rows, and rows in which something happens: each kind of thing at least once."""
    by_name = {sheet.name: sheet for sheet in sample.sheets}
    if shape.sheets:
        rows = [
            (part.name, number, placed(cells, part.places))
            for part in shape.sheets
            for number, cells in by_name[part.name].sample[part.skip :]
        ]
    else:
        rows = [("", number, cells) for number, cells in sample.sheets[0].sample[shape.skip :]]
    targets = [
        consent_polarity(
            mapping.get(name, Target.IGNORE), [cells[i] for _, _, cells in rows if i < len(cells)]
        )
        for i, name in enumerate(shape.columns)
    ]
    looked: list[PreviewRow] = []
    for at, (sheet, number, raw) in enumerate(rows):
        cells = [
            look_at_cell(target, raw[i] if i < len(raw) else "", year) for i, target in enumerate(targets)
        ]
        touched = any(cell.state in _TOUCHED for cell in cells)
        looked.append(PreviewRow(number, sheet, cells, at < FIRST_ROWS, touched))
    kept = _telling(looked)
    return [row for at, row in enumerate(looked) if row.first or at in kept]


def _telling(rows: Sequence[PreviewRow]) -> set[int]:
    """At most forty: first those that show something no other shows yet, the worst first."""
    touched = [at for at, row in enumerate(rows) if row.touched]
    touched.sort(key=lambda at: min(_WORST.get(cell.state, 9) for cell in rows[at].cells))
    seen: set[tuple[int, str]] = set()
    new: list[int] = []
    others: list[int] = []
    for at in touched:
        kinds = {(i, cell.note) for i, cell in enumerate(rows[at].cells) if cell.state in _TOUCHED}
        (others if kinds <= seen else new).append(at)
        seen |= kinds
    return set((new + others)[:TOUCHED_ROWS])
