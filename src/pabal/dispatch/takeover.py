"""Asking before repeating: what became of a request whose outcome nobody committed?

Solapi by groups (docs/dispatch.md, "Fences"): a group that shows any sign of sending is adopted; one that is complete and
still allowed is sent (a second send of one group is refused by the carrier); anything else is deleted, and believed deleted
only when it still is after a pause longer than a call can take. Only then are its people queued again.

Where deletes don't hold (the account test could add to a deleted group) a delete proves nothing. What still does: a group
whose `send` nobody has called won't be sent, because that call needs a commit under the chunk's epoch, which is ours now.
And one whose `send` was called won't be by a caller who is proven gone. Else a person decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from pabal.channels.base import (
    CarrierAccount,
    ContainerState,
    Discarded,
    FencedCarrier,
    NotSent,
    RecipientState,
    RequestView,
    Unknown,
)
from pabal.channels.registry import fenced_carrier, is_fenced
from pabal.dispatch import breaker, fence
from pabal.dispatch.accounts import NoAccountError, account_for
from pabal.dispatch.asking import ask_all, give_up, next_question, proven_gone, still_allowed
from pabal.dispatch.calling import NotAllowedError
from pabal.dispatch.chunks import close_or_reopen, open_attempts, void_request
from pabal.dispatch.claim import Claimed
from pabal.dispatch.ledger import lock_send
from pabal.dispatch.members import Key, collect, news_of
from pabal.dispatch.model import Hold, RequestRow
from pabal.dispatch.outcome import commit_outcome
from pabal.dispatch.send import send_container
from pabal.domain.message import AttemptState
from pabal.domain.news import News
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

MISSING_PAUSE_SECONDS = 60.0  # between the two questions about people missing from a known request
# `send` of a group whose earlier sender isn't proven gone: whatever becomes of this call, that one may still come.
SEND_AGAIN = "send_again"


@dataclass(frozen=True, slots=True)
class Group:
    """Where a request's group is, and whether its carrier keeps what it deleted deleted."""

    adapter: FencedCarrier
    account: CarrierAccount
    fenced: bool


async def take_over(rt: Runtime, claimed: Claimed) -> None:
    """Settle the open requests of a chunk that we have just claimed."""
    found = await account_for(rt, claimed.hold.tenant_id, claimed.to_ask[0].account_id)
    if found is None:
        raise NoAccountError
    if not is_fenced(found.account.carrier):
        await ask_all(rt, claimed, found.account)
        return
    adapter = fenced_carrier(found.account.carrier, rt.http, wall_seconds=rt.settings.http_timeout_seconds)
    for request in claimed.to_ask:
        await _ask(rt, claimed.hold, request, Group(adapter, found.account, found.fenced))


async def _ask(rt: Runtime, hold: Hold, request: RequestRow, group: Group) -> None:
    if request.provider_id is None:
        # Died in `create`: an empty group, if there is one, can't send anything.
        await _void(rt, hold, request, note="no group was filled")
        return
    view = await group.adapter.read(group.account, request.provider_id)
    await breaker.note(rt.redis, group.account.id, trouble=isinstance(view, NotSent | Unknown))
    if not isinstance(view, RequestView):
        await _ask_again(rt, hold, request, note="carrier can't be asked")
        return
    log.info(
        "asked", send=str(hold.send_id), chunk=hold.chunk_no, state=view.state, sending=view.shows_sending
    )
    if view.shows_sending:
        await _adopt(rt, hold, request, group)
    elif not group.fenced and request.discarded and request.pause_over:
        await _let_go(rt, hold, request)
    elif view.state is ContainerState.PENDING:
        await _finish_or_discard(rt, hold, request, group)
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
    """Everybody the carrier has in the container. None if it can't be asked right now."""
    found = await collect(lambda cursor: adapter.list_members(account, provider_id, cursor))
    return None if found is None else found.people


async def _adopt(rt: Runtime, hold: Hold, request: RequestRow, group: Group) -> None:
    """It is going out, or has: take over what the carrier says about each person."""
    assert request.provider_id is not None
    members = await all_members(group.adapter, group.account, request.provider_id)
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
            wait = MISSING_PAUSE_SECONDS * rt.settings.question_pace
            await fence.ask_later(conn, hold, request.id, seconds=wait, note="people missing at the carrier")


async def _finish_or_discard(rt: Runtime, hold: Hold, request: RequestRow, group: Group) -> None:
    """Filled, perhaps, and not sent. Its own counter may lag, so the people in it are counted."""
    assert request.provider_id is not None
    if request.discarded:
        # Our DELETE got a 200 and yet it is pending: believe neither, delete again.
        await _discard(rt, hold, request, group)
        return
    members = await all_members(group.adapter, group.account, request.provider_id)
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
        gone = _never_sent(request) or await proven_gone(rt, hold, request.owner)
        try:
            await send_container(
                rt,
                hold,
                request.id,
                group.adapter,
                group.account,
                request.provider_id,
                registered,
                allow=lambda conn: still_allowed(conn, rt, hold, request),
                stage="send" if gone and request.stage != SEND_AGAIN else SEND_AGAIN,
            )
        except NotAllowedError:
            log.info("no longer allowed", send=str(hold.send_id), chunk=hold.chunk_no)
        else:
            return
    await _discard(rt, hold, request, group)


def _never_sent(request: RequestRow) -> bool:
    return request.stage in {"create", "add"}


async def _let_go(rt: Runtime, hold: Hold, request: RequestRow) -> None:
    """A group without a fence that doesn't send, and that we don't want to send: is it certain that nobody else will?"""
    left = MISSING_PAUSE_SECONDS * rt.settings.question_pace - (
        (datetime.now(UTC) - request.called_at).total_seconds()
    )
    if not _never_sent(request) and left > 0:
        async with tenant_tx(rt, hold.tenant_id) as conn:
            await fence.ask_later(conn, hold, request.id, seconds=left, note="its caller may still send it")
        return
    gone = request.stage == "send" and await proven_gone(rt, hold, request.owner)
    if _never_sent(request) or gone:
        await _void(rt, hold, request, note="nobody can send it any more")
        return
    async with tenant_tx(rt, hold.tenant_id) as conn:
        wanted = await open_attempts(conn, hold, request.id)
    news = [News(seq, n, AttemptState.UNCERTAIN, code="caller_not_gone") for seq, n in wanted]
    await commit_outcome(rt, hold, request.id, request.account_id, news)


async def _discard(rt: Runtime, hold: Hold, request: RequestRow, group: Group) -> None:
    assert request.provider_id is not None
    fence.check_deadline(hold)
    answer = await group.adapter.discard(group.account, request.provider_id)
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
    seconds = next_question(request)
    if seconds is None:
        await give_up(rt, hold, request.id)
        return
    async with tenant_tx(rt, hold.tenant_id) as conn:
        wait = seconds * rt.settings.question_pace
        await fence.ask_later(conn, hold, request.id, seconds=wait, note=note)


async def _void(rt: Runtime, hold: Hold, request: RequestRow, *, note: str) -> None:
    async with tenant_tx(rt, hold.tenant_id) as conn:
        send = await lock_send(conn, hold.tenant_id, hold.send_id)
        if send is None or not await fence.hold_chunk(conn, hold):
            return
        await void_request(conn, send, hold, request.id, note=note)
        await close_or_reopen(conn, hold)
