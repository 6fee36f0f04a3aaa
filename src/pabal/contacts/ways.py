"""Counts and pages of a filter in a book of a million: which people are asked, and how.

Each person looked at costs some 2 µs for every table that a filter asks about them, everybody of a stretch of the book asked
as sets a fifth of that. So a look at both ends says how many are meant; then a stretch is asked that should hold enough of
them, or the sets of the whole book are made, where few are meant. PostgreSQL can't know it: ciphertext has no statistics, and
people of one list are alike, which makes whole stretches of a book alike.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg import sql

from pabal.contacts.activity_sql import Span
from pabal.contacts.queries import (
    COUNT_CAP,
    LIVING,
    ContactPage,
    Total,
    count_where,
    read_contacts,
)
from pabal.kit.db import Conn

_SAMPLE = 1_000  # people at either end of the book of whom it is asked how many are meant
_DENSE = 0.04  # with one of 25 meant, a stretch of 290,000 holds enough for the cap; thinner, sets of everybody cost less
_SPARE = 1.15  # how much longer a stretch is than the sample says
_WALK = 2_000  # newest people who are looked at one by one for a page
_STRETCHES = (20_000, 200_000)  # people whose sets are made for a page before everybody's are
_OF_ONE_DISTRICT = 15_000  # of whom a filter's other conditions are asked one by one
_NOBODY, _LAST = UUID(int=0), UUID(int=2**128 - 1)


@dataclass(frozen=True)
class Ways:
    """One filter over `contacts c`, put several ways that mean the same."""

    walk: sql.Composable  # to each person looked at
    whole: sql.Composable  # as sets of everybody's rows
    within: Callable[[Span], sql.Composable]  # as sets of the rows of a stretch's people
    tokens: Sequence[int] = ()  # the whole filter is that somebody carries these
    district: sql.Composable | None = None  # a condition that all must fulfil and that an index answers
    newest: Callable[[UUID], sql.Composed] | None = None  # nobody meant comes after this one, up to a person
    # Whom a campaign reached, and a condition more: the planner takes 13,000 people of a stretch for 200 and looks each up
    # (31 ms of CPU); a stretch that is read first is joined with them (16).
    apart: bool = False


async def count_ways(conn: Conn, ways: Ways, *, exact: bool = False) -> Total:
    """How many, counted to the cap."""
    return (await _counted(conn, ways, exact=exact, top=0))[0]


async def newest_page(
    conn: Conn,
    tenant_id: UUID,
    *,
    ways: Ways,
    after: UUID | None,
    limit: int,
    counted: bool = True,
    exact: bool = False,
) -> ContactPage:
    """A page of a filter, newest first."""
    total, ids = None, None
    if after is None and counted:
        total, ids = await _counted(conn, ways, exact=exact, top=limit + 1)
    if ids is None:
        ids = await _newest(conn, ways, after, limit + 1)
    more = len(ids) > limit
    return ContactPage(
        await read_contacts(conn, tenant_id, ids[:limit]), ids[limit - 1] if more else None, total
    )


async def _counted(conn: Conn, ways: Ways, *, exact: bool, top: int) -> tuple[Total, list[UUID] | None]:
    """How many; and who the newest `top` are, where counting went past all of them anyway."""
    stretch = sql.SQL(
        "(SELECT count(*) AS seen, count(*) FILTER (WHERE {}) AS hits"
        " FROM (SELECT * FROM contacts c WHERE {} ORDER BY c.id {} LIMIT {}) c)"
    )
    ends = (stretch.format(ways.walk, LIVING, sql.SQL(way), sql.Literal(_SAMPLE)) for way in ("DESC", "ASC"))
    cursor = await conn.execute(sql.SQL(" UNION ALL ").join(ends))
    (seen, newest), (_, oldest) = await cursor.fetchall()
    if seen < _SAMPLE:
        return (Total(newest, "eq") if exact else _capped(newest)), None
    if exact:
        return await count_where(conn, ways.whole, exact=True), None
    share = max(newest, oldest) / seen
    if share >= _DENSE:
        # From where the sample ended: of a campaign that nearly everybody received it has a tenth of the cap already.
        descending, counted = newest >= oldest, max(newest, oldest)
        if counted > COUNT_CAP:
            return _capped(counted), None
        sampled = await _stretch(conn, _SAMPLE, descending=descending)
        length = int(_SPARE * (COUNT_CAP - counted) / share) + 1
        span = await _stretch(conn, length, descending=descending, beyond=sampled)
        more = await _more_within(conn, ways, span, COUNT_CAP - counted)
        if more:
            return _capped(COUNT_CAP + 1), None
    if ways.tokens:
        return await _carriers(conn, ways.tokens), None
    if ways.district is not None:
        answer = await _of_district(conn, ways, ways.district, top)
        if answer is not None:
            return answer
    return await _of_everybody(conn, ways, top)


async def _more_within(conn: Conn, ways: Ways, span: Span, cap: int) -> bool:
    """Are more of a stretch meant than that?"""
    people = sql.SQL("{} AND {}").format(LIVING, span.holds("c.id"))
    if ways.apart:
        source = sql.SQL("(SELECT * FROM contacts c WHERE {} OFFSET 0) c WHERE {}").format(
            people, ways.within(span)
        )
    else:
        source = sql.SQL("contacts c WHERE {} AND {}").format(people, ways.within(span))
    cursor = await conn.execute(
        sql.SQL("SELECT count(*) FROM (SELECT FROM {} LIMIT {}) found").format(source, sql.Literal(cap + 1))
    )
    row = await cursor.fetchone()
    return row is not None and row[0] > cap


async def _stretch(
    conn: Conn, length: int, *, descending: bool, last: UUID = _LAST, beyond: Span | None = None
) -> Span:
    """So many people from the newest (or from `last`) on, or from the oldest on; or from the end of another stretch on."""
    first = _NOBODY
    if beyond is not None and descending:
        last = UUID(int=max(0, beyond.first.int - 1))
    elif beyond is not None:
        first = UUID(int=min(_LAST.int, beyond.last.int + 1))
    cursor = await conn.execute(
        sql.SQL(
            "SELECT c.id FROM contacts c WHERE {} AND c.id BETWEEN {} AND {} ORDER BY c.id {} OFFSET {} LIMIT 1"
        ).format(
            LIVING,
            sql.Literal(first),
            sql.Literal(last),
            sql.SQL("DESC" if descending else "ASC"),
            sql.Literal(length - 1),
        )
    )
    end = await cursor.fetchone()
    if descending:
        return Span(first if end is None else end[0], last)
    return Span(first, last if end is None else end[0])


async def _carriers(conn: Conn, tokens: Sequence[int]) -> Total:
    """The token index counts, as it does for a search."""
    cursor = await conn.execute(
        "SELECT app.count_contacts(%s::int[], NULL, NULL, NULL, NULL, %s)", (list(tokens), COUNT_CAP + 1)
    )
    row = await cursor.fetchone()
    return _capped(0 if row is None else int(row[0]))


def _capped(found: int) -> Total:
    return Total(min(found, COUNT_CAP), "gte" if found > COUNT_CAP else "eq")


async def _of_district(
    conn: Conn, ways: Ways, district: sql.Composable, top: int
) -> tuple[Total, list[UUID] | None] | None:
    """One by one, where a district isn't larger than that; None where it is and too few of it were meant."""
    cursor = await conn.execute(
        sql.SQL(
            "WITH seen AS MATERIALIZED (SELECT c.id, {} AS meant FROM"
            " (SELECT * FROM contacts c WHERE {} AND {} LIMIT {}) c)"
            " SELECT count(*), count(*) FILTER (WHERE meant),"
            " ARRAY(SELECT id FROM seen WHERE meant ORDER BY id DESC LIMIT {}) FROM seen"
        ).format(ways.walk, LIVING, district, sql.Literal(_OF_ONE_DISTRICT), sql.Literal(top))
    )
    row = await cursor.fetchone()
    assert row is not None
    seen, found, ids = row
    if seen < _OF_ONE_DISTRICT:
        return _capped(found), ids
    return (_capped(found), None) if found > COUNT_CAP else None


