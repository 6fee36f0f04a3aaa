"""Imports over HTTP: upload, start, watch, cancel, the error file and the rows."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from redis.exceptions import RedisError

from pabal.accounts import audit
from pabal.compliance import log_verdicts
from pabal.domain.law.judge import BY_ID, LawVerdict
from pabal.domain.law.lists import source_fault
from pabal.imports import actions, report
from pabal.imports.draft import change_draft, read_draft
from pabal.imports.forecasting import ask, read_forecast
from pabal.imports.jobs import import_turn
from pabal.imports.read import UnreadableFileError
from pabal.imports.routes_undo import KIND as UNDO
from pabal.imports.schemas import (
    CancelIn,
    DraftIn,
    DryRunIn,
    ForecastOut,
    ImportDetailOut,
    ImportOut,
    RecentRowOut,
    RejectedRowOut,
    StartIn,
    SummaryOut,
    UploadOut,
)
from pabal.imports.upload import take_upload, unreadable
from pabal.kit.clock import KST
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import INVALID, FieldError, Problem
from pabal.kit.http.schemas import Cursor, Limit, Page, read_cursor, write_cursor
from pabal.kit.tables import MEDIA_TYPE
from pabal.kit.turns import Line, Turn, issue
from pabal.runtime import Runtime

router = APIRouter(prefix="/api/imports", tags=["imports"])

Reader = Annotated[Principal, requires("imports.read")]
Runner = Annotated[Principal, requires("imports.run")]
NOT_TAKEN_BACK = CancelIn()
_EARLIEST = date(1990, 1, 1)  # before it, the year is a slip of the finger
# The file's own limit is a setting and answered in words; this one only ends a stream that has no end.
_BODY_LIMIT = 1 << 30
_FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.post("", name="uploadImport", status_code=201, openapi_extra=_FILE_BODY, max_body_size=_BODY_LIMIT)
async def upload(request: Request, rt: Rt, who: Runner) -> UploadOut:
    import_id, size = await take_upload(
        rt,
        who.tenant_id,
        content_type=request.headers.get("content-type", ""),
        stream=request.stream(),
        limit=rt.settings.upload_limit_bytes,
        created_by=who.user_id,
    )
    async with tenant_tx(rt, who.tenant_id) as conn:
        await audit(conn, who, "import.upload", "import", import_id, detail={"bytes": size})
        return await _draft(rt, conn, import_id)


async def _draft(rt: Runtime, conn: Conn, import_id: UUID) -> UploadOut:
    found = await report.read_import(conn, import_id)
    draft = await read_draft(conn, import_id, rt.clock.now().year)
    if draft is None:
        raise Problem(actions.ALREADY_STARTED)
    return UploadOut.of(draft, found)


@router.get("", name="listImports")
async def list_imports(rt: Rt, who: Reader, cursor: Cursor = None, limit: Limit = 50) -> Page[ImportOut]:
    position = read_cursor(cursor, UUID)
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await report.list_imports(conn, before=position[0] if position else None, limit=limit + 1)
    page = found[:limit]
    return Page(
        items=[ImportOut.of(one) for one in page],
        next_cursor=write_cursor(str(page[-1].id)) if len(found) > limit else None,
    )


@router.get("/{import_id}", name="getImport")
async def get_import(import_id: UUID, rt: Rt, who: Reader) -> ImportDetailOut:
    """With the rows of its sample for those who may start it: they are somebody's numbers in full."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await report.read_import(conn, import_id)
        draft = None
        if found.state == "uploaded" and who.may("imports.run"):
            draft = await read_draft(conn, import_id, rt.clock.now().year)
        forecast = await read_forecast(conn, import_id)
    return ImportDetailOut.of(found).model_copy(
        update={
            "draft": None if draft is None else UploadOut.of(draft, found),
            "forecast": None if forecast is None or forecast.key is None else ForecastOut.of(forecast),
        }
    )


