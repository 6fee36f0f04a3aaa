"""Where a contact comes from: lines of lists, merges, edits, answers to "the same person?". Newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pabal.contacts.history import read_events, read_standing
from pabal.contacts.merging import Later, what_came_later
from pabal.contacts.queries import survivor_of
from pabal.contacts.replay import Event, Look, look_between
from pabal.kit.db import Conn
from pabal.kit.http.errors import NOT_FOUND, Problem

Kind = Literal["created", "import", "merge", "edit", "decision"]


@dataclass(frozen=True)
class Entry:
    """One line of the lineage; which members are filled depends on the kind."""

    kind: Kind
    at: datetime
    contact_id: UUID  # whose card it concerns: the contact itself, or one that is part of it now
    by: UUID | None = None
    automatic: bool = False
    import_id: UUID | None = None
    file_name: str | None = None
    source: str | None = None
    rows: Sequence[int] = ()
    row_count: int = 0
    outcome: str | None = None
    merge_id: UUID | None = None
    pair_id: UUID | None = None
    state: str | None = None
    others: Sequence[UUID] = ()
    rules: Sequence[str] = ()
    fields: Sequence[str] = ()
    later: Later | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True)
class Lineage:
    """Everything that became one contact; `names` of everybody whom an entry mentions and who isn't erased."""

    contact_id: UUID
    parts: int
    entries: Sequence[Entry]
    names: Mapping[UUID, str]


async def read_lineage(conn: Conn, tenant_id: UUID, contact_id: UUID) -> Lineage:
    now_in = await survivor_of(conn, contact_id)
    if now_in is None:
        raise Problem(NOT_FOUND)
    cursor = await conn.execute(
        """
        WITH RECURSIVE below AS (
            SELECT id FROM contacts WHERE id = %(id)s AND erased_at IS NULL
            UNION SELECT c.id FROM contacts c JOIN below b ON c.merged_into = b.id)
        SELECT c.id, c.created_at, c.import_id, c.source FROM below JOIN contacts c USING (id)
        """,
        {"id": now_in},
    )
    parts = await cursor.fetchall()
    if not parts:
        raise Problem(NOT_FOUND)
    ids = [row[0] for row in parts]
    entries = [
        Entry("created", created_at, part, source=source)
        for part, created_at, import_id, source in parts
        if import_id is None
    ]
    entries += await _imports(conn, ids)
    entries += await _merges(conn, ids)
    entries += await _edits(conn, tenant_id, ids)
    entries += await _decisions(conn, ids)
    entries.sort(key=lambda entry: entry.at, reverse=True)
    mentioned = {one for entry in entries for one in (entry.contact_id, *entry.others)}
    cursor = await conn.execute(
        "SELECT id, app.decrypt(pii)::jsonb->>'name' FROM contacts WHERE id = ANY(%s) AND erased_at IS NULL",
        (list(mentioned),),
    )
    names = {row[0]: row[1] or "" for row in await cursor.fetchall()}
    return Lineage(now_in, len(ids), entries, names)


async def _imports(conn: Conn, ids: Sequence[UUID]) -> list[Entry]:
    cursor = await conn.execute(
        """
        SELECT coalesce(i.started_at, i.created_at), r.contact_id, i.created_by, i.id, app.decrypt(i.file_name), i.source,
               (array_agg(r.row_no ORDER BY r.row_no))[1:5], count(*),
               (array_agg(r.outcome ORDER BY r.row_no))[1], i.undone_at
        FROM import_rows r JOIN imports i ON i.tenant_id = r.tenant_id AND i.id = r.import_id
        WHERE r.contact_id = ANY(%(ids)s)
        GROUP BY i.tenant_id, i.id, r.contact_id
        """,
        {"ids": list(ids)},
    )
    return [
        Entry(
            "import",
            at,
            contact,
            by=by,
            import_id=import_id,
            file_name=name,
            source=source,
            rows=rows,
            row_count=count,
            outcome=outcome,
            undone_at=undone_at,
        )
        for at, contact, by, import_id, name, source, rows, count, outcome, undone_at in await cursor.fetchall()
    ]


async def _merges(conn: Conn, ids: Sequence[UUID]) -> list[Entry]:
    cursor = await conn.execute(
        """
        SELECT created_at, survivor_id, created_by, import_id, id, merged_ids, coalesce(reason->'rules', '[]'), undone_at
        FROM merges WHERE survivor_id = ANY(%(ids)s) AND merged_ids <> '{}'
        """,
        {"ids": list(ids)},
    )
    found = await cursor.fetchall()
    later = await what_came_later(conn, [(row[4], row[1], row[0]) for row in found if row[7] is None])
    return [
        Entry(
            "merge",
            at,
            survivor,
            by=by,
            automatic=import_id is not None,
            import_id=import_id,
            merge_id=merge,
            others=tuple(others),
            rules=tuple(rules or ()),
            later=later.get(merge),
            undone_at=undone_at,
        )
        for at, survivor, by, import_id, merge, others, rules, undone_at in found
    ]


async def _edits(conn: Conn, tenant_id: UUID, ids: Sequence[UUID]) -> list[Entry]:
    """Which fields people changed by hand: names of fields, not values."""
    events = await read_events(conn, tenant_id, ids)
    edited = {event.id for found in events.values() for event in found if event.kind == "edit"}
    if not edited:
        return []
    cursor = await conn.execute(
        "SELECT id, created_at, survivor_id, created_by FROM merges WHERE id = ANY(%s)", (list(edited),)
    )
    standing = await read_standing(conn, tenant_id, events, lock=False)
    return [
        Entry("edit", at, contact, by=by, fields=_changed(events[contact], event, standing[contact].look))
        for event, at, contact, by in await cursor.fetchall()
    ]


def _changed(history: Sequence[Event], event_id: UUID, now: Look) -> tuple[str, ...]:
    at = next(i for i, event in enumerate(history) if event.id == event_id)
    after = next((event.before for event in history[at + 1 :] if event.before is not None), now)
    return look_between(history[at].before or now, after)


async def _decisions(conn: Conn, ids: Sequence[UUID]) -> list[Entry]:
    cursor = await conn.execute(
        """
        SELECT decided_at, contact_a, contact_b, decided_by, id, state FROM duplicate_pairs
        WHERE contact_a = ANY(%(ids)s) AND state IN ('separate', 'shared') AND decided_at IS NOT NULL
        UNION
        SELECT decided_at, contact_a, contact_b, decided_by, id, state FROM duplicate_pairs
        WHERE contact_b = ANY(%(ids)s) AND state IN ('separate', 'shared') AND decided_at IS NOT NULL
        """,
        {"ids": list(ids)},
    )
    ours = set(ids)
    return [
        Entry(
            "decision",
            at,
            a if a in ours else b,
            by=by,
            pair_id=pair,
            state=state,
            others=(b if a in ours else a,),
        )
        for at, a, b, by, pair, state in await cursor.fetchall()
    ]
