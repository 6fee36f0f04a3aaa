"""Intent: gate a chunk's people, render, reserve quota, write requests and attempts. Part of the claim's transaction."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, NamedTuple
from uuid import UUID, uuid4

import httpx
from psycopg import AsyncCursor
from psycopg.rows import TupleRow

from pabal import quota
from pabal.channels.base import OutgoingMessage
from pabal.channels.registry import is_fenced, speaks, unfenced_carrier
from pabal.dispatch import gate
from pabal.dispatch.counters import Deltas, add_deltas, note_move
from pabal.dispatch.give import give_variants
from pabal.dispatch.model import FrozenStep, Hold, RequestRow, SendRow
from pabal.dispatch.render import Finished, Unrenderable, finish, finish_person, outgoing, read_snapshots
from pabal.domain.ids import new_id
from pabal.domain.message import MessageState, SkipReason
from pabal.kit.clock import month_kst
from pabal.kit.db import Conn, hex_array, int_array
from pabal.senders import used_this_month

ACCOUNT_CAP = "account_cap"


class Person(NamedTuple):
    """Somebody of the chunk who goes out now."""

    seq: int
    n: int
    finished: Finished
    message: OutgoingMessage


@dataclass(frozen=True, slots=True)
class Planned:
    """A request whose intent is committed and which was never called."""

    request_id: UUID
    request_key: str
    step: FrozenStep
    channel: str  # of the request: what it is searched and polled by
    messages: tuple[OutgoingMessage, ...]


# Messages about a record that has changed since somebody looked: a rule's condition may be true no more. Whoever looks takes
# the outbox row away in the transaction that takes the message back, so that a change committed before this statement is
# either here or already decided; one that commits later comes after the message. Campaigns have no subjects.
UNSEEN: LiteralString = """
    SELECT about.seq FROM sends s
    CROSS JOIN LATERAL unnest(s.subjects) WITH ORDINALITY AS about (subject, seq)
    JOIN record_outbox o ON o.tenant_id = s.tenant_id AND o.record_id = about.subject
    WHERE s.tenant_id = %(tenant)s AND s.id = %(send)s
"""

# One statement: everybody waiting goes queued → sending, and the gate judges the very rows that this UPDATE returns. Only
# they are ever written as intent; those the gate stops are set to skipped before the commit. Two statements before, which
# locked every row, judged it, found it again and then changed it (12 µs a message; docs/benchmarks.md).
_FENCE_AND_GATE: LiteralString = (
    """
    WITH fenced AS (
        UPDATE messages m
        SET state = 'sending', reason = NULL, attempts = attempts + 1, updated_at = clock_timestamp()
        WHERE m.tenant_id = %(tenant)s AND m.send_id = %(send)s AND m.seq BETWEEN %(seq_from)s AND %(seq_to)s
          AND (%(members)s::int[] IS NULL OR m.seq = ANY(%(members)s::int[]))
          AND m.state = 'queued' AND m.step = %(step)s  -- its people may wait in a chunk of their next step by now
          AND NOT EXISTS (SELECT FROM retries r
                          WHERE r.tenant_id = m.tenant_id AND r.send_id = m.send_id AND r.seq = m.seq)
          AND m.seq NOT IN ("""
    + UNSEEN
    + """)
        RETURNING m.seq, m.send_id, m.contact_id, m.address_key, m.address_no, m.attempts, m.snapshot, m.variant
    )
    SELECT g.seq, g.attempts, g.address_no, app.decrypt(g.snapshot), g.variant, """
    + gate.FIRST_REASON
    + """ AS reason
    FROM (SELECT %(tenant)s::uuid AS tenant_id, %(send)s::uuid AS send_id, %(channel)s::text AS channel,
                 %(purposes)s::text[] AS purposes, %(consent)s::text AS consent, %(night)s::text AS night,
                 %(consent_since)s::timestamptz AS consent_since) AS p
    CROSS JOIN fenced g LEFT JOIN contacts c ON c.tenant_id = %(tenant)s AND c.id = g.contact_id
    ORDER BY g.seq
    """
)

# (seq, n, address_no, snapshot, variant)
_Fenced = tuple[int, int, int, str | None, int | None]


async def _fence(
    conn: Conn, hold: Hold, step: FrozenStep, now: datetime, *, rehearse: bool
) -> tuple[list[_Fenced], dict[str, list[int]]]:
    """The chunk's waiting people, `sending` from now on: who passes the gate, and the others by first reason."""
    cursor = await conn.execute(
        _FENCE_AND_GATE,
        {
            "tenant": hold.tenant_id,
            "send": hold.send_id,
            "seq_from": hold.seq_from,
            "seq_to": hold.seq_to,
            "members": None if hold.members is None else int_array(hold.members),
            "step": hold.step,
            "channel": gate.suppression_channel(step.channel),
            "purposes": list(step.purposes),
            "consent": gate.consent_of(step),
            "night": gate.night_of(step, now, rehearse=rehearse),
            "consent_since": gate.consent_since(now),
        },
    )
    passing: list[_Fenced] = []
    stopped: dict[str, list[int]] = defaultdict(list)
    for seq, n, address_no, snapshot, variant, reason in await cursor.fetchall():
        if reason is None:
            passing.append((seq, n, address_no, snapshot, variant))
        else:
            stopped[reason].append(seq)
    return passing, stopped


