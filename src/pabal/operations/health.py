"""One look at the whole installation, as far as it can be seen: what is away is said to be away, the rest is shown.

Counts, times and names of tenants and processes. It reads what the sweeper reads, by the same indexes; a page that asks
every few seconds costs what one sweep costs.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from psycopg_pool import PoolTimeout
from redis.exceptions import RedisError

from pabal.dispatch import resting
from pabal.kit import turns
from pabal.kit.db import Conn, system_tx
from pabal.kit.db.migrate import newest_revision
from pabal.kit.turns import Line
from pabal.operations.workers import Worker, read_workers
from pabal.runtime import Runtime

PATIENCE_SECONDS = 3.0
CALLS_OF = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class LineLength:
    line: str
    turns: int


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes of one kind, as the database sees them: a process without a connection for a while isn't seen."""

    name: str  # pabal api, pabal worker, pabal scheduler
    connections: int
    since: datetime  # the oldest connection


@dataclass(frozen=True, slots=True)
class Holder:
    """A worker that holds chunks now. `stale`: its lease is over, somebody else may take them."""

    owner: str
    chunks: int
    lease_until: datetime
    stale: bool


@dataclass(frozen=True, slots=True)
class Load:
    """What waits in one tenant, and for how long."""

    tenant_id: UUID
    tenant_name: str
    live: int  # sends that aren't over
    held: int  # of them: waiting for somebody, or for a reason to end
    due: int  # chunks that a worker could take now
    oldest_due: datetime | None
    leased: int
    stale: int  # chunks whose worker's lease is over
    oldest_stale: datetime | None
    receipts: int
    oldest_receipt: datetime | None
    polls: int
    oldest_poll: datetime | None


@dataclass(frozen=True, slots=True)
class CarrierLoad:
    """Calls through one account in the last quarter of an hour."""

    tenant_id: UUID
    tenant_name: str
    account_id: UUID
    carrier: str
    sandbox: bool
    state: str
    calls: int
    unclear: int  # ended without an answer that can be trusted
    last_at: datetime
    resting_seconds: float  # the breaker is open for so long


@dataclass(frozen=True, slots=True)
class Lease:
    owner: str
    lease_until: datetime
    alive: bool


@dataclass(frozen=True, slots=True)
class Database:
    revision: str
    current: bool  # the schema that this code needs
    frozen: bool
    frozen_reason: str
    scheduler: Lease | None
    gone: int  # processes declared gone in the last 30 days
    workers: tuple[Worker, ...]
    processes: tuple[Processes, ...]
    holders: tuple[Holder, ...]
    load: tuple[Load, ...]
    carriers: tuple[CarrierLoad, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """None: can't be reached."""

    database: Database | None
    lines: tuple[LineLength, ...] | None


async def read_health(rt: Runtime) -> Health:
    lines = await _lines(rt)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), system_tx(rt) as conn:
            database = await _database(conn)
    except (psycopg.Error, PoolTimeout, TimeoutError):
        return Health(None, lines)
    if lines is None:  # breakers live there, too
        return Health(database, None)
    carriers = [
        replace(one, resting_seconds=round(await resting(rt.redis, one.account_id), 1))
        for one in database.carriers
    ]
    return Health(replace(database, carriers=tuple(carriers)), lines)


async def _lines(rt: Runtime) -> tuple[LineLength, ...] | None:
    with suppress(RedisError, OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            return tuple([LineLength(line, await turns.length(rt.redis, line)) for line in Line])
    return None


async def _database(conn: Conn) -> Database:
    cursor = await conn.execute(
        """
        SELECT (SELECT version_num FROM alembic_version), i.sending_frozen, i.frozen_reason,
               (SELECT count(*) FROM app.gone_workers), l.owner, l.lease_until, l.lease_until > clock_timestamp()
        FROM app.installation i LEFT JOIN app.scheduler_lease l ON l.name = 'scheduler'
        """
    )
    row = await cursor.fetchone()
    assert row is not None
    revision, frozen, reason, gone, *lease = row
    return Database(
        revision=revision,
        current=revision == newest_revision(),
        frozen=frozen,
        frozen_reason=reason,
        scheduler=Lease(*lease) if lease[0] is not None else None,
        gone=gone,
        workers=await read_workers(conn),
        processes=await _processes(conn),
        holders=await _holders(conn),
        load=await _load(conn),
        carriers=await _carriers(conn),
    )


async def _processes(conn: Conn) -> tuple[Processes, ...]:
    """Of our own role in this database only: others' connections are hidden from it anyway."""
    cursor = await conn.execute(
        """
        SELECT application_name, count(*), min(backend_start) FROM pg_stat_activity
        WHERE datname = current_database() AND usename = current_user AND backend_type = 'client backend'
          AND application_name <> ''
        GROUP BY 1 ORDER BY 1
        """
    )
    return tuple([Processes(*row) for row in await cursor.fetchall()])


async def _holders(conn: Conn) -> tuple[Holder, ...]:
    cursor = await conn.execute(
        """
        SELECT owner, chunks, lease_until, lease_until <= clock_timestamp() FROM app.lease_holders()
        ORDER BY lease_until
        """
    )
    return tuple([Holder(*row) for row in await cursor.fetchall()])


async def _load(conn: Conn) -> tuple[Load, ...]:
    cursor = await conn.execute(
        """
        SELECT l.tenant_id, t.name, l.live, l.held, l.due, l.oldest_due, l.leased, l.stale, l.oldest_stale, l.receipts,
               l.oldest_receipt, l.polls, l.oldest_poll
        FROM app.hub_load() l JOIN app.list_tenants() t ON t.tenant_id = l.tenant_id
        ORDER BY least(l.oldest_due, l.oldest_stale, l.oldest_receipt, l.oldest_poll) NULLS LAST, t.name
        """
    )
    return tuple([Load(*row) for row in await cursor.fetchall()])


async def _carriers(conn: Conn) -> tuple[CarrierLoad, ...]:
    cursor = await conn.execute(
        """
        SELECT c.tenant_id, t.name, c.account_id, c.carrier, c.sandbox, c.state, c.calls, c.unclear, c.last_at, 0.0::float8
        FROM app.carrier_load(%s) c JOIN app.list_tenants() t ON t.tenant_id = c.tenant_id
        ORDER BY c.unclear DESC, c.last_at DESC
        """,
        (CALLS_OF,),
    )
    return tuple([CarrierLoad(*row) for row in await cursor.fetchall()])
