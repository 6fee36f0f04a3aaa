"""Claim: take a due chunk, gate its people, reserve quota, write intent. One transaction, before any carrier is called.

Lock order here and everywhere: gate barrier → send → chunk → requests → attempts → messages → retries → quota → counters.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from pabal import quota
from pabal.channels.base import OutgoingMessage
from pabal.dispatch import gate
from pabal.dispatch.counters import Deltas, add_deltas, note_move
from pabal.dispatch.ledger import apply_news, lock_send
from pabal.dispatch.model import POLICY_VERSION, FrozenStep, Hold, RequestRow, SendRow
from pabal.dispatch.render import Finished, Unrenderable, finish, outgoing
from pabal.domain.ids import new_id
from pabal.domain.message import AttemptState, MessageState, SkipReason
from pabal.domain.news import News
from pabal.kit.clock import boottime, month_kst
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime

# A write that starts later than this before the lease's end could still be under way when a taker asks.
DEADLINE_MARGIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Planned:
    """A request whose intent is committed and which was never called."""

    request_id: UUID
    step: FrozenStep
    messages: tuple[OutgoingMessage, ...]


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim found: requests of a previous owner to ask about, or a request to make, or neither."""

    hold: Hold
    send: SendRow
    to_ask: tuple[RequestRow, ...]
    planned: Planned | None


async def claim_chunk(rt: Runtime, tenant_id: UUID, send_id: UUID, owner: str) -> Claimed | None:
    """Take the next due chunk of a send. None: nothing is due, or nothing may be claimed now."""
    async with tenant_tx(rt, tenant_id) as conn:
        await gate.enter_gate(conn, tenant_id)
        send = await lock_send(conn, tenant_id, send_id)
        if send is None or send.state in {"launching", "finished"} or await _frozen(conn):
            return None
        now = rt.clock.now()
        may_claim = send.state == "running" and not (send.not_after is not None and now >= send.not_after)
        lease = rt.settings.lease_seconds
        started = boottime()
        hold = await _take_chunk(conn, send, owner, lease, may_claim=may_claim, started=started)
        if hold is None:
            return None
        requests = await _open_requests(conn, hold)
        await _void_planned(conn, send, hold, [r for r in requests if r.state == "planned"])
        to_ask = tuple(r for r in requests if r.state == "calling")
        if to_ask:
            return Claimed(hold, send, to_ask, None)
        planned, hold_reason = await _plan_request(conn, send, hold, now) if may_claim else (None, "")
        if planned is None:
            await close_or_reopen(conn, hold)
    if hold_reason:
        await hold_send(rt, tenant_id, send_id, hold_reason)
    return Claimed(hold, send, (), planned)


async def hold_send(rt: Runtime, tenant_id: UUID, send_id: UUID, reason: str) -> None:
    """Nothing more of this send is claimed until the reason ends (sweep) or a person acts.

    A transaction of its own: inside a claim it would raise the FOR SHARE lock that other claims hold too, and deadlock.
    If we die before it, the next claim meets the same reason.
    """
    async with tenant_tx(rt, tenant_id) as conn:
        await conn.execute(
            "UPDATE sends SET state = 'held', hold_reason = %s WHERE tenant_id = %s AND id = %s AND state = 'running'",
            (reason, tenant_id, send_id),
        )


async def _frozen(conn: Conn) -> bool:
    """After a restore nothing is sent until the carriers' logs are adopted."""
    row = await (await conn.execute("SELECT sending_frozen FROM app.installation")).fetchone()
    return row is None or bool(row[0])


