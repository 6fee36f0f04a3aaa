"""Taking a bulk edit back, and what happened since that stays.

Only what the edit itself changed is undone: a tag that somebody put anew, a district that somebody corrected, a refusal
that the person has made meanwhile are other people's doing. Cards are played forward without the edit's entry
(contacts/history.rewind).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from pabal.contacts.bulk_apply import Part
from pabal.contacts.carry import carry_over, settle
from pabal.contacts.history import rewind
from pabal.contacts.merging import lock_merges
from pabal.contacts.replay import Drop, Event
from pabal.kit.db import Conn


@dataclass(frozen=True)
class Since:
    """What an undo meets: numbers of people among those whom the edit changed."""

    people: int  # whom it gives back what they had
    edited: int = 0  # by hand or by a list since: that stays
    merged: int = 0
    erased: int = 0
    messaged: int = 0  # got a message since
    refused: int = 0  # refused by themselves since: that stays

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Since":
        return cls(**stored)


async def what_came_since(conn: Conn, edit_id: UUID) -> Since:
    cursor = await conn.execute(
        # A send's id is a UUIDv7: those of sends made since are greater.
        """
        SELECT e.changed, count(*) FILTER (WHERE c.erased_at IS NULL),
               count(*) FILTER (WHERE c.erased_at IS NULL AND EXISTS (
                   SELECT FROM merges m WHERE m.survivor_id = r.contact_id AND m.created_at > e.finished_at
                     AND m.merged_ids = '{}' AND m.undone_at IS NULL)),
               count(*) FILTER (WHERE c.erased_at IS NULL AND c.merged_into IS NOT NULL),
               count(*) FILTER (WHERE c.erased_at IS NULL AND EXISTS (
                   SELECT FROM messages m WHERE m.contact_id = r.contact_id
                     AND m.send_id > e.bound AND m.state NOT IN ('skipped', 'cancelled', 'queued'))),
               count(*) FILTER (WHERE EXISTS (
                   SELECT FROM suppressions s WHERE s.id = ANY(r.suppressions) AND s.source <> 'bulk'))
        FROM (SELECT *, (lpad(to_hex((extract(epoch FROM finished_at) * 1000)::bigint), 12, '0')
                         || '00000000000000000000')::uuid AS bound FROM bulk_edits WHERE id = %(edit)s) e
        LEFT JOIN bulk_edit_rows r ON r.tenant_id = e.tenant_id AND r.edit_id = e.id
             AND num_nonnulls(r.tags_added, r.tags_removed, r.event_id, r.consents, r.suppressions) > 0
        LEFT JOIN contacts c ON c.tenant_id = r.tenant_id AND c.id = r.contact_id
        GROUP BY e.changed, e.bound, e.finished_at
        """,
        {"edit": edit_id},
    )
    row = await cursor.fetchone()
    assert row is not None
    changed, living, edited, merged, messaged, refused = row
    return Since(living, edited, merged, changed - living, messaged, refused)


async def take_back(part: Part) -> None:
    """Undo what the edit did to these people."""
    await lock_merges(part.conn, part.tenant_id)
    cursor = await part.conn.execute(
        "SELECT id FROM contacts WHERE id = ANY(%s) AND erased_at IS NULL ORDER BY id FOR UPDATE",
        (list(part.contacts),),
    )
    part = replace(part, contacts=[row[0] for row in await cursor.fetchall()])
    await _give_tags_back(part)
    for statement in (
        """
        DELETE FROM consents k USING bulk_edit_rows r
        WHERE r.edit_id = %(edit)s AND r.contact_id = ANY(%(ids)s) AND k.contact_id = r.contact_id
          AND k.id = ANY(r.consents)
        """,
        """
        DELETE FROM suppressions s USING bulk_edit_rows r
        WHERE r.edit_id = %(edit)s AND r.contact_id = ANY(%(ids)s) AND s.id = ANY(r.suppressions) AND s.source = 'bulk'
          AND s.bulk_edits <@ ARRAY[r.edit_id]
        """,
        # What another edit refused as well stays refused.
        """
        UPDATE suppressions s SET bulk_edits = array_remove(s.bulk_edits, r.edit_id) FROM bulk_edit_rows r
        WHERE r.edit_id = %(edit)s AND r.contact_id = ANY(%(ids)s) AND s.id = ANY(r.suppressions) AND s.source = 'bulk'
        """,
    ):
        await part.conn.execute(statement, part.named())
    await _give_cards_back(part)
    await _tell_survivors(part)


async def _give_tags_back(part: Part) -> None:
    await part.conn.execute(
        """
        DELETE FROM contact_tags t USING bulk_edit_rows r CROSS JOIN LATERAL jsonb_array_elements(r.tags_added) AS a (put)
        WHERE r.edit_id = %(edit)s AND r.contact_id = ANY(%(ids)s) AND t.contact_id = r.contact_id
          AND t.tag_id = (a.put->>'tag')::uuid AND t.created_at = (a.put->>'at')::timestamptz
        """,
        part.named(),
    )
    await part.conn.execute(
        """
        INSERT INTO contact_tags (tenant_id, contact_id, tag_id, import_id, created_at, merge_id)
        SELECT w.tenant_id, w.contact_id, w.tag_id, w.import_id, w.created_at, w.merge_id
        FROM bulk_edit_rows r CROSS JOIN LATERAL jsonb_populate_recordset(NULL::contact_tags, r.tags_removed) w
        JOIN tags g ON g.tenant_id = w.tenant_id AND g.id = w.tag_id
        WHERE r.edit_id = %(edit)s AND r.contact_id = ANY(%(ids)s)
        ON CONFLICT DO NOTHING
        """,
        part.named(),
    )


async def _give_cards_back(part: Part) -> None:
    cursor = await part.conn.execute(
        "SELECT contact_id, event_id FROM bulk_edit_rows"
        " WHERE edit_id = %(edit)s AND contact_id = ANY(%(ids)s) AND event_id IS NOT NULL",
        part.named(),
    )
    events: dict[UUID, UUID] = dict(await cursor.fetchall())
    if not events:
        return
    cursor = await part.conn.execute(
        # Nothing came later, and the ciphertext is the same but for its salt: district and purposes stand elsewhere.
        """
        UPDATE contacts c SET district = coalesce(m.reason->>'district', ''),
               purposes = ARRAY(SELECT jsonb_array_elements_text(m.reason->'purposes')), version = c.version + 1,
               updated_at = clock_timestamp()
        FROM bulk_edit_rows r JOIN bulk_edits e ON e.tenant_id = r.tenant_id AND e.id = r.edit_id
        JOIN merges m ON m.tenant_id = r.tenant_id AND m.id = r.event_id
        WHERE r.edit_id = %(edit)s AND r.contact_id = ANY(%(ids)s) AND NOT 'attributes' = ANY(e.kinds)
          AND c.id = r.contact_id AND c.version = r.version AND c.merged_into IS NULL
        RETURNING c.id
        """,
        part.named(),
    )
    done = {row[0] for row in await cursor.fetchall()}
    dropped = frozenset(events.values())

    def drop(event: Event) -> Drop:
        return Drop.ALL if event.id in dropped else Drop.NOTHING

    await rewind(part.conn, part.tenant_id, part.blinder, [one for one in events if one not in done], drop)
    await part.conn.execute(
        "UPDATE merges SET undone_at = clock_timestamp(), before = NULL WHERE id = ANY(%s)", (list(dropped),)
    )


async def _tell_survivors(part: Part) -> None:
    """Whoever was joined into somebody since brings them what they have now."""
    cursor = await part.conn.execute(
        """
        SELECT array_agg(DISTINCT m.id), array_agg(DISTINCT c.id)
        FROM contacts c JOIN merges m ON m.survivor_id = c.merged_into AND c.id = ANY(m.merged_ids) AND m.undone_at IS NULL
        WHERE c.id = ANY(%(ids)s) AND c.merged_into IS NOT NULL
        """,
        part.named(),
    )
    row = await cursor.fetchone()
    merges: Sequence[UUID] | None = None if row is None else row[0]
    if row is not None and merges:
        await carry_over(part.conn, merges)
        await settle(part.conn, row[1])