async def _of_everybody(conn: Conn, ways: Ways, top: int) -> tuple[Total, list[UUID] | None]:
    cursor = await conn.execute(
        sql.SQL(
            "WITH hits AS MATERIALIZED (SELECT c.id FROM contacts c WHERE {} AND {} LIMIT {})"
            " SELECT count(*), ARRAY(SELECT id FROM hits ORDER BY id DESC LIMIT {}) FROM hits"
        ).format(LIVING, ways.whole, sql.Literal(COUNT_CAP + 1), sql.Literal(top))
    )
    row = await cursor.fetchone()
    assert row is not None
    total = _capped(row[0])
    return total, row[1] if total.relation == "eq" else None


async def _newest(conn: Conn, ways: Ways, after: UUID | None, limit: int) -> list[UUID]:
    """Ids of a page: of the newest who are looked at one by one, else of stretches that grow."""
    if after == _NOBODY:
        return []
    last = _LAST if after is None else UUID(int=after.int - 1)
    ids = await _near(conn, ways, last, limit)
    if len(ids) < limit and ways.newest is not None:
        # Whom an old campaign reached begins a long way down.
        row = await (await conn.execute(ways.newest(last))).fetchone()
        last = min(last, row[0] if row is not None and row[0] is not None else _NOBODY)
        ids = await _near(conn, ways, last, limit)
    if len(ids) < limit:
        ids = await _among(conn, ways, await _stretch(conn, _STRETCHES[1], descending=True, last=last), limit)
    if len(ids) < limit:
        ids = await _page(conn, sql.SQL("c.id <= {} AND {}").format(sql.Literal(last), ways.whole), limit)
    return ids


async def _near(conn: Conn, ways: Ways, last: UUID, limit: int) -> list[UUID]:
    cursor = await conn.execute(
        sql.SQL(
            "SELECT c.id FROM (SELECT * FROM contacts c WHERE {} AND c.id <= {} ORDER BY c.id DESC LIMIT {}) c"
            " WHERE {} ORDER BY c.id DESC LIMIT {}"
        ).format(LIVING, sql.Literal(last), sql.Literal(_WALK), ways.walk, sql.Literal(limit))
    )
    ids = [row[0] for row in await cursor.fetchall()]
    if len(ids) < limit:
        ids = await _among(conn, ways, await _stretch(conn, _STRETCHES[0], descending=True, last=last), limit)
    return ids


async def _among(conn: Conn, ways: Ways, span: Span, limit: int) -> list[UUID]:
    return await _page(conn, sql.SQL("{} AND {}").format(span.holds("c.id"), ways.within(span)), limit)


async def _page(conn: Conn, where: sql.Composable, limit: int) -> list[UUID]:
    """All hits, then their newest: a planner that hopes to meet them on the way down may go through the whole book."""
    cursor = await conn.execute(
        sql.SQL(
            "WITH hits AS MATERIALIZED (SELECT c.id FROM contacts c WHERE {} AND {})"
            " SELECT id FROM hits ORDER BY id DESC LIMIT {}"
        ).format(LIVING, where, sql.Literal(limit))
    )
    return [row[0] for row in await cursor.fetchall()]
