"""What a bulk edit does to some of its people: set-based, a statement per kind of change, and what was changed is kept.

Who needed no change has nothing kept, so that an undo touches only what the edit did. Changes of the card are entries of the
history like any other edit: undoing an import or a merge from before plays them forward (contacts/replay).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from pabal.contacts.actions import close_gate, erase_people
from pabal.contacts.card import Blinder
from pabal.contacts.history import BATCH, read_standing, write_looks
from pabal.contacts.replay import Look
from pabal.contacts.tags import ensure_tags
from pabal.kit.db import Conn

SOURCE: Final = "bulk"  # of a refusal that nobody but the edit knows of: an undo takes it back


@dataclass(frozen=True)
class ConsentChange:
    """One statement about channel and purpose, for everybody of whom it is not the newest already."""

    channel: str
    purpose: str
    state: str
    at: datetime
    evidence: str = ""


@dataclass(frozen=True)
class Changes:
    """What is done to everybody of a selection."""

    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()
    district: str | None = None
    add_purposes: Sequence[str] = ()
    remove_purposes: Sequence[str] = ()
    attributes: Mapping[str, str | None] = field(default_factory=dict)  # None takes it away
    consent: ConsentChange | None = None
    opt_out: Sequence[str] = ()  # channels
    erase: bool = False

    @property
    def kinds(self) -> list[str]:
        asked = {
            "tags": self.add_tags or self.remove_tags,
            "district": self.district is not None,
            "purposes": self.add_purposes or self.remove_purposes,
            "attributes": self.attributes,
            "consent": self.consent,
            "optOut": self.opt_out,
            "erase": self.erase,
        }
        return [kind for kind, is_asked in asked.items() if is_asked]


@dataclass(frozen=True)
class Part:
    """Some people of an edit, in the transaction that changes them."""

    conn: Conn
    tenant_id: UUID
    edit_id: UUID
    contacts: Sequence[UUID]
    blinder: Blinder
    by: UUID | None
    reason: str

    def named(self, **more: Any) -> dict[str, Any]:
        base = {"tenant": self.tenant_id, "edit": self.edit_id, "ids": list(self.contacts), "by": self.by}
        return base | more


async def apply(part: Part, changes: Changes) -> Counter[str]:
    """Change the living of these; figures per kind, and under "changed" how many people it was."""
    if changes.opt_out:
        await close_gate(part.conn, part.tenant_id)  # before any row lock
    cursor = await part.conn.execute(
        """
        SELECT id FROM contacts WHERE id = ANY(%s) AND merged_into IS NULL AND erased_at IS NULL ORDER BY id FOR UPDATE
        """,
        (list(part.contacts),),
    )
    part = replace(part, contacts=[row[0] for row in await cursor.fetchall()])
    if changes.erase:
        gone = set(await erase_people(part.conn, part.contacts))
        people = sum(one in gone for one in part.contacts)
        return Counter(erased=people, changed=people)
    done: Counter[str] = Counter()
    if changes.remove_tags:
        done["tagsRemoved"] = await _remove_tags(part, changes.remove_tags)
    if changes.add_tags:
        done["tagsAdded"] = await _add_tags(part, changes.add_tags)
    for at in range(0, len(part.contacts), BATCH) if changes.attributes else ():
        done += await _change_cards(replace(part, contacts=part.contacts[at : at + BATCH]), changes)
    if not changes.attributes and (changes.district is not None or "purposes" in changes.kinds):
        done += await _change_beside(part, changes)
    if changes.consent is not None:
        done["consents"] = await _record(part, changes.consent)
    if changes.opt_out:
        done["optOuts"] = await _refuse(part, changes.opt_out)
    cursor = await part.conn.execute(
        """
        SELECT count(*) FROM bulk_edit_rows
        WHERE edit_id = %(edit)s AND contact_id = ANY(%(ids)s)
          AND num_nonnulls(tags_added, tags_removed, event_id, consents, suppressions) > 0
        """,
        part.named(),
    )
    row = await cursor.fetchone()
    done["changed"] = 0 if row is None else row[0]
    return done


async def _remove_tags(part: Part, names: Sequence[str]) -> int:
    cursor = await part.conn.execute(
        """
        WITH gone AS (
            DELETE FROM contact_tags t
            WHERE t.contact_id = ANY(%(ids)s) AND t.tag_id IN (SELECT id FROM tags WHERE name = ANY(%(names)s))
            RETURNING t.contact_id, to_jsonb(t) AS was)
        UPDATE bulk_edit_rows r SET tags_removed = g.was
        FROM (SELECT contact_id, jsonb_agg(was) AS was FROM gone GROUP BY contact_id) g
        WHERE r.edit_id = %(edit)s AND r.contact_id = g.contact_id
        RETURNING jsonb_array_length(g.was)
        """,
        part.named(names=[name.strip() for name in names]),
    )
    return sum(row[0] for row in await cursor.fetchall())


async def _add_tags(part: Part, names: Sequence[str]) -> int:
    tags = await ensure_tags(part.conn, part.tenant_id, names)
    cursor = await part.conn.execute(
        """
        WITH put AS (
            INSERT INTO contact_tags (tenant_id, contact_id, tag_id)
            SELECT %(tenant)s, c, t FROM unnest(%(ids)s::uuid[]) AS c CROSS JOIN unnest(%(tags)s::uuid[]) AS t
            ON CONFLICT DO NOTHING RETURNING contact_id, tag_id, created_at)
        UPDATE bulk_edit_rows r SET tags_added = p.tags
        FROM (SELECT contact_id, jsonb_agg(jsonb_build_object('tag', tag_id, 'at', created_at)) AS tags
              FROM put GROUP BY contact_id) p
        WHERE r.edit_id = %(edit)s AND r.contact_id = p.contact_id
        RETURNING jsonb_array_length(p.tags)
        """,
        part.named(tags=list(tags.values())),
    )
    return sum(row[0] for row in await cursor.fetchall())


async def _change_cards(part: Part, changes: Changes) -> Counter[str]:
    """Attributes stand in the ciphertext: cards are opened, changed and sealed again."""
    standing = await read_standing(part.conn, part.tenant_id, part.contacts, lock=False)
    looks: dict[UUID, Look] = {}
    done: Counter[str] = Counter()
    for contact, one in standing.items():
        attributes = dict(one.look.card.attributes)
        for key, text in changes.attributes.items():
            if text:
                attributes[key] = text
            else:
                attributes.pop(key, None)
        district = one.look.district if changes.district is None else changes.district
        purposes = tuple(
            sorted({*one.look.purposes, *changes.add_purposes}.difference(changes.remove_purposes))
        )
        done["attributes"] += attributes != one.look.card.attributes
        done["districts"] += district != one.look.district
        done["purposes"] += purposes != one.look.purposes
        card = replace(one.look.card, attributes=attributes)
        look = replace(one.look, card=card, district=district, purposes=purposes)
        if look != one.look:
            looks[contact] = look
    part = replace(part, contacts=list(looks))
    await _keep_images(part)
    await write_looks(part.conn, part.tenant_id, part.blinder, looks)
    await _note_versions(part)
    return done


# What somebody's data was collected for, with those added and without those taken away; sorted.
_PURPOSES: LiteralString = """
    ARRAY(SELECT DISTINCT x FROM unnest(c.purposes || %(add)s::text[]) x WHERE x <> ALL(%(remove)s::text[]) ORDER BY x)
