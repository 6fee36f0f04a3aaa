"""Messages of template links: from "this record, now" to rows that dispatch sends. Set-based: a batch costs the same few
statements per template, however many records and rules.

Whatever is decided here commits with the decision that led to it (the guard, the queue, the outbox row), so that a crash
loses nothing and doubles nothing. The gate, the quota and the opt-outs are asked by dispatch at its claim.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pabal.automations.lawful import around_now, standing_of
from pabal.automations.model import TemplateLink
from pabal.campaigns import TEMPLATE_GONE, plan_step
from pabal.compliance import Around
from pabal.contacts import Blinder, adopt_people, is_mobile
from pabal.dispatch import Addressee, FrozenStep, announce_stream, start_stream
from pabal.domain.ids import new_id
from pabal.kit.clock import KST
from pabal.kit.db import Conn, int_array, uuid_array
from pabal.kit.http.errors import Problem
from pabal.records import Partition, Record, person_of, read_records
from pabal.runtime import Runtime

# Reasons why there is no message, as logs keep them. Those that can be mended may be tried again (logs.retry).
NO_PHONE = "no_phone"
MISSING_VARIABLE = "missing_variable"
TEMPLATE_NOT_READY = "template_not_ready"
RECORD_DELETED = "record_deleted"
CONDITION_CHANGED = "condition_changed"
COOLDOWN = "cooldown"
RECORD_RATE = "record_rate"
LINK_RATE = "link_rate"
TOO_LATE = "too_late"


@dataclass(frozen=True, repr=False)
class Wish:
    """One message that a link wants to send."""

    link: TemplateLink
    record_id: UUID
    values: Mapping[str, Any]
    trigger_type: str  # manual, auto, repeat
    occasion: str
    repeat_no: int = 0
    created_by: UUID | None = None
    at: datetime | None = None  # of the change, where a change caused it

    @property
    def phone(self) -> str | None:
        """Where an AlimTalk can arrive: a mobile number."""
        phone = self.values.get(self.link.recipient_field)
        return phone if isinstance(phone, str) and is_mobile(phone) else None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a wish's message is."""

    send_id: UUID
    seq: int


@dataclass(slots=True)
class Fired:
    """`placed` by the wish's place in what was asked; `refused` says why there is no message."""

    placed: dict[int, Placed] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)

    @property
    def sends(self) -> list[UUID]:
        return list(dict.fromkeys(one.send_id for one in self.placed.values()))


def recipient_key(blinder: Blinder, phone: str) -> int:
    return blinder.address_key("phone", phone)


async def steps_of(conn: Conn, link: TemplateLink) -> tuple[FrozenStep, ...]:
    """What a link sends through now; () while its template isn't approved or nothing can carry it."""
    steps: list[dict[str, Any]] = [
        # One record without a value is skipped; it never holds up the others.
        {"channel": "alimtalk", "templateId": str(link.template_id), "missingPolicy": "skip"}
    ]
    if link.fallback is not None:
        steps.append(
            {
                "channel": link.fallback.get("channel") or "sms",
                "body": link.fallback.get("body") or link.template_body,
                "subject": link.fallback.get("subject") or "",
                "senderId": link.fallback.get("senderId"),
                "fallbackOn": link.fallback.get("fallbackOn"),
                "afterSeconds": link.fallback.get("afterSeconds") or 0,
                "missingPolicy": "skip",
            }
        )
    try:
        plans = [
            await plan_step(conn, step, rehearse=False, may_overlap=False, advert=False) for step in steps
        ]
    except Problem as problem:
        if problem.code is TEMPLATE_GONE:
            return ()
        raise
    if plans[0].frozen is None:
        return ()
    return tuple(plan.frozen for plan in plans if plan.frozen is not None)


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a link sends through now, or why it can't ("" when it can)."""

    steps: tuple[FrozenStep, ...] = ()
    reason: str = ""


