"""Pause, resume, cancel, and the watch over running sends. Read by claims in their own transaction: effective at once.

What is already claimed is in the carrier's hands, and `in_flight` says how many that are.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

import structlog

from pabal import quota
from pabal.dispatch import burst
from pabal.dispatch.claim import hold_send
from pabal.dispatch.counters import add_deltas
from pabal.dispatch.intent import ACCOUNT_CAP, cap_left
from pabal.dispatch.ledger import lock_send
from pabal.dispatch.live import announce
from pabal.dispatch.model import WINDOW
from pabal.domain.window import SendWindow
from pabal.kit.clock import month_kst
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

LIVE = ("launching", "running", "paused", "held", "stopped")


class NoSuchSendError(LookupError):
    """Not there, or another tenant's."""


class WrongStateError(Exception):
    """The send can't do that now; `state` says where it is."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True, slots=True)
class ControlResult:
    state: str
    in_flight: int


async def pause_send(conn: Conn, tenant_id: UUID, send_id: UUID) -> ControlResult:
    return await _move(conn, tenant_id, send_id, ("running", "held"), "paused")


async def resume_send(
    conn: Conn, tenant_id: UUID, send_id: UUID, *, now: datetime | None = None
) -> ControlResult:
    """What failed until now has been seen: it doesn't stop the send a second time.

    Outside its hours (`now` by the rule clock) it is `held` for them; without `now` the next claim finds that out.
    """
    cursor = await conn.execute(
        "SELECT hold_reason FROM sends WHERE tenant_id = %s AND id = %s", (tenant_id, send_id)
    )
    row = await cursor.fetchone()
    result = await _move(conn, tenant_id, send_id, ("paused", "held", "stopped"), "running", now=now)
    await burst.begin_anew(conn, tenant_id, send_id, held_for="" if row is None else row[0])
    return result


async def cancel_send(conn: Conn, tenant_id: UUID, send_id: UUID) -> ControlResult:
    """Queued people become `cancelled`; those in the carrier's hands run to their end, then the send is over."""
    await _move(conn, tenant_id, send_id, ("launching", "running", "paused", "held", "stopped"), "cancelled")
    await end_queued(conn, tenant_id, send_id, "cancelled", "cancelled")
    return ControlResult("cancelled", await in_flight(conn, tenant_id, send_id))


async def _move(
    conn: Conn,
    tenant_id: UUID,
    send_id: UUID,
    allowed: tuple[str, ...],
    new: str,
    *,
    now: datetime | None = None,
) -> ControlResult:
    cursor = await conn.execute(
        "SELECT state, send_from, send_until FROM sends WHERE tenant_id = %s AND id = %s FOR NO KEY UPDATE",
        (tenant_id, send_id),
    )
    row = await cursor.fetchone()
    if row is None:
        raise NoSuchSendError
    if row[0] not in allowed:
        raise WrongStateError(row[0])
    reason, window = "", SendWindow.of(row[1], row[2])
    if new == "running" and now is not None and window is not None and not window.is_open(now):
        new, reason = "held", WINDOW
    await conn.execute(
        "UPDATE sends SET state = %s, hold_reason = %s WHERE tenant_id = %s AND id = %s",
        (new, reason, tenant_id, send_id),
    )
    return ControlResult(new, await in_flight(conn, tenant_id, send_id))


