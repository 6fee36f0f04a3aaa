"""The scheduler: asks the ledger what is due or stale and issues turns. Safe to run more than once: a lease row elects one,
and doubles are harmless."""

import asyncio
import signal
from contextlib import suppress
from datetime import timedelta

import psycopg
import structlog
from psycopg_pool import PoolTimeout
from redis.exceptions import RedisError

from pabal.accounts import forget_expired
from pabal.campaigns import seal_old_conditions
from pabal.compliance import keep_retention
from pabal.config import Settings
from pabal.dispatch import LANE_SLOTS, accounts_to_read
from pabal.imports import forget_old_uploads
from pabal.kit import turns
from pabal.kit.clockshift import following_clock_shift
from pabal.kit.db import system_tx
from pabal.kit.http.upkeep import purge_old_keys
from pabal.kit.log import configure_logging
from pabal.kit.procid import owner_name
from pabal.kit.turns import Turn
from pabal.operations import forget_workers
from pabal.runtime import Runtime, open_runtime
from pabal.senders import register_all_at_sandbox
from pabal.worker import LINES

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.5
LEASE = timedelta(seconds=5)
UPKEEP_SECONDS = 600.0


async def serve(rt: Runtime, stop: asyncio.Event, *, owner: str | None = None) -> None:
    """Sweep until `stop`."""
    me = owner or owner_name()
    loop = asyncio.get_running_loop()
    upkeep_due = loop.time()
    registered = sealed = False
    while not stop.is_set():
        try:
            if await _elected(rt, me):
                await sweep(rt)
                registered = registered or await register_all_at_sandbox(rt)
                if loop.time() >= upkeep_due:
                    await upkeep(rt)
                    upkeep_due = loop.time() + UPKEEP_SECONDS
                if not sealed:  # of rows from before they were: once, after what is due
                    await seal_old_conditions(rt)
                    sealed = True
        except (psycopg.OperationalError, PoolTimeout, RedisError, OSError) as error:
            log.warning("sweep interrupted", error=type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), TICK_SECONDS)


async def _elected(rt: Runtime, owner: str) -> bool:
    async with system_tx(rt) as conn:
        cursor = await conn.execute(
            """
            INSERT INTO app.scheduler_lease AS l (name, owner, lease_until)
            VALUES ('scheduler', %(owner)s, clock_timestamp() + %(lease)s)
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
            WHERE l.owner = excluded.owner OR l.lease_until <= clock_timestamp()
            RETURNING 1
            """,
            {"owner": owner, "lease": LEASE},
        )
        return await cursor.fetchone() is not None


async def sweep(rt: Runtime) -> int:
    """Issue a turn for everything due anywhere; how many were new."""
    async with system_tx(rt) as conn:
        cursor = await conn.execute(
            "SELECT kind, tenant_id, id, send_id FROM app.due_work(%s)", (rt.clock.now(),)
        )
        due = await cursor.fetchall()
    issued = 0
    for kind, tenant_id, object_id, send_id in due:
        line = LINES.get(kind)
        if line is None:
            log.error("no handler for due work", kind=kind)
            continue
        name = f"{object_id}/{send_id}" if kind == "poll" else str(object_id)
        for slot in range(LANE_SLOTS if kind in {"lane", "urgent"} else 1):
            issued += await turns.issue(rt.redis, Turn(line, kind, str(tenant_id), name, slot))
    return issued


async def upkeep(rt: Runtime) -> None:
    """What needs doing every few minutes: partitions ahead, old sessions and lock-outs out."""
    async with system_tx(rt) as conn:
        await conn.execute(
            "SELECT app.make_partitions((current_date + make_interval(months => m))::date) FROM generate_series(0, 3) AS m"
        )
        await forget_expired(conn)
        await conn.execute("DELETE FROM app.gone_workers WHERE at < clock_timestamp() - interval '30 days'")
        await forget_workers(conn)
    await purge_old_keys(rt)
    for tenant_id, account_id in await accounts_to_read(rt):
        await turns.issue(rt.redis, Turn(LINES["optouts"], "optouts", str(tenant_id), str(account_id)))
    for tenant_id in await keep_retention(rt):
        await turns.issue(rt.redis, Turn(LINES["retention"], "retention", str(tenant_id), str(tenant_id)))
    await forget_old_uploads(rt)


async def run(settings: Settings) -> None:
    """Entry of `pabal scheduler`."""
    configure_logging(settings.log_level)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_runtime(settings, name="pabal scheduler", pool_size=3) as rt, following_clock_shift(rt):
        await serve(rt, stop)
