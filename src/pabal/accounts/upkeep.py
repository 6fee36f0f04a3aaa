"""What runs out by itself: sessions, reset links, memories of wrong passwords."""

from pabal.kit.db import Conn


async def forget_expired(conn: Conn) -> None:
    """For the scheduler, in a system transaction."""
    await conn.execute("DELETE FROM sessions WHERE expires_at < clock_timestamp()")
    await conn.execute("DELETE FROM password_resets WHERE expires_at < clock_timestamp()")
    await conn.execute("DELETE FROM login_failures WHERE first_at < clock_timestamp() - interval '2 days'")
