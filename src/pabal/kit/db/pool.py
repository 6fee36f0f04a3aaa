"""Connection pool of the application role."""

from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

Pool = AsyncConnectionPool[AsyncConnection[TupleRow]]


async def _configure(conn: AsyncConnection[Any]) -> None:
    # Chunk queries differ only in bound ranges; after five runs a generic plan of `limit $1` assumes 10 % of the table.
    await conn.execute("SET plan_cache_mode = force_custom_plan")
    await conn.execute("SET TimeZone = 'UTC'")


async def _still_alive(conn: AsyncConnection[Any]) -> None:
    await conn.execute("")


def open_pool(conninfo: str, *, name: str, max_size: int = 10) -> Pool:
    """A closed pool; the caller opens it. Autocommit, because transactions are opened by the two doors alone."""
    return AsyncConnectionPool(
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
