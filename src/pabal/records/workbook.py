"""The first sheet of a small workbook as rows of text, with the standard library alone.

Not calamine: that lays a sheet out as a full rectangle, so that one cell in XFD1048576 costs gigabytes, and a process of its
own for each small upload would cost a second. Here cells are read as they come, and what unpacks to more than 60
MB, has more marks than 50,000 rows of 12 columns or names entities is refused.
"""

import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, iterparse

MAX_UNPACKED = 60_000_000
MAX_TAGS = 3_000_000  # 95 bytes each while they are read: 14 million empty cells are 55 kB in the file and 1.3 GB in memory
MAX_COLUMNS = 200
_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# Whatever zipfile says of a file that is damaged, locked with a password or packed in an uncommon way.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    RuntimeError,
    EOFError,
    ParseError,
    LookupError,
    ValueError,
    OverflowError,
    OSError,
)
_CELL = re.compile(r"([A-Z]{1,3})\d+")


class UnreadableWorkbookError(ValueError):
    """Not a workbook that people make in a spreadsheet."""


class TooManyCellsError(UnreadableWorkbookError):
    """More than is read at once: people can split it."""


def read_workbook(data: bytes, most: int) -> list[list[str]]:
    """At most `most` rows that have something in them."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as book:
            if sum(one.file_size for one in book.infolist()) > MAX_UNPACKED:
                raise TooManyCellsError("too large")
            names = book.namelist()
            sheets = sorted(
                (name for name in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)),
                key=lambda name: int(re.sub(r"\D", "", name)),
            )
            if not sheets:
                raise UnreadableWorkbookError("no sheet")
            shared = list(_shared(book)) if "xl/sharedStrings.xml" in names else []
            return _rows(_safe(book, sheets[0]), shared, most)
    except UnreadableWorkbookError:
        raise
    except _BROKEN as error:
        raise UnreadableWorkbookError(type(error).__name__) from None


def _safe(book: zipfile.ZipFile, name: str) -> bytes:
    content = book.read(name)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UnreadableWorkbookError("entities")
    if b"\0" in content:  # UTF-16, which no spreadsheet writes and in which the above isn't seen
        raise UnreadableWorkbookError("encoding")
    if content.count(b"<") > MAX_TAGS:
        raise TooManyCellsError("too many cells")
    return content


def _shared(book: zipfile.ZipFile) -> Iterator[str]:
    for _, element in iterparse(BytesIO(_safe(book, "xl/sharedStrings.xml"))):  # noqa: S314  # no entities, see _safe
        if element.tag == f"{_NS}si":
            yield _text(element)
            element.clear()


def _text(element: Element) -> str:
    """Without the readings that Japanese spreadsheets keep beside a text."""
    return "".join(
        part.text or "" for one in element if one.tag != f"{_NS}rPh" for part in one.iter(f"{_NS}t")
    ) or (element.text or "" if element.tag == f"{_NS}t" else "")


def _rows(content: bytes, shared: list[str], most: int) -> list[list[str]]:
    found: list[list[str]] = []
    for _, element in iterparse(BytesIO(content)):  # noqa: S314  # no entities, see _safe
        if element.tag != f"{_NS}row":
            continue
        cells: dict[int, str] = {}
        for at, cell in enumerate(element.iter(f"{_NS}c")):
            place = _CELL.fullmatch(cell.get("r", ""))
            column = _column(place[1]) if place else at
            if column < MAX_COLUMNS:
                cells[column] = _value(cell, shared)
        if any(cells.values()):
            found.append([cells.get(at, "") for at in range(max(cells) + 1)])
            if len(found) > most:
                return found
        element.clear()
    return found


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _value(cell: Element, shared: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inner = cell.find(f"{_NS}is")
        return "" if inner is None else _text(inner)
    value = cell.findtext(f"{_NS}v") or ""
    if kind == "s":
        return shared[int(value)]
    if kind == "b":
        return "true" if value == "1" else "false"
    if kind == "e":
        return ""
    # 1012345678.0 and 1.012345678E9 are how numbers of phones arrive when Excel took them for amounts.
    if kind == "n" and value:
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value
    return value


def as_date(text: str) -> str:
    """A day that a spreadsheet keeps as a number of days; everything else stays."""
    if not re.fullmatch(r"\d{5}(\.\d+)?", text):
        return text
    return (date(1899, 12, 30) + timedelta(days=int(float(text)))).isoformat()
