"""A list becomes records: read, every cell checked, faults named by row, field and mend. CSV in UTF-8 or CP949, XLSX.

The file is at most 5 MB, so it is read and written in one go: all of its good rows or none.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pabal.domain.fields import Fault, Kind, read_values
from pabal.kit.http.errors import INVALID, FieldError, Problem
from pabal.records.model import Partition
from pabal.records.workbook import TooManyCellsError, UnreadableWorkbookError, as_date, read_workbook

MAX_ROWS = 50_000
MAX_FAULTS = 200


@dataclass(frozen=True, repr=False)
class RowFault:
    """Row 1 is the first after the header."""

    row: int
    column: str
    fault: Fault


@dataclass(frozen=True, repr=False)
class ReadList:
    rows: Sequence[Mapping[str, Any]]
    total: int
    rejected: int
    faults: Sequence[RowFault]
    mapping: Mapping[str, str]  # column → field
    ignored: Sequence[str]


def read_list(data: bytes, partition: Partition, mapping: Mapping[str, str] | None) -> ReadList:
    is_workbook = data.startswith(b"PK\x03\x04")
    records = [row for row in _cells(data) if any(cell.strip() for cell in row)]
    if len(records) < 2:
        raise _refused("머리글 아래에 줄이 없어요", "첫 줄에는 항목 이름을, 그 아래에 레코드를 적어 주세요")
    if len(records) - 1 > MAX_ROWS:
        raise _refused(f"한 번에 {MAX_ROWS:,}줄까지 가져올 수 있어요", "파일을 나눠 올려 주세요")
    header = [cell.strip() for cell in records[0]]
    places = _places(header, partition, mapping)
    dates = {one.key for one in partition.fields if one.kind is Kind.DATE}
    rows: list[Mapping[str, Any]] = []
    faults: list[RowFault] = []
    rejected = 0
    for number, cells in enumerate(records[1:], 1):
        given = {
            field: as_date(cells[at]) if is_workbook and field in dates else cells[at]
            for at, field in places.items()
            if at < len(cells)
        }
        values, _, wrong = read_values(partition.fields, given)
        if wrong:
            rejected += 1
            by_field = {field: header[at] for at, field in places.items()}
            faults += [RowFault(number, by_field.get(one.field, one.field), one) for one in wrong]
        elif values:
            rows.append(values)
    used = {header[at]: field for at, field in places.items()}
    ignored = [name for name in header if name and name not in used]
    return ReadList(rows, len(records) - 1, rejected, faults[:MAX_FAULTS], used, ignored)


def _cells(data: bytes) -> list[list[str]]:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(
            "옛 엑셀 파일이거나 암호가 걸려 있어요", "암호를 풀고 .xlsx나 CSV로 저장해 올려 주세요"
        )
    if data.startswith(b"PK\x03\x04"):
        try:
            return read_workbook(data, MAX_ROWS + 1)
        except TooManyCellsError:
            raise _refused(
                "칸이 너무 많은 엑셀 파일이에요",
                "빈 줄과 열을 지우거나, CSV로 저장하거나, 파일을 나눠 올려 주세요",
            ) from None
        except UnreadableWorkbookError:
            raise _refused(
                "엑셀 파일을 읽을 수 없어요", "엑셀에서 .xlsx나 CSV로 다시 저장해 주세요"
            ) from None
    return list(csv.reader(io.StringIO(_text(data).replace("\0", ""), newline="")))


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused("글자를 읽을 수 없어요", "엑셀에서 'CSV UTF-8(쉼표로 분리)' 형식으로 다시 저장해 주세요")


def _places(header: Sequence[str], partition: Partition, mapping: Mapping[str, str] | None) -> dict[int, str]:
    """Column → field: as somebody said, else by key or label."""
    named = {one.label.casefold(): one.key for one in reversed(partition.fields)}
    named |= {one.key.casefold(): one.key for one in partition.fields}
    wanted = (
        {at: mapping[name] for at, name in enumerate(header) if mapping.get(name)}
        if mapping is not None
        else {at: named[name.casefold()] for at, name in enumerate(header) if name.casefold() in named}
    )
    unknown = sorted(set(wanted.values()) - set(partition.by_key))
    if unknown:
        raise Problem(
            INVALID, errors=[FieldError("mapping", f"이 표에 없는 항목이에요: {', '.join(unknown)[:80]}")]
        )
    if not wanted:
        labels = ", ".join(one.label for one in partition.fields[:8])
        raise _refused("표의 항목과 이름이 같은 열이 없어요", f"첫 줄에 항목 이름을 적어 주세요: {labels}")
    if len(set(wanted.values())) != len(wanted):
        raise _refused("한 항목에 두 열이 이어져 있어요", "열 하나만 남겨 주세요")
    return wanted


def _refused(message: str, mend: str) -> Problem:
    return Problem(INVALID, errors=[FieldError("file", message, mend)])
