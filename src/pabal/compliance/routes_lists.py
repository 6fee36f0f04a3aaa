"""Lists after an election (P-09), and what adverts owe people (A-06)."""

import json
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from pabal.compliance import notices, retention
from pabal.domain.law.answers import outcome_notice
from pabal.domain.law.election import d_day
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


class RetentionOut(ApiModel):
    election_day: date
    d_day: str
    due_on: date
    stage: Literal["ahead", "due", "late"]
    state: Literal["ahead", "due", "approved", "done"]
    bases: list[BasisOut] = Field(description="선거일까지 모은 사람을 근거마다; 끝난 뒤에는 남은 사람")
    people: int
    purged: int
    kept: list[str]
    reason: str
    approved_by: UUID | None
    approved_at: Instant | None
    finished_at: Instant | None


class PurgeIn(ApiModel):
    reason: Annotated[str, Field(min_length=2, max_length=300)]
    keep: list[Annotated[str, Field(max_length=200)]] = Field(
        default=[], max_length=50, description="남기는 근거 (다른 까닭이 있는 사람)"
    )
    people: Annotated[int, Field(ge=0, description="확인한 사람 수; 달라졌으면 409")]


@router.get("/retention", name="lawRetention")
async def list_retention(rt: Rt, who: Reads) -> Page[RetentionOut]:
    """The next election's list as it stands, and the plans of elections that are over."""
    now = rt.clock.now()
    today = now.astimezone(KST).date()
    async with tenant_tx(rt, who.tenant_id) as conn:
        over, ahead = await retention.election_days(conn, today)
        plans = await retention.list_plans(conn, over)
        bases = {
            day: await retention.people_by_basis(conn, day)
            for day in [one.election_day for one in plans] + ([ahead] if ahead else [])
        }
    items = []
    if ahead is not None:
        left = [BasisOut.model_validate(one) for one in bases[ahead]]
        items.append(_ahead(ahead, today, left))
    for plan in plans:
        deadline = Deadline(plan.election_day, today)
        left = [BasisOut.model_validate(one) for one in bases[plan.election_day]]
        items.append(
            RetentionOut(
                election_day=plan.election_day,
                d_day=d_day(today, plan.election_day),
                due_on=deadline.due_on,
                stage=deadline.stage,
                state=plan.state,
                bases=left,
                people=sum(one.people for one in left),
                purged=plan.purged,
                kept=list(plan.kept),
                reason=plan.reason,
                approved_by=plan.approved_by,
                approved_at=plan.approved_at,
                finished_at=plan.finished_at,
            )
        )
    return Page(items=items)


def _ahead(day: date, today: date, left: list[BasisOut]) -> RetentionOut:
    return RetentionOut(
        election_day=day,
        d_day=d_day(today, day),
        due_on=Deadline(day, today).due_on,
        stage="ahead",
        state="ahead",
        bases=left,
        people=sum(one.people for one in left),
        purged=0,
        kept=[],
        reason="",
        approved_by=None,
        approved_at=None,
        finished_at=None,
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
            now=rt.clock.now(),
        )
    await turns.ring(rt.redis, Turn(Line.JOBS, "retention", str(who.tenant_id), str(who.tenant_id)))
    return await list_retention(rt, who)


class NoticeOut(ApiModel):
    kind: Literal["consent", "refusal"]
    id: UUID
    contact_id: UUID
    name: str
    state: Literal["granted", "withdrawn", "refused"]
    channel: str
    at: Instant
    due_on: date
    urgency: Literal["open", "soon", "late"]
    text: str = Field(description="그대로 보낼 수 있는 알림 (정보통신망법 시행령 제62조의2)")


class NoticesOut(ApiModel):
    owed: int
    soon: int = Field(description="10일이 지난 것 (늦은 것 포함)")
    late: int
    items: list[NoticeOut]


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
        at=one.at,
        due_on=one.due_on,
        urgency="late" if today > one.due_on else "soon" if today >= one.warn_on else "open",
        text=outcome_notice(tenant, one.state, one.at.astimezone(KST).date()),
    )


@router.post("/notices/told", name="markConsentNoticesTold")
async def mark_told(
    body: ToldIn, rt: Rt, who: Annotated[Principal, requires("suppressions.write")]
) -> NoticesOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await notices.mark_told(conn, who, [(one.kind, one.id) for one in body.facts], body.how)
    return await list_notices(rt, who)
