"""One turn of a send: take one chunk, do what it needs, go to the back of the line."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import structlog

from pabal.dispatch import breaker
from pabal.dispatch.claim import Claimed, claim_chunk
from pabal.dispatch.fence import LostLeaseError
from pabal.dispatch.send import run_requests
from pabal.dispatch.takeover import take_over
from pabal.kit import pace
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

LONGEST_WAIT_SECONDS = 2.0  # for tokens, holding a place in this worker; then the turn goes round once more


@dataclass(frozen=True, slots=True)
class _Pace:
    rate: int
    chunk_size: int


async def serve_lane(rt: Runtime, owner: str, tenant_id: UUID, send_id: UUID) -> bool:
    """True if the lane should get another turn; False when nothing is due in it."""
    limit, account_id = await _pace_of(rt, tenant_id, send_id)
    if account_id is not None and await breaker.resting(rt.redis, account_id) > 0:
        return False  # the sweep comes back to it
    if limit is not None:
        wait = await pace.take(rt.redis, str(send_id), rate=limit.rate, wanted=limit.chunk_size)
        if wait > 0:
            await asyncio.sleep(min(wait, LONGEST_WAIT_SECONDS))
            return True
    claimed = await claim_chunk(rt, tenant_id, send_id, owner)
    if limit is not None:
        await _return_tokens(rt, send_id, limit, claimed)
    if claimed is None:
        return False
    try:
        if claimed.to_ask:
            await take_over(rt, claimed)
        if claimed.planned:
            await run_requests(rt, claimed)
    except LostLeaseError as error:
        log.warning("stopped before a carrier write", send=str(send_id), why=str(error))
    return True


async def _pace_of(rt: Runtime, tenant_id: UUID, send_id: UUID) -> tuple[_Pace | None, UUID | None]:
    """The limit of this send, None without one; and the account that its first step goes through."""
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            """
            SELECT least(s.rate_per_second, a.rate_per_second), s.chunk_size, a.id
            FROM sends s
            LEFT JOIN carrier_accounts a ON a.tenant_id = s.tenant_id AND a.id = (s.steps -> 0 ->> 'account_id')::uuid
            WHERE s.tenant_id = %s AND s.id = %s
            """,
            (tenant_id, send_id),
        )
        row = await cursor.fetchone()
    if row is None:
        return None, None
    return None if row[0] is None else _Pace(row[0], row[1]), row[2]


async def _return_tokens(rt: Runtime, send_id: UUID, limit: _Pace, claimed: Claimed | None) -> None:
    used = 0 if claimed is None else claimed.people
    if used < limit.chunk_size:
        await pace.give_back(rt.redis, str(send_id), rate=limit.rate, unused=limit.chunk_size - used)
