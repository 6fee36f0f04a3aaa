"""Runtime: what a process needs to work, passed explicitly. No globals, no container."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
from redis.asyncio import Redis

from pabal.config import Settings
from pabal.kit.clock import Clock
from pabal.kit.db import KeyRing, open_pool
from pabal.kit.db.pii import read_master_key
from pabal.kit.db.pool import Pool


@dataclass(frozen=True)
class Runtime:
    """Settings, pools and clock of one process."""

    settings: Settings
    pool: Pool
    redis: Redis
    http: httpx.AsyncClient
    clock: Clock
    keys: KeyRing


@asynccontextmanager
async def open_runtime(settings: Settings, *, name: str, pool_size: int = 10) -> AsyncIterator[Runtime]:
    """Open pools, yield, close. `name` shows up in pg_stat_activity."""
    if settings.database_url is None or settings.redis_url is None:
        raise ValueError(
            "PABAL_DATABASE_URL and PABAL_REDIS_URL are needed; `pabal up` sets them for its children"
        )
    keys = KeyRing(read_master_key(settings.master_key_path))
    pool = open_pool(settings.database_url, name=name, max_size=pool_size)
    redis: Redis = Redis.from_url(settings.redis_url, socket_connect_timeout=3, health_check_interval=15)
    async with (
        pool,
        redis,
        # Retries, redirects and proxies are off: a carrier call is one write, preceded by one commit.
        httpx.AsyncClient(
            # An idle connection is dropped after 2 s, before servers drop theirs (5 s is common): a write into a
            # closing connection has an unknown outcome, and each unknown costs a round of asking.
            transport=httpx.AsyncHTTPTransport(
                retries=0, limits=httpx.Limits(max_connections=64, keepalive_expiry=2)
            ),
            trust_env=False,
            follow_redirects=False,
        ) as http,
    ):
        yield Runtime(
            settings=settings,
            pool=pool,
            redis=redis,
            http=http,
            clock=Clock(timedelta(seconds=settings.clock_offset_seconds)),
            keys=keys,
        )
