"""Template links over HTTP, and the questions about them."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from pabal.accounts import audit, with_editor
from pabal.automations import ask, links, logs, switching
from pabal.automations.ask import shown_title
from pabal.automations.fire import RECORD_DELETED, Readinesses, Wish, announce, current, fire
from pabal.automations.lawful import around_now, refuse_unlawful, standing_of
from pabal.automations.model import TemplateLink
from pabal.automations.recall import LINK_DELETED, LINK_OFF, recall_link
from pabal.automations.schemas import (
    BackTestIn,
    BackTestOut,
    FiringOut,
    LinkEstimateOut,
    LinkPreviewIn,
    LinkPreviewOut,
    LinkSampleOut,
    LinkSendIn,
    LinkSendPreviewOut,
    LinkSentOut,
    LinkTextOut,
    RefusedOut,
    TemplateLinkIn,
    TemplateLinkOut,
    TemplateLinkPatch,
)
from pabal.contacts import Blinder
from pabal.domain.ids import new_id
from pabal.kit.clock import KST
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import NOT_FOUND, Problem
from pabal.kit.http.idempotency import idempotent
from pabal.kit.http.schemas import Page
from pabal.records import Partition, read_partition
from pabal.runtime import Runtime

router = APIRouter(prefix="/api/alimtalk/template-links", tags=["automation"])

Reads = Annotated[Principal, requires("automation.read")]
Writes = Annotated[Principal, requires("automation.write")]
Runs = Annotated[Principal, requires("automation.run")]
FIGURE_DAYS = 7


def start_of_day(now: datetime) -> datetime:
    return now.astimezone(KST).replace(hour=0, minute=0, second=0, microsecond=0)


@router.get("", name="listTemplateLinks")
async def list_links(
    rt: Rt, who: Reads, partition_id: Annotated[UUID | None, Query(alias="partitionId")] = None
) -> Page[TemplateLinkOut]:
    """Newest first, with the figures of the last 7 days."""
    now = rt.clock.now()
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await links.list_links(conn, partition_id=partition_id)
        around = await around_now(conn, who.tenant_id, now)
        figures = await logs.figures(conn, since=now - timedelta(days=FIGURE_DAYS), today=start_of_day(now))
    return Page(
        items=[TemplateLinkOut.of(one, standing_of(one, around, now), figures.get(one.id)) for one in found]
    )


@router.post("", name="createTemplateLink", status_code=201, response_model=TemplateLinkOut)
async def create_link(body: TemplateLinkIn, request: Request, rt: Rt, who: Writes) -> Response:
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx(rt, who.tenant_id) as conn:
            draft = await links.checked_draft(conn, body.wanted())
            await refuse_unlawful(conn, who.tenant_id, draft, rt.clock.now())
            made = await links.create_link(conn, who, draft)
            answer = await call.answer(conn, await _out(conn, rt, who, made), status=201)
    await try_publish_changed(rt, who.tenant_id, "automation", made.id)
    return answer


@router.post("/preview", name="previewTemplateLink")
async def preview(body: LinkPreviewIn, rt: Rt, who: Reads) -> LinkPreviewOut:
    """How many records fit now and what one of them would get. Sends nothing."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        draft = await links.checked_draft(conn, body.wanted())
        partition = await read_partition(conn, draft.partition_id)
        link = await ask.as_link(conn, draft, rt.clock.now())
        found = await ask.preview(conn, who.tenant_id, partition, link, body.record_id)
    unmasked = who.may("contacts.unmasked")
    return LinkPreviewOut(
        matching=found.matching,
        relation=found.relation,
        sample=[
            LinkSampleOut(record_id=one.id, title=shown_title(partition, one, unmasked=unmasked))
            for one in found.sample
        ],
        text=found.text if unmasked else None,
        missing=found.missing,
        empty=dict(found.empty),
        unreachable=found.unreachable,
        ready=found.ready,
    )


@router.post("/backtest", name="backtestNewTemplateLink")
async def backtest_new(body: BackTestIn, rt: Rt, who: Reads) -> BackTestOut:
    """Of a link that isn't stored yet."""
    if body.link is None:
        raise Problem(NOT_FOUND)
    async with tenant_tx(rt, who.tenant_id) as conn:
        draft = await links.checked_draft(conn, body.link.wanted())
        link = await ask.as_link(conn, draft, rt.clock.now())
        return await _backtest(conn, rt, who, link, body.days)


