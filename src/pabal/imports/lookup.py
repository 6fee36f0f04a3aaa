"""What matching needs to know of a chunk's rows, and of the contacts that hold one of their values."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from pabal.contacts import open_card
from pabal.domain.identity import IdentityKind
from pabal.domain.name import Name, clean_name
from pabal.imports.match import Candidate
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
    return Candidate(row.name_key, row.value_keys, lines, row.name, row.born)


async def contacts_on(conn: Conn, tenant_id: UUID, rows: Sequence[Row], year: int) -> dict[UUID, Candidate]:
    """The living contacts on the rows' values.

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
    facts = await _facts(conn, tenant_id, open_, year)
    return {
        one: Candidate(names[one], values, frozenset(lines.get(one, ())), *facts.get(one, ()))
        for one, values in held.items()
    }


async def _facts(
    conn: Conn, tenant_id: UUID, contacts: set[UUID], year: int
) -> dict[UUID, tuple[Name, int | None]]:
    if not contacts:
        return {}
    cursor = await conn.execute(
        "SELECT id, app.decrypt(pii) FROM contacts WHERE id = ANY(%s)", (sorted(contacts),)
    )
    found = {}
    for contact, plain in await cursor.fetchall():
        card = open_card(plain, tenant_id, contact)
        found[contact] = (clean_name(card.name), birth_year_of(card.birth, year))
    return found
