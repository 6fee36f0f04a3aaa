"""Lists whose numbers stand in rows (C-08), and a person's word about where they are from."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from psycopg.rows import class_row
from pydantic import Field

from pabal.accounts import audit
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import NOT_FOUND, Problem
from pabal.kit.http.schemas import ApiModel, Instant, Page

router = APIRouter(prefix="/api/imports", tags=["imports"])


class MadeUpOut(ApiModel):
    id: UUID
    source: str
    basis: str
    rows: int
    made_up: int = Field(description="잇달아 이어진 번호")
    at: Instant | None


class MadeUpIn(ApiModel):
    reason: Annotated[str, Field(min_length=5, max_length=300, description="번호를 어디서 어떻게 받았는지")]


@router.get("/made-up", name="listMadeUpLists")
async def list_made_up(rt: Rt, who: Annotated[Principal, requires("rules.read")]) -> Page[MadeUpOut]:
    async with tenant_tx(rt, who.tenant_id) as conn:
        return Page(items=await _open(conn))


@router.post("/{import_id}/made-up", name="confirmList")
async def confirm(
    import_id: UUID, body: MadeUpIn, rt: Rt, who: Annotated[Principal, requires("rules.change")]
) -> Page[MadeUpOut]:
    """An owner stands for the list: its people may be texted from here on."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        cursor = await conn.execute(
            """
            UPDATE imports SET made_up_reason = %(reason)s, made_up_by = %(by)s, made_up_at = clock_timestamp()
            WHERE id = %(id)s AND made_up > 0 AND made_up_at IS NULL
            """,
            {"reason": body.reason.strip(), "by": who.actor_id, "id": import_id},
        )
        if cursor.rowcount == 0:
            raise Problem(NOT_FOUND)
        await audit(
            conn, who, "import.confirm_numbers", "import", import_id, detail={"reason": body.reason.strip()}
        )
        return Page(items=await _open(conn))


async def _open(conn: Conn) -> Sequence[MadeUpOut]:
    async with conn.cursor(row_factory=class_row(MadeUpOut)) as cursor:
        await cursor.execute(
            """
            SELECT id, coalesce(source, '') AS source, coalesce(basis, '') AS basis, rows_total AS rows, made_up,
                   finished_at AS at
            FROM imports WHERE made_up > 0 AND made_up_at IS NULL AND state <> 'undone' ORDER BY id DESC LIMIT 50
            """
        )
        return await cursor.fetchall()
