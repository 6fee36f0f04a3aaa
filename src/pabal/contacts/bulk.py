"""Bulk edits: one change to everybody of a selection, as a job that goes on where it was killed, and its way back.

The selection is frozen when the edit begins, so that who was meant stays who was meant while people come and go. Parts are
done in transactions of their own, in the order of ids; where it stands is a column, moved by the same transaction.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from pabal.contacts.bulk_apply import Changes, ConsentChange, Part, apply
from pabal.contacts.bulk_undo import Since, take_back, what_came_since
from pabal.contacts.card import Blinder
from pabal.contacts.queries import count_where, search_contacts
from pabal.domain.ids import new_id
from pabal.domain.search import Query
from pabal.kit.db import Conn
from pabal.kit.http.errors import NOT_FOUND, Problem, declare

AT_ONCE: Final = 2_000  # people; more are a worker's, and the screen waits for the live channel
PART: Final = 2_000
PART_ERASED: Final = 500  # each goes through triggers that look for copies
UNDO_DAYS: Final = 30
ERASE_AFTER: Final = timedelta(minutes=10)
LEASE_SECONDS: Final = 60
_SEARCH_PAGE: Final = 500

NOT_UNDOABLE: Final = declare("bulk_edit_not_undoable", 409, "되돌릴 수 없는 일괄 작업이에요")
NOT_CANCELLABLE: Final = declare("bulk_edit_not_cancellable", 409, "이미 시작했거나 끝난 일괄 작업이에요")


@dataclass(frozen=True)
class Selection:
    """Who is meant, as one condition over `contacts c`; with a typed search its hits only."""

    where: sql.Composable
    query: Query | None = None


@dataclass(frozen=True)
class BulkEdit:
    """One edit as its row says."""

    id: UUID
    kinds: Sequence[str]
    changes: Changes
    reason: str
    state: str
    total: int | None
    done: int
    changed: int
    result: Mapping[str, int]
    undo: Since | None
    problem: str | None
    tries: int
    starts_at: datetime
    created_by: UUID | None
    created_at: datetime
    finished_at: datetime | None
    undone_by: UUID | None
    undone_at: datetime | None

    @property
    def undo_until(self) -> datetime | None:
        if self.state != "completed" or self.finished_at is None or "erase" in self.kinds or not self.changed:
            return None
        return self.finished_at + timedelta(days=UNDO_DAYS)


@dataclass(frozen=True)
class Wish:
    """An edit as it was asked for. `selection` is what was sent, kept so that a worker can read it again."""

    selection: Mapping[str, Any]
    changes: Changes
    reason: str

    def seal(self) -> str:
        told = self.changes
        consent = told.consent
        changes = {
            "addTags": list(told.add_tags),
            "removeTags": list(told.remove_tags),
            "district": told.district,
            "addPurposes": list(told.add_purposes),
            "removePurposes": list(told.remove_purposes),
            "attributes": dict(told.attributes),
            "consent": None if consent is None else {**vars(consent), "at": consent.at.isoformat()},
            "optOut": list(told.opt_out),
            "erase": told.erase,
        }
        return json.dumps(
            {"selection": dict(self.selection), "changes": changes, "reason": self.reason}, ensure_ascii=False
        )

    @classmethod
    def open(cls, plain: str) -> "Wish":
        kept = json.loads(plain)
        told = kept["changes"]
        consent = told["consent"]
        if consent is not None:
            consent = ConsentChange(**{**consent, "at": datetime.fromisoformat(consent["at"])})
        changes = Changes(
            tuple(told["addTags"]),
            tuple(told["removeTags"]),
            told["district"],
            tuple(told.get("addPurposes", ())),
            tuple(told.get("removePurposes", ())),
            told["attributes"],
            consent,
            tuple(told["optOut"]),
            told["erase"],
        )
        return cls(kept["selection"], changes, kept["reason"])


_COLUMNS: Final = """
    SELECT id, kinds, app.decrypt(request), state, total, done, changed, result, undo_result, problem, tries, starts_at,
           created_by, created_at, finished_at, undone_by, undone_at FROM bulk_edits
