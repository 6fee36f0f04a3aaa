"""Contacts over HTTP: list and search, one contact, reveal, bulk tags. Groups (tags, segments …) are in
routes_groups.
"""

import json
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from psycopg import sql
from pydantic_core import to_json

from pabal.accounts import audit, person_of
from pabal.contacts import actions, last_contact, queries
from pabal.contacts.activity_sql import FilterContext
from pabal.contacts.card import Blinder
from pabal.contacts.filter_sql import compile_filter
from pabal.contacts.look_up import look_up
from pabal.contacts.retag import retag
from pabal.contacts.schemas import (
    ContactIn,
    ContactList,
    ContactOut,
    ContactPatch,
    LastContactOut,
    PeopleIn,
    contact_json,
)
from pabal.contacts.segments import read_segment
from pabal.contacts.selection import both_ways, everything_of, read_filter, shorthand
from pabal.contacts.ways import newest_page
from pabal.domain.filters import Everyone, storable
from pabal.domain.search import parse_q
from pabal.kit.clock import KST
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import INVALID, INVALID_CURSOR, NOT_FOUND, FieldError, Problem
from pabal.kit.http.schemas import Cursor, Limit, Page, read_cursor, write_cursor

router = APIRouter(prefix="/api/contacts", tags=["contacts"])

Reader = Annotated[Principal, requires("contacts.read")]
Writer = Annotated[Principal, requires("contacts.write")]
BY_CONTACT = "-lastContact"
Sort = Annotated[
    Literal["-createdAt", "createdAt", "-updatedAt", "updatedAt", "-district", "district", "-lastContact"],
    Query(description="정렬. 검색어(q)가 있으면 -createdAt만"),
]


async def blinder_of(rt: Rt, who: Principal) -> Blinder:
    return Blinder(await rt.keys.of(rt.pool, who.tenant_id))


