"""Bytes of a file → records: which encoding, which delimiter, which sheets. Knows nothing of contacts.

The encoding is decided over the whole file while it streams in (both decoders count what they can't read),
never from its first kilobytes: a list whose only Korean name stands in row 90,000 is read right.
"""

import codecs
import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from pabal.imports import xlsx
from pabal.imports.xlsx import OLE, ZIP

csv.field_size_limit(1 << 20)

HEAD_BYTES = 256 * 1024
REPLACEMENT = "\ufffd"
_DELIMITERS = (",", "\t", ";", "|")
_PDF = b"%PDF"
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|head|meta|table|style|\?xml|!--)", re.IGNORECASE)
WORKBOOK = "xlsx"  # in the place of an encoding: a workbook's text has none to be chosen


class UnreadableFileError(Exception):
    """The file as a whole can't be used. `code` is the problem's code, the text is for a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass
class Probe:
    """Watches a file stream by: size, encodings, the head for the preview."""

    size: int = 0
    head: bytearray = field(default_factory=bytearray)
    _broken: dict[str, int] = field(default_factory=lambda: {"utf-8": 0, "cp949": 0})
    _foreign: int = 0  # runs of bytes above ASCII
    _nuls: int = 0
    _line_ends: list[int] = field(default_factory=lambda: [0, 0])

    def __post_init__(self) -> None:
        self._decoders = {name: codecs.getincrementaldecoder(name)("replace") for name in self._broken}

    def feed(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if len(self.head) < HEAD_BYTES:
            self.head += chunk[: HEAD_BYTES - len(self.head)]
        self._nuls += chunk.count(0)
        self._line_ends[0] += chunk.count(b"\n")
        self._line_ends[1] += chunk.count(b"\r")
        if (
            not self.head.startswith(codecs.BOM_UTF8) and not chunk.isascii()
        ):  # a mark at its head says what it is
            self._foreign += sum(1 for _ in _NOT_ASCII.finditer(chunk))
            for name, decoder in self._decoders.items():
                self._broken[name] += decoder.decode(chunk).count(REPLACEMENT)

    @property
    def lines(self) -> int:
        """Physical lines, so rarely more than there are records (line breaks inside a cell)."""
        return max(self._line_ends)

    def is_container(self) -> bool:
        """A zip or an old Office file: what is in it, `imports.probe` finds out."""
        return bytes(self.head).startswith((ZIP, OLE))

    def encoding(self) -> str:
        """Python codec name. Raises UnreadableFileError."""
        head = bytes(self.head[:8])
        if self.size == 0 or not bytes(self.head).strip(b"\xef\xbb\xbf\xff\xfe \t\r\n,;\0"):
            raise UnreadableFileError("file_empty", "파일이 비어 있어요")
        if head.startswith(_PDF):
            raise UnreadableFileError("file_not_text", "PDF 파일이에요. 엑셀이나 CSV 파일을 올려 주세요")
        if _MARKUP.match(bytes(self.head).removeprefix(codecs.BOM_UTF8)):
            raise UnreadableFileError(
                "file_is_web_page",
                "이름은 엑셀이어도 속은 웹 문서예요. 엑셀에서 연 뒤 '다른 이름으로 저장'에서 "
                "'Excel 통합 문서(.xlsx)'로 저장해 올려 주세요",
            )
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if self._nuls > self.size // 1000:
            for name in ("utf-16-le", "utf-16-be"):
                if _looks_written(bytes(self.head[: len(self.head) // 2 * 2]).decode(name, "replace")):
                    return name
            raise UnreadableFileError(
                "file_not_text", "글자로 된 명단 파일이 아니에요. 엑셀(.xlsx)이나 CSV 파일을 올려 주세요"
            )
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        name = min(self._broken, key=lambda one: (self._broken[one], one == "cp949"))
        if self._broken[name] * 20 > max(self._foreign, 20):
            raise UnreadableFileError(
                "file_encoding",
                "글자를 읽을 수 없어요. 엑셀에서 'CSV UTF-8(쉼표로 분리)' 형식으로 다시 저장해 주세요",
            )
        return name


_WRITTEN = re.compile(r"[\s\x20-\x7e가-힣ㄱ-ㅎ·–—]")
_NOT_ASCII = re.compile(rb"[\x80-\xff]+")


def _looks_written(text: str) -> bool:
    """Nine of ten characters are Hangul or printable ASCII: bytes read under the wrong encoding aren't."""
    return len(_WRITTEN.findall(text)) >= 0.9 * len(text)


