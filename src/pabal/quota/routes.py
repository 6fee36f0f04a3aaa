"""GET and PATCH /api/quota."""

from typing import Annotated

from fastapi import APIRouter

from pabal.accounts import audit
from pabal.kit.db import tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.quota import actions, queries
from pabal.quota.schemas import QuotaIn, QuotaOut

router = APIRouter(prefix="/api/quota", tags=["quota"])


@router.get("", name="quota")
async def read_quota(rt: Rt, who: Annotated[Principal, requires("quota.read")]) -> QuotaOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        overview = await queries.overview(conn, who.tenant_id, rt.clock.month_kst())
    return QuotaOut.model_validate(overview)


@router.patch("", name="changeQuota")
async def change_quota(
    body: QuotaIn, rt: Rt, who: Annotated[Principal, requires("quota.change")]
) -> QuotaOut:
    """Sends held by the old limit go on by themselves: the sweeper looks at them within seconds."""
    month = rt.clock.month_kst()
    async with tenant_tx(rt, who.tenant_id) as conn:
        before = await actions.change_limit(conn, who.tenant_id, month, body.limit)
        await audit(conn, who, "quota.change", "quota", month, detail={"before": before, "after": body.limit})
        overview = await queries.overview(conn, who.tenant_id, month)
    await try_publish_changed(rt, who.tenant_id, "quota", month)
    return QuotaOut.model_validate(overview)
