"""Tenants for tests that don't go through the front door."""

from uuid import UUID

from pabal.domain.ids import new_id
from pabal.runtime import Runtime


async def make_tenant(rt: Runtime, name: str, kind: str = "camp", quota: int = 1_000_000) -> UUID:
    """A tenant with fresh keys and a monthly limit; no members."""
    tenant_id = new_id()
    keys = rt.keys.new_tenant_keys(tenant_id)
    async with rt.pool.connection() as conn, conn.transaction():
        await conn.execute("SELECT set_config('app.tenant', %s, true)", (str(tenant_id),))
        await conn.execute(
            "INSERT INTO tenants (tenant_id, name, kind, dek_wrapped, index_key_wrapped, suppression_key_wrapped)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (tenant_id, name, kind, keys["data"], keys["index"], keys["suppression"]),
        )
        await conn.execute(
            "INSERT INTO quota_limits (tenant_id, monthly_limit) VALUES (%s, %s)", (tenant_id, quota)
        )
    return tenant_id
