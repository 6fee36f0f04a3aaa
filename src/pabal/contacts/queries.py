"""Reads of contacts: one, a page, a search. Search asks the token index and decides on the decrypted text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql
from psycopg.rows import TupleRow

from pabal.contacts.card import Blinder, Card, open_card
from pabal.domain.search import Query
from pabal.kit.db import Conn

COUNT_CAP = (
    10_000  # filters: further takes 100 ms and more at a million; whoever wants the number asks for it
)
SEARCH_COUNT_CAP = 1_000  # tokens: 1-14 ms at 1M contacts; above it the answer says "at least"
_NEXT_BATCH = 2_000


@dataclass(frozen=True)
class Contact:
    """One contact, opened."""

    id: UUID
    card: Card
    tags: tuple[str, ...]
    district: str
    age_band: str
    basis: str
    source: str
    purposes: Sequence[str]
    import_id: UUID | None
    version: int
    suppressed: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Total:
    value: int
    relation: str  # "eq", or "gte" when counting stopped at a cap


@dataclass(frozen=True)
class ContactPage:
    items: Sequence[Contact]
    next_before: UUID | None
    total: Total | None  # only on the first page
    next_value: Any = None  # what the last row is sorted by, where that isn't its id


# In the order of `opened`. Within the wall: a foreign id finds no row.
_BESIDE: LiteralString = """
    ARRAY(SELECT t.name FROM contact_tags ct JOIN tags t USING (tenant_id)
          WHERE ct.tenant_id = c.tenant_id AND ct.contact_id = c.id AND t.id = ct.tag_id ORDER BY t.name) AS tags,
    c.district, c.age_band, c.basis, c.source, c.purposes, c.import_id, c.version,
    EXISTS (SELECT FROM identities i JOIN suppressions s ON s.tenant_id = i.tenant_id
              AND s.address_key = i.address_key AND s.kind = i.kind
            WHERE i.tenant_id = c.tenant_id AND i.contact_id = c.id) AS suppressed,
    c.created_at, c.updated_at
