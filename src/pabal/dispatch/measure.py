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

from pabal.dispatch.model import FrozenStep, Selection
from pabal.dispatch.plan import _verdicts
from pabal.dispatch.render import Unrenderable, finish
from pabal.domain.template import parse
from pabal.kit.db import Conn
from pabal.runtime import Runtime

BATCH = 1000  # people rendered in one go beside the event loop: some 30 ms

MeasureProgress = Callable[[int], Awaitable[None]]


@dataclass(slots=True)
class Measured:
    """Of those who pass the gate: how many by kind of message, who can't be rendered and why, the weights."""

    per_kind: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    must_stop: int = 0  # people whose missing values stop the whole send, as its author asked
    bytes_min: int = 0
    bytes_max: int = 0

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
    step: FrozenStep,
    *,
    sendable: int,
    progress: MeasureProgress | None = None,
) -> Measured:
    """`sendable` is the forecast's: one text for all needs no look at the people."""
    measured = Measured()
    if not parse(step.body).variables:
        if sendable:
            _add_all(measured, step, ['{"phones": ["0"]}'], [0], sendable)
        return measured
    keys = await rt.keys.of(rt.pool, tenant_id)
    statement = _verdicts(rt, keys, tenant_id, None, selection, step.channel) + sql.SQL(
        """
        SELECT address_no, app.decrypt(pii) FROM verdict WHERE reason IS NULL AND pii IS NOT NULL
        """
    )
    # Everybody will be read; the planner expects a tenth of a cursor and would prefer plans that start fast.
    await conn.execute("SET LOCAL cursor_tuple_fraction = 1")
    done = 0
    async with AsyncServerCursor(conn, "measure") as cursor:
        await cursor.execute(statement)
        while rows := await cursor.fetchmany(BATCH):
            numbers, snapshots = [row[0] for row in rows], [row[1] for row in rows]
            await asyncio.to_thread(_add_all, measured, step, snapshots, numbers)
            done += len(rows)
            if progress is not None:
                await progress(done)
    return measured


def _add_all(
    measured: Measured, step: FrozenStep, snapshots: Sequence[str], numbers: Sequence[int], people: int = 1
) -> None:
    for snapshot, address_no in zip(snapshots, numbers, strict=True):
        finished = finish(step, snapshot, address_no)
        if isinstance(finished, Unrenderable):
            measured.excluded[finished.reason] += people
            measured.must_stop += people if finished.stop else 0
        else:
            measured.add(finished.kind, finished.weight, people)
