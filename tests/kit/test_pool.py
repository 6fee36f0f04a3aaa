"""A connection whose server is gone is never given out, although not every one is asked before it is."""

import psycopg

from pabal.kit.db import system_tx


async def _pid(rt):
    async with system_tx(rt) as conn:
        return (await (await conn.execute("SELECT pg_backend_pid()")).fetchone())[0]


async def test_connections_that_the_server_ended_a_moment_after_their_use_are_replaced(rt, database):
    used = {await _pid(rt) for _ in range(10)}
    with psycopg.connect(database.admin_dsn, autocommit=True) as admin:
        for pid in used:
            admin.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))
    for _ in range(10):
        assert await _pid(rt) not in used


async def test_the_connection_used_last_is_used_next(rt):
    """Its server process still has in the processor's memory what the next statement needs."""
    async with rt.pool.connection() as first, rt.pool.connection():
        pass
    for _ in range(3):
        async with rt.pool.connection() as again:
            assert again is first  # came back after the other
