"""Repeats: due rows of the queue become messages, move out of the night, or end. Safe to call twice at once (rows are taken
with SKIP LOCKED), safe to call late (the next run counts from now: no burst)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from pabal.automations.fire import (
    TEMPLATE_NOT_READY,
    TOO_LATE,
    Readinesses,
    Wish,
    announce,
    current,
    fire,
    recipient_key,
)
from pabal.automations.lawful import NEEDS_APPROVAL, UNLAWFUL
from pabal.automations.links import links_by_id
from pabal.automations.model import TemplateLink
from pabal.automations.queue import enqueue
from pabal.automations.triggers import repeats_after
from pabal.contacts import Blinder
from pabal.domain.trigger import holds, standing_condition
from pabal.kit.db import Conn, int_array, system_tx, tenant_tx, uuid_array
from pabal.kit.events import try_publish_changed
from pabal.records import Record, find_partition
from pabal.runtime import Runtime

CRON_BATCH = 100
OWN_BATCH = 500
NOT_READY_WAIT = timedelta(minutes=10)
NOT_READY = frozenset(
    {TEMPLATE_NOT_READY, UNLAWFUL, NEEDS_APPROVAL}
)  # the link's, not the record's: the row waits


@dataclass(frozen=True, slots=True)
class Ran:
    """`due`: rows that were due when it was asked; `processed`: taken by this call, of which `sent` became messages,
    `completed` reached their end now, `skipped` were moved or cancelled, `failed` couldn't go and wait."""

    due: int = 0
    processed: int = 0
    sent: int = 0
    completed: int = 0
    skipped: int = 0
    failed: int = 0

    def __add__(self, other: "Ran") -> "Ran":
        return Ran(
            self.due + other.due,
            self.processed + other.processed,
            self.sent + other.sent,
            self.completed + other.completed,
            self.skipped + other.skipped,
            self.failed + other.failed,
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A due row of the queue, and what becomes of it."""

    id: UUID
    link_id: UUID
    record_id: UUID
    kind: str
    address_key: int
    occasion: str
    repeat_count: int
    next_run_at: datetime
    status: str = "pending"
    reason: str = ""


async def process_repeats(
    rt: Runtime, tenant_id: UUID, *, limit: int = CRON_BATCH, count: bool = True
) -> Ran:
    """`count` False: `due` stays 0. Nobody reads it where the hub calls itself, and counting 100,000 rows for every 500 that
    are taken costs more than taking them."""
    blinder = Blinder(await rt.keys.of(rt.pool, tenant_id))
    now = rt.clock.now()
    async with tenant_tx(rt, tenant_id) as conn:
        due = await _count_due(conn, now) if count else 0
        rows = await _take(conn, now, limit)
        if not rows:
            return Ran(due=due)
        ends: list[Row] = []
        going: list[tuple[Row, Wish]] = []
        moved = 0
        links = await links_by_id(conn, list({row.link_id for row in rows}))
        records = await current(conn, tenant_id, list({row.record_id for row in rows}))
        opted_out = await _suppressed(conn, [row.address_key for row in rows])
        unsaid = await _unsaid(
            conn, [row.id for row in rows if row.kind == "repeat" and not row.repeat_count]
        )
        for row in rows:
            link, record = links[row.link_id], records.get(row.record_id)
            status, reason = _ending(
                row, link, record, blinder, opted_out=row.address_key in opted_out, now=now
            )
            if not status and (why := unsaid.get(row.id)):
                status, reason = "cancelled", why
            if status:
                ends.append(replace(row, status=status, reason=reason))
            elif link.window is not None and not link.window.is_open(now):
                moved += 1
                ends.append(replace(row, next_run_at=link.window.opens_at(now), reason="quiet_hours"))
            else:
                assert record is not None
                going.append((row, _wish(row, link, record)))
        partitions = {
            one: found
            for one in {link.partition_id for link in links.values()}
            if (found := await find_partition(conn, one)) is not None
        }
        fired = await fire(
            conn,
            tenant_id,
            blinder,
            partitions,
            [wish for _, wish in going],
            ready=Readinesses(conn, tenant_id, now),
        )
        after = [
            _after(row, links[row.link_id], now, fired.refused.get(place))
            for place, (row, _) in enumerate(going)
        ]
        await _write(conn, [*ends, *after])
        firsts = [
            wish for place, (row, wish) in enumerate(going) if row.kind == "first" and place in fired.placed
        ]
        await enqueue(conn, tenant_id, repeats_after(blinder, firsts, now))
    await announce(rt, tenant_id, fired)
    await try_publish_changed(rt, tenant_id, "automation", tenant_id)
    written = [*ends, *after]
    return Ran(
        due=due,
        processed=len(rows),
        sent=len(fired.placed),
        completed=sum(row.status == "completed" for row in written),
        skipped=moved + sum(row.status == "cancelled" for row in written),
        failed=sum(reason in NOT_READY for reason in fired.refused.values()),
    )


def _wish(row: Row, link: TemplateLink, record: Record) -> Wish:
    if row.kind == "first":
        return Wish(link, row.record_id, record.values, "auto", row.occasion or f"first:{row.id}")
    nth = row.repeat_count + 1
    return Wish(link, row.record_id, record.values, "repeat", f"repeat:{row.id}:{nth}", repeat_no=nth)


def _ending(
    row: Row,
    link: TemplateLink,
    record: Record | None,
    blinder: Blinder,
    *,
    opted_out: bool,
    now: datetime,
) -> tuple[str, str]:
    """(status, reason) when it ends here; ("", "") when it may go on."""
    if record is None:
        return "cancelled", "record_deleted"
    phone = record.values.get(link.recipient_field)
    if not phone or recipient_key(blinder, str(phone)) != row.address_key:
        return "cancelled", "phone_changed"
    if opted_out:
        return "cancelled", "opted_out"
    if row.kind == "first":
        if not holds(standing_condition(link.trigger_condition), record.values):
            return "cancelled", "condition_changed"
        if link.not_after is not None and now - row.next_run_at > link.not_after:
            return "cancelled", TOO_LATE  # it could have gone long ago: the hub, or the rule, was off
        return "", ""
    if link.repeats is None:
        return "cancelled", "repeat_removed"
    if holds(link.repeats.stop, record.values):
        return "completed", "stop_condition"
    if row.repeat_count >= link.repeats.max_repeat:
        return "completed", "max_repeat"
    return "", ""


def _after(row: Row, link: TemplateLink, now: datetime, refused: str | None) -> Row:
    """What becomes of a row whose message was asked for."""
    if refused in NOT_READY:
        return replace(row, next_run_at=now + NOT_READY_WAIT, reason=refused or "")
    if refused is not None:
        return replace(row, status="cancelled", reason=refused)
    if row.kind == "first":
        return replace(row, status="completed", reason="sent")
    assert link.repeats is not None
    count = row.repeat_count + 1
    if count >= link.repeats.max_repeat:
        return replace(row, repeat_count=count, status="completed", reason="max_repeat")
    return replace(row, repeat_count=count, next_run_at=link.repeats.next_at(now, link.window), reason="")


async def _count_due(conn: Conn, now: datetime) -> int:
    cursor = await conn.execute(
        """
        SELECT count(*) FROM automation_queue q
        JOIN template_links l ON l.tenant_id = q.tenant_id AND l.id = q.template_link_id
        WHERE q.status = 'pending' AND q.next_run_at <= %s AND l.is_active AND l.deleted_at IS NULL
        """,
        (now,),
    )
    row = await cursor.fetchone()
    return row[0] if row else 0


async def _take(conn: Conn, now: datetime, limit: int) -> list[Row]:
    cursor = await conn.execute(
        """
        SELECT q.id, q.template_link_id, q.record_id, q.kind, q.address_key, q.occasion, q.repeat_count, q.next_run_at
        FROM automation_queue q
        JOIN template_links l ON l.tenant_id = q.tenant_id AND l.id = q.template_link_id
        WHERE q.status = 'pending' AND q.next_run_at <= %s AND l.is_active AND l.deleted_at IS NULL
        ORDER BY q.next_run_at, q.id LIMIT %s
        FOR UPDATE OF q SKIP LOCKED
        """,
        (now, limit),
    )
    return [Row(*row) for row in await cursor.fetchall()]


async def _suppressed(conn: Conn, keys: Sequence[int]) -> set[int]:
    cursor = await conn.execute(
        """
        SELECT address_key FROM suppressions
        WHERE address_key = ANY(%s::bigint[]) AND kind = 'phone' AND channel IN ('all', 'alimtalk')
        """,
        (int_array(sorted(set(keys))),),
    )
    return {row[0] for row in await cursor.fetchall()}


async def _unsaid(conn: Conn, rows: Sequence[UUID]) -> dict[UUID, str]:
    """First repeats of a message that has lapsed or was cancelled → why: what was never said isn't repeated. It is the
    newest made before the row, in the same transaction (ids are version 7); one sent again from the log is newer."""
    if not rows:
        return {}
    cursor = await conn.execute(
        """
        SELECT q.id, coalesce(nullif(first.reason, ''), first.state)
        FROM automation_queue q CROSS JOIN LATERAL (
            SELECT m.state, m.reason FROM automation_logs l
            JOIN messages m ON m.tenant_id = l.tenant_id AND m.send_id = l.send_id AND m.seq = l.seq
            WHERE l.template_link_id = q.template_link_id AND l.record_id = q.record_id AND l.trigger_type = 'auto'
              AND l.send_id < q.id
            ORDER BY l.send_id DESC LIMIT 1
        ) AS first
        WHERE q.id = ANY(%s) AND first.state IN ('expired', 'cancelled')
        """,
        (uuid_array(rows),),
    )
    return dict(await cursor.fetchall())


async def _write(conn: Conn, rows: Sequence[Row]) -> None:
    await conn.execute(
        """
        UPDATE automation_queue q
        SET status = v.status, reason = v.reason, repeat_count = v.repeat_count, next_run_at = v.next_run_at,
            updated_at = clock_timestamp()
        FROM unnest(%(ids)s::uuid[], %(statuses)s::text[], %(reasons)s::text[], %(counts)s::smallint[],
                    %(ats)s::timestamptz[]) AS v (id, status, reason, repeat_count, next_run_at)
        WHERE q.id = v.id AND q.status = 'pending'
        """,
        {
            "ids": uuid_array(row.id for row in rows),
            "statuses": [row.status for row in rows],
            "reasons": [row.reason for row in rows],
            "counts": int_array(row.repeat_count for row in rows),
            "ats": [row.next_run_at for row in rows],
        },
    )


async def process_all_tenants(rt: Runtime, *, limit: int = CRON_BATCH) -> Ran:
    """For the server's own cron token: every tenant, `limit` rows in all."""
    async with system_tx(rt) as conn:
        cursor = await conn.execute("SELECT tenant_id FROM app.tenants_with_repeats(%s)", (rt.clock.now(),))
        tenants = [row[0] for row in await cursor.fetchall()]
    total = Ran()
    for tenant_id in tenants:
        total += await process_repeats(rt, tenant_id, limit=max(0, limit - total.processed))
    return total
