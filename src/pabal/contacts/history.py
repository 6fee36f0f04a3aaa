"""The history that is stored of contacts, and taking parts of it back: rows of `merges` in, cards and images out.

`rewind` serves the undo of one merge and the undo of an import with a hundred thousand changes alike: set-based, deepest
contacts first, so that whoever was joined into another is right before the other is joined anew.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from pabal.contacts.card import Blinder, Card, Derived, open_card
from pabal.contacts.carry import depth_of, parents_of
from pabal.contacts.replay import Drop, Event, Look, replay
from pabal.kit.db import Conn

BATCH: Final = 500  # some 50 ms of Python: whoever calls has other work to see to


@dataclass(frozen=True)
class Standing:
    """A contact as it stands, merged away or not."""

    id: UUID
    look: Look
    merged_into: UUID | None
    import_id: UUID | None
    created_at: datetime


async def read_standing(
    conn: Conn, tenant_id: UUID, ids: Iterable[UUID], *, lock: bool = True
) -> dict[UUID, Standing]:
    """Contacts that aren't erased; locked in the order of their ids as imports do."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    if lock:
        await conn.execute("SELECT FROM contacts WHERE id = ANY(%s) ORDER BY id FOR UPDATE", (wanted,))
    cursor = await conn.execute(
        """
        SELECT id, app.decrypt(pii), district, age_band, purposes, merged_into, import_id, created_at FROM contacts
        WHERE id = ANY(%(ids)s) AND erased_at IS NULL
        """,
        {"ids": wanted},
    )
    return {
        row[0]: Standing(
            row[0], Look(open_card(row[1], tenant_id, row[0]), row[2], row[3], tuple(row[4])), *row[5:]
        )
        for row in await cursor.fetchall()
    }


def look_of(card: Card, beside: Mapping[str, Any]) -> Look:
    """A card with what an entry of the history keeps beside it."""
    purposes = tuple(beside.get("purposes", ()))  # there were none before they were kept
    return Look(card, beside.get("district", ""), beside.get("ageBand", ""), purposes)


async def read_events(conn: Conn, tenant_id: UUID, ids: Iterable[UUID]) -> dict[UUID, list[Event]]:
    """What stands of each contact's history, oldest first."""
    cursor = await conn.execute(
        """
        SELECT id, survivor_id, merged_ids, import_id, reason, app.decrypt(before) FROM merges
        WHERE survivor_id = ANY(%(ids)s) AND undone_at IS NULL ORDER BY created_at, id
        """,
        {"ids": list(ids)},
    )
    events: dict[UUID, list[Event]] = {}
    for event_id, contact, merged, import_id, reason, plain in await cursor.fetchall():
        before = None
        if plain is not None:
            card = open_card(plain, tenant_id, contact)
            before = look_of(card, reason)
        choices = {field: UUID(chosen) for field, chosen in reason.get("fields", {}).items()}
        events.setdefault(contact, []).append(
            Event(event_id, reason.get("kind", "merge"), before, import_id, tuple(merged), choices)
        )
    return events


async def write_looks(conn: Conn, tenant_id: UUID, blinder: Blinder, looks: Mapping[UUID, Look]) -> None:
    """Cards with what stands beside them: tokens, name key, identities."""
    if not looks:
        return
    derived = {contact: blinder.derive(look.card) for contact, look in looks.items()}
    await conn.execute(
        # Token lists travel as text: an array of arrays would need rows of one length.
        """
        UPDATE contacts c SET pii = app.encrypt(n.plain), tokens = n.tokens::int[], name_key = n.name_key,
               district = n.district, age_band = n.age_band, purposes = n.purposes::text[], version = c.version + 1,
               updated_at = clock_timestamp()
        FROM unnest(%(ids)s::uuid[], %(plains)s::text[], %(tokens)s::text[], %(names)s::bigint[], %(districts)s::text[],
                    %(ages)s::text[], %(purposes)s::text[])
             AS n (id, plain, tokens, name_key, district, age_band, purposes)
        WHERE c.id = n.id
        """,
        {
            "ids": list(looks),
            "plains": [look.card.seal(tenant_id, contact) for contact, look in looks.items()],
            "tokens": ["{" + ",".join(map(str, derived[contact].tokens)) + "}" for contact in looks],
            "names": [derived[contact].name_key for contact in looks],
            "districts": [look.district for look in looks.values()],
            "ages": [look.age_band for look in looks.values()],
            "purposes": ["{" + ",".join(look.purposes) + "}" for look in looks.values()],
        },
    )
    await write_identities(conn, tenant_id, derived)


