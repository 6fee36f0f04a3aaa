"""Lists after an election (P-09), and what adverts owe people (A-06)."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from pabal.compliance import notices, reconfirm, retention
from pabal.domain.law.answers import outcome_notice, reconfirm_notice
from pabal.domain.law.election import d_day
from pabal.domain.law.lists import NIGHT_PURPOSE
from pabal.domain.law.retention import Deadline
from pabal.domain.name import mask_name
from pabal.kit import turns
from pabal.kit.clock import KST
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.schemas import ApiModel, Instant, Page
from pabal.kit.turns import Line, Turn

router = APIRouter(prefix="/api/law", tags=["law"])

Reads = Annotated[Principal, requires("rules.read")]


class BasisOut(ApiModel):
    basis: str
    people: int


class ErasedOut(ApiModel):
    bases: list[BasisOut] = Field(description="지운 사람을 근거마다")
    cards: int = Field(description="그 사람에게 합쳐져 있던 카드")
    cells: int = Field(description="올린 파일의 남은 줄 (반려된 줄)")
    replies: int = Field(description="아무 연락처에도 없는 번호의 답장")


class RetentionOut(ApiModel):
    election_day: date
    d_day: str
    held_from: date = Field(description="이날부터 발송을 멈춰요 (P-09)")
    due_on: date
    stage: Literal["ahead", "due", "late"]
    state: Literal["ahead", "due", "approved", "done", "void"] = Field(
        description="void: 잘못 적은 선거일이었고, 그 전에 지운 사람이 있어요"
    )
    named: bool = Field(description="지금 적혀 있는 선거일인지")
    entered_late: Instant | None = Field(
        description="선거일이 지난 뒤에 적었으면 그때; 승인할 때 선거일을 다시 적어요"
    )
    bases: list[BasisOut] = Field(description="선거일까지 모은 사람을 근거마다; 끝난 뒤에는 남은 사람")
    people: int
    purged: int
    erased: ErasedOut
    kept: list[str]
    reason: str
    approved_by: UUID | None
    approved_at: Instant | None
    approved_people: int | None
    warned_at: Instant | None
    begun_at: Instant | None
    last_at: Instant | None
    finished_at: Instant | None


class PurgeIn(ApiModel):
    reason: Annotated[str, Field(min_length=2, max_length=300)]
    keep: list[Annotated[str, Field(max_length=200)]] = Field(
        default=[], max_length=50, description="남기는 근거 (다른 까닭이 있는 사람)"
    )
    people: Annotated[int, Field(ge=0, description="확인한 사람 수; 달라졌으면 409")]
    typed_day: date | None = Field(
        default=None, description="`enteredLate`이거나 `named`가 아니면 선거일을 한 번 더"
    )


class DismissIn(ApiModel):
    reason: Annotated[str, Field(min_length=2, max_length=300)]


@router.get("/retention", name="lawRetention")
async def list_retention(rt: Rt, who: Reads) -> Page[RetentionOut]:
    """The next election's list as it stands, and the plans of elections that are over."""
    now = rt.clock.now()
    today = now.astimezone(KST).date()
    async with tenant_tx(rt, who.tenant_id) as conn:
        elections = await retention.read_elections(conn, today)
        plans = await retention.list_plans(conn, elections.over)
        if elections.ahead is not None:
            plans.insert(0, retention.Plan(elections.ahead, "ahead"))
        return Page(
            items=[
                _plan(plan, elections, today, await retention.people_by_basis(conn, plan.election_day))
                for plan in plans
            ]
        )


def _plan(
    plan: retention.Plan, elections: retention.Elections, today: date, left: Sequence[retention.Basis]
) -> RetentionOut:
    deadline = Deadline(plan.election_day, today)
    erased = plan.erased
    bases = sorted(erased.get("bases", {}).items(), key=lambda one: (-one[1], one[0]))
    return RetentionOut(
        election_day=plan.election_day,
        d_day=d_day(today, plan.election_day),
        held_from=deadline.held_from,
        due_on=deadline.due_on,
        stage=deadline.stage,
        state=plan.state,
        named=plan.election_day in {*elections.over, elections.ahead},
        entered_late=elections.late.get(plan.election_day),
        bases=[BasisOut.model_validate(one) for one in left],
        people=sum(one.people for one in left),
        purged=plan.purged,
        erased=ErasedOut(
            bases=[BasisOut(basis=basis, people=people) for basis, people in bases],
            cards=erased.get("cards", 0),
            cells=erased.get("cells", 0),
            replies=erased.get("replies", 0),
        ),
        kept=list(plan.kept),
        reason=plan.reason,
        approved_by=plan.approved_by,
        approved_at=plan.approved_at,
        approved_people=plan.people,
        warned_at=plan.warned_at,
        begun_at=plan.begun_at,
        last_at=plan.last_at,
        finished_at=plan.finished_at,
    )


@router.post("/retention/{election_day}/purge", name="approveRetentionPurge")
async def approve_purge(
    election_day: date, body: PurgeIn, rt: Rt, who: Annotated[Principal, requires("rules.change")]
) -> Page[RetentionOut]:
    """Owners only. What is erased doesn't come back."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        await retention.approve(
            conn,
            who,
            election_day,
            kept=body.keep,
            reason=body.reason,
            people=body.people,
            typed_day=body.typed_day,
            now=rt.clock.now(),
        )
    await turns.ring(rt.redis, Turn(Line.JOBS, "retention", str(who.tenant_id), str(who.tenant_id)))
    return await list_retention(rt, who)


@router.post("/retention/{election_day}/stop", name="stopRetentionPurge")
async def stop_purge(
    election_day: date, rt: Rt, who: Annotated[Principal, requires("rules.change")]
) -> Page[RetentionOut]:
    """After the batch that runs: who is gone stays gone, the rest waits for another approval."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        await retention.stop(conn, who, election_day)
    return await list_retention(rt, who)