"""
CONTACT: LiteralString = "c.id, app.decrypt(c.pii) AS plain," + _BESIDE
OPENED: LiteralString = "c.id, c.plain," + _BESIDE  # of rows that were decrypted to be looked at
READ: LiteralString = (
    "SELECT " + CONTACT + " FROM contacts c"
    " WHERE c.id = ANY(%(ids)s) AND c.erased_at IS NULL AND c.merged_into IS NULL"
)


async def read_contacts(conn: Conn, tenant_id: UUID, ids: Sequence[UUID]) -> list[Contact]:
    """Living contacts of these ids, in the order of the ids."""
    if not ids:
        return []
    cursor = await conn.execute(READ, {"ids": list(ids)})
    return in_order(ids, tenant_id, await cursor.fetchall())


def in_order(ids: Sequence[UUID], tenant_id: UUID, rows: Sequence[TupleRow]) -> list[Contact]:
    """Rows of `READ` as contacts."""
    by_id = {row[0]: row for row in rows}
    return [opened(tenant_id, by_id[one]) for one in ids if one in by_id]


def opened(tenant_id: UUID, row: Sequence[Any]) -> Contact:
    """A row of `CONTACT`."""
    one, plain, tags, *rest = row
    return Contact(one, Card() if plain is None else open_card(plain, tenant_id, one), tuple(tags), *rest)


async def survivor_of(conn: Conn, contact_id: UUID) -> UUID | None:
    """Where a contact is now: itself, or the survivor of its merges; None if there is no such contact."""
    cursor = await conn.execute(
        """
        WITH RECURSIVE chain AS (
            SELECT id, merged_into FROM contacts WHERE id = %(id)s
            UNION SELECT c.id, c.merged_into FROM contacts c JOIN chain ON c.id = chain.merged_into)
        SELECT id FROM chain WHERE merged_into IS NULL
        """,
        {"id": contact_id},
    )
    row = await cursor.fetchone()
    return None if row is None else row[0]


LIVING = sql.SQL("c.merged_into IS NULL AND c.erased_at IS NULL")


@dataclass(frozen=True)
class Order:
    """What a list is sorted by: ids are UUIDv7, so creation is the id alone; else a column that has an index, then the id."""

    column: LiteralString | None = None
    kind: LiteralString = "uuid"
    descending: bool = True

    def beyond(self, value: Any, after: UUID | None) -> sql.Composable:
        """Keyset: what comes after a row."""
        if after is None:
            return sql.SQL("true")
        sign = sql.SQL("<" if self.descending else ">")
        if self.column is None:
            return sql.SQL("c.id {} {}").format(sign, sql.Literal(after))
        row = sql.SQL(", ").join((sql.SQL("{}::" + self.kind).format(sql.Literal(value)), sql.Literal(after)))
        return sql.SQL("({}, c.id) {} ({})").format(sql.SQL(self.column), sign, row)

    def by(self) -> sql.Composable:
        way: LiteralString = " DESC" if self.descending else " ASC"
        return sql.SQL(("" if self.column is None else self.column + way + ", ") + "c.id" + way)


NEWEST_FIRST = Order()
ORDERS: Mapping[str, Order] = {
    "-createdAt": NEWEST_FIRST,
    "createdAt": Order(descending=False),
    "-updatedAt": Order("c.updated_at", "timestamptz"),
    "updatedAt": Order("c.updated_at", "timestamptz", descending=False),
    "-district": Order("c.district", "text"),
    "district": Order("c.district", "text", descending=False),
}


async def page_of_contacts(
    conn: Conn,
    tenant_id: UUID,
    *,
    where: sql.Composable,
    after: UUID | None,
    limit: int,
    order: Order = NEWEST_FIRST,
    after_value: Any = None,
    exact: bool = False,
    counted: bool = True,
) -> ContactPage:
    """A page after a row (`after`, and what it was sorted by)."""
    cursor = await conn.execute(
        sql.SQL("SELECT c.id, {} FROM contacts c WHERE {} AND {} AND {} ORDER BY {} LIMIT {}").format(
            sql.SQL(order.column or "NULL"),
            LIVING,
            where,
            order.beyond(after_value, after),
            order.by(),
            sql.Literal(limit + 1),
        )
    )
    rows = await cursor.fetchall()
    ids = [row[0] for row in rows]
    total = await count_where(conn, where, exact=exact) if after is None and counted else None
    more = len(ids) > limit
    return ContactPage(
        await read_contacts(conn, tenant_id, ids[:limit]),
        ids[limit - 1] if more else None,
        total,
        rows[limit - 1][1] if more else None,
    )


async def count_where(
    conn: Conn, where: sql.Composable, cap: int | None = None, *, exact: bool = False
) -> Total:
    """`exact`: somebody asked for the whole number and waits."""
    cap = 2**31 - 2 if exact else cap or COUNT_CAP
    cursor = await conn.execute(
        sql.SQL("SELECT count(*) FROM (SELECT FROM contacts c WHERE {} AND {} LIMIT {}) found").format(
            LIVING, where, sql.Literal(cap + 1)
        )
    )
    row = await cursor.fetchone()
    found = 0 if row is None else int(row[0])
    return Total(min(found, cap), "gte" if found > cap else "eq")


@dataclass(frozen=True)
class Probe:
    """A query's token groups as arguments of the definer functions: one list of musts, up to four of
    choices.
    """

    all_of: list[int] | None
    any_of: tuple[list[int] | None, ...]
    common: bool | None  # None: a sample of the newest decides
    countable: bool

    @classmethod
    def of(cls, query: Query, blinder: Blinder) -> "Probe | None":
        """None when nothing can match. A fifth choice is left out: the re-check decides anyway."""
        if any(not group for group in query.groups):
            return None
        musts = [blinder.token(next(iter(group))) for group in query.groups if len(group) == 1]
        choices = [sorted(map(blinder.token, group)) for group in query.groups if len(group) > 1][:4]
        padded: list[list[int] | None] = [*choices, *([None] * (4 - len(choices)))]
        return cls(
            musts or None,
            tuple(padded),
            common=None if query.middling else not query.rare,
            countable=not choices and not query.whole_number,
        )

    @property
    def cap(self) -> int | None:
        """How far the token index may count the hits; None where any one of several tokens will do: "naver.com" also asks
        for mailboxes that start with "naver", of which the index knows the first five characters. Nor of a whole number, of
        which it knows eight digits: 02-1234-5678 and 010-1234-5678 have the same.
        """
        return SEARCH_COUNT_CAP + 1 if self.countable else None

    def arguments(self) -> dict[str, Any]:
        names = ("any_1", "any_2", "any_3", "any_4")
        return {
            "all_of": self.all_of,
            **dict(zip(names, self.any_of, strict=True)),
            "common": self.common,
        }


CARRIERS: LiteralString = (
    "app.search_contacts(%(all_of)s::int[], %(any_1)s::int[], %(any_2)s::int[], %(any_3)s::int[], %(any_4)s::int[],"
    " %(before)s::uuid, %(page)s::int, %(common)s::bool, %(cap)s::int)"
)


async def search_contacts(
    conn: Conn,
    tenant_id: UUID,
    *,
    query: Query,
    blinder: Blinder,
    where: sql.Composable | None,
    before: UUID | None,
    limit: int,
    counted: bool = True,
) -> ContactPage:
    """Newest first. Candidates come from the token index in batches; filter and re-check thin them out
    until the page is full or the candidates are used up. What is only looked for: contacts/look_up.
    """
    probe = Probe.of(query, blinder)
    if probe is None:
        return ContactPage([], None, Total(0, "eq") if before is None else None)
    counted = counted and before is None
    batch = first_batch(query, limit)
    cap = probe.cap if counted and where is None else None
    candidates, carriers = await _candidates(conn, probe, before, batch, cap)
    used_up = len(candidates) < batch
    page: list[Contact] = []
    further: list[UUID] = []
    if where is None and not query.loose:
        # Whole contacts at once: they answer nine of ten searches, and nothing is decrypted twice.
        found_now = await read_contacts(conn, tenant_id, candidates)
        page = [one for one in found_now if query.matches(one.card.searchable())]
    else:
        further = await _recheck(conn, tenant_id, candidates, query, where)
    while len(page) + len(further) <= limit and not used_up:
        candidates, _ = await _candidates(conn, probe, candidates[-1], _NEXT_BATCH, None)
        used_up = len(candidates) < _NEXT_BATCH
        further += await _recheck(conn, tenant_id, candidates, query, where)
    found = len(page) + len(further)
    page += await read_contacts(conn, tenant_id, further[: max(0, limit - len(page))])
    return ContactPage(
        page[:limit],
        page[limit - 1].id if found > limit else None,
        search_total(found, carriers, used_up=used_up) if counted else None,
    )


def first_batch(query: Query, limit: int) -> int:
    """A page and a quarter: false positives are rare, and every row more costs 40 µs of decrypting and opening. A page and
    two where tokens leave nothing open."""
    return _NEXT_BATCH if query.loose else limit + (2 if query.sharp else limit // 4 + 1)


def search_total(found: int, carriers: int | None, *, used_up: bool) -> Total:
    """Exact when all candidates were seen. Otherwise the token index has counted, to its cap, if its tokens are the query
    (`Probe.cap`; one false positive in 2,000 queries); else what was found is a true lower bound."""
    if used_up:
        return Total(found, "eq")
    if carriers is None:
        return Total(found, "gte")
    if carriers > SEARCH_COUNT_CAP:
        return Total(SEARCH_COUNT_CAP, "gte")
    return Total(max(carriers, found), "eq")


async def _candidates(
    conn: Conn, probe: Probe, before: UUID | None, page: int, cap: int | None
) -> tuple[list[UUID], int | None]:
    """Carriers of the tokens, newest first, and how many there are."""
    cursor = await conn.execute(
        "SELECT id, total FROM " + CARRIERS, {**probe.arguments(), "before": before, "page": page, "cap": cap}
    )
    rows = await cursor.fetchall()
    return [row[0] for row in rows], rows[0][1] if rows else None


async def _recheck(
    conn: Conn, tenant_id: UUID, candidates: Sequence[UUID], query: Query, where: sql.Composable | None
) -> list[UUID]:
    """Candidates whose decrypted text really matches, in order. RLS is on here: a foreign id finds no row."""
    if not candidates:
        return []
    cursor = await conn.execute(
        sql.SQL("SELECT c.id, app.decrypt(c.pii) FROM contacts c WHERE c.id = ANY({}) AND {}").format(
            sql.Literal(list(candidates)), where or sql.SQL("true")
        )
    )
    kept = {
        row[0]
        for row in await cursor.fetchall()
        if row[1] is not None
        and query.plausible(row[1])
        and query.matches(open_card(row[1], tenant_id, row[0]).searchable())
    }
    return [one for one in candidates if one in kept]
