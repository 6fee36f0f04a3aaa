"""The quick half of an import's undo: whom nothing happened to since gets the stored image back as it is, ciphertext and all.

`history.rewind` plays a history forward and costs 0.6 ms of CPU a person; nearly everybody's history ends with the import,
and then playing it forward without its last entry gives that entry's image. Those are found and restored by sets. Tokens and
identities come from name, addresses and attributes: whose import changed none of them (a memo) keeps them as they are.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from pabal.contacts.card import Blinder, open_card
from pabal.contacts.history import write_identities
from pabal.kit.db import Conn

BATCH: Final = 1_000  # cards opened at once: some 50 ms of Python, then others have their turn
_NOT_SEARCHED: Final = ["title", "otherPhones", "address", "birth", "memo"]


async def copy_back(
    conn: Conn, tenant_id: UUID, blinder: Blinder, import_id: UUID, contacts: Sequence[UUID]
) -> set[UUID]:
    """Restore of these whom a copy restores; who that was. The rest is for `rewind`."""
    await conn.execute("SELECT FROM contacts WHERE id = ANY(%s) ORDER BY id FOR UPDATE", (list(contacts),))
    last = await _last_entries(conn, import_id, contacts)
    done = await _copy_whole(conn, tenant_id, last)
    rest = {contact: event for contact, event in last.items() if contact not in done}
    waiting = sorted(rest)
    for at in range(0, len(waiting), BATCH):
        await _copy_and_derive(conn, tenant_id, blinder, {one: rest[one] for one in waiting[at : at + BATCH]})
    return done | rest.keys()


async def _last_entries(conn: Conn, import_id: UUID, contacts: Sequence[UUID]) -> dict[UUID, UUID]:
    """Contact → the entry of its history that the import wrote, if the history ends with it: nothing came later, the import
    joined nobody into the contact, and neither it nor one of those who are part of it has to be joined anew.
    """
    cursor = await conn.execute(
        """
        WITH asked AS MATERIALIZED (SELECT id FROM unnest(%(ids)s::uuid[]) AS a (id)),
        entries AS MATERIALIZED (
            SELECT m.survivor_id, m.id, m.import_id, m.before IS NOT NULL AND m.merged_ids = '{}' AS image,
                   row_number() OVER (PARTITION BY m.survivor_id ORDER BY m.created_at DESC, m.id DESC) AS place,
                   count(*) FILTER (WHERE m.import_id = %(import)s) OVER (PARTITION BY m.survivor_id) AS own
            FROM asked a JOIN merges m ON m.survivor_id = a.id WHERE m.undone_at IS NULL)
        SELECT e.survivor_id, e.id FROM entries e JOIN contacts c ON c.id = e.survivor_id
        WHERE e.place = 1 AND e.own = 1 AND e.import_id = %(import)s AND e.image
          AND c.merged_into IS NULL AND c.erased_at IS NULL
          AND NOT EXISTS (SELECT FROM contacts x WHERE x.merged_into = c.id AND x.id IN (SELECT id FROM asked))
        """,
        {"ids": list(contacts), "import": import_id},
    )
    return dict(await cursor.fetchall())


async def _copy_whole(conn: Conn, tenant_id: UUID, last: dict[UUID, UUID]) -> set[UUID]:
    """Those of whom nothing that is searched or written to has changed. A ciphertext names its tenant and contact
    (card.open_card); one that names another is left to whoever opens it and says so.
    """
    cursor = await conn.execute(
        """
        WITH images AS MATERIALIZED (
            SELECT c.id, m.before, m.reason, app.decrypt(c.pii)::jsonb AS now, app.decrypt(m.before)::jsonb AS was
            FROM unnest(%(ids)s::uuid[], %(events)s::uuid[]) AS n (id, event)
            JOIN contacts c ON c.id = n.id JOIN merges m ON m.id = n.event)
        UPDATE contacts c SET pii = i.before, district = coalesce(i.reason->>'district', ''),
               age_band = coalesce(i.reason->>'ageBand', ''),
               purposes = ARRAY(SELECT jsonb_array_elements_text(i.reason->'purposes')),
               version = c.version + 1, updated_at = clock_timestamp()
        FROM images i
        WHERE c.id = i.id AND i.now - %(aside)s::text[] = i.was - %(aside)s::text[]
          AND i.was->>'c' = replace(i.id::text, '-', '') AND i.was->>'t' = %(tenant)s
        RETURNING c.id
        """,
        {
            "ids": list(last),
            "events": list(last.values()),
            "aside": _NOT_SEARCHED,
            "tenant": tenant_id.hex,
        },
    )
    return {row[0] for row in await cursor.fetchall()}


async def _copy_and_derive(conn: Conn, tenant_id: UUID, blinder: Blinder, events: dict[UUID, UUID]) -> None:
    """Those whose name or addresses the import changed: the image, and what is derived from it."""
    cursor = await conn.execute(
        "SELECT survivor_id, app.decrypt(before) FROM merges WHERE id = ANY(%s)", (list(events.values()),)
    )
    derived = {
        contact: blinder.derive(open_card(plain, tenant_id, contact))
        for contact, plain in await cursor.fetchall()
    }
    await conn.execute(
        # Token lists travel as text: an array of arrays would need rows of one length.
        """
        UPDATE contacts c SET pii = m.before, tokens = n.tokens::int[], name_key = n.name_key,
               district = coalesce(m.reason->>'district', ''), age_band = coalesce(m.reason->>'ageBand', ''),
               purposes = ARRAY(SELECT jsonb_array_elements_text(m.reason->'purposes')),
               version = c.version + 1, updated_at = clock_timestamp()
        FROM unnest(%(ids)s::uuid[], %(events)s::uuid[], %(tokens)s::text[], %(names)s::bigint[])
             AS n (id, event, tokens, name_key) JOIN merges m ON m.id = n.event
        WHERE c.id = n.id
        """,
        {
            "ids": list(derived),
            "events": [events[one] for one in derived],
            "tokens": ["{" + ",".join(map(str, found.tokens)) + "}" for found in derived.values()],
            "names": [found.name_key for found in derived.values()],
        },
    )
    await write_identities(conn, tenant_id, derived)