class Readinesses:
    """Of the links of one transaction: each template is asked about once, and the law about all of them together."""

    def __init__(self, conn: Conn, tenant_id: UUID, now: datetime) -> None:
        self._conn, self._tenant_id, self._now = conn, tenant_id, now
        self._around: Around | None = None
        self._known: dict[UUID, Readiness] = {}
        self._steps: dict[str, tuple[FrozenStep, ...]] = {}

    async def of(self, link: TemplateLink) -> Readiness:
        if link.id not in self._known:
            self._known[link.id] = await self._ask(link)
        return self._known[link.id]

    def lapses_at(self, wish: "Wish") -> datetime | None:
        """When it makes no sense any more. Counted from when it could go: the night has moved it, not made it late."""
        if wish.link.not_after is None or wish.trigger_type == "manual":
            return None
        return self._now + wish.link.not_after

    async def _ask(self, link: TemplateLink) -> Readiness:
        means = f"{link.template_id} {json.dumps(link.fallback, sort_keys=True)}"
        steps = self._steps.get(means)
        if steps is None:
            steps = self._steps[means] = await steps_of(self._conn, link)
        if not steps:
            return Readiness(reason=TEMPLATE_NOT_READY)
        if self._around is None:
            self._around = await around_now(self._conn, self._tenant_id, self._now)
        return Readiness(steps, standing_of(link, self._around, self._now).reason)


async def fire(
    conn: Conn,
    tenant_id: UUID,
    blinder: Blinder,
    partitions: Mapping[UUID, Partition],
    wishes: Sequence[Wish],
    *,
    ready: Readinesses,
) -> Fired:
    """Make the messages and write the log. After the commit: `announce`."""
    fired = Fired()
    # Rules that say the same through the same sender share a send: with fifty rules on one template, a send for each would
    # cost a claim, a call and a settlement for nearly every message. Which message is which rule's stands in the log.
    rules: dict[tuple[UUID, UUID | None], list[int]] = {}
    tables: dict[UUID, dict[int, Wish]] = {}
    for place, wish in enumerate(wishes):
        if wish.phone is None:
            fired.refused[place] = NO_PHONE
            continue
        readiness = await ready.of(wish.link)
        if readiness.reason or wish.link.partition_id not in partitions:
            fired.refused[place] = readiness.reason or TEMPLATE_NOT_READY
            continue
        tables.setdefault(wish.link.partition_id, {})[place] = wish
        rules.setdefault((wish.link.id, wish.created_by), []).append(place)
    alike: list[tuple[tuple[FrozenStep, ...], UUID | None, datetime | None, list[int]]] = []
    for (_, created_by), places in rules.items():
        wish = wishes[places[0]]
        steps, not_after = (await ready.of(wish.link)).steps, ready.lapses_at(wish)
        for theirs, by, at, others in alike:
            if theirs == steps and by == created_by and at == not_after:
                others.extend(places)
                break
        else:
            alike.append((steps, created_by, not_after, places))
    people: dict[int, Addressee] = {}
    for partition_id, rows in tables.items():
        people |= await _addressees(conn, tenant_id, blinder, partitions[partition_id], rows)
    for steps, created_by, not_after, places in alike:
        for round_ in _rounds({place: people[place] for place in places}):
            send_id = await start_stream(
                conn,
                tenant_id,
                steps=steps,
                people=[people[place] for place in round_],
                created_by=created_by,
                not_after=not_after,
            )
            for seq, place in enumerate(round_, 1):
                fired.placed[place] = Placed(send_id, seq)
    await write_logs(conn, tenant_id, wishes, fired)
    return fired


async def _addressees(
    conn: Conn, tenant_id: UUID, blinder: Blinder, partition: Partition, wishes: Mapping[int, Wish]
) -> dict[int, Addressee]:
    wanted = {
        place: person
        for place, wish in wishes.items()
        if (person := person_of(partition, wish.values, wish.link.recipient_field)) is not None
    }
    contacts = await adopt_people(
        conn, tenant_id, blinder, list(wanted.values()), source=f"표: {partition.name}"[:100]
    )
    fields = partition.by_key
    return {
        place: Addressee(
            contacts[person],
            recipient_key(blinder, person.phone),
            person.phone,
            wishes[place].link.values(fields, wishes[place].values),
            None if wishes[place].trigger_type == "manual" else wishes[place].record_id,
        )
        for place, person in wanted.items()
    }


