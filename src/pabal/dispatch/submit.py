"""Sends through a carrier without a fence: one write per request, up to eight of a chunk at once.

What ends without a clear answer is left `calling`, marked as ended by its caller, with a time to ask (`asking`).
"""

import asyncio
from uuid import UUID

import structlog

from pabal.channels.base import (
    Accepted,
    CarrierAccount,
    NotSent,
    Refused,
    Submitted,
    UnfencedCarrier,
)
from pabal.channels.registry import unfenced_carrier
from pabal.dispatch import burst, fence
from pabal.dispatch.calling import NotAllowedError, step
from pabal.dispatch.chunks import close_or_reopen, void_planned
from pabal.dispatch.claim import Claimed, hold_send
from pabal.dispatch.crash import crash
from pabal.dispatch.fence import LostLeaseError
from pabal.dispatch.intent import Planned, write_requests
from pabal.dispatch.ledger import lock_send
from pabal.dispatch.model import Hold
from pabal.dispatch.outcome import DATABASE_AWAY, commit_outcome, commit_void, next_try, note_ended
from pabal.domain.ids import new_id, parse_attempt_id
from pabal.domain.message import AttemptState, FailureClass
from pabal.domain.news import News
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

AT_ONCE = 8  # requests of a chunk
SOON_SECONDS = 1.0  # where the same request may be repeated under its key


class _Run:
    """Through whom the parallel calls of one chunk go, and what they tell each other."""

    def __init__(self, rt: Runtime, adapter: UnfencedCarrier, account: CarrierAccount) -> None:
        self.rt, self.adapter, self.account = rt, adapter, account
        self.places = asyncio.Semaphore(AT_ONCE)
        self.stopped = False  # paused, cancelled, held: what wasn't called goes back to the queue
        self.again_after = 0.0


async def submit_all(rt: Runtime, claimed: Claimed, account: CarrierAccount) -> None:
    """Call for every planned request, then give the chunk back."""
    adapter = unfenced_carrier(
        account.carrier, claimed.planned[0].channel, rt.http, wall_seconds=rt.settings.http_timeout_seconds
    )
    run = _Run(rt, adapter, account)
    ended = await asyncio.gather(
        *(_one(run, claimed.hold, planned) for planned in claimed.planned),
        return_exceptions=True,
    )
    failed = [error for error in ended if isinstance(error, BaseException)]
    if failed:
        raise failed[0]
    await _give_back(rt, claimed.hold, run)


async def _give_back(rt: Runtime, hold: Hold, run: _Run) -> None:
    async with tenant_tx(rt, hold.tenant_id) as conn:
        send = await lock_send(conn, hold.tenant_id, hold.send_id)
        if send is None or not await fence.hold_chunk(conn, hold):
            return
        await void_planned(conn, send, hold)
        await close_or_reopen(conn, hold, again_after=run.again_after)


async def _one(run: _Run, hold: Hold, planned: Planned) -> None:
    async with run.places:
        if not run.stopped:
            await _submit(run, hold, planned)


async def _submit(run: _Run, hold: Hold, planned: Planned) -> None:
    rt, adapter, account = run.rt, run.adapter, run.account

    async def still_running(conn: Conn) -> bool:
        send = await lock_send(conn, hold.tenant_id, hold.send_id)
        if send is None:
            return False
        # Held for want of quota, or by one person's text: what fitted and was claimed goes all the same.
        full = send.state == "held" and not send.hold_reason.startswith(("carrier:", burst.HOLD))
        return send.state == "running" or full

    try:
        answer, hold = await step(
            rt,
            hold,
            planned.request_id,
            account.id,
            "submit",
            lambda gate: adapter.submit(account, planned.request_key, planned.messages, body_gate=gate),
            allow=still_running,
        )
    except NotAllowedError:
        run.stopped = True
        return
    except (LostLeaseError, *DATABASE_AWAY) as error:
        # Raised before a write, never by one; its `calling` commit may be in all the same.
        await note_ended(rt, hold, planned.request_id, seconds=0, note=type(error).__name__)
        raise
    crash(rt.settings, "after_accept", step=hold.step)
    match answer:
        case Submitted():
            await take_results(rt, hold, planned.request_id, UUID(account.id), answer, adapter)
        case Refused(certain=True, one_of_them=True) if len(planned.messages) > 1:
            try:
                halves = await _split(rt, hold, planned)
            except (LostLeaseError, *DATABASE_AWAY) as error:
                await note_ended(rt, hold, planned.request_id, seconds=0, note=type(error).__name__)
                raise
            for half in halves:
                await _submit(run, hold, half)
        case Refused(certain=True):
            await _refused(run, hold, planned, answer)
        case NotSent():
            run.again_after = max(run.again_after, next_try(hold))
            await commit_void(rt, hold, planned.request_id, note=answer.why, again_after=0, release=False)
        case _:
            note = answer.code if isinstance(answer, Refused) else answer.why
            await leave_open(rt, hold, planned.request_id, adapter, note=note)


