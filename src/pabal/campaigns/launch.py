"""Starting and steering a campaign. One row lock decides every race: two launches, launch against change or cancel.

The send itself is made by `dispatch` in the same transaction; the caller rings for a worker after its commit.
"""

from collections.abc import Awaitable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from pabal import dispatch
from pabal.accounts import Actor, SystemActor, audit, person_of
from pabal.campaigns import approval as four_eyes
from pabal.campaigns.content import bodies_of, frozen_variants, launch_links
from pabal.campaigns.digest import EMPTY_AUDIENCE, compare
from pabal.campaigns.law import count_broadcast, lawful_hours, log_stops, still_entitled
from pabal.campaigns.plan import Plan, make_plan
from pabal.campaigns.queries import CampaignRow, count_selected, lock_campaign, read_campaign
from pabal.domain.campaign import Verdict, holds
from pabal.domain.ids import TenantId
from pabal.domain.window import waiting
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.errors import FieldError, Problem, declare
from pabal.runtime import Runtime

CAMPAIGN_STATE = declare("campaign_state", 409, "지금 상태에서는 할 수 없어요")
RULES_BLOCKED = declare("rules_blocked", 409, "지금은 보낼 수 없는 까닭이 있어요")
APPROVAL_NEEDED = declare("approval_needed", 409, "승인이 필요한 항목이 있어요")

LAUNCHABLE = frozenset({"draft", "held", "approved"})
STATE_WORDS = {
    "draft": "아직 시작하지 않은 발송이에요.",
    "awaiting_approval": "승인을 기다리는 발송이에요.",
    "approved": "승인받은 발송이에요.",
    "scheduled": "이미 예약한 발송이에요.",
    "held": "사람의 확인을 기다리는 발송이에요.",
    "launched": "이미 시작한 발송이에요.",
    "cancelled": "취소한 발송이에요.",
}
SEND_WORDS = {
    "launching": "받는 사람을 정하고 있어요. 잠시 뒤에 다시 해 주세요.",
    "running": "보내고 있는 발송이에요.",
    "paused": "멈춰 있는 발송이에요.",
    "finished": "끝난 발송이에요.",
    "cancelled": "취소한 발송이에요.",
}


@dataclass(frozen=True, slots=True)
class Launched:
    """`send_id` is None when the launch is scheduled."""

    campaign: CampaignRow
    send_id: UUID | None


async def launch_campaign(
    conn: Conn,
    rt: Runtime,
    who: Actor,
    campaign_id: UUID,
    *,
    digest: str | None = None,
    rehearse: bool = False,
    approval_reason: str | None = None,
) -> Launched:
    """Freeze and start, or schedule. After the commit: `announce`. Exactly one of two callers wins. Within
    `approval.voiding`: what was approved may not be what stands here now."""
    campaign = await lock_campaign(conn, campaign_id)
    if campaign.own_state not in LAUNCHABLE:
        raise Problem(CAMPAIGN_STATE, detail=STATE_WORDS[campaign.own_state], extra={"state": campaign.state})
    operator = person_of(who)
    plan = await make_plan(
        conn,
        rt,
        who.tenant_id,
        campaign,
        rehearse=rehearse,
        operator=operator,
        program=who.actor_kind == "api_key",
    )
    seen = await four_eyes.approved_for(conn, rt, who.tenant_id, plan)
    approval: dict[str, Any] | None = None
    if approval_reason is not None:
        approval = {"by": str(who.actor_id), "reason": approval_reason, "rules": holds(plan.verdicts)}
    approval = approval if seen is None else _signed(seen)
    refuse(plan.verdicts, approved=approval is not None, rules=None if seen is None else seen.rules)
    later = plan.starts_at > rt.clock.now()
    if seen is not None:
        digest = await four_eyes.still_fits(conn, rt, who.tenant_id, plan, seen)
    elif digest is not None or later:
        digest = await compare(conn, rt, who.tenant_id, plan, digest)
    elif await count_selected(conn, rt, who.tenant_id, plan.selection, 1) == 0:
        raise Problem(EMPTY_AUDIENCE)
    if later:
        await schedule(conn, plan, digest, approval, operator)
        await audit(
            conn, who, "campaign.schedule", "campaign", campaign_id, detail={"at": plan.starts_at.isoformat()}
        )
        return Launched(await read_campaign(conn, campaign_id), None)
    send_id = await _start(conn, rt, who, plan, digest, approval)
    return Launched(await read_campaign(conn, campaign_id), send_id)


