"""Four eyes: above the tenant's number of people, a second member approves the digest before anything goes out.

Any change of content, selection or price voids an approval; people leaving never do. The campaign's row lock decides the
races: approve against edit, cancel, launch and a second approver. Off until an owner sets a number.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from pabal.accounts import Actor, audit
from pabal.campaigns.digest import (
    AUDIENCE_CHANGED,
    CONTENT_CHANGED,
    EMPTY_AUDIENCE,
    bind_people,
    compare,
    keep_people,
)
from pabal.campaigns.plan import Plan
from pabal.campaigns.queries import CampaignRow, count_selected, lock_campaign
from pabal.domain.campaign import holds
from pabal.domain.ids import new_id
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.errors import Problem, declare
from pabal.runtime import Runtime

APPROVAL_REQUIRED = declare(
    "approval_required", 409, "다른 사람의 승인이 필요해요. 점검한 뒤 승인을 요청해 주세요"
)
OWN_APPROVAL = declare("own_approval", 409, "내가 올린 요청은 다른 사람이 승인해야 해요")
NOBODY_TO_APPROVE = declare(
    "nobody_to_approve", 409, "승인할 수 있는 다른 사람이 없어요. 관리자를 먼저 초대해 주세요"
)

OPEN = ("pending", "approved")
SENDER_CHANGED = "승인받은 뒤 발신번호가 바뀌었어요. 다시 점검하고 승인을 요청해 주세요."


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    threshold: int | None
    approvers: int  # members who may approve


@dataclass(frozen=True, slots=True)
class Approval:
    id: UUID
    campaign_id: UUID
    digest: str
    audience: int
    rules: list[str]
    senders: list[str]
    note: str
    state: str
    requested_by: UUID
    requested_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    reason: str


async def read_rule(conn: Conn) -> ApprovalRule:
    cursor = await conn.execute(
        """
        SELECT (SELECT threshold FROM approval_rules),
               (SELECT count(*) FROM members WHERE state = 'active' AND role IN ('owner', 'admin'))
        """
    )
    row = await cursor.fetchone()
    assert row is not None
    return ApprovalRule(*row)


async def change_rule(conn: Conn, who: Actor, threshold: int | None) -> ApprovalRule:
    """Refused while nobody but one could approve: every large send would be stuck."""
    before = await read_rule(conn)
    if threshold is not None and before.approvers < 2:
        raise Problem(NOBODY_TO_APPROVE)
    await conn.execute(
        """
        INSERT INTO approval_rules (tenant_id, threshold, changed_by) VALUES (%(tenant)s, %(threshold)s, %(by)s)
        ON CONFLICT (tenant_id) DO UPDATE
        SET threshold = excluded.threshold, changed_by = excluded.changed_by, changed_at = clock_timestamp()
        """,
        {"tenant": who.tenant_id, "threshold": threshold, "by": who.actor_id},
    )
    detail = {"from": before.threshold, "to": threshold}
    await audit(conn, who, "approval.threshold", "tenant", who.tenant_id, detail=detail)
    return await read_rule(conn)


async def open_approval(conn: Conn, campaign_id: UUID) -> Approval | None:
    """The one that waits or holds."""
    async with conn.cursor(row_factory=class_row(Approval)) as cursor:
        await cursor.execute(
            """
            SELECT id, campaign_id, digest, audience, rules, senders, note, state, requested_by, requested_at, decided_by,
                   decided_at, reason
            FROM approvals WHERE campaign_id = %s AND state IN ('pending', 'approved')
            """,
            (campaign_id,),
        )
        return await cursor.fetchone()


async def needed(conn: Conn, rt: Runtime, tenant_id: UUID, plan: Plan) -> int | None:
    """The threshold that this campaign is above; None: it may go without. A rehearsal reaches nobody."""
    if plan.rehearse:
        return None
    threshold = (await read_rule(conn)).threshold
    if threshold is None:
        return None
    chosen = await count_selected(conn, rt, tenant_id, plan.selection, threshold + 1)
    return threshold if chosen > threshold else None


async def binds_texts(conn: Conn, campaign: CampaignRow) -> bool:
    """Would a text added to its send escape a second pair of eyes? By the people it was launched for: what its filter chooses
    now may be fewer. Whoever approved it, asked or not, approved its texts."""
    threshold = (await read_rule(conn)).threshold
    if threshold is not None and (campaign.audience or 0) > threshold:
        return True
    return await open_approval(conn, campaign.id) is not None


async def approved_for(conn: Conn, rt: Runtime, tenant_id: UUID, plan: Plan) -> Approval | None:
    """The approval under which it goes out, None if it needs none. Whether it still fits is `compare`'s to say."""
    found = None if plan.rehearse else await open_approval(conn, plan.campaign.id)
    if found is not None and found.state == "approved":
        return found
    threshold = await needed(conn, rt, tenant_id, plan)
    if threshold is not None:
        raise Problem(
            APPROVAL_REQUIRED,
            detail=f"{threshold:,}명 넘게 보낼 때는 다른 사람의 승인이 필요해요. 점검한 뒤 승인을 요청해 주세요.",
            extra={"threshold": threshold},
        )
    return None


