"""What every peer does for one message: the ledger's writes as one task per message, on tables without walls or ciphertext.

Two transactions, as ours has (intent before the call, outcome after it); the third, `calling`, is spared them.
"""

import os
from typing import Any

SETUP = """
DROP SCHEMA IF EXISTS peer CASCADE;
CREATE SCHEMA peer;
CREATE TABLE peer.messages (id int PRIMARY KEY, state text NOT NULL, attempts int NOT NULL DEFAULT 0,
    updated_at timestamptz) WITH (fillfactor = 50);
CREATE TABLE peer.attempts (id int, n int, state text NOT NULL, text_hash bytea NOT NULL, bytes int NOT NULL,
    provider_id text, quota_state text NOT NULL, updated_at timestamptz, PRIMARY KEY (id, n)) WITH (fillfactor = 50);
CREATE TABLE peer.suppressions (address bigint PRIMARY KEY);
CREATE TABLE peer.quota (month text PRIMARY KEY, monthly_limit int NOT NULL, used int NOT NULL, reserved int NOT NULL,
    CHECK (used + reserved <= monthly_limit)) WITH (fillfactor = 10);
CREATE TABLE peer.counters (shard int, state text, n int NOT NULL, PRIMARY KEY (shard, state)) WITH (fillfactor = 10);
INSERT INTO peer.quota VALUES ('2026-11', 1000000000, 0, 0);
"""

COUNT = """
INSERT INTO peer.counters VALUES (%(id)s %% 16, '{state}', 1) ON CONFLICT (shard, state) DO UPDATE SET n = counters.n + 1
"""
INTENT = (
    """
    UPDATE peer.messages SET state = 'sending', attempts = attempts + 1, updated_at = clock_timestamp()
    WHERE id = %(id)s AND state = 'queued' AND NOT EXISTS (SELECT FROM peer.suppressions WHERE address = %(id)s)
    """,
    """
    INSERT INTO peer.attempts VALUES (%(id)s, 1, 'intent', %(hash)s, 60, NULL, 'reserved', clock_timestamp())
    ON CONFLICT (id, n) DO UPDATE SET state = 'intent'
    """,
    "UPDATE peer.quota SET reserved = reserved + 1 WHERE month = '2026-11'",
    COUNT.format(state="sending"),
)
OUTCOME = (
    """
    UPDATE peer.attempts SET state = 'accepted', provider_id = %(provider)s, quota_state = 'settled',
        updated_at = clock_timestamp()
    WHERE id = %(id)s AND n = 1
    """,
    "UPDATE peer.messages SET state = 'accepted', updated_at = clock_timestamp() WHERE id = %(id)s",
    "UPDATE peer.quota SET reserved = reserved - 1, used = used + 1 WHERE month = '2026-11'",
    COUNT.format(state="accepted"),
)


def values(number: int) -> dict[str, Any]:
    return {"id": number, "hash": b"\0" * 16, "provider": f"M4V20261122{number:012d}"}


_pool: Any = None


def send_one(number: int) -> None:
    """A task of a peer that runs threads or processes."""
    global _pool  # noqa: PLW0603  # opened after the worker has forked
    if _pool is None:
        from psycopg_pool import ConnectionPool

        _pool = ConnectionPool(
            os.environ["PEER_DSN"], min_size=1, max_size=8, kwargs={"prepare_threshold": 1}, open=True
        )
    with _pool.connection() as conn:
        for statements in (INTENT, OUTCOME):
            with conn.transaction():
                for statement in statements:
                    conn.execute(statement, values(number))


_async_pool: Any = None


async def send_one_async(number: int) -> None:
    """The same for a peer that runs an event loop."""
    global _async_pool  # noqa: PLW0603  # belongs to the worker's loop
    if _async_pool is None:
        from psycopg_pool import AsyncConnectionPool

        _async_pool = AsyncConnectionPool(
            os.environ["PEER_DSN"], min_size=1, max_size=8, kwargs={"prepare_threshold": 1}, open=False
        )
        await _async_pool.open()
    async with _async_pool.connection() as conn:
        for statements in (INTENT, OUTCOME):
            async with conn.transaction():
                for statement in statements:
                    await conn.execute(statement, values(number))
