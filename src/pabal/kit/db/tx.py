"""The doors to a connection. Nothing else opens a transaction; an architecture test finds who tries.

A connection is only ever held inside `async with pool.connection()`: under cancellation (the client went away) a split
getconn/putconn loses it (psycopg #1208, #1402). The transaction closes inside the handler, before the answer goes out.
"""

from asyncio import CancelledError, Semaphore
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from datetime import datetime
from typing import Any, LiteralString, NamedTuple, Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection, AsyncTransaction, Connection, Error
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Composed

from pabal.kit.db.pii import KeyRing, TenantKeys
from pabal.kit.db.pool import Pool

Conn = AsyncConnection[TupleRow]


class Database(Protocol):
    """What a door needs: Runtime has it."""

    @property
    def pool(self) -> Pool: ...
    @property
    def keys(self) -> KeyRing: ...


_OPEN = "SELECT set_config('app.tenant', %s, true), set_config('app.dek', %s, true)"


@asynccontextmanager
async def tenant_tx(db: Database, tenant_id: UUID) -> AsyncIterator[Conn]:
    """One transaction of one tenant: its rows, its data key. Commits when the block ends, rolls back when it raises."""
    keys = await db.keys.of(db.pool, tenant_id)
    async with db.pool.connection() as conn, AsyncExitStack() as stack:
        # BEGIN and the settings travel together; conn.transaction() would stay in the pipeline.
        async with conn.pipeline():
            await stack.enter_async_context(AsyncTransaction(conn))
            await conn.execute(_OPEN, (str(tenant_id), keys.dek))
        yield conn


_OPEN_KEYED = (
    "SELECT set_config('app.tenant', %s, true), set_config('app.dek', %s, true),"
    " set_config('plan_cache_mode', 'force_generic_plan', true), clock_timestamp()"
)


class Opened(NamedTuple):
    """What `tenant_tx_after` hands over: the rows of the first statement, and when it was sent by the database's clock."""

    conn: Conn
    rows: list[TupleRow]
    at: datetime


@asynccontextmanager
async def tenant_tx_piped(db: Database, tenant_id: UUID) -> AsyncIterator[Conn]:
    """`tenant_tx` that waits only where an answer is read: statements whose rows nobody reads travel with the next that is
    read, the last ones together with COMMIT. So an error may come out of a later statement, or of the block's end, and row
    counts are unknown until then. For what is done per chunk of messages: 22 round trips became 8."""
    keys = await db.keys.of(db.pool, tenant_id)
    async with db.pool.connection() as conn, conn.pipeline() as pipeline, AsyncTransaction(conn):
        await conn.execute(_OPEN, (str(tenant_id), keys.dek))
        try:
            yield conn
        except BaseException:
            with suppress(
                Error
            ):  # after a failed statement the server hears nothing before this, not even ROLLBACK
                await pipeline.sync()
            raise


@asynccontextmanager
async def tenant_tx_after(
    db: Database, tenant_id: UUID, query: LiteralString, given: dict[str, Any]
) -> AsyncIterator[Opened]:
    """A transaction for a request that comes hundreds of times a second: in one pipeline, so that a statement travels with
    the next one that is asked for its rows, and the last ones with the commit. As in `tenant_at_once` the pipeline's sync
    commits; BEGIN and COMMIT would be two commands more of some 0.1 ms. What the statements do is plain only after the
    block: an error of one that nobody asked is raised there.

    Plans are made once per connection, where `force_custom_plan` (kit/db/pool) made them for each request, which took as
    long as running them: so only for statements whose rows are found by their keys.

    At most `KEYED_AT_ONCE` of them are open in a process; who comes later waits in front of the pool.

    No `conn.pipeline()` and no `conn.transaction()` inside: their sync would commit halfway. The statement after it would
    then find no tenant and be refused.
    """
    keys = await db.keys.of(db.pool, tenant_id)
    async with _few_at_once(db.pool), db.pool.connection() as conn, _whole_or_closed(conn), conn.pipeline():
        opening = await conn.execute(_OPEN_KEYED, (str(tenant_id), keys.dek))
        cursor = await conn.execute(query, given)
        try:
            rows = await cursor.fetchall()
            [(*_, at)] = await opening.fetchall()
            yield Opened(conn, rows, at)
        except BaseException:
            # A statement that failed, or a lost connection, ends in a rollback by itself and takes no more words.
            with suppress(Error):
                await conn.execute("ROLLBACK")
            raise