class QuotaShortError(Exception):
    """Not everybody's unit was left: roll back and claim again, with the units reserved before anybody's attempt."""


@dataclass(frozen=True, slots=True)
class Account:
    """Of a step. `trouble`: why nothing may be sent through it."""

    carrier: str = ""
    cap: int | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Claiming:
    """What a claim knows. `reserve_first`: units may be short, so they are asked for before intent is written."""

    send: SendRow
    hold: Hold
    account: Account
    now: datetime
    reserve_first: bool = False


async def plan_requests(
    conn: Conn, http: httpx.AsyncClient, about: Claiming, *, link_key: bytes
) -> tuple[tuple[Planned, ...], str]:
    """The requests to make, and why the send must be held ("" if it needn't). In a `tenant_tx_piped`."""
    send, hold, now = about.send, about.hold, about.now
    step = send.steps[hold.step]
    carrier, cap = about.account.carrier, about.account.cap
    if about.account.trouble:
        return (), about.account.trouble
    passing, stopped = await _fence(conn, hold, step, now, rehearse=send.rehearse)
    passed: list[Person] = []
    unfit: dict[str, list[int]] = defaultdict(list)
    back: list[int] = []
    hold_reason = ""
    given: dict[int, int] = {}
    if send.variants:
        given = await give_variants(conn, send, hold, [seq for seq, *_ in passing])
    # An erasure that raced us nulls the snapshot: nothing is left to say, or to say it to.
    snapshots = iter(read_snapshots([snapshot for *_, snapshot, _ in passing if snapshot is not None]))
    for seq, n, address_no, snapshot, held in passing:
        variant = given.get(seq, held)
        text = step if variant is None else send.step_for(hold.step, variant)
        finished = (
            finish_person(text, next(snapshots), address_no, send.link_values(link_key, seq))
            if snapshot is not None
            else Unrenderable(SkipReason.ERASED)
        )
        if not isinstance(finished, Unrenderable):
            passed.append(Person(seq, n, finished, outgoing(text, finished, hold.send_id, seq, n)))
        elif finished.stop:  # the author asked for it: nobody is skipped, somebody must look
            hold_reason = finished.reason.value
            back.append(seq)
        else:
            unfit[finished.reason.value].append(seq)

    if cap is not None:
        left = max(0, cap - await used_this_month(conn, hold.tenant_id, step.account_id, now))
        if left < len(passed):
            hold_reason = ACCOUNT_CAP
            back += [person.seq for person in passed[left:]]
            passed = passed[:left]
    month = None if send.rehearse else month_kst(now)
    if month is not None and about.reserve_first:
        granted = await quota.reserve(
            conn, hold.tenant_id, month, len(passed), send_id=hold.send_id, request_id=None
        )
        if granted < len(passed):
            hold_reason = "quota"
            back += [person.seq for person in passed[granted:]]
            passed = passed[:granted]

    deltas: Deltas = Counter()
    for reason, seqs in stopped.items():
        await _set_messages(conn, hold, seqs, "skipped", reason)
        note_move(deltas, (MessageState.QUEUED, None), (MessageState.SKIPPED, reason), len(seqs))
    for reason, seqs in unfit.items():
        await _set_messages(conn, hold, seqs, "skipped", reason)
        note_move(deltas, (MessageState.QUEUED, None), (MessageState.SKIPPED, reason), len(seqs))
    await _set_messages(conn, hold, back, "queued", None)
    note_move(deltas, (MessageState.QUEUED, None), (MessageState.SENDING, None), len(passed))
    planned = []
    for people in _grouped(carrier, http, step, passed):
        channel = step.channel if is_fenced(carrier) else people[0].finished.kind
        messages = tuple(person.message for person in people)
        planned.append(Planned(new_id(), str(uuid4()), step, channel, messages))
    await write_requests(conn, hold, planned)
    await _write_attempts(conn, hold, month, planned, passed)
    if month is not None and not about.reserve_first:
        # Last: the month's row is one for all chunks of a tenant, locked from here to the commit.
        granted = await quota.reserve(
            conn, hold.tenant_id, month, len(passed), send_id=hold.send_id, request_id=None
        )
        if granted < len(passed):
            raise QuotaShortError
    await add_deltas(conn, hold.tenant_id, hold.send_id, deltas)
    return tuple(planned), hold_reason