"""


def _edit(row: Sequence[Any]) -> BulkEdit:
    wish = Wish.open(row[2])
    undo = None if row[8] is None else Since.of(row[8])
    told: list[Any] = [*row[:2], wish.changes, wish.reason, *row[3:8], undo, *row[9:]]
    return BulkEdit(*told)


async def list_edits(conn: Conn, *, before: UUID | None, limit: int) -> list[BulkEdit]:
    """Newest first; ids are UUIDv7."""
    cursor = await conn.execute(
        _COLUMNS + " WHERE (%(before)s::uuid IS NULL OR id < %(before)s) ORDER BY id DESC LIMIT %(limit)s",
        {"before": before, "limit": limit},
    )
    return [_edit(row) for row in await cursor.fetchall()]


async def read_edit(conn: Conn, edit_id: UUID, *, lock: bool = False) -> BulkEdit:
    if lock:
        await conn.execute("SELECT FROM bulk_edits WHERE id = %s FOR UPDATE", (edit_id,))
    cursor = await conn.execute(_COLUMNS + " WHERE id = %s", (edit_id,))
    row = await cursor.fetchone()
    if row is None:
        raise Problem(NOT_FOUND)
    return _edit(row)


async def read_wish(conn: Conn, edit_id: UUID) -> Wish:
    cursor = await conn.execute("SELECT app.decrypt(request) FROM bulk_edits WHERE id = %s", (edit_id,))
    row = await cursor.fetchone()
    assert row is not None
    return Wish.open(row[0])


async def create_edit(conn: Conn, tenant_id: UUID, wish: Wish, *, created_by: UUID | None) -> UUID:
    edit_id = new_id()
    await conn.execute(
        """
        INSERT INTO bulk_edits (tenant_id, id, kinds, request, starts_at, created_by)
        VALUES (%(tenant)s, %(id)s, %(kinds)s, app.encrypt(%(plain)s), clock_timestamp() + %(after)s, %(by)s)
        """,
        {
            "tenant": tenant_id,
            "id": edit_id,
            "kinds": wish.changes.kinds,
            "plain": wish.seal(),
            "after": ERASE_AFTER if wish.changes.erase else timedelta(0),
            "by": created_by,
        },
    )
    return edit_id


async def is_small(conn: Conn, tenant_id: UUID, blinder: Blinder, selection: Selection) -> bool:
    """Few enough to be done while somebody waits; a search is looked at as far as its first page."""
    if selection.query is None:
        return (await count_where(conn, selection.where, cap=AT_ONCE)).relation == "eq"
    page = await search_contacts(
        conn,
        tenant_id,
        query=selection.query,
        blinder=blinder,
        where=selection.where,
        before=None,
        limit=_SEARCH_PAGE,
    )
    return page.next_before is None


async def freeze(conn: Conn, tenant_id: UUID, blinder: Blinder, edit_id: UUID, selection: Selection) -> None:
    """Who is meant from now on, whatever happens to them. What was asked for is forgotten: a typed name may be in it."""
    wish = await read_wish(conn, edit_id)
    if selection.query is None:
        await _freeze_where(conn, edit_id, selection.where)
    else:
        await _freeze_hits(conn, tenant_id, blinder, edit_id, selection)
    await conn.execute(
        """
        UPDATE bulk_edits e SET request = app.encrypt(%s),
               total = (SELECT count(*) FROM bulk_edit_rows r WHERE r.tenant_id = e.tenant_id AND r.edit_id = e.id)
        WHERE e.id = %s
        """,
        (replace(wish, selection={}).seal(), edit_id),
    )


async def _freeze_where(conn: Conn, edit_id: UUID, where: sql.Composable) -> None:
    await conn.execute(
        sql.SQL(
            "INSERT INTO bulk_edit_rows (tenant_id, edit_id, contact_id) SELECT c.tenant_id, {}, c.id FROM contacts c"
            " WHERE c.merged_into IS NULL AND c.erased_at IS NULL AND {} ON CONFLICT DO NOTHING"
        ).format(sql.Literal(edit_id), where)
    )


async def _freeze_hits(
    conn: Conn, tenant_id: UUID, blinder: Blinder, edit_id: UUID, selection: Selection
) -> None:
    """A page of hits at a time: whether a name matches is known once it is decrypted."""
    assert selection.query is not None
    before: UUID | None = None
    while True:
        page = await search_contacts(
            conn,
            tenant_id,
            query=selection.query,
            blinder=blinder,
            where=selection.where,
            before=before,
            limit=_SEARCH_PAGE,
        )
        await conn.execute(
            """
            INSERT INTO bulk_edit_rows (tenant_id, edit_id, contact_id)
            SELECT %s, %s, id FROM unnest(%s::uuid[]) AS id ON CONFLICT DO NOTHING
            """,
            (tenant_id, edit_id, [one.id for one in page.items]),
        )
        before = page.next_before
        if before is None:
            return


async def advance(conn: Conn, tenant_id: UUID, blinder: Blinder, edit_id: UUID, *, tries: int) -> bool:
    """The next people, of the edit or of its undo; False when there is nothing left to do, or another worker has it."""
    cursor = await conn.execute(
        """
        SELECT app.decrypt(request), state = 'undoing', position, result, created_by, undone_by FROM bulk_edits
        WHERE id = %s AND tries = %s AND state IN ('running', 'undoing') AND total IS NOT NULL FOR UPDATE
        """,
        (edit_id, tries),
    )
    row = await cursor.fetchone()
    if row is None:
        return False
    plain, undoing, position, so_far, created_by, undone_by = row
    wish = Wish.open(plain)
    size = PART_ERASED if wish.changes.erase else PART
    cursor = await conn.execute(
        """
        SELECT contact_id FROM bulk_edit_rows
        WHERE edit_id = %(edit)s AND (%(position)s::uuid IS NULL OR contact_id > %(position)s)
        ORDER BY contact_id LIMIT %(size)s
        """,
        {"edit": edit_id, "position": position, "size": size},
    )
    ids = [one[0] for one in await cursor.fetchall()]
    part = Part(conn, tenant_id, edit_id, ids, blinder, undone_by if undoing else created_by, wish.reason)
    figures: Counter[str] = Counter(so_far)
    changed = 0
    if ids and undoing:
        await take_back(part)
    elif ids:
        done = await apply(part, wish.changes)
        changed = done.pop("changed", 0)
        figures.update({name: count for name, count in done.items() if count})
    if len(ids) == size:
        await conn.execute(
            """
            UPDATE bulk_edits SET position = %(position)s, done = done + %(count)s, changed = changed + %(changed)s,
                   result = %(result)s, lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
            WHERE id = %(id)s
            """,
            {
                "id": edit_id,
                "position": ids[-1],
                "count": size,
                "changed": changed,
                "result": Jsonb(figures),
                "lease": LEASE_SECONDS,
            },
        )
        return True
    await _finish(conn, edit_id, len(ids), changed, figures, undoing=undoing)
    return False


async def _finish(
    conn: Conn, edit_id: UUID, count: int, changed: int, figures: Counter[str], *, undoing: bool
) -> None:
    if not undoing:  # who needed no change has nothing to give back
        await conn.execute(
            """
            DELETE FROM bulk_edit_rows
            WHERE edit_id = %s AND num_nonnulls(tags_added, tags_removed, event_id, consents, suppressions) = 0
            """,
            (edit_id,),
        )
    await conn.execute(
        """
        UPDATE bulk_edits SET done = done + %(count)s, changed = changed + %(changed)s, result = %(result)s,
               state = CASE WHEN %(undoing)s THEN 'undone' ELSE 'completed' END, lease_until = NULL,
               finished_at = coalesce(finished_at, clock_timestamp()),
               undone_at = CASE WHEN %(undoing)s THEN clock_timestamp() END
        WHERE id = %(id)s
        """,
        {
            "id": edit_id,
            "count": count,
            "changed": changed,
            "result": Jsonb(figures),
            "undoing": undoing,
        },
    )


async def begin(conn: Conn, edit_id: UUID) -> int:
    """Take an edit that nobody has yet, in the transaction that made it; the fence."""
    cursor = await conn.execute(
        """
        UPDATE bulk_edits SET state = CASE WHEN state = 'queued' THEN 'running' ELSE state END, tries = tries + 1
        WHERE id = %s RETURNING tries
        """,
        (edit_id,),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def ask_undo(conn: Conn, edit_id: UUID, now: datetime, *, asked_by: UUID | None) -> BulkEdit:
    """Note the wish, with what it meets."""
    edit = await read_edit(conn, edit_id, lock=True)
    if edit.state in ("undoing", "undone"):
        return edit
    if edit.undo_until is None or now > edit.undo_until:
        raise Problem(NOT_UNDOABLE)
    since = await what_came_since(conn, edit_id)
    await conn.execute(
        """
        UPDATE bulk_edits SET state = 'undoing', position = NULL, done = 0, undo_result = %(since)s, undone_by = %(by)s,
               starts_at = clock_timestamp(), lease_until = NULL,
               total = (SELECT count(*) FROM bulk_edit_rows r WHERE r.edit_id = %(id)s)
        WHERE id = %(id)s
        """,
        {"id": edit_id, "since": Jsonb(since.as_json()), "by": asked_by},
    )
    return await read_edit(conn, edit_id)


async def cancel_edit(conn: Conn, edit_id: UUID) -> BulkEdit:
    """Only what hasn't begun; what has begun is taken back by its undo."""
    cursor = await conn.execute(
        """
        UPDATE bulk_edits SET state = 'cancelled', finished_at = clock_timestamp()
        WHERE id = %s AND state = 'queued'
        """,
        (edit_id,),
    )
    if cursor.rowcount == 0:
        await read_edit(conn, edit_id)
        raise Problem(NOT_CANCELLABLE)
    return await read_edit(conn, edit_id)
