"""What became of whom: progress, messages, why somebody did or didn't get it."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from pabal import dispatch
from pabal.campaigns import people, queries
from pabal.campaigns.schemas import Counts
from pabal.campaigns.schemas_people import (
    AttemptOut,
    ExplainOut,
    GateCheckOut,
    MessageDetailOut,
    MessageOut,
    ProgressOut,
    ReasonRow,
    RefusalsOut,
    StepProgressOut,
)
from pabal.domain.ids import parse_message_id
from pabal.domain.message import MessageState
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import NOT_FOUND, Problem
from pabal.kit.http.schemas import Cursor, Limit, Page, read_cursor, write_cursor

router = APIRouter(prefix="/api", tags=["campaigns"])

Reads = Annotated[Principal, requires("campaigns.read")]
ReadsMessages = Annotated[Principal, requires("messages.read")]


@router.get("/campaigns/{campaign_id}/refusals", name="campaignRefusals")
async def refusals(campaign_id: UUID, rt: Rt, who: Reads) -> RefusalsOut:
    """Who refused while it ran, and how long after a refusal the last message still went out."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        campaign = await queries.read_campaign(conn, campaign_id)
        if campaign.send_id is None:
            return RefusalsOut(during=0, stopped=0, after=0, longest_seconds=None, as_of=rt.clock.now())
        found = await dispatch.refusals_of_send(conn, who.tenant_id, campaign.send_id)
    return RefusalsOut.model_validate(found)


@router.get("/campaigns/{campaign_id}/progress", name="campaignProgress")
async def progress(campaign_id: UUID, rt: Rt, who: Reads) -> ProgressOut:
    """One snapshot; the counts sum to the audience in every state. Before launch: nobody yet."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        campaign = await queries.read_campaign(conn, campaign_id)
        found, products = None, _NONE
        if campaign.send_id is not None:
            found = await dispatch.read_progress(conn, who.tenant_id, campaign.send_id, now=rt.clock.now())
        if found is not None and any(reason for _, reason, _ in found.by_reason):
            products = await _products(conn, who, found.send_id)
    if found is None:
        return ProgressOut(
            state=campaign.state,
            hold_reason=campaign.hold_reason,
            hold_text="",
            rehearse=campaign.rehearse,
            send_id=None,
            audience=0,
            counts=Counts(),
            by_reason=[],
            rate=0,
            eta_seconds=None,
            as_of=rt.clock.now(),
            steps=[],
            overlaps=0,
        )
    return ProgressOut(
        state=found.state,
        hold_reason=found.hold_reason,
        hold_text=found.hold_text,
        hold_until=found.hold_until,
        rehearse=found.rehearse,
        send_id=found.send_id,
        audience=found.audience,
        counts=Counts.model_validate(found.counts),
        by_reason=[
            ReasonRow(
                state=state,
                reason=reason,
                label=people.reason_label(reason, products),
                mend=people.reason_mend(reason, products),
                count=n,
            )
            for state, reason, n in found.by_reason
        ],
        rate=found.rate,
        eta_seconds=found.eta_seconds,
        as_of=found.as_of,
        steps=[StepProgressOut.model_validate(step) for step in found.steps],
        overlaps=found.overlaps,
    )


_NONE: dispatch.Products = ()


async def _products(conn: Conn, who: Principal, send_id: UUID) -> dispatch.Products:
    return (await dispatch.products_of(conn, who.tenant_id, [send_id])).get(send_id, ())


def message_out(
    line: dispatch.MessageLine, products: dispatch.Products = (), *, unmasked: bool
) -> MessageOut:
    name, phone = people.name_and_phone(line, unmasked=unmasked)
    return MessageOut(
        id=line.id,
        contact_id=line.contact_id,
        name=name,
        phone=phone,
        state=line.state,
        reason=line.reason,
        reason_label=people.reason_label(line.reason, products),
        step=line.step,
        updated_at=line.updated_at,
        attempt_count=line.attempts,
    )


def _attempt(one: dispatch.AttemptLine, products: dispatch.Products) -> AttemptOut:
    own = tuple(product for product in products if product[1] == one.channel) or products
    return AttemptOut(
        **asdict(one),
        code_label=people.reason_label(one.code, own),
        mend=people.reason_mend(one.code, own),
    )


@router.get("/campaigns/{campaign_id}/messages", name="listCampaignMessages")
async def list_messages(
    campaign_id: UUID,
    rt: Rt,
    who: ReadsMessages,
    state: MessageState | None = None,
    reason: str | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[MessageOut]:
    position = read_cursor(cursor, int)
    async with tenant_tx(rt, who.tenant_id) as conn:
        campaign = await queries.read_campaign(conn, campaign_id)
        if campaign.send_id is None:
            return Page(items=[])
        lines = await dispatch.list_messages(
            conn,
            who.tenant_id,
            campaign.send_id,
            state=state,
            reason=reason,
            after_seq=position[0] if position else 0,
            limit=limit + 1,
        )
        products = await _products(conn, who, campaign.send_id)
    more = len(lines) > limit
    lines = lines[:limit]
    unmasked = who.may("contacts.unmasked")
    return Page(
        items=[message_out(line, products, unmasked=unmasked) for line in lines],
        next_cursor=write_cursor(lines[-1].seq) if more else None,
    )


@router.get("/campaigns/{campaign_id}/explain", name="explainCampaign")
async def explain(campaign_id: UUID, contactId: UUID, rt: Rt, who: ReadsMessages) -> ExplainOut:  # noqa: N803  # the API's name
    """Why did, or didn't, this person get it?"""
    async with tenant_tx(rt, who.tenant_id) as conn:
        campaign = await queries.read_campaign(conn, campaign_id)
        found, products = None, _NONE
        if campaign.send_id is not None:
            found = await dispatch.explain(conn, who.tenant_id, campaign.send_id, contactId)
            products = await _products(conn, who, campaign.send_id)
    if found is None:
        raise Problem(NOT_FOUND, detail="이 발송의 대상이 아니었어요.")
    return ExplainOut(
        message_id=found.detail.line.id,
        outcome=found.outcome,
        reason=found.reason,
        reason_label=people.reason_label(found.reason, products),
        checks=[
            GateCheckOut(
                check=check.check,
                label=people.check_label(check.check),
                result=check.result,
                value=check.value,
                at=check.at,
            )
            for check in found.checks
        ],
        attempts=[_attempt(attempt, products) for attempt in found.detail.attempts],
    )


@router.get("/messages/{message_id}", name="getMessage")
async def get_message(message_id: str, rt: Rt, who: ReadsMessages) -> MessageDetailOut:
    parsed = parse_message_id(message_id)
    if parsed is None:
        raise Problem(NOT_FOUND)
    async with tenant_tx(rt, who.tenant_id) as conn:
        return await message_detail(conn, who, *parsed)


async def message_detail(conn: Conn, who: Principal, send_id: UUID, seq: int) -> MessageDetailOut:
    detail = await dispatch.read_message(conn, who.tenant_id, send_id, seq)
    if detail is None:
        raise Problem(NOT_FOUND)
    products = await _products(conn, who, send_id)
    unmasked = who.may("contacts.unmasked")
    return MessageDetailOut(
        **message_out(detail.line, products, unmasked=unmasked).model_dump(exclude={"attempt_count"}),
        campaign_id=await queries.campaign_of_send(conn, send_id),
        channel=detail.channel,
        text=people.text_for(detail.text, detail.line.person, unmasked=unmasked),
        attempts=[_attempt(attempt, products) for attempt in detail.attempts],
        incidents=detail.incidents,
    )
