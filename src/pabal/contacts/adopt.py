"""Who in the book is meant by a name and a number that came from elsewhere (records, automatic messages).

The rule is the book's own: same number and same full name is the same person; same number and another name is a household
line, so another person. A nameless side takes whoever has the number. Somebody unknown becomes a contact, so that opt-outs,
merges and erasure hold for them as for everybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pabal.contacts.card import Blinder, Card
from pabal.domain.ids import new_id
from pabal.domain.name import clean_name
from pabal.kit.db import Conn, int_array, uuid_array

_LOCKED_AT_ONCE = 200  # more people than this come from a file, and two files at once are rare


@dataclass(frozen=True, slots=True)
class Wanted:
    name: str
    phone: str  # digits


async def adopt_people(
    conn: Conn, tenant_id: UUID, blinder: Blinder, wanted: Sequence[Wanted], *, source: str
) -> dict[Wanted, UUID]:
    """The contact of each, made where there is none. Four statements at most, however many people."""
    people = list(dict.fromkeys(wanted))
    if not people:
        return {}
    keys = {one: blinder.value_key("phone", one.phone) for one in people}
    missing, found = people, {}
    if len(people) > 1:
        found = await _known(conn, blinder, people, keys)
        missing = [one for one in people if one not in found]
        if not missing:
            return found
    # A single one, a form's, is locked at once: the question after it travels along with the lock, and is asked once.
    if len(missing) <= _LOCKED_AT_ONCE:
        # Two forms of one person at once: the second waits and finds what the first has made.
        await conn.execute(
            """
            SELECT pg_advisory_xact_lock(key)
            FROM (SELECT unnest(%s::bigint[]) AS key ORDER BY key) AS keys
            """,
            (int_array(sorted({keys[one] for one in missing})),),
        )
        found |= await _known(conn, blinder, missing, keys)
        missing = [one for one in missing if one not in found]
    return found | await _create(conn, tenant_id, blinder, missing, source)


async def _known(
    conn: Conn, blinder: Blinder, people: Sequence[Wanted], keys: dict[Wanted, int]
) -> dict[Wanted, UUID]:
    cursor = await conn.execute(
        """
        SELECT i.value_key, c.id, c.name_key
        FROM identities i JOIN contacts c ON c.tenant_id = i.tenant_id AND c.id = i.contact_id
        WHERE i.value_key = ANY(%s::bigint[]) AND i.kind = 'phone' AND c.merged_into IS NULL AND c.erased_at IS NULL
        ORDER BY c.id
        """,
        (int_array(sorted(set(keys.values()))),),
    )
    holders: dict[int, list[tuple[UUID, int | None]]] = {}
    for value_key, contact_id, name_key in await cursor.fetchall():
        holders.setdefault(value_key, []).append((contact_id, name_key))
    found: dict[Wanted, UUID] = {}
    for one in people:
        name_key = blinder.name_key(one.name) if one.name else None
        choices = holders.get(keys[one], [])
        same = [contact for contact, key in choices if key == name_key]
        nameless = [contact for contact, key in choices if key is None]
        chosen = same or nameless or ([contact for contact, _ in choices] if name_key is None else [])
        if chosen:
            found[one] = chosen[0]
    return found


async def _create(
    conn: Conn, tenant_id: UUID, blinder: Blinder, people: Sequence[Wanted], source: str
) -> dict[Wanted, UUID]:
    if not people:
        return {}
    made = {one: new_id() for one in people}
    cards = {one: Card(name=clean_name(one.name).display, phones=(one.phone,)) for one in people}
    derived = {one: blinder.derive(card) for one, card in cards.items()}
    rows = [row for one in people for row in derived[one].identities]
    await conn.execute(
        # One statement: a trip less for each form that makes a person. The foreign key is checked at its end.
        """
        WITH made AS (
            INSERT INTO contacts (tenant_id, id, pii, tokens, name_key, basis, source)
            SELECT %(tenant)s, v.id, app.encrypt(v.plain), v.tokens::integer[], v.name_key, '미기재', %(source)s
            FROM unnest(%(ids)s::uuid[], %(plains)s::text[], %(tokens)s::text[], %(names)s::bigint[])
                 AS v (id, plain, tokens, name_key)
        )
        INSERT INTO identities (tenant_id, contact_id, kind, value_key, address_key, position, quality)
        SELECT %(tenant)s, contact, kind, value_key, address_key, position, quality
        FROM unnest(%(contacts)s::uuid[], %(kinds)s::text[], %(value_keys)s::bigint[], %(address_keys)s::bigint[],
                    %(positions)s::smallint[], %(qualities)s::text[])
             AS new (contact, kind, value_key, address_key, position, quality)
        """,
        {
            "tenant": tenant_id,
            "source": source,
            "ids": uuid_array(made.values()),
            "plains": [cards[one].seal(tenant_id, made[one]) for one in people],
            "tokens": [f"{{{','.join(map(str, derived[one].tokens))}}}" for one in people],
            "names": [derived[one].name_key for one in people],
            "contacts": uuid_array(made[one] for one in people for _ in derived[one].identities),
            "kinds": [row.kind for row in rows],
            "value_keys": int_array(row.value_key for row in rows),
            "address_keys": [row.address_key for row in rows],
            "positions": int_array(row.position for row in rows),
            "qualities": [row.quality for row in rows],
        },
    )
    return made
