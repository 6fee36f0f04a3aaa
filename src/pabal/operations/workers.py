"""Workers say that they live, and an operator may say that one doesn't.

A row for each worker process, written every ten seconds: a lease shows only who holds a chunk, and a worker that can't reach
the ledger, or was never started, holds none. Nothing of sending depends on these rows.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
import structlog
from psycopg.types.json import Jsonb
from psycopg_pool import PoolTimeout

from pabal.kit.db import Conn, system_tx
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

BEAT_SECONDS = 10.0
# Two beats may be missed (a busy machine, a database that starts again); at the third the operator sees it.
SILENT_AFTER = timedelta(seconds=25)
# Twice the longest lease and call together (12 + 8 s) and then some: before that nobody may be declared dead by hand.
DEAD_AFTER = timedelta(seconds=60)
KEEP = timedelta(days=1)


class Taken:
    """What one worker process has taken: turns by line since its start, and how many are under way."""

    def __init__(self) -> None:
        self.turns: Counter[str] = Counter()
        self.busy = 0

    def began(self, line: str) -> None:
        self.turns[line] += 1
        self.busy += 1

    def ended(self, _: object) -> None:
        self.busy -= 1


@dataclass(frozen=True, slots=True)
class Worker:
    """`silent`: not heard of for longer than a living worker is silent."""

    owner: str
    host: str
    started_at: datetime
    seen_at: datetime
    silent: bool
    may_be_dead: bool  # silent for so long that an operator may say that its machine is gone
    busy: int
    turns: Mapping[str, int]


async def beat(rt: Runtime, owner: str, taken: Taken) -> None:
    async with system_tx(rt) as conn:
        await conn.execute(
            """
            INSERT INTO app.workers AS w (owner, host, busy, turns)
            VALUES (%(owner)s, %(host)s, %(busy)s, %(turns)s)
            ON CONFLICT (owner) DO UPDATE
            SET seen_at = clock_timestamp(), busy = excluded.busy, turns = excluded.turns
            """,
            {
                "owner": owner,
                "host": os.uname().nodename,
                "busy": taken.busy,
                "turns": Jsonb(dict(taken.turns)),
            },
        )


async def keep_beating(
    rt: Runtime, owner: str, taken: Taken, stop: asyncio.Event, *, every: float = BEAT_SECONDS
) -> None:
    """Until `stop`; then the row goes: who stops in order isn't missed. Without a database there is nobody to tell."""
    while not stop.is_set():
        try:
            await beat(rt, owner, taken)
        except (psycopg.OperationalError, PoolTimeout) as error:
            log.warning("no heartbeat", error=type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), every)
    with suppress(psycopg.OperationalError, PoolTimeout):
        async with system_tx(rt) as conn:
            await conn.execute("DELETE FROM app.workers WHERE owner = %s", (owner,))


async def read_workers(conn: Conn) -> tuple[Worker, ...]:
    """Those proven gone left out; the ones longest unheard of first."""
    cursor = await conn.execute(
        """
        SELECT w.owner, w.host, w.started_at, w.seen_at, w.seen_at <= clock_timestamp() - %(silent)s::interval,
               w.seen_at <= clock_timestamp() - %(dead)s::interval, w.busy, w.turns
        FROM app.workers w
        WHERE NOT EXISTS (SELECT FROM app.gone_workers g WHERE g.owner = w.owner)
        ORDER BY w.seen_at <= clock_timestamp() - %(silent)s::interval DESC, w.host, w.started_at, w.owner
        """,
        {"silent": SILENT_AFTER, "dead": DEAD_AFTER},
    )
    return tuple([Worker(*row) for row in await cursor.fetchall()])


async def declare_dead(conn: Conn, owner: str) -> bool:
    """An operator says that this process can't write any more: its leases end, and it counts as proven gone. False: it isn't
    known, or was heard of less than a minute ago. A wrong word here is what could send a message twice at a carrier without
    groups, hence the minute and the operator's name in the log."""
    cursor = await conn.execute(
        """
        SELECT app.reap_worker(w.owner) FROM app.workers w
        WHERE w.owner = %s AND w.seen_at <= clock_timestamp() - %s::interval
          AND NOT EXISTS (SELECT FROM app.gone_workers g WHERE g.owner = w.owner)
        """,
        (owner, DEAD_AFTER),
    )
    return await cursor.fetchone() is not None


async def forget_workers(conn: Conn) -> None:
    await conn.execute("DELETE FROM app.workers WHERE seen_at < clock_timestamp() - %s::interval", (KEEP,))