def text_of(parts: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Decoded pieces. What can't be read becomes U+FFFD: the row that holds it is refused later, the others
    go in.
    """
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for part in parts:
        yield decoder.decode(part)
    yield decoder.decode(b"", True)


def lines_of(pieces: Iterable[str]) -> Iterator[str]:
    """Physical lines ending in LF, whatever the file uses; a CR LF cut between two pieces stays
    one.
    """
    tail = ""
    for piece in pieces:
        text = tail + piece
        held = "\r" if text.endswith("\r") else ""
        text = text[: len(text) - len(held)].replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        *lines, rest = text.split("\n")
        for line in lines:
            yield line + "\n"
        tail = rest + held
    if tail:
        yield from (line + "\n" for line in tail.replace("\r", "\n").split("\n") if line)


def records_of(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """CSV records; blank lines are none."""
    return (record for record in csv.reader(lines, delimiter=delimiter) if record)


@dataclass(frozen=True)
class Sheet:
    """A chosen sheet of a workbook. `places[i]` is where the import's column i stands in it, -1 if nowhere."""

    name: str
    skip: int
    places: tuple[int, ...]


@dataclass(frozen=True)
class Shape:
    """How to read a file: what `imports.shape` keeps. No cell values."""

    encoding: str  # a codec, or WORKBOOK
    delimiter: str
    skip: int  # records before the first data record: titles and the header
    columns: tuple[str, ...]
    sheets: tuple[Sheet, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From `imports.shape`."""
        return cls(
            stored["encoding"],
            stored["delimiter"],
            stored["skip"],
            tuple(stored["columns"]),
            tuple(
                Sheet(one["name"], one["skip"], tuple(one["places"])) for one in stored.get("sheets") or ()
            ),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "skip": self.skip,
            "columns": list(self.columns),
            "sheets": [
                {"name": one.name, "skip": one.skip, "places": list(one.places)} for one in self.sheets
            ],
        }


def head_records(
    head: bytes, encoding: str, delimiter: str, *, whole: bool, limit: int = 60
) -> list[list[str]]:
    """The first records; the last line of a cut head is left out."""
    lines = list(lines_of(text_of([head], encoding)))
    if not whole and len(lines) > 1:
        lines.pop()
    out: list[list[str]] = []
    try:
        for record in records_of(lines, delimiter):
            out.append(record)
            if len(out) >= limit:
                break
    except csv.Error as error:
        raise UnreadableFileError(
            "file_not_text", "표로 읽을 수 없는 파일이에요. CSV 파일을 올려 주세요"
        ) from error
    return out


def guess_delimiter(head: bytes, encoding: str, *, whole: bool) -> str:
    """The delimiter that cuts the most records into the same number (> 1) of cells."""
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        try:
            widths = [
                len(record) for record in head_records(head, encoding, delimiter, whole=whole, limit=30)
            ]
        except UnreadableFileError:
            continue
        common = max(set(widths), key=widths.count, default=1)
        score = (
            widths.count(common) / len(widths) * (1 + min(common, 20) / 100) if widths and common > 1 else 0.0
        )
        if score > best_score:
            best, best_score = delimiter, score
    return best


def read_all(parts: Iterable[bytes], shape: Shape) -> Iterator[list[str]]:
    """Every data record of a file: of its chosen sheets one after the other, in the order of the columns."""
    if shape.encoding == WORKBOOK:
        return _read_sheets(parts, shape.sheets)
    records = records_of(lines_of(text_of(parts, shape.encoding)), shape.delimiter)
    for _ in range(shape.skip):
        next(records, None)
    return records


def _read_sheets(parts: Iterable[bytes], sheets: Sequence[Sheet]) -> Iterator[list[str]]:
    """In a child: a million rows are a gigabyte of cells, which this process needs for other things; and it reads
    on another core while this one goes on.
    """
    child = subprocess.Popen(
        [sys.executable, "-I", xlsx.__file__, "rows"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        with suppress(BrokenPipeError):  # what it didn't read is missed below
            # The names too: a process's arguments are everybody's to see.
            child.stdin.write(json.dumps([sheet.name for sheet in sheets]).encode() + b"\n")
            for part in parts:
                child.stdin.write(part)
            child.stdin.close()
        sheet, done = sheets[0], 0
        for line in child.stdout:
            told = json.loads(line)
            if told == "end":
                return
            if isinstance(told, int):
                sheet, done = sheets[told], 0
                continue
            for at, cells in enumerate(told, start=done):
                if at >= sheet.skip:
                    yield placed(cells, sheet.places)
            done += len(told)
        raise UnreadableFileError("file_damaged", "엑셀 파일을 끝까지 읽지 못했어요")
    finally:
        child.kill()
        with suppress(BrokenPipeError):
            child.stdin.close()
        child.stdout.close()
        child.wait()


def placed(cells: list[str], places: Sequence[int]) -> list[str]:
    """A row of one sheet in the order of the import's columns."""
    width = len(cells)
    if places == tuple(range(width)):
        return cells
    return [cells[place] if 0 <= place < width else "" for place in places]
