"""The first person of an installation: exactly one caller may become its owner, and only while nobody lives there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pabal.accounts.lockout import network_key, record_failure, seconds_locked
from pabal.kit.db import Conn, Database, system_tx
from pabal.kit.http.errors import TOO_MANY_REQUESTS, Problem, declare

INSTALLATION_CLAIMED = declare("installation_claimed", 409, "이미 소유자가 있어요. 로그인해 주세요")
CLAIM_REFUSED = declare(
    "setup_token_needed",
    403,
    "첫 설정은 서버가 있는 컴퓨터에서 하거나, 서버 화면에 나온 주소로 들어와 주세요",
)
_WRONG_TOKENS = 5  # per network address, then locked as long as a login would be


async def claimed(db: Database) -> bool:
    """Does anybody live here?"""
    async with system_tx(db) as conn:
        return await _somebody(conn)


@asynccontextmanager
async def unclaimed(db: Database, *, address: str, proved: bool) -> AsyncIterator[None]:
    """Around the making of the first owner; raises where there is one, where one is being made, and for strangers.

    A second caller is refused instead of waiting: waiting ones would hold all connections that the first one needs.
    """
    stranger = network_key(db.keys.installation_index, "setup\0" + address)
    async with system_tx(db) as conn:
        locked = await seconds_locked(conn, stranger)
        if locked:
            raise Problem(TOO_MANY_REQUESTS, retry_after=locked)
        if await _somebody(conn):
            raise Problem(INSTALLATION_CLAIMED)
        if not proved:
            await record_failure(conn, stranger, _WRONG_TOKENS)
    if not proved:
        raise Problem(CLAIM_REFUSED)
    async with system_tx(db) as conn:
        cursor = await conn.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended('pabal first owner', 0))"
        )
        row = await cursor.fetchone()
        # In a statement of its own: its snapshot is younger than the lock.
        if row is None or not row[0] or await _somebody(conn):
            raise Problem(INSTALLATION_CLAIMED)
        yield


async def _somebody(conn: Conn) -> bool:
    cursor = await conn.execute("SELECT EXISTS (SELECT FROM users)")
    row = await cursor.fetchone()
    return row is None or bool(row[0])
