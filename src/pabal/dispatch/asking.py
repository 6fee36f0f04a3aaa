"""Asking a carrier without a fence what became of a request: by our own keys, twice, and only then a conclusion.

Nothing known proves nothing while somebody may still be writing: people are queued again only when whoever called is
proven gone, else a person decides (docs/dispatch.md, "Taking over and asking").
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog

from pabal.channels.base import (
    CarrierAccount,
    Failure,
    MembersPage,
    RecipientState,
    Submitted,
    UnfencedCarrier,
)
from pabal.channels.registry import unfenced_carrier
from pabal.dispatch import fence, gate
from pabal.dispatch.calling import NotAllowedError, step
from pabal.dispatch.chunks import close_or_reopen, open_attempts, void_request
from pabal.dispatch.claim import Claimed, hold_send
from pabal.dispatch.fence import LostLeaseError
from pabal.dispatch.intent import same_messages
from pabal.dispatch.ledger import apply_news, lock_send
from pabal.dispatch.members import Key, collect, kind_of, news_of
from pabal.dispatch.model import Hold, RequestRow
from pabal.dispatch.outcome import DATABASE_AWAY, commit_outcome, note_ended
from pabal.dispatch.submit import take_results
from pabal.domain.ids import attempt_id
from pabal.domain.message import AttemptState
from pabal.domain.news import News
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.procid import is_absent
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

WINDOW_MARGIN = timedelta(minutes=10)  # around the carrier's own clock
CLOCK_SLACK = timedelta(minutes=5)  # a window of ± 10 minutes forgives this much
BETWEEN_QUESTIONS_SECONDS = 60.0
ASK_AGAIN_SECONDS = 2.0  # doubling, while the carrier can't be asked
ASK_AGAIN_LIMIT_SECONDS = 60.0
GIVE_UP_AFTER_QUESTIONS = 65  # about an hour of silence from the carrier: a person's turn
UNCLEAR_TRIES = 5  # of one person, each certainly not in
SINGLE_QUESTIONS = 20  # missing people of a known request that are asked for one by one


class Asked(Protocol):
    """What a question needs to know of a request."""

    @property
    def provider_id(self) -> str | None: ...
    @property
    def channel(self) -> str: ...
    @property
    def request_key(self) -> str: ...
    @property
    def called_at(self) -> datetime: ...


async def ask_all(rt: Runtime, claimed: Claimed, account: CarrierAccount) -> None:
    """Settle what can be settled of a chunk's open requests; give the chunk back until the next question is due."""
    hold = claimed.hold
    for request in claimed.to_ask:
        if request.told_when and not request.pause_over:
            continue
        adapter = unfenced_carrier(
            account.carrier, request.channel, rt.http, wall_seconds=rt.settings.http_timeout_seconds
        )
        await _ask(rt, claimed, request, adapter, account)
    async with tenant_tx(rt, hold.tenant_id) as conn:
        send = await lock_send(conn, hold.tenant_id, hold.send_id)
        if send is not None and await fence.hold_chunk(conn, hold):
            await close_or_reopen(conn, hold)


async def _ask(
    rt: Runtime, claimed: Claimed, request: RequestRow, adapter: UnfencedCarrier, account: CarrierAccount
) -> None:
    hold = claimed.hold
    if await _repeat(rt, claimed, request, adapter, account):
        return
    if not request.told_when:
        # Its caller died, or lost the lease: a request that is in may not be searchable yet.
        await _ask_at(rt, hold, request, adapter.settle_seconds, "taken over")
        return
    async with tenant_tx(rt, hold.tenant_id) as conn:
        wanted = await open_attempts(conn, hold, request.id)
    found = await known(rt, adapter, account, request) if wanted else {}  # receipts may have told everything
    if found is None:
        await _unanswered(rt, hold, request)
        return
    missing = [key for key in wanted if key not in found]
    # An id that we were told, or a receipt for one of its people, proves that the request is in.
    is_in = bool(found) or request.provider_id is not None or len(wanted) < request.size
    log.info("asked", send=str(hold.send_id), chunk=hold.chunk_no, known=len(found), missing=len(missing))
    if not missing:
        await _adopt(rt, hold, request, wanted, found)
    elif request.stage != "unseen":
        await _adopt(rt, hold, request, wanted, found, settled=False)
        await _ask_at(rt, hold, request, BETWEEN_QUESTIONS_SECONDS, "not known there", unseen=True)
    elif is_in:
        found = {**found, **await _one_by_one(rt, adapter, account, hold, request, missing)}
        missing = [key for key in wanted if key not in found]
        await _adopt(rt, hold, request, wanted, found, uncertain=missing, code="missing_at_carrier")
    elif await proven_gone(rt, hold, request.owner):
        await _void(rt, hold, request)
        if max(n for _, n in wanted) >= UNCLEAR_TRIES:
            # Never in, never refused in words we know: going on would ask for ever. Somebody must look.
            await hold_send(rt, hold.tenant_id, hold.send_id, "carrier:unclear")
    else:
        await _adopt(rt, hold, request, wanted, found, uncertain=missing, code="caller_not_gone")


