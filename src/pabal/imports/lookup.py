"""What matching needs to know of a chunk's rows, and of the contacts that hold one of their values."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from pabal.contacts import Blinder, is_mobile, open_card
from pabal.domain.identity import IdentityKind
from pabal.domain.name import Name, clean_name
from pabal.imports.match import NAMESAKES, Candidate, halves
from pabal.imports.stage import Row, birth_year_of
from pabal.kit.db import Conn


def candidate_of(row: Row) -> Candidate:
    """A row for matching; `value_keys` are in the order of its usable identities."""
    usable = [one for one in row.identities if one.usable]
    lines = frozenset(
        key
        for one, key in zip(usable, row.value_keys, strict=True)
        if one.kind is IdentityKind.PHONE and not one.mobile
    )
    mobiles = [one.value for one in usable if one.mobile]
    return Candidate(row.name_key, row.value_keys, lines, row.name, row.born, mobiles, row.district)


async def contacts_on(
    conn: Conn, tenant_id: UUID, blinder: Blinder, rows: Sequence[Row], year: int
) -> dict[UUID, Candidate]:
    """The living contacts on the rows' values, and the namesakes of the others with half a number in common.

    Their cards are opened only where name or birth year decides something: another name on the value, no name, a
    landline, another age. Nine of ten repeated people need no decryption.
    """
    asking: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        for key in row.value_keys:
            asking[key].append(row)
    if not asking:
        return {}
    # LATERAL with OFFSET 0 is one index look-up per value, whatever the statistics say: while a new tenant's first import
    # runs they say "empty table", and a join then read the whole book for each chunk (7 s instead of 0.1).
    cursor = await conn.execute(
        """
        SELECT i.value_key, i.contact_id, i.quality = 'landline', c.name_key, c.age_band
        FROM unnest(%(values)s::bigint[]) AS wanted (value_key)
        CROSS JOIN LATERAL (
            SELECT value_key, contact_id, quality FROM identities
            WHERE identities.value_key = wanted.value_key OFFSET 0) i
        CROSS JOIN LATERAL (
            SELECT name_key, age_band FROM contacts
            WHERE contacts.id = i.contact_id AND merged_into IS NULL AND erased_at IS NULL OFFSET 0) c
        """,
        {"values": list(asking)},
    )
    held: dict[UUID, list[int]] = defaultdict(list)
    lines: dict[UUID, set[int]] = defaultdict(set)
    names: dict[UUID, int | None] = {}
    ages: dict[UUID, str] = {}
    on_value: dict[int, list[UUID]] = defaultdict(list)
    for value, contact, line, name_key, age_band in await cursor.fetchall():
        held[contact].append(value)
        on_value[value].append(contact)
        names[contact], ages[contact] = name_key, age_band
        if line:
            lines[contact].add(value)
    open_: set[UUID] = set()
    for value, contacts in on_value.items():
        keys = {names[one] for one in contacts} | {row.name_key for row in asking[value]}
        bands = {band for one in contacts if (band := ages[one])}
        bands |= {row.age_band for row in asking[value] if row.age_band}
        if len(keys) > 1 or None in keys or len(bands) > 1 or any(lines.get(one) for one in contacts):
            open_.update(contacts)
    met = {(value, names[one]) for value, contacts in on_value.items() for one in contacts}
    strangers = [row for row in rows if not any((key, row.name_key) in met for key in row.value_keys)]
    for one, name_key in await _namesakes(conn, blinder, strangers):
        names[one] = name_key
        held.setdefault(one, [])
        open_.add(one)
    facts = await _facts(conn, tenant_id, open_, year)
    return {
        one: Candidate(names[one], values, frozenset(lines.get(one, ())), *facts.get(one, ()))
        for one, values in held.items()
    }


async def _namesakes(conn: Conn, blinder: Blinder, rows: Sequence[Row]) -> list[tuple[UUID, int]]:
    """Contacts with the name of a row and one half of its mobile number.

    By the index of names: the tokens of half numbers are compared row by row, because the token index keeps a pending list
    during an import. Names that more than fifty contacts carry are left out; they would cost more than they find.
    """
    wanted: list[tuple[int, int, int]] = []
    for row in rows:
        if row.name_key is not None:
            for one in row.identities:
                if one.mobile and one.usable:
                    middle, last = halves(one.value)
                    wanted.append((row.name_key, blinder.token(f"pm:{middle}"), blinder.token(f"p4:{last}")))
    if not wanted:
        return []
    cursor = await conn.execute(
        """
        WITH usable AS MATERIALIZED (
            SELECT name_key FROM (SELECT DISTINCT unnest(%(names)s::bigint[]) AS name_key) asked
            WHERE (SELECT count(*) FROM (
                SELECT FROM contacts WHERE contacts.name_key = asked.name_key LIMIT %(most)s + 1) counted) <= %(most)s)
        SELECT DISTINCT c.id, w.name_key
        FROM unnest(%(names)s::bigint[], %(middles)s::integer[], %(lasts)s::integer[]) AS w (name_key, middle, last)
        JOIN usable USING (name_key)
        CROSS JOIN LATERAL (
            SELECT id, tokens FROM contacts
            WHERE contacts.name_key = w.name_key AND merged_into IS NULL AND erased_at IS NULL OFFSET 0) c
        WHERE w.last = ANY (c.tokens) OR w.middle = ANY (c.tokens)
        """,
        {
            "names": [name for name, _, _ in wanted],
            "middles": [middle for _, middle, _ in wanted],
            "lasts": [last for _, _, last in wanted],
            "most": NAMESAKES,
        },
    )
    return await cursor.fetchall()


async def _facts(
    conn: Conn, tenant_id: UUID, contacts: set[UUID], year: int
) -> dict[UUID, tuple[Name, int | None, list[str], str]]:
    if not contacts:
        return {}
    cursor = await conn.execute(
        "SELECT id, app.decrypt(pii), district FROM contacts WHERE id = ANY(%s)", (sorted(contacts),)
    )
    found = {}
    for contact, plain, district in await cursor.fetchall():
        card = open_card(plain, tenant_id, contact)
        mobiles = [phone for phone in card.phones if is_mobile(phone)]
        found[contact] = (clean_name(card.name), birth_year_of(card.birth, year), mobiles, district)
    return found
