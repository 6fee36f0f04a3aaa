"""Drafts, the check, launch and steering. What became of whom is in `routes_people`."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from pabal.accounts import with_editor
from pabal.campaigns import actions, jobs, launch, queries
from pabal.campaigns.approval import voiding
from pabal.campaigns.check import CHECK_AT_ONCE, check_campaign
from pabal.campaigns.law import log_refusal
from pabal.campaigns.plan import resolve_selection
from pabal.campaigns.queries import CampaignRow
from pabal.campaigns.schemas import (
    CampaignIn,
    CampaignOut,
    CampaignPatch,
    CheckIn,
    CheckOut,
    ControlOut,
    Counts,
    JobOut,
    JobStarted,
    LaunchIn,
    ScheduleModel,
    SendWindowModel,
    StepModel,
)
from pabal.campaigns.schemas_approval import ApprovalOut
from pabal.campaigns.schemas_content import LinkModel, VariantModel
from pabal.domain.campaign import MessageClass
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import Problem
from pabal.kit.http.idempotency import idempotent
from pabal.kit.http.schemas import Cursor, Limit, Page, read_cursor, write_cursor
from pabal.runtime import Runtime

router = APIRouter(prefix="/api", tags=["campaigns"])

Reads = Annotated[Principal, requires("campaigns.read")]
Drafts = Annotated[Principal, requires("campaigns.draft")]
Launches = Annotated[Principal, requires("campaigns.launch")]
Controls = Annotated[Principal, requires("campaigns.control")]


def campaign_out(row: CampaignRow) -> CampaignOut:
    audience: dict[str, Any] = row.audience_json
    return CampaignOut(
        id=row.id,
        name=row.name,
        message_class=MessageClass(row.message_class),
        segment_id=audience.get("segmentId"),
        filter=audience.get("filter"),
        contact_ids=audience.get("contactIds"),
        shared_numbers=audience.get("sharedNumbers") or "first",
        night=bool(audience.get("night")),
        steps=[StepModel.model_validate(step) for step in row.steps],
        links=[LinkModel.model_validate(link) for link in row.links],
        variants=[VariantModel.model_validate(variant) for variant in row.variants],
        may_overlap=row.may_overlap,
        schedule=None if row.schedule is None else ScheduleModel.model_validate(row.schedule),
        rate_per_second=row.rate_per_second,
        send_window=SendWindowModel.of(row.window),
        state=row.state,
        hold_reason=row.hold_reason,
        rehearse=row.rehearse,
        send_id=row.send_id,
        due_at=row.due_at,
        digest=row.digest,
        approval=None if row.asked is None else ApprovalOut.model_validate(row.asked),
        version=row.version,
        created_by=row.created_by,
        updated_by=row.updated_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
        launched_at=row.launched_at,
        finished_at=row.finished_at,
        audience=row.audience,
        counts=None if row.send_id is None else Counts.model_validate(row.counts),
    )


@router.post("/campaigns", name="createCampaign", status_code=201, response_model=CampaignOut)
async def create_campaign(body: CampaignIn, request: Request, rt: Rt, who: Drafts) -> Response:
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx(rt, who.tenant_id) as conn:
            row = await actions.create_campaign(
                conn,
                who,
                name=body.name,
                message_class=body.message_class,
                audience=body.audience() or {},
                steps=_plain_steps(body.steps),
                links=_plain(body.links),
                variants=_plain(body.variants),
                may_overlap=body.may_overlap,
                schedule=_plain_schedule(body.schedule),
                rate_per_second=body.rate_per_second,
                window=None if body.send_window is None else body.send_window.window(),
            )
            answer = await call.answer(conn, campaign_out(row), status=201)
    await try_publish_changed(rt, who.tenant_id, "campaign", row.id)
    return answer


@router.get("/campaigns", name="listCampaigns")
async def list_campaigns(
    rt: Rt, who: Reads, state: str | None = None, limit: Limit = 50, cursor: Cursor = None
) -> Page[CampaignOut]:
    position = read_cursor(cursor, UUID)
    async with tenant_tx(rt, who.tenant_id) as conn:
        rows = await queries.page_of_campaigns(
            conn, before=position[0] if position else None, state=state, limit=limit + 1
        )
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(
        items=[campaign_out(row) for row in rows],
        next_cursor=write_cursor(str(rows[-1].id)) if more else None,
    )


@router.get("/campaigns/{campaign_id}", name="getCampaign")
async def get_campaign(campaign_id: UUID, rt: Rt, who: Reads) -> CampaignOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        return campaign_out(await queries.read_campaign(conn, campaign_id))


@router.patch("/campaigns/{campaign_id}", name="changeCampaign")
async def change_campaign(campaign_id: UUID, body: CampaignPatch, rt: Rt, who: Drafts) -> CampaignOut:
    named = body.model_fields_set
    changes: dict[str, Any] = {}
    if body.name is not None:
        changes["name"] = body.name
    if body.message_class is not None:
        changes["message_class"] = body.message_class
    if (audience := body.audience()) is not None:
        changes["audience"] = audience
    if body.steps is not None:
        changes["steps"] = _plain_steps(body.steps)
    if body.links is not None:
        changes["links"] = _plain(body.links)
    if body.variants is not None:
        changes["variants"] = _plain(body.variants)
    if body.may_overlap is not None:
        changes["may_overlap"] = body.may_overlap
    if "schedule" in named:  # null takes it away
        changes["schedule"] = _plain_schedule(body.schedule)
    if "rate_per_second" in named:
        changes["rate_per_second"] = body.rate_per_second
    if "send_window" in named:
        changes["window"] = None if body.send_window is None else body.send_window.window()
    async with tenant_tx(rt, who.tenant_id) as conn:
        try:
            row = await actions.change_campaign(conn, who, campaign_id, changes, version=body.version)
        except Problem as problem:
            raise await with_editor(conn, rt, problem) from None
    await try_publish_changed(rt, who.tenant_id, "campaign", campaign_id)
    return campaign_out(row)


@router.delete("/campaigns/{campaign_id}", name="deleteCampaign", status_code=204)
async def delete_campaign(campaign_id: UUID, rt: Rt, who: Drafts) -> None:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await actions.delete_campaign(conn, who, campaign_id)
    await try_publish_changed(rt, who.tenant_id, "campaign", campaign_id)


@router.post(
    "/campaigns/{campaign_id}/check",
    name="checkCampaign",
    response_model=CheckOut,
    responses={202: {"model": JobStarted, "description": "2만 명이 넘으면 작업으로 점검해요"}},
)
async def check(campaign_id: UUID, rt: Rt, who: Drafts, body: CheckIn | None = None) -> Response:
    rehearse = body is not None and body.rehearse
    job_id: UUID | None = None
    async with tenant_tx(rt, who.tenant_id) as conn:
        campaign = await queries.read_campaign(conn, campaign_id)
        selection = await resolve_selection(conn, campaign.audience_json)
        people = await queries.count_selected(conn, rt, who.tenant_id, selection, CHECK_AT_ONCE + 1)
        if people > CHECK_AT_ONCE:
            job_id = await jobs.create_check_job(
                conn,
                who.tenant_id,
                campaign_id,
                rehearse=rehearse,
                created_by=who.actor_id,
                operator=who.user_id,
                program=who.actor_kind == "api_key",
            )
        else:
            result = await check_campaign(
                conn,
                rt,
                who.tenant_id,
                campaign,
                rehearse=rehearse,
                operator=who.user_id,
                program=who.actor_kind == "api_key",
            )
    if job_id is None:
        return _json(CheckOut.model_validate(result))
    await jobs.announce_job(rt, who.tenant_id, job_id)
    return _json(JobStarted(job_id=job_id), status=202)


@router.get("/jobs/{job_id}", name="getJob")
async def get_job(job_id: UUID, rt: Rt, who: Annotated[Principal, requires("jobs.read")]) -> JobOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        return JobOut.model_validate(await jobs.read_job(conn, job_id))


@router.post("/campaigns/{campaign_id}/launch", name="launchCampaign", response_model=CampaignOut)
async def launch_campaign(
    campaign_id: UUID, request: Request, rt: Rt, who: Launches, body: LaunchIn | None = None
) -> Response:
    wish = body or LaunchIn()
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        try:
            async with voiding(rt, who, campaign_id) as conn:
                launched = await launch.launch_campaign(
                    conn,
                    rt,
                    who,
                    campaign_id,
                    digest=wish.digest,
                    rehearse=wish.rehearse,
                    approval_reason=wish.approval_reason,
                )
                answer = await call.answer(conn, campaign_out(launched.campaign))
        except Problem as problem:
            await log_refusal(rt, who, campaign_id, problem)
            raise
    await launch.announce(rt, who.tenant_id, launched)
    return answer


@router.post("/campaigns/{campaign_id}/pause", name="pauseCampaign")
async def pause(campaign_id: UUID, rt: Rt, who: Controls) -> ControlOut:
    return await _steer(rt, who, campaign_id, lambda conn: launch.pause_campaign(conn, who, campaign_id))


@router.post("/campaigns/{campaign_id}/resume", name="resumeCampaign")
async def resume(campaign_id: UUID, rt: Rt, who: Controls) -> ControlOut:
    return await _steer(rt, who, campaign_id, lambda conn: launch.resume_campaign(conn, rt, who, campaign_id))


@router.post("/campaigns/{campaign_id}/cancel", name="cancelCampaign")
async def cancel(campaign_id: UUID, rt: Rt, who: Controls) -> ControlOut:
    return await _steer(rt, who, campaign_id, lambda conn: launch.cancel_campaign(conn, who, campaign_id))


async def _steer(
    rt: Runtime, who: Principal, campaign_id: UUID, act: Callable[[Conn], Awaitable[launch.Steered]]
) -> ControlOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        steered = await act(conn)
    await try_publish_changed(rt, who.tenant_id, "campaign", campaign_id)
    return ControlOut.model_validate(steered)


def _plain_steps(steps: list[StepModel]) -> list[dict[str, Any]]:
    """As the campaign keeps them: the API's own keys, nothing that was not said."""
    return [step.model_dump(mode="json", by_alias=True, exclude_none=True) for step in steps]


def _plain(models: Sequence[LinkModel | VariantModel]) -> list[dict[str, Any]]:
    return [model.model_dump(mode="json", by_alias=True) for model in models]


def _plain_schedule(schedule: ScheduleModel | None) -> dict[str, Any] | None:
    return None if schedule is None else schedule.model_dump(mode="json", by_alias=True, exclude_none=True)


def _json(content: CheckOut | JobStarted, *, status: int = 200) -> Response:
    return JSONResponse(content.model_dump(mode="json", by_alias=True), status)
