"""Workbooks: is this one safe to open, which sheets has it, what stands in their rows.

Run as a script this is the child that opens a workbook for others: file on stdin, JSON on stdout: a look at all
sheets, or with the argument `rows` and a first line with names of sheets their rows. It imports the standard
library and calamine only and is started by its path: importing the package would cost a second per upload.
A process of its own because calamine lays a sheet out as a full rectangle: a single cell in XFD1048576 asks
for 550 GB and aborts the process it is in (measured); and because a big workbook takes seconds, which the web
process doesn't have. Memory and CPU are limited by the kernel.
"""

import datetime as dt
import io
import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import python_calamine as calamine

MEMORY_BYTES = 1536 << 20
CPU_SECONDS = 120
# Sheets of lists deflate 5 to 30 times; deflate can't do more than 1032.
MAX_EXPANDED = 2 << 30
MAX_RATIO = 200
RATIO_FROM = 16 << 20
MAX_ENTRIES = 5_000
MAX_SHEETS = 60
MAX_COLUMNS = 512
HEAD_ROWS = 60
TELLING_ROWS = 200
LOOKED_AT = 20_000  # rows that are searched for unusual cells
CELL_CHARS = 400  # of a sample's cell
SAMPLE_CHARS = 2_000_000  # of all samples of a workbook: what the web process gets to hold

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
ROWS_PER_LINE = 500
END = b'"end"'
_CHUNK = 1 << 18
_READ_BY_CALAMINE = (".xml", ".rels", ".bin")
_RUN = re.compile(r"([0-9]+)|([A-Za-z]+)|([가-힣]+)|\s+")
_CUT_NUMBER = re.compile(r"1[016789]\d{4,5}0000")


class RefusedError(Exception):
    """The workbook can't be used; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(data: bytes) -> None:
    """Refuse what isn't a plain .xlsx, or what grows when it is opened. Raises RefusedError."""
    if data.startswith(OLE):
        raise RefusedError(_kind_of_ole(data))
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OverflowError) as error:
        raise RefusedError("damaged" if b"xl/" in data else "zip") from error
    with archive:
        entries = archive.infolist()
        names = {entry.filename.lower() for entry in entries}
        if "xl/workbook.xml" not in names:
            raise RefusedError(_kind_of_zip(names))
        if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_EXPANDED:
            raise RefusedError("expands")
        total = 0
        for entry in entries:
            if entry.flag_bits & 1:
                raise RefusedError("encrypted")
            if entry.filename.lower().endswith(_READ_BY_CALAMINE):
                total += _expand(data, entry, MAX_EXPANDED - total)


def _kind_of_ole(data: bytes) -> str:
    """Old containers hold their parts' names in UTF-16."""
    for word, kind in (("EncryptedPackage", "encrypted"), ("HwpSummaryInformation", "document")):
        if word.encode("utf-16-le") in data:
            return kind
    for word in ("Workbook", "Book"):
        if word.encode("utf-16-le") in data:
            return "old_excel"
    return "document"


