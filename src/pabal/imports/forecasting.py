"""The dry run: what an import would do, counted by a process of its own and kept with the upload.

Asked again, the same question gets the kept answer; another one ends whoever still counts the old one. The key
(shape, mapping, policy) fences the writing, as a lease does for runs. A web process that dies takes its child
along; the screen then asks again.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from pabal.imports.draft import GONE, checked_mapping
from pabal.imports.jobs import environment_of
from pabal.kit.db import Conn, Database, tenant_tx
from pabal.kit.embedded.spawn import die_with_parent
from pabal.kit.events import try_publish_changed
from pabal.kit.http.errors import CONFLICT, Problem
from pabal.runtime import Runtime

LEASE = "20 seconds"
BEAT_SECONDS = 3.0
FRESH = "2 minutes"  # the book goes on changing under a kept answer
_NOT_COUNTED = "예상을 세지 못했어요. 그래도 가져올 수 있어요"
# Each holds a whole list: as much memory as a run.
_AT_ONCE = asyncio.Semaphore(2)
_counting: dict[UUID, tuple[str, asyncio.Task[None]]] = {}


@dataclass(frozen=True)
class Forecast:
    """`result` when it was counted, `problem` when it couldn't be; neither and `live`: still counting."""

    key: str | None
    live: bool
    percent: int
    result: dict[str, Any] | None
    problem: str | None
    fresh: bool


async def read_forecast(conn: Conn, import_id: UUID) -> Forecast | None:
    async with conn.cursor(row_factory=class_row(Forecast)) as cursor:
        await cursor.execute(
            f"""
            SELECT forecast_key AS key, coalesce(forecast_until > clock_timestamp(), false) AS live,
                   coalesce(forecast_percent, 0) AS percent, forecast AS result, forecast_problem AS problem,
                   coalesce(forecast IS NOT NULL
                            AND forecast_until > clock_timestamp() - interval '{FRESH}', false) AS fresh
            FROM imports WHERE id = %s
            """,
            (import_id,),
        )
        return await cursor.fetchone()


async def ask(
    rt: Runtime, tenant_id: UUID, import_id: UUID, policy: str, *, ask_nameless: bool, wait: float
) -> Forecast:
    """The forecast; after `wait` seconds one that is still being counted."""
    key, start = await _open(rt, tenant_id, import_id, policy, ask_nameless=ask_nameless)
    if start:
        before = _counting.pop(import_id, None)
        if before is not None:
            before[1].cancel()
        task = asyncio.create_task(_count(rt, tenant_id, import_id, key, policy, ask_nameless=ask_nameless))
        _counting[import_id] = (key, task)
        task.add_done_callback(_forget(import_id))
    running = _counting.get(import_id)
    if wait > 0 and running is not None and running[0] == key:
        await asyncio.wait({running[1]}, timeout=wait)
    async with tenant_tx(rt, tenant_id) as conn:
        found = await read_forecast(conn, import_id)
    if found is None or found.key != key:
        raise Problem(CONFLICT, detail="그 사이에 다른 조건으로 다시 세기 시작했어요")
    return found


def _forget(import_id: UUID) -> Callable[[asyncio.Task[None]], None]:
    def forget(task: asyncio.Task[None]) -> None:
        running = _counting.get(import_id)
        if running is not None and running[1] is task:
            del _counting[import_id]

    return forget


async def _open(
    db: Database, tenant_id: UUID, import_id: UUID, policy: str, *, ask_nameless: bool
) -> tuple[str, bool]:
    """The question's key, and whether somebody has to begin counting."""
    async with tenant_tx(db, tenant_id) as conn:
        cursor = await conn.execute(
            "SELECT shape, mapping FROM imports WHERE id = %s AND state = 'uploaded' FOR UPDATE", (import_id,)
        )
        row = await cursor.fetchone()
        if row is None:
            raise GONE
        shape, mapping = row
        checked_mapping(mapping, shape["columns"], partial=False)
        key = _key(shape, mapping, policy, ask_nameless)
        known = await read_forecast(conn, import_id)
        if known is not None and known.key == key and (known.live or known.fresh):
            return key, False
        await conn.execute(
            f"""
            UPDATE imports SET forecast = NULL, forecast_key = %(key)s, forecast_percent = 0, forecast_problem = NULL,
                   forecast_until = clock_timestamp() + interval '{LEASE}'
            WHERE id = %(id)s
            """,
            {"id": import_id, "key": key},
        )
        return key, True


def _key(*question: object) -> str:
    return blake2b(json.dumps(question, sort_keys=True).encode(), digest_size=16).hexdigest()


async def keep_counting(db: Database, tenant_id: UUID, import_id: UUID, key: str, percent: int) -> bool:
    """Extends the lease; False when the question is no longer asked."""
    async with tenant_tx(db, tenant_id) as conn:
        cursor = await conn.execute(
            f"""
            UPDATE imports SET forecast_percent = greatest(forecast_percent, %(percent)s),
                   forecast_until = clock_timestamp() + interval '{LEASE}'
            WHERE id = %(id)s AND forecast_key = %(key)s AND forecast IS NULL AND state = 'uploaded'
            """,
            {"id": import_id, "key": key, "percent": percent},
        )
        return cursor.rowcount == 1


async def _count(
    rt: Runtime, tenant_id: UUID, import_id: UUID, key: str, policy: str, *, ask_nameless: bool
) -> None:
    async with _AT_ONCE:
        if not await keep_counting(rt, tenant_id, import_id, key, 0):
            return
        die = die_with_parent(signal.SIGKILL)

        def before_it_starts() -> None:
            die()
            os.nice(5)  # requests of others go first

        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "pabal.imports.dryrun", str(tenant_id), str(import_id), key, policy,
            "ask" if ask_nameless else "join",
            stdin=asyncio.subprocess.DEVNULL,
            env={**os.environ, **environment_of(rt.settings)},
            preexec_fn=before_it_starts,
        )  # fmt: skip
        try:
            code = await child.wait()
        except asyncio.CancelledError:
            child.kill()
            await child.wait()
            raise
        if code != 0:
            await _give_up(rt, tenant_id, import_id, key)
    await try_publish_changed(rt, tenant_id, "import", import_id)


async def _give_up(db: Database, tenant_id: UUID, import_id: UUID, key: str) -> None:
    async with tenant_tx(db, tenant_id) as conn:
        await conn.execute(
            """
            UPDATE imports SET forecast_problem = %(problem)s, forecast_until = NULL
            WHERE id = %(id)s AND forecast_key = %(key)s AND forecast IS NULL
            """,
            {"id": import_id, "key": key, "problem": _NOT_COUNTED},
        )