@router.patch("/{import_id}", name="changeImport")
async def change(import_id: UUID, body: DraftIn, rt: Rt, who: Runner) -> UploadOut:
    """Another encoding, other sheets, another header row or mapping, before the start."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        await report.read_import(conn, import_id)
    await _change(rt, who.tenant_id, import_id, body)
    async with tenant_tx(rt, who.tenant_id) as conn:
        return await _draft(rt, conn, import_id)


async def _change(rt: Runtime, tenant_id: UUID, import_id: UUID, body: DraftIn) -> None:
    try:
        await change_draft(
            rt,
            tenant_id,
            import_id,
            encoding=body.encoding,
            sheets=body.sheets,
            header_row=body.header_row,
            mapping=body.mapping,
        )
    except UnreadableFileError as error:
        raise unreadable(error) from error


@router.post(
    "/{import_id}/dry-run",
    name="dryRunImport",
    responses={
        202: {"model": ForecastOut, "description": "Still being counted: ask again, or read the import"}
    },
)
async def dry_run(
    import_id: UUID,
    rt: Rt,
    who: Runner,
    response: Response,
    body: DryRunIn,
    wait: Annotated[float, Query(ge=0, le=120)] = 60,
) -> ForecastOut:
    """What a start with these conditions would do. Nothing is written to the book."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        await report.read_import(conn, import_id)
    if body.sheets is not None or body.mapping is not None:
        await _change(rt, who.tenant_id, import_id, DraftIn(sheets=body.sheets, mapping=body.mapping))
    found = await ask(rt, who.tenant_id, import_id, body.policy, ask_nameless=body.ask_nameless, wait=wait)
    answer = ForecastOut.of(found)
    response.status_code = 202 if answer.state == "counting" else 200
    return answer


async def _log_fault(rt: Runtime, who: Principal, body: StartIn) -> None:
    """A list that the law forbids leaves nothing behind but this: the refusal gives its own transaction up."""
    if (fault := source_fault(f"{body.source} {body.basis}")) is None:
        return
    rule = BY_ID[fault[0]]
    async with tenant_tx(rt, who.tenant_id) as conn:
        said = LawVerdict(rule.id, "block", fault[1], rule.article)
        await log_verdicts(conn, who, "list", [said], at=rt.clock.now(), campaign_id=None)


@router.post("/{import_id}/start", name="startImport", status_code=202)
async def start(import_id: UUID, body: StartIn, rt: Rt, who: Runner) -> ImportOut:
    _check_day(body.obtained_on, rt.clock.now().astimezone(KST).date())
    if body.sheets is not None:
        await _change(rt, who.tenant_id, import_id, DraftIn(sheets=body.sheets))
    await _log_fault(rt, who, body)
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await actions.start_import(
            conn,
            import_id,
            mapping=body.mapping,
            policy=body.policy,
            tags=body.tags,
            basis=body.basis,
            source=body.source,
            purposes=body.purposes,
            ask_nameless=body.ask_nameless,
            obtained_on=body.obtained_on,
        )
        await audit(
            conn,
            who,
            "import.start",
            "import",
            import_id,
            detail={
                "policy": body.policy,
                "basis": body.basis,
                "source": body.source,
                "purposes": body.purposes,
                "obtainedOn": None if body.obtained_on is None else body.obtained_on.isoformat(),
            },
        )
    await _ring(rt, who.tenant_id, import_id)
    return ImportOut.of(found)


def _check_day(day: date | None, today: date) -> None:
    if day is not None and not _EARLIEST <= day <= today:
        words = "아직 오지 않은 날이에요" if day > today else "연도를 확인해 주세요"
        raise Problem(INVALID, errors=[FieldError("obtainedOn", words)])


async def _ring(rt: Runtime, tenant_id: UUID, import_id: UUID) -> None:
    """A lost turn costs seconds: the sweeper asks the ledger."""
    try:
        await issue(rt.redis, import_turn(tenant_id, import_id))
    except RedisError:
        return