@router.get("/{link_id}", name="getTemplateLink")
async def get_link(link_id: UUID, rt: Rt, who: Reads) -> TemplateLinkOut:
    now = rt.clock.now()
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await links.read_link(conn, link_id)
        figures = await logs.figures(conn, since=now - timedelta(days=FIGURE_DAYS), today=start_of_day(now))
        return await _out(conn, rt, who, found, figures.get(link_id))


@router.patch("/{link_id}", name="changeTemplateLink")
async def change_link(link_id: UUID, body: TemplateLinkPatch, rt: Rt, who: Writes) -> TemplateLinkOut:
    """Switching off holds the queue; switching on lets it go on."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        old = await links.read_link(conn, link_id)
        draft = await links.checked_draft(conn, body.over(old))
        if draft.is_active:  # switching off is always lawful
            await refuse_unlawful(conn, who.tenant_id, draft, rt.clock.now())
            if not old.is_active:
                await switching.refuse_unseen(conn, rt, old, body.messages)
        elif old.is_active:
            await recall_link(conn, who.tenant_id, link_id, LINK_OFF)
        try:
            changed = await links.change_link(conn, who, old, draft, version=body.version)
        except Problem as problem:
            raise await with_editor(conn, rt, problem) from problem
        out = await _out(conn, rt, who, changed)
    await try_publish_changed(rt, who.tenant_id, "automation", link_id)
    return out


@router.get("/{link_id}/estimate", name="estimateTemplateLink")
async def estimate(link_id: UUID, rt: Rt, who: Reads) -> LinkEstimateOut:
    """What switching it on would send: at once (overdue repeats), and on a usual day. Sends nothing."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        link = await links.read_link(conn, link_id)
        return LinkEstimateOut.model_validate(await switching.estimate(conn, rt, who.tenant_id, link))


@router.post("/{link_id}/approve", name="approveTemplateLink")
async def approve(
    link_id: UUID,
    rt: Rt,
    who: Annotated[Principal, requires("campaigns.approve")],
    version: Annotated[int | None, Query(description="읽은 규칙의 version; 그새 바뀌었으면 409")] = None,
) -> TemplateLinkOut:
    """Somebody has read what a rule repeats. What was stopped meanwhile can be tried again from the log."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        link = await links.read_link(conn, link_id)
        await switching.approve_link(conn, rt, who, link, version=version)
        out = await _out(conn, rt, who, await links.read_link(conn, link_id))
    await try_publish_changed(rt, who.tenant_id, "automation", link_id)
    return out


async def _out(
    conn: Conn, rt: Runtime, who: Principal, link: TemplateLink, figures: logs.LinkFigures | None = None
) -> TemplateLinkOut:
    now = rt.clock.now()
    around = await around_now(conn, who.tenant_id, now)
    return TemplateLinkOut.of(link, standing_of(link, around, now), figures)


@router.delete("/{link_id}", name="deleteTemplateLink", status_code=204)
async def delete_link(link_id: UUID, rt: Rt, who: Writes) -> None:
    """Its queue is cancelled; its log stays."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        await links.delete_link(conn, who, link_id)
        await recall_link(conn, who.tenant_id, link_id, LINK_DELETED)
    await try_publish_changed(rt, who.tenant_id, "automation", link_id)


@router.post("/{link_id}/send/preview", name="previewSendTemplateLink")
async def preview_send(link_id: UUID, body: LinkSendIn, rt: Rt, who: Runs) -> LinkSendPreviewOut:
    """What sending to these records would be: how many go, why others don't, what it costs. Sends nothing."""
    blinder = Blinder(await rt.keys.of(rt.pool, who.tenant_id))
    async with tenant_tx(rt, who.tenant_id) as conn:
        link = await links.read_link(conn, link_id)
        partition = await read_partition(conn, link.partition_id)
        found = await ask.preview_send(
            conn, who.tenant_id, blinder, partition, link, body.record_ids, rt.clock.now()
        )
    unmasked = who.may("contacts.unmasked")
    return LinkSendPreviewOut(
        sendable=found.sendable,
        skipped=dict(found.skipped),
        cost=found.won,
        samples=[
            LinkTextOut(
                record_id=one.id,
                title=shown_title(partition, one, unmasked=unmasked),
                text=text if unmasked else None,
            )
            for one, text in found.samples
        ],
    )


