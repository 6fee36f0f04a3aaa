"""What staff write down about a person: ciphertext, whoever wrote it, changed by version, gone with the person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from pabal.domain.ids import new_id
from pabal.domain.phone import mask_resident_numbers
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem, declare

NOTE_CHANGED = declare("note_changed", 409, "다른 사람이 먼저 고친 메모예요. 다시 불러와 주세요")


@dataclass(frozen=True)
class Note:
    id: UUID
    contact_id: UUID
    body: str
    version: int
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime


def without_resident_numbers(text: str, path: str) -> str:
    if mask_resident_numbers(text)[1]:
        message = "주민등록번호가 들어 있어요"
        raise Problem(
            INVALID, errors=[FieldError(path, message, "주민등록번호는 저장할 수 없어요. 지워 주세요.")]
        )
    return text.strip()


async def hold_living(conn: Conn, contact_id: UUID) -> None:
    """Before something is written about a person: an erasure waits for it and takes it along, or it finds nobody. FOR KEY
    SHARE would let the erasure pass: it changes no key.
    """
    alive = await conn.execute(
        "SELECT FROM contacts WHERE id = %s AND erased_at IS NULL FOR SHARE", (contact_id,)
    )
    if await alive.fetchone() is None:
        raise Problem(NOT_FOUND)


async def list_notes(conn: Conn, contact_id: UUID) -> list[Note]:
    """Newest first, those of people who were merged into this one too."""
    async with conn.cursor(row_factory=class_row(Note)) as cursor:
        await cursor.execute(
            """
            WITH RECURSIVE below AS (
                SELECT id FROM contacts WHERE id = %s AND erased_at IS NULL
                UNION SELECT c.id FROM contacts c JOIN below b ON c.merged_into = b.id)
            SELECT n.id, n.contact_id, app.decrypt(n.body) AS body, n.version, n.created_by, n.created_at, n.updated_at
            FROM contact_notes n JOIN below b ON b.id = n.contact_id ORDER BY n.created_at DESC, n.id DESC LIMIT 500
            """,
            (contact_id,),
        )
        return await cursor.fetchall()


async def write_note(
    conn: Conn, tenant_id: UUID, contact_id: UUID, body: str, *, created_by: UUID | None
) -> Note:
    await hold_living(conn, contact_id)
    note_id = new_id()
    await conn.execute(
        """
        INSERT INTO contact_notes (tenant_id, id, contact_id, body, created_by)
        VALUES (%s, %s, %s, app.encrypt(%s), %s)
        """,
        (tenant_id, note_id, contact_id, without_resident_numbers(body, "body"), created_by),
    )
    return await read_note(conn, note_id)


async def read_note(conn: Conn, note_id: UUID) -> Note:
    async with conn.cursor(row_factory=class_row(Note)) as cursor:
        await cursor.execute(
            """
            SELECT id, contact_id, app.decrypt(body) AS body, version, created_by, created_at, updated_at
            FROM contact_notes WHERE id = %s
            """,
            (note_id,),
        )
        note = await cursor.fetchone()
    if note is None:
        raise Problem(NOT_FOUND)
    return note


async def change_note(conn: Conn, note_id: UUID, body: str, *, version: int) -> Note:
    cursor = await conn.execute(
        """
        UPDATE contact_notes SET body = app.encrypt(%s), version = version + 1, updated_at = clock_timestamp()
        WHERE id = %s AND version = %s
        """,
        (without_resident_numbers(body, "body"), note_id, version),
    )
    note = await read_note(conn, note_id)
    if cursor.rowcount == 0:
        raise Problem(NOTE_CHANGED, extra={"version": note.version})
    return note


async def delete_note(conn: Conn, note_id: UUID) -> None:
    cursor = await conn.execute("DELETE FROM contact_notes WHERE id = %s", (note_id,))
    if cursor.rowcount == 0:
        raise Problem(NOT_FOUND)
