"""Polling: receipts that webhooks missed, and hubs without a public address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from pabal.channels.base import CarrierAccount, NewsState, RecipientState, RequestView
from pabal.channels.registry import fenced_carrier, is_fenced, unfenced_carrier
from pabal.dispatch.accounts import carrier_account
from pabal.dispatch.asking import known
from pabal.dispatch.ledger import apply_news, lock_send
from pabal.dispatch.live import announce
from pabal.dispatch.members import Key, news_of
from pabal.dispatch.takeover import all_members
from pabal.domain.fallback import hold_seconds
from pabal.domain.message import AttemptState, FailureClass
from pabal.domain.news import News
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

BACKOFF_LIMIT_SECONDS = 900.0
_NO_RESULT = frozenset({NewsState.ACCEPTED, NewsState.OTHER})
PRESUME_AFTER_SECONDS = (
    3600.0  # after the carrier's own time-out: silence counts as failure until a receipt says otherwise
)
GIVE_UP_SECONDS = 6 * 3600.0  # after the carrier's own time-out: nothing is going to come any more


async def poll_request(rt: Runtime, tenant_id: UUID, send_id: UUID, request_id: UUID) -> None:
    """Ask the carrier about one request's people who are accepted and have no receipt; set when to ask next."""
    async with tenant_tx(rt, tenant_id) as conn:
        row = await _due(conn, tenant_id, send_id, request_id)
        if row is None:
            return
        account_id, channel, polls, age = row.account_id, row.channel, row.polls, row.age
        waiting = await _without_receipt(conn, tenant_id, send_id, request_id)
        if not waiting:
            await _poll_again(conn, tenant_id, send_id, request_id, None)
            return
        # Before the call, so that a carrier that hangs doesn't make every sweep ask again.
        backoff = min(BACKOFF_LIMIT_SECONDS, rt.settings.first_poll_seconds * 2.0 ** min(polls, 10))
        await _poll_again(conn, tenant_id, send_id, request_id, backoff)
    account = await carrier_account(rt, tenant_id, account_id)
    members = await _members(rt, account, row, doubtful=any(doubt for *_, doubt in waiting))
    waiting_keys = [(seq, n) for seq, n, _ in waiting]
    news = (
        [news_of(members[key], key) for key in waiting_keys if key in members] if members is not None else []
    )
    if age.total_seconds() > hold_seconds(channel) + PRESUME_AFTER_SECONDS:
        # The carrier's own time-out is over and it still says nothing: presumed, so a late receipt may correct it.
        said = {(item.seq, item.n) for item in news if item.state is not AttemptState.ACCEPTED}
        news += [
            News(
                seq,
                n,
                AttemptState.FAILED,
                presumed=True,
                code="no_receipt",
                failure_class=FailureClass.RETRYABLE,
            )
            for seq, n in waiting_keys
            if (seq, n) not in said
        ]
    if age.total_seconds() > hold_seconds(channel) + GIVE_UP_SECONDS:
        async with tenant_tx(rt, tenant_id) as conn:
            await _poll_again(conn, tenant_id, send_id, request_id, None)
    if not news:
        return
    async with tenant_tx(rt, tenant_id) as conn:
        send = await lock_send(conn, tenant_id, send_id)
        if send is None:
            return
        applied = await apply_news(conn, send, news)
    if applied.changed:
        await announce(rt, tenant_id, send_id)


@dataclass(frozen=True, slots=True)
class _Due:
    account_id: UUID
    provider_id: str | None
    channel: str
    request_key: str
    called_at: datetime
    polls: int
    age: timedelta


async def _members(
    rt: Runtime, account: CarrierAccount, due: _Due, *, doubtful: bool
) -> Mapping[Key, RecipientState] | None:
    """`doubtful`: nobody knows whether somebody of the request was sent at all. A group lists people as registered before
    it is sent, and after it was deleted: that is no news of them unless the group shows that it is sending."""
    wall = rt.settings.http_timeout_seconds
    if not is_fenced(account.carrier):
        adapter = unfenced_carrier(account.carrier, due.channel, rt.http, wall_seconds=wall)
        return await known(rt, adapter, account, due)
    if due.provider_id is None:
        return None
    groups = fenced_carrier(account.carrier, rt.http, wall_seconds=wall)
    people = await all_members(groups, account, due.provider_id)
    if not doubtful or not people:
        return people
    view = await groups.read(account, due.provider_id)
    if not isinstance(view, RequestView):
        return None
    return (
        people if view.shows_sending else {k: one for k, one in people.items() if one.state not in _NO_RESULT}
    )


async def _due(conn: Conn, tenant_id: UUID, send_id: UUID, request_id: UUID) -> _Due | None:
    cursor = await conn.execute(
        """
        SELECT account_id, provider_id, channel, request_key, coalesce(called_at, created_at), polls,
               clock_timestamp() - coalesce(called_at, created_at)
        FROM requests
        WHERE tenant_id = %s AND send_id = %s AND id = %s AND poll_after <= clock_timestamp()
        FOR NO KEY UPDATE SKIP LOCKED  -- another worker is at it
        """,
        (tenant_id, send_id, request_id),
    )
    row = await cursor.fetchone()
    return None if row is None else _Due(*row)


async def _without_receipt(
    conn: Conn, tenant_id: UUID, send_id: UUID, request_id: UUID
) -> list[tuple[int, int, bool]]:
    """(seq, n, whether it is uncertain that they were sent)."""
    cursor = await conn.execute(
        """
        SELECT a.seq, a.n, a.state = 'uncertain'
        FROM requests r
        JOIN chunks c ON c.tenant_id = r.tenant_id AND c.send_id = r.send_id AND c.no = r.chunk_no
        JOIN attempts a ON a.tenant_id = r.tenant_id AND a.send_id = r.send_id AND a.seq BETWEEN c.seq_from AND c.seq_to
        WHERE r.tenant_id = %(tenant)s AND r.send_id = %(send)s AND r.id = %(request)s
          AND a.tenant_id = %(tenant)s AND a.send_id = %(send)s AND a.request_id = %(request)s
          AND (a.state IN ('accepted', 'uncertain') OR (a.state = 'failed' AND a.presumed))
        ORDER BY a.seq, a.n
        """,
        {"tenant": tenant_id, "send": send_id, "request": request_id},
    )
    return [(seq, n, doubt) for seq, n, doubt in await cursor.fetchall()]


async def _poll_again(
    conn: Conn, tenant_id: UUID, send_id: UUID, request_id: UUID, seconds: float | None
) -> None:
    await conn.execute(
        """
        UPDATE requests SET poll_after = clock_timestamp() + %s, polls = polls + 1, updated_at = clock_timestamp()
        WHERE tenant_id = %s AND send_id = %s AND id = %s
        """,
        (None if seconds is None else timedelta(seconds=seconds), tenant_id, send_id, request_id),
    )
