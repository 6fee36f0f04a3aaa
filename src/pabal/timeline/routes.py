"""The line of time of one person, and the file of everything that is held on them, over HTTP."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from pabal.accounts import audit, list_members, person_of
from pabal.contacts import close_request, read_request
from pabal.domain.name import mask_name
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import INVALID, INVALID_CURSOR, NOT_FOUND, FieldError, Problem
from pabal.kit.http.schemas import Cursor, read_cursor, write_cursor
from pabal.runtime import Runtime
from pabal.timeline.ahead import read_ahead
from pabal.timeline.held import as_html, as_json, read_held
from pabal.timeline.model import GROUPS, KINDS, Kind
from pabal.timeline.reads import Place, read_past, read_person
from pabal.timeline.schemas import AheadOut, DataFileIn, TimelineItem, TimelineOut
from pabal.timeline.tell import names_of, tell

router = APIRouter(prefix="/api/contacts", tags=["contacts"])

Reader = Annotated[Principal, requires("contacts.read")]
Unmasked = Annotated[Principal, requires("contacts.unmasked")]
_LAST = UUID(int=(1 << 128) - 1)


def _kinds(text: str) -> list[Kind]:
    """Names of groups, or kinds that no group is called, separated by commas; nothing is everything."""
    if not text:
        return list(KINDS)
    found: list[Kind] = []
    for name in text.split(","):
        if name in GROUPS:
            found += GROUPS[name]
        elif name in KINDS:
            found.append(name)
        else:
            raise Problem(INVALID, errors=[FieldError("kinds", f"모르는 종류예요: {name[:30]}")])
    return found


@router.get("/{contact_id}/timeline", name="readTimeline")
async def read_timeline(
    contact_id: UUID,
    rt: Rt,
    who: Reader,
    kinds: Annotated[str, Query(max_length=300, description="message, consent, change, note 또는 종류")] = "",
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TimelineOut:
    position = read_cursor(cursor, str, UUID)
    wanted = _kinds(kinds)
    async with tenant_tx(rt, who.tenant_id) as conn:
        person = await read_person(conn, contact_id)
        if person is None:
            raise Problem(NOT_FOUND)
        now = rt.clock.now()
        # A consent may be dated ahead of the database's clock by a day at most.
        place = Place(now + timedelta(days=366), _LAST) if position is None else _place(*position)
        # Who was merged may have one event twice, of the same import or send: a page ends after both, as its end names
        # time and id.
        most = limit + len(person.parts) + 1
        ticks = await read_past(conn, who.tenant_id, person, kinds=wanted, before=place, limit=most)
        places = [Place(tick.at, tick.id) for tick in ticks]
        end = min(limit, len(ticks))
        while end < len(ticks) and places[end] == places[end - 1]:
            end += 1
        page = ticks[:end]
        events = await tell(conn, who.tenant_id, person, page)
        ahead = []
        if position is None and set(wanted) & set(GROUPS["message"]):
            ahead = await read_ahead(conn, rt, who.tenant_id, person)
        others = {UUID(str(one)) for tick in page for one in tick.detail.get("others", ())}
        names = await names_of(conn, others | set(person.parts) - {person.id}) if others else {}
        people = await _people(conn, rt) if any(tick.by for tick in page) else {}
    unmasked = who.may("contacts.unmasked")
    return TimelineOut(
        contact_id=person.id,
        now=now,
        items=[TimelineItem.of(event, people) for event in events],
        scheduled=[AheadOut.model_validate(one) for one in ahead],
        names={one: name if unmasked else mask_name(name) for one, name in names.items()},
        next_cursor=write_cursor(page[-1].at.isoformat(), str(page[-1].id)) if len(ticks) > end else None,
    )


def _place(at: str | None, last: UUID | None) -> Place:
    """Events before 1970 have no place among ids that hold the time; nothing of ours is older."""
    try:
        place = Place(datetime.fromisoformat(at or ""), last or UUID(int=0))
        if place.at.timestamp() < 0:
            raise ValueError(at)
    except (ValueError, OverflowError) as error:
        raise Problem(INVALID_CURSOR) from error
    return place


async def _people(conn: Conn, rt: Runtime) -> Mapping[UUID, str]:
    return {member.user_id: member.name for member in await list_members(conn, rt)}


_TYPES = {"json": "application/json; charset=utf-8", "html": "text/html; charset=utf-8"}


@router.post(
    "/{contact_id}/data-file",
    name="downloadDataFile",
    response_class=Response,
    responses={200: {"content": {"application/json": {}, "text/html": {}}}},
)
async def download_data_file(contact_id: UUID, body: DataFileIn, rt: Rt, who: Unmasked) -> Response:
    """Everything held on the person, nothing masked: the answer to a request to see it, which it closes."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        asked = await read_request(conn, body.request_id)
        person = await read_person(conn, contact_id)
        if person is None or asked.contact_id not in person.parts:
            raise Problem(NOT_FOUND)
        if asked.kind != "access":
            raise Problem(INVALID, errors=[FieldError("requestId", "열람 요청이 아니에요")])
        held = await read_held(conn, who.tenant_id, person)
        if asked.state == "open":
            await close_request(conn, asked.id, state="done", outcome=held.figures(), done_by=person_of(who))
        await audit(
            conn,
            who,
            "contact.data_file",
            "contact",
            person.id,
            detail={"request": str(asked.id), "format": body.format, **held.figures()},
        )
    content = as_json(held) if body.format == "json" else as_html(held)
    return Response(
        content,
        media_type=_TYPES[body.format],
        headers={
            "Content-Disposition": f'attachment; filename="person-{person.id}.{body.format}"',
            "Cache-Control": "no-store",
        },
    )
