"""What matching needs to know of a file's rows, and of the contacts that hold one of their values."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar
from uuid import UUID

from pabal.contacts import Blinder, is_mobile, open_card
from pabal.domain.identity import IdentityKind
from pabal.domain.name import Name, clean_name
from pabal.imports.evidence import NAMESAKES, Candidate, halves
from pabal.imports.stage import Row, birth_date_of, birth_year_of
from pabal.kit.db import Conn

_SLICE = 20_000  # values a statement: the arrays stay small, and a heartbeat gets its turn in between
_T = TypeVar("_T")
_NO_LINES: frozenset[int] = frozenset()


class Book(NamedTuple):
    """The part of the book that a file meets."""

    contacts: Mapping[UUID, Candidate]
    apart: Sequence[tuple[UUID, UUID]]  # pairs that somebody told apart


def candidate_of(row: Row, year: int) -> Candidate:
    """A row for matching; `value_keys` are in the order of its usable identities."""
    lines = _NO_LINES
    mobiles: list[str] = []
    mailboxes: list[str] = []
    kakao_ids: list[str] = []
    place = 0
    for one in row.identities:
        if not one.usable:
            continue
        if one.mobile:
            mobiles.append(one.value)
        elif one.kind is IdentityKind.PHONE:
            lines |= {row.value_keys[place]}
        elif one.kind is IdentityKind.EMAIL:
            mailboxes.append(one.value)
        else:
            kakao_ids.append(one.value)
        place += 1
    return Candidate(
        row.name_key,
        row.value_keys,
        lines,
        row.name,
        row.born,
        mobiles or (),
        row.district,
        birth_date_of(row.birth, year) if row.birth else "",
        mailboxes or (),
        kakao_ids or (),
        not row.identities,
    )


async def book_on(conn: Conn, tenant_id: UUID, blinder: Blinder, rows: Sequence[Row], year: int) -> Book:
    """The living contacts on the rows' values, and the namesakes of the others with half a number or the age in common.

    Their cards are opened only where name or birth year decides something: another name on the value, no name, a
    landline, another age. Nine of ten repeated people need no decryption.
    """
    cursor = await conn.execute("SELECT EXISTS (SELECT FROM contacts)")
    if not (await cursor.fetchone() or (False,))[0]:
        return Book({}, ())
    asking: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        for key in row.value_keys:
            asking[key].append(row)
    held: dict[UUID, list[int]] = defaultdict(list)
    lines: dict[UUID, set[int]] = defaultdict(set)
    names: dict[UUID, int | None] = {}
    ages: dict[UUID, str] = {}
    on_value: dict[int, list[UUID]] = defaultdict(list)
    holders, living = await _holders(conn, asking)
    for value, contact, line in holders:
        if contact not in living:
            continue
        held[contact].append(value)
        on_value[value].append(contact)
        names[contact], ages[contact] = living[contact]
        if line:
            lines[contact].add(value)
    open_: set[UUID] = set()
    for value, contacts in on_value.items():
        here = asking[value]
        if len(contacts) == len(here) == 1 and _plainly_one(
            living[contacts[0]], here[0], lines.get(contacts[0])
        ):
            continue
        keys = {names[one] for one in contacts} | {row.name_key for row in here}
        bands = {band for one in contacts if (band := ages[one])}
        bands |= {row.age_band for row in here if row.age_band}
        if len(keys) > 1 or None in keys or len(bands) > 1 or any(lines.get(one) for one in contacts):
            open_.update(contacts)
    met = {(value, names[one]) for value, contacts in on_value.items() for one in contacts}
    strangers = [row for row in rows if not any((key, row.name_key) in met for key in row.value_keys)]
    for one, name_key in await _namesakes(conn, blinder, strangers):
        names[one] = name_key
        held.setdefault(one, [])
        open_.add(one)
    facts = await _facts(conn, tenant_id, open_, year)
    return Book(
        {
            one: Candidate(names[one], values, frozenset(lines.get(one, ())), *facts.get(one, ()))
            for one, values in held.items()
        },
        await _told_apart(conn),
    )


def _slices(items: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(items)
    while some := list(islice(rest, _SLICE)):
        yield some


def _plainly_one(known: tuple[int | None, str], row: Row, lines: set[int] | None) -> bool:
    """One holder, one row, one name, no other age, no line: nine of ten of a list that comes again."""
    name_key, age_band = known
    return (
        not lines
        and name_key is not None
        and name_key == row.name_key
        and (not age_band or not row.age_band or age_band == row.age_band)
    )


async def _holders(
    conn: Conn, values: Iterable[int]
) -> tuple[list[tuple[int, UUID, bool]], dict[UUID, tuple[int | None, str]]]:
    """Who holds each value (is it a line?), and name key and age band of those who live.

    Two statements without a join: a sorted array walks an index whatever the statistics say, while a new tenant's first
    imports run on "empty table" (joined, the planner read the whole book per 5,000 values).
    """
    held: list[tuple[int, UUID, bool]] = []
    for some in _slices(sorted(values)):
        cursor = await conn.execute(
            "SELECT value_key, contact_id, quality = 'landline' FROM identities WHERE value_key = ANY(%s)",
            (some,),
        )
        held += await cursor.fetchall()
    living: dict[UUID, tuple[int | None, str]] = {}
    for ids in _slices(sorted({contact for _, contact, _ in held})):
        cursor = await conn.execute(
            """
            SELECT id, name_key, age_band FROM contacts
            WHERE id = ANY(%s) AND merged_into IS NULL AND erased_at IS NULL
            """,
            (ids,),
        )
        living.update(
            (contact, (name_key, age_band)) for contact, name_key, age_band in await cursor.fetchall()
        )
    return held, living


async def _namesakes(conn: Conn, blinder: Blinder, rows: Sequence[Row]) -> set[tuple[UUID, int]]:
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
    found: set[tuple[UUID, int]] = set()
    for some in _slices(wanted):
        cursor = await conn.execute(
            """
            WITH usable AS MATERIALIZED (
                SELECT name_key FROM (SELECT DISTINCT unnest(%(names)s::bigint[]) AS name_key) asked
                WHERE (SELECT count(*) FROM (
                    SELECT FROM contacts WHERE contacts.name_key = asked.name_key LIMIT %(most)s + 1) counted) <= %(most)s)
            SELECT DISTINCT c.id, w.name_key
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
    conn: Conn, tenant_id: UUID, contacts: set[UUID], year: int
) -> dict[UUID, tuple[Name, int | None, list[str], str, str, list[str], tuple[str, ...], bool]]:
    found = {}
    for some in _slices(sorted(contacts)):
        cursor = await conn.execute(
            "SELECT id, app.decrypt(pii), district FROM contacts WHERE id = ANY(%s)", (some,)
        )
        for contact, plain, district in await cursor.fetchall():
            card = open_card(plain, tenant_id, contact)
            found[contact] = (
                clean_name(card.name),
                birth_year_of(card.birth, year),
                [phone for phone in card.phones if is_mobile(phone)],
                district,
                birth_date_of(card.birth, year),
                [value for value, _ in card.searchable().emails],
                card.kakao_ids,
                not (card.phones or card.emails or card.kakao_ids or card.other_phones),
            )
    return found


async def _told_apart(conn: Conn) -> list[tuple[UUID, UUID]]:
    cursor = await conn.execute(
        "SELECT contact_a, contact_b FROM duplicate_pairs WHERE state IN ('separate', 'shared')"
    )
    return await cursor.fetchall()
