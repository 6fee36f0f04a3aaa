"""What of the HTTP side runs out by itself. Apart from `idempotency`, whose FastAPI the scheduler has no use for."""

from pabal.kit.db import Database, system_tx, tenant_tx


async def purge_old_keys(db: Database) -> None:
    """Forget keys older than a day; a schedule calls this."""
    async with system_tx(db) as conn:
        cursor = await conn.execute(
            "SELECT tenant_id FROM app.old_idempotency_keys(clock_timestamp() - interval '1 day')"
        )
        tenants = [row[0] for row in await cursor.fetchall()]
    for tenant_id in tenants:
        async with tenant_tx(db, tenant_id) as conn:
            await conn.execute(
                "DELETE FROM idempotency_keys WHERE created_at < clock_timestamp() - interval '1 day'"
            )