"""


async def _change_beside(part: Part, changes: Changes) -> Counter[str]:
    """District and purposes stand beside the ciphertext, which is copied into the history as it is."""
    named: dict[str, Any] = {
        "district": changes.district,
        "add": list(changes.add_purposes),
        "remove": list(changes.remove_purposes),
    }
    cursor = await part.conn.execute(
        "SELECT id, moved, retold FROM (SELECT c.id, c.district <> coalesce(%(district)s, c.district), c.purposes <> "
        + _PURPOSES
        + " FROM contacts c WHERE c.id = ANY(%(ids)s)) AS w (id, moved, retold) WHERE moved OR retold ORDER BY id",
        part.named(**named),
    )
    found = await cursor.fetchall()
    part = replace(part, contacts=[row[0] for row in found])
    await _keep_images(part)
    await part.conn.execute(
        "UPDATE contacts c SET district = coalesce(%(district)s, c.district), purposes = "
        + _PURPOSES
        + ", version = version + 1, updated_at = clock_timestamp() WHERE c.id = ANY(%(ids)s)",
        part.named(**named),
    )
    await _note_versions(part)
    return Counter(districts=sum(row[1] for row in found), purposes=sum(row[2] for row in found))


async def _keep_images(part: Part) -> None:
    await part.conn.execute(
        """
        WITH kept AS (
            INSERT INTO merges (tenant_id, id, survivor_id, merged_ids, reason, before, created_by)
            SELECT c.tenant_id, uuidv7(), c.id, '{}', jsonb_build_object('kind', 'edit', 'district', c.district,
                   'ageBand', c.age_band, 'purposes', c.purposes, 'bulk', %(edit)s::uuid), c.pii, %(by)s
            FROM contacts c WHERE c.id = ANY(%(ids)s) RETURNING survivor_id, id)
        UPDATE bulk_edit_rows r SET event_id = k.id FROM kept k
        WHERE r.edit_id = %(edit)s AND r.contact_id = k.survivor_id
        """,
        part.named(),
    )


async def _note_versions(part: Part) -> None:
    await part.conn.execute(
        """
        UPDATE bulk_edit_rows r SET version = c.version FROM contacts c
        WHERE r.edit_id = %(edit)s AND r.contact_id = ANY(%(ids)s) AND c.id = r.contact_id
        """,
        part.named(),
    )


async def _record(part: Part, consent: ConsentChange) -> int:
    cursor = await part.conn.execute(
        """
        WITH newest AS (
            SELECT DISTINCT ON (contact_id) contact_id, state FROM consents
            WHERE contact_id = ANY(%(ids)s) AND channel = %(channel)s AND purpose = %(purpose)s
            ORDER BY contact_id, at DESC, id DESC),
        said AS (
            INSERT INTO consents (tenant_id, id, contact_id, channel, purpose, state, at, evidence, created_by)
            SELECT %(tenant)s, uuidv7(), c, %(channel)s, %(purpose)s, %(state)s, %(at)s,
                   CASE WHEN %(evidence)s::text <> '' THEN app.encrypt(%(evidence)s) END, %(by)s
            FROM unnest(%(ids)s::uuid[]) AS c LEFT JOIN newest n ON n.contact_id = c
            WHERE n.state IS DISTINCT FROM %(state)s RETURNING contact_id, id)
        UPDATE bulk_edit_rows r SET consents = ARRAY[s.id] FROM said s
        WHERE r.edit_id = %(edit)s AND r.contact_id = s.contact_id
        """,
        part.named(
            channel=consent.channel,
            purpose=consent.purpose,
            state=consent.state,
            at=consent.at,
            evidence=consent.evidence,
        ),
    )
    return cursor.rowcount


async def _refuse(part: Part, channels: Sequence[str]) -> int:
    """Every address of theirs. One that several of them share is refused once, and kept with one of them. One that an earlier
    edit refused stands for this edit too, so that undoing either leaves it."""
    cursor = await part.conn.execute(
        """
        WITH held AS (
            SELECT DISTINCT ON (i.address_key, i.kind) i.address_key, i.kind, i.contact_id FROM identities i
            WHERE i.contact_id = ANY(%(ids)s) ORDER BY i.address_key, i.kind, i.contact_id),
        refused AS (
            INSERT INTO suppressions AS s (tenant_id, address_key, kind, channel, id, reason, source, created_by, bulk_edits)
            SELECT %(tenant)s, h.address_key, h.kind, c, uuidv7(), %(reason)s, %(source)s, %(by)s, ARRAY[%(edit)s::uuid]
            FROM held h CROSS JOIN unnest(%(channels)s::text[]) AS c
            WHERE c IN ('all', 'sms', 'alimtalk', 'brand') OR h.kind = 'email'
            ON CONFLICT (tenant_id, address_key, kind, channel) DO UPDATE SET bulk_edits = s.bulk_edits || excluded.bulk_edits
            WHERE s.source = excluded.source AND NOT s.bulk_edits @> excluded.bulk_edits
            RETURNING address_key, kind, id)
        UPDATE bulk_edit_rows r SET suppressions = x.ids
        FROM (SELECT h.contact_id, array_agg(f.id) AS ids FROM refused f
              JOIN held h ON h.address_key = f.address_key AND h.kind = f.kind GROUP BY h.contact_id) x
        WHERE r.edit_id = %(edit)s AND r.contact_id = x.contact_id
        RETURNING cardinality(x.ids)
        """,
        part.named(
            channels=list(dict.fromkeys(channels)), reason=part.reason or "한꺼번에 등록", source=SOURCE
        ),
    )
    return sum(row[0] for row in await cursor.fetchall())
