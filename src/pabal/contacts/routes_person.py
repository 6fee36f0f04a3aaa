"""Notes about a person and the person's own requests over HTTP."""

# ruff: noqa: RUF012  (pydantic copies defaults)

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field, StringConstraints

from pabal.accounts import audit, list_members, person_of
from pabal.contacts import actions, notes, queries, requests, suppressions
from pabal.contacts.routes import Reader, Writer
from pabal.domain.name import mask_name
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.auth import Principal, Rt
from pabal.kit.http.errors import FORBIDDEN, INVALID, NOT_FOUND, FieldError, Problem
from pabal.kit.http.idempotency import idempotent
from pabal.kit.http.schemas import ApiModel, Instant, Page
from pabal.runtime import Runtime

router = APIRouter(prefix="/api", tags=["contacts"])

Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class NoteIn(ApiModel):
    body: Body


class NotePatch(ApiModel):
    body: Body
    version: int


class NoteOut(ApiModel):
    id: UUID
    body: str
    version: int
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime


class RequestIn(ApiModel):
    kind: Literal["access", "correct", "erase", "stop"]
    requester: Literal["self", "agent", "guardian"] = "self"
    via: Literal["phone", "visit", "letter", "message", "other"] = "phone"
    note: Annotated[str, StringConstraints(max_length=1000)] = ""
    received_at: Instant | None = None


class RequestClose(ApiModel):
    """Of a correction the names of the fields, of a refusal why (PIPA 35(4), 36(1) and 37(2) know no other grounds)."""

    state: Literal["done", "refused"] = "done"
    why: Literal["identity", "law", "others", "contract"] | None = Field(
        default=None, description="거절한 까닭: 본인 확인 안 됨, 법에 따라 보관, 다른 사람의 권리, 계약 이행"
    )
    how: Literal["shown", "sent", "told"] | None = Field(
        default=None, description="열람 요청을 파일 없이 처리한 방법: 보여 줌, 다른 길로 보냄, 말로 알림"
    )
    fields: Annotated[list[Annotated[str, StringConstraints(max_length=50)]], Field(max_length=50)] = []


class DataRequestOut(ApiModel):
    id: UUID
    contact_id: UUID
    contact_name: str = Field(default="", description="역할에 따라 가림, 삭제한 사람은 빈 문자열")
    kind: Literal["access", "correct", "erase", "stop"]
    requester: Literal["self", "agent", "guardian"]
    via: Literal["phone", "visit", "letter", "message", "other"]
    note: str
    state: Literal["open", "done", "refused"]
    outcome: dict[str, Any]
    received_at: datetime
    due_at: datetime
    created_by: UUID | None
    created_by_name: str = ""
    done_by: UUID | None
    done_by_name: str = ""
    done_at: datetime | None


async def request_out(
    conn: Conn, rt: Runtime, who: Principal, found: list[requests.DataRequest]
) -> list[DataRequestOut]:
    people = await requests.people_of(conn, who.tenant_id, found)
    unmasked = who.may("contacts.unmasked")
    called = {one: contact.card.name for one, contact in people.items()}
    names: dict[UUID | None, str] = {one.user_id: one.name for one in await list_members(conn, rt)}
    return [
        DataRequestOut.model_validate(one).model_copy(
            update={
                "contact_name": called.get(one.contact_id, "")
                if unmasked
                else mask_name(called.get(one.contact_id, "")),
                "created_by_name": names.get(one.created_by, ""),
                "done_by_name": names.get(one.done_by, ""),
            }
        )
        for one in found
    ]


async def _living(conn: Conn, contact_id: UUID) -> UUID:
    now_in = await queries.survivor_of(conn, contact_id)
    if now_in is None:
        raise Problem(NOT_FOUND)
    cursor = await conn.execute("SELECT FROM contacts WHERE id = %s AND erased_at IS NULL", (now_in,))
    if await cursor.fetchone() is None:
        raise Problem(NOT_FOUND)
    return now_in


@router.get("/contacts/{contact_id}/notes", name="listNotes")
async def list_notes(contact_id: UUID, rt: Rt, who: Reader) -> Page[NoteOut]:
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await notes.list_notes(conn, await _living(conn, contact_id))
    return Page(items=[NoteOut.model_validate(one) for one in found])


@router.post("/contacts/{contact_id}/notes", name="writeNote", status_code=201, response_model=NoteOut)
async def write_note(contact_id: UUID, body: NoteIn, request: Request, rt: Rt, who: Writer) -> Response:
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx(rt, who.tenant_id) as conn:
            person = await _living(conn, contact_id)
            note = await notes.write_note(conn, who.tenant_id, person, body.body, created_by=person_of(who))
            out = NoteOut.model_validate(note).model_dump(mode="json", by_alias=True)
            return await call.answer(conn, out, status=201)


@router.patch("/notes/{note_id}", name="changeNote")
async def change_note(note_id: UUID, body: NotePatch, rt: Rt, who: Writer) -> NoteOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        note = await notes.change_note(conn, note_id, body.body, version=body.version)
        await audit(conn, who, "note.change", "contact", note.contact_id)
    return NoteOut.model_validate(note)


