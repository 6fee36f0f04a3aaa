"""Making a whole tenant: what each feature gives a new one, composed. The command line, the demo data and the
operator's routes call this.
"""

from uuid import UUID

from pabal.accounts import CreatedTenant, TenantKind
from pabal.accounts import create_tenant as create_bare_tenant
from pabal.kit.db import tenant_tx
from pabal.quota import ensure_limit
from pabal.runtime import Runtime
from pabal.senders import register_tenant_at_sandbox
from pabal.templates import ensure_rehearsal_kit

# Without a limit nothing is ever granted; enough for a first rehearsal of a whole constituency.
DEFAULT_QUOTA = 100_000


async def create_tenant(
    rt: Runtime,
    *,
    name: str,
    kind: TenantKind,
    owner_email: str,
    owner_password: str | None,
    owner_name: str = "",
    quota: int | None = None,
    ceiling: int | None = None,
) -> CreatedTenant:
    """A tenant with keys, owner, monthly limit and, outside production, everything a first rehearsal
    needs.
    """
    limit = DEFAULT_QUOTA if quota is None else quota
    if quota is None and ceiling is not None:
        limit = min(limit, ceiling)
    created = await create_bare_tenant(
        rt,
        name=name,
        kind=kind,
        owner_email=owner_email,
        owner_password=owner_password,
        owner_name=owner_name,
    )
    await make_ready(rt, created.tenant_id, limit=limit, ceiling=ceiling)
    return created


async def make_ready(rt: Runtime, tenant_id: UUID, *, limit: int, ceiling: int | None = None) -> None:
    """What a tenant has beside people and keys. Repeatable: finishes what a killed process left half made."""
    async with tenant_tx(rt, tenant_id) as conn:
        await ensure_limit(conn, tenant_id, limit, ceiling)
        await ensure_rehearsal_kit(conn, rt, tenant_id)
    # The simulator is told after the commit; it may be down, rehearsing works without (polling).
    await register_tenant_at_sandbox(rt, tenant_id)