async def _ring_undo(rt: Runtime, tenant_id: UUID, import_id: UUID) -> None:
    """A runner that is still at it makes this turn come to nothing; the sweeper asks again, every few seconds."""
    try:
        await issue(rt.redis, Turn(Line.JOBS, UNDO, str(tenant_id), str(import_id)))
    except RedisError:
        return


@router.post("/{import_id}/cancel", name="cancelImport")
async def cancel(import_id: UUID, rt: Rt, who: Runner, body: CancelIn = NOT_TAKEN_BACK) -> ImportOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await actions.cancel_import(conn, import_id, undo=body.undo, asked_by=who.user_id)
        await audit(conn, who, "import.cancel", "import", import_id, detail={"undo": body.undo})
    if body.undo:
        await _ring_undo(rt, who.tenant_id, import_id)
    return ImportOut.of(found)


@router.get("/{import_id}/errors.csv", name="importErrors", response_class=StreamingResponse)
async def errors_csv(
    import_id: UUID,
    rt: Rt,
    who: Runner,
    encoding: Literal["utf-8", "cp949"] = "utf-8",
    warnings: bool = False,
) -> StreamingResponse:
    """Raw cells of refused rows: only for those who may import."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await report.read_import(conn, import_id)
        await audit(conn, who, "import.errors", "import", import_id)
    charset = "euc-kr" if encoding == "cp949" else "utf-8"
    return StreamingResponse(
        report.errors_csv(rt, who.tenant_id, found, encoding=encoding, warnings=warnings),
        media_type=f"text/csv; charset={charset}",
        headers={"Content-Disposition": 'attachment; filename="errors.csv"', "Cache-Control": "no-store"},
    )


@router.get("/{import_id}/errors.xlsx", name="importErrorsWorkbook", response_class=StreamingResponse)
async def errors_xlsx(import_id: UUID, rt: Rt, who: Runner, warnings: bool = False) -> StreamingResponse:
    """The error file as a workbook, whatever was uploaded."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await report.read_import(conn, import_id)
        await audit(conn, who, "import.errors", "import", import_id)
    return StreamingResponse(
        report.errors_xlsx(rt, who.tenant_id, found, warnings=warnings),
        media_type=MEDIA_TYPE,
        headers={"Content-Disposition": 'attachment; filename="errors.xlsx"', "Cache-Control": "no-store"},
    )


@router.get("/{import_id}/rejected", name="importRejected")
async def get_rejected(import_id: UUID, rt: Rt, who: Runner, limit: Limit = 50) -> list[RejectedRowOut]:
    """Raw cells of the first refused rows, to be mended by hand and sent as a list of their own."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await report.read_import(conn, import_id)
        await audit(conn, who, "import.errors", "import", import_id)
        return [RejectedRowOut.model_validate(row) for row in await report.rejected_rows(conn, found, limit)]


@router.get("/{import_id}/report", name="importReport")
async def get_report(import_id: UUID, rt: Rt, who: Reader) -> SummaryOut:
    """Rows by outcome and by problem."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        await report.read_import(conn, import_id)
        return SummaryOut.model_validate(await report.summarise(conn, import_id))


@router.get("/{import_id}/recent", name="importRecent")
async def get_recent(import_id: UUID, rt: Rt, who: Reader) -> list[RecentRowOut]:
    """The last rows that were written, masked: for watching an import run."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await report.read_import(conn, import_id)
        return [RecentRowOut.model_validate(row) for row in await report.recent_rows(conn, found)]


@router.get("/{import_id}/rows.csv", name="importRows", response_class=StreamingResponse)
async def rows_csv(import_id: UUID, rt: Rt, who: Reader) -> StreamingResponse:
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await report.read_import(conn, import_id)
    return StreamingResponse(
        report.rows_csv(rt, who.tenant_id, found),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="rows.csv"', "Cache-Control": "no-store"},
    )