def _kind_of_zip(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "binary_excel"
    if names & {"content.xml", "word/document.xml", "ppt/presentation.xml", "contents/content.hpf"}:
        return "document"
    return "zip"


def _expand(data: bytes, entry: zipfile.ZipInfo, allowed: int) -> int:
    """Inflate an entry and throw it away: what a directory declares is only what it declares."""
    at = entry.header_offset
    header = data[at : at + 30]
    if len(header) < 30 or not header.startswith(ZIP) or entry.compress_type not in (0, 8):
        raise RefusedError("damaged")
    start = at + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    packed = memoryview(data)[start : start + entry.compress_size]
    inflater = zlib.decompressobj(-15) if entry.compress_type == 8 else None
    size = 0
    tail = b""
    for offset in range(0, len(packed), _CHUNK):
        piece: bytes = bytes(packed[offset : offset + _CHUNK])
        while piece:
            if inflater is None:
                out, piece = piece, b""
            else:
                try:
                    out = inflater.decompress(piece, _CHUNK * 4)
                except zlib.error as error:
                    raise RefusedError("damaged") from error
                piece = inflater.unconsumed_tail
            size += len(out)
            read = min(offset + _CHUNK, len(packed))
            if size > allowed or size > entry.file_size or (size > RATIO_FROM and size > read * MAX_RATIO):
                raise RefusedError("expands")
            if b"<!DOCTYPE" in tail + out or b"<!ENTITY" in tail + out:
                raise RefusedError("damaged")  # no spreadsheet writes these; they only serve to reach outside
            tail = out[-10:]
    if inflater is not None and not inflater.eof:
        raise RefusedError("damaged")
    return size


class Workbook:
    """An open workbook. `check` comes first."""

    def __init__(self, data: bytes) -> None:
        try:
            self._book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        except calamine.PasswordError as error:
            raise RefusedError("encrypted") from error
        except (calamine.CalamineError, OSError, ValueError) as error:
            raise RefusedError("damaged") from error

    def sheets(self) -> list[tuple[str, bool]]:
        """Names of the sheets that hold cells, and whether each is hidden."""
        found = [
            (one.name, one.visible != calamine.SheetVisibleEnum.Visible)
            for one in self._book.sheets_metadata
            if one.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        return found[:MAX_SHEETS]

    def rows(self, sheet: str) -> Iterator[tuple[int, list[str]]]:
        """Row number as the spreadsheet shows it, and its cells as text. Blank rows are none."""
        try:
            opened = self._book.get_sheet_by_name(sheet)
        except (calamine.CalamineError, OSError, ValueError) as error:
            raise RefusedError("damaged") from error
        first = (opened.start or (0, 0))[0]
        for number, row in enumerate(opened.iter_rows(), start=first + 1):
            cells = [cell if type(cell) is str else text_of(cell) for cell in row]
            if any(cells):
                yield number, cells


def text_of(cell: object) -> str:
    """A typed cell as a person would have written it into a CSV."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "minutes")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)


def _number(value: float) -> str:
    """1012345678.0 → 1012345678. A CSV's 1.01235E+09 that went through a spreadsheet comes as 1012350000: its
    last digits are gone, so it is written as what it was and refused with words. One real number in ten
    thousand ends in 0000 and is asked for again; a guess would write to a stranger.
    """
    if not value.is_integer() or abs(value) >= 1e15:
        return repr(value)
    text = str(int(value))
    if _CUT_NUMBER.fullmatch(text):
        digits = text.rstrip("0")
        return f"{digits[0]}.{digits[1:] or '0'}E+{len(text) - 1:02d}"
    return text


def form_of(cell: str) -> str:
    """What a cell looks like: 010-1234-5678 → 93-94-94, 김철수 → 가. Addresses and memos all look alike."""
    return "long" if len(cell) > 30 else _RUN.sub(_form_of_run, cell)


def _form_of_run(run: re.Match[str]) -> str:
    if run[1]:
        return f"9{len(run[1])}"
    return "a" if run[2] else "가" if run[3] else " "


def pick(
    rows: Iterable[tuple[int, Sequence[str]]], budget: int = SAMPLE_CHARS
) -> tuple[list[tuple[int, list[str]]], int]:
    """The first rows and those with cells unlike any before in their column; and how many rows there are.

    A list's mess is rare (7 in 12,482): the first rows alone wouldn't show it.
    """
    picked: list[tuple[int, list[str]]] = []
    seen: dict[tuple[int, str], int] = {}
    count = 0
    for number, cells in rows:
        count += 1
        if count > LOOKED_AT or budget <= 0:
            continue
        telling = False
        for index, cell in enumerate(cells[:MAX_COLUMNS]):
            if cell:
                key = (index, form_of(cell))
                times = seen[key] = seen.get(key, 0) + 1
                telling = telling or times == 1
        if count <= HEAD_ROWS or (telling and len(picked) < HEAD_ROWS + TELLING_ROWS):
            kept = [cell[:CELL_CHARS] for cell in cells[:MAX_COLUMNS]]
            budget -= sum(map(len, kept)) + len(kept)
            picked.append((number, kept))
    return picked, count


def look(data: bytes) -> list[dict[str, Any]]:
    """Every sheet with its number of rows and a sample of them."""
    check(data)
    book = Workbook(data)
    found = []
    sheets = book.sheets()
    for name, hidden in sheets:
        sample, count = pick(book.rows(name), SAMPLE_CHARS // len(sheets))
        found.append({"name": name, "hidden": hidden, "rows": count, "exact": True, "sample": sample})
    return found


def _write_rows() -> None:
    """A line for each sheet's number, lines of many rows, and a last one: what lacks it was cut off."""
    names = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    check(data)
    book = Workbook(data)
    del data
    out = sys.stdout.buffer
    for number, name in enumerate(names):
        out.write(b"%d\n" % number)
        rows = (cells for _, cells in book.rows(name))
        while batch := list(islice(rows, ROWS_PER_LINE)):
            out.write(json.dumps(batch, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    out.write(END + b"\n")


def _main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would put the list on the disk
    if sys.argv[1:] == ["rows"]:
        _write_rows()
        return 0
    try:
        answer: dict[str, Any] = {"sheets": look(sys.stdin.buffer.read())}
    except RefusedError as error:
        answer = {"refused": error.code}
    except MemoryError:
        answer = {"refused": "too_big"}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    sys.exit(_main())