async def file_request(conn: Conn, rt: Runtime, who: Actor, plan: Plan, digest: str, note: str) -> Approval:
    """Write down what was seen and who asks. The campaign's lock is held; an older request is replaced."""
    assert who.actor_id is not None
    await void_open(conn, who, plan.campaign.id, "replaced")
    approval_id = new_id()
    audience = int(digest.split(".")[1].partition("-")[0], 16)
    await conn.execute(
        """
        INSERT INTO approvals (tenant_id, id, campaign_id, digest, audience, rules, senders, note, requested_by)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            who.tenant_id,
            approval_id,
            plan.campaign.id,
            digest,
            audience,
            holds(plan.verdicts),
            _senders(plan),
            note,
            who.actor_id,
        ),
    )
    await keep_people(conn, rt, who.tenant_id, plan.selection, approval_id)
    detail = {"approval": str(approval_id), "digest": digest, "audience": audience}
    await audit(conn, who, "campaign.request_approval", "campaign", plan.campaign.id, detail=detail)
    found = await open_approval(conn, plan.campaign.id)
    assert found is not None
    return found


async def decide(conn: Conn, who: Actor, one: Approval, state: str, reason: str = "") -> None:
    await conn.execute(
        """
        UPDATE approvals SET state = %(state)s, decided_by = %(by)s, decided_at = clock_timestamp(), reason = %(reason)s
        WHERE id = %(id)s AND state = 'pending'
        """,
        {"id": one.id, "state": state, "by": who.actor_id, "reason": reason},
    )
    action = "campaign.approve" if state == "approved" else "campaign.reject"
    detail = {"approval": str(one.id), "digest": one.digest, "audience": one.audience}
    await audit(conn, who, action, "campaign", one.campaign_id, detail=detail)


async def still_fits(
    conn: Conn, rt: Runtime, tenant_id: UUID, plan: Plan, one: Approval, *, priced: bool = True
) -> str:
    """The digest of now, under an approval. A refusal says that it is void; `voiding` then writes that down."""
    try:
        if any(
            before and now and before != now for before, now in zip(one.senders, _senders(plan), strict=False)
        ):
            raise Problem(CONTENT_CHANGED, detail=SENDER_CHANGED, extra={"changed": "sender"})
        return await compare(conn, rt, tenant_id, plan, one.digest, priced=priced, approval_id=one.id)
    except Problem as problem:
        if problem.code in {AUDIENCE_CHANGED, CONTENT_CHANGED, EMPTY_AUDIENCE}:
            problem.extra["voidedApproval"] = str(one.id)
        raise


def _senders(plan: Plan) -> list[str]:
    """What people see as the sender of each step. The digest doesn't say it, so that a text can be rehearsed first; an
    approval does. A step that nothing can carry yet has none: Kakao's review may end after the approval."""
    chosen = [step.sender for step in plan.steps]
    return ["" if one is None else one.profile or one.number for one in chosen]


async def bind(conn: Conn, rt: Runtime, plan: Plan, send_id: UUID, tenant_id: UUID) -> None:
    """Where large sends need four eyes, nobody whom they didn't see gets in before the audience is frozen."""
    if plan.rehearse:
        return
    found = await open_approval(conn, plan.campaign.id)
    approval_id = found.id if found is not None and found.state == "approved" else None
    if approval_id is None and (await read_rule(conn)).threshold is None:
        return
    await bind_people(conn, rt, tenant_id, plan.selection, send_id, approval_id)


async def void_open(conn: Conn, who: Actor, campaign_id: UUID, why: str) -> bool:
    """Nobody's approval holds any more. The campaign's lock is held."""
    cursor = await conn.execute(
        """
        UPDATE approvals SET state = 'voided', reason = %(why)s, decided_at = coalesce(decided_at, clock_timestamp())
        WHERE campaign_id = %(campaign)s AND state IN ('pending', 'approved') RETURNING id
        """,
        {"campaign": campaign_id, "why": why},
    )
    row = await cursor.fetchone()
    if row is not None:
        detail = {"approval": str(row[0]), "why": why}
        await audit(conn, who, "campaign.approval_void", "campaign", campaign_id, detail=detail)
    return row is not None


def why_void(problem: Problem) -> str:
    return str(problem.extra.get("changed", "audience"))


async def _back_to_draft(conn: Conn, who: Actor, campaign_id: UUID, approval_id: UUID, why: str) -> None:
    """Unless somebody has asked anew meanwhile."""
    await lock_campaign(conn, campaign_id)
    found = await open_approval(conn, campaign_id)
    if found is not None and found.id == approval_id:
        await void_open(conn, who, campaign_id, why)
        await conn.execute(
            """
            UPDATE campaigns SET state = 'draft', digest = NULL, approval = NULL, due_at = NULL, version = version + 1,
                                 updated_at = clock_timestamp()
            WHERE id = %s AND state IN ('awaiting_approval', 'approved')
            """,
            (campaign_id,),
        )


@asynccontextmanager
async def voiding(rt: Runtime, who: Actor, campaign_id: UUID) -> AsyncIterator[Conn]:
    """A transaction for whoever approves or launches. A refusal undoes it; that an approval is void is kept all the same."""
    try:
        async with tenant_tx(rt, who.tenant_id) as conn:
            yield conn
    except Problem as problem:
        voided = problem.extra.get("voidedApproval")
        if voided is not None:
            async with tenant_tx(rt, who.tenant_id) as conn:
                await _back_to_draft(conn, who, campaign_id, UUID(voided), why_void(problem))
            await try_publish_changed(rt, who.tenant_id, "campaign", campaign_id)
        raise