@asynccontextmanager
async def _whole_or_closed(conn: Conn) -> AsyncIterator[None]:
    """A pipeline that was cut short closes its connection, and the pool opens another. psycopg (3.3) takes a statement for
    prepared once it has written the words, and the server never reads those that stand behind an error or a cancellation:
    the next one who is given that connection was told that a prepared statement doesn't exist. `AsyncTransaction` forgets
    them with its ROLLBACK; the doors without one don't."""
    try:
        yield
    except (CancelledError, Error):
        await conn.close()
        raise


# Of one process. A burst used to open all 20 connections of the pool, each of which costs the database 17 ms before its
# plans are made (2.8 to connect, 6.1 for the first record, 2.3 each until the sixth, 0.7 to 1.5 from there): a third of a
# second of work in the middle of the burst, and twenty transactions that took each other's processor. 200 a second of some
# 6 ms each are one or two at once.
KEYED_AT_ONCE = 6
_places: WeakKeyDictionary[Pool, Semaphore] = WeakKeyDictionary()


def _few_at_once(pool: Pool) -> Semaphore:
    if (places := _places.get(pool)) is None:
        places = _places[pool] = Semaphore(KEYED_AT_ONCE)
    return places


Statement = tuple[LiteralString | SQL | Composed, dict[str, Any]]


async def tenant_at_once(
    db: Database, tenant_id: UUID, statements: Sequence[Statement], *, keyed: bool = False
) -> list[TupleRow]:
    """The same transaction for statements that don't wait for each other's answers, in one round trip; the last one's rows.

    Without BEGIN, what stands before a pipeline's sync is one transaction that the sync commits: it has committed when this
    returns. `tenant_tx` takes three trips more, each of which wakes two processes.

    `keyed`: plans are made once per connection, for statements that find rows by keys or by functions (`tenant_tx_after`).
    """
    keys = await db.keys.of(db.pool, tenant_id)
    async with db.pool.connection() as conn, _whole_or_closed(conn):
        async with conn.pipeline():
            await conn.execute(_OPEN_KEYED if keyed else _OPEN, (str(tenant_id), keys.dek))
            for query, given in statements:
                cursor = await conn.execute(query, given, prepare=keyed or None)
        return await cursor.fetchall()


@asynccontextmanager
async def system_tx(db: Database) -> AsyncIterator[Conn]:
    """One transaction without a tenant: system tables and the audited SECURITY DEFINER functions.

    Tenant tables refuse every statement here. The data key is the installation's own (people who log in).
    """
    async with db.pool.connection() as conn, AsyncExitStack() as stack:
        async with conn.pipeline():  # as in `tenant_tx`
            await stack.enter_async_context(AsyncTransaction(conn))
            await conn.execute(_OPEN, ("", db.keys.installation_dek))
        yield conn


async def system_at_once(db: Database, query: LiteralString, given: Sequence[Any]) -> list[TupleRow]:
    """One statement on system tables or audited functions, which is a transaction by itself: one round trip instead of
    `system_tx`'s three. Each request begins with one. There is no data key in it, and no tenant: `app.tenant_id()` refuses.
    """
    async with db.pool.connection() as conn:
        cursor = await conn.execute(query, given)
        return await cursor.fetchall()


@contextmanager
def tenant_tx_sync(conn: Connection[Any], tenant_id: UUID, keys: TenantKeys) -> Iterator[Connection[Any]]:
    """`tenant_tx` for CPU-heavy jobs that run outside the event loop on a connection of their own (autocommit)."""
    with conn.transaction():
        conn.execute(_OPEN, (str(tenant_id), keys.dek))
        yield conn
