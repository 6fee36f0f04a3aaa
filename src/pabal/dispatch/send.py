"""Calls a carrier for planned requests. By groups: create, add, send; each write right after its own `calling` commit.
Carriers without groups: `submit`.

Whatever does not end in a clear yes is left `calling` with a time to ask; `takeover` is the one place that asks, for a
living owner and for a dead one's successor alike.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from pabal.channels.base import (
    Added,
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
from pabal.channels.registry import fenced_carrier, is_fenced
from pabal.dispatch import fence
from pabal.dispatch.accounts import carrier_account
from pabal.dispatch.calling import step
from pabal.dispatch.claim import Claimed, hold_send
from pabal.dispatch.crash import crash
from pabal.dispatch.intent import Planned
from pabal.dispatch.model import Hold
from pabal.dispatch.outcome import commit_outcome, commit_void, next_try
from pabal.dispatch.submit import submit_all
from pabal.domain.ids import parse_attempt_id
from pabal.domain.message import AttemptState, FailureClass
from pabal.domain.news import News
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)


async def run_requests(rt: Runtime, claimed: Claimed) -> None:
    """From planned to outcomes, or to questions for later. Raises LostLeaseError when the chunk is no longer ours."""
    crash(rt.settings, "after_claim", step=claimed.hold.step)
    account = await carrier_account(rt, claimed.hold.tenant_id, claimed.planned[0].step.account_id)
    if is_fenced(account.carrier):
        await _run_group(rt, claimed, claimed.planned[0], account)
    else:
        await submit_all(rt, claimed, account)


async def _run_group(rt: Runtime, claimed: Claimed, planned: Planned, account: CarrierAccount) -> None:
    adapter = fenced_carrier(account.carrier, rt.http, wall_seconds=rt.settings.http_timeout_seconds)
    hold = claimed.hold

    created, hold = await step(
        rt, hold, planned.request_id, account.id, "create", lambda g: adapter.create(account, body_gate=g)
    )
    if not isinstance(created, Created):
        # An empty group can't send anything, whether it came to be or not.
        await _nothing_went_in(rt, hold, planned, created)
        return

    added, hold = await step(
        rt,
        hold,
        planned.request_id,
        account.id,
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
    stage: str = "send",
) -> None:
    """The last step, for the creator and for a taker who found everybody in the group (`allow`: its gate; `stage`: see
    `takeover.SEND_AGAIN`)."""
    sent, hold = await step(
        rt,
        hold,
        request_id,
        account.id,
        stage,
        lambda g: adapter.send(account, provider_id, body_gate=g),
        news=refused,
        allow=allow,
    )
    crash(rt.settings, "after_accept", step=hold.step)
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
        await fence.ask_later(conn, hold, request_id, seconds=seconds, note=note, ended=True)


async def _nothing_went_in(rt: Runtime, hold: Hold, planned: Planned, failure: Failure) -> None:
    note = failure.code if isinstance(failure, Refused) else failure.why
    if isinstance(failure, Refused) and failure.failure_class is not FailureClass.RETRYABLE:
        await hold_send(rt, hold.tenant_id, hold.send_id, f"carrier:{failure.code}")
    again = next_try(hold, failure.retry_after if isinstance(failure, Refused) else None)
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
