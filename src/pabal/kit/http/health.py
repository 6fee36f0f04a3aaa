"""`/healthz` (the process answers) and `/readyz` (database, Redis and schema are what this code needs)."""

import asyncio
from collections.abc import Awaitable
from functools import cache

import psycopg
import redis.exceptions
from fastapi import Request
from fastapi.responses import JSONResponse
from psycopg_pool import PoolTimeout

from pabal.kit.db import system_tx
from pabal.kit.db.migrate import newest_revision
from pabal.kit.http.auth import runtime_of
from pabal.runtime import Runtime

_SECONDS = 3.0
_wanted_revision = cache(newest_revision)


async def healthz() -> dict[str, str]:
    return {"status": "ok"}


async def readyz(request: Request) -> JSONResponse:
    rt = runtime_of(request)
    (database, migrations), cache_ok = await asyncio.gather(_database(rt), _redis(rt))
    checks = {"database": database, "migrations": migrations, "redis": cache_ok}
    ready = all(checks.values())
    return JSONResponse(
        {"status": "ready" if ready else "not_ready", "checks": checks}, status_code=200 if ready else 503
    )


async def _database(rt: Runtime) -> tuple[bool, bool]:
    try:
        async with asyncio.timeout(_SECONDS), system_tx(rt) as conn:
            row = await (await conn.execute("SELECT version_num FROM alembic_version")).fetchone()
    except (psycopg.Error, PoolTimeout, TimeoutError):
        return False, False
    return True, row is not None and row[0] == _wanted_revision()


async def _redis(rt: Runtime) -> bool:
    pong: Awaitable[bool] = rt.redis.ping()
    try:
        async with asyncio.timeout(_SECONDS):
            return bool(await pong)
    except (redis.exceptions.RedisError, OSError, TimeoutError):
        return False
