"""Taking an upload: the multipart stream is cut into parts, sealed and stored while it comes in; then looked into.

FastAPI's own form parser spools files to the disk in the clear; here nothing but ciphertext leaves the
process, and memory holds one part. A file over the limit is read to its end and thrown away, so that the
browser gets an answer instead of a broken connection.
"""

from collections.abc import AsyncIterator
from uuid import UUID

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from pabal.domain.ids import new_id
from pabal.imports.draft import each_part, keep_draft
from pabal.imports.probe import look_into
from pabal.imports.read import WORKBOOK, Probe, UnreadableFileError
from pabal.imports.sample import Sample, design, sample_text
from pabal.imports.vault import PART_BYTES, Vault, drop_parts, store_part
from pabal.kit.db import Database, tenant_tx
from pabal.kit.http.errors import BAD_REQUEST, Problem, declare

FILE_TOO_LARGE = declare("file_too_large", 413, "파일이 너무 커요")
REFUSALS = {
    code: declare(code, status, title)
    for code, status, title in (
        ("file_empty", 422, "파일이 비어 있어요"),
        ("file_is_zip", 415, "압축 파일은 읽을 수 없어요"),
        ("file_is_excel", 415, "엑셀 파일은 .xlsx로 저장해 올려 주세요"),
        ("file_is_web_page", 415, "엑셀 이름을 단 웹 문서예요"),
        ("file_encrypted", 422, "암호가 걸린 파일이에요"),
        ("file_damaged", 422, "파일이 깨졌어요"),
        ("file_expands", 413, "풀면 너무 커지는 파일이에요"),
        ("file_too_long", 413, "한 번에 가져오기에는 줄이 너무 많아요"),
        ("file_no_sheet", 422, "파일에 없는 시트예요"),
        ("file_not_text", 415, "명단으로 읽을 수 없는 파일이에요"),
        ("file_encoding", 422, "글자를 읽을 수 없어요"),
        ("file_no_rows", 422, "제목만 있고 명단이 없어요"),
    )
}
_BROKEN_FORM = "올리던 파일이 끝까지 오지 않았거나 양식이 깨졌어요. 다시 올려 주세요"


class _FormReader:
    """The first file of a multipart stream, piece by piece."""

    def __init__(self, content_type: str) -> None:
        _, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if not content_type.startswith("multipart/form-data") or boundary is None:
            raise Problem(BAD_REQUEST, detail="파일은 multipart/form-data의 file 칸에 담아 보내 주세요")
        self.file_name: str | None = None
        self.pieces: list[bytes] = []
        self._header: bytes = b""
        self._value: bytes = b""
        self._in_file = False
        self.ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_part_begin": self._on_part_begin,
                "on_part_data": self._on_part_data,
                "on_part_end": self._on_part_begin,
                "on_end": self._on_end,
            },
        )

    def feed(self, chunk: bytes) -> list[bytes]:
        try:
            self._parser.write(chunk)
        except MultipartParseError:
            raise Problem(BAD_REQUEST, detail=_BROKEN_FORM) from None  # its words quote the body
        pieces, self.pieces = self.pieces, []
        return pieces

    def _on_end(self) -> None:
        self.ended = True

    def _on_part_begin(self) -> None:
        self._in_file = False

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            if b"filename" in options and self.file_name is None:
                self.file_name = options[b"filename"].decode("utf-8", "replace")[:200]
                self._in_file = True
        self._header = self._value = b""

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self.pieces.append(data[start:end])


async def take_upload(
    db: Database,
    tenant_id: UUID,
    *,
    content_type: str,
    stream: AsyncIterator[bytes],
    limit: int,
    created_by: UUID | None,
) -> tuple[UUID, int]:
    """Store an upload and look into it; its id and size. Refuses with a sentence; then nothing of it is left."""
    reader = _FormReader(content_type)
    vault = Vault(tenant_id, await db.keys.of(db.pool, tenant_id))
    import_id = new_id()
    await _open_import(db, tenant_id, import_id, created_by)
    try:
        probe = await _store(db, tenant_id, import_id, vault, reader, stream, limit)
        if reader.file_name is None:
            raise Problem(BAD_REQUEST, detail="파일은 multipart/form-data의 file 칸에 담아 보내 주세요")
        if probe.is_container():
            sheets = await look_into(each_part(db, tenant_id, import_id, vault))
            sample = Sample.of({"encoding": WORKBOOK, "delimiter": "", "sheets": sheets})
        else:
            sample = sample_text(bytes(probe.head), probe.size, probe.lines, probe.encoding())
        found = design(sample)
    except UnreadableFileError as error:
        await _forget(db, tenant_id, import_id)
        raise unreadable(error) from error
    except BaseException:
        await _forget(db, tenant_id, import_id)
        raise
    async with tenant_tx(db, tenant_id) as conn:
        await keep_draft(conn, import_id, sample, found)
        await conn.execute(
            """
            UPDATE imports SET state = 'uploaded', file_name = app.encrypt(%(name)s), byte_size = %(size)s
            WHERE id = %(id)s
            """,
            {"id": import_id, "name": reader.file_name, "size": probe.size},
        )
    return import_id, probe.size


def unreadable(error: UnreadableFileError) -> Problem:
    return Problem(REFUSALS[error.code], detail=error.message)


async def _open_import(db: Database, tenant_id: UUID, import_id: UUID, created_by: UUID | None) -> None:
    async with tenant_tx(db, tenant_id) as conn:
        await conn.execute(
            """
            INSERT INTO imports (tenant_id, id, state, file_name, byte_size, shape, created_by)
            VALUES (%s, %s, 'uploading', '', 0, '{}', %s)
            """,
            (tenant_id, import_id, created_by),
        )


async def _forget(db: Database, tenant_id: UUID, import_id: UUID) -> None:
    await drop_parts(db, tenant_id, import_id)
    async with tenant_tx(db, tenant_id) as conn:
        await conn.execute("DELETE FROM imports WHERE id = %s", (import_id,))


async def _store(
    db: Database,
    tenant_id: UUID,
    import_id: UUID,
    vault: Vault,
    reader: _FormReader,
    stream: AsyncIterator[bytes],
    limit: int,
) -> Probe:
    probe = Probe()
    buffer = bytearray()
    part = 0
    async for chunk in stream:
        for piece in reader.feed(chunk):
            probe.size += len(piece)
            if probe.size > limit:
                buffer.clear()
                continue
            probe.size -= len(piece)
            probe.feed(piece)
            buffer += piece
        while len(buffer) >= PART_BYTES:
            await store_part(
                db, tenant_id, import_id, part, vault.seal(import_id, part, bytes(buffer[:PART_BYTES]))
            )
            del buffer[:PART_BYTES]
            part += 1
    if probe.size > limit:
        raise Problem(
            FILE_TOO_LARGE,
            detail=f"{_megabytes(probe.size)}MB 파일이에요. {_megabytes(limit)}MB까지 올릴 수 있어요. 나누어 올려 주세요.",
        )
    if not reader.ended:  # half a file would become half a list without a word
        raise Problem(BAD_REQUEST, detail=_BROKEN_FORM)
    if buffer:
        await store_part(db, tenant_id, import_id, part, vault.seal(import_id, part, bytes(buffer)))
    return probe


def _megabytes(size: int) -> int:
    return max(1, round(size / (1 << 20)))
