"""The shift of the rules' clock while the hub runs: development only, so that a rehearsal can visit
election day.

The shift is a row; every process that reads clocks follows it with one small query a second.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from pabal.config import Mode
from pabal.kit.db import system_tx
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)


async def shift_clock(rt: Runtime, offset: timedelta) -> None:
    """Shift this process now and the others within a second."""
    async with system_tx(rt) as conn:
        await conn.execute(
            "UPDATE app.installation SET clock_offset_seconds = %s", (round(offset.total_seconds()),)
        )
    rt.clock.offset = timedelta(seconds=round(offset.total_seconds()))


async def read_clock_shift(rt: Runtime) -> None:
    async with system_tx(rt) as conn:
        row = await (await conn.execute("SELECT clock_offset_seconds FROM app.installation")).fetchone()
    if row is not None and row[0] is not None and rt.clock.offset != timedelta(seconds=row[0]):
        rt.clock.offset = timedelta(seconds=row[0])
        log.info("clock.shifted", seconds=row[0])


@asynccontextmanager
async def following_clock_shift(rt: Runtime) -> AsyncIterator[None]:
    """Around the life of a process that reads clocks; does nothing in production."""
    if rt.settings.mode is not Mode.DEVELOPMENT:
        yield
        return
    follower = asyncio.create_task(_follow(rt), name="clock shift")
    try:
        yield
    finally:
        follower.cancel()
        with suppress(asyncio.CancelledError):
            await follower


async def _follow(rt: Runtime) -> None:
    while True:
        try:
            await read_clock_shift(rt)
        except (psycopg.Error, PoolTimeout) as error:
            log.warning("clock.shift_unread", error=type(error).__name__)
        await asyncio.sleep(1)
