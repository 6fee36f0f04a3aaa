"""Who was last contacted when, and lists in that order.

Nothing of it is stored with the contact: a send of a million would rewrite a million cards' neighbours. The newest send comes
first, so a page walks messages from the newest send down (their key is in that order) and keeps whoever has no later one.
Whom nobody has contacted comes after everybody else, newest first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import time
from typing import LiteralString
from uuid import UUID

from psycopg import sql

from pabal.contacts.card import Blinder
from pabal.contacts.queries import LIVING, ContactPage, read_contacts
from pabal.contacts.selection import both_ways, everything_of, shorthand
from pabal.contacts.ways import Ways, count_ways, newest_page
from pabal.domain.filters import Everyone, Node
from pabal.kit.db import Conn

_WALK = 100  # messages of a page's first step, at least; the next ones grow twofold
_FAR = 20_000  # messages without a full page: then a filter means few, ...
_FEW = 5_000  # ... of whom each is asked, 10 µs a person
_REACHED: LiteralString = "m.contacted_at IS NOT NULL AND m.state IN ('accepted', 'delivered')"
# Few were ever merged away (contacts_merged lists them), so that everybody's survivor is worked out once.
_MOVED: LiteralString = """
    WITH RECURSIVE up AS (
        SELECT g.id, g.merged_into AS root FROM contacts g WHERE g.merged_into IS NOT NULL
        UNION ALL SELECT up.id, n.merged_into FROM up JOIN contacts n ON n.id = up.root WHERE n.merged_into IS NOT NULL),
    moved AS MATERIALIZED (
        SELECT up.id, up.root FROM up JOIN contacts c ON c.id = up.root WHERE c.merged_into IS NULL)
