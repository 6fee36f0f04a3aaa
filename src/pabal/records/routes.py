"""Partitions and records over HTTP."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from psycopg import sql

from pabal.accounts import audit, with_editor
from pabal.contacts import Blinder
from pabal.kit.db import tenant_tx, tenant_tx_after
from pabal.kit.http.auth import Principal, Rt, requires, requires_recent
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem
from pabal.kit.http.idempotency import idempotent
from pabal.kit.http.lean import LeanRoute
from pabal.kit.http.schemas import Cursor, Limit, Page, read_cursor, write_cursor
from pabal.kit.tables import MEDIA_TYPE, stream_csv, stream_workbook
from pabal.records import actions, exporting, partitions, queries
from pabal.records.filter_sql import record_filter
from pabal.records.schemas import (
    DeletedOut,
    DeleteRecordsIn,
    PartitionIn,
    PartitionOut,
    PartitionPatch,
    RecordChangeOut,
    RecordIn,
    RecordList,
    RecordOut,
    RecordPatch,
    RecordTotal,
)
from pabal.records.telling import tell
from pabal.runtime import Runtime

router = APIRouter(prefix="/api", tags=["records"])
# Forms come 200 a second, and routes are tried one after the other, 20 µs each: these two stand before all others.
forms = APIRouter(prefix="/api", tags=["records"], route_class=LeanRoute)

Reads = Annotated[Principal, requires("records.read")]
Writes = Annotated[Principal, requires("records.write")]
Fills = Annotated[Principal, requires_recent("records.write")]
Manages = Annotated[Principal, requires("partitions.manage")]


@router.get("/partitions", name="listPartitions")
async def list_partitions(rt: Rt, who: Reads) -> Page[PartitionOut]:
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await partitions.list_partitions(conn)
    return Page(items=[PartitionOut.of(one) for one in found])


@router.post("/partitions", name="createPartition", status_code=201, response_model=PartitionOut)
async def create_partition(body: PartitionIn, request: Request, rt: Rt, who: Manages) -> Response:
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx(rt, who.tenant_id) as conn:
            made = await partitions.create_partition(
                conn,
                who,
                name=body.name,
                fields=[one.field() for one in body.fields],
                board_field=body.board_field,
            )
            return await call.answer(conn, PartitionOut.of(made), status=201)


@router.get("/partitions/{partition_id}", name="getPartition")
async def get_partition(partition_id: UUID, rt: Rt, who: Reads) -> PartitionOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        return PartitionOut.of(await partitions.read_partition(conn, partition_id))


@router.patch("/partitions/{partition_id}", name="changePartition")
async def change_partition(partition_id: UUID, body: PartitionPatch, rt: Rt, who: Manages) -> PartitionOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        try:
            changed = await partitions.change_partition(
                conn,
                who,
                partition_id,
                name=body.name,
                fields=None if body.fields is None else [one.field() for one in body.fields],
                board_field=body.board_field,
                version=body.version,
            )
        except Problem as problem:
            raise await with_editor(conn, rt, problem) from problem
    return PartitionOut.of(changed)


@router.delete("/partitions/{partition_id}", name="deletePartition", status_code=204)
async def delete_partition(partition_id: UUID, rt: Rt, who: Manages) -> None:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await partitions.delete_partition(conn, who, partition_id)


@router.get("/records", name="listRecords")
async def list_records(
    rt: Rt,
    who: Reads,
    partition_id: Annotated[UUID | None, Query(alias="partitionId")] = None,
    q: Annotated[str, Query(max_length=200)] = "",
    filter_text: Annotated[str, Query(alias="filter", max_length=20_000, description="필터 JSON")] = "",
    contact_id: Annotated[UUID | None, Query(alias="contactId")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> RecordList:
    """Newest first. `q`: names, numbers and addresses as in contacts, other fields in part. Without `partitionId`: of all
    tables (a contact's records, say); a filter needs one."""
    position = read_cursor(cursor, UUID)
    blinder = await blinder_of(rt, who)
    where: list[sql.Composable] = [sql.SQL("true")]
    async with tenant_tx(rt, who.tenant_id) as conn:
        tables = {one.id: one for one in await partitions.list_partitions(conn)}
        partition = None if partition_id is None else tables.get(partition_id)
        if partition is None and partition_id is not None:
            raise Problem(NOT_FOUND)
        if partition is not None:
            where = [record_filter(_json(filter_text), partition, blinder)]
        elif filter_text:
            raise Problem(INVALID, errors=[FieldError("partitionId", "필터에는 표가 있어야 해요")])
        if (searched := queries.search_sql(q.replace("\0", ""), blinder)) is not None:
            where.append(searched)
        page = await queries.page_of_records(
            conn,
            who.tenant_id,
            partition,
            where=sql.SQL(" AND ").join(where),
            before=position[0] if position else None,
            limit=limit,
            contact_id=contact_id,
        )
    unmasked = who.may("contacts.unmasked")
    return RecordList(
        items=[
            RecordOut.of(one, tables[one.partition_id], unmasked=unmasked)
            for one in page.items
            if one.partition_id in tables
        ],
        next_cursor=None if page.next_before is None else write_cursor(str(page.next_before)),
        total=None if page.total is None else RecordTotal(value=page.total[0], relation=page.total[1]),
    )


async def blinder_of(rt: Runtime, who: Principal) -> Blinder:
    return Blinder(await rt.keys.of(rt.pool, who.tenant_id))


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text else {}
    except ValueError as error:
        raise Problem(INVALID, errors=[FieldError("filter", "JSON 형식이 아니에요")]) from error


@forms.post("/records", name="createRecord", status_code=201, response_model=RecordOut)
async def create_record(body: RecordIn, request: Request, rt: Rt, who: Fills) -> Response:
    """The answer never waits for a message that this record causes, and never fails because of one."""
    blinder = await blinder_of(rt, who)
    async with idempotent(rt, who, request) as call:
        if call.replay is not None:
            return call.replay
        async with tenant_tx_after(
            rt, who.tenant_id, partitions.FIND_PARTITION, {"id": body.partition_id}
        ) as (conn, rows, at):
            partition = actions.named_partition(partitions.partition_from(rows[0]) if rows else None)
            made = await actions.create_record(conn, who, blinder, partition, body.data, at=at)
            out = RecordOut.of(made, partition, unmasked=who.may("contacts.unmasked"))
            answer = await call.answer(conn, out, status=201)
    await tell(rt, who.tenant_id, made.id)
    return answer


@router.post("/records/delete", name="deleteRecords")
async def delete_records(body: DeleteRecordsIn, rt: Rt, who: Writes) -> DeletedOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        deleted = await actions.delete_records(conn, who, body.ids)
        await audit(conn, who, "record.delete", "record", detail={"deleted": deleted})
    await tell(rt, who.tenant_id, who.tenant_id)
    return DeletedOut(deleted=deleted)


Exports = Annotated[Principal, requires("exports.run")]


@router.get(
    "/partitions/{partition_id}/records.csv", name="exportRecordsCsv", response_class=StreamingResponse
)
async def export_csv(rt: Rt, who: Exports, partition_id: UUID) -> StreamingResponse:
    """Every record of a table, newest first, as an import would read it back; personal values are masked for whoever may
    not export them whole. Noted in the audit trail."""
    batches = await _to_export(rt, who, partition_id)
    return _download(stream_csv(batches), "csv", "text/csv; charset=utf-8")


@router.get(
    "/partitions/{partition_id}/records.xlsx", name="exportRecordsXlsx", response_class=StreamingResponse
)
async def export_workbook(rt: Rt, who: Exports, partition_id: UUID) -> StreamingResponse:
    """The same as a workbook."""
    batches = await _to_export(rt, who, partition_id)
    return _download(stream_workbook(batches, sheet_name="레코드"), "xlsx", MEDIA_TYPE)


async def _to_export(rt: Runtime, who: Principal, partition_id: UUID) -> AsyncIterator[list[list[str]]]:
    async with tenant_tx(rt, who.tenant_id) as conn:
        partition = await partitions.read_partition(conn, partition_id)
        unmasked = who.may("exports.unmasked")
        await audit(conn, who, "record.export", "partition", partition_id, detail={"unmasked": unmasked})
    return exporting.batches(rt, who.tenant_id, partition, unmasked=unmasked)


def _download(stream: AsyncIterator[bytes], kind: str, media: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="records.{kind}"'}
    return StreamingResponse(stream, media_type=media, headers=headers)


@router.get("/records/{record_id}", name="getRecord")
async def get_record(record_id: UUID, rt: Rt, who: Reads) -> RecordOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await queries.read_record(conn, who.tenant_id, record_id)
        partition = await partitions.read_partition(conn, found.partition_id)
    return RecordOut.of(found, partition, unmasked=who.may("contacts.unmasked"))


@forms.patch("/records/{record_id}", name="changeRecord")
async def change_record(record_id: UUID, body: RecordPatch, rt: Rt, who: Fills) -> RecordOut:
    blinder = await blinder_of(rt, who)
    async with tenant_tx_after(rt, who.tenant_id, queries.LOCK_RECORD, {"id": record_id}) as opened:
        locked = _, partition = queries.locked_record(who.tenant_id, opened.rows)
        changed = await actions.change_record(
            opened.conn, who, blinder, locked, body.data, at=opened.at, version=body.version
        )
    await tell(rt, who.tenant_id, record_id)
    return RecordOut.of(changed, partition, unmasked=who.may("contacts.unmasked"))


@router.delete("/records/{record_id}", name="deleteRecord", status_code=204)
async def delete_record(record_id: UUID, rt: Rt, who: Writes) -> None:
    async with tenant_tx(rt, who.tenant_id) as conn:
        await actions.delete_record(conn, who, record_id)
        await audit(conn, who, "record.delete", "record", record_id)
    await tell(rt, who.tenant_id, record_id)


@router.get("/records/{record_id}/reveal", name="revealRecord")
async def reveal_record(
    record_id: UUID, rt: Rt, who: Annotated[Principal, requires("contacts.reveal")]
) -> RecordOut:
    """Unmasked, and noted in the audit trail."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        found = await queries.read_record(conn, who.tenant_id, record_id)
        partition = await partitions.read_partition(conn, found.partition_id)
        await audit(conn, who, "record.reveal", "record", record_id)
    return RecordOut.of(found, partition, unmasked=True)


@router.get("/records/{record_id}/history", name="recordHistory")
async def record_history(
    record_id: UUID, rt: Rt, who: Reads, cursor: Cursor = None, limit: Limit = 50
) -> Page[RecordChangeOut]:
    """Newest first: who changed what from what to what."""
    position = read_cursor(cursor, UUID)
    async with tenant_tx(rt, who.tenant_id) as conn:
        partition_id = await queries.record_exists(conn, record_id)
        if partition_id is None:
            raise Problem(NOT_FOUND)
        partition = await partitions.read_partition(conn, partition_id)
        lines, further = await queries.read_history(
            conn, record_id, before=position[0] if position else None, limit=limit
        )
    unmasked = who.may("contacts.unmasked")
    return Page(
        items=[RecordChangeOut.of(line, partition, unmasked=unmasked) for line in lines],
        next_cursor=None if further is None else write_cursor(str(further)),
    )
