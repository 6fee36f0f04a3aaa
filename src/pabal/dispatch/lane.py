"""One turn of a send: take one chunk, do what it needs, go to the back of the line.

Each channel step goes through an account of its own: its breaker, its rate. A step whose account rests or has nothing left
for now doesn't stop the others.
"""

from dataclasses import dataclass
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from pabal.dispatch import breaker
from pabal.dispatch.claim import Claimed, claim_chunk
from pabal.dispatch.fence import LostLeaseError
from pabal.dispatch.model import is_urgent
from pabal.dispatch.send import run_requests
from pabal.dispatch.takeover import take_over
from pabal.kit import pace
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DueStep:
    """A channel step with a due chunk. `people`: of the one due first, which the claim takes if nobody is faster."""

    step: int
    account_id: UUID
    account_rate: int | None
    send_rate: int | None
    running: bool  # else nothing new is claimed: no tokens, no place in a queue
    urgent: bool
    people: int
    open_requests: bool  # some due chunk of the step has requests that nobody settled


async def serve_lane(rt: Runtime, owner: str, tenant_id: UUID, send_id: UUID) -> float | None:
    """Seconds until the lane should get another turn; None when nothing is due in it, or may be."""
    due = [
        one
        for one in await due_steps(rt, tenant_id, send_id)
        if await breaker.resting(rt.redis, one.account_id) == 0  # else the sweep comes back to it
    ]
    # Questions first: a chunk in doubt is older than what waits, asking costs no tokens, and as the first call after a
    # rest it says whether the carrier is back without putting another five hundred people in doubt.
    for one in due:
        if one.open_requests:
            claimed = await claim_chunk(rt, tenant_id, send_id, owner, step=one.step, in_doubt=True)
            if claimed is not None:
                await _settle(rt, send_id, one, paid=0, used=claimed.people)
                await _serve(rt, claimed)
                return 0.0
    waits = []
    for one in due:
        if not one.running:
            await pace.leave(rt.redis, _account_bucket(one), who=str(send_id))
            continue
        wait = await _pay(rt, send_id, one)
        if wait > 0:
            waits.append(wait)
            continue
        claimed = await claim_chunk(rt, tenant_id, send_id, owner, step=one.step)
        await _settle(rt, send_id, one, paid=one.people, used=0 if claimed is None else claimed.people)
        if claimed is not None:
            await _serve(rt, claimed)
            return 0.0
    return min(waits) if waits else None


async def _serve(rt: Runtime, claimed: Claimed) -> None:
    try:
        if claimed.to_ask:
            await take_over(rt, claimed)
        if claimed.planned:
            await run_requests(rt, claimed)
    except LostLeaseError as error:
        log.warning("stopped before a carrier write", send=str(claimed.hold.send_id), why=str(error))


async def due_steps(rt: Runtime, tenant_id: UUID, send_id: UUID) -> list[DueStep]:
    """Steps with a due chunk, the one that waits longest first."""
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            """
            SELECT (st.no - 1)::int, (st.step ->> 'account_id')::uuid, a.rate_per_second, s.rate_per_second,
                   s.state = 'running', s.kind, next.people, doubt.there
            FROM sends s
            CROSS JOIN LATERAL jsonb_array_elements(s.steps) WITH ORDINALITY AS st (step, no)
            LEFT JOIN carrier_accounts a ON a.tenant_id = s.tenant_id AND a.id = (st.step ->> 'account_id')::uuid
            CROSS JOIN LATERAL (
                SELECT c.due_at, coalesce(array_length(c.members, 1), c.seq_to - c.seq_from + 1) AS people
                FROM chunks c
                WHERE c.tenant_id = s.tenant_id AND c.send_id = s.id AND c.step = st.no - 1 AND c.state = 'open'
                  AND c.due_at <= clock_timestamp() AND (c.lease_until IS NULL OR c.lease_until <= clock_timestamp())
                ORDER BY c.due_at, c.no LIMIT 1
            ) AS next
            CROSS JOIN LATERAL (
                SELECT EXISTS (
                    SELECT FROM requests r
                    JOIN chunks c ON c.tenant_id = r.tenant_id AND c.send_id = r.send_id AND c.no = r.chunk_no
                    WHERE r.tenant_id = s.tenant_id AND r.send_id = s.id AND r.state IN ('planned', 'calling')
                      AND r.step = st.no - 1 AND c.state = 'open' AND c.due_at <= clock_timestamp()
                      AND (c.lease_until IS NULL OR c.lease_until <= clock_timestamp())) AS there
            ) AS doubt
            WHERE s.tenant_id = %s AND s.id = %s
            ORDER BY next.due_at, st.no
            """,
            (tenant_id, send_id),
        )
        return [
            DueStep(step, account, account_rate, send_rate, running, is_urgent(kind), people, doubt)
            for step, account, account_rate, send_rate, running, kind, people, doubt in await cursor.fetchall()
        ]


def _send_bucket(send_id: UUID) -> str:
    return f"send:{send_id}"


def _account_bucket(one: DueStep) -> str:
    return f"account:{one.account_id}"


async def _pay(rt: Runtime, send_id: UUID, one: DueStep) -> float:
    """Tokens of the send, then of the account that all sends through it share; all or none. Seconds to wait, 0 = paid.

    The send's first: who may not go for its own sake takes no place in the account's queue.
    """
    if one.send_rate is not None:
        wait = await pace.take(
            rt.redis, _send_bucket(send_id), rate=one.send_rate, wanted=one.people, urgent=one.urgent
        )
        if wait > 0:
            return wait
    if one.account_rate is None:
        return 0.0
    wait = await pace.take(
        rt.redis,
        _account_bucket(one),
        rate=one.account_rate,
        wanted=one.people,
        who=str(send_id),
        urgent=one.urgent,
    )
    if wait > 0 and one.send_rate is not None:
        await pace.give_back(rt.redis, _send_bucket(send_id), rate=one.send_rate, unused=one.people)
    return wait


async def _settle(rt: Runtime, send_id: UUID, one: DueStep, *, paid: int, used: int) -> None:
    """Paid for the chunk that was due first; somebody may have been faster, and not everybody goes out.

    What is claimed is called whatever becomes of the tokens: a Redis that is away costs some pace, not a lease.
    """
    try:
        if one.send_rate is not None:
            await pace.give_back(rt.redis, _send_bucket(send_id), rate=one.send_rate, unused=paid - used)
        if one.account_rate is not None:
            await pace.give_back(rt.redis, _account_bucket(one), rate=one.account_rate, unused=paid - used)
    except (RedisError, OSError) as error:
        log.info("tokens not settled", send=str(send_id), error=type(error).__name__)
