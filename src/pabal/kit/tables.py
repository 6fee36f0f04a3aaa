"""Tables that people open in a spreadsheet, written while their rows come in, never whole in memory: CSV, and a workbook of
one sheet.

In a workbook text stays text, so a phone keeps its zeros and nothing that begins like a formula is one; in CSV an apostrophe
makes such a cell text. What is given as a number can be summed: counts as `int`, shares as `float`, shown in percent.
"""

import csv
import io
import re
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MEDIA_TYPE = f"{_TYPES}.sheet"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELS}"><sheets>'
    '<sheet name="SHEET" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELS}/styles" Target="styles.xml"/></Relationships>',
    # Style 1 is "Text": a number typed into such a cell keeps its leading zero. Style 2 is 0.00%.
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf/><xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="10" applyNumberFormat="1"/></cellXfs>'
    "</styleSheet>",
}
Cell = str | int | float
# What XML 1.0 can't hold, and what would be read as an escape of it.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


# Excel takes the wide forms for operators, too, and skips white space before them.
_FORMULA = re.compile("[\\s\ufeff]*[=+\\-@＝＋－＠]|[\t\r\n]")


def inert(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula stays text."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _plain(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:.2%}"
    return str(cell) if isinstance(cell, int) else inert(cell)


async def stream_csv(batches: AsyncIterator[Iterable[Sequence[Cell]]]) -> AsyncIterator[bytes]:
    """UTF-8 with a mark at its head, so that Excel opens it as it is."""
    yield b"\xef\xbb\xbf"
    async for rows in batches:
        out = io.StringIO()
        csv.writer(out).writerows([_plain(cell) for cell in row] for row in rows)
        yield out.getvalue().encode("utf-8", "replace")


class _Sink:
    """A file that can only be written to; what came in is taken away piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        return

    def take(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken


async def stream_workbook(
    batches: AsyncIterator[Iterable[Sequence[Cell]]], *, sheet_name: str
) -> AsyncIterator[bytes]:
    """The bytes of an .xlsx with these rows."""
    sink = _Sink()
    archive = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload]  # written to, never read
    for name, xml in _PARTS.items():
        archive.writestr(name, _XML + xml.replace("SHEET", escape(sheet_name)))
    with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
        sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
        async for rows in batches:
            sheet.write("".join(_rows(rows)).encode("utf-8", "replace"))
            yield sink.take()
        sheet.write(b"</sheetData></worksheet>")
    archive.close()
    yield sink.take()


def _rows(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    for cells in rows:
        yield "<row>"
        for cell in cells:
            if isinstance(cell, (int, float)):
                yield f'<c s="{2 if isinstance(cell, float) else 0}"><v>{cell}</v></c>'
                continue
            text = escape(_FORBIDDEN.sub("", cell))
            yield f'<c s="1" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        yield "</row>"
