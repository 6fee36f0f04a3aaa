"""What workers do for bulk edits: large ones, erasures whose time to think has passed, and what a killed worker left."""

from uuid import UUID

import structlog

from pabal.contacts import bulk
from pabal.contacts.bulk_apply import Changes
from pabal.contacts.card import Blinder
from pabal.contacts.segments import read_segment
from pabal.contacts.selection import ids_sql, selection_sql
from pabal.domain.search import parse_q
from pabal.kit import turns
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.errors import Problem
from pabal.kit.turns import Line, Turn
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

KIND = "bulk_edit"
MAX_TRIES = 5


async def read_selection(conn: Conn, rt: Runtime, blinder: Blinder, wish: bulk.Wish) -> bulk.Selection:
    """Who is meant, from what was sent. Raises the 422 that names what can't be read."""
    told = wish.selection
    if "ids" in told:
        return bulk.Selection(ids_sql([UUID(one) for one in told["ids"]]))
    filter_json = told.get("filter") or {}
    if told.get("segmentId"):
        filter_json = (await read_segment(conn, UUID(told["segmentId"]))).filter
    where = selection_sql(filter_json, blinder, rt.clock.now())
    return bulk.Selection(where, parse_q(told["q"]) if told.get("q") else None)


async def announce(rt: Runtime, tenant_id: UUID, edit_id: UUID) -> None:
    """After the commit, best effort: the sweeper asks `app.due_work`, which knows open edits."""
    await turns.ring(rt.redis, Turn(Line.JOBS, KIND, str(tenant_id), str(edit_id)))


async def run_bulk_edit(rt: Runtime, tenant_id: UUID, edit_id: UUID) -> None:
    """Handler of the turn. Safe twice at once: the second finds the lease taken; safe after a crash: it goes on."""
    tries = await _claim(rt, tenant_id, edit_id)
    if tries is None:
        return
    blinder = Blinder(await rt.keys.of(rt.pool, tenant_id))
    try:
        changes = await _freeze(rt, tenant_id, blinder, edit_id, tries)
        more = changes is not None
        while more:
            async with tenant_tx(rt, tenant_id) as conn:
                more = await bulk.advance(conn, tenant_id, blinder, edit_id, tries=tries)
            await try_publish_changed(rt, tenant_id, KIND, edit_id)
        if changes is not None and changes.attributes:
            async with tenant_tx(rt, tenant_id) as conn:
                await conn.execute("SELECT app.settle_contacts()")
    except Problem as problem:  # its segment is gone
        await _fail(rt, tenant_id, edit_id, tries, problem.detail or problem.code.title)
    except Exception as error:
        log.exception("bulk edit failed", error=type(error).__name__)
        if tries >= MAX_TRIES:
            await _fail(rt, tenant_id, edit_id, tries, "끝까지 하지 못했어요. 한 데까지는 되돌릴 수 있어요.")
        raise
    await try_publish_changed(rt, tenant_id, KIND, edit_id)


async def _claim(rt: Runtime, tenant_id: UUID, edit_id: UUID) -> int | None:
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            """
            UPDATE bulk_edits SET state = CASE WHEN state = 'queued' THEN 'running' ELSE state END, tries = tries + 1,
                   lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
            WHERE id = %(id)s AND state IN ('queued', 'running', 'undoing') AND starts_at <= clock_timestamp()
              AND (lease_until IS NULL OR lease_until <= clock_timestamp())
            RETURNING tries
            """,
            {"id": edit_id, "lease": bulk.LEASE_SECONDS},
        )
        row = await cursor.fetchone()
    return None if row is None else row[0]


async def _freeze(
    rt: Runtime, tenant_id: UUID, blinder: Blinder, edit_id: UUID, tries: int
) -> Changes | None:
    """The selection, once; None when another worker has the edit by now."""
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            "SELECT total FROM bulk_edits WHERE id = %s AND tries = %s FOR UPDATE", (edit_id, tries)
        )
        row = await cursor.fetchone()
        if row is None:
            return None
        wish = await bulk.read_wish(conn, edit_id)
        if row[0] is None:
            selection = await read_selection(conn, rt, blinder, wish)
            await bulk.freeze(conn, tenant_id, blinder, edit_id, selection)
    return wish.changes


async def _fail(rt: Runtime, tenant_id: UUID, edit_id: UUID, tries: int, problem: str) -> None:
    """What has been done stays, and can be taken back as far as it went: then it counts as completed."""
    async with tenant_tx(rt, tenant_id) as conn:
        await conn.execute(
            """
            UPDATE bulk_edits SET state = CASE WHEN changed > 0 THEN 'completed' ELSE 'failed' END, problem = %s,
                   lease_until = NULL, finished_at = coalesce(finished_at, clock_timestamp())
            WHERE id = %s AND tries = %s AND state IN ('running', 'undoing')
            """,
            (problem, edit_id, tries),
        )
