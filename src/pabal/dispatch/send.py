"""Calls a carrier for one planned request: create, add, send; each write right after its own `calling` commit.

Whatever does not end in a clear yes is left `calling` with a time to ask; `takeover` is the one place that asks, for a
living owner and for a dead one's successor alike.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import structlog

from pabal.channels.base import (
    Added,
    BodyGate,
    CarrierAccount,
    Created,
    Failure,
    FencedCarrier,
    NotSent,
    RecipientResult,
    Refused,
    Registered,
    Sent,
    Unknown,
)
from pabal.channels.registry import fenced_carrier
from pabal.dispatch import fence
from pabal.dispatch.accounts import carrier_account
from pabal.dispatch.claim import Claimed, Planned, hold_send
from pabal.dispatch.crash import armed, crash
from pabal.dispatch.ledger import apply_news, lock_send
from pabal.dispatch.model import Hold
from pabal.dispatch.outcome import commit_outcome, commit_void
from pabal.domain.ids import parse_attempt_id
from pabal.domain.message import AttemptState, FailureClass
from pabal.domain.news import News
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

T = TypeVar("T")

THROTTLE_TRIES = 4  # repeats of one step after a 429, inside our own lease
AGAIN_AFTER_SECONDS = 3.0  # a chunk whose request certainly didn't go out is due again after this


class NotAllowedError(Exception):
    """The gate, the send's state or notAfter says no, in the very transaction that would have marked `calling`."""


async def run_request(rt: Runtime, claimed: Claimed, planned: Planned) -> None:
    """From planned to an outcome, or to a question for later. Raises LostLeaseError when the chunk is no longer ours."""
    crash(rt.settings, "after_claim")
    account = await carrier_account(rt, claimed.hold.tenant_id, planned.step.account_id)
    adapter = fenced_carrier(account.carrier, rt.http, wall_seconds=rt.settings.http_timeout_seconds)
    hold = claimed.hold

    created, hold = await _step(
        rt, hold, planned.request_id, "create", lambda g: adapter.create(account, body_gate=g)
    )
    if not isinstance(created, Created):
        # An empty group can't send anything, whether it came to be or not.
        await _nothing_went_in(rt, hold, planned, created)
        return

    added, hold = await _step(
        rt,
        hold,
        planned.request_id,
        "add",
        lambda g: adapter.add(account, created.provider_id, planned.messages, body_gate=g),
        provider_id=created.provider_id,
    )
    if isinstance(added, NotSent):
        await _nothing_went_in(rt, hold, planned, added)
        return
    if not isinstance(added, Added):
        await leave_for_asking(rt, hold, planned.request_id, added)
        return
    refused, doubtful = _sort_results(added)
    if doubtful:
        await leave_for_asking(rt, hold, planned.request_id, Unknown("recipients missing from the answer"))
        return
    registered = [
        News(seq, n, AttemptState.ACCEPTED, provider_id=result.provider_message_id)
        for (seq, n), result in _keyed(added)
        if isinstance(result, Registered)
    ]
    if not registered:
        await commit_outcome(rt, hold, planned.request_id, planned.step.account_id, refused)
        return
    await send_container(
        rt, hold, planned.request_id, adapter, account, created.provider_id, registered, refused=refused
    )


async def send_container(
    rt: Runtime,
    hold: Hold,
    request_id: UUID,
    adapter: FencedCarrier,
    account: CarrierAccount,
    provider_id: str,
    registered: list[News],
    *,
    refused: list[News] | None = None,
    allow: Callable[[Conn], Awaitable[bool]] | None = None,
) -> None:
    """The last step, for the creator and for a taker who found everybody in the group (`allow`: its gate)."""
    sent, hold = await _step(
        rt,
        hold,
        request_id,
        "send",
        lambda g: adapter.send(account, provider_id, body_gate=g),
        news=refused,
        allow=allow,
    )
    crash(rt.settings, "after_accept")
    if isinstance(sent, Sent):
        await commit_outcome(rt, hold, request_id, UUID(account.id), registered)
        return
    if isinstance(sent, Refused) and sent.failure_class is not FailureClass.RETRYABLE:
        # Balance, blocked account: the group stays unsent and is deleted; people wait until somebody mends it.
        await hold_send(rt, hold.tenant_id, hold.send_id, f"carrier:{sent.code}")
    await leave_for_asking(rt, hold, request_id, sent)


