"""Clicks, stored before they are answered: whoever was led on has a row, whatever is killed.

Clicks that come in while others commit share the next commit; one that comes alone waits for nobody. Who clicked is found,
and what it was is decided, by the statement that stores it: a batch is one round trip (`tenant_at_once`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import structlog

from pabal.domain.ids import new_id
from pabal.domain.links import TOO_FAST_SECONDS, Visit, classify
from pabal.kit.db import Statement, tenant_at_once
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

MAX_BATCH = 500
FLIGHTS = 4  # batches on their way at once, of different sends: one that waits for an erasure holds up nobody else's
MAX_WAITING = 5000  # beyond it people get "in a moment" at once instead of a connection that hangs


class TooManyWaitingError(Exception):
    """The ledger is away or too slow: nothing more is taken."""


@dataclass(frozen=True, slots=True)
class Click:
    """One request for a short link that was ours. `seq`: whose."""

    tenant_id: UUID
    send_id: UUID
    link_id: UUID
    seq: int
    at: datetime
    visit: Visit


# An erasure that didn't see our rows would leave them tied to the person: it waits for us (contacts.wait_for_clicks).
# One plan serves every batch, and it goes by the keys. A plan made for each costs more than running it, and right after a
# launch, when the statistics know nothing of the send, it read everybody's rows to find one: 2,000 of them for 5 clicks.
_BEFORE = """
    SELECT pg_advisory_xact_lock_shared(hashtextextended('pabal clicks ' || app.tenant_id(), 0)),
           set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)
"""
_STORE = """
    WITH who AS MATERIALIZED (
        SELECT v.no, v.id, v.ghost, v.link_id, v.seq, v.at, m.contact_id, f.too_fast,
               CASE WHEN f.too_fast THEN v.early_class ELSE v.class END AS class,
               CASE WHEN f.too_fast THEN v.early_why ELSE v.why END AS why,
               m.emptied OR c.id IS NULL OR c.erased_at IS NOT NULL AS erased,
               s.rehearse OR s.kind = 'test' AS unreal
        FROM unnest(%(ids)s::uuid[], %(ghosts)s::uuid[], %(links)s::uuid[], %(seqs)s::int[], %(ats)s::timestamptz[],
                    %(classes)s::text[], %(whys)s::text[], %(early_classes)s::text[], %(early_whys)s::text[])
             WITH ORDINALITY AS v (id, ghost, link_id, seq, at, class, why, early_class, early_why, no)
        JOIN sends s ON s.tenant_id = %(tenant)s AND s.id = %(send)s
        CROSS JOIN LATERAL (
            SELECT contact_id, snapshot IS NULL AS emptied FROM messages
            WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq = v.seq LIMIT 1
        ) AS m
        LEFT JOIN contacts c ON c.tenant_id = %(tenant)s AND c.id = m.contact_id
        CROSS JOIN LATERAL (
            SELECT coalesce(v.at < max(coalesce(r.called_at, a.created_at)) + make_interval(secs => %(too_fast)s), false)
            FROM attempts a
            LEFT JOIN requests r ON r.tenant_id = a.tenant_id AND r.send_id = a.send_id AND r.id = a.request_id
            WHERE a.tenant_id = %(tenant)s AND a.send_id = %(send)s AND a.seq = v.seq
        ) AS f (too_fast)
    ), stored AS (
        INSERT INTO clicks (tenant_id, id, send_id, link_id, seq, ghost, at, class, why)
        SELECT %(tenant)s, id, %(send)s, link_id, CASE WHEN NOT erased THEN seq END, CASE WHEN erased THEN ghost END,
               at, class, why
        FROM who
    ), seen AS (  -- in one order, so that two batches never wait for each other in a circle
        INSERT INTO contact_activity AS a (tenant_id, contact_id, last_clicked)
        SELECT %(tenant)s, contact_id, max(at) FROM who
        WHERE class = 'human' AND NOT erased AND NOT unreal AND contact_id IS NOT NULL
        GROUP BY contact_id ORDER BY contact_id
        ON CONFLICT (tenant_id, contact_id) DO UPDATE SET last_clicked = greatest(a.last_clicked, excluded.last_clicked)
    )
    SELECT no FROM who
"""


def statements_for(tenant_id: UUID, send_id: UUID, clicks: Sequence[Click]) -> list[Statement]:
    """What stores clicks of one send; answers the places (from 1) of those whose person the send has.

    Only the ledger knows when a person's text went out, so both judgements go along: as it looks, and as it looks from
    somebody whose text has just gone out.
    """
    usual = [classify(click.visit) for click in clicks]
    early = [classify(replace(click.visit, seconds_after=0.0)) for click in clicks]
    given = {
        "tenant": tenant_id,
        "send": send_id,
        "ids": [new_id() for _ in clicks],
        "ghosts": [new_id() for _ in clicks],
        "links": [click.link_id for click in clicks],
        "seqs": [click.seq for click in clicks],
        "ats": [click.at for click in clicks],
        "classes": [str(kind) for kind, _ in usual],
        "whys": [why for _, why in usual],
        "early_classes": [str(kind) for kind, _ in early],
        "early_whys": [why for _, why in early],
        "too_fast": TOO_FAST_SECONDS,
    }
    return [(_BEFORE, {}), (_STORE, given)]


@dataclass(slots=True)
class _Waiting:
    click: Click
    stored: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class ClickWriter:
    """The process's one writer of clicks: of a send, one batch is on its way while the next one gathers."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._waiting: dict[tuple[UUID, UUID], list[_Waiting]] = {}  # by tenant and send, while its task runs
        self._count = 0
        self._places = asyncio.Semaphore(FLIGHTS)
        self._tasks: set[asyncio.Task[None]] = set()

    async def store(self, click: Click) -> bool:
        """Returns after the commit. False: the send has nobody in that place."""
        if self._count >= MAX_WAITING:
            raise TooManyWaitingError
        waiting, of = _Waiting(click), (click.tenant_id, click.send_id)
        self._count += 1
        if of in self._waiting:
            self._waiting[of].append(waiting)
        else:
            self._waiting[of] = [waiting]
            task = asyncio.create_task(self._write(*of))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return (
            await waiting.stored
        )  # a visitor who hangs up takes this future along, and nothing out of the batch

    async def _write(self, tenant_id: UUID, send_id: UUID) -> None:
        of = (tenant_id, send_id)
        while self._waiting[of]:
            async with self._places:
                batch, self._waiting[of] = self._waiting[of][:MAX_BATCH], self._waiting[of][MAX_BATCH:]
                await self._write_batch(tenant_id, send_id, batch)
        del self._waiting[of]

    async def _write_batch(self, tenant_id: UUID, send_id: UUID, batch: list[_Waiting]) -> None:
        try:
            statements = statements_for(tenant_id, send_id, [one.click for one in batch])
            there = {no for (no,) in await tenant_at_once(self._rt, tenant_id, statements)}
        except Exception as error:  # noqa: BLE001  # every one of them must hear of it
            log.warning("clicks not stored", n=len(batch), error=type(error).__name__)
            for one in batch:
                if not one.stored.done():
                    one.stored.set_exception(error)
                    one.stored.exception()  # read: a visitor who hung up asks no more
            return
        finally:
            self._count -= len(batch)
        for no, one in enumerate(batch, start=1):
            if not one.stored.done():
                one.stored.set_result(no in there)