@router.post("/retention/{election_day}/dismiss", name="dismissRetention")
async def dismiss_plan(
    election_day: date, body: DismissIn, rt: Rt, who: Annotated[Principal, requires("rules.change")]
) -> Page[RetentionOut]:
    """Of an election that there never was: its day was mistyped and has been corrected."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        await retention.dismiss(conn, who, election_day, reason=body.reason, now=rt.clock.now())
    return await list_retention(rt, who)


class NoticeOut(ApiModel):
    kind: Literal["consent", "refusal"]
    id: UUID
    contact_id: UUID
    name: str
    state: Literal["granted", "withdrawn", "refused"]
    channel: str
    night: bool = Field(description="밤에 받는 광고에 관한 동의")
    at: Instant
    due_on: date
    urgency: Literal["open", "soon", "late"]
    text: str = Field(description="그대로 보낼 수 있는 알림 (정보통신망법 시행령 제62조의2)")


class NoticesOut(ApiModel):
    owed: int
    soon: int = Field(description="10일이 지난 것 (늦은 것 포함)")
    late: int
    items: list[NoticeOut]


class ReconfirmOut(ApiModel):
    contact_id: UUID
    name: str
    channel: str
    night: bool = Field(description="밤에 받는 광고에 관한 동의")
    at: Instant
    due_on: date
    overdue: bool
    text: str = Field(description="그대로 보낼 수 있는 확인 글 (정보통신망법 시행령 제62조의3)")


class ReconfirmsOut(ApiModel):
    people: int = Field(description="30일 안에 2년이 되거나 지난 동의")
    overdue: int = Field(description="그 가운데 지난 것: 광고에서 빠져요")
    items: list[ReconfirmOut]


@router.get("/reconfirm", name="listConsentsToConfirm")
async def list_reconfirm(
    rt: Rt, who: Reads, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> ReconfirmsOut:
    """Whose consent to adverts has to be asked for again: two years old within thirty days, or older (A-07)."""
    now = rt.clock.now()
    unmasked = who.may("contacts.unmasked")
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await reconfirm.list_due(conn, now, limit=limit)
        cursor = await conn.execute("SELECT name FROM tenants WHERE tenant_id = %s", (who.tenant_id,))
        row = await cursor.fetchone()
    tenant = "" if row is None else row[0]
    items = []
    for one in found:
        name = json.loads(one.card).get("name", "") if one.card else ""
        items.append(
            ReconfirmOut(
                contact_id=one.contact_id,
                name=name if unmasked else mask_name(name),
                channel=one.channel,
                night=one.purpose == NIGHT_PURPOSE,
                at=one.at,
                due_on=one.due_on,
                overdue=one.at < now - reconfirm.YEARS,
                text=reconfirm_notice(tenant, one.purpose, one.at.astimezone(KST).date()),
            )
        )
    first = found[0] if found else None
    return ReconfirmsOut(
        people=first.people if first else 0, overdue=first.overdue if first else 0, items=items
    )


class FactIn(ApiModel):
    kind: Literal["consent", "refusal"]
    id: UUID


class ToldIn(ApiModel):
    facts: Annotated[list[FactIn], Field(min_length=1, max_length=500)]
    how: Annotated[str, Field(min_length=2, max_length=200, description="어떻게 알렸는지: 문자, 080 안내 등")]


@router.get("/notices", name="listConsentNotices")
async def list_notices(rt: Rt, who: Reads, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> NoticesOut:
    """Who agreed to adverts, took it back or refused and hasn't been told so yet."""
    now = rt.clock.now()
    today = now.astimezone(KST).date()
    unmasked = who.may("contacts.unmasked")
    async with tenant_tx(rt, who.tenant_id) as conn:
        owed, soon, late = await notices.count_owed(conn, now)
        found = await notices.list_owed(conn, now, limit=limit)
        cursor = await conn.execute("SELECT name FROM tenants WHERE tenant_id = %s", (who.tenant_id,))
        row = await cursor.fetchone()
    tenant = "" if row is None else row[0]
    return NoticesOut(
        owed=owed,
        soon=soon,
        late=late,
        items=[_notice(one, tenant, today, unmasked=unmasked) for one in found],
    )


def _notice(one: notices.Notice, tenant: str, today: date, *, unmasked: bool) -> NoticeOut:
    assert one.contact_id is not None
    name = json.loads(one.card).get("name", "") if one.card else ""
    return NoticeOut(
        kind=one.kind,
        id=one.fact_id,
        contact_id=one.contact_id,
        name=name if unmasked else mask_name(name),
        state=one.state,
        channel=one.channel,
        night=one.purpose == NIGHT_PURPOSE,
        at=one.at,
        due_on=one.due_on,
        urgency="late" if today > one.due_on else "soon" if today >= one.warn_on else "open",
        text=outcome_notice(tenant, one.state, one.purpose, one.at.astimezone(KST).date()),
    )


@router.post("/notices/told", name="markConsentNoticesTold")
async def mark_told(
    body: ToldIn, rt: Rt, who: Annotated[Principal, requires("suppressions.write")]
) -> NoticesOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await notices.mark_told(conn, who, [(one.kind, one.id) for one in body.facts], body.how)
    return await list_notices(rt, who)