async def leave_for_asking(rt: Runtime, hold: Hold, request_id: UUID, failure: Failure) -> None:
    """Solapi needs no settle time: a group is read by its id (docs/dispatch.md)."""
    seconds = failure.retry_after or 1.0 if isinstance(failure, Refused) else 0.5
    note = failure.code if isinstance(failure, Refused) else failure.why
    log.info("left for asking", send=str(hold.send_id), chunk=hold.chunk_no, note=note)
    async with tenant_tx(rt, hold.tenant_id) as conn:
        await fence.ask_later(conn, hold, request_id, seconds=seconds, note=note)


async def _step(
    rt: Runtime,
    hold: Hold,
    request_id: UUID,
    stage: str,
    call: Callable[[BodyGate | None], Awaitable[T | Failure]],
    *,
    provider_id: str | None = None,
    news: list[News] | None = None,
    allow: Callable[[Conn], Awaitable[bool]] | None = None,
) -> tuple[T | Failure, Hold]:
    """Commit `calling`, write at once, and repeat only what the carrier itself refused for now (429)."""
    body_gate = _body_gate(rt, stage)
    for attempt in range(THROTTLE_TRIES):
        async with tenant_tx(rt, hold.tenant_id) as conn:
            if allow is not None and not await allow(conn):
                raise NotAllowedError
            if news and attempt == 0:
                # Refused one by one at intake: known before anything is sent, so that a taker counts the right n.
                send = await lock_send(conn, hold.tenant_id, hold.send_id)
                if send is None or not await fence.hold_chunk(conn, hold):
                    raise fence.LostLeaseError("chunk is no longer ours")
                await apply_news(conn, send, news)
            hold = await fence.mark_calling(
                conn, hold, request_id, stage, lease=rt.settings.lease_seconds, provider_id=provider_id
            )
        crash(rt.settings, "after_calling", stage)
        fence.check_deadline(hold)
        answer = await call(body_gate)
        throttled = isinstance(answer, Refused) and answer.failure_class is FailureClass.RETRYABLE
        if not throttled or attempt == THROTTLE_TRIES - 1:
            return answer, hold
        assert isinstance(answer, Refused)
        await asyncio.sleep(min(answer.retry_after or 0.2 * 2**attempt, 2.0))
    raise AssertionError("unreachable: the loop returns")


def _body_gate(rt: Runtime, stage: str) -> BodyGate | None:
    if not armed(rt.settings, "mid_body", stage):
        return None

    async def die() -> None:
        crash(rt.settings, "mid_body", stage)

    return die


async def _nothing_went_in(rt: Runtime, hold: Hold, planned: Planned, failure: Failure) -> None:
    note = failure.code if isinstance(failure, Refused) else failure.why
    if isinstance(failure, Refused) and failure.failure_class is not FailureClass.RETRYABLE:
        await hold_send(rt, hold.tenant_id, hold.send_id, f"carrier:{failure.code}")
    again = (
        failure.retry_after if isinstance(failure, Refused) and failure.retry_after else AGAIN_AFTER_SECONDS
    )
    log.info("nothing went in", send=str(hold.send_id), chunk=hold.chunk_no, note=note)
    await commit_void(rt, hold, planned.request_id, note=note, again_after=again)


def _keyed(added: Added) -> list[tuple[tuple[int, int], RecipientResult]]:
    keyed: list[tuple[tuple[int, int], RecipientResult]] = []
    for attempt, result in added.results.items():
        parsed = parse_attempt_id(attempt)
        if parsed is not None:
            keyed.append(((parsed[1], parsed[2]), result))
    return keyed


def _sort_results(added: Added) -> tuple[list[News], bool]:
    """Certain refusals as news, and whether anybody's fate is open (then nothing is sent before asking)."""
    refused: list[News] = []
    doubtful = False
    for (seq, n), result in _keyed(added):
        match result:
            case Refused(certain=True):
                refused.append(
                    News(seq, n, AttemptState.ERRORED, code=result.code, failure_class=result.failure_class)
                )
            case Refused() | Unknown():
                doubtful = True
            case _:
                pass
    return refused, doubtful
