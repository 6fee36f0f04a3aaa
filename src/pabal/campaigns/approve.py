"""Asking a second member, and what that member says. What an approval is and when it is void: `approval`."""

from uuid import UUID

from pabal.accounts import Actor, audit
from pabal.campaigns.approval import (
    NOBODY_TO_APPROVE,
    OWN_APPROVAL,
    Approval,
    decide,
    file_request,
    open_approval,
    read_rule,
    still_fits,
)
from pabal.campaigns.digest import CONTENT_CHANGED, compare
from pabal.campaigns.launch import CAMPAIGN_STATE, STATE_WORDS, refuse, schedule
from pabal.campaigns.plan import Plan, make_plan
from pabal.campaigns.queries import CampaignRow, lock_campaign, read_campaign
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, FieldError, Problem
from pabal.runtime import Runtime

REQUESTABLE = frozenset({"draft", "held"})
SHORT = 10  # characters: a reason why a rule may be passed over, as in the launch's own


async def request_approval(
    conn: Conn, rt: Runtime, who: Actor, campaign_id: UUID, *, digest: str, note: str = ""
) -> CampaignRow:
    """Ask a second member about exactly what was checked. Asked below the threshold too, if somebody wants it."""
    campaign = await lock_campaign(conn, campaign_id)
    if campaign.own_state not in REQUESTABLE:
        raise Problem(CAMPAIGN_STATE, detail=STATE_WORDS[campaign.own_state], extra={"state": campaign.state})
    if (await read_rule(conn)).approvers < 2:
        raise Problem(NOBODY_TO_APPROVE)
    plan = await make_plan(conn, rt, who.tenant_id, campaign, rehearse=False)
    refuse(plan.verdicts, approved=True)
    _say_why(plan, note)
    digest = await compare(conn, rt, who.tenant_id, plan, digest)
    await file_request(conn, rt, who, plan, digest, note)
    await _wait(conn, campaign_id, "awaiting_approval", digest)
    return await read_campaign(conn, campaign_id)


async def approve_campaign(
    conn: Conn, rt: Runtime, who: Actor, campaign_id: UUID, *, digest: str
) -> CampaignRow:
    """By another member than who asked. One with a time ahead is scheduled by it; any other waits for its launch."""
    campaign, asked = await _waiting(conn, campaign_id)
    if asked.requested_by == who.actor_id:
        raise Problem(OWN_APPROVAL)
    if digest != asked.digest:
        raise Problem(CONTENT_CHANGED, detail="그사이 새로 올린 요청이에요. 새로 불러와 확인해 주세요.")
    # Who approves a schedule stands for its start: without a signature (E-13) it would be held at its hour.
    plan = await make_plan(conn, rt, who.tenant_id, campaign, rehearse=False, operator=who.actor_id)
    refuse(plan.verdicts, approved=True, rules=asked.rules)
    digest = await still_fits(conn, rt, who.tenant_id, plan, asked)
    await decide(conn, who, asked, "approved")
    if plan.starts_at > rt.clock.now():
        signed = {"by": str(who.actor_id), "reason": asked.note, "rules": asked.rules}
        await schedule(conn, plan, digest, signed, who.actor_id)
        detail = {"at": plan.starts_at.isoformat()}
        await audit(conn, who, "campaign.schedule", "campaign", campaign_id, detail=detail)
    else:
        await _wait(conn, campaign_id, "approved", digest)
    return await read_campaign(conn, campaign_id)


async def reject_campaign(conn: Conn, who: Actor, campaign_id: UUID, *, reason: str) -> CampaignRow:
    """Back to its author with a word about why. Whoever asked may take it back like that as well."""
    _, asked = await _waiting(conn, campaign_id)
    await decide(conn, who, asked, "rejected", reason)
    await _wait(conn, campaign_id, "draft", None)
    return await read_campaign(conn, campaign_id)


async def _waiting(conn: Conn, campaign_id: UUID) -> tuple[CampaignRow, Approval]:
    campaign = await lock_campaign(conn, campaign_id)
    asked = await open_approval(conn, campaign_id)
    if campaign.own_state != "awaiting_approval" or asked is None or asked.state != "pending":
        raise Problem(CAMPAIGN_STATE, detail=STATE_WORDS[campaign.own_state], extra={"state": campaign.state})
    return campaign, asked


async def _wait(conn: Conn, campaign_id: UUID, state: str, digest: str | None) -> None:
    await conn.execute(
        """
        UPDATE campaigns SET state = %(state)s, digest = %(digest)s, hold_reason = '', due_at = NULL,
                             version = version + 1, updated_at = clock_timestamp()
        WHERE id = %(id)s AND send_id IS NULL
        """,
        {"id": campaign_id, "state": state, "digest": digest},
    )


def _say_why(plan: Plan, note: str) -> None:
    """A rule that asks for approval wants to know why it may be passed over."""
    if len(note) < SHORT and any(verdict.level == "hold" for verdict in plan.verdicts):
        message = f"승인이 필요한 항목이 있어요. 그대로 보내려는 까닭을 {SHORT}자 이상 적어 주세요"
        raise Problem(INVALID, errors=[FieldError("note", message)])