async def in_flight(conn: Conn, tenant_id: UUID, send_id: UUID) -> int:
    cursor = await conn.execute(
        "SELECT coalesce(sum(n), 0)::bigint FROM send_counters WHERE tenant_id = %s AND send_id = %s AND state = 'sending'",
        (tenant_id, send_id),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row is not None else 0


async def end_queued(conn: Conn, tenant_id: UUID, send_id: UUID, state: LiteralString, reason: str) -> int:
    """Whoever still waits gets a terminal state; due retries and open chunks go with them. How many that were."""
    cursor = await conn.execute(
        """
        WITH ended AS (
            UPDATE messages SET state = %(state)s, reason = %(reason)s, updated_at = clock_timestamp()
            WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND state = 'queued'
            RETURNING 1
        ), dropped AS (
            DELETE FROM retries WHERE tenant_id = %(tenant)s AND send_id = %(send)s
        )
        SELECT count(*) FROM ended
        """,
        {"tenant": tenant_id, "send": send_id, "state": state, "reason": reason},
    )
    row = await cursor.fetchone()
    n = int(row[0]) if row is not None else 0
    await add_deltas(conn, tenant_id, send_id, Counter({("queued", ""): -n, (state, reason): n}))
    return n


async def watch_send(rt: Runtime, tenant_id: UUID, send_id: UUID) -> None:
    """What the sweeper asks for each live send: does it keep failing, is it past notAfter, may a hold end, is it over?"""
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            """
            SELECT s.state, s.hold_reason, s.not_after, s.send_from, s.send_until,
                   coalesce((SELECT sum(n) FROM send_counters c
                             WHERE c.tenant_id = s.tenant_id AND c.send_id = s.id
                               AND c.state IN ('queued', 'sending', 'accepted')), 0)::bigint,
                   coalesce((SELECT sum(n) FROM send_counters c
                             WHERE c.tenant_id = s.tenant_id AND c.send_id = s.id AND c.state = 'queued'), 0)::bigint
            FROM sends s WHERE s.tenant_id = %s AND s.id = %s
            """,
            (tenant_id, send_id),
        )
        row = await cursor.fetchone()
        # Whoever has nobody left to send to needn't stop.
        code = None
        if row is not None and row[0] == "running" and row[6]:
            code = await burst.find_burst(conn, tenant_id, send_id)
    if row is None or row[0] not in {"running", "paused", "held", "stopped", "cancelled"}:
        return
    if code is not None:
        log.warning("held: one reason for most failures", send=str(send_id), code=code)
        await hold_send(rt, tenant_id, send_id, f"{burst.HOLD}{code}")
        await announce(rt, tenant_id, send_id)
        return
    state, hold_reason, not_after, send_from, send_until, open_count, queued = row
    window, now = SendWindow.of(send_from, send_until), rt.clock.now()
    waits = bool(queued) and window is not None and not window.is_open(now)
    if queued and state == "cancelled":
        # Claimed when it was cancelled, and back since: never called after all, or the next channel would be due.
        await _end(rt, tenant_id, send_id, "cancelled", "cancelled")
    elif queued and not_after is not None and now >= not_after:
        await _end(rt, tenant_id, send_id, "expired", "not_after")
    elif state == "held" and hold_reason == "quota":
        await _end_quota_hold(rt, tenant_id, send_id)
    elif state == "held" and hold_reason == ACCOUNT_CAP:
        await _end_cap_hold(rt, tenant_id, send_id)
    elif state == "held" and hold_reason == WINDOW and not waits:
        await _end_hold(rt, tenant_id, send_id, WINDOW)
    elif state == "running" and waits:
        # Between two chunks, or before the first: said at once, not when the next one is due.
        await hold_send(rt, tenant_id, send_id, WINDOW)
        await announce(rt, tenant_id, send_id)
    if open_count == 0:
        await _finish(rt, tenant_id, send_id)


async def _end(rt: Runtime, tenant_id: UUID, send_id: UUID, state: LiteralString, reason: str) -> None:
    async with tenant_tx(rt, tenant_id) as conn:
        # Serialises with claims, which hold the send FOR SHARE.
        await conn.execute(
            "SELECT 1 FROM sends WHERE tenant_id = %s AND id = %s FOR NO KEY UPDATE", (tenant_id, send_id)
        )
        await end_queued(conn, tenant_id, send_id, state, reason)
    await announce(rt, tenant_id, send_id)