async def waits_for_a_look(conn: Conn, send: SendRow) -> bool:
    """Is some message's record changed since? Asked only where a claim has found nobody to send to."""
    cursor = await conn.execute("SELECT EXISTS (" + UNSEEN + ")", {"tenant": send.tenant_id, "send": send.id})
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def step_accounts(conn: Conn, send: SendRow) -> AsyncCursor[TupleRow]:
    """The accounts of all steps, for `account_of`, which knows the step."""
    return await conn.execute(
        "SELECT id, carrier, monthly_cap, state FROM carrier_accounts WHERE tenant_id = %s AND id = ANY(%s)",
        (send.tenant_id, sorted({step.account_id for step in send.steps})),
    )


async def account_of(accounts: AsyncCursor[TupleRow], send: SendRow, hold: Hold) -> Account:
    step = send.steps[hold.step]
    for one, carrier, cap, state in await accounts.fetchall():
        if one == step.account_id and state == "active":
            return Account(carrier, cap, "" if speaks(carrier, step.channel) else "account_channel")
    return Account(trouble="account_disabled")


async def cap_left(conn: Conn, send: SendRow, now: datetime) -> bool:
    """May every account of a send's steps still send this month?"""
    accounts = sorted({step.account_id for step in send.steps})
    cursor = await conn.execute(
        "SELECT id, monthly_cap FROM carrier_accounts WHERE id = ANY(%s) AND monthly_cap IS NOT NULL",
        (accounts,),
    )
    capped = await cursor.fetchall()
    return all([await used_this_month(conn, send.tenant_id, one, now) < cap for one, cap in capped])


def _grouped(
    carrier: str, http: httpx.AsyncClient, step: FrozenStep, people: Sequence[Person]
) -> list[list[Person]]:
    """Who shares a request. A group takes everybody; else those whose content the carrier can't tell apart."""
    if not people or is_fenced(carrier):
        return [list(people)] if people else []
    adapter = unfenced_carrier(carrier, step.channel, http)
    groups: dict[Hashable, list[Person]] = defaultdict(list)
    for person in people:
        groups[adapter.same_request(person.message)].append(person)
    size = adapter.max_recipients
    return [group[at : at + size] for group in groups.values() for at in range(0, len(group), size)]


async def _set_messages(conn: Conn, hold: Hold, seqs: list[int], state: str, reason: str | None) -> None:
    """People whom this transaction has fenced (`sending`) and who won't go out now. They give their attempt number back."""
    if not seqs:
        return
    await conn.execute(
        """
        UPDATE messages
        SET state = %(state)s, reason = %(reason)s, attempts = attempts - 1,
            updated_at = clock_timestamp()
        WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq BETWEEN %(seq_from)s AND %(seq_to)s
          AND seq = ANY(%(seqs)s::int[]) AND state = 'sending'
        """,
        {
            "tenant": hold.tenant_id,
            "send": hold.send_id,
            "seq_from": hold.seq_from,
            "seq_to": hold.seq_to,
            "seqs": int_array(seqs),
            "state": state,
            "reason": reason,
        },
    )