def _signed(seen: four_eyes.Approval) -> dict[str, Any]:
    return {"by": str(seen.decided_by), "reason": seen.note, "rules": seen.rules}


async def announce(rt: Runtime, tenant_id: UUID, launched: Launched) -> None:
    """After the commit, best effort: the sweeper finds a launch that nobody announced."""
    if launched.send_id is not None:
        await dispatch.announce_launch(rt, tenant_id, launched.send_id)
    await try_publish_changed(rt, tenant_id, "campaign", launched.campaign.id)


async def launch_due(rt: Runtime, tenant_id: UUID, campaign_id: UUID) -> None:
    """A schedule is due. Safe twice: the second finds the state changed.

    Nobody watches, so whatever a person would be asked about holds the campaign: an audience that isn't the
    one that was checked, changed content, a rule that says no by now. Prices don't: they change in the books of the camp,
    not what people get, and a send approved for its hour isn't lost over a figure that is nominal anyhow.
    """
    async with tenant_tx(rt, tenant_id) as conn:
        who = SystemActor(TenantId(tenant_id))
        campaign = await lock_campaign(conn, campaign_id)
        if campaign.own_state != "scheduled" or campaign.due_at is None or campaign.due_at > rt.clock.now():
            return
        launched: Launched | None = None
        reason = ""
        try:
            # A savepoint: a refusal half-way through leaves only the hold behind.
            async with conn.transaction():
                plan = await make_plan(
                    conn, rt, tenant_id, campaign, rehearse=campaign.rehearse, operator=campaign.launched_by
                )
                seen = await four_eyes.approved_for(conn, rt, tenant_id, plan)
                known = campaign.approval or {}
                refuse(plan.verdicts, approved=bool(known), rules=known.get("rules", ()))
                digest = campaign.digest
                if seen is not None:
                    digest = await four_eyes.still_fits(conn, rt, tenant_id, plan, seen, priced=False)
                else:
                    await compare(conn, rt, tenant_id, plan, digest, priced=False)
                send_id = await _start(conn, rt, who, plan, digest, campaign.approval)
                launched = Launched(await read_campaign(conn, campaign_id), send_id)
        except Problem as problem:
            reason = problem.code.code
            listed = [Verdict(v["rule"], v["level"], v["message"]) for v in problem.extra.get("verdicts", ())]
            await log_stops(conn, rt, who, campaign_id, listed, scheduled=True)
            if "voidedApproval" in problem.extra:
                await four_eyes.void_open(conn, who, campaign_id, four_eyes.why_void(problem))
        if launched is None:
            await _hold(conn, who, campaign_id, reason)
            launched = Launched(await read_campaign(conn, campaign_id), None)
    await announce(rt, tenant_id, launched)


def refuse(verdicts: Sequence[Verdict], *, approved: bool, rules: Collection[str] | None = None) -> None:
    """`approved`: somebody took the holds upon themselves; only those of `rules`, where they saw them earlier than now."""
    blocks = [verdict for verdict in verdicts if verdict.level == "block"]
    held = [verdict for verdict in verdicts if verdict.level == "hold"]
    if approved:
        held = [] if rules is None else [verdict for verdict in held if verdict.rule not in rules]
    stops = blocks or held
    if not stops:
        return
    detail = " ".join(verdict.message for verdict in stops)
    if not blocks:
        detail += " 그대로 보내려면 까닭(approvalReason)을 적어 주세요."
    raise Problem(
        RULES_BLOCKED if blocks else APPROVAL_NEEDED,
        detail=detail,
        errors=[FieldError(verdict.rule, verdict.message) for verdict in stops],
        extra={
            "verdicts": [
                {"rule": v.rule, "level": v.level, "message": v.message, "article": v.article}
                for v in verdicts
                if v.level != "ok"
            ]
        },
    )


