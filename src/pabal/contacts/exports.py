"""People of the book as rows of a file: who asked for whom and what for is a row; the file is made while it is read.

Nothing readable is stored: no file, and what was searched for is ciphertext, which goes when the hour is over.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from psycopg import sql
from pydantic_core import from_json, to_json

from pabal.contacts import field_values, queries
from pabal.contacts.card import Blinder
from pabal.contacts.queries import Contact
from pabal.contacts.selection import ids_sql, selection_sql
from pabal.domain.ids import new_id
from pabal.domain.law.lists import PURPOSES
from pabal.domain.search import attribute_name, parse_q
from pabal.kit.clock import KST
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.errors import NOT_FOUND, Problem, declare
from pabal.runtime import Runtime

EXPORT_EXPIRED = declare("export_expired", 410, "내려받을 수 있는 시간이 지났어요. 다시 내보내 주세요")
PAGE = 1_000  # each in its own short transaction: 60 ms, and a slow reader holds no connection
KEEP = timedelta(hours=1)
SHEET_ROWS = 1_048_575  # what a workbook's sheet holds below its heading
_HEAD = (
    "이름", "직함", "전화번호", "다른 전화번호", "이메일", "카카오 ID", "태그", "지역", "나이대", "주소", "생년월일", "메모",
    "수신 거부", "처리 근거", "출처", "받은 목적", "만든 때 (한국 시간)", "고친 때 (한국 시간)",
)  # fmt: skip
_MOST_COLUMNS = 50
_REST = "다른 항목"


@dataclass(frozen=True)
class ExportSelection:
    """Whom: a filter (of a segment as it was then), or ids; and what was typed into the search box."""

    filter: dict[str, Any] = field(default_factory=dict)
    ids: tuple[UUID, ...] | None = None
    q: str = ""

    def to_json(self) -> str:
        ids = None if self.ids is None else [str(one) for one in self.ids]
        return to_json({"filter": self.filter, "ids": ids, "q": self.q}).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        data = from_json(text)
        return cls(data["filter"], None if data["ids"] is None else tuple(map(UUID, data["ids"])), data["q"])

    def where(self, blinder: Blinder, now: datetime) -> sql.Composable:
        return selection_sql(self.filter, blinder, now) if self.ids is None else ids_sql(self.ids)


@dataclass(frozen=True)
class Export:
    id: UUID
    format: str
    selection: ExportSelection
    unmasked: bool
    expires_at: datetime


async def ask_export(
    conn: Conn,
    tenant_id: UUID,
    *,
    selection: ExportSelection,
    file_format: str,
    reason: str,
    unmasked: bool,
    by: UUID | None,
) -> Export:
    await forget_words(conn)
    export_id = new_id()
    cursor = await conn.execute(
        """
        INSERT INTO exports (tenant_id, id, kind, format, selection, reason, unmasked, created_by, expires_at)
        VALUES (%(tenant)s, %(id)s, 'contacts', %(format)s, app.encrypt(%(selection)s), %(reason)s, %(unmasked)s, %(by)s,
                clock_timestamp() + %(keep)s)
        RETURNING expires_at
        """,
        {
            "tenant": tenant_id,
            "id": export_id,
            "format": file_format,
            "selection": selection.to_json(),
            "reason": reason,
            "unmasked": unmasked,
            "by": by,
            "keep": KEEP,
        },
    )
    row = await cursor.fetchone()
    assert row is not None
    return Export(export_id, file_format, selection, unmasked, row[0])


async def forget_words(conn: Conn) -> None:
    """Whom expired exports asked for: a typed name outlives no file."""
    await conn.execute(
        "UPDATE exports SET selection = NULL WHERE selection IS NOT NULL AND expires_at <= clock_timestamp()"
    )


async def read_export(conn: Conn, export_id: UUID, by: UUID | None) -> Export:
    """Only for who asked for it, and for an hour: whoever else wants the file gives a reason of their own."""
    cursor = await conn.execute(
        """
        SELECT id, format, CASE WHEN selection IS NOT NULL THEN app.decrypt(selection) END, unmasked, expires_at,
               expires_at <= clock_timestamp() OR selection IS NULL
        FROM exports WHERE id = %s AND created_by = %s
        """,
        (export_id, by),
    )
    row = await cursor.fetchone()
    if row is None:
        raise Problem(NOT_FOUND)
    if row[5]:
        raise Problem(EXPORT_EXPIRED)
    return Export(row[0], row[1], ExportSelection.from_json(row[2]), row[3], row[4])


async def fits_a_sheet(
    conn: Conn, tenant_id: UUID, selection: ExportSelection, blinder: Blinder, now: datetime
) -> bool:
    """Of a search the hits count, not the book they are in."""
    where = selection.where(blinder, now)
    if (await queries.count_where(conn, where, SHEET_ROWS)).relation == "eq":
        return True
    query, found, after = parse_q(selection.q), 0, None
    while query is not None and found <= SHEET_ROWS:
        page = await queries.search_contacts(
            conn,
            tenant_id,
            query=query,
            blinder=blinder,
            where=where,
            before=after,
            limit=PAGE,
            counted=False,
        )
        found, after = found + len(page.items), page.next_before
        if after is None:
            return found <= SHEET_ROWS
    return False


async def rows_of(
    rt: Runtime, tenant_id: UUID, selection: ExportSelection, *, unmasked: bool
) -> AsyncIterator[list[list[str]]]:
    """The heading, then a page at a time, newest people first."""
    blinder = Blinder(await rt.keys.of(rt.pool, tenant_id))
    where = selection.where(blinder, rt.clock.now())
    query = parse_q(selection.q)
    async with tenant_tx(rt, tenant_id) as conn:
        columns = (await field_values.attribute_names(conn, tenant_id))[:_MOST_COLUMNS]
    yield [[*_HEAD, *columns, _REST]]
    after: UUID | None = None
    while True:
        async with tenant_tx(rt, tenant_id) as conn:
            if query is None:
                page = await queries.page_of_contacts(
                    conn, tenant_id, where=where, after=after, limit=PAGE, counted=False
                )
            else:
                page = await queries.search_contacts(
                    conn,
                    tenant_id,
                    query=query,
                    blinder=blinder,
                    where=where,
                    before=after,
                    limit=PAGE,
                    counted=False,
                )
        yield [_cells(one, columns, unmasked=unmasked) for one in page.items]
        if page.next_before is None:
            return
        after = page.next_before


def _cells(contact: Contact, columns: Sequence[str], *, unmasked: bool) -> list[str]:
    card = contact.card.shown() if unmasked else contact.card.masked()
    attributes = {attribute_name(name): value for name, value in card.attributes.items()}
    return [
        card.name,
        card.title,
        *map(", ".join, (card.phones, card.other_phones, card.emails, card.kakao_ids, contact.tags)),
        contact.district,
        f"{contact.age_band}대" if contact.age_band else "",
        card.address,
        card.birth,
        card.memo,
        "예" if contact.suppressed else "",
        contact.basis,
        contact.source,
        ", ".join(PURPOSES[one] for one in contact.purposes),
        _when(contact.created_at),
        _when(contact.updated_at),
        *(attributes.get(name, "") for name in columns),
        _rest(attributes, columns),
    ]


def _rest(attributes: Mapping[str, str], columns: Sequence[str]) -> str:
    """Columns that nobody knew of when the heading was written."""
    return "; ".join(f"{name}: {value}" for name, value in attributes.items() if name not in columns)


def _when(at: datetime) -> str:
    return at.astimezone(KST).strftime("%Y-%m-%d %H:%M:%S")
