"""A second member's word before a large send, and the number of people from which on it is needed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from pabal.campaigns import approval, approve
from pabal.campaigns.approval import voiding
from pabal.campaigns.routes import Drafts, campaign_out
from pabal.campaigns.schemas import CampaignOut
from pabal.campaigns.schemas_approval import (
    ApprovalRequestIn,
    ApprovalRuleIn,
    ApprovalRuleOut,
    ApproveIn,
    RejectIn,
)
from pabal.kit.db import tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import FORBIDDEN, Problem

router = APIRouter(prefix="/api", tags=["campaigns"])

Approves = Annotated[Principal, requires("campaigns.approve")]


@router.post("/campaigns/{campaign_id}/request-approval", name="requestApproval")
async def request_approval(campaign_id: UUID, body: ApprovalRequestIn, rt: Rt, who: Drafts) -> CampaignOut:
    if who.user_id is None:
        raise Problem(FORBIDDEN, detail="승인은 사람만 요청할 수 있어요.")
    async with tenant_tx(rt, who.tenant_id) as conn:
        row = await approve.request_approval(conn, rt, who, campaign_id, digest=body.digest, note=body.note)
    await try_publish_changed(rt, who.tenant_id, "campaign", campaign_id)
    return campaign_out(row)


@router.post("/campaigns/{campaign_id}/approve", name="approveCampaign")
async def approve_campaign(campaign_id: UUID, body: ApproveIn, rt: Rt, who: Approves) -> CampaignOut:
    async with voiding(rt, who, campaign_id) as conn:
        row = await approve.approve_campaign(conn, rt, who, campaign_id, digest=body.digest)
    await try_publish_changed(rt, who.tenant_id, "campaign", campaign_id)
    return campaign_out(row)


@router.post("/campaigns/{campaign_id}/reject", name="rejectCampaign")
async def reject_campaign(campaign_id: UUID, body: RejectIn, rt: Rt, who: Approves) -> CampaignOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        row = await approve.reject_campaign(conn, who, campaign_id, reason=body.reason)
    await try_publish_changed(rt, who.tenant_id, "campaign", campaign_id)
    return campaign_out(row)


@router.get("/settings/approval", name="getApprovalRule")
async def get_rule(rt: Rt, who: Annotated[Principal, requires("settings.read")]) -> ApprovalRuleOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        return ApprovalRuleOut.model_validate(await approval.read_rule(conn))


@router.patch("/settings/approval", name="changeApprovalRule")
async def change_rule(
    body: ApprovalRuleIn, rt: Rt, who: Annotated[Principal, requires("settings.change")]
) -> ApprovalRuleOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        return ApprovalRuleOut.model_validate(await approval.change_rule(conn, who, body.threshold))
