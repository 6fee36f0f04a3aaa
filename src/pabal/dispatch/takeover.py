"""Asking before repeating: what became of a request whose outcome nobody committed?

Solapi by groups (docs/dispatch.md, "Fences"): a group that shows any sign of sending is adopted; one that is complete and
still allowed is sent (a second send of one group is refused by the carrier); anything else is deleted, and believed deleted
only when it still is after a pause longer than a call can take. Only then are its people queued again.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import structlog

from pabal.channels.base import (
    CarrierAccount,
    ContainerState,
    Discarded,
    FencedCarrier,
    MembersPage,
    NewsState,
    RecipientState,
    RequestView,
)
from pabal.channels.registry import fenced_carrier
from pabal.dispatch import fence, gate
from pabal.dispatch.accounts import carrier_account
from pabal.dispatch.claim import Claimed, close_or_reopen, open_attempts, void_request
from pabal.dispatch.ledger import apply_news, lock_send
from pabal.dispatch.model import Hold, RequestRow
from pabal.dispatch.outcome import commit_outcome
from pabal.dispatch.send import NotAllowedError, send_container
from pabal.domain.ids import parse_attempt_id
from pabal.domain.message import AttemptState
from pabal.domain.news import News
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

ASK_AGAIN_SECONDS = 2.0  # doubling, while the carrier can't be asked
ASK_AGAIN_LIMIT_SECONDS = 60.0
GIVE_UP_AFTER_QUESTIONS = 65  # about an hour of silence from the carrier: a person's turn
MISSING_PAUSE_SECONDS = 60.0  # between the two questions about people missing from a known request
Key = tuple[int, int]


async def ask(rt: Runtime, claimed: Claimed, request: RequestRow) -> None:
    """Settle one open request of a chunk that we have just claimed."""
    hold = claimed.hold
    if request.provider_id is None:
        # Died in `create`: an empty group, if there is one, can't send anything.
        await _void(rt, hold, request, note="no group was filled")
        return
    account = await carrier_account(rt, hold.tenant_id, request.account_id)
    adapter = fenced_carrier(account.carrier, rt.http, wall_seconds=rt.settings.http_timeout_seconds)
    view = await adapter.read(account, request.provider_id)
    if not isinstance(view, RequestView):
        await _ask_again(rt, hold, request, note="carrier can't be asked")
        return
    log.info(
        "asked", send=str(hold.send_id), chunk=hold.chunk_no, state=view.state, sending=view.shows_sending
    )
    if view.shows_sending:
        await _adopt(rt, hold, request, adapter, account)
    elif view.state is ContainerState.PENDING:
        await _finish_or_discard(rt, hold, request, adapter, account)
    elif view.state is ContainerState.DELETED or request.discarded:
        # DELETED, or 404 after a 200 to our DELETE.
        if request.discarded and request.pause_over:
            await _void(rt, hold, request, note="deleted before it was sent")
        else:
            await _note_discarded(rt, hold, request)
    else:  # 404 for a group that we know was created, and never deleted by us
        await _ask_again(rt, hold, request, note="group not found")


async def all_members(
    adapter: FencedCarrier, account: CarrierAccount, provider_id: str
) -> Mapping[Key, RecipientState] | None:
    """Everybody the carrier has in the container, by (seq, n). None if it can't be asked right now."""
    found: dict[Key, RecipientState] = {}
    cursor: str | None = None
    while True:
        page = await adapter.list_members(account, provider_id, cursor)
        if not isinstance(page, MembersPage):
            return None
        for member in page.members:
            parsed = None if member.attempt_id is None else parse_attempt_id(member.attempt_id)
            if parsed is not None:
                found[parsed[1], parsed[2]] = member
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor


def news_of(member: RecipientState, key: Key) -> News:
    """What a row of the carrier's list says about our attempt."""
    state = {
        NewsState.REFUSED: AttemptState.ERRORED,
        NewsState.ACCEPTED: AttemptState.ACCEPTED,
        NewsState.DELIVERED: AttemptState.DELIVERED,
        NewsState.FAILED: AttemptState.FAILED,
        NewsState.OTHER: AttemptState.ACCEPTED,  # it is in; its code is new to us
    }[member.state]
    return News(
        key[0],
        key[1],
        state,
        presumed=member.presumed,
        code=member.code,
        failure_class=member.failure_class,
        provider_id=member.provider_message_id or None,
    )