@router.get("", name="listContacts", response_model=ContactList)
async def list_contacts(
    rt: Rt,
    who: Reader,
    q: Annotated[str, Query(max_length=200)] = "",
    filter_text: Annotated[str, Query(alias="filter", max_length=20_000, description="필터 JSON")] = "",
    tag: Annotated[list[str], Query(max_length=20)] = [],  # noqa: B006  # FastAPI copies defaults
    segment_id: Annotated[UUID | None, Query(alias="segmentId")] = None,
    consent: Annotated[str, Query(max_length=100)] = "",
    channel: Annotated[str, Query(max_length=20)] = "",
    sort: Sort = "-createdAt",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    query = parse_q(q)
    if query is not None and sort != "-createdAt":
        fault = FieldError(
            "sort", "찾은 사람은 새로 들어온 차례로만 볼 수 있어요", "정렬을 -createdAt으로 바꿔 주세요"
        )
        raise Problem(INVALID, errors=[fault])
    contacted = _behind(cursor) if sort == BY_CONTACT else None
    after, after_value = (None, None) if sort == BY_CONTACT else _position(cursor, sort)
    nodes = [shorthand("tag", "has", name) for name in tag]
    if consent:
        nodes.append(shorthand("consent", "has", consent))
    if channel:
        nodes.append(shorthand("channel", "has", channel))
    if filter_text:
        nodes.append(read_filter(_json(filter_text)))
    blinder = await blinder_of(rt, who)
    if query is not None and not nodes and segment_id is None:
        page = await look_up(rt, who.tenant_id, query=query, blinder=blinder, before=after, limit=limit)
        return _listed(page, who, _cursor(page, sort))
    async with tenant_tx(rt, who.tenant_id) as conn:
        if segment_id is not None:
            segment = await read_segment(conn, segment_id)
            nodes.append(read_filter(segment.filter, put_together=True))
        node = everything_of(nodes)
        now = rt.clock.now()
        context = FilterContext(blinder, now.astimezone(KST).date())
        where = None if node is None else compile_filter(node, context)
        if sort == BY_CONTACT:
            found = await last_contact.page_by_contact(
                conn,
                who.tenant_id,
                node=node,
                blinder=blinder,
                now=now,
                after=contacted,
                limit=limit,
            )
            page, contacted = found.page, found.after
        elif query is None and sort == "-createdAt":
            ways = await both_ways(conn, node or Everyone(), blinder, now)
            page = await newest_page(conn, who.tenant_id, ways=ways, after=after, limit=limit)
        elif query is None:
            page = await queries.page_of_contacts(
                conn,
                who.tenant_id,
                where=where or sql.SQL("true"),
                after=after,
                after_value=after_value,
                order=queries.ORDERS[sort],
                limit=limit,
            )
        else:
            page = await queries.search_contacts(
                conn, who.tenant_id, query=query, blinder=blinder, where=where, before=after, limit=limit
            )
    if sort == BY_CONTACT:
        return _listed(page, who, None if contacted is None else _write_behind(contacted))
    return _listed(page, who, _cursor(page, sort))


def _listed(page: queries.ContactPage, who: Principal, next_cursor: str | None) -> Response:
    """A `ContactList`, written at once."""
    unmasked = who.may("contacts.unmasked")
    total = None if page.total is None else {"value": page.total.value, "relation": page.total.relation}
    items = [contact_json(contact, unmasked=unmasked) for contact in page.items]
    return Response(
        to_json({"items": items, "nextCursor": next_cursor, "total": total}), media_type="application/json"
    )


def _position(cursor: str | None, sort: str) -> tuple[UUID | None, str | datetime | None]:
    """Where a page begins. The sort is part of it: in another order it would be nowhere."""
    if queries.ORDERS[sort].column is None:
        position = read_cursor(cursor, UUID)
        return (None if position is None else _given(position[0])), None
    position = read_cursor(cursor, str, str, UUID)
    if position is None:
        return None, None
    value: str = _given(position[1])
    if position[0] != sort.removeprefix("-") or not storable(value):
        raise Problem(INVALID_CURSOR)
    if position[0] != "updatedAt":
        return _given(position[2]), value
    try:
        return _given(position[2]), datetime.fromisoformat(value)
    except ValueError as error:
        raise Problem(INVALID_CURSOR) from error


def _cursor(page: queries.ContactPage, sort: str) -> str | None:
    if page.next_before is None:
        return None
    if queries.ORDERS[sort].column is None:
        return write_cursor(str(page.next_before))
    value = page.next_value.isoformat() if isinstance(page.next_value, datetime) else page.next_value
    return write_cursor(sort.removeprefix("-"), value, str(page.next_before))


def _behind(cursor: str | None) -> last_contact.After | None:
    position = read_cursor(cursor, str, UUID, int, UUID)
    if position is None:
        return None
    sort, send, seq, contact = position
    if sort != BY_CONTACT or (send is None) == (contact is None) or not 0 <= (seq or 0) < 2**31:
        raise Problem(INVALID_CURSOR)
    return last_contact.After(send, seq or 0, contact)


def _write_behind(after: last_contact.After) -> str:
    send, contact = (None if one is None else str(one) for one in (after.send_id, after.contact_id))
    return write_cursor(BY_CONTACT, send, after.seq, contact)


def _given(value: Any) -> Any:
    """A cursor may be anything that somebody typed into an address."""
    if value is None:
        raise Problem(INVALID_CURSOR)
    return value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Problem(INVALID, errors=[FieldError("filter", "JSON 형식이 아니에요")]) from error


@router.post("", name="createContact", status_code=201)
async def create_contact(body: ContactIn, rt: Rt, who: Writer) -> ContactOut:
    blinder = await blinder_of(rt, who)
    async with tenant_tx(rt, who.tenant_id) as conn:
        contact = await actions.create_contact(conn, who.tenant_id, blinder, body.draft())
        await audit(conn, who, "contact.create", "contact", contact.id)
    return ContactOut.of(contact, unmasked=who.may("contacts.unmasked"))


@router.post("/last-contacts", name="readLastContacts")
async def read_last_contacts(body: PeopleIn, rt: Rt, who: Reader) -> Page[LastContactOut]:
    """When the people of a page were last contacted; who never was isn't named. The list is there sooner."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await last_contact.latest_of(conn, who.tenant_id, body.ids)
    return Page(items=[LastContactOut(id=one, at=last.at) for one, last in found.items()])


@router.get("/{contact_id}", name="getContact")
async def get_contact(contact_id: UUID, rt: Rt, who: Reader) -> ContactOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        contact = await _one(conn, who.tenant_id, contact_id)
    return ContactOut.of(contact, unmasked=who.may("contacts.unmasked"))


@router.get("/{contact_id}/reveal", name="revealContact")
async def reveal_contact(
    contact_id: UUID, rt: Rt, who: Annotated[Principal, requires("contacts.reveal")]
) -> ContactOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        contact = await _one(conn, who.tenant_id, contact_id)
        await audit(conn, who, "contact.reveal", "contact", contact.id)
    return ContactOut.of(contact, unmasked=True)


@router.patch("/{contact_id}", name="changeContact")
async def change_contact(contact_id: UUID, body: ContactPatch, rt: Rt, who: Writer) -> ContactOut:
    blinder = await blinder_of(rt, who)
    draft = body.draft()
    async with tenant_tx(rt, who.tenant_id) as conn:
        contact = await actions.change_contact(
            conn,
            who.tenant_id,
            blinder,
            contact_id,
            replace(draft, tags=None),
            version=body.version,
            changed_by=who.user_id,
        )
        if draft.tags is not None:
            contact = await retag(conn, who.tenant_id, blinder, contact, draft.tags, by=person_of(who))
        await audit(
            conn,
            who,
            "contact.change",
            "contact",
            contact_id,
            detail={"fields": sorted(body.model_fields_set)},
        )
    return ContactOut.of(contact, unmasked=who.may("contacts.unmasked"))


@router.delete("/{contact_id}", name="eraseContact", status_code=204)
async def erase_contact(
    contact_id: UUID, rt: Rt, who: Annotated[Principal, requires("contacts.delete")]
) -> None:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await actions.erase_contact(conn, contact_id)
        await audit(conn, who, "contact.erase", "contact", contact_id)


async def _one(conn: Any, tenant_id: UUID, contact_id: UUID) -> queries.Contact:
    """The contact, or the one it was merged into."""
    now_in = await queries.survivor_of(conn, contact_id)
    found = await queries.read_contacts(conn, tenant_id, [now_in]) if now_in is not None else []
    if not found:
        raise Problem(NOT_FOUND)
    return found[0]
