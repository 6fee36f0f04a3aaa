"""The workbench of unknown results: who they are, what was asked, and a person's word, one by one or a request at a time;
and incidents: what may have gone wrong with whom."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pabal import dispatch
from pabal.accounts import audit, list_members
from pabal.campaigns import people, queries
from pabal.campaigns.routes_people import message_detail, message_out
from pabal.campaigns.schemas_people import MessageDetailOut, MessageOut
from pabal.campaigns.schemas_uncertain import (
    IncidentOut,
    IncidentsSeenIn,
    IncidentsSeenOut,
    QuestionOut,
    ReasonOut,
    ResolvedOut,
    ResolveIn,
    UncertainCountsOut,
    UncertainGroupOut,
    UncertainSendOut,
)
from pabal.domain.ids import parse_message_id
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import NOT_FOUND, Problem, declare
from pabal.kit.http.idempotency import idempotent
from pabal.kit.http.schemas import Cursor, Limit, Page, read_cursor, write_cursor
from pabal.runtime import Runtime

router = APIRouter(prefix="/api", tags=["campaigns"])

ReadsMessages = Annotated[Principal, requires("messages.read")]
Resolves = Annotated[Principal, requires("messages.resolve")]

NOT_UNCERTAIN = declare("not_uncertain", 409, "결과를 모르는 메시지가 아니에요")
SEND_OVER = declare("send_over", 409, "취소됐거나 기한이 지난 발송이라 다시 보낼 수 없어요")

# What may have gone wrong with somebody (`domain.news`).
INCIDENT_LABELS: Mapping[str, str] = {
    "maybe_twice": "두 번 받았을 수 있음",
    "overlap": "두 통이 모두 도착함",
    "contradicting_final": "발송사의 결과가 서로 다름",
}


@router.get("/uncertain", name="listUncertain")
async def list_uncertain(
    rt: Rt,
    who: ReadsMessages,
    campaignId: UUID | None = None,  # noqa: N803  # the API's name
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[UncertainSendOut]:
    """Sends with people of unknown fate, newest first, each with its requests and what was asked about them."""
    position = read_cursor(cursor, UUID)
    async with tenant_tx(rt, who.tenant_id) as conn:
        sends = await dispatch.list_uncertain(
            conn,
            who.tenant_id,
            campaign_id=campaignId,
            before=position[0] if position else None,
            limit=limit + 1,
        )
        names = await queries.names_of_sends(conn, [send.send_id for send in sends])
    more = len(sends) > limit
    sends = sends[:limit]
    now = rt.clock.now()
    return Page(
        items=[
            UncertainSendOut(
                send_id=send.send_id,
                campaign_id=send.campaign_id,
                campaign_name=names.get(send.send_id, ""),
                state=send.state,
                rehearse=send.rehearse,
                people=send.people,
                may_resend=send.state != "cancelled" and (send.not_after is None or now < send.not_after),
                groups=[_group_out(group) for group in send.groups],
            )
            for send in sends
        ],
        next_cursor=write_cursor(str(sends[-1].send_id)) if more else None,
    )


@router.get("/uncertain/counts", name="countUncertain")
async def count_uncertain(rt: Rt, who: ReadsMessages) -> UncertainCountsOut:
    """For figures beside a word: from counters, nobody's row is read."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        waiting, sends = await dispatch.count_uncertain(conn, who.tenant_id)
        incidents = await dispatch.count_incidents(conn, who.tenant_id)
    return UncertainCountsOut(people=waiting, sends=sends, incidents=incidents)


