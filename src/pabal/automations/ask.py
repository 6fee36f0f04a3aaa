"""Questions about a rule before it is switched on: whom it fits now, what it would say, what it would have done. Nothing here
can send: no function of this module makes a message."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import sql

from pabal.automations.fire import NO_PHONE, RECORD_DELETED, Readinesses, steps_of
from pabal.automations.model import LinkDraft, TemplateLink
from pabal.contacts import Blinder, is_mobile
from pabal.domain.fields import as_text, masked
from pabal.domain.repeat import Change, Firing, replay
from pabal.domain.template import Missing, parse, render
from pabal.domain.trigger import holds
from pabal.kit.db import Conn
from pabal.records import Partition, Record, page_of_records, read_records
from pabal.runtime import Runtime
from pabal.senders import read_price_book
from pabal.templates import find_template

LOOKED_AT = 5_000  # records a preview opens: some 60 ms
REPLAYED = 50_000  # changes a back-test opens


async def as_link(conn: Conn, draft: LinkDraft, now: datetime) -> TemplateLink:
    """A draft as if it were stored: what previews ask with."""
    template = await find_template(conn, draft.template_id)
    assert template is not None
    return TemplateLink(
        id=UUID(int=0),
        partition_id=draft.partition_id,
        template_id=draft.template_id,
        name=draft.name,
        recipient_field=draft.recipient_field,
        variable_mappings=draft.variable_mappings,
        trigger_type=draft.trigger_type,
        trigger_condition=draft.trigger_condition,
        repeat_config=draft.repeat_config,
        cooldown_hours=draft.cooldown_hours,
        message_class="transactional",
        send_from=draft.send_from,
        send_until=draft.send_until,
        fallback=draft.fallback,
        is_active=draft.is_active,
        not_after_hours=draft.not_after_hours,
        active_since=now,
        version=0,
        created_at=now,
        updated_at=now,
        template_name=template.name,
        template_state=template.state,
        template_body=template.body,
    )


@dataclass(frozen=True, repr=False)
class Preview:
    """`matching`: records as they are now that fit; `empty`: per variable, how many of those have no value for it."""

    matching: int
    relation: str
    sample: Sequence[Record]
    text: str | None
    missing: str
    empty: Mapping[str, int]
    unreachable: int
    ready: bool


async def preview(
    conn: Conn, tenant_id: UUID, partition: Partition, link: TemplateLink, record_id: UUID | None
) -> Preview:
    page = await page_of_records(
        conn, tenant_id, partition, where=sql.SQL("true"), before=None, limit=LOOKED_AT
    )
    # Seen from now every record has just become what it is: an edge is true where its end is.
    fitting = [one for one in page.items if holds(link.trigger_condition, one.values, _was_otherwise(link))]
    steps = await steps_of(conn, link)
    chosen = (
        await read_records(conn, tenant_id, [record_id]) if record_id else list(fitting[:1] or page.items[:1])
    )
    text, missing = None, ""
    fields = partition.by_key
    if chosen:
        values = link.values(fields, chosen[0].values)
        text, missing = _text(link, values)
    empty: Counter[str] = Counter()
    for one in fitting:
        filled = link.values(fields, one.values)
        empty.update(variable for variable in link.variable_mappings if variable not in filled)
    unreachable = sum(not is_mobile(str(one.values.get(link.recipient_field, ""))) for one in fitting)
    return Preview(
        matching=len(fitting),
        relation="eq" if page.next_before is None else "gte",
        sample=fitting[:3],
        text=text,
        missing=missing,
        empty=dict(empty),
        unreachable=unreachable,
        ready=bool(steps),
    )


def _was_otherwise(link: TemplateLink) -> dict[str, Any]:
    """What changed_from_to wants to have been; everything else was empty."""
    found: dict[str, Any] = {}

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("operator") == "changed_from_to":
                found[node["field"]] = node["value"][0]
            for group in ("all", "any"):
                for child in node.get(group, ()):
                    walk(child)
            walk(node.get("not"))

    walk(link.trigger_condition)
    return found


def _text(link: TemplateLink, values: Mapping[str, str]) -> tuple[str | None, str]:
    rendered = render(parse(link.template_body), values)
    if isinstance(rendered, Missing):
        shown = {name: values.get(name) or f"[{name}]" for name in parse(link.template_body).variables}
        filled = render(parse(link.template_body), shown)
        return (None if isinstance(filled, Missing) else filled.text), ", ".join(rendered.names)
    return rendered.text, ""


@dataclass(frozen=True, repr=False)
class SendPreview:
    """Of a selection, before somebody presses the button."""

    sendable: int
    skipped: Mapping[str, int]
    won: int
    samples: Sequence[tuple[Record, str]]


async def preview_send(
    conn: Conn,
    tenant_id: UUID,
    blinder: Blinder,
    partition: Partition,
    link: TemplateLink,
    record_ids: Sequence[UUID],
    now: datetime,
) -> SendPreview:
    asked = list(dict.fromkeys(record_ids))
    records = {
        one.id: one for one in await read_records(conn, tenant_id, asked) if one.partition_id == partition.id
    }
    out = await _opted_out(conn, blinder, link, records)
    reason = (await Readinesses(conn, tenant_id, now).of(link)).reason
    skipped: Counter[str] = Counter()
    samples: list[tuple[Record, str]] = []
    sendable = 0
    for record_id in asked:
        record = records.get(record_id)
        if record is None:
            skipped[RECORD_DELETED] += 1
        elif not is_mobile(str(record.values.get(link.recipient_field, ""))):
            skipped[NO_PHONE] += 1
        elif record_id in out:
            skipped["suppressed"] += 1
        elif reason:
            skipped[reason] += 1
        else:
            text, missing = _text(link, link.values(partition.by_key, record.values))
            if missing:
                skipped["missing_variable"] += 1
                continue
            sendable += 1
            if len(samples) < 3:
                samples.append((record, text or ""))
    prices = await read_price_book(conn, now)
    return SendPreview(sendable, skipped, sendable * prices.won("alimtalk"), samples)


@dataclass(frozen=True, repr=False)
class BackTest:
    """What a rule would have done. `looked`: changes replayed; `capped`: there were more."""

    firings: Sequence[Firing]
    suppressed: frozenset[UUID]
    records: Mapping[UUID, Record]
    looked: int
    capped: bool
    won: int
    since: datetime


async def back_test(
    conn: Conn, rt: Runtime, tenant_id: UUID, partition: Partition, link: TemplateLink, days: int
) -> BackTest:
    """Replays the history with the very functions that decide live. Who has opted out since counts as stopped."""
    now = rt.clock.now()
    since = now - timedelta(days=days)
    cursor = await conn.execute(
        """
        SELECT record_id, at, kind, app.decrypt(body) FROM record_changes
        WHERE partition_id = %s AND at >= %s ORDER BY at DESC LIMIT %s
        """,
        (partition.id, since, REPLAYED + 1),
    )
    rows = await cursor.fetchall()
    changes = [_change(*row) for row in rows[:REPLAYED]]
    firings = replay(link.rule, changes, link.recipient_field, now)
    records = {
        one.id: one
        for one in await read_records(conn, tenant_id, list(dict.fromkeys(f.record_id for f in firings)))
    }
    blinder = Blinder(await rt.keys.of(rt.pool, tenant_id))
    out = await _opted_out(conn, blinder, link, records)
    prices = await read_price_book(conn, now)
    sent = [f for f in firings if f.outcome in {"sent", "moved"} and f.record_id not in out]
    return BackTest(
        firings,
        frozenset(out),
        records,
        len(changes),
        len(rows) > REPLAYED,
        len(sent) * prices.won("alimtalk"),
        since,
    )


def _change(record_id: UUID, at: datetime, kind: str, body: str | None) -> Change:
    opened = json.loads(body) if body is not None else {}
    after = opened.get("after")
    before = {**after, **opened["before"]} if after is not None and "before" in opened else None
    return Change(record_id, at, kind, None if kind == "deleted" else after, before)


async def _opted_out(
    conn: Conn, blinder: Blinder, link: TemplateLink, records: Mapping[UUID, Record]
) -> set[UUID]:
    keys = {
        one.id: blinder.address_key("phone", str(one.values[link.recipient_field]))
        for one in records.values()
        if one.values.get(link.recipient_field)
    }
    cursor = await conn.execute(
        """
        SELECT address_key FROM suppressions
        WHERE address_key = ANY(%s) AND kind = 'phone' AND channel IN ('all', 'alimtalk')
        """,
        (sorted(set(keys.values())),),
    )
    stopped = {row[0] for row in await cursor.fetchall()}
    return {record_id for record_id, key in keys.items() if key in stopped}


def title_of(partition: Partition, record: Record | None) -> str:
    """What people call a record: its name, else its first value."""
    if record is None:
        return ""
    ordered = sorted(partition.fields, key=lambda one: not one.is_name)
    for one in ordered:
        if one.key in record.values:
            return as_text(one, record.values[one.key])[:60]
    return ""


def shown_title(partition: Partition | None, record: Record | None, *, unmasked: bool) -> str:
    if partition is None or record is None:
        return ""
    name = partition.name_field
    if name is not None and name.key in record.values and not unmasked and name.personal:
        return str(masked(name, record.values[name.key]))
    first = next((one for one in partition.fields if one.key in record.values), None)
    if name is None and first is not None and first.personal and not unmasked:
        return str(masked(first, record.values[first.key]))
    return title_of(partition, record)
