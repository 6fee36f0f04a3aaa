"""Claim: take a due chunk, gate its people, reserve quota, write intent. One transaction, before any carrier is called.

Lock order here and everywhere: gate barrier → send → chunk → requests → attempts → messages → retries → quota → counters.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from psycopg import AsyncCursor
from psycopg.rows import TupleRow

from pabal.accounts import SystemActor
from pabal.compliance import entitled_now, log_verdicts
from pabal.dispatch import gate
from pabal.dispatch.chunks import close_or_reopen, void_planned
from pabal.dispatch.intent import (
    Claiming,
    Planned,
    QuotaShortError,
    account_of,
    plan_requests,
    step_accounts,
    waits_for_a_look,
)
from pabal.dispatch.ledger import lock_send
from pabal.dispatch.model import LAW, POLICY_VERSION, WINDOW, Hold, RequestRow, SendRow
from pabal.domain.ids import TenantId
from pabal.domain.law.labels import CampaignNotice
from pabal.kit.clock import boottime
from pabal.kit.db import Conn, tenant_tx, tenant_tx_piped
from pabal.runtime import Runtime

# A write that starts later than this before the lease's end could still be under way when a taker asks.
DEADLINE_MARGIN_SECONDS = 1.0
# When a chunk is looked at again whose messages wait for somebody to look at a change: a batch of changes takes 0.2 s.
LOOK_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim found: open requests to ask about, or requests to make, or neither. All of one account."""

    hold: Hold
    send: SendRow
    to_ask: tuple[RequestRow, ...]
    planned: tuple[Planned, ...]

    @property
    def people(self) -> int:
        return sum(len(one.messages) for one in self.planned)


async def claim_chunk(
    rt: Runtime,
    tenant_id: UUID,
    send_id: UUID,
    owner: str,
    *,
    step: int | None = None,
    in_doubt: bool = False,
) -> Claimed | None:
    """Take the next due chunk of a send (of one channel step; `in_doubt`: one with requests that nobody has settled).
    None: nothing is due, or nothing may be claimed now."""
    asked = _Asked(owner, step, in_doubt)
    try:
        claimed, hold_reason = await _claim(rt, tenant_id, send_id, asked)
    except QuotaShortError:
        claimed, hold_reason = await _claim(rt, tenant_id, send_id, asked, reserve_first=True)
    if hold_reason:
        await hold_send(rt, tenant_id, send_id, hold_reason)
    return claimed


@dataclass(frozen=True, slots=True)
class _Asked:
    owner: str
    step: int | None
    in_doubt: bool


async def _claim(
    rt: Runtime, tenant_id: UUID, send_id: UUID, asked: _Asked, *, reserve_first: bool = False
) -> tuple[Claimed | None, str]:
    """What was claimed, and why the send is held from now on ("": it isn't)."""
    async with tenant_tx_piped(rt, tenant_id) as conn:
        # One trip, and one after the other in the database all the same: the lock sees what the barrier let in.
        await gate.enter_gate(conn, tenant_id)
        installation = await conn.execute("SELECT sending_frozen FROM app.installation")
        send = await lock_send(conn, tenant_id, send_id)
        if send is None or send.state in {"launching", "finished"} or await _frozen(installation):
            return None, ""
        now = rt.clock.now()
        over = send.not_after is not None and now >= send.not_after
        shut = send.is_shut(now)
        may_claim = send.state == "running" and not over and not shut
        hold_reason = WINDOW if shut and not asked.in_doubt else ""
        lease = rt.settings.lease_seconds
        started = boottime()
        fresh = may_claim and not asked.in_doubt
        wanted = _Wanted(asked.owner, lease, started, may_claim=fresh, step=asked.step)
        accounts = await step_accounts(conn, send)
        hold = await _take_chunk(conn, send, wanted)
        if hold is None:
            return None, hold_reason
        # Nobody can have made requests of a chunk that is taken for the first time.
        to_ask = await void_planned(conn, send, hold) if hold.epoch > 1 else []
        if to_ask:
            return Claimed(hold, send, tuple(to_ask), ()), hold_reason
        planned: tuple[Planned, ...] = ()
        if may_claim and _broadcasts(send) and await entitled_now(conn, tenant_id, now):
            may_claim, hold_reason = False, LAW
        if may_claim:
            about = Claiming(send, hold, await account_of(accounts, send, hold), now, reserve_first)
            planned, hold_reason = await plan_requests(conn, rt.http, about, link_key=rt.keys.link_key)
        if not planned:
            unseen = may_claim and await waits_for_a_look(conn, send)
            await close_or_reopen(conn, hold, again_after=LOOK_SECONDS if unseen else 0.0)
    return Claimed(hold, send, (), planned), hold_reason


def _broadcasts(send: SendRow) -> bool:
    """An automatic broadcast of campaign texts: its candidacy may end while it waits or runs (공직선거법 제59조 2호)."""
    return not send.rehearse and any(isinstance(step.notice, CampaignNotice) for step in send.steps)


async def hold_send(rt: Runtime, tenant_id: UUID, send_id: UUID, reason: str) -> None:
    """Nothing more of this send is claimed until the reason ends (sweep) or a person acts.

    A transaction of its own: inside a claim it would raise the FOR SHARE lock that other claims hold too, and deadlock.
    If we die before it, the next claim meets the same reason.
    """
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            "UPDATE sends SET state = 'held', hold_reason = %s WHERE tenant_id = %s AND id = %s AND state = 'running'"
            " RETURNING campaign_id",
            (reason, tenant_id, send_id),
        )
        row = await cursor.fetchone()
        if row is not None and reason == LAW:
            now = rt.clock.now()
            said = await entitled_now(conn, tenant_id, now)
            who = SystemActor(TenantId(tenant_id))
            await log_verdicts(conn, who, "claim", said, at=now, campaign_id=row[0])


async def _frozen(installation: AsyncCursor[TupleRow]) -> bool:
    """After a restore nothing is sent until the carriers' logs are adopted."""
    row = await installation.fetchone()
    return row is None or bool(row[0])


@dataclass(frozen=True, slots=True)
class _Wanted:
    owner: str
    lease: float
    started: float
    may_claim: bool  # also a chunk without open requests
    step: int | None


async def _take_chunk(conn: Conn, send: SendRow, wanted: _Wanted) -> Hold | None:
    cursor = await conn.execute(
        """
        WITH due AS (
            SELECT no FROM chunks c
            WHERE c.tenant_id = %(tenant)s AND c.send_id = %(send)s AND c.state = 'open' AND c.due_at <= clock_timestamp()
              AND (c.lease_until IS NULL OR c.lease_until <= clock_timestamp())
              AND (%(step)s::smallint IS NULL OR c.step = %(step)s::smallint)
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
            "step": wanted.step,
            "may_claim": wanted.may_claim,
            "owner": wanted.owner,
            "lease": timedelta(seconds=wanted.lease),
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
        owner=wanted.owner,
        seq_from=seq_from,
        seq_to=seq_to,
        members=None if members is None else tuple(members),
        step=step,
        deadline=wanted.started + wanted.lease - DEADLINE_MARGIN_SECONDS,
    )