@router.get("/incidents", name="listIncidents")
async def list_incidents(
    rt: Rt,
    who: ReadsMessages,
    campaignId: UUID | None = None,  # noqa: N803  # the API's name
    seen: bool | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[IncidentOut]:
    """People who may have received twice, or of whom a carrier said two different things; newest first."""
    position = read_cursor(cursor, UUID)
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await dispatch.list_incidents(
            conn,
            who.tenant_id,
            campaign_id=campaignId,
            seen=seen,
            before=position[0] if position else None,
            limit=limit + 1,
        )
        names = await queries.names_of_sends(conn, [one.send_id for one in found])
        team = await _names_of(conn, rt) if any(one.seen_by for one in found) else {}
    more = len(found) > limit
    found = found[:limit]
    unmasked = who.may("contacts.unmasked")
    return Page(
        items=[_incident_out(one, names.get(one.send_id, ""), team, unmasked=unmasked) for one in found],
        next_cursor=write_cursor(str(found[-1].id)) if more else None,
    )


@router.post("/incidents/seen", name="markIncidents")
async def mark_incidents(body: IncidentsSeenIn, rt: Rt, who: Resolves) -> IncidentsSeenOut:
    """Somebody has looked at them (or puts them back): out of the list of what waits, kept as what happened."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        changed = await dispatch.mark_incidents(
            conn, who.tenant_id, body.ids, seen=body.seen, by=who.actor_id
        )
        if changed:
            detail = {"seen": body.seen, "incidents": [str(one) for one in changed]}
            await audit(conn, who, "incident.seen", "incident", changed[0], detail=detail)
    return IncidentsSeenOut(changed=len(changed))


async def _names_of(conn: Conn, rt: Runtime) -> dict[UUID, str]:
    return {one.user_id: one.name or one.email for one in await list_members(conn, rt)}


def _incident_out(
    one: dispatch.Incident, name: str, team: Mapping[UUID, str], *, unmasked: bool
) -> IncidentOut:
    return IncidentOut(
        id=one.id,
        kind=one.kind,
        label=INCIDENT_LABELS[one.kind],
        at=one.at,
        send_id=one.send_id,
        campaign_id=one.campaign_id,
        campaign_name=name,
        rehearse=one.rehearse,
        attempt=one.n,
        channel=one.channel,
        account_name=one.account_name,
        news=one.news,
        code=one.code,
        message=message_out(one.line, unmasked=unmasked),
        seen_at=one.seen_at,
        seen_by=team.get(one.seen_by, "") if one.seen_by else "",
    )


def _group_out(group: dispatch.Group) -> UncertainGroupOut:
    return UncertainGroupOut(
        request_id=group.request_id,
        people=group.people,
        units=group.units,
        reasons=[
            ReasonOut(reason=reason, label=people.reason_label(reason)) for reason in group.reasons if reason
        ],
        channel=group.channel,
        account_id=group.account_id,
        account_name=group.account_name,
        carrier=group.carrier,
        known_there=group.known_there,
        called_at=group.called_at,
        asked=group.asked,
        questions=[
            QuestionOut(at=one.at, note=one.note, label=people.question_label(one.note))
            for one in group.questions
        ],
    )


@router.get("/uncertain/{send_id}/{request_id}/messages", name="listUncertainMessages")
async def list_people(
    send_id: UUID, request_id: UUID, rt: Rt, who: ReadsMessages, limit: Limit = 100, cursor: Cursor = None
) -> Page[MessageOut]:
    """The people of one request."""
    position = read_cursor(cursor, int)
    async with tenant_tx(rt, who.tenant_id) as conn:
        try:
            lines = await dispatch.list_group(
                conn,
                who.tenant_id,
                send_id,
                request_id,
                after_seq=position[0] if position else 0,
                limit=limit + 1,
            )
        except dispatch.NoSuchRequestError:
            raise Problem(NOT_FOUND) from None
    more = len(lines) > limit
    lines = lines[:limit]
    unmasked = who.may("contacts.unmasked")
    return Page(
        items=[message_out(line, unmasked=unmasked) for line in lines],
        next_cursor=write_cursor(lines[-1].seq) if more else None,
    )


@router.post("/uncertain/{send_id}/{request_id}/resolve", name="resolveUncertain", response_model=ResolvedOut)
async def resolve_group(
    send_id: UUID, request_id: UUID, body: ResolveIn, request: Request, rt: Rt, who: Resolves
) -> Response:
    """Everybody of the request who is still uncertain. Nobody is any more: 0."""

    async def act(conn: Conn) -> ResolvedOut:
        n = await dispatch.resolve_group(
            conn, who.tenant_id, send_id, request_id, body.decision, now=rt.clock.now()
        )
        if n:
            await _record(conn, who, "request", request_id, body, {"send": str(send_id), "people": n})
        return ResolvedOut(resolved=n)

    return await _decide(rt, who, request, send_id, act)


@router.post("/uncertain/{send_id}/resolve", name="resolveUncertainSend", response_model=ResolvedOut)
async def resolve_send(send_id: UUID, body: ResolveIn, request: Request, rt: Rt, who: Resolves) -> Response:
    """Everybody of the send who is still uncertain, whatever request they are of. Nobody is any more: 0."""

    async def act(conn: Conn) -> ResolvedOut:
        n = await dispatch.resolve_send(conn, who.tenant_id, send_id, body.decision, now=rt.clock.now())
        if n:
            await _record(conn, who, "send", send_id, body, {"people": n})
        return ResolvedOut(resolved=n)

    return await _decide(rt, who, request, send_id, act)


@router.post("/messages/{message_id}/resolve", name="resolveMessage", response_model=MessageDetailOut)
async def resolve_message(
    message_id: str, body: ResolveIn, request: Request, rt: Rt, who: Resolves
) -> Response:
    parsed = parse_message_id(message_id)
    if parsed is None:
        raise Problem(NOT_FOUND)
    send_id, seq = parsed

    async def act(conn: Conn) -> MessageDetailOut:
        before = await message_detail(conn, who, send_id, seq)
        if not await dispatch.resolve_one(
            conn, who.tenant_id, send_id, seq, body.decision, now=rt.clock.now()
        ):
            raise Problem(NOT_UNCERTAIN, extra={"state": before.state})
        await _record(conn, who, "message", message_id, body, {"people": 1})
        return await message_detail(conn, who, send_id, seq)

    return await _decide(rt, who, request, send_id, act)


async def _record(
    conn: Conn, who: Principal, kind: str, object_id: object, body: ResolveIn, detail: dict[str, Any]
) -> None:
    detail = {**detail, "decision": body.decision, "reason": body.reason}
    await audit(conn, who, "message.resolve", kind, object_id, detail=detail)


async def _decide(
    rt: Runtime, who: Principal, request: Request, send_id: UUID, act: Callable[[Conn], Awaitable[Any]]
) -> Response:
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx(rt, who.tenant_id) as conn:
            try:
                answer = await call.answer(conn, await act(conn))
            except dispatch.SendOverError:
                raise Problem(SEND_OVER) from None
            except dispatch.NoSuchRequestError:
                raise Problem(NOT_FOUND) from None
            campaign_id = await queries.campaign_of_send(conn, send_id)
    await try_publish_changed(rt, who.tenant_id, "campaign", campaign_id or send_id)
    return answer
