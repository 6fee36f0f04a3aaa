"""What runs by itself, over HTTP: an outside cron's door, the queue, the log."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from pabal.accounts import audit
from pabal.automations import logs, repeats
from pabal.automations.ask import shown_title
from pabal.automations.fire import announce
from pabal.automations.routes import start_of_day
from pabal.automations.schemas_run import (
    AutomationDashboardOut,
    AutomationLogOut,
    AutomationQueueOut,
    RanOut,
    StandingOut,
    StandingsIn,
    StandingsOut,
)
from pabal.contacts import Blinder
from pabal.kit.clock import KST
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires, requires_or_cron
from pabal.kit.http.schemas import Cursor, Instant, Limit, Page, read_cursor, write_cursor
from pabal.kit.tables import MEDIA_TYPE, stream_csv, stream_workbook
from pabal.records import find_partition, read_records

router = APIRouter(prefix="/api/alimtalk", tags=["automation"])

Reads = Annotated[Principal, requires("automation.read")]
Runs = Annotated[Principal, requires("automation.run")]
RunsOrCron = Annotated[Principal | None, requires_or_cron("automation.run")]
TriggerType = Literal["manual", "auto", "repeat"]
Status = Literal["pending", "sent", "delivered", "failed", "skipped"]


async def _process(rt: Rt, who: Principal | None) -> RanOut:
    if who is None:
        return RanOut.model_validate(await repeats.process_all_tenants(rt))
    return RanOut.model_validate(await repeats.process_repeats(rt, who.tenant_id))


@router.post("/automation/process-repeats", name="processRepeats")
async def process_repeats(rt: Rt, who: RunsOrCron) -> RanOut:
    """At most 100 due repeats a call. Safe to call twice at once and to call late; the hub's own scheduler does the same."""
    return await _process(rt, who)


@router.get("/automation/process-repeats", name="processRepeatsByGet")
async def process_repeats_by_get(rt: Rt, who: RunsOrCron) -> RanOut:
    """The same: some crons can only GET."""
    return await _process(rt, who)


async def titles_of(conn: Conn, who: Principal, records: Iterable[UUID]) -> dict[UUID, str]:
    """What the records are called, by what the role may see."""
    unmasked = who.may("contacts.unmasked")
    found = await read_records(conn, who.tenant_id, list(dict.fromkeys(records)))
    partitions = {
        one: await find_partition(conn, one) for one in dict.fromkeys(record.partition_id for record in found)
    }
    return {
        record.id: shown_title(partitions[record.partition_id], record, unmasked=unmasked) for record in found
    }