async def _end_quota_hold(rt: Runtime, tenant_id: UUID, send_id: UUID) -> None:
    """Goes on by itself when an owner raises the limit or the month turns."""
    async with tenant_tx(rt, tenant_id) as conn:
        if await quota.remaining(conn, tenant_id, month_kst(rt.clock.now())) <= 0:
            return
    await _end_hold(rt, tenant_id, send_id, "quota")


async def _end_cap_hold(rt: Runtime, tenant_id: UUID, send_id: UUID) -> None:
    """Goes on by itself when the account's cap is raised or the month turns."""
    async with tenant_tx(rt, tenant_id) as conn:
        send = await lock_send(conn, tenant_id, send_id)
        if send is None or not await cap_left(conn, send, rt.clock.now()):
            return
    await _end_hold(rt, tenant_id, send_id, ACCOUNT_CAP)


async def _end_hold(rt: Runtime, tenant_id: UUID, send_id: UUID, reason: str) -> None:
    """Whoever paused or cancelled it meanwhile, or holds it for something else, keeps it so."""
    async with tenant_tx(rt, tenant_id) as conn:
        await conn.execute(
            """
            UPDATE sends SET state = 'running', hold_reason = ''
            WHERE tenant_id = %s AND id = %s AND state = 'held' AND hold_reason = %s
            """,
            (tenant_id, send_id, reason),
        )
    await announce(rt, tenant_id, send_id)


class CountersDisagreeError(Exception):
    """Counters and rows of a send differ: a bug, shown instead of hidden."""


async def _finish(rt: Runtime, tenant_id: UUID, send_id: UUID) -> None:
    """Finished = every message terminal, counters and rows compared."""
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            "SELECT state FROM sends WHERE tenant_id = %s AND id = %s FOR NO KEY UPDATE", (tenant_id, send_id)
        )
        row = await cursor.fetchone()
        if row is None or row[0] not in {"running", "paused", "held", "stopped", "cancelled"}:
            return
        difference = await _difference(conn, tenant_id, send_id)
        if difference:
            raise CountersDisagreeError(f"send {send_id}: {difference}")
        still_open = await conn.execute(
            """
            SELECT EXISTS (SELECT FROM messages WHERE tenant_id = %(tenant)s AND send_id = %(send)s
                             AND state IN ('queued', 'sending', 'accepted'))
            """,
            {"tenant": tenant_id, "send": send_id},
        )
        answer = await still_open.fetchone()
        if answer is None or answer[0]:
            return
        await conn.execute(
            """
            UPDATE chunks SET state = 'done', lease_until = NULL, owner = NULL
            WHERE tenant_id = %s AND send_id = %s AND state = 'open'
            """,
            (tenant_id, send_id),
        )
        await conn.execute(
            """
            UPDATE sends SET state = CASE state WHEN 'cancelled' THEN state ELSE 'finished' END, hold_reason = '',
                             finished_at = clock_timestamp()
            WHERE tenant_id = %s AND id = %s
            """,
            (tenant_id, send_id),
        )
    await announce(rt, tenant_id, send_id)


async def _difference(conn: Conn, tenant_id: UUID, send_id: UUID) -> list[tuple[str, str, int, int]]:
    """(state, reason, counted, in rows) where they differ."""
    cursor = await conn.execute(
        """
        SELECT coalesce(c.state, m.state), coalesce(c.reason, m.reason), coalesce(c.n, 0)::bigint, coalesce(m.n, 0)
        FROM (SELECT state, reason, sum(n) AS n FROM send_counters
              WHERE tenant_id = %(tenant)s AND send_id = %(send)s GROUP BY 1, 2) AS c
        FULL JOIN (SELECT state, coalesce(reason, '') AS reason, count(*) AS n FROM messages
                   WHERE tenant_id = %(tenant)s AND send_id = %(send)s GROUP BY 1, 2) AS m
             ON m.state = c.state AND m.reason = c.reason
        WHERE coalesce(c.n, 0) <> coalesce(m.n, 0)
        """,
        {"tenant": tenant_id, "send": send_id},
    )
    return [(s, r, int(c), int(m)) for s, r, c, m in await cursor.fetchall()]