"""


@dataclass(frozen=True)
class Latest:
    """The newest message that reached a person."""

    send_id: UUID
    seq: int
    at: datetime


@dataclass(frozen=True)
class After:
    """Where a page begins: behind a message, or behind a person among those whom nobody has contacted."""

    send_id: UUID | None = None
    seq: int = 0
    contact_id: UUID | None = None


@dataclass(frozen=True)
class ContactedPage:
    page: ContactPage
    after: After | None


async def latest_of(conn: Conn, tenant_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Latest]:
    """Of each whom something reached: themselves, or as somebody who was merged into them."""
    cursor = await conn.execute(
        _MOVED
        + """,
        parts AS (
            SELECT id AS whose, id FROM unnest(%(ids)s::uuid[]) AS id
            UNION ALL SELECT v.root, v.id FROM moved v WHERE v.root = ANY(%(ids)s))
        SELECT DISTINCT ON (p.whose) p.whose, x.send_id, x.seq, x.contacted_at
        FROM parts p CROSS JOIN LATERAL (
            SELECT m.send_id, m.seq, m.contacted_at FROM messages m
            WHERE m.tenant_id = %(tenant)s AND m.contact_id = p.id AND m.send_id <= %(newest)s AND """
        + _REACHED
        + """ ORDER BY m.send_id DESC LIMIT 1) x
        ORDER BY p.whose, x.send_id DESC, x.seq DESC
        """,
        {"tenant": tenant_id, "ids": list(ids), "newest": _newest()},
    )
    return {row[0]: Latest(*row[1:]) for row in await cursor.fetchall()}


async def page_by_contact(
    conn: Conn,
    tenant_id: UUID,
    *,
    node: Node | None,
    blinder: Blinder,
    now: datetime,
    after: After | None,
    limit: int,
) -> ContactedPage:
    """Last contacted first. A page that ends among the contacted goes on there; the rest is the list of those never were."""
    ways = await both_ways(conn, node or Everyone(), blinder, now)
    total = await count_ways(conn, ways) if after is None else None
    found: list[tuple[UUID, Latest]] = []
    if after is None or after.contact_id is None:
        found = await _contacted(conn, tenant_id, ways, after, limit + 1)
    ids = [one for one, _ in found[:limit]]
    items = await read_contacts(conn, tenant_id, ids)
    if len(found) > limit:
        end = found[limit - 1][1]
        return ContactedPage(ContactPage(items, None, total), After(end.send_id, end.seq))
    never = everything_of([*([] if node is None else [node]), shorthand("lastContact", "is_empty", None)])
    assert never is not None
    rest = await newest_page(
        conn,
        tenant_id,
        ways=await both_ways(conn, never, blinder, now),
        after=None if after is None else after.contact_id,
        limit=max(1, limit - len(ids)),
        counted=False,
    )
    if (
        len(ids) == limit
    ):  # exactly full: whether anybody comes after is known now, who it is the next page says
        more = After(contact_id=_LAST) if rest.items else None
        return ContactedPage(ContactPage(items, None, total), more)
    more = None if rest.next_before is None else After(contact_id=rest.next_before)
    return ContactedPage(ContactPage([*items, *rest.items], None, total), more)


_LAST = UUID(int=2**128 - 1)


async def _contacted(
    conn: Conn, tenant_id: UUID, ways: Ways, after: After | None, limit: int
) -> list[tuple[UUID, Latest]]:
    send, seq = _newest(), 2**31 - 1
    if after is not None and after.send_id is not None:
        send, seq = after.send_id, after.seq
    found: list[tuple[UUID, Latest]] = []
    walked, step = 0, max(_WALK, 2 * limit)
    while True:
        cursor = await conn.execute(
            _MOVED
            + """,
            page AS MATERIALIZED (
                SELECT m.send_id, m.seq, m.contacted_at, m.contact_id FROM messages m
                WHERE m.tenant_id = %(tenant)s AND m.send_id <= %(send)s AND (m.send_id, m.seq) < (%(send)s, %(seq)s)
                  AND m.contact_id IS NOT NULL AND """
            + _REACHED
            + """ ORDER BY m.send_id DESC, m.seq DESC LIMIT %(step)s)
            SELECT coalesce(v.root, p.contact_id), p.send_id, p.seq, p.contacted_at
            FROM page p LEFT JOIN moved v ON v.id = p.contact_id
            ORDER BY p.send_id DESC, p.seq DESC
            """,
            {"tenant": tenant_id, "send": send, "seq": seq, "step": step},
        )
        rows = await cursor.fetchall()
        newest: dict[UUID, Latest] = {}
        for whose, *message in rows:
            newest.setdefault(whose, Latest(*message))
        meant = set(await _meant(conn, ways, newest.keys()))
        wanted = {one: last for one, last in newest.items() if one in meant}
        later = await _contacted_later(conn, tenant_id, wanted)
        found += [(one, last) for one, last in wanted.items() if one not in later]
        if len(found) >= limit or len(rows) < step:
            return found[:limit]
        send, seq = rows[-1][1], rows[-1][2]
        walked, step = walked + step, step * 2
        if walked >= _FAR:
            few = await _few(conn, ways)
            if few is not None:
                every = await latest_of(conn, tenant_id, few)
                behind = [
                    (one, last) for one, last in every.items() if (last.send_id, last.seq) < (send, seq)
                ]
                behind.sort(key=lambda pair: (pair[1].send_id, pair[1].seq), reverse=True)
                return [*found, *behind][:limit]


async def _contacted_later(conn: Conn, tenant_id: UUID, wanted: Mapping[UUID, Latest]) -> set[UUID]:
    """Of whom a page before this one has spoken: only months from the send on are looked into."""
    cursor = await conn.execute(
        _MOVED
        + """,
        known AS (SELECT * FROM unnest(%(ids)s::uuid[], %(sends)s::uuid[], %(seqs)s::int[]) AS k (id, send, seq)),
        parts AS (
            SELECT id AS whose, id, send, seq FROM known
            UNION ALL SELECT k.id, v.id, k.send, k.seq FROM known k JOIN moved v ON v.root = k.id)
        SELECT DISTINCT p.whose FROM parts p WHERE EXISTS (
            SELECT FROM messages m
            WHERE m.tenant_id = %(tenant)s AND m.contact_id = p.id AND m.send_id >= p.send AND m.send_id <= %(newest)s
              AND (m.send_id, m.seq) > (p.send, p.seq) AND """
        + _REACHED
        + ")",
        {
            "tenant": tenant_id,
            "ids": list(wanted),
            "sends": [last.send_id for last in wanted.values()],
            "seqs": [last.seq for last in wanted.values()],
            "newest": _newest(),
        },
    )
    return {row[0] for row in await cursor.fetchall()}


async def _meant(conn: Conn, ways: Ways, ids: Collection[UUID]) -> list[UUID]:
    cursor = await conn.execute(
        sql.SQL("SELECT c.id FROM contacts c WHERE c.id = ANY({}) AND {} AND {}").format(
            sql.Literal(list(ids)), LIVING, ways.walk
        )
    )
    return [row[0] for row in await cursor.fetchall()]


async def _few(conn: Conn, ways: Ways) -> list[UUID] | None:
    """Everybody who is meant, if they are few."""
    cursor = await conn.execute(
        sql.SQL("SELECT c.id FROM contacts c WHERE {} AND {} LIMIT {}").format(
            LIVING, ways.whole, sql.Literal(_FEW + 1)
        )
    )
    ids = [row[0] for row in await cursor.fetchall()]
    return None if len(ids) > _FEW else ids


def _newest() -> UUID:
    """No send is newer: months that are still to come stay out of the plan, each of which costs it 0.3 ms."""
    return UUID(int=(int((time() + 86_400) * 1000) << 80) | ((1 << 80) - 1))
