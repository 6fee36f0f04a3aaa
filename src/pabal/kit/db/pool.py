"""Connection pool of the application role."""

import asyncio
import select
from collections import deque
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool
from typing_extensions import override

Pool = AsyncConnectionPool[AsyncConnection[TupleRow]]


class _Pool(AsyncConnectionPool[AsyncConnection[TupleRow]]):
    """A connection comes back even if its user is cancelled while handing it back, which waits for the pool's lock: without
    this, 1,200 cancelled users of a busy pool of ten left it with two (psycopg_pool 3.3.3)."""

    def __init__(self, conninfo: str, **options: Any) -> None:
        super().__init__(conninfo, **options)
        self._pool = _LastUsedFirst()

    @override
    async def putconn(self, conn: AsyncConnection[TupleRow]) -> None:
        returning = asyncio.create_task(super().putconn(conn))
        _returning.add(returning)
        returning.add_done_callback(_returning.discard)
        await asyncio.shield(returning)

    @override
    async def _shrink_pool(self) -> None:
        self._pool.rotate(1)  # it closes the first, and the last is the one that has idled longest
        await super()._shrink_pool()


class _LastUsedFirst(deque[AsyncConnection[TupleRow]]):
    """Connections that idle. The pool takes the first and appends what comes back, so that all of them work by turns: each
    statement then meets a server process whose memory the processor has forgotten. Of eight in turn a saved record cost the
    database 1.5 ms, of one again and again 0.65. Who isn't needed grows old at the end, and is closed there.
    """

    @override
    def append(self, conn: AsyncConnection[TupleRow], /) -> None:
        self.appendleft(conn)


_returning: set[asyncio.Task[None]] = set()  # the loop itself holds tasks weakly


async def _configure(conn: AsyncConnection[Any]) -> None:
    # Chunk queries differ only in bound ranges; after five runs a generic plan of `limit $1` assumes 10 % of the table.
    await conn.execute("SET plan_cache_mode = force_custom_plan")
    await conn.execute("SET TimeZone = 'UTC'")


# A server that went away closed our socket, which is seen without asking it; one behind a network may vanish silently.
_ASK_SECONDS = 2.0
_asked: WeakKeyDictionary[AsyncConnection[Any], float] = WeakKeyDictionary()


async def _still_alive(conn: AsyncConnection[Any]) -> None:
    """Before a connection is given out. Asking each time cost a round trip per transaction, three for each chunk sent."""
    now = monotonic()
    if now - _asked.get(conn, 0.0) < _ASK_SECONDS and not _has_something_to_say(conn):
        return
    await conn.execute("")
    _asked[conn] = now


def _has_something_to_say(conn: AsyncConnection[Any]) -> bool:
    """An idle connection is silent; if it is readable, its server has closed it, or is telling why it will."""
    if conn.closed:
        return True
    waiting = select.poll()
    waiting.register(conn.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def open_pool(conninfo: str, *, name: str, max_size: int = 10) -> Pool:
    """A closed pool; the caller opens it. Autocommit, because transactions are opened by the two doors alone."""
    return _Pool(
        conninfo,
        min_size=1,
        max_size=max_size,
        open=False,
        name=name,
        timeout=15,
        max_idle=120,
        reconnect_timeout=10,
        configure=_configure,
        check=_still_alive,
        kwargs={"autocommit": True, "application_name": name},
    )