@router.get("/automation/queue", name="listAutomationQueue")
async def list_queue(
    rt: Rt,
    who: Reads,
    status: Literal["pending", "completed", "cancelled"] | None = None,
    link_id: Annotated[UUID | None, Query(alias="linkId")] = None,
    record_id: Annotated[UUID | None, Query(alias="recordId")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AutomationQueueOut]:
    position = read_cursor(cursor, UUID)
    async with tenant_tx(rt, who.tenant_id) as conn:
        rows = await logs.list_queue(
            conn,
            status=status,
            link_id=link_id,
            record_id=record_id,
            before=position[0] if position else None,
            limit=limit + 1,
        )
        titles = await titles_of(conn, who, (row.record_id for row in rows[:limit]))
    return Page(
        items=[
            AutomationQueueOut.of(row, who.tenant_id, titles.get(row.record_id, "")) for row in rows[:limit]
        ],
        next_cursor=write_cursor(str(rows[limit - 1].id)) if len(rows) > limit else None,
    )


@router.delete("/automation/queue/{queue_id}", name="cancelRepeat", status_code=204)
async def cancel_repeat(queue_id: UUID, rt: Rt, who: Runs) -> None:
    """지금 멈추기."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        await logs.cancel_one(conn, queue_id)
        await audit(conn, who, "automation.cancel", "automation_queue", queue_id)


@router.get("/automation/dashboard", name="automationDashboard")
async def dashboard(rt: Rt, who: Reads) -> AutomationDashboardOut:
    """What was stopped today and why, and what is next."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        stopped = await logs.stopped_today(conn, start_of_day(rt.clock.now()))
        pending = await logs.list_queue(conn, status="pending", limit=500)
        soon = sorted((row for row in pending if not row.is_held), key=lambda row: row.next_run_at)[:8]
        titles = await titles_of(conn, who, (row.record_id for row in soon))
    return AutomationDashboardOut(
        stopped_today=[{"reason": reason, "count": n} for reason, n in stopped],
        waiting=len(pending),
        next=[AutomationQueueOut.of(row, who.tenant_id, titles.get(row.record_id, "")) for row in soon],
    )


def _filters(
    trigger_type: Annotated[TriggerType | None, Query(alias="triggerType")] = None,
    status: Status | None = None,
    reason: Annotated[str | None, Query(max_length=40)] = None,
    record_id: Annotated[UUID | None, Query(alias="recordId")] = None,
    link_id: Annotated[UUID | None, Query(alias="linkId")] = None,
    since: Instant | None = None,
) -> logs.LogFilter:
    return logs.LogFilter(trigger_type, status, reason, record_id, link_id, since)


Filters = Annotated[logs.LogFilter, Depends(_filters)]


@router.get("/logs", name="listAutomationLogs")
async def list_logs(
    rt: Rt,
    who: Reads,
    wanted: Filters,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AutomationLogOut]:
    """Newest first. A message's status and reason are read from the message itself."""
    position = read_cursor(cursor, UUID)
    async with tenant_tx(rt, who.tenant_id) as conn:
        rows = await logs.list_logs(conn, wanted, before=position[0] if position else None, limit=limit + 1)
        titles = await titles_of(conn, who, (row.record_id for row in rows[:limit]))
    return Page(
        items=[AutomationLogOut.of(row, titles.get(row.record_id, "")) for row in rows[:limit]],
        next_cursor=write_cursor(str(rows[limit - 1].id)) if len(rows) > limit else None,
    )


@router.post("/automation/standings", name="recordStandings")
async def record_standings(body: StandingsIn, rt: Rt, who: Reads) -> StandingsOut:
    """Of the records of a page: what each was sent last and what is due. Records without either are left out."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await logs.standings(conn, who.tenant_id, body.record_ids)
    return StandingsOut(items=[StandingOut.model_validate(one) for one in found])


@router.post("/logs/{log_id}/retry", name="retryAutomationLog")
async def retry_log(log_id: UUID, rt: Rt, who: Runs) -> AutomationLogOut:
    """The same occasion once more, if certainly nothing is out; never where a person has opted out."""
    blinder = Blinder(await rt.keys.of(rt.pool, who.tenant_id))
    async with tenant_tx(rt, who.tenant_id) as conn:
        fired = await logs.retry(conn, who.tenant_id, blinder, log_id, by=who.user_id, now=rt.clock.now())
        await audit(conn, who, "automation.retry", "automation_log", log_id)
        line = await logs.read_log(conn, log_id)
        titles = await titles_of(conn, who, [line.record_id])
    await announce(rt, who.tenant_id, fired)
    return AutomationLogOut.of(line, titles.get(line.record_id, ""))


EXPORT_DAYS = 90
_HEAD = ["시각", "자동 발송", "종류", "반복", "상태", "까닭", "시도", "레코드"]
_TYPES = {"manual": "수동", "auto": "자동", "repeat": "반복"}
# As the screen says them (web/src/messages/ko/automations.ts); a carrier's own code stays.
_REASONS = {
    "cooldown": "재발송 방지",
    "no_phone": "휴대전화 번호 없음",
    "no_address": "받을 번호 없음",
    "template_not_ready": "템플릿을 쓸 수 없음",
    "record_deleted": "레코드가 지워짐",
    "condition_changed": "그사이 조건에서 벗어남",
    "record_rate": "한 레코드에 너무 많음",
    "link_rate": "한 규칙이 너무 많이 보냄",
    "link_off": "규칙을 꺼서 거둠",
    "link_deleted": "규칙을 지워서 거둠",
    "unlawful": "법에 어긋나는 글",
    "needs_approval": "승인을 기다림",
    "suppressed": "수신 거부",
    "erased": "지워진 사람",
    "missing_variable": "빈 변수",
    "too_long": "글이 너무 김",
    "not_encodable": "보낼 수 없는 글자",
    "phone_changed": "번호가 바뀜",
    "stop_condition": "중단 조건에 닿음",
    "too_late": "너무 늦음",
    "not_after": "너무 늦음",
}
_STATES = {
    "pending": "보내는 중",
    "sent": "접수",
    "delivered": "도달",
    "failed": "실패",
    "skipped": "보내지 않음",
}


Exports = Annotated[Principal, requires("exports.run")]


@router.get("/logs.csv", name="exportAutomationLogsCsv", response_class=StreamingResponse)
async def export_csv(rt: Rt, who: Exports, wanted: Filters) -> StreamingResponse:
    """What the list shows with the same filters, of the last 90 days: ids and outcomes, no personal data."""
    return _download(stream_csv(await _rows(rt, who, wanted)), "csv", "text/csv; charset=utf-8")


@router.get("/logs.xlsx", name="exportAutomationLogsXlsx", response_class=StreamingResponse)
async def export_workbook(rt: Rt, who: Exports, wanted: Filters) -> StreamingResponse:
    """The same as a workbook."""
    return _download(
        stream_workbook(await _rows(rt, who, wanted), sheet_name="자동 발송"), "xlsx", MEDIA_TYPE
    )


def _download(stream: AsyncIterator[bytes], kind: str, media: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="automation-logs.{kind}"'}
    return StreamingResponse(stream, media_type=media, headers=headers)


async def _rows(rt: Rt, who: Principal, wanted: logs.LogFilter) -> AsyncIterator[list[list[str]]]:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await audit(conn, who, "automation.export", "automation_log")
    first = rt.clock.now() - timedelta(days=EXPORT_DAYS)
    wanted = replace(wanted, since=max(first, wanted.since or first))

    async def batches() -> AsyncIterator[list[list[str]]]:
        yield [_HEAD]
        before: UUID | None = None
        while True:
            async with tenant_tx(rt, who.tenant_id) as conn:
                rows = await logs.list_logs(conn, wanted, before=before, limit=1000)
            yield [_cells(row) for row in rows]
            if len(rows) < 1000:
                return
            before = rows[-1].id

    return batches()


def _cells(row: logs.LogLine) -> list[str]:
    return [
        row.created_at.astimezone(KST).strftime("%Y-%m-%d %H:%M:%S"),
        row.link_name,
        _TYPES[row.trigger_type],
        str(row.repeat_no or ""),
        _STATES[row.status],
        _REASONS.get(row.reason, row.reason),
        str(row.attempts or 0),
        str(row.record_id),
    ]