async def write_requests(conn: Conn, hold: Hold, planned: Sequence[Planned]) -> None:
    if not planned:
        return
    await conn.execute(
        """
        INSERT INTO requests (tenant_id, send_id, id, chunk_no, epoch, step, channel, account_id, request_key, state,
                              size, owner)
        SELECT %(tenant)s, %(send)s, v.id, %(no)s, %(epoch)s, %(step)s, v.channel, %(account)s, v.key, 'planned', v.size,
               %(owner)s
        FROM unnest(%(ids)s::uuid[], %(channels)s::text[], %(keys)s::text[], %(sizes)s::int[])
             AS v (id, channel, key, size)
        """,
        {
            "tenant": hold.tenant_id,
            "send": hold.send_id,
            "no": hold.chunk_no,
            "epoch": hold.epoch,
            "step": hold.step,
            "account": planned[0].step.account_id,
            "owner": hold.owner,
            "ids": [one.request_id for one in planned],
            "channels": [one.channel for one in planned],
            "keys": [one.request_key for one in planned],
            "sizes": [len(one.messages) for one in planned],
        },
    )


async def _write_attempts(
    conn: Conn, hold: Hold, month: str | None, planned: Sequence[Planned], passed: Sequence[Person]
) -> None:
    if not passed:
        return
    channels = sorted({person.finished.kind for person in passed})
    nth = {message.attempt_id: no for no, one in enumerate(planned, 1) for message in one.messages}
    await conn.execute(
        """
        INSERT INTO attempts (tenant_id, send_id, seq, n, request_id, channel, state, text_hash, bytes,
                              quota_month, quota_state)
        SELECT %(tenant)s, %(send)s, v.seq, v.n, (%(requests)s::uuid[])[v.request], (%(channels)s::text[])[v.channel],
               'intent', decode(v.hash, 'hex'), v.bytes, %(month)s::text,
               CASE WHEN %(month)s::text IS NULL THEN 'none' ELSE 'reserved' END
        FROM unnest(%(seqs)s::int[], %(ns)s::smallint[], %(request)s::smallint[], %(channel)s::smallint[],
                    %(hashes)s::text[], %(bytes)s::smallint[]) AS v (seq, n, request, channel, hash, bytes)
        """,
        {
            "tenant": hold.tenant_id,
            "send": hold.send_id,
            "month": month,
            # Of 500 people nearly all share request and channel: named once, then numbered from 1.
            "requests": [one.request_id for one in planned],
            "channels": channels,
            "seqs": int_array(person.seq for person in passed),
            "ns": int_array(person.n for person in passed),
            "request": int_array(nth[person.message.attempt_id] for person in passed),
            "channel": int_array(channels.index(person.finished.kind) + 1 for person in passed),
            "hashes": hex_array(person.finished.text_hash for person in passed),
            "bytes": int_array(person.finished.weight for person in passed),
        },
    )


async def same_messages(
    conn: Conn, send: SendRow, hold: Hold, request: RequestRow, *, link_key: bytes
) -> tuple[OutgoingMessage, ...] | None:
    """A request's messages once more, if every one of them is still exactly what it was: nobody erased, same text."""
    cursor = await conn.execute(
        """
        SELECT a.seq, a.n, a.state, a.text_hash, m.address_no, app.decrypt(m.snapshot), m.variant
        FROM attempts a
        JOIN messages m ON m.tenant_id = a.tenant_id AND m.send_id = a.send_id AND m.seq = a.seq
             AND m.seq BETWEEN %(low)s AND %(high)s
        WHERE a.tenant_id = %(tenant)s AND a.send_id = %(send)s AND a.seq BETWEEN %(low)s AND %(high)s
          AND a.request_id = %(request)s
        ORDER BY a.seq
        """,
        {
            "tenant": hold.tenant_id,
            "send": hold.send_id,
            "low": hold.seq_from,
            "high": hold.seq_to,
            "request": request.id,
        },
    )
    messages = []
    for seq, n, state, text_hash, address_no, snapshot, variant in await cursor.fetchall():
        step, links = send.step_for(request.step, variant), send.link_values(link_key, seq)
        finished = finish(step, snapshot, address_no, links) if snapshot is not None else None
        if state not in {"intent", "unknown"} or finished is None or isinstance(finished, Unrenderable):
            return None
        if finished.text_hash != bytes(text_hash):
            return None
        messages.append(outgoing(step, finished, hold.send_id, seq, n))
    return tuple(messages) or None
