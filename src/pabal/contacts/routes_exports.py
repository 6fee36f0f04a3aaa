"""People of the book as a file: asked for with a reason, masked by role, streamed to who asked."""

# ruff: noqa: RUF012  (pydantic copies defaults)

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import Field, StringConstraints

from pabal.accounts import audit
from pabal.contacts import exports
from pabal.contacts.exports import ExportSelection
from pabal.contacts.routes import blinder_of
from pabal.contacts.schemas import FilterJson, TagName
from pabal.contacts.segments import read_segment
from pabal.contacts.selection import read_filter
from pabal.kit.clock import KST
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import INVALID, FieldError, Problem
from pabal.kit.http.schemas import ApiModel
from pabal.kit.tables import MEDIA_TYPE, stream_csv, stream_workbook

router = APIRouter(prefix="/api/exports", tags=["contacts"])

Exports = Annotated[Principal, requires("exports.run")]
Format = Literal["csv", "xlsx"]
_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": MEDIA_TYPE}


class ExportIn(ApiModel):
    kind: Literal["contacts"] = "contacts"
    format: Format = "csv"
    filter: FilterJson | None = None
    ids: Annotated[list[UUID], Field(min_length=1, max_length=10_000)] | None = None
    segment_id: UUID | None = None
    tag: Annotated[list[TagName], Field(max_length=20)] = []
    q: Annotated[str, StringConstraints(max_length=200)] = ""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=500)] = Field(
        description="무엇에 쓰나요? 감사 기록에 남음"
    )


class ExportOut(ApiModel):
    id: UUID
    state: Literal["ready"] = "ready"
    format: Format
    unmasked: bool
    expires_at: datetime


@router.post("", name="createExport", status_code=201)
async def create_export(body: ExportIn, rt: Rt, who: Exports) -> ExportOut:
    """Ready at once: GET makes the file while it is read, and can be asked for an hour. Numbers are whole for who may
    export them whole.
    """
    unmasked = who.may("exports.unmasked")
    blinder = await blinder_of(rt, who)
    async with tenant_tx(rt, who.tenant_id) as conn:
        selection = ExportSelection(
            await _filter(conn, body), None if body.ids is None else tuple(body.ids), body.q.strip()
        )
        if body.format == "xlsx" and not await exports.fits_a_sheet(
            conn, who.tenant_id, selection, blinder, rt.clock.now()
        ):
            message = f"엑셀 시트 하나에는 {exports.SHEET_ROWS:,}명까지 들어가요"
            raise Problem(INVALID, errors=[FieldError("format", message, "CSV로 내보내거나 나눠 주세요")])
        made = await exports.ask_export(
            conn,
            who.tenant_id,
            selection=selection,
            file_format=body.format,
            reason=body.reason,
            unmasked=unmasked,
            by=who.user_id,
        )
        await audit(
            conn,
            who,
            "contact.export",
            "export",
            made.id,
            detail={"format": body.format, "unmasked": unmasked, "reason": body.reason, **_whom(body)},
        )
    return ExportOut(id=made.id, format=body.format, unmasked=unmasked, expires_at=made.expires_at)


async def _filter(conn: Any, body: ExportIn) -> dict[str, Any]:
    """Everything that narrows the people down, as one filter. With ids nothing else does: they were picked by hand."""
    if body.ids is not None:
        if body.filter or body.segment_id or body.tag or body.q:
            raise Problem(INVALID, errors=[FieldError("ids", "ids는 다른 조건과 함께 쓸 수 없어요")])
        return {}
    parts: list[dict[str, Any]] = [{"field": "tag", "op": "has", "value": name} for name in body.tag]
    if body.filter:
        read_filter(body.filter)
        parts.append(body.filter)
    if body.segment_id is not None:
        segment = await read_segment(conn, body.segment_id)
        parts += [segment.filter] if segment.filter else []
    return {} if not parts else parts[0] if len(parts) == 1 else {"all": parts}


def _whom(body: ExportIn) -> dict[str, Any]:
    """For the audit log, without what was searched for: that may be a name."""
    if body.ids is not None:
        return {"people": len(body.ids)}
    return {
        "filter": bool(body.filter or body.tag),
        "segment": None if body.segment_id is None else str(body.segment_id),
        "search": bool(body.q),
    }


@router.get(
    "/{export_id}",
    name="downloadExport",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}, MEDIA_TYPE: {}}}},
)
async def download_export(export_id: UUID, rt: Rt, who: Exports) -> StreamingResponse:
    async with tenant_tx(rt, who.tenant_id) as conn:
        export = await exports.read_export(conn, export_id, who.user_id)
        await audit(conn, who, "contact.export.download", "export", export_id)
    unmasked = export.unmasked and who.may("exports.unmasked")  # the role may have changed since
    rows = exports.rows_of(rt, who.tenant_id, export.selection, unmasked=unmasked)
    content = stream_csv(rows) if export.format == "csv" else stream_workbook(rows, sheet_name="연락처")
    name = f"contacts-{rt.clock.now().astimezone(KST):%Y%m%d-%H%M}.{export.format}"
    return StreamingResponse(
        content,
        media_type=_TYPES[export.format],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