async def _adopt(
    rt: Runtime, hold: Hold, request: RequestRow, adapter: FencedCarrier, account: CarrierAccount
) -> None:
    """It is going out, or has: take over what the carrier says about each person."""
    assert request.provider_id is not None
    members = await all_members(adapter, account, request.provider_id)
    if members is None:
        await _ask_again(rt, hold, request, note="carrier can't be asked")
        return
    async with tenant_tx(rt, hold.tenant_id) as conn:
        wanted = await open_attempts(conn, hold, request.id)
    news = [news_of(members[key], key) for key in wanted if key in members]
    missing = [key for key in wanted if key not in members]
    if missing and request.asked >= 2:
        # Asked twice, a minute apart: nobody can say. A person decides; never a fallback from here.
        news += [News(seq, n, AttemptState.UNCERTAIN, code="missing_at_carrier") for seq, n in missing]
        missing = []
    await commit_outcome(rt, hold, request.id, request.account_id, news, settled=not missing)
    if missing:
        async with tenant_tx(rt, hold.tenant_id) as conn:
            await fence.ask_later(
                conn, hold, request.id, seconds=MISSING_PAUSE_SECONDS, note="people missing at the carrier"
            )


async def _finish_or_discard(
    rt: Runtime, hold: Hold, request: RequestRow, adapter: FencedCarrier, account: CarrierAccount
) -> None:
    """Filled, perhaps, and not sent. Its own counter may lag, so the people in it are counted."""
    assert request.provider_id is not None
    if request.discarded:
        # Our DELETE got a 200 and yet it is pending: believe neither, delete again.
        await _discard(rt, hold, request, adapter, account)
        return
    members = await all_members(adapter, account, request.provider_id)
    if members is None:
        await _ask_again(rt, hold, request, note="carrier can't be asked")
        return
    async with tenant_tx(rt, hold.tenant_id) as conn:
        wanted = await open_attempts(conn, hold, request.id)
    complete = bool(wanted) and set(members) == set(wanted)
    if complete:
        registered = [
            News(seq, n, AttemptState.ACCEPTED, provider_id=members[seq, n].provider_message_id or None)
            for seq, n in wanted
        ]
        try:
            await send_container(
                rt,
                hold,
                request.id,
                adapter,
                account,
                request.provider_id,
                registered,
                allow=lambda conn: _still_allowed(conn, rt, hold, request),
            )
        except NotAllowedError:
            log.info("no longer allowed", send=str(hold.send_id), chunk=hold.chunk_no)
        else:
            return
    await _discard(rt, hold, request, adapter, account)


async def _still_allowed(conn: Conn, rt: Runtime, hold: Hold, request: RequestRow) -> bool:
    """The gate, the send's state and notAfter pass again for everybody in the group, or nobody gets it."""
    await gate.enter_gate(conn, hold.tenant_id)
    send = await lock_send(conn, hold.tenant_id, hold.send_id)
    if send is None or send.state != "running":
        return False
    if send.not_after is not None and rt.clock.now() >= send.not_after:
        return False
    channel = send.steps[request.step].channel
    passing, there = await gate.request_still_passes(conn, hold, request.id, channel)
    return there > 0 and passing == there


async def _discard(
    rt: Runtime, hold: Hold, request: RequestRow, adapter: FencedCarrier, account: CarrierAccount
) -> None:
    assert request.provider_id is not None
    fence.check_deadline(hold)
    answer = await adapter.discard(account, request.provider_id)
    if isinstance(answer, Discarded):
        await _note_discarded(rt, hold, request)
    else:  # in process, already sent, or nobody knows: read it again
        await _ask_again(rt, hold, request, note="delete refused")


async def _note_discarded(rt: Runtime, hold: Hold, request: RequestRow) -> None:
    """Read again after a pause longer than any call of ours, or of a dead owner, can take."""
    async with tenant_tx(rt, hold.tenant_id) as conn:
        await conn.execute(
            """
            UPDATE requests SET discarded_at = coalesce(discarded_at, clock_timestamp())
            WHERE tenant_id = %s AND send_id = %s AND id = %s
            """,
            (hold.tenant_id, hold.send_id, request.id),
        )
        pause = rt.settings.http_timeout_seconds + 1.0
        await fence.ask_later(conn, hold, request.id, seconds=pause, note="deleted, read again")


async def _ask_again(rt: Runtime, hold: Hold, request: RequestRow, *, note: str) -> None:
    if request.asked >= GIVE_UP_AFTER_QUESTIONS:
        await _give_up(rt, hold, request.id)
        return
    seconds = min(ASK_AGAIN_LIMIT_SECONDS, ASK_AGAIN_SECONDS * 2.0 ** min(request.asked, 10))
    async with tenant_tx(rt, hold.tenant_id) as conn:
        await fence.ask_later(conn, hold, request.id, seconds=seconds, note=note)


async def _void(rt: Runtime, hold: Hold, request: RequestRow, *, note: str) -> None:
    async with tenant_tx(rt, hold.tenant_id) as conn:
        send = await lock_send(conn, hold.tenant_id, hold.send_id)
        if send is None or not await fence.hold_chunk(conn, hold):
            return
        await void_request(conn, send, hold, request.id, note=note)
        await close_or_reopen(conn, hold)


async def _give_up(rt: Runtime, hold: Hold, request_id: UUID) -> None:
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
        await close_or_reopen(conn, hold)