async def known(
    rt: Runtime, adapter: UnfencedCarrier, account: CarrierAccount, request: Asked
) -> Mapping[Key, RecipientState] | None:
    """Everybody of the request whom the carrier has. None: it can't be asked, or its clock can't be told from ours."""
    kind = kind_of(request.channel)
    provider_id = request.provider_id
    if provider_id is not None:
        listed = await collect(lambda cursor: adapter.list_request(account, kind, provider_id, cursor))
        return None if listed is None else listed.people
    skew = timedelta(0)
    for _ in range(2):
        window = _window(rt, request.called_at + skew)
        found = await collect(_search(adapter, account, request, window))
        if found is None or found.people:
            return None if found is None else found.people
        if found.server_date is None:
            return None
        apart = found.server_date - datetime.now(UTC)
        if abs(apart - skew) < CLOCK_SLACK:
            return found.people
        skew = apart  # nothing there, but we looked at the wrong hour
    return None


def _search(
    adapter: UnfencedCarrier, account: CarrierAccount, request: Asked, window: tuple[datetime, datetime]
) -> Callable[[str | None], Awaitable[MembersPage | Failure]]:
    kind = kind_of(request.channel)
    return lambda cursor: adapter.find(account, kind, request.request_key, *window, cursor=cursor)


def _window(rt: Runtime, called_at: datetime) -> tuple[datetime, datetime]:
    return called_at - WINDOW_MARGIN, called_at + WINDOW_MARGIN + timedelta(seconds=rt.settings.lease_seconds)


async def _one_by_one(
    rt: Runtime,
    adapter: UnfencedCarrier,
    account: CarrierAccount,
    hold: Hold,
    request: RequestRow,
    missing: Sequence[Key],
) -> dict[Key, RecipientState]:
    """The second question about people missing from a known request goes by their own keys."""
    found: dict[Key, RecipientState] = {}
    window = _window(rt, request.called_at)
    kind = kind_of(request.channel)
    for seq, n in missing[:SINGLE_QUESTIONS]:
        key = attempt_id(hold.send_id, seq, n)
        page = await adapter.find(account, kind, request.request_key, *window, attempt_id=key)
        if isinstance(page, MembersPage) and page.members:
            found[seq, n] = page.members[0]
    return found


async def _adopt(
    rt: Runtime,
    hold: Hold,
    request: RequestRow,
    wanted: Sequence[Key],
    found: Mapping[Key, RecipientState],
    *,
    settled: bool = True,
    uncertain: Sequence[Key] = (),
    code: str = "",
) -> None:
    """Take over what the carrier says; whoever it can't account for waits for a person, never for a fallback."""
    news = [news_of(found[key], key) for key in wanted if key in found]
    news += [News(seq, n, AttemptState.UNCERTAIN, code=code) for seq, n in uncertain]
    ids = (member.provider_message_id.partition("/")[0] for member in found.values())
    provider_id = request.provider_id or next((one for one in ids if one), None)
    await commit_outcome(
        rt,
        hold,
        request.id,
        request.account_id,
        news,
        settled=settled,
        provider_id=provider_id,
        release=False,
    )


async def _void(rt: Runtime, hold: Hold, request: RequestRow) -> None:
    """Asked twice, nothing known, and nobody is left who could still write it."""
    async with tenant_tx(rt, hold.tenant_id) as conn:
        send = await lock_send(conn, hold.tenant_id, hold.send_id)
        if send is not None and await fence.hold_chunk(conn, hold):
            await void_request(conn, send, hold, request.id, note="never arrived")


async def proven_gone(rt: Runtime, hold: Hold, owner: str) -> bool:
    """Nobody (the call was ended by its caller), reaped by its supervisor or declared dead, or absent here."""
    if not owner:
        return True
    async with tenant_tx(rt, hold.tenant_id) as conn:
        cursor = await conn.execute("SELECT FROM app.gone_workers WHERE owner = %s", (owner,))
        if await cursor.fetchone() is not None:
            return True
    return is_absent(owner)


