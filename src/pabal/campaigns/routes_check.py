"""The people behind a check's counts."""

import json
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from pabal import dispatch
from pabal.campaigns import people, queries
from pabal.campaigns.content import base_for, weighed
from pabal.campaigns.plan import Plan, make_plan
from pabal.campaigns.recent import page_of_recent
from pabal.campaigns.routes import Drafts
from pabal.campaigns.schemas import CampaignIn, Range
from pabal.campaigns.schemas_check import KeeperOut, PersonOut
from pabal.campaigns.schemas_weigh import DressedStep, StepWeight, WeighedOut
from pabal.campaigns.unsaved import weigh_unsaved
from pabal.campaigns.weigh import texts_of
from pabal.domain.campaign import REASON_LABELS
from pabal.domain.name import mask_name
from pabal.domain.phone import format_phone, mask_phone
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.auth import Rt
from pabal.kit.http.errors import INVALID, FieldError, Problem
from pabal.kit.http.schemas import Cursor, Limit, Page, read_cursor, write_cursor
from pabal.runtime import Runtime

router = APIRouter(prefix="/api", tags=["campaigns"])

Reason = Annotated[str, Query(max_length=40, description="뺀 까닭; 없으면 받을 사람")]
Times = Annotated[
    int | None,
    Query(ge=1, le=3, description="최근 7일에 이만큼 받은 사람(3은 그 이상); reason과 함께 쓰지 않음"),
]


@router.post("/campaigns/weigh", name="weighDraft")
async def weigh_draft(body: CampaignIn, rt: Rt, who: Drafts) -> WeighedOut:
    """A draft as it stands in a form: how long its texts get with the values of those who would receive them."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await weigh_unsaved(conn, rt, who.tenant_id, body, author=who.user_id)
    return WeighedOut(
        steps=[
            StepWeight(people=one.people, bytes=Range(min=one.bytes_min, max=one.bytes_max))
            for one in found.measured
        ],
        dressed=[DressedStep(body=step.body, subject=step.subject) for step in found.steps],
        cost=None if found.cost is None else Range(min=found.cost[0], max=found.cost[1]),
        seconds=found.seconds,
    )


@router.get("/campaigns/{campaign_id}/check/people", name="checkPeople")
async def check_people(
    campaign_id: UUID,
    rt: Rt,
    who: Drafts,
    *,
    reason: Reason = "",
    recent: Times = None,
    rehearse: bool = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[PersonOut]:
    """As a launch at this moment would sort them. A page may be short although more follow: rare ones are looked for."""
    if reason and reason not in REASON_LABELS:
        raise Problem(INVALID, errors=[FieldError("reason", "점검에 없는 까닭이에요")])
    position = read_cursor(cursor, UUID)
    after = position[0] if position else None
    async with tenant_tx(rt, who.tenant_id) as conn:
        campaign = await queries.read_campaign(conn, campaign_id)
        plan = await make_plan(conn, rt, who.tenant_id, campaign, rehearse=rehearse)
        if recent is not None:
            found, more = await _recent(conn, rt, who.tenant_id, plan, recent, after, limit)
        else:
            base = base_for(rt, rehearse=rehearse)
            found, more = await dispatch.foresee(
                conn,
                rt,
                who.tenant_id,
                plan.selection,
                plan.channel,
                weighed(texts_of(plan)[0], base),
                reason=reason,
                after=after,
                limit=limit,
            )
    unmasked = who.may("contacts.unmasked")
    return Page(
        items=[_person(one, unmasked=unmasked) for one in found],
        next_cursor=None if more is None else write_cursor(str(more)),
    )


async def _recent(
    conn: Conn, rt: Runtime, tenant_id: UUID, plan: Plan, times: int, after: UUID | None, limit: int
) -> tuple[list[dispatch.Foreseen], UUID | None]:
    rows = await page_of_recent(conn, rt, tenant_id, plan.selection, times, after, limit + 1)
    found = [
        dispatch.Foreseen(contact, None if card is None else json.loads(card), 0, "")
        for contact, card in rows[:limit]
    ]
    return found, found[-1].contact_id if len(rows) > limit else None


def _person(one: dispatch.Foreseen, *, unmasked: bool) -> PersonOut:
    name, phone = _shown(one.card, one.address_no, unmasked=unmasked)
    keeper = None
    if one.keeper_id is not None:
        keeper = KeeperOut(contact_id=one.keeper_id, name=_shown(one.keeper, 0, unmasked=unmasked)[0])
    return PersonOut(
        contact_id=one.contact_id,
        name=name,
        phone=phone,
        reason=one.reason,
        reason_label=people.reason_label(one.reason or None),
        keeper=keeper,
        channel=one.kind,
        bytes=one.bytes,
    )


def _shown(card: Mapping[str, Any] | None, number: int, *, unmasked: bool) -> tuple[str, str]:
    card = card or {}
    name, phones = str(card.get("name") or ""), card.get("phones") or []
    phone = str(phones[number]) if number < len(phones) else ""
    if unmasked:
        return name, format_phone(phone) if phone else ""
    return mask_name(name) if name else "", mask_phone(phone) if phone else ""
