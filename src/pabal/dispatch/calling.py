"""One write to a carrier: `calling` committed right before it, repeated only on the carrier's own "not now" (429)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from pabal.channels.base import BodyGate, Failure, NotSent, Refused, Unknown
from pabal.dispatch import breaker, fence
from pabal.dispatch.crash import armed, crash
from pabal.dispatch.ledger import apply_news, lock_send
from pabal.dispatch.model import Hold
from pabal.domain.message import FailureClass
from pabal.domain.news import News
from pabal.kit.backoff import spread
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime

T = TypeVar("T")

THROTTLE_TRIES = 4  # repeats of one step after a 429, inside our own lease


class NotAllowedError(Exception):
    """The gate, the send's state or notAfter says no, in the very transaction that would have marked `calling`."""


async def step(
    rt: Runtime,
    hold: Hold,
    request_id: UUID,
    account_id: UUID | str,
    stage: str,
    call: Callable[[BodyGate | None], Awaitable[T | Failure]],
    *,
    provider_id: str | None = None,
    news: list[News] | None = None,
    allow: Callable[[Conn], Awaitable[bool]] | None = None,
) -> tuple[T | Failure, Hold]:
    """Commit `calling`, write at once, and repeat only what the carrier itself refused for now (429)."""
    body_gate = _body_gate(rt, stage, hold.step)
    lease = rt.settings.lease_seconds
    for attempt in range(THROTTLE_TRIES):
        known = news if attempt == 0 else None
        if allow is None and not known:
            hold = await fence.commit_calling(
                rt, hold, request_id, stage, lease=lease, provider_id=provider_id
            )
        else:
            async with tenant_tx(rt, hold.tenant_id) as conn:
                if allow is not None and not await allow(conn):
                    raise NotAllowedError
                if known:
                    # Refused one by one at intake: known before anything is sent, so that a taker counts the right n.
                    send = await lock_send(conn, hold.tenant_id, hold.send_id)
                    if send is None or not await fence.hold_chunk(conn, hold):
                        raise fence.LostLeaseError("chunk is no longer ours")
                    await apply_news(conn, send, known)
                hold = await fence.mark_calling(
                    conn, hold, request_id, stage, lease=lease, provider_id=provider_id
                )
        crash(rt.settings, "after_calling", stage, step=hold.step)
        fence.check_deadline(hold)
        answer = await call(body_gate)
        await breaker.note(rt.redis, account_id, trouble=isinstance(answer, NotSent | Unknown))
        throttled = isinstance(answer, Refused) and answer.failure_class is FailureClass.RETRYABLE
        if not throttled or attempt == THROTTLE_TRIES - 1:
            return answer, hold
        assert isinstance(answer, Refused)
        # Eight requests of a chunk are told "not now" in the same instant, and of all workers' chunks besides.
        await asyncio.sleep(min((answer.retry_after or 0.2 * 2**attempt) + spread(0.2), 2.0))
    raise AssertionError("unreachable: the loop returns")


def _body_gate(rt: Runtime, stage: str, step: int) -> BodyGate | None:
    if not armed(rt.settings, "mid_body", stage, step=step):
        return None

    async def die() -> None:
        crash(rt.settings, "mid_body", stage, step=step)

    return die
