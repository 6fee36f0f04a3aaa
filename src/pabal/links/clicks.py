"""Clicks, stored before they are answered: whoever was led on has a row, whatever is killed.

One writer per process gathers what comes in within a few milliseconds, and while the last batch commits, so that a click
costs a share of one commit. Who clicked is found, and what it was is decided, in the same transaction.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import structlog

from pabal.domain.ids import new_id
from pabal.domain.links import ClickClass, Visit, classify
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

MAX_BATCH = 500
GATHER_SECONDS = 0.003  # a click waits this long for others to share its commit with
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


async def store_clicks(conn: Conn, tenant_id: UUID, clicks: Sequence[Click]) -> list[bool]:
    """Rows for one tenant's clicks; False for a place that the send doesn't have."""
    # An erasure that didn't see our rows would leave them tied to the person: it waits for us (contacts.wait_for_clicks).
    await conn.execute(
        "SELECT pg_advisory_xact_lock_shared(hashtextextended('pabal clicks ' || app.tenant_id(), 0))"
    )
    cursor = await conn.execute(
        """
        SELECT v.no, m.contact_id, m.snapshot IS NULL OR c.id IS NULL OR c.erased_at IS NOT NULL,
               s.rehearse OR s.kind = 'test',
               (SELECT max(coalesce(r.called_at, a.created_at)) FROM attempts a
                LEFT JOIN requests r ON r.tenant_id = a.tenant_id AND r.send_id = a.send_id AND r.id = a.request_id
                WHERE a.tenant_id = m.tenant_id AND a.send_id = m.send_id AND a.seq = m.seq)
        FROM unnest(%(sends)s::uuid[], %(seqs)s::int[]) WITH ORDINALITY AS v (send_id, seq, no)
        JOIN messages m ON m.tenant_id = %(tenant)s AND m.send_id = v.send_id AND m.seq = v.seq
        JOIN sends s ON s.tenant_id = m.tenant_id AND s.id = m.send_id
        LEFT JOIN contacts c ON c.tenant_id = m.tenant_id AND c.id = m.contact_id
        """,
        {
            "tenant": tenant_id,
            "sends": [click.send_id for click in clicks],
            "seqs": [click.seq for click in clicks],
        },
    )
    known = {no: rest for no, *rest in await cursor.fetchall()}
    rows = []
    clicked: dict[UUID, datetime] = {}
    for no, click in enumerate(clicks, start=1):
        if no not in known:
            continue
        contact_id, erased, unreal, called_at = known[no]
        seconds = None if called_at is None else (click.at - called_at).total_seconds()
        kind, why = classify(replace(click.visit, seconds_after=seconds))
        rows.append((click, None if erased else click.seq, new_id() if erased else None, kind, why))
        if kind is ClickClass.HUMAN and not erased and not unreal and contact_id is not None:
            clicked[contact_id] = max(click.at, clicked.get(contact_id, click.at))
    if rows:
        await conn.execute(
            """
            INSERT INTO clicks (tenant_id, id, send_id, link_id, seq, ghost, at, class, why)
            SELECT %(tenant)s, v.* FROM unnest(%(ids)s::uuid[], %(sends)s::uuid[], %(links)s::uuid[], %(seqs)s::int[],
                                   %(ghosts)s::uuid[], %(ats)s::timestamptz[], %(classes)s::text[], %(whys)s::text[]) AS v
            """,
            {
                "tenant": tenant_id,
                "ids": [new_id() for _ in rows],
                "sends": [click.send_id for click, *_ in rows],
                "links": [click.link_id for click, *_ in rows],
                "seqs": [seq for _, seq, *_ in rows],
                "ghosts": [ghost for _, _, ghost, *_ in rows],
                "ats": [click.at for click, *_ in rows],
                "classes": [str(kind) for *_, kind, _ in rows],
                "whys": [why for *_, why in rows],
            },
        )
    if clicked:
        people = sorted(clicked)  # in one order, so that two processes never wait for each other in a circle
        await conn.execute(
            """
            INSERT INTO contact_activity AS a (tenant_id, contact_id, last_clicked)
            SELECT %(tenant)s, v.contact, v.at FROM unnest(%(people)s::uuid[], %(ats)s::timestamptz[]) AS v (contact, at)
            ORDER BY v.contact
            ON CONFLICT (tenant_id, contact_id) DO UPDATE SET last_clicked = greatest(a.last_clicked, excluded.last_clicked)
            """,
            {"tenant": tenant_id, "people": people, "ats": [clicked[one] for one in people]},
        )
    return [no in known for no in range(1, len(clicks) + 1)]


@dataclass(slots=True)
class _Waiting:
    click: Click
    stored: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class ClickWriter:
    """The process's one writer of clicks."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def store(self, click: Click) -> bool:
        """Returns after the commit. False: the send has nobody in that place."""
        if len(self._waiting) >= MAX_WAITING:
            raise TooManyWaitingError
        waiting = _Waiting(click)
        self._waiting.append(waiting)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write())
        # Shielded: a visitor who hangs up takes nothing away from a batch that is being written.
        return await asyncio.shield(waiting.stored)

    async def _write(self) -> None:
        while self._waiting:
            await asyncio.sleep(GATHER_SECONDS)
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            by_tenant: dict[UUID, list[_Waiting]] = defaultdict(list)
            for one in batch:
                by_tenant[one.click.tenant_id].append(one)
            for tenant_id, group in by_tenant.items():
                await self._write_group(tenant_id, group)

    async def _write_group(self, tenant_id: UUID, group: list[_Waiting]) -> None:
        try:
            async with tenant_tx(self._rt, tenant_id) as conn:
                stored = await store_clicks(conn, tenant_id, [one.click for one in group])
        except Exception as error:  # noqa: BLE001  # every one of them must hear of it
            log.warning("clicks not stored", n=len(group), error=type(error).__name__)
            for one in group:
                if not one.stored.done():
                    one.stored.set_exception(error)
                    one.stored.exception()  # read: a visitor who hung up asks no more
            return
        for one, there in zip(group, stored, strict=True):
            if not one.stored.done():
                one.stored.set_result(there)