@router.post("/{link_id}/send", name="sendTemplateLink", response_model=LinkSentOut)
async def send(link_id: UUID, body: LinkSendIn, request: Request, rt: Rt, who: Runs) -> Response:
    """By hand, to the selected records. A person decided: no condition and no cooldown, but the gate like everybody."""
    blinder = Blinder(await rt.keys.of(rt.pool, who.tenant_id))
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx(rt, who.tenant_id) as conn:
            link = await links.read_link(conn, link_id)
            partition = await read_partition(conn, link.partition_id)
            records = await current(conn, who.tenant_id, body.record_ids)
            wishes = [
                Wish(link, one.id, one.values, "manual", f"manual:{new_id()}", created_by=who.user_id)
                for one in records.values()
                if one.partition_id == partition.id
            ]
            ready = Readinesses(conn, who.tenant_id, rt.clock.now())
            fired = await fire(conn, who.tenant_id, blinder, {partition.id: partition}, wishes, ready=ready)
            await audit(
                conn,
                who,
                "template_link.send",
                "template_link",
                link_id,
                detail={"records": len(body.record_ids), "sent": len(fired.placed)},
            )
            there = {wish.record_id for wish in wishes}
            skipped = [
                RefusedOut(record_id=one, reason=RECORD_DELETED)
                for one in dict.fromkeys(body.record_ids)
                if one not in there
            ]
            skipped += [
                RefusedOut(record_id=wishes[place].record_id, reason=reason)
                for place, reason in fired.refused.items()
            ]
            answer = await call.answer(conn, LinkSentOut(sent=len(fired.placed), skipped=skipped))
    await announce(rt, who.tenant_id, fired)
    return answer


@router.post("/{link_id}/backtest", name="backtestTemplateLink")
async def backtest(link_id: UUID, body: BackTestIn, rt: Rt, who: Reads) -> BackTestOut:
    """Who would have received what in the last days, by the stored rule or an edited one. Sends nothing."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        link = await links.read_link(conn, link_id)
        if body.link is not None:
            draft = await links.checked_draft(conn, body.link.wanted())
            link = await ask.as_link(conn, draft, rt.clock.now())
        return await _backtest(conn, rt, who, link, body.days)


SHOWN_FIRINGS = 200


async def _backtest(conn: Conn, rt: Runtime, who: Principal, link: TemplateLink, days: int) -> BackTestOut:
    partition: Partition = await read_partition(conn, link.partition_id)
    found = await ask.back_test(conn, rt, who.tenant_id, partition, link, days)
    unmasked = who.may("contacts.unmasked")
    outcomes = [
        (
            one,
            "suppressed"
            if one.record_id in found.suppressed and one.outcome in {"sent", "moved"}
            else one.outcome,
        )
        for one in found.firings
    ]
    sent = [one for one, outcome in outcomes if outcome in {"sent", "moved"}]
    per_day = Counter(one.at.astimezone(KST).date().isoformat() for one in sent)
    held = Counter(
        one.at.astimezone(KST).date().isoformat()
        for one, outcome in outcomes
        if outcome not in {"sent", "moved"}
    )
    first = found.since.astimezone(KST).date()
    calendar = [(first + timedelta(days=n)).isoformat() for n in range(days + 1)]
    return BackTestOut(
        since=found.since,
        changes=found.looked,
        capped=found.capped,
        sent=len(sent),
        repeats=sum(one.trigger == "repeat" for one in sent),
        records=len({one.record_id for one in sent}),
        stopped=dict(Counter(outcome for _, outcome in outcomes if outcome not in {"sent", "moved"})),
        moved=sum(outcome == "moved" for _, outcome in outcomes),
        cost=found.won,
        days=[{"day": day, "sent": per_day[day], "stopped": held[day]} for day in calendar],
        items=[
            FiringOut(
                record_id=one.record_id,
                title=shown_title(partition, found.records.get(one.record_id), unmasked=unmasked),
                at=one.at,
                trigger_type=one.trigger,
                outcome=outcome,
            )
            for one, outcome in outcomes[-SHOWN_FIRINGS:][::-1]
        ],
    )
