"""The queue of replies that a person has to read."""

import json
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from pabal.contacts import Blinder
from pabal.domain.identity import IdentityKind
from pabal.domain.name import mask_name
from pabal.domain.phone import format_phone, mask_phone
from pabal.inbox import unclear
from pabal.inbox.actions import read_sender
from pabal.kit.db import tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.schemas import ApiModel, Cursor, Limit, Page, read_cursor, write_cursor

router = APIRouter(prefix="/api/inbox/unclear", tags=["inbox"])


class ReplyOut(ApiModel):
    id: UUID
    channel: str
    from_: Annotated[str, Field(alias="from")]
    text: str
    said_at: datetime
    why: Literal["refusal", "source"] = Field(description="거부로 읽힐 수 있음, 번호를 어떻게 알았는지 물음")
    contact_id: UUID | None
    name: str
    readable: bool = Field(description="보낸 번호를 읽을 수 있어 수신 거부로 정할 수 있음")


class ReplyPage(Page[ReplyOut]):
    count: int = Field(description="아직 정리하지 않은 답장")


class SettleIn(ApiModel):
    as_: Annotated[Literal["refusal", "other"], Field(alias="as")]
    channels: list[Literal["all", "sms", "alimtalk", "brand", "email"]] = Field(
        default=["all"], min_length=1, max_length=5, description="거부한 채널; 말이 없으면 모두"
    )


@router.get("", name="listUnclearReplies")
async def list_unclear(
    rt: Rt, who: Annotated[Principal, requires("suppressions.read")], cursor: Cursor = None, limit: Limit = 50
) -> ReplyPage:
    position = read_cursor(cursor, UUID)
    unmasked = who.may("contacts.unmasked")
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await unclear.list_unclear(conn, before=position[0] if position else None, limit=limit + 1)
        count = await unclear.count_unclear(conn)
    return ReplyPage(
        items=[_shown(one, unmasked=unmasked) for one in found[:limit]],
        next_cursor=write_cursor(str(found[limit - 1].id)) if len(found) > limit else None,
        count=count,
    )


@router.post("/{reply_id}/settle", name="settleUnclearReply", status_code=204)
async def settle(
    reply_id: UUID, body: SettleIn, rt: Rt, who: Annotated[Principal, requires("suppressions.write")]
) -> None:
    blinder = Blinder(await rt.keys.of(rt.pool, who.tenant_id))
    async with tenant_tx(rt, who.tenant_id) as conn:
        await unclear.settle(
            conn, who, blinder, reply_id, refuses=body.as_ == "refusal", channels=body.channels
        )
    await try_publish_changed(rt, who.tenant_id, "inbox", reply_id)


def _number(one: unclear.Reply, *, unmasked: bool) -> str:
    """As people read it; "" where the carrier told no number."""
    found = read_sender(one.channel, one.sender)
    if found is None or found.kind is not IdentityKind.PHONE:
        return ""
    return format_phone(found.value) if unmasked else mask_phone(found.value)


def _shown(one: unclear.Reply, *, unmasked: bool) -> ReplyOut:
    name = json.loads(one.card).get("name", "") if one.card else ""
    return ReplyOut(
        id=one.id,
        channel=one.channel,
        from_=_number(one, unmasked=unmasked),
        text=one.text,
        said_at=one.said_at,
        why=one.why,
        contact_id=one.contact_id,
        name=name if unmasked else mask_name(name),
        readable=one.readable,
    )
