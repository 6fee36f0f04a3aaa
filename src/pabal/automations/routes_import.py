"""Importing records: here and not in `records`, because the estimate asks which links would fire."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

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
from pabal.runtime import Runtime

router = APIRouter(prefix="/api/records", tags=["records"])

# All of it or none in one transaction: 50,000 rows take some 15 s, and 100 MB while they are read. So a process reads two at
# once.
IMPORT_BYTES = 5 * 1024 * 1024
_AT_ONCE = asyncio.Semaphore(2)


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


class _InMemory(MultiPartParser):
    """Starlette's writes files above 1 MB to the disk, in the clear."""

    spool_max_size = IMPORT_BYTES


@asynccontextmanager
async def _form(request: Request) -> AsyncIterator[FormData]:
    try:
        form = await _InMemory(request.headers, request.stream(), max_files=1, max_fields=10).parse()
    except (MultiPartException, KeyError) as error:
        raise Problem(INVALID, errors=[FieldError("file", "파일을 읽을 수 없어요")]) from error
    try:
        yield form
    finally:
        await form.close()


@router.post(
    "/import",
    name="importRecords",
    max_body_size=IMPORT_BYTES + 64 * 1024,  # the fields beside the file
)
async def import_records(
    request: Request, rt: Rt, who: Annotated[Principal, requires("imports.run")]
) -> RecordImportOut:
    """multipart: `file` (CSV or XLSX, 5 MB and 50,000 rows), `partitionId`, `mapping` (JSON, column → field), `dryRun`,
    `fireOnCreate` with `messages` of the dry run: nothing is sent that nobody has seen the number of."""
    async with _form(request) as form:
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
    async with _AT_ONCE:
        return await _bring_in(
            rt, who, partition_id, data, mapping, dry=dry, seen=str(seen) if fires else None
        )


async def _bring_in(
    rt: Runtime,
    who: Principal,
    partition_id: UUID,
    data: bytes,
    mapping: dict[str, str] | None,
    *,
    dry: bool,
    seen: str | None,
) -> RecordImportOut:
    """`seen`: the number of messages that somebody has seen; None: it fires nothing."""
    fires = seen is not None
    blinder = Blinder(await rt.keys.of(rt.pool, who.tenant_id))
    created = 0
    async with tenant_tx(rt, who.tenant_id) as conn:
        partition = await partition_of(conn, partition_id)
        found = await asyncio.to_thread(read_list, data, partition, mapping)
        would = await _would_fire(conn, partition, found)
        messages = sum(one.count for one in would)
        if not dry:
            if fires and seen != str(messages):
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