async def _repeat(
    rt: Runtime, claimed: Claimed, request: RequestRow, adapter: UnfencedCarrier, account: CarrierAccount
) -> bool:
    """Where a repeated key is refused (AlimTalk), the same request may simply be repeated for a while: same row, key,
    people and bodies, by whoever comes after a caller that is proven gone. False: it can't be, so ask."""
    hold = claimed.hold
    young = datetime.now(UTC) - request.created_at < timedelta(seconds=adapter.repeat_seconds)
    if not young or request.stage != "submit" or not await proven_gone(rt, hold, request.owner):
        return False
    async with tenant_tx(rt, hold.tenant_id) as conn:
        messages = await same_messages(conn, claimed.send, hold, request, link_key=rt.keys.link_key)
    if messages is None:
        return False
    try:
        answer, mine = await step(
            rt,
            hold,
            request.id,
            account.id,
            "repeat",  # the stage says it was tried: not a third time
            lambda gate: adapter.submit(account, request.request_key, messages, body_gate=gate),
            allow=lambda conn: still_allowed(conn, rt, hold, request),
        )
    except NotAllowedError:
        return False
    except (LostLeaseError, *DATABASE_AWAY) as error:
        await note_ended(rt, hold, request.id, seconds=0, note=type(error).__name__)
        raise
    log.info("repeated", send=str(hold.send_id), chunk=hold.chunk_no, answer=type(answer).__name__)
    if isinstance(answer, Submitted):
        await take_results(rt, mine, request.id, request.account_id, answer, adapter)
    else:  # the first is in, or nobody knows: whatever was refused now says nothing about the first
        seconds = adapter.settle_seconds * rt.settings.question_pace
        await note_ended(rt, mine, request.id, seconds=seconds, note="repeated")
    return True


async def still_allowed(conn: Conn, rt: Runtime, hold: Hold, request: RequestRow) -> bool:
    """The gate, the send's state, its hours and notAfter pass again for everybody in the request, or nobody gets it."""
    await gate.enter_gate(conn, hold.tenant_id)
    send = await lock_send(conn, hold.tenant_id, hold.send_id)
    if send is None or send.state != "running":
        return False
    now = rt.clock.now()
    if send.is_shut(now) or (send.not_after is not None and now >= send.not_after):
        return False
    step = send.steps[request.step]
    passing, there = await gate.request_still_passes(
        conn, hold, request.id, step, now, rehearse=send.rehearse
    )
    return there > 0 and passing == there


def next_question(request: RequestRow) -> float | None:
    """Seconds until a carrier that couldn't be asked is asked again; None: it was silent for too long."""
    if request.asked >= GIVE_UP_AFTER_QUESTIONS:
        return None
    return min(ASK_AGAIN_LIMIT_SECONDS, ASK_AGAIN_SECONDS * 2.0 ** min(request.asked, 10))


async def _unanswered(rt: Runtime, hold: Hold, request: RequestRow) -> None:
    seconds = next_question(request)
    if seconds is None:
        await give_up(rt, hold, request.id, release=False)
        return
    async with tenant_tx(rt, hold.tenant_id) as conn:
        wait = seconds * rt.settings.question_pace
        await fence.ask_at(conn, hold, request.id, seconds=wait, note="carrier can't be asked")


async def _ask_at(
    rt: Runtime, hold: Hold, request: RequestRow, seconds: float, note: str, *, unseen: bool = False
) -> None:
    async with tenant_tx(rt, hold.tenant_id) as conn:
        wait = seconds * rt.settings.question_pace
        await fence.ask_at(conn, hold, request.id, seconds=wait, note=note, unseen=unseen)


async def give_up(rt: Runtime, hold: Hold, request_id: UUID, *, release: bool = True) -> None:
    """Asked for about an hour without an answer: shown to a person as `uncertain`, units kept."""
    async with tenant_tx(rt, hold.tenant_id) as conn:
        send = await lock_send(conn, hold.tenant_id, hold.send_id)
        if send is None or not await fence.hold_chunk(conn, hold):
            return
        await conn.execute(
            """
            UPDATE requests SET state = 'uncertain', poll_after = clock_timestamp() + %s, updated_at = clock_timestamp()
            WHERE tenant_id = %s AND send_id = %s AND id = %s AND state = 'calling'
            """,
            (timedelta(minutes=10), hold.tenant_id, hold.send_id, request_id),
        )
        wanted = await open_attempts(conn, hold, request_id)
        await apply_news(
            conn, send, [News(seq, n, AttemptState.UNCERTAIN, code="carrier_silent") for seq, n in wanted]
        )
        if release:
            await close_or_reopen(conn, hold)