async def _take_chunk(
    conn: Conn, send: SendRow, owner: str, lease: float, *, may_claim: bool, started: float
) -> Hold | None:
    cursor = await conn.execute(
        """
        WITH due AS (
            SELECT no FROM chunks c
            WHERE c.tenant_id = %(tenant)s AND c.send_id = %(send)s AND c.state = 'open' AND c.due_at <= clock_timestamp()
              AND (c.lease_until IS NULL OR c.lease_until <= clock_timestamp())
              AND (%(may_claim)s OR EXISTS (
                    SELECT FROM requests r
                    WHERE r.tenant_id = c.tenant_id AND r.send_id = c.send_id AND r.chunk_no = c.no
                      AND r.state IN ('planned', 'calling')))
            ORDER BY c.due_at, c.no
            LIMIT 1
            FOR NO KEY UPDATE SKIP LOCKED  -- two workers never wait for one chunk
        )
        UPDATE chunks c
        SET epoch = c.epoch + 1, owner = %(owner)s, lease_until = clock_timestamp() + %(lease)s,
            policy_version = %(policy)s, gate_at = clock_timestamp()
        FROM due
        WHERE c.tenant_id = %(tenant)s AND c.send_id = %(send)s AND c.no = due.no
        RETURNING c.no, c.epoch, c.seq_from, c.seq_to, c.members, c.step
        """,
        {
            "tenant": send.tenant_id,
            "send": send.id,
            "may_claim": may_claim,
            "owner": owner,
            "lease": timedelta(seconds=lease),
            "policy": POLICY_VERSION,
        },
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    no, epoch, seq_from, seq_to, members, step = row
    return Hold(
        tenant_id=send.tenant_id,
        send_id=send.id,
        chunk_no=no,
        epoch=epoch,
        owner=owner,
        seq_from=seq_from,
        seq_to=seq_to,
        members=None if members is None else tuple(members),
        step=step,
        deadline=started + lease - DEADLINE_MARGIN_SECONDS,
    )


async def _open_requests(conn: Conn, hold: Hold) -> list[RequestRow]:
    cursor = await conn.execute(
        """
        SELECT id, chunk_no, state, stage, step, account_id, provider_id, size, owner, asked,
               discarded_at IS NOT NULL, coalesce(ask_after <= clock_timestamp(), true)
        FROM requests
        WHERE tenant_id = %s AND send_id = %s AND chunk_no = %s AND state IN ('planned', 'calling')
        ORDER BY id
        FOR NO KEY UPDATE
        """,
        (hold.tenant_id, hold.send_id, hold.chunk_no),
    )
    return [RequestRow(*row) for row in await cursor.fetchall()]


async def _void_planned(conn: Conn, send: SendRow, hold: Hold, requests: list[RequestRow]) -> None:
    """Intent that was never called: its people go back to queued, its units are free again."""
    for request in requests:
        await void_request(conn, send, hold, request.id, note="never called")


async def void_request(conn: Conn, send: SendRow, hold: Hold, request_id: UUID, *, note: str) -> None:
    """Proven not to go out: void the open attempts of a request (the caller holds the chunk)."""
    await conn.execute(
        """
        UPDATE requests SET state = 'voided', note = %s, poll_after = NULL, updated_at = clock_timestamp()
        WHERE tenant_id = %s AND send_id = %s AND id = %s AND state IN ('planned', 'calling')
        """,
        (note, hold.tenant_id, hold.send_id, request_id),
    )
    await apply_news(
        conn,
        send,
        [
            News(seq, n, AttemptState.VOIDED, code=note)
            for seq, n in await open_attempts(conn, hold, request_id)
        ],
    )


async def open_attempts(conn: Conn, hold: Hold, request_id: UUID) -> list[tuple[int, int]]:
    """(seq, n) of a request's attempts whose fate isn't known."""
    cursor = await conn.execute(
        """
        SELECT seq, n FROM attempts
        WHERE tenant_id = %s AND send_id = %s AND seq BETWEEN %s AND %s AND request_id = %s
          AND state IN ('intent', 'unknown')
        ORDER BY seq, n
        """,
        (hold.tenant_id, hold.send_id, hold.seq_from, hold.seq_to, request_id),
    )
    return [(seq, n) for seq, n in await cursor.fetchall()]


_GATE: LiteralString = (
    """
    WITH waiting AS (
        SELECT m.seq, m.send_id, m.contact_id, m.address_key, m.address_no
        FROM messages m
        WHERE m.tenant_id = %(tenant)s AND m.send_id = %(send)s AND m.seq BETWEEN %(seq_from)s AND %(seq_to)s
          AND (%(members)s::int[] IS NULL OR m.seq = ANY(%(members)s::int[]))
          AND m.state = 'queued'
          AND NOT EXISTS (SELECT FROM retries r
                          WHERE r.tenant_id = m.tenant_id AND r.send_id = m.send_id AND r.seq = m.seq)
        ORDER BY m.seq
        FOR NO KEY UPDATE
    )
    SELECT g.seq, """
    + gate.FIRST_REASON
    + """ AS reason
    FROM (SELECT %(tenant)s::uuid AS tenant_id, %(send)s::uuid AS send_id, %(channel)s::text AS channel) AS p
    CROSS JOIN waiting g LEFT JOIN contacts c ON c.tenant_id = %(tenant)s AND c.id = g.contact_id
    ORDER BY g.seq
    """
)


async def _gate(conn: Conn, hold: Hold, channel: str) -> tuple[list[int], dict[str, list[int]]]:
    """Lock the chunk's waiting people and ask the gate: who passes, and the others by first reason."""
    cursor = await conn.execute(
        _GATE,
        {
            "tenant": hold.tenant_id,
            "send": hold.send_id,
            "seq_from": hold.seq_from,
            "seq_to": hold.seq_to,
            "members": None if hold.members is None else list(hold.members),
            "channel": gate.suppression_channel(channel),
        },
    )
    passing: list[int] = []
    stopped: dict[str, list[int]] = defaultdict(list)
    for seq, reason in await cursor.fetchall():
        if reason is None:
            passing.append(seq)
        else:
            stopped[reason].append(seq)
    return passing, stopped


async def _fence(conn: Conn, hold: Hold, passing: list[int]) -> list[tuple[int, int, int, str | None]]:
    """Queued → sending. Only what this UPDATE returns is ever written as intent: (seq, n, address_no, snapshot)."""
    if not passing:
        return []
    cursor = await conn.execute(
        """
        UPDATE messages SET state = 'sending', reason = NULL, attempts = attempts + 1, updated_at = clock_timestamp()
        WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq BETWEEN %(seq_from)s AND %(seq_to)s
          AND seq = ANY(%(seqs)s::int[]) AND state = 'queued'
        RETURNING seq, attempts, address_no, app.decrypt(snapshot)
        """,
        {
            "tenant": hold.tenant_id,
            "send": hold.send_id,
            "seq_from": hold.seq_from,
            "seq_to": hold.seq_to,
            "seqs": passing,
        },
    )
    return sorted(await cursor.fetchall())


async def _plan_request(conn: Conn, send: SendRow, hold: Hold, now: datetime) -> tuple[Planned | None, str]:
    """The request to make, and why the send must be held ("" if it needn't)."""
    step = send.steps[hold.step]
    passing, stopped = await _gate(conn, hold, step.channel)
    passed: list[tuple[int, int, Finished]] = []
    unfit: dict[str, list[int]] = defaultdict(list)
    back: list[int] = []
    hold_reason = ""
    for seq, n, address_no, snapshot in await _fence(conn, hold, passing):
        # An erasure that raced us nulls the snapshot: nothing is left to say, or to say it to.
        finished = (
            finish(step, snapshot, address_no) if snapshot is not None else Unrenderable(SkipReason.ERASED)
        )
        if not isinstance(finished, Unrenderable):
            passed.append((seq, n, finished))
        elif finished.stop:  # the author asked for it: nobody is skipped, somebody must look
            hold_reason = finished.reason.value
            back.append(seq)
        else:
            unfit[finished.reason.value].append(seq)

    request_id = new_id()
    month = None if send.rehearse else month_kst(now)
    granted = len(passed)
    if month is not None:
        granted = await quota.reserve(
            conn, hold.tenant_id, month, len(passed), send_id=hold.send_id, request_id=request_id
        )
    if granted < len(passed):
        hold_reason = "quota"
        back += [seq for seq, _, _ in passed[granted:]]
        passed = passed[:granted]

    deltas: Deltas = Counter()
    for reason, seqs in stopped.items():
        await _set_messages(conn, hold, seqs, "queued", "skipped", reason)
        note_move(deltas, (MessageState.QUEUED, None), (MessageState.SKIPPED, reason), len(seqs))
    for reason, seqs in unfit.items():
        await _set_messages(conn, hold, seqs, "sending", "skipped", reason)
        note_move(deltas, (MessageState.QUEUED, None), (MessageState.SKIPPED, reason), len(seqs))
    await _set_messages(conn, hold, back, "sending", "queued", None)
    note_move(deltas, (MessageState.QUEUED, None), (MessageState.SENDING, None), len(passed))
    if passed:
        await _write_intent(conn, hold, step, request_id, month, passed)
    await add_deltas(conn, hold.tenant_id, hold.send_id, deltas)
    if not passed:
        return None, hold_reason
    messages = tuple(outgoing(step, finished, hold.send_id, seq, n) for seq, n, finished in passed)
    return Planned(request_id, step, messages), hold_reason


async def _set_messages(
    conn: Conn, hold: Hold, seqs: list[int], old: str, state: str, reason: str | None
) -> None:
    """People who won't go out now. Those this transaction had fenced (`sending`) give their attempt number back."""
    if not seqs:
        return
    await conn.execute(
        """
        UPDATE messages
        SET state = %(state)s, reason = %(reason)s, attempts = attempts - (state = 'sending')::int,
            updated_at = clock_timestamp()
        WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq BETWEEN %(seq_from)s AND %(seq_to)s
          AND seq = ANY(%(seqs)s::int[]) AND state = %(old)s
        """,
        {
            "tenant": hold.tenant_id,
            "send": hold.send_id,
            "seq_from": hold.seq_from,
            "seq_to": hold.seq_to,
            "seqs": seqs,
            "old": old,
            "state": state,
            "reason": reason,
        },
    )


async def _write_intent(
    conn: Conn,
    hold: Hold,
    step: FrozenStep,
    request_id: UUID,
    month: str | None,
    passed: list[tuple[int, int, Finished]],
) -> None:
    await conn.execute(
        """
        INSERT INTO requests (tenant_id, send_id, id, chunk_no, epoch, step, channel, account_id, request_key, state,
                              size, owner)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, gen_random_uuid()::text, 'planned', %s, %s)
        """,
        (
            hold.tenant_id,
            hold.send_id,
            request_id,
            hold.chunk_no,
            hold.epoch,
            hold.step,
            step.channel,
            step.account_id,
            len(passed),
            hold.owner,
        ),
    )
    await conn.execute(
        """
        INSERT INTO attempts (tenant_id, send_id, seq, n, request_id, channel, state, text_hash, bytes,
                              quota_month, quota_state)
        SELECT %(tenant)s, %(send)s, v.seq, v.n, %(request)s, v.channel, 'intent', v.hash, v.bytes, %(month)s::text,
               CASE WHEN %(month)s::text IS NULL THEN 'none' ELSE 'reserved' END
        FROM unnest(%(seqs)s::int[], %(ns)s::smallint[], %(channels)s::text[], %(hashes)s::bytea[], %(bytes)s::smallint[])
             AS v (seq, n, channel, hash, bytes)
        """,
        {
            "tenant": hold.tenant_id,
            "send": hold.send_id,
            "request": request_id,
            "month": month,
            "seqs": [seq for seq, _, _ in passed],
            "ns": [n for _, n, _ in passed],
            "channels": [finished.kind for _, _, finished in passed],
            "hashes": [finished.text_hash for _, _, finished in passed],
            "bytes": [finished.weight for _, _, finished in passed],
        },
    )


async def close_or_reopen(conn: Conn, hold: Hold) -> None:
    """Give the chunk back: done when none of its people waits for it, else due again at once."""
    await conn.execute(
        """
        UPDATE chunks c
        SET state = CASE WHEN busy.yes THEN 'open' ELSE 'done' END, lease_until = NULL, owner = NULL,
            due_at = clock_timestamp()
        FROM (SELECT EXISTS (
                  SELECT FROM messages m
                  WHERE m.tenant_id = %(tenant)s AND m.send_id = %(send)s AND m.seq BETWEEN %(seq_from)s AND %(seq_to)s
                    AND (%(members)s::int[] IS NULL OR m.seq = ANY(%(members)s::int[]))
                    AND m.state = 'queued'
                    AND NOT EXISTS (SELECT FROM retries r
                                    WHERE r.tenant_id = m.tenant_id AND r.send_id = m.send_id AND r.seq = m.seq))
                OR EXISTS (
                  SELECT FROM requests r
                  WHERE r.tenant_id = %(tenant)s AND r.send_id = %(send)s AND r.chunk_no = %(no)s
                    AND r.state IN ('planned', 'calling')) AS yes) AS busy
        WHERE c.tenant_id = %(tenant)s AND c.send_id = %(send)s AND c.no = %(no)s AND c.epoch = %(epoch)s
        """,
        {
            "tenant": hold.tenant_id,
            "send": hold.send_id,
            "no": hold.chunk_no,
            "epoch": hold.epoch,
            "seq_from": hold.seq_from,
            "seq_to": hold.seq_to,
            "members": None if hold.members is None else list(hold.members),
        },
    )
