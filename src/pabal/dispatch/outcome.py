"""The third commit: what the carrier answered becomes what the ledger knows.

Repeated until it is in; nothing is called again for it.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from pabal.dispatch.accepted import Accepted, UnevenError, all_accepted, write_accepted
from pabal.dispatch.chunks import close_or_reopen, void_request
from pabal.dispatch.crash import crash
from pabal.dispatch.fence import call_ended, hold_chunk
from pabal.dispatch.ledger import apply_news, lock_send
from pabal.dispatch.live import announce
from pabal.dispatch.model import Hold
from pabal.domain.ids import new_id
from pabal.domain.news import News
from pabal.kit.backoff import again_after
from pabal.kit.db import Conn, tenant_tx, tenant_tx_piped
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)


DATABASE_AWAY = (psycopg.OperationalError, PoolTimeout)


# A chunk whose request certainly didn't go out: 3 s at most the first time, a minute at most in the end.
AGAIN_BASE_SECONDS = 3.0
AGAIN_LIMIT_SECONDS = 60.0


def next_try(hold: Hold, asked_for: float | None = None) -> float:
    """Seconds until a chunk is due again of which nothing went in. Its epoch counts how often it was taken."""
    return again_after(hold.epoch, base=AGAIN_BASE_SECONDS, limit=AGAIN_LIMIT_SECONDS, asked_for=asked_for)


async def persist(hold: Hold, write: Callable[[], Awaitable[None]]) -> None:
    """Repeat a write of what we know until it is in: knowledge of a call must not be lost with the database."""
    attempt = 0
    while True:
        try:
            await write()
        except DATABASE_AWAY as error:
            attempt += 1
            log.warning(
                "not committed yet", send=str(hold.send_id), tries=attempt, error=type(error).__name__
            )
            await asyncio.sleep(min(2.0, 0.1 * 2**attempt))
        else:
            return


async def note_ended(rt: Runtime, hold: Hold, request_id: UUID, *, seconds: float, note: str) -> None:
    """Nobody of us is writing this request any more, whatever became of the chunk: whoever asks later may rely on it."""

    async def write() -> None:
        async with tenant_tx(rt, hold.tenant_id) as conn:
            await call_ended(conn, hold, request_id, seconds=seconds, note=note)

    await persist(hold, write)


async def commit_outcome(
    rt: Runtime,
    hold: Hold,
    request_id: UUID,
    account_id: UUID,
    news: Sequence[News],
    *,
    settled: bool = True,
    provider_id: str | None = None,
    release: bool = True,
) -> None:
    """Write what we learned. `settled`: the request needs no more asking; `release`: it was the chunk's last one. Keeps
    trying while the database is away."""
    crash(rt.settings, "before_outcome", step=hold.step)
    outcome = _Outcome(request_id, account_id, news, settled, provider_id, release)
    try:
        if not all_accepted(news):
            raise UnevenError
        await persist(hold, lambda: _write_at_once(rt, hold, outcome))
    except UnevenError:
        await persist(hold, lambda: _write(rt, hold, outcome))
    crash(rt.settings, "after_outcome", step=hold.step)
    await announce(rt, hold.tenant_id, hold.send_id)


@dataclass(frozen=True, slots=True)
class _Outcome:
    request_id: UUID
    account_id: UUID
    news: Sequence[News]
    settled: bool
    provider_id: str | None
    release: bool


async def _write_at_once(rt: Runtime, hold: Hold, outcome: _Outcome) -> None:
    """Everybody was accepted. UnevenError, and nothing written, if somebody stands otherwise than expected."""
    poll = timedelta(seconds=rt.settings.first_poll_seconds)
    release = outcome.settled and outcome.release
    accepted = Accepted(outcome.request_id, outcome.news, outcome.settled, poll, outcome.provider_id, release)
    async with tenant_tx_piped(rt, hold.tenant_id) as conn:
        await write_accepted(conn, hold, accepted)
        crash(rt.settings, "mid_outcome", step=hold.step)


async def _write(rt: Runtime, hold: Hold, outcome: _Outcome) -> None:
    async with tenant_tx(rt, hold.tenant_id) as conn:
        send = await lock_send(conn, hold.tenant_id, hold.send_id)
        if send is None:
            return
        if not await hold_chunk(conn, hold):
            # An old epoch: somebody else asks about this chunk now. Our knowledge goes in as news like any other.
            await _keep_as_receipt(conn, hold, outcome.account_id, outcome.news)
            return
        await conn.execute(
            """
            UPDATE requests
            SET state = CASE WHEN %(settled)s THEN 'answered' ELSE state END,
                poll_after = CASE WHEN %(settled)s THEN clock_timestamp() + %(poll)s ELSE poll_after END,
                provider_id = coalesce(%(provider)s, provider_id), updated_at = clock_timestamp()
            WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND id = %(request)s AND state = 'calling'
            """,
            {
                "settled": outcome.settled,
                "poll": timedelta(seconds=rt.settings.first_poll_seconds),
                "provider": outcome.provider_id,
                "tenant": hold.tenant_id,
                "send": hold.send_id,
                "request": outcome.request_id,
            },
        )
        await apply_news(conn, send, outcome.news)
        if outcome.settled and outcome.release:
            await close_or_reopen(conn, hold)
        crash(rt.settings, "mid_outcome", step=hold.step)


async def commit_void(
    rt: Runtime, hold: Hold, request_id: UUID, *, note: str, again_after: float, release: bool = True
) -> None:
    """Proven not to go out: people back to queued, units free, the chunk due again after a while."""

    async def write() -> None:
        async with tenant_tx(rt, hold.tenant_id) as conn:
            send = await lock_send(conn, hold.tenant_id, hold.send_id)
            if send is None:
                return
            if not await hold_chunk(conn, hold):  # somebody else's chunk now: he may know that we have ended
                await call_ended(conn, hold, request_id, seconds=0, note=note)
                return
            await void_request(conn, send, hold, request_id, note=note)
            if release:
                await close_or_reopen(conn, hold, again_after=again_after)

    await persist(hold, write)


async def _keep_as_receipt(conn: Conn, hold: Hold, account_id: UUID, news: Sequence[News]) -> None:
    body = json.dumps(
        {
            "outcome": [
                {
                    "send": str(hold.send_id),
                    "seq": item.seq,
                    "n": item.n,
                    "state": item.state,
                    "presumed": item.presumed,
                    "code": item.code,
                    "failureClass": item.failure_class,
                    "providerId": item.provider_id,
                }
                for item in news
            ]
        }
    )
    await conn.execute(
        "INSERT INTO receipts (tenant_id, id, account_id, body) VALUES (%s, %s, %s, app.encrypt(%s))",
        (hold.tenant_id, new_id(), account_id, body),
    )
