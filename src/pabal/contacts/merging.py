"""Merging contacts by hand, and taking any merge back, whoever made it.

The survivor gets a new card; the others keep theirs untouched and point to it. Suppressions are keyed by address and are
not touched by either: a refused number stays refused on both sides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from pabal.contacts.card import Blinder
from pabal.contacts.carry import carry_over, give_back_withdrawals, settle
from pabal.contacts.history import Standing, read_standing, rewind, write_event, write_looks
from pabal.contacts.replay import Drop, Event, join
from pabal.contacts.survivorship import Side, decide
from pabal.domain.ids import new_id
from pabal.kit.db import Conn
from pabal.kit.http.errors import NOT_FOUND, Problem, declare

CONTACT_MOVED = declare(
    "contact_moved", 409, "그 사이에 합쳐졌거나 지워진 연락처가 있어요. 다시 불러와 주세요"
)
MERGE_UNDONE = declare("merge_undone", 409, "이미 되돌린 합침이에요")


@dataclass(frozen=True)
class Later:
    """What happened to the survivor after a merge; it stays there when the merge is undone."""

    edits: int = 0
    imports: int = 0
    messages: int = 0


@dataclass(frozen=True)
class Undone:
    """A merge that was taken back."""

    survivor_id: UUID
    freed: Sequence[UUID]
    later: Later


async def lock_merges(conn: Conn, tenant_id: UUID) -> None:
    """One merge or undo of a tenant at a time: they walk along chains of contacts whose ends another one might move."""
    await conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('pabal merge ' || %s, 0))", (str(tenant_id),)
    )


async def merge_contacts(
    conn: Conn,
    tenant_id: UUID,
    blinder: Blinder,
    *,
    contact_ids: Sequence[UUID],
    survivor_id: UUID,
    fields: Mapping[str, UUID],
    this_year: int,
    created_by: UUID | None,
) -> UUID:
    """Make one contact of several. `fields` says for single values whose counts; the rest is decided by the rules."""
    await lock_merges(conn, tenant_id)
    standing = await read_standing(conn, tenant_id, contact_ids)
    if len(standing) < len(set(contact_ids)) or any(one.merged_into for one in standing.values()):
        raise Problem(CONTACT_MOVED)
    others = [one for one in sorted(standing) if one != survivor_id]
    sides = await read_sides(conn, [standing[one] for one in (survivor_id, *others)])
    choices = {field: verdict.chosen for field, verdict in decide(sides, this_year).items()} | dict(fields)
    before = standing[survivor_id].look
    merge = Event(new_id(), "merge", before, None, tuple(others), choices)
    after = join(before, [(one, standing[one].look) for one in others], choices)
    pairs = await _answer_pairs(conn, list(standing), merge.id, created_by)
    await write_event(conn, tenant_id, merge, survivor_id, created_by=created_by, facts={"pairs": pairs})
    await write_looks(conn, tenant_id, blinder, {survivor_id: after})
    await carry_over(conn, [merge.id])
    await conn.execute(
        """
        UPDATE contacts SET merged_into = %(survivor)s, version = version + 1, updated_at = clock_timestamp()
        WHERE id = ANY(%(others)s)
        """,
        {"survivor": survivor_id, "others": others},
    )
    return merge.id


async def read_sides(conn: Conn, contacts: Sequence[Standing]) -> list[Side]:
    """With how many lines of lists speak for each, and when the last one did."""
    cursor = await conn.execute(
        """
        WITH RECURSIVE below AS (
            SELECT w.id AS root, w.id FROM unnest(%(ids)s::uuid[]) AS w (id)
            UNION SELECT b.root, c.id FROM below b JOIN contacts c ON c.merged_into = b.id)
        SELECT b.root, count(r.row_no), max(i.started_at)
        FROM below b LEFT JOIN import_rows r ON r.contact_id = b.id
        LEFT JOIN imports i ON i.tenant_id = r.tenant_id AND i.id = r.import_id
        GROUP BY b.root
        """,
        {"ids": [one.id for one in contacts]},
    )
    told = {row[0]: (row[1], row[2]) for row in await cursor.fetchall()}
    return [Side(one.id, one.look, told[one.id][0], told[one.id][1] or one.created_at) for one in contacts]


async def _answer_pairs(
    conn: Conn, contact_ids: Sequence[UUID], merge_id: UUID, decided_by: UUID | None
) -> dict[str, str]:
    """Questions among them are answered; how they stood before, for the undo."""
    cursor = await conn.execute(
        "SELECT id, state FROM duplicate_pairs WHERE contact_a = ANY(%(ids)s) AND contact_b = ANY(%(ids)s) FOR UPDATE",
        {"ids": list(contact_ids)},
    )
    pairs = {str(row[0]): row[1] for row in await cursor.fetchall()}
    await conn.execute(
        """
        UPDATE duplicate_pairs SET state = 'merged', merge_id = %(merge)s, decided_by = %(by)s,
               decided_at = clock_timestamp()
        WHERE id = ANY(%(pairs)s::uuid[])
        """,
        {"merge": merge_id, "by": decided_by, "pairs": list(pairs)},
    )
    return pairs


async def undo_merge(
    conn: Conn, tenant_id: UUID, blinder: Blinder, merge_id: UUID, *, undone_by: UUID | None
) -> Undone:
    """Take one merge back: fields, identities, tags, consents of all sides, whatever came in between."""
    await lock_merges(conn, tenant_id)
    cursor = await conn.execute(
        """
        SELECT m.survivor_id, m.merged_ids, m.import_id, m.reason, m.created_at, m.undone_at, c.erased_at
        FROM merges m JOIN contacts c ON c.tenant_id = m.tenant_id AND c.id = m.survivor_id
        WHERE m.id = %s AND m.merged_ids <> '{}' FOR UPDATE OF m
        """,
        (merge_id,),
    )
    row = await cursor.fetchone()
    if row is None or row[6] is not None:
        raise Problem(NOT_FOUND)
    survivor_id, merged_ids, import_id, reason, created_at, undone_at, _ = row
    if undone_at is not None:
        raise Problem(MERGE_UNDONE)
    later = (await what_came_later(conn, [(merge_id, survivor_id, created_at)]))[merge_id]
    await give_back_withdrawals(conn, merge_id)
    await rewind(
        conn,
        tenant_id,
        blinder,
        [survivor_id],
        lambda event: Drop.JOINT if event.id == merge_id else Drop.NOTHING,
    )
    cursor = await conn.execute(
        """
        UPDATE contacts SET merged_into = NULL, version = version + 1, updated_at = clock_timestamp()
        WHERE id = ANY(%(others)s) AND merged_into = %(survivor)s AND erased_at IS NULL RETURNING id
        """,
        {"others": merged_ids, "survivor": survivor_id},
    )
    freed = sorted(one[0] for one in await cursor.fetchall())
    await conn.execute(
        "UPDATE merges SET undone_at = clock_timestamp(), before = NULL WHERE id = %s", (merge_id,)
    )
    await settle(conn, [survivor_id])
    await _reopen_pairs(conn, merge_id, created_at, reason.get("pairs", {}))
    if import_id is not None:
        await _tell_apart(conn, tenant_id, survivor_id, freed, undone_by)
    return Undone(survivor_id, freed, later)


async def _reopen_pairs(conn: Conn, merge_id: UUID, since: datetime, before: Mapping[str, str]) -> None:
    """Answers that the merge gave are questions again; what was decided about the survivor since then stays with it."""
    await conn.execute(
        "UPDATE duplicate_pairs SET from_merge = NULL WHERE from_merge = %s AND decided_at > %s",
        (merge_id, since),
    )
    await conn.execute("DELETE FROM duplicate_pairs WHERE from_merge = %s", (merge_id,))
    await conn.execute(
        """
        UPDATE duplicate_pairs p SET state = b.state, merge_id = NULL,
               decided_by = CASE WHEN b.state <> 'open' THEN p.decided_by END,
               decided_at = CASE WHEN b.state <> 'open' THEN p.decided_at END
        FROM jsonb_each_text(%(before)s) AS b (id, state)
        WHERE p.id = b.id::uuid AND p.merge_id = %(merge)s
        """,
        {"before": Jsonb(dict(before)), "merge": merge_id},
    )


async def _tell_apart(
    conn: Conn, tenant_id: UUID, survivor_id: UUID, freed: Sequence[UUID], decided_by: UUID | None
) -> None:
    """Somebody says that an import was wrong to join them: the next upload of the same list must not do it again."""
    await conn.execute(
        """
        INSERT INTO duplicate_pairs AS p
            (tenant_id, id, contact_a, contact_b, reason, state, decided_by, decided_at)
        SELECT %(tenant)s, gen_random_uuid(), least(%(survivor)s, one), greatest(%(survivor)s, one), 'merge_undone',
               'separate', %(by)s, clock_timestamp()
        FROM unnest(%(freed)s::uuid[]) AS one
        ON CONFLICT (tenant_id, contact_a, contact_b) DO UPDATE
        SET state = 'separate', decided_by = excluded.decided_by, decided_at = excluded.decided_at, merge_id = NULL
        """,
        {"tenant": tenant_id, "survivor": survivor_id, "freed": list(freed), "by": decided_by},
    )


async def what_came_later(conn: Conn, merges: Sequence[tuple[UUID, UUID, datetime]]) -> dict[UUID, Later]:
    """For each merge (id, survivor, when): what happened to the survivor since then."""
    cursor = await conn.execute(
        # A send's id is a UUIDv7: those of sends made later are greater.
        """
        SELECT w.id,
               (SELECT count(*) FROM merges e WHERE e.survivor_id = w.contact AND e.created_at > w.since
                  AND e.undone_at IS NULL AND e.reason->>'kind' = 'edit'),
               (SELECT count(DISTINCT e.import_id) FROM merges e WHERE e.survivor_id = w.contact
                  AND e.created_at > w.since AND e.undone_at IS NULL AND e.reason->>'kind' = 'import_update'),
               (SELECT count(*) FROM messages x WHERE x.contact_id = w.contact AND x.send_id > w.bound
                  AND x.state NOT IN ('skipped', 'cancelled', 'queued'))
        FROM unnest(%(ids)s::uuid[], %(contacts)s::uuid[], %(since)s::timestamptz[], %(bounds)s::uuid[])
             AS w (id, contact, since, bound)
        """,
        {
            "ids": [one for one, _, _ in merges],
            "contacts": [contact for _, contact, _ in merges],
            "since": [since for _, _, since in merges],
            "bounds": [UUID(int=int(since.timestamp() * 1000) << 80) for _, _, since in merges],
        },
    )
    return {row[0]: Later(row[1], row[2], row[3]) for row in await cursor.fetchall()}