async def write_identities(conn: Conn, tenant_id: UUID, derived: Mapping[UUID, Derived]) -> None:
    """Exactly these values of these contacts."""
    rows = [(contact, row) for contact, found in derived.items() for row in found.identities]
    named = {
        "tenant": tenant_id,
        "contacts": list(derived),
        "ids": [contact for contact, _ in rows],
        "kinds": [row.kind for _, row in rows],
        "values": [row.value_key for _, row in rows],
        "addresses": [row.address_key for _, row in rows],
        "positions": [row.position for _, row in rows],
        "qualities": [row.quality for _, row in rows],
    }
    await conn.execute(
        """
        DELETE FROM identities i WHERE i.contact_id = ANY(%(contacts)s) AND NOT EXISTS (
            SELECT FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(values)s::bigint[]) AS n (id, kind, value_key)
            WHERE n.id = i.contact_id AND n.kind = i.kind AND n.value_key = i.value_key)
        """,
        named,
    )
    await conn.execute(
        """
        INSERT INTO identities (tenant_id, contact_id, kind, value_key, address_key, position, quality)
        SELECT %(tenant)s, n.* FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(values)s::bigint[],
            %(addresses)s::bigint[], %(positions)s::smallint[], %(qualities)s::text[]) AS n
        ON CONFLICT (tenant_id, contact_id, value_key) DO UPDATE SET position = excluded.position
        WHERE identities.position <> excluded.position
        """,
        named,
    )


async def write_event(
    conn: Conn,
    tenant_id: UUID,
    event: Event,
    contact_id: UUID,
    *,
    created_by: UUID | None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """An entry of the history with its image; to be written before the change itself."""
    assert event.before is not None
    reason: dict[str, Any] = {
        "kind": event.kind,
        "district": event.before.district,
        "ageBand": event.before.age_band,
        "purposes": list(event.before.purposes),
        **(facts or {}),
    }
    if event.choices:
        reason["fields"] = {field: str(chosen) for field, chosen in event.choices.items()}
    await conn.execute(
        """
        INSERT INTO merges (tenant_id, id, survivor_id, merged_ids, reason, before, created_by)
        VALUES (%(tenant)s, %(id)s, %(contact)s, %(others)s, %(reason)s, app.encrypt(%(plain)s), %(by)s)
        """,
        {
            "tenant": tenant_id,
            "id": event.id,
            "contact": contact_id,
            "others": list(event.others),
            "reason": Jsonb(reason),
            "plain": event.before.card.seal(tenant_id, contact_id),
            "by": created_by,
        },
    )


async def _write_images(conn: Conn, tenant_id: UUID, images: Sequence[tuple[UUID, UUID, Look]]) -> None:
    if not images:
        return
    await conn.execute(
        """
        UPDATE merges m SET before = app.encrypt(n.plain),
               reason = m.reason || jsonb_build_object('district', n.district, 'ageBand', n.age_band,
                                                       'purposes', n.purposes::text[])
        FROM unnest(%(ids)s::uuid[], %(plains)s::text[], %(districts)s::text[], %(ages)s::text[], %(purposes)s::text[])
             AS n (id, plain, district, age_band, purposes)
        WHERE m.id = n.id
        """,
        {
            "ids": [event for event, _, _ in images],
            "plains": [look.card.seal(tenant_id, contact) for _, contact, look in images],
            "districts": [look.district for _, _, look in images],
            "ages": [look.age_band for _, _, look in images],
            "purposes": ["{" + ",".join(look.purposes) + "}" for _, _, look in images],
        },
    )


async def rewind(
    conn: Conn,
    tenant_id: UUID,
    blinder: Blinder,
    contacts: Iterable[UUID],
    drop: Callable[[Event], Drop],
    *,
    untouchable: frozenset[UUID] = frozenset(),
) -> set[UUID]:
    """Leave out what `drop` names of the history of these contacts; who changed. Events stay to be marked by the caller.

    Those into whom a changed contact was merged are joined anew. `untouchable` ones are left as they are.
    """
    start = set(contacts)
    parents = await parents_of(conn, start)
    depth: dict[UUID, int] = {}
    for one in parents:
        depth_of(one, parents, depth)
    old: dict[UUID, Look] = {}
    new: dict[UUID, Look] = {}
    changed: set[UUID] = set()
    waiting = {one for one in start if one not in untouchable}
    for level in range(max(depth.values(), default=0), -1, -1):
        here = sorted(one for one in waiting if depth.get(one, 0) == level)
        for at in range(0, len(here), BATCH):
            ids = here[at : at + BATCH]
            events = await read_events(conn, tenant_id, ids)
            others = {one for found in events.values() for event in found for one in event.others}
            standing = await read_standing(conn, tenant_id, {*ids, *others})
            looks = {one: stands.look for one, stands in standing.items()} | old
            written: dict[UUID, Look] = {}
            images: list[tuple[UUID, UUID, Look]] = []
            for one in ids:
                if one not in standing:
                    continue
                found = events.get(one, [])
                now = standing[one].look
                look, fresh = replay(found, now, drop, looks, new)
                images += [
                    (event.id, one, fresh[event.id])
                    for event in found
                    if event.id in fresh and fresh[event.id] != event.before and (event.before or event.joins)
                ]
                if look != now:
                    written[one] = look
                    parent = standing[one].merged_into
                    if parent is not None:
                        old[one], new[one] = now, look
                        if parent not in untouchable:
                            waiting.add(parent)
            await write_looks(conn, tenant_id, blinder, written)
            await _write_images(conn, tenant_id, images)
            changed |= written.keys()
    return changed
