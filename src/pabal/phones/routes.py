"""Simulated handsets over HTTP. An id names one handset of one account: `{account}.{the simulator's own token}`."""

import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from pabal.contacts import Blinder, Contact
from pabal.domain.name import mask_name
from pabal.domain.phone import format_phone, mask_phone
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import CONFLICT, INVALID_CURSOR, NOT_FOUND, Problem
from pabal.kit.http.schemas import Cursor, Limit, Page, read_cursor, write_cursor
from pabal.phones import queries, simulator
from pabal.phones.schemas import HandsetMessageOut, HandsetOut, ReplyIn
from pabal.phones.simulator import Line
from pabal.runtime import Runtime

router = APIRouter(prefix="/api/phones", tags=["phones"])

Reader = Annotated[Principal, requires("messages.read")]
Player = Annotated[Principal, requires("campaigns.test")]

SEARCHED = 1000  # a search looks through the handsets written to last
SHOWN = 200  # messages of one handset
UNSUBSCRIBE_NO = "0800000000"  # the simulator wants one; the account is named beside it
_THREAD = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{2,128})")


@router.get("", name="listPhones")
async def list_phones(
    rt: Rt,
    who: Reader,
    q: Annotated[str, Query(max_length=100, description="이름이나 번호의 일부")] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[HandsetOut]:
    """What arrived for this tenant, newest first within an account. A search looks through the last 1,000 handsets."""
    position = read_cursor(cursor, str, str)
    async with tenant_tx(rt, who.tenant_id) as conn:
        lines = await simulator.lines_of(conn, rt)
    after = None if position is None else (position[0], position[1])
    if after is not None and not re.fullmatch(r"\d{0,18}", after[1], re.ASCII):
        raise Problem(INVALID_CURSOR)
    q = q.strip()
    found, more = await _arrived(rt, lines, after, limit) if not q else (await _newest(rt, lines), None)
    people = await _people(rt, who, [handset["phone"] for _, handset in found])
    if q:
        found = [(line, one) for line, one in found if _matches(q, one["phone"], people.get(one["phone"]))][
            :limit
        ]
    unmasked = who.may("contacts.unmasked")
    items = [_handset(line, one, people.get(one["phone"]), unmasked=unmasked) for line, one in found]
    return Page(items=items, next_cursor=more)


@router.get("/{thread}/messages", name="listPhoneMessages")
async def list_messages(thread: str, rt: Rt, who: Reader) -> Page[HandsetMessageOut]:
    """One handset, newest first."""
    _, items = await _open(rt, who, thread)
    phone = _holder(items)
    people = await _people(rt, who, [phone])
    unmasked = who.may("contacts.unmasked")
    return Page(items=[_message(one, people.get(phone), unmasked=unmasked) for one in items])


@router.post("/{thread}/reply", name="replyAsPhone", status_code=204)
async def reply(thread: str, body: ReplyIn, rt: Rt, who: Player) -> None:
    """The person answers the newest message; it comes back to us through the account's inbound hook."""
    line, items = await _open(rt, who, thread)
    newest = next((one for one in items if one["direction"] == "arrived"), None)
    if newest is None:
        raise Problem(CONFLICT, detail="이 전화기에 온 문자가 없어 답장할 수 없어요.")
    kakao = newest["channel"] in {"alimtalk", "brand"}
    said = {
        "to": newest["from"] or "",
        "from": newest["to"],
        "text": body.text,
        "channel": "kakao" if kakao else "sms",
    }
    await simulator.tell(rt, who.tenant_id, line, "/reply", said)


@router.post("/{thread}/opt-out", name="optOutAsPhone", status_code=204)
async def opt_out(thread: str, rt: Rt, who: Player) -> None:
    """The person calls the 080 number: from now on the simulated carrier refuses to deliver to them."""
    line, items = await _open(rt, who, thread)
    said = {"unsubscribeNo": UNSUBSCRIBE_NO, "phone": _holder(items)}
    await simulator.tell(rt, who.tenant_id, line, "/optout", said)


Found = list[tuple[Line, dict[str, Any]]]


async def _arrived(
    rt: Runtime, lines: list[Line], after: tuple[str, str] | None, limit: int
) -> tuple[Found, str | None]:
    """A page over all accounts, one after the other; the cursor holds the account and the simulator's own cursor."""
    found: Found = []
    position = ""
    if after is not None:
        lines = [line for line in lines if line.account_id.hex >= after[0]]
        position = after[1] if lines and lines[0].account_id.hex == after[0] else ""
    for number, line in enumerate(lines):
        page = await simulator.ask(
            rt, line, limit=limit - len(found), **({"cursor": position} if position else {})
        )
        found += [(line, handset) for handset in page["items"]]
        if page["nextCursor"] is not None:
            return found, write_cursor(line.account_id.hex, page["nextCursor"])
        if len(found) >= limit:
            following = lines[number + 1 : number + 2]
            return found, write_cursor(following[0].account_id.hex, "") if following else None
        position = ""
    return found, None


async def _newest(rt: Runtime, lines: list[Line]) -> Found:
    return [(line, one) for line in lines for one in (await simulator.ask(rt, line, limit=SEARCHED))["items"]]


async def _open(rt: Runtime, who: Principal, thread: str) -> tuple[Line, list[dict[str, Any]]]:
    """The handset's account and messages; NOT_FOUND also where the account is somebody else's."""
    parts = _THREAD.fullmatch(thread)
    async with tenant_tx(rt, who.tenant_id) as conn:
        lines = await simulator.lines_of(conn, rt)
    line = next((one for one in lines if parts and one.account_id == UUID(parts[1])), None)
    if parts is None or line is None or len(parts[2]) % 2:
        raise Problem(NOT_FOUND)
    items: list[dict[str, Any]] = (await simulator.ask(rt, line, thread=parts[2], limit=SHOWN))["items"]
    if not items:
        raise Problem(NOT_FOUND)
    return line, items


def _holder(items: list[dict[str, Any]]) -> str:
    return str(items[0]["to"] if items[0]["direction"] == "arrived" else items[0]["from"])


async def _people(rt: Runtime, who: Principal, phones: list[str]) -> dict[str, Contact]:
    blinder = Blinder(await rt.keys.of(rt.pool, who.tenant_id))
    async with tenant_tx(rt, who.tenant_id) as conn:
        return dict(await queries.people_by_phone(conn, who.tenant_id, blinder, phones))


def _matches(q: str, phone: str, person: Contact | None) -> bool:
    digits = re.sub(
        r"\D", "", q
    )  # as in the book: four digits at least, so that nobody tries numbers out one by one
    return (len(digits) >= 4 and digits in phone) or (
        person is not None and q.casefold() in person.card.name.casefold()
    )


def _handset(line: Line, handset: dict[str, Any], person: Contact | None, *, unmasked: bool) -> HandsetOut:
    newest = handset["messages"][0]
    phone = handset["phone"]
    return HandsetOut(
        id=f"{line.account_id.hex}.{handset['key']}",
        name=_name(person, unmasked=unmasked),
        phone=format_phone(phone) if unmasked else mask_phone(phone),
        last_text=_text(newest["text"], phone, person, unmasked=unmasked),
        last_at=handset["lastAt"],
        count=handset["count"],
    )


def _message(one: dict[str, Any], person: Contact | None, *, unmasked: bool) -> HandsetMessageOut:
    arrived = one["direction"] == "arrived"
    phone = str(one["to"] if arrived else one["from"])
    sender = str(one["from"] or "")
    return HandsetMessageOut(
        id=str(one["messageId"] if arrived else one["providerId"]),
        direction="in" if arrived else "out",
        channel=one["channel"],
        from_=sender if arrived else format_phone(phone) if unmasked else mask_phone(phone),
        text=_text(one["text"], phone, person, unmasked=unmasked),
        at=one["at"],
        state=one.get("finalState"),
    )


def _name(person: Contact | None, *, unmasked: bool) -> str:
    name = person.card.name if person else ""
    return name if unmasked or not name else mask_name(name)


def _text(text: str | None, phone: str, person: Contact | None, *, unmasked: bool) -> str:
    """What identifies the reader of a text is masked for who may not see it, as in the list of a campaign."""
    text = text or ""
    if unmasked:
        return text
    masked = mask_phone(phone)
    text = text.replace(format_phone(phone), masked).replace(phone, masked)
    if person is not None and person.card.name:
        text = text.replace(person.card.name, mask_name(person.card.name))
        for value in person.card.attributes.values():
            if len(value) > 1:  # one character identifies nobody and would tear the text to pieces
                text = text.replace(value, "•••")
    return text