async def _start(
    conn: Conn, rt: Runtime, who: Actor, plan: Plan, digest: str | None, approval: dict[str, Any] | None
) -> UUID:
    assert len(plan.frozen) == len(plan.going) > 0  # verdicts block a step that nothing can carry
    campaign = plan.campaign
    send_id = await dispatch.create_send(
        conn,
        who.tenant_id,
        kind="campaign",
        campaign_id=campaign.id,
        steps=plan.frozen,
        selection=plan.selection,
        rehearse=plan.rehearse,
        rate_per_second=campaign.rate_per_second,
        not_after=plan.not_after,
        window=plan.window,
        variants=frozen_variants(plan.variants),
        created_by=who.actor_id or campaign.launched_by,
    )
    await four_eyes.bind(conn, rt, plan, send_id, who.tenant_id)
    bodies = bodies_of(plan.steps, plan.variants)
    await launch_links(conn, rt, who.tenant_id, send_id, campaign, bodies, rehearse=plan.rehearse)
    counted = await count_broadcast(conn, rt, who, plan.law, campaign, plan.selection, plan.going, send_id)
    await log_stops(conn, rt, who, campaign.id, plan.verdicts)
    await conn.execute(
        """
        UPDATE campaigns
        SET state = 'launched', send_id = %(send)s, digest = coalesce(%(digest)s, %(content)s), hold_reason = '',
            rehearse = %(rehearse)s, approval = %(approval)s, launched_by = coalesce(%(by)s, launched_by),
            version = version + 1, updated_at = clock_timestamp()
        WHERE id = %(id)s AND state IN ('draft', 'held', 'approved', 'scheduled')
        """,
        {
            "id": campaign.id,
            "send": send_id,
            "digest": digest,
            "content": plan.content_hash,
            "rehearse": plan.rehearse,
            "approval": None if approval is None else Jsonb(approval),
            "by": who.actor_id,
        },
    )
    await audit(
        conn,
        who,
        "campaign.launch",
        "campaign",
        campaign.id,
        detail={
            "send": str(send_id),
            "rehearse": plan.rehearse,
            "digest": digest or plan.content_hash,
            "broadcast": counted,
            "approvedRules": [v.rule for v in plan.verdicts if v.level == "hold"],
            "approval": (approval or {}).get("reason", ""),
        },
    )
    return send_id


async def schedule(
    conn: Conn, plan: Plan, digest: str | None, approval: dict[str, Any] | None, by: UUID | None
) -> None:
    await conn.execute(
        """
        UPDATE campaigns
        SET state = 'scheduled', due_at = %(due_at)s, digest = %(digest)s, hold_reason = '', rehearse = %(rehearse)s,
            approval = %(approval)s, launched_by = %(by)s, version = version + 1, updated_at = clock_timestamp()
        WHERE id = %(id)s AND state IN ('draft', 'held', 'awaiting_approval', 'approved')
        """,
        {
            "id": plan.campaign.id,
            "due_at": plan.starts_at,
            "digest": digest,
            "rehearse": plan.rehearse,
            "approval": None if approval is None else Jsonb(approval),
            "by": by,
        },
    )


async def _hold(conn: Conn, who: Actor, campaign_id: UUID, reason: str) -> None:
    await conn.execute(
        """
        UPDATE campaigns SET state = 'held', hold_reason = %s, version = version + 1, updated_at = clock_timestamp()
        WHERE id = %s AND state = 'scheduled'
        """,
        (reason, campaign_id),
    )
    await audit(conn, who, "campaign.hold", "campaign", campaign_id, detail={"reason": reason})


@dataclass(frozen=True, slots=True)
class Steered:
    state: str
    in_flight: int


async def _steer(call: Awaitable[dispatch.ControlResult]) -> dispatch.ControlResult:
    try:
        return await call
    except dispatch.WrongStateError as error:
        raise Problem(
            CAMPAIGN_STATE, detail=SEND_WORDS.get(error.state, ""), extra={"state": error.state}
        ) from error


