"""People of a campaign as a file: CSV or a workbook, streamed, masked by role, on record with what it is for."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import Field, StringConstraints

from pabal import dispatch
from pabal.accounts import audit
from pabal.campaigns import people, queries
from pabal.domain.message import MessageState
from pabal.kit.clock import KST
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.schemas import ApiModel
from pabal.kit.tables import MEDIA_TYPE, stream_csv, stream_workbook
from pabal.runtime import Runtime

router = APIRouter(prefix="/api", tags=["campaigns"])

Exports = Annotated[Principal, requires("exports.run")]
Format = Literal["csv", "xlsx"]

EXPORT_PAGE = 1000
_HEAD = [
    "번호",
    "이름",
    "전화번호",
    "상태",
    "채널",
    "사유",
    "발송사 코드",
    "시도",
    "보낸 때 (한국 시간)",
    "바뀐 때 (한국 시간)",
]
_CHANNELS = {
    "sms": "단문(SMS)",
    "lms": "장문(LMS)",
    "mms": "그림(MMS)",
    "alimtalk": "알림톡",
    "brand": "브랜드 메시지",
}
_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": MEDIA_TYPE}


class ExportIn(ApiModel):
    format: Format = "csv"
    state: MessageState | None = None
    reason: str | None = Field(None, max_length=100, description="실패·제외 사유로 거르기")
    purpose: Annotated[str, StringConstraints(min_length=10, max_length=500)] = Field(
        description="무엇에 쓰나요? 감사 기록에 남음"
    )


@router.post(
    "/campaigns/{campaign_id}/messages/export",
    name="exportCampaignPeople",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}, MEDIA_TYPE: {}}}},
)
async def export_people(campaign_id: UUID, body: ExportIn, rt: Rt, who: Exports) -> StreamingResponse:
    """Numbers are whole for who may export them whole."""
    unmasked = who.may("exports.unmasked")
    async with tenant_tx(rt, who.tenant_id) as conn:
        campaign = await queries.read_campaign(conn, campaign_id)
        await audit(
            conn,
            who,
            "campaign.export",
            "campaign",
            campaign_id,
            detail={
                "format": body.format,
                "unmasked": unmasked,
                "state": body.state,
                "reason": body.reason,
                "purpose": body.purpose,
            },
        )
    rows = _rows(rt, who.tenant_id, campaign.send_id, state=body.state, reason=body.reason, unmasked=unmasked)
    content = stream_csv(rows) if body.format == "csv" else stream_workbook(rows, sheet_name="받는 사람")
    return StreamingResponse(
        content,
        media_type=_TYPES[body.format],
        headers={
            "Content-Disposition": f'attachment; filename="messages-{campaign_id}.{body.format}"',
            "Cache-Control": "no-store",
        },
    )


async def _rows(
    rt: Runtime,
    tenant_id: UUID,
    send_id: UUID | None,
    *,
    state: str | None,
    reason: str | None,
    unmasked: bool,
) -> AsyncIterator[list[list[str]]]:
    """A page at a time, each in its own short transaction: a slow reader holds no connection, and 100,000 people are never
    in memory at once."""
    yield [_HEAD]
    products: dispatch.Products = ()
    if send_id is not None:
        async with tenant_tx(rt, tenant_id) as conn:
            products = (await dispatch.products_of(conn, tenant_id, [send_id])).get(send_id, ())
    after = 0
    while send_id is not None:
        async with tenant_tx(rt, tenant_id) as conn:
            page = await dispatch.list_recipients(
                conn, tenant_id, send_id, state=state, reason=reason, after_seq=after, limit=EXPORT_PAGE
            )
        if not page:
            return
        yield [_cells(one, products, unmasked=unmasked) for one in page]
        after = page[-1].line.seq


def _cells(one: dispatch.Recipient, products: dispatch.Products, *, unmasked: bool) -> list[str]:
    line = one.line
    name, phone = people.name_and_phone(line, unmasked=unmasked)
    return [
        str(line.seq),
        name,
        phone,
        people.STATE_LABELS[line.state],
        _CHANNELS.get(one.channel, one.channel),
        people.reason_label(line.reason, products),
        one.code,
        str(line.attempts),
        _when(one.tried_at),
        _when(line.updated_at),
    ]


def _when(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(KST).strftime("%Y-%m-%d %H:%M:%S")
