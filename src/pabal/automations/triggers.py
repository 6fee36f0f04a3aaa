"""Changes of records become messages. One transaction takes the outbox rows, decides, and makes the messages: what was
decided and what was done about it commit together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog

from pabal.automations.fire import (
    CONDITION_CHANGED,
    COOLDOWN,
    LINK_RATE,
    MISSING_VARIABLE,
    NO_PHONE,
    RECORD_DELETED,
    RECORD_RATE,
    TOO_LATE,
    Fired,
    Readinesses,
    Wish,
    announce,
    current,
    fire,
    recipient_key,
    write_logs,
)
from pabal.automations.links import active_links
from pabal.automations.model import TemplateLink
from pabal.automations.queue import Later, enqueue
from pabal.automations.recall import RECALLED, recall_outdated
from pabal.contacts import Blinder
from pabal.domain.repeat import Rule
from pabal.domain.trigger import holds
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.records import Partition, TakenChange, find_partition, take_changes
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

TRIGGER_BATCH = 500
# Against a loop through somebody else's system (our message → their webhook → our record API), which no cooldown of one link
# bounds: far above what people cause, far below what hurts. Stopped ones are in the log and can be sent by hand.
PER_RECORD_HOUR = 100
PER_LINK_HOUR = 20_000


async def run_triggers(rt: Runtime, tenant_id: UUID) -> int:
    """Serve up to 500 changes; how many there were. Safe anywhere at any time: a row is decided by whoever deletes it."""
    blinder = Blinder(await rt.keys.of(rt.pool, tenant_id))
    async with tenant_tx(rt, tenant_id) as conn:
        taken, events = await take_changes(conn, TRIGGER_BATCH)
        if events:
            await recall_outdated(conn, tenant_id, blinder, {event.record_id for event in events})
        fired = await _decide(conn, rt, tenant_id, blinder, events) if events else Fired()
    await announce(rt, tenant_id, fired)
    if fired.placed or fired.refused:
        await try_publish_changed(rt, tenant_id, "automation", tenant_id)
    return taken


async def _decide(
    conn: Conn, rt: Runtime, tenant_id: UUID, blinder: Blinder, events: Sequence[TakenChange]
) -> Fired:
    ids = list(dict.fromkeys(event.partition_id for event in events))
    links = await active_links(conn, ids, ["on_create", "on_update"])
    rules: dict[
        UUID, list[tuple[TemplateLink, Rule]]
    ] = {}  # made once: 500 changes ask 50 links 25,000 times
    for link in links:
        rules.setdefault(link.partition_id, []).append((link, link.rule))
    matched = [
        (link, event)
        for event in events
        for link, rule in rules.get(event.partition_id, [])
        if event.at >= link.active_since  # switched on since: what was there before isn't written to
        and rule.wants(event.kind, event.after, event.before)
    ]
    if not matched:
        return Fired()
    partitions = {one: found for one in ids if (found := await find_partition(conn, one)) is not None}
    now = rt.clock.now()
    records = await current(conn, tenant_id, list({event.record_id for _, event in matched}))
    wishes = [
        Wish(
            link,
            event.record_id,
            records[event.record_id].values if event.record_id in records else event.after,
            "auto",
            f"auto:{event.change_id}",
            at=event.at,
        )
        for link, event in matched
    ]
    real = now - rt.clock.offset  # changes are dated by the database's clock
    refused: dict[int, str] = {}
    for place, (link, event) in enumerate(matched):
        record = records.get(event.record_id)
        if record is None:
            refused[place] = RECORD_DELETED
        # Things may have moved on since: what isn't true any more isn't said any more.
        elif not holds(link.trigger_condition, record.values, event.before):
            refused[place] = CONDITION_CHANGED
        elif link.not_after is not None and real - event.at > link.not_after:
            refused[place] = TOO_LATE  # nobody looked for so long: the hub was off
        elif wishes[place].phone is None:
            refused[place] = NO_PHONE
        elif link.lacks(wishes[place].values):
            refused[place] = MISSING_VARIABLE
    ready = Readinesses(conn, tenant_id, now)
    await _unready(ready, wishes, refused)
    await _bound(conn, wishes, refused)
    await _guard(conn, tenant_id, wishes, refused, now)
    return await _go(conn, tenant_id, blinder, partitions, wishes, refused, ready, now)


async def _unready(ready: Readinesses, wishes: Sequence[Wish], refused: dict[int, str]) -> None:
    """Asked before the guard: a template that waits for its review uses up no cooldown."""
    for place, wish in enumerate(wishes):
        if place not in refused and (reason := (await ready.of(wish.link)).reason):
            refused[place] = reason


async def _bound(conn: Conn, wishes: Sequence[Wish], refused: dict[int, str]) -> None:
    going = [wish for place, wish in enumerate(wishes) if place not in refused]
    if not going:
        return
    cursor = await conn.execute(
        # statement_timestamp: with clock_timestamp, which may differ for each row, the hour is no range of the index, and all
        # that a link has ever sent is looked at for what it sent in the hour.
        """
        SELECT record_id, NULL::uuid, count(*) FROM automation_logs
        WHERE record_id = ANY(%(records)s) AND trigger_type = 'auto' AND send_id IS NOT NULL
          AND id >= app.uuid7_floor(statement_timestamp() - interval '1 hour')
        GROUP BY record_id
        UNION ALL
        SELECT NULL, template_link_id, count(*) FROM automation_logs
        WHERE template_link_id = ANY(%(links)s) AND trigger_type = 'auto' AND send_id IS NOT NULL
          AND id >= app.uuid7_floor(statement_timestamp() - interval '1 hour')
        GROUP BY template_link_id
        """,
        {
            "records": list({wish.record_id for wish in going}),
            "links": list({wish.link.id for wish in going}),
        },
    )
    used: dict[UUID, int] = {record or link: n for record, link, n in await cursor.fetchall()}
    for place, wish in enumerate(wishes):
        if place in refused:
            continue
        if used.get(wish.record_id, 0) >= PER_RECORD_HOUR:
            refused[place] = RECORD_RATE
        elif used.get(wish.link.id, 0) >= PER_LINK_HOUR:
            refused[place] = LINK_RATE
        else:
            for key in (wish.record_id, wish.link.id):
                used[key] = used.get(key, 0) + 1


async def _guard(
    conn: Conn, tenant_id: UUID, wishes: Sequence[Wish], refused: dict[int, str], now: datetime
) -> None:
    """One row per link and record decides: whoever raises it may send. Others wait at the row, then find it raised."""
    first: dict[tuple[UUID, UUID], int] = {}
    for place, wish in enumerate(wishes):
        if place in refused or wish.link.cooldown_hours == 0:
            continue
        if first.setdefault((wish.link.id, wish.record_id), place) != place:
            refused[place] = COOLDOWN
    if not first:
        return
    cursor = await conn.execute(
        """
        INSERT INTO link_guards AS g (tenant_id, link_id, record_id, last_at)
        SELECT %(tenant)s, v.link_id, v.record_id, %(now)s
        FROM unnest(%(links)s::uuid[], %(records)s::uuid[]) AS v (link_id, record_id)
        ORDER BY v.link_id, v.record_id
        ON CONFLICT (tenant_id, link_id, record_id) DO UPDATE SET last_at = excluded.last_at
        WHERE g.last_at <= excluded.last_at - make_interval(secs => 3600 * (
            SELECT l.cooldown_hours FROM template_links l WHERE l.tenant_id = g.tenant_id AND l.id = g.link_id))
        RETURNING g.link_id, g.record_id
        """,
        {
            "tenant": tenant_id,
            "now": now,
            "links": [link for link, _ in first],
            "records": [record for _, record in first],
        },
    )
    granted = set(await cursor.fetchall())
    cooling = [key for key in first if key not in granted]
    if cooling:
        granted |= await _given_back(conn, tenant_id, cooling, now)
    refused |= {place: COOLDOWN for key, place in first.items() if key not in granted}


async def _given_back(
    conn: Conn, tenant_id: UUID, cooling: Sequence[tuple[UUID, UUID]], now: datetime
) -> set[tuple[UUID, UUID]]:
    """A cooldown that a message has begun which nobody got (taken back, lapsed): it is begun anew by the next.

    A statement of its own after the guard's: it sees what those have made whom the guard has waited for, and `last_at` must
    still be what it saw, so that of two who come at once one may send."""
    cursor = await conn.execute(
        """
        UPDATE link_guards g SET last_at = %(now)s
        FROM (
            SELECT h.link_id, h.record_id, h.last_at
            FROM unnest(%(links)s::uuid[], %(records)s::uuid[]) AS v (link_id, record_id)
            JOIN link_guards h ON h.link_id = v.link_id AND h.record_id = v.record_id
            CROSS JOIN LATERAL (
                SELECT made, state, reason FROM (
                    SELECT l.send_id AS made, m.state, m.reason FROM automation_logs l
                    JOIN messages m ON m.tenant_id = l.tenant_id AND m.send_id = l.send_id AND m.seq = l.seq
                    WHERE l.template_link_id = h.link_id AND l.record_id = h.record_id AND l.trigger_type = 'auto'
                    UNION ALL  -- moved out of the night: no message yet
                    SELECT q.id, CASE q.status WHEN 'pending' THEN 'queued' ELSE 'skipped' END, q.reason
                    FROM automation_queue q
                    WHERE q.template_link_id = h.link_id AND q.record_id = h.record_id AND q.kind = 'first'
                      AND q.status <> 'completed'
                ) AS both_of_them ORDER BY made DESC LIMIT 1  -- version 7: the newest
            ) AS latest
            WHERE latest.state IN ('expired', 'cancelled')
               OR (latest.state = 'skipped' AND latest.reason = ANY(%(recalled)s))
        ) AS unsaid
        WHERE g.tenant_id = %(tenant)s AND g.link_id = unsaid.link_id AND g.record_id = unsaid.record_id
          AND g.last_at = unsaid.last_at
        RETURNING g.link_id, g.record_id
        """,
        {
            "tenant": tenant_id,
            "now": now,
            "links": [link for link, _ in cooling],
            "records": [record for _, record in cooling],
            "recalled": list(RECALLED),
        },
    )
    return set(await cursor.fetchall())


async def _go(
    conn: Conn,
    tenant_id: UUID,
    blinder: Blinder,
    partitions: Mapping[UUID, Partition],
    wishes: Sequence[Wish],
    refused: dict[int, str],
    ready: Readinesses,
    now: datetime,
) -> Fired:
    """Out now, or in the morning; and once more later, where the link repeats."""
    later: list[Later] = []
    out: list[int] = []
    for place, wish in enumerate(wishes):
        if place in refused or wish.phone is None:
            continue
        window = wish.link.window
        if window is not None and not window.is_open(now):
            key = recipient_key(blinder, wish.phone)
            at = window.opens_at(now)
            later.append(Later(wish.link.id, wish.record_id, "first", key, at, wish.occasion))
        else:
            out.append(place)
    fired = await fire(conn, tenant_id, blinder, partitions, [wishes[place] for place in out], ready=ready)
    stopped = Fired(refused=refused)
    await write_logs(conn, tenant_id, wishes, stopped)
    sent = [wishes[out[place]] for place in fired.placed]
    await enqueue(conn, tenant_id, [*later, *repeats_after(blinder, sent, now)])
    return fired


def repeats_after(blinder: Blinder, sent: Sequence[Wish], now: datetime) -> list[Later]:
    """The first repeat of everything that has just gone out."""
    found = []
    for wish in sent:
        link: TemplateLink = wish.link
        if link.repeats is not None and wish.phone is not None and not holds(link.repeats.stop, wish.values):
            at = link.repeats.next_at(now, link.window)
            found.append(Later(link.id, wish.record_id, "repeat", recipient_key(blinder, wish.phone), at))
    return found
