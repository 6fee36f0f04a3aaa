"""Taking a whole import back, in one transaction: everything or nothing, however many people.

Who came only by it goes (the card is erased as a person's erasure does), unless something happened with them since: they are
kept and counted. Who was changed by it is as if it had not been, with what came later kept (contacts/history.rewind).
Merges that it made come apart. Refusals stay: they are keyed by address and nothing here touches them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from pabal.contacts import Blinder, Drop, Event, copy_back, lock_merges, rewind, settle, wait_for_clicks
from pabal.imports.report import read_import
from pabal.kit.db import Conn, Database, tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.errors import NOT_FOUND, Problem, declare
from pabal.runtime import Runtime

NOT_ENDED = declare("import_not_ended", 409, "아직 끝나지 않은 가져오기예요")
UNDONE = declare("import_undone", 409, "이미 되돌린 가져오기예요")
UNDO_EXPIRED = declare("import_undo_expired", 409, "되돌릴 수 있는 30일이 지났어요")

DAYS: Final = 30
AT_ONCE: Final = 5_000  # rows; more are a worker's, and the screen waits for the live channel
Kept = Literal["messaged", "replied", "edited", "merged", "listed"]
KEPT: Final[Mapping[Kept, str]] = {
    "messaged": "메시지를 보낸 사람",
    "replied": "답장을 보내온 사람",
    "edited": "손으로 고치거나 동의를 적은 사람",
    "merged": "다른 연락처와 합친 사람",
    "listed": "다른 명단에도 있는 사람",
}


@dataclass(frozen=True)
class Forecast:
    """What an undo does, or did: numbers of people."""

    removed: int
    restored: int
    separated: int  # merges that come apart
    kept: Mapping[Kept, int]

    def as_json(self) -> dict[str, Any]:
        return {
            "removed": self.removed,
            "restored": self.restored,
            "separated": self.separated,
            "kept": dict(self.kept),
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Forecast":
        return cls(stored["removed"], stored["restored"], stored["separated"], stored["kept"])


@dataclass(frozen=True)
class Undo:
    """How an import stands towards its undo."""

    state: str
    asked: bool  # and can be done now: a wish that came with the cancelling waits for the runner's end
    until: datetime | None
    undone_at: datetime | None
    result: Forecast | None


async def read_undo(conn: Conn, import_id: UUID, *, lock: bool = False) -> Undo:
    if lock:
        await conn.execute("SELECT FROM imports WHERE id = %s FOR UPDATE", (import_id,))
    cursor = await conn.execute(
        """
        SELECT state, undo_asked_at IS NOT NULL AND state IN ('completed', 'failed', 'cancelled'),
               coalesce(finished_at, started_at), undone_at,
               undo_result
        FROM imports WHERE id = %s AND state <> 'uploading'
        """,
        (import_id,),
    )
    row = await cursor.fetchone()
    if row is None:
        raise Problem(NOT_FOUND)
    state, asked, ended, undone_at, result = row
    return Undo(
        state,
        asked,
        None if ended is None else ended + timedelta(days=DAYS),
        undone_at,
        None if result is None else Forecast.of(result),
    )


def check_undo(undo: Undo, now: datetime) -> None:
    if undo.state == "undone":
        raise Problem(UNDONE)
    if undo.state not in ("completed", "failed", "cancelled") or undo.until is None:
        raise Problem(NOT_ENDED)
    if now > undo.until:
        raise Problem(UNDO_EXPIRED)


async def ask_undo(conn: Conn, import_id: UUID, *, now: datetime, asked_by: UUID | None) -> bool:
    """Note the wish; True if the import is small enough to be undone at once. Asked twice is asked once."""
    check_undo(await read_undo(conn, import_id, lock=True), now)
    cursor = await conn.execute(
        """
        UPDATE imports SET undo_asked_at = coalesce(undo_asked_at, clock_timestamp()),
               undo_asked_by = coalesce(undo_asked_by, %(by)s)
        WHERE id = %(id)s RETURNING rows_done
        """,
        {"id": import_id, "by": asked_by},
    )
    row = await cursor.fetchone()
    return row is not None and row[0] <= AT_ONCE


async def forecast_undo(conn: Conn, import_id: UUID) -> Forecast:
    await read_import(conn, import_id)
    await _sort_people(conn, import_id)
    return await _count(conn, import_id)


async def _sort_people(conn: Conn, import_id: UUID) -> None:
    """Everybody whom the import made, into a temporary table, with the first reason to keep them.

    Look-ups are by sets: those who were messaged since the import began, and so on, are few or read once.
    """
    await conn.execute(
        """
        CREATE TEMP TABLE IF NOT EXISTS undo_people (
            id uuid PRIMARY KEY, living boolean, written boolean, kept text) ON COMMIT DELETE ROWS
        """
    )
    await conn.execute("TRUNCATE undo_people")
    cursor = await conn.execute(
        "SELECT coalesce(started_at, created_at) FROM imports WHERE id = %s", (import_id,)
    )
    row = await cursor.fetchone()
    since = datetime.fromtimestamp(0).astimezone() if row is None else row[0]
    await conn.execute(
        """
        WITH written AS MATERIALIZED (
            SELECT m.contact_id, bool_or(m.state NOT IN ('skipped', 'cancelled')) AS out FROM messages m
            WHERE m.send_id >= %(bound)s AND m.contact_id IS NOT NULL GROUP BY m.contact_id),
        tried AS MATERIALIZED (  -- whose values stand in the copies of a test
            SELECT DISTINCT values_of FROM sends WHERE values_of IS NOT NULL AND id >= %(bound)s),
        replied AS MATERIALIZED (
            SELECT DISTINCT i.contact_id FROM inbound_messages b
            JOIN identities i ON i.tenant_id = b.tenant_id AND i.value_key = b.from_key
            WHERE b.received_at >= %(since)s),
        edited AS MATERIALIZED (
            SELECT survivor_id AS contact_id FROM merges
            WHERE created_at >= %(since)s AND undone_at IS NULL AND reason->>'kind' = 'edit'
            UNION SELECT contact_id FROM consents WHERE created_at >= %(since)s AND merge_id IS NULL
            UNION SELECT contact_id FROM contact_notes WHERE created_at >= %(since)s
            UNION SELECT contact_id FROM data_requests WHERE created_at >= %(since)s),
        merged AS MATERIALIZED (
            SELECT x.contact_id FROM merges m CROSS JOIN unnest(m.merged_ids || m.survivor_id) AS x (contact_id)
            WHERE m.created_at >= %(since)s AND m.merged_ids <> '{}' AND m.undone_at IS NULL
              AND m.import_id IS DISTINCT FROM %(import)s),
        listed AS MATERIALIZED (
            SELECT DISTINCT r.contact_id FROM imports i
            JOIN import_rows r ON r.tenant_id = i.tenant_id AND r.import_id = i.id
            WHERE i.id <> %(import)s AND i.state <> 'undone' AND coalesce(i.finished_at, clock_timestamp()) >= %(since)s
              AND r.contact_id IS NOT NULL)
        INSERT INTO undo_people (id, living, written, kept)
        SELECT c.id, c.merged_into IS NULL,
               w.contact_id IS NOT NULL OR c.id IN (SELECT values_of FROM tried),
               CASE WHEN w.out THEN 'messaged'
                    WHEN c.id IN (SELECT contact_id FROM replied) THEN 'replied'
                    WHEN c.id IN (SELECT contact_id FROM edited) THEN 'edited'
                    WHEN c.id IN (SELECT contact_id FROM merged) THEN 'merged'
                    WHEN c.id IN (SELECT contact_id FROM listed) THEN 'listed' END
        FROM contacts c LEFT JOIN written w ON w.contact_id = c.id
        WHERE c.import_id = %(import)s AND c.erased_at IS NULL
        """,
        {"import": import_id, "since": since, "bound": UUID(int=int(since.timestamp() * 1000) << 80)},
    )
    await conn.execute(
        # Whoever was joined into somebody who is kept is part of them.
        """
        UPDATE undo_people p SET kept = s.kept FROM contacts c, undo_people s
        WHERE c.id = p.id AND s.id = c.merged_into AND s.kept IS NOT NULL AND p.kept IS NULL
        """
    )
    await conn.execute("ANALYZE undo_people")


async def _count(conn: Conn, import_id: UUID) -> Forecast:
    cursor = await conn.execute(
        "SELECT kept, count(*) FROM undo_people WHERE living OR kept IS NULL GROUP BY kept"
    )
    people = {row[0]: row[1] for row in await cursor.fetchall()}
    cursor = await conn.execute(
        """
        SELECT count(DISTINCT m.survivor_id) FILTER (WHERE p.id IS NULL),
               count(*) FILTER (WHERE m.merged_ids <> '{}' AND (p.id IS NULL OR p.kept IS NULL))
        FROM merges m LEFT JOIN undo_people p ON p.id = m.survivor_id
        JOIN contacts c ON c.tenant_id = m.tenant_id AND c.id = m.survivor_id AND c.erased_at IS NULL
        WHERE m.import_id = %(import)s AND m.undone_at IS NULL
        """,
        {"import": import_id},
    )
    row = await cursor.fetchone()
    restored, separated = (0, 0) if row is None else row
    kept: dict[Kept, int] = {reason: people[reason] for reason in KEPT if reason in people}
    return Forecast(people.get(None, 0), restored, separated, kept)


async def serve_undo(rt: Runtime, tenant_id: UUID, import_id: UUID) -> None:
    """Handler of the turn."""
    await undo_import(rt, tenant_id, import_id)
    await try_publish_changed(rt, tenant_id, "import", import_id)


async def undo_import(db: Database, tenant_id: UUID, import_id: UUID) -> Forecast | None:
    """Do it, if it was asked for; None if there is nothing to do. Safe twice at once and after a crash."""
    blinder = Blinder(await db.keys.of(db.pool, tenant_id))
    async with tenant_tx(db, tenant_id) as conn:
        if not (await read_undo(conn, import_id)).asked:
            return None  # told without waiting for the import that is being written
        await conn.execute(  # no import of the tenant writes meanwhile
            "SELECT pg_advisory_xact_lock(hashtextextended('pabal import ' || %s, 0))", (str(tenant_id),)
        )
        await lock_merges(conn, tenant_id)
        undo = await read_undo(conn, import_id, lock=True)
        if not undo.asked:
            return None
        await _sort_people(conn, import_id)
        result = await _count(conn, import_id)
        await _restore(conn, tenant_id, blinder, import_id)
        await _remove(conn)
        await conn.execute(
            "UPDATE import_rows SET cells = NULL WHERE import_id = %s AND cells IS NOT NULL", (import_id,)
        )
        await conn.execute(
            "UPDATE duplicate_pairs SET state = 'gone' WHERE import_id = %s AND state = 'open'", (import_id,)
        )
        await conn.execute("DELETE FROM import_files WHERE import_id = %s", (import_id,))
        await conn.execute(
            """
            UPDATE imports SET state = 'undone', undone_at = clock_timestamp(), undo_result = %(result)s
            WHERE id = %(id)s
            """,
            {"id": import_id, "result": Jsonb(result.as_json())},
        )
    async with tenant_tx(db, tenant_id) as conn:
        await conn.execute("SELECT app.settle_contacts()")
    return result


async def _restore(conn: Conn, tenant_id: UUID, blinder: Blinder, import_id: UUID) -> None:
    """Who was there before: cards as if the import had not been, merges apart, its tags gone."""
    cursor = await conn.execute(
        """
        SELECT DISTINCT m.survivor_id FROM merges m LEFT JOIN undo_people p ON p.id = m.survivor_id
        WHERE m.import_id = %(import)s AND m.undone_at IS NULL AND p.id IS NULL
        """,
        {"import": import_id},
    )
    changed = [row[0] for row in await cursor.fetchall()]

    def drop(event: Event) -> Drop:
        return Drop.ALL if event.import_id == import_id else Drop.NOTHING

    cursor = await conn.execute("SELECT id FROM undo_people")
    made = frozenset(row[0] for row in await cursor.fetchall())
    copied = await copy_back(conn, tenant_id, blinder, import_id, [one for one in changed if one not in made])
    await rewind(
        conn, tenant_id, blinder, [one for one in changed if one not in copied], drop, untouchable=made
    )
    cursor = await conn.execute(
        """
        WITH apart AS (
            UPDATE merges m SET undone_at = clock_timestamp(), before = NULL
            WHERE m.import_id = %(import)s AND m.undone_at IS NULL
              AND NOT EXISTS (SELECT FROM undo_people p WHERE p.id = m.survivor_id AND p.kept IS NOT NULL)
            RETURNING m.survivor_id, m.merged_ids)
        UPDATE contacts c SET merged_into = NULL, version = c.version + 1, updated_at = clock_timestamp()
        FROM apart a WHERE c.id = ANY(a.merged_ids) AND c.merged_into = a.survivor_id AND c.erased_at IS NULL
        RETURNING c.id, a.survivor_id
        """,
        {"import": import_id},
    )
    survivors = {row[1] for row in await cursor.fetchall()}
    cursor = await conn.execute(
        """
        DELETE FROM contact_tags t USING (
            SELECT DISTINCT r.contact_id FROM import_rows r LEFT JOIN undo_people p ON p.id = r.contact_id
            WHERE r.import_id = %(import)s AND r.contact_id IS NOT NULL AND p.id IS NULL) x
        WHERE t.contact_id = x.contact_id AND t.import_id = %(import)s AND t.merge_id IS NULL
        RETURNING t.contact_id
        """,
        {"import": import_id},
    )
    untagged = {row[0] for row in await cursor.fetchall()}
    cursor = await conn.execute(
        "SELECT id FROM contacts WHERE id = ANY(%s) AND merged_into IS NOT NULL", (list(untagged),)
    )
    await settle(conn, survivors | {row[0] for row in await cursor.fetchall()})


async def _remove(conn: Conn) -> None:
    """Who came only by it. Those without any message row have no copies elsewhere than in the import's own rows."""
    await conn.execute(
        "DELETE FROM identities x USING undo_people p WHERE x.contact_id = p.id AND p.kept IS NULL"
    )
    await conn.execute(
        "DELETE FROM contact_tags x USING undo_people p WHERE x.contact_id = p.id AND p.kept IS NULL"
    )
    await conn.execute(
        "DELETE FROM consents x USING undo_people p WHERE x.contact_id = p.id AND p.kept IS NULL"
    )
    await conn.execute(
        """
        UPDATE merges x SET before = NULL FROM undo_people p
        WHERE x.survivor_id = p.id AND p.kept IS NULL AND x.before IS NOT NULL
        """
    )
    await conn.execute(
        """
        UPDATE duplicate_pairs x SET state = 'gone' FROM undo_people p
        WHERE p.id IN (x.contact_a, x.contact_b) AND p.kept IS NULL AND x.state = 'open'
        """
    )
    await wait_for_clicks(conn)
    await _erase(conn, written=True)
    await conn.execute("SET LOCAL pabal.copies_forgotten = 'on'")
    await _erase(conn, written=False)
    await conn.execute("SET LOCAL pabal.copies_forgotten = 'off'")


async def _erase(conn: Conn, *, written: bool) -> None:
    await conn.execute(
        """
        UPDATE contacts c SET pii = NULL, tokens = '{}', name_key = NULL, district = '', age_band = '',
               erased_at = clock_timestamp(), updated_at = clock_timestamp(), version = c.version + 1
        FROM undo_people p WHERE c.id = p.id AND p.kept IS NULL AND p.written = %s
        """,
        (written,),
    )
