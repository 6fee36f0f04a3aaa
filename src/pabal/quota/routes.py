"""GET and PATCH /api/quota; a notice is seen."""

from typing import Annotated

from fastapi import APIRouter

from pabal.accounts import audit
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.quota import actions, notices, queries, trace
from pabal.quota.schemas import NoticeSeenIn, QuotaIn, QuotaNoticeOut, QuotaOut

router = APIRouter(prefix="/api/quota", tags=["quota"])

CanChange = Annotated[Principal, requires("quota.change")]


@router.get("", name="quota")
async def read_quota(rt: Rt, who: Annotated[Principal, requires("quota.read")]) -> QuotaOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        overview = await queries.overview(conn, who.tenant_id, rt.clock.month_kst())
        return await _shown(conn, who, overview)


@router.patch("", name="changeQuota")
async def change_quota(body: QuotaIn, rt: Rt, who: CanChange) -> QuotaOut:
    """Sends held by the old limit go on by themselves: the sweeper looks at them within seconds."""
    month = rt.clock.month_kst()
    async with tenant_tx(rt, who.tenant_id) as conn:
        before = await actions.change_limit(conn, who.tenant_id, month, body.limit)
        await audit(conn, who, "quota.change", "quota", month, detail={"before": before, "after": body.limit})
        overview = await queries.overview(conn, who.tenant_id, month)
        shown = await _shown(conn, who, overview)
    await try_publish_changed(rt, who.tenant_id, "quota", month)
    return shown


@router.post("/notices/seen", name="seeQuotaNotice")
async def see_notice(body: NoticeSeenIn, rt: Rt, who: CanChange) -> QuotaOut:
    """Mark it as known to this person: it isn't shown to them again this month, unless the limit changes."""
    month = rt.clock.month_kst()
    async with tenant_tx(rt, who.tenant_id) as conn:
        overview = await queries.overview(conn, who.tenant_id, month)
        assert who.user_id is not None  # quota.change is for people alone
        await notices.mark_seen(conn, who.tenant_id, who.user_id, overview, body.percent)
        return await _shown(conn, who, overview)


async def _shown(conn: Conn, who: Principal, overview: queries.QuotaOverview) -> QuotaOut:
    known = await notices.seen_in(conn, overview) if overview.notices else []
    mine = {one.percent for one in known if one.user_id == who.user_id}
    return QuotaOut(
        month=overview.month,
        limit=overview.limit,
        used=overview.used,
        reserved=overview.reserved,
        remaining=overview.remaining,
        ceiling=overview.ceiling,
        waiting_people=await trace.waiting_people(conn, who.tenant_id),
        notices=[
            QuotaNoticeOut(percent=one.percent, message=one.message, seen=one.percent in mine)
            for one in overview.notices
        ],
    )