def _rounds(people: Mapping[int, Addressee]) -> list[list[int]]:
    """The same person or handset twice goes into another send: within one, both are unique."""
    rounds: list[tuple[list[int], set[object]]] = []
    for place, person in people.items():
        marks: set[object] = {person.contact_id, person.address_key}
        for places, taken in rounds:
            if not marks & taken:
                places.append(place)
                taken.update(marks)
                break
        else:
            rounds.append(([place], marks))
    return [places for places, _ in rounds]


async def write_logs(conn: Conn, tenant_id: UUID, wishes: Sequence[Wish], fired: Fired) -> None:
    """One line per wish that was decided, except that what a change was stopped by is one line a day, which counts: a form
    that saves a record a thousand times leaves one line. A line with a message is never taken over by a later refusal."""
    lines: dict[tuple[UUID, UUID, str], tuple[int, int]] = {}  # → (place, how often)
    for i in sorted(fired.placed.keys() | fired.refused.keys()):
        key = (wishes[i].link.id, wishes[i].record_id, _occasion(wishes[i], fired.refused.get(i)))
        lines[key] = (i, lines[key][1] + 1 if key in lines else 1)
    if not lines:
        return
    places = [place for place, _ in lines.values()]
    await conn.execute(
        """
        INSERT INTO automation_logs (tenant_id, id, template_link_id, record_id, trigger_type, occasion, repeat_no, send_id,
                                     seq, reason, created_by, tries)
        SELECT %(tenant)s, v.* FROM unnest(
            %(ids)s::uuid[], %(links)s::uuid[], %(records)s::uuid[], %(types)s::text[], %(occasions)s::text[],
            %(repeats)s::smallint[], %(sends)s::uuid[], %(seqs)s::integer[], %(reasons)s::text[], %(by)s::uuid[],
            %(tries)s::integer[]) AS v
        ON CONFLICT (tenant_id, template_link_id, record_id, occasion)
        DO UPDATE SET send_id = excluded.send_id, seq = excluded.seq, reason = excluded.reason,
                      tries = automation_logs.tries + excluded.tries
        WHERE automation_logs.send_id IS NULL OR excluded.send_id IS NOT NULL
        """,
        {
            "tenant": tenant_id,
            "ids": uuid_array(new_id() for _ in places),
            "links": uuid_array(wishes[i].link.id for i in places),
            "records": uuid_array(wishes[i].record_id for i in places),
            "types": [wishes[i].trigger_type for i in places],
            "occasions": [occasion for _, _, occasion in lines],
            "repeats": int_array(wishes[i].repeat_no for i in places),
            "sends": uuid_array(fired.placed[i].send_id if i in fired.placed else None for i in places),
            "seqs": [fired.placed[i].seq if i in fired.placed else None for i in places],
            "reasons": [fired.refused.get(i, "") for i in places],
            "by": uuid_array(wishes[i].created_by for i in places),
            "tries": int_array(times for _, times in lines.values()),
        },
    )


def _occasion(wish: Wish, refused: str | None) -> str:
    if refused is None or wish.at is None:
        return wish.occasion
    return f"{refused}:{wish.at.astimezone(KST):%Y-%m-%d}"


async def announce(rt: Runtime, tenant_id: UUID, fired: Fired) -> None:
    for send_id, people in Counter(one.send_id for one in fired.placed.values()).items():
        await announce_stream(rt, tenant_id, send_id, people=people)


async def current(conn: Conn, tenant_id: UUID, records: Sequence[UUID]) -> dict[UUID, Record]:
    return {one.id: one for one in await read_records(conn, tenant_id, records)}
