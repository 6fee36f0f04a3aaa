"""Lock-outs of the login, per e-mail address and per network address, in PostgreSQL: wiping Redis opens no
door.

Five failures for one e-mail lock it for 15 minutes, each further five for twice as long (a day at most). A
network address has six times the patience, because a whole camp office sits behind one.
"""

import hmac
import math

from pabal.kit.db import Conn

EMAIL_FAILURES = 5
NETWORK_FAILURES = 30


def network_key(index_key: bytes, address: str) -> bytes:
    """Keyed, so that the table holds no network addresses."""
    return hmac.digest(index_key, b"network\0" + address.encode(), "sha256")[:16]


async def seconds_locked(conn: Conn, *keys: bytes) -> int:
    """How long the longest lock on these keys still lasts; 0 when the way is free."""
    cursor = await conn.execute(
        """
        SELECT coalesce(max(extract(epoch FROM locked_until - clock_timestamp())), 0)::float8
        FROM login_failures WHERE key = ANY(%s) AND locked_until > clock_timestamp()
        """,
        (list(keys),),
    )
    row = await cursor.fetchone()
    assert row is not None
    return math.ceil(float(row[0]))


async def record_failure(conn: Conn, key: bytes, allowed: int) -> None:
    """Count one failure; every `allowed`-th locks the key. A quiet day forgets."""
    await conn.execute(
        """
        INSERT INTO login_failures AS f (key, failures, first_at) VALUES (%(key)s, 1, clock_timestamp())
        ON CONFLICT (key) DO UPDATE SET (failures, first_at, locked_until) = (
            SELECT n.failures,
                   CASE WHEN n.failures = 1 THEN clock_timestamp() ELSE f.first_at END,
                   CASE WHEN n.failures %% %(allowed)s = 0
                        THEN clock_timestamp() + least(
                            interval '15 minutes' * power(2, n.failures / %(allowed)s - 1), interval '1 day')
                   END
            FROM (SELECT CASE WHEN greatest(f.first_at, f.locked_until) < clock_timestamp() - interval '1 day'
                              THEN 1 ELSE f.failures + 1 END AS failures) n)
        """,
        {"key": key, "allowed": allowed},
    )


async def forget_failures(conn: Conn, key: bytes) -> None:
    """The right password clears the e-mail's count. The network's stays: one own account must not buy
    guesses.
    """
    await conn.execute("DELETE FROM login_failures WHERE key = %s", (key,))
