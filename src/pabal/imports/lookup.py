"""What matching needs to know of a file's rows, and of the contacts that hold one of their values."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar
from uuid import UUID

from pabal.contacts import Blinder, is_mobile, open_card
from pabal.domain.birth import birth_date, birth_year
from pabal.domain.name import Name, clean_name
from pabal.imports.evidence import NAMESAKES, Candidate, halves
from pabal.imports.stage import Row
from pabal.kit.db import Conn

_SLICE = 20_000  # values a statement: the arrays stay small, and a heartbeat gets its turn in between
_T = TypeVar("_T")
_NO_LINES: frozenset[int] = frozenset()
_Holder = tuple[str, int | None, str]  # contact, name key, age band


class Book(NamedTuple):
    """The part of the book that a file meets, oldest first."""

    ids: Sequence[UUID]
    contacts: Sequence[Candidate]  # of those ids
    apart: Sequence[tuple[int, int]]  # pairs of places in `ids` that somebody told apart


async def book_on(conn: Conn, tenant_id: UUID, blinder: Blinder, rows: Sequence[Row], year: int) -> Book:
    """The living contacts on the rows' values, and the namesakes of the others with half a number or the age in common.

    Their cards are opened only where name or birth year decides something: another name on the value, no name, a
    landline, another age. Nine of ten repeated people need no decryption.

    Contacts go by the text of their ids until the end: a UUID hashes and compares in Python, ten times for each of
    100,000, which was half of the time this took.
    """
    cursor = await conn.execute("SELECT EXISTS (SELECT FROM contacts)")
    if not (await cursor.fetchone() or (False,))[0]:
        return Book((), (), ())
    asking: dict[int, Row] = {}
    others: dict[int, list[Row]] = {}  # the second and further rows on a value
    for row in rows:
        for key in row.values:
            if asking.setdefault(key, row) is not row:
                others.setdefault(key, []).append(row)
    found, living = await _holders(conn, asking)
    held: dict[str, list[int]] = {}
    lines: dict[str, set[int]] = {}
    on_value: dict[int, list[_Holder]] = {}
    for value, contact, line in found:
        known = living.get(contact)
        if known is None:
            continue
        held.setdefault(contact, []).append(value)
        on_value.setdefault(value, []).append((contact, *known))
        if line:
            lines.setdefault(contact, set()).add(value)
    open_: set[str] = set()
    met: set[int] = set()  # positions of rows whose name stands on one of their values
    for value, holders in on_value.items():
        here = [asking[value], *others.get(value, ())]
        names = {name_key for _, name_key, _ in holders}
        met.update(row.no for row in here if row.name_key in names)
        if _name_or_birth_decides(holders, here) or any(one in lines for one, _, _ in holders):
            open_.update(one for one, _, _ in holders)
    strangers = [row for row in rows if row.no not in met]
    for contact, name_key in await _namesakes(conn, blinder, strangers):
        living[contact] = (name_key, "")
        held.setdefault(contact, [])
        open_.add(contact)
    facts = await _facts(conn, tenant_id, open_, year)
    ordered = sorted(held)
    place = {one: number for number, one in enumerate(ordered)}
    return Book(
        [UUID(one) for one in ordered],
        [
            Candidate(
                living[one][0],
                held[one],
                frozenset(lines[one]) if one in lines else _NO_LINES,
                *facts.get(one, ()),
            )
            for one in ordered
        ],
        [(place[a], place[b]) for a, b in await _told_apart(conn) if a in place and b in place],
    )


def _array(items: Iterable[int | str]) -> str:
    """Numbers or ids as PostgreSQL writes an array: quoting each by psycopg takes ten times as long."""
    return "{" + ",".join(map(str, items)) + "}"


def _name_or_birth_decides(holders: Sequence[_Holder], rows: Sequence[Row]) -> bool:
    """Is there more than one name or age on a value? Nine of ten values of a list that comes again have one of each."""
    names = {name_key for _, name_key, _ in holders} | {row.name_key for row in rows}
    ages = {age for _, _, age in holders if age} | {row.age_band for row in rows if row.age_band}
    return len(names) > 1 or None in names or len(ages) > 1


def _slices(items: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(items)
    while some := list(islice(rest, _SLICE)):
        yield some


async def _holders(
    conn: Conn, values: Iterable[int]
) -> tuple[list[tuple[int, str, bool]], dict[str, tuple[int | None, str]]]:
    """Who holds each value (is it a line?), and name key and age band of those who live.

    Two statements without a join: a sorted array walks an index whatever the statistics say, while a new tenant's first
    imports run on "empty table" (joined, the planner read the whole book per 5,000 values).
    """
    held: list[tuple[int, str, bool]] = []
    for some in _slices(sorted(values)):
        cursor = await conn.cursor(binary=True).execute(
            "SELECT value_key, contact_id::text, quality = 'landline' FROM identities WHERE value_key = ANY(%s::bigint[])",
            (_array(some),),
        )
        held += await cursor.fetchall()
    living: dict[str, tuple[int | None, str]] = {}
    for ids in _slices(sorted({contact for _, contact, _ in held})):
        cursor = await conn.cursor(binary=True).execute(
            """
            SELECT id::text, name_key, age_band FROM contacts
            WHERE id = ANY(%s::uuid[]) AND merged_into IS NULL AND erased_at IS NULL
            """,
            (_array(ids),),
        )
        for contact, name_key, age_band in await cursor.fetchall():
            living[contact] = (name_key, age_band)
    return held, living


async def _namesakes(conn: Conn, blinder: Blinder, rows: Sequence[Row]) -> set[tuple[str, int]]:
    """Contacts with the name of a row and one half of its mobile number, or its age.

    By the index of names: the tokens of half numbers are compared row by row, because the token index keeps a pending list
    during an import. Names that more than fifty contacts carry are left out; they would cost more than they find.
    """
    wanted: list[tuple[int, int | None, int | None, str]] = []
    for row in rows:
        if row.name_key is None:
            continue
        mobiles = [halves(one.value) for one in row.identities if one.mobile and one.usable]
        wanted += (
            (row.name_key, blinder.token(f"pm:{middle}"), blinder.token(f"p4:{last}"), row.age_band)
            for middle, last in mobiles
        )
        if not mobiles and row.age_band:
            wanted.append((row.name_key, None, None, row.age_band))
    found: set[tuple[str, int]] = set()
    for some in _slices(wanted):
        cursor = await conn.execute(
            """
            WITH usable AS MATERIALIZED (
                SELECT name_key FROM (SELECT DISTINCT unnest(%(names)s::bigint[]) AS name_key) asked
                WHERE (SELECT count(*) FROM (
                    SELECT FROM contacts WHERE contacts.name_key = asked.name_key LIMIT %(most)s + 1) counted) <= %(most)s)
            SELECT DISTINCT c.id::text, w.name_key
            FROM unnest(%(names)s::bigint[], %(middles)s::integer[], %(lasts)s::integer[], %(ages)s::text[])
                AS w (name_key, middle, last, age_band)
            JOIN usable USING (name_key)
            CROSS JOIN LATERAL (
                SELECT id, tokens, age_band FROM contacts
                WHERE contacts.name_key = w.name_key AND merged_into IS NULL AND erased_at IS NULL OFFSET 0) c
            WHERE w.last = ANY (c.tokens) OR w.middle = ANY (c.tokens) OR (w.age_band <> '' AND w.age_band = c.age_band)
            """,
            {
                "names": [one[0] for one in some],
                "middles": [one[1] for one in some],
                "lasts": [one[2] for one in some],
                "ages": [one[3] for one in some],
                "most": NAMESAKES,
            },
        )
        found.update(await cursor.fetchall())
    return found


async def _facts(
    conn: Conn, tenant_id: UUID, contacts: set[str], year: int
) -> dict[str, tuple[Name, int | None, list[str], str, str, list[str], tuple[str, ...], bool]]:
    found = {}
    for some in _slices(sorted(contacts)):
        cursor = await conn.execute(
            "SELECT id::text, app.decrypt(pii), district FROM contacts WHERE id = ANY(%s::uuid[])",
            (_array(some),),
        )
        for contact, plain, district in await cursor.fetchall():
            card = open_card(plain, tenant_id, UUID(contact))
            found[contact] = (
                clean_name(card.name),
                birth_year(card.birth, year),
                [phone for phone in card.phones if is_mobile(phone)],
                district,
                birth_date(card.birth, year),
                [value for value, _ in card.searchable().emails],
                card.kakao_ids,
                not (card.phones or card.emails or card.kakao_ids or card.other_phones),
            )
    return found


async def _told_apart(conn: Conn) -> list[tuple[str, str]]:
    cursor = await conn.execute(
        "SELECT contact_a::text, contact_b::text FROM duplicate_pairs WHERE state IN ('separate', 'shared')"
    )
    return await cursor.fetchall()
