"""GET /api/quota/...: a month with what makes it up, sends, movements, and those as CSV."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from pabal.accounts import list_members
from pabal.domain import quota as rules
from pabal.kit.clock import KST
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.schemas import Cursor, Limit, Page, read_cursor, write_cursor
from pabal.kit.tables import stream_csv
from pabal.quota import notices, queries, trace
from pabal.quota.schemas import (
    NoticeSeenOut,
    QuotaEntryOut,
    QuotaMonthOut,
    QuotaMonthRowOut,
    QuotaSendOut,
    QuotaWaitingOut,
)
from pabal.runtime import Runtime

router = APIRouter(prefix="/api/quota", tags=["quota"])

CanRead = Annotated[Principal, requires("quota.read")]
Month = Annotated[
    str | None, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="YYYY-MM; 이번 달이면 생략")
]
_KINDS = {"reserve": "잡아 둠", "settle": "씀", "release": "돌려받음"}
_HEAD = ["때(한국 시간)", "달", "움직임", "건수", "캠페인", "캠페인 ID", "발송 ID", "요청 ID"]


@router.get("/month", name="quotaMonth")
async def read_month(rt: Rt, who: CanRead, month: Month = None) -> QuotaMonthOut:
    """Used, reserved, held and left, and whether every unit of it has its movement."""
    now = rt.clock.month_kst()
    wanted = month or now
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await trace.read_month(conn, who.tenant_id, wanted, current=wanted == now)
        waiting = await trace.waiting(conn, who.tenant_id) if wanted == now else []
        people = await trace.waiting_people(conn, who.tenant_id) if waiting else 0
        kept = await trace.kept_for_uncertain(conn, who.tenant_id, wanted) if found.reserved else 0
        # Names of members are the team's: a key that may read figures alone doesn't get them.
        named = wanted == now and who.may("team.read")
        seen = await _who_saw(conn, rt, who.tenant_id, wanted) if named else []
    return QuotaMonthOut(
        month=wanted,
        current=wanted == now,
        limit=found.limit,
        used=found.used,
        reserved=found.reserved,
        remaining=found.remaining,
        ceiling=found.ceiling,
        uncertain=kept,
        waiting_people=people,
        waiting=[QuotaWaitingOut.model_validate(one) for one in waiting],
        entries_reserved=found.sums.reserved,
        entries_settled=found.sums.settled,
        entries_released=found.sums.released,
        agrees=found.agrees,
        notices_seen=seen,
        resets_at=month_end(wanted),
    )


async def _who_saw(conn: Conn, rt: Runtime, tenant_id: UUID, month: str) -> list[NoticeSeenOut]:
    """By name; people who have left the team are left out."""
    seen = await notices.seen_in(conn, await queries.overview(conn, tenant_id, month))
    names: dict[UUID, str] = (
        {one.user_id: one.name or one.email for one in await list_members(conn, rt)} if seen else {}
    )
    return [
        NoticeSeenOut(percent=one.percent, name=names[one.user_id], at=one.at)
        for one in seen
        if one.user_id in names
    ]


def month_end(month: str) -> datetime:
    """The first instant of the next month, in Korea."""
    year, number = rules.next_month(month)
    return datetime(year, number, 1, tzinfo=KST)


@router.get("/months", name="quotaMonths")
async def list_months(rt: Rt, who: CanRead) -> Page[QuotaMonthRowOut]:
    async with tenant_tx(rt, who.tenant_id) as conn:
        rows = await trace.list_months(conn, who.tenant_id)
    return Page(items=[QuotaMonthRowOut.model_validate(row) for row in rows])


@router.get("/sends", name="quotaSends")
async def units_by_send(
    rt: Rt, who: CanRead, month: Month = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[QuotaSendOut]:
    position = read_cursor(cursor, UUID)
    async with tenant_tx(rt, who.tenant_id) as conn:
        rows = await trace.units_by_send(
            conn,
            who.tenant_id,
            month or rt.clock.month_kst(),
            before=position[0] if position else None,
            limit=limit + 1,
        )
    shown = rows[:limit]
    more = write_cursor(str(shown[-1].send_id)) if len(rows) > limit else None
    return Page(items=[QuotaSendOut.model_validate(row) for row in shown], next_cursor=more)


@router.get("/entries", name="quotaEntries")
async def list_entries(
    *,
    rt: Rt,
    who: CanRead,
    month: Month = None,
    campaignId: UUID | None = None,  # noqa: N803  # the API's name
    sendId: UUID | None = None,  # noqa: N803  # the API's name
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[QuotaEntryOut]:
    position = read_cursor(cursor, UUID)
    async with tenant_tx(rt, who.tenant_id) as conn:
        rows = await trace.list_entries(
            conn,
            who.tenant_id,
            month or rt.clock.month_kst(),
            campaign_id=campaignId,
            send_id=sendId,
            before=position[0] if position else None,
            limit=limit + 1,
        )
    shown = rows[:limit]
    more = write_cursor(str(shown[-1].id)) if len(rows) > limit else None
    return Page(items=[QuotaEntryOut.model_validate(row) for row in shown], next_cursor=more)


@router.get(
    "/entries.csv",
    name="exportQuotaEntries",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}}}},
)
async def export_entries(
    *,
    rt: Rt,
    who: CanRead,
    month: Month = None,
    campaignId: UUID | None = None,  # noqa: N803  # the API's name
    sendId: UUID | None = None,  # noqa: N803  # the API's name
) -> StreamingResponse:
    """Excel opens it as it is (UTF-8 with BOM). Campaign names and figures, nobody's data: whoever sees the page may."""
    wanted = month or rt.clock.month_kst()
    pages = trace.all_entries(rt, who.tenant_id, wanted, campaign_id=campaignId, send_id=sendId)
    return StreamingResponse(
        stream_csv(_rows(pages)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="quota-{wanted}.csv"'},
    )


async def _rows(pages: AsyncIterator[Sequence[trace.Entry]]) -> AsyncIterator[list[list[str]]]:
    yield [_HEAD]
    async for page in pages:
        yield [_cells(entry) for entry in page]


def _cells(entry: trace.Entry) -> list[str]:
    return [
        entry.at.astimezone(KST).isoformat(sep=" ", timespec="seconds"),
        entry.month,
        _KINDS[entry.kind],
        str(entry.units),
        entry.name or "",
        str(entry.campaign_id or ""),
        str(entry.send_id),
        str(entry.request_id or ""),
    ]