async def take_results(
    rt: Runtime,
    hold: Hold,
    request_id: UUID,
    account_id: UUID,
    answer: Submitted,
    adapter: UnfencedCarrier,
    *,
    release: bool = False,
) -> None:
    """Commit what is clear; whoever is missing from the answer is asked about."""
    news: list[News] = []
    doubtful = False
    for attempt, result in answer.results.items():
        parsed = parse_attempt_id(attempt)
        if parsed is None:
            continue
        _, seq, n = parsed
        match result:
            case Accepted():
                news.append(News(seq, n, AttemptState.ACCEPTED, provider_id=result.provider_message_id))
            case Refused(certain=True):
                news.append(_errored(seq, n, result))
            case _:
                doubtful = True
    await commit_outcome(
        rt,
        hold,
        request_id,
        account_id,
        news,
        settled=not doubtful,
        provider_id=answer.provider_id,
        release=release,
    )
    if doubtful:
        await leave_open(rt, hold, request_id, adapter, note="recipients missing from the answer")


async def leave_open(
    rt: Runtime, hold: Hold, request_id: UUID, adapter: UnfencedCarrier, *, note: str
) -> None:
    """Our call has ended and nobody knows how: ask when the carrier's search must have it."""
    soon = SOON_SECONDS if adapter.repeat_seconds else adapter.settle_seconds * rt.settings.question_pace
    log.info("left for asking", send=str(hold.send_id), chunk=hold.chunk_no, note=note)
    await note_ended(rt, hold, request_id, seconds=soon, note=note)


async def _refused(run: _Run, hold: Hold, planned: Planned, answer: Refused) -> None:
    """Certainly not in. What only a person can mend stops the send; what concerns these people ends their try."""
    rt = run.rt
    log.info("refused", send=str(hold.send_id), chunk=hold.chunk_no, code=answer.code)
    if answer.failure_class in {FailureClass.CONFIGURATION, FailureClass.RETRYABLE}:
        run.stopped = run.stopped or answer.failure_class is FailureClass.CONFIGURATION
        run.again_after = max(run.again_after, next_try(hold, answer.retry_after))
        await commit_void(rt, hold, planned.request_id, note=answer.code, again_after=0, release=False)
        if answer.failure_class is FailureClass.CONFIGURATION:
            await hold_send(rt, hold.tenant_id, hold.send_id, f"carrier:{answer.code}")
        return
    keys = [parsed for message in planned.messages if (parsed := parse_attempt_id(message.attempt_id))]
    news = [_errored(seq, n, answer) for _, seq, n in keys]
    await commit_outcome(rt, hold, planned.request_id, planned.step.account_id, news, release=False)


def _errored(seq: int, n: int, refused: Refused) -> News:
    return News(seq, n, AttemptState.ERRORED, code=refused.code, failure_class=refused.failure_class)


async def _split(rt: Runtime, hold: Hold, planned: Planned) -> tuple[Planned, Planned]:
    """Some recipient is at fault and the carrier doesn't say which: the request certainly had no effect, so its attempts
    move to two new requests, half each. A fault among 500 is found in nine steps."""
    middle = len(planned.messages) // 2
    first, second = (
        Planned(new_id(), f"{planned.request_key[:60]}.{name}", planned.step, planned.channel, messages)
        for name, messages in (("a", planned.messages[:middle]), ("b", planned.messages[middle:]))
    )
    async with tenant_tx(rt, hold.tenant_id) as conn:
        if not await fence.hold_chunk(conn, hold):
            raise LostLeaseError("chunk is no longer ours")
        await conn.execute(
            """
            UPDATE requests SET state = 'voided', note = 'split', updated_at = clock_timestamp()
            WHERE tenant_id = %s AND send_id = %s AND id = %s AND state = 'calling'
            """,
            (hold.tenant_id, hold.send_id, planned.request_id),
        )
        await write_requests(conn, hold, (first, second))
        for half in (first, second):
            keys = [parsed for message in half.messages if (parsed := parse_attempt_id(message.attempt_id))]
            await conn.execute(
                """
                UPDATE attempts SET request_id = %(new)s
                WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq BETWEEN %(low)s AND %(high)s
                  AND seq = ANY(%(seqs)s::int[]) AND request_id = %(old)s
                """,
                {
                    "new": half.request_id,
                    "old": planned.request_id,
                    "tenant": hold.tenant_id,
                    "send": hold.send_id,
                    "low": min(seq for _, seq, _ in keys),
                    "high": max(seq for _, seq, _ in keys),
                    "seqs": [seq for _, seq, _ in keys],
                },
            )
    return first, second
