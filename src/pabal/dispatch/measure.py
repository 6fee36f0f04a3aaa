"""What the finished texts of a launch would weigh, person by person.

The launch's own selection and gate, the claim's own rendering, counted instead of sent. Reads only; used by a
campaign's check.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from psycopg import AsyncServerCursor, sql

from pabal.dispatch.gate import suppression_channel
from pabal.dispatch.model import FrozenStep, Selection
from pabal.dispatch.plan import _verdicts
from pabal.dispatch.render import Unrenderable, finish
from pabal.domain.message import SkipReason
from pabal.domain.template import parse
from pabal.kit.db import Conn
from pabal.runtime import Runtime

BATCH = 1000  # people rendered in one go beside the event loop: some 30 ms

MeasureProgress = Callable[[int], Awaitable[None]]


@dataclass(slots=True)
class Measured:
    """Of those who come to a step: how many by kind of message, who can't be rendered and why, the weights."""

    per_kind: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    must_stop: int = 0  # people whose missing values stop the whole send, as its author asked
    bytes_min: int = 0
    bytes_max: int = 0

    @property
    def people(self) -> int:
        return self.per_kind.total()

    def add(self, kind: str, weight: int, people: int = 1) -> None:
        first = not self.per_kind
        self.per_kind[kind] += people
        self.bytes_min = weight if first else min(self.bytes_min, weight)
        self.bytes_max = max(self.bytes_max, weight)


async def measure(
    conn: Conn,
    rt: Runtime,
    tenant_id: UUID,
    selection: Selection,
    steps: Sequence[FrozenStep],
    *,
    sendable: int,
    progress: MeasureProgress | None = None,
) -> tuple[Measured, ...]:
    """Per step, as if every step before it failed for everybody: whoever can't get one ends there, as at the claim.
    `sendable` is the forecast's: one text for all needs no look at the people.
    """
    measured = tuple(Measured() for _ in steps)
    keys = await rt.keys.of(rt.pool, tenant_id)
    people = _verdicts(rt, keys, tenant_id, None, selection, steps[0].channel)
    refused = _refused(tenant_id, steps)
    if not any(parse(step.body).variables for step in steps):
        groups = [([False] * len(steps), sendable)]
        if len({suppression_channel(step.channel) for step in steps}) > 1:
            statement = people + sql.SQL(
                "SELECT {}, count(*) FROM verdict WHERE reason IS NULL GROUP BY 1"
            ).format(refused)
            groups = await (await conn.execute(statement)).fetchall()
        for refused_at, count in groups:
            if count:
                _add_all(measured, steps, ['{"phones": ["0"]}'], [0], [refused_at], count)
        return measured
    statement = people + sql.SQL(
        """
        SELECT address_no, app.decrypt(pii), {} FROM verdict WHERE reason IS NULL AND pii IS NOT NULL
        """
    ).format(refused)
    # Everybody will be read; the planner expects a tenth of a cursor and would prefer plans that start fast.
    await conn.execute("SET LOCAL cursor_tuple_fraction = 1")
    done = 0
    async with AsyncServerCursor(conn, "measure") as cursor:
        await cursor.execute(statement)
        while rows := await cursor.fetchmany(BATCH):
            numbers, snapshots, refusals = zip(*rows, strict=True)
            await asyncio.to_thread(_add_all, measured, steps, snapshots, numbers, refusals)
            done += len(rows)
            if progress is not None:
                await progress(done)
    return measured


def _refused(tenant_id: UUID, steps: Sequence[FrozenStep]) -> sql.Composable:
    """Per step: has this address opted out of its channel alone? The gate of the first step is passed by then."""
    first = suppression_channel(steps[0].channel)
    asks = [
        sql.SQL("false")
        if suppression_channel(step.channel) == first
        else sql.SQL(
            """
            EXISTS (SELECT FROM suppressions s
                    WHERE s.tenant_id = {tenant} AND s.address_key = verdict.address_key AND s.kind = 'phone'
                      AND s.channel IN ('all', {channel}))
            """
        ).format(tenant=sql.Literal(tenant_id), channel=sql.Literal(suppression_channel(step.channel)))
        for step in steps
    ]
    return sql.SQL("ARRAY[{}]::boolean[]").format(sql.SQL(", ").join(asks))


def _add_all(
    measured: Sequence[Measured],
    steps: Sequence[FrozenStep],
    snapshots: Sequence[str],
    numbers: Sequence[int],
    refusals: Sequence[Sequence[bool]],
    people: int = 1,
) -> None:
    for snapshot, address_no, refused in zip(snapshots, numbers, refusals, strict=True):
        for one, step, no in zip(measured, steps, refused, strict=True):
            finished = Unrenderable(SkipReason.SUPPRESSED) if no else finish(step, snapshot, address_no)
            if isinstance(finished, Unrenderable):
                one.excluded[finished.reason] += people
                one.must_stop += people if finished.stop else 0
                break
            one.add(finished.kind, finished.weight, people)