async def pause_campaign(conn: Conn, who: Actor, campaign_id: UUID) -> Steered:
    """A running send stops claiming; a scheduled one waits for a person."""
    campaign = await lock_campaign(conn, campaign_id)
    if campaign.send_id is not None:
        result = await _steer(dispatch.pause_send(conn, who.tenant_id, campaign.send_id))
        await audit(conn, who, "campaign.pause", "campaign", campaign_id)
        return Steered(result.state, result.in_flight)
    if campaign.own_state != "scheduled":
        raise Problem(CAMPAIGN_STATE, detail=STATE_WORDS[campaign.own_state], extra={"state": campaign.state})
    await _hold(conn, who, campaign_id, "paused")
    return Steered("held", 0)


async def resume_campaign(conn: Conn, rt: Runtime, who: Actor, campaign_id: UUID) -> Steered:
    """A paused send goes on. A schedule paused by a person is on again, if its time hasn't passed; one held for
    another reason needs a new check and launch. Outside its hours a send waits for them, whoever asks.
    """
    campaign = await lock_campaign(conn, campaign_id)
    if campaign.send_id is not None:
        now = rt.clock.now()
        refuse(await still_entitled(conn, rt, who.tenant_id, campaign), approved=True)
        result = await _steer(dispatch.resume_send(conn, who.tenant_id, campaign.send_id, now=now))
        if result.state == campaign.state == "held" and campaign.hold_reason == dispatch.WINDOW:
            hours = lawful_hours(campaign)
            assert hours is not None
            raise Problem(
                CAMPAIGN_STATE,
                detail=waiting(hours, now),
                extra={"state": campaign.state, "holdReason": campaign.hold_reason},
            )
        await audit(conn, who, "campaign.resume", "campaign", campaign_id)
        return Steered(result.state, result.in_flight)
    if campaign.own_state != "held":
        raise Problem(CAMPAIGN_STATE, detail=STATE_WORDS[campaign.own_state], extra={"state": campaign.state})
    if campaign.hold_reason != "paused" or campaign.due_at is None or _past(campaign.due_at, rt):
        raise Problem(
            CAMPAIGN_STATE,
            detail="다시 점검한 뒤 발송을 눌러 주세요.",
            extra={"state": campaign.state, "holdReason": campaign.hold_reason},
        )
    await conn.execute(
        """
        UPDATE campaigns SET state = 'scheduled', hold_reason = '', version = version + 1, updated_at = clock_timestamp()
        WHERE id = %s AND state = 'held'
        """,
        (campaign_id,),
    )
    await audit(conn, who, "campaign.resume", "campaign", campaign_id)
    return Steered("scheduled", 0)


def _past(instant: datetime, rt: Runtime) -> bool:
    return instant <= rt.clock.now()


async def cancel_campaign(conn: Conn, who: Actor, campaign_id: UUID) -> Steered:
    """What is claimed is in the carrier's hands; its number comes back with the answer."""
    campaign = await lock_campaign(conn, campaign_id)
    if campaign.send_id is not None:
        result = await _steer(dispatch.cancel_send(conn, who.tenant_id, campaign.send_id))
        await audit(
            conn, who, "campaign.cancel", "campaign", campaign_id, detail={"inFlight": result.in_flight}
        )
        return Steered(result.state, result.in_flight)
    if campaign.own_state == "cancelled":
        return Steered("cancelled", 0)
    await conn.execute(
        """
        UPDATE campaigns SET state = 'cancelled', version = version + 1, updated_at = clock_timestamp()
        WHERE id = %s AND send_id IS NULL
          AND state IN ('draft', 'awaiting_approval', 'approved', 'scheduled', 'held')
        """,
        (campaign_id,),
    )
    await four_eyes.void_open(conn, who, campaign_id, "cancelled")
    await audit(conn, who, "campaign.cancel", "campaign", campaign_id)
    return Steered("cancelled", 0)
