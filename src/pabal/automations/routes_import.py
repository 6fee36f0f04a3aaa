"""Importing records: here and not in `records`, because the estimate asks which links would fire."""

import asyncio
import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile

from pabal.accounts import audit
from pabal.automations.links import active_links
from pabal.automations.switching import ESTIMATE_CHANGED
from pabal.contacts import Blinder
from pabal.domain.ids import new_id
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import INVALID, FieldError, Problem
from pabal.kit.http.schemas import ApiModel
from pabal.kit.turns import Line, Turn, ring
from pabal.records import Partition, ReadList, create_records, partition_of, read_list

router = APIRouter(prefix="/api/records", tags=["records"])


class RowFaultOut(ApiModel):
    row: int
    column: str
    field: str
    message: str
    mend: str


class WouldFireOut(ApiModel):
    template_link_id: UUID
    name: str
    count: int


class RecordImportOut(ApiModel):
    """`created` is 0 on a dry run. `wouldFire`: what ticking `fireOnCreate` would send, per link."""

    rows: int
    valid: int
    rejected: int
    created: int
    errors: list[RowFaultOut]
    mapping: dict[str, str]
    ignored: list[str]
    would_fire: list[WouldFireOut]
    messages: int


@router.post("/import", name="importRecords", response_model=RecordImportOut)
async def import_records(
    request: Request, rt: Rt, who: Annotated[Principal, requires("imports.run")]
) -> Response | RecordImportOut:
    """multipart: `file` (CSV or XLSX, 1 MB), `partitionId`, `mapping` (JSON, column → field), `dryRun`,
    `fireOnCreate` with `messages` of the dry run: nothing is sent that nobody has seen the number of."""
    async with request.form(max_files=1, max_fields=10) as form:
        partition_id = _uuid(form.get("partitionId"))
        mapping = _mapping(form.get("mapping"))
        dry, fires = _ticked(form.get("dryRun")), _ticked(form.get("fireOnCreate"))
        seen = form.get("messages")
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Problem(
                INVALID, errors=[FieldError("file", "파일이 없어요", "CSV나 엑셀 파일을 골라 주세요")]
            )
        data = await file.read()
    blinder = Blinder(await rt.keys.of(rt.pool, who.tenant_id))
    created = 0
    async with tenant_tx(rt, who.tenant_id) as conn:
        partition = await partition_of(conn, partition_id)
        found = await asyncio.to_thread(read_list, data, partition, mapping)
        would = await _would_fire(conn, partition, found)
        messages = sum(one.count for one in would)
        if not dry:
            if fires and str(seen) != str(messages):
                raise Problem(ESTIMATE_CHANGED, extra={"messages": messages})
            for at in range(0, len(found.rows), 1000):
                part = found.rows[at : at + 1000]
                created += len(
                    await create_records(conn, who, blinder, partition, part, source="import", fires=fires)
                )
            await audit(
                conn,
                who,
                "record.import",
                "partition",
                partition.id,
                detail={"rows": created, "fires": fires},
            )
    if created:
        await ring(rt.redis, Turn(Line.URGENT, "triggers", str(who.tenant_id), str(who.tenant_id)))
        await try_publish_changed(rt, who.tenant_id, "record", new_id())
    return RecordImportOut(
        rows=found.total,
        valid=len(found.rows),
        rejected=found.rejected,
        created=created,
        errors=[
            RowFaultOut(
                row=one.row,
                column=one.column,
                field=one.fault.field,
                message=one.fault.message,
                mend=one.fault.mend,
            )
            for one in found.faults
        ],
        mapping=dict(found.mapping),
        ignored=list(found.ignored),
        would_fire=would,
        messages=messages,
    )


async def _would_fire(conn: Conn, partition: Partition, found: ReadList) -> list[WouldFireOut]:
    return [
        WouldFireOut(template_link_id=link.id, name=link.name, count=count)
        for link in await active_links(conn, [partition.id], ["on_create"])
        if (
            count := sum(
                link.rule.wants("created", row, None) and bool(row.get(link.recipient_field))
                for row in found.rows
            )
        )
    ]


def _uuid(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise Problem(
            INVALID, errors=[FieldError("partitionId", "없는 표예요", "표를 골라 주세요")]
        ) from error


def _mapping(value: Any) -> dict[str, str] | None:
    if not value:
        return None
    try:
        read = json.loads(str(value))
    except ValueError as error:
        raise Problem(INVALID, errors=[FieldError("mapping", "JSON 형식이 아니에요")]) from error
    if not isinstance(read, dict):
        raise Problem(INVALID, errors=[FieldError("mapping", "열 이름에서 항목 키로 잇는 객체여야 해요")])
    return {str(column): str(field) for column, field in read.items() if field}


def _ticked(value: Any) -> bool:
    return str(value).lower() in {"true", "1", "on", "yes"}