@router.delete("/notes/{note_id}", name="deleteNote", status_code=204)
async def delete_note(note_id: UUID, rt: Rt, who: Writer) -> None:
    async with tenant_tx(rt, who.tenant_id) as conn:
        note = await notes.read_note(conn, note_id)
        await notes.delete_note(conn, note_id)
        await audit(conn, who, "note.delete", "contact", note.contact_id)


@router.get("/data-requests", name="listDataRequests")
async def list_data_requests(
    rt: Rt, who: Reader, contact_id: UUID | None = None, open_only: bool = False
) -> Page[DataRequestOut]:
    """What is open comes first, by its day."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await requests.list_requests(conn, contact_id=contact_id, open_only=open_only)
        return Page(items=await request_out(conn, rt, who, found))


@router.post(
    "/contacts/{contact_id}/requests",
    name="openDataRequest",
    status_code=201,
    response_model=DataRequestOut,
)
async def open_data_request(
    contact_id: UUID, body: RequestIn, request: Request, rt: Rt, who: Writer
) -> Response:
    now = rt.clock.now()
    received_at = body.received_at or now
    if not timedelta(days=-3650) < received_at - now < timedelta(days=1):
        raise Problem(INVALID, errors=[FieldError("receivedAt", "받은 날이 맞는지 확인해 주세요")])
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx(rt, who.tenant_id) as conn:
            opened = await requests.open_request(
                conn,
                who.tenant_id,
                await _living(conn, contact_id),
                kind=body.kind,
                requester=body.requester,
                via=body.via,
                note=body.note,
                received_at=received_at,
                created_by=person_of(who),
            )
            detail = {"kind": body.kind, "requester": body.requester, "via": body.via}
            await audit(conn, who, "data_request.open", "contact", opened.contact_id, detail=detail)
            out = (await request_out(conn, rt, who, [opened]))[0]
            return await call.answer(conn, out.model_dump(mode="json", by_alias=True), status=201)


@router.post("/data-requests/{data_request_id}/close", name="closeDataRequest")
async def close_data_request(
    data_request_id: UUID, body: RequestClose, rt: Rt, who: Writer
) -> DataRequestOut:
    """A correction is made by changing the contact; an erasure is made here, with what stays and why in the outcome, and
    so is a stop: every address of theirs is refused on every channel, as the person's own word."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        asked = await requests.read_request(conn, data_request_id)
        outcome: dict[str, Any] = {"fields": body.fields} if body.fields else {}
        if body.state == "refused":
            if body.why is None:
                raise Problem(INVALID, errors=[FieldError("why", "거절하는 까닭을 골라 주세요")])
            outcome = {"why": body.why}
        if asked.kind == "access" and body.state == "done":
            # The file closes its request itself; by hand somebody answers for having answered (PIPA 35(3)).
            if body.how is None:
                fault = FieldError(
                    "how", "아직 파일을 만들지 않았어요", "파일을 만들거나 어떻게 알렸는지 골라 주세요"
                )
                raise Problem(INVALID, errors=[fault])
            outcome = {"how": body.how}
        if asked.kind == "erase" and body.state == "done":
            outcome = await _erase(conn, who, asked.contact_id)
        if asked.kind == "stop" and body.state == "done":
            refused = await suppressions.suppress_person(
                conn, who.tenant_id, asked.contact_id, reason="처리정지 요구", created_by=person_of(who)
            )
            outcome = {"addressesRefused": refused}
        closed = await requests.close_request(
            conn, data_request_id, state=body.state, outcome=outcome, done_by=person_of(who)
        )
        await audit(
            conn,
            who,
            "data_request.close",
            "contact",
            asked.contact_id,
            detail={"kind": asked.kind, "state": body.state, **outcome},
        )
        return (await request_out(conn, rt, who, [closed]))[0]


async def _erase(conn: Conn, who: Principal, contact_id: UUID) -> dict[str, Any]:
    """Figures of what stays: refusals, which no re-import may clear, and that messages went out, the proof of sending."""
    if not who.may("contacts.delete"):
        raise Problem(FORBIDDEN)
    cursor = await conn.execute(
        """
        SELECT (SELECT count(DISTINCT s.id) FROM identities i JOIN suppressions s ON s.tenant_id = i.tenant_id
                  AND s.address_key = i.address_key AND s.kind = i.kind WHERE i.contact_id = %(id)s),
               (SELECT count(*) FROM messages m WHERE m.contact_id = %(id)s)
        """,
        {"id": contact_id},
    )
    row = await cursor.fetchone()
    now_in = await queries.survivor_of(conn, contact_id)
    living = await queries.read_contacts(conn, who.tenant_id, [now_in]) if now_in is not None else []
    if living:  # or somebody has erased them already: then the request is carried out all the same
        await actions.erase_contact(conn, contact_id)
    return {"refusalsKept": 0 if row is None else row[0], "messagesKept": 0 if row is None else row[1]}
