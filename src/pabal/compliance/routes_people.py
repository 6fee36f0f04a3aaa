"""What one person may ask about their data."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from pabal.domain.law.answers import source_answer
from pabal.kit.clock import KST
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import NOT_FOUND, Problem
from pabal.kit.http.schemas import ApiModel

router = APIRouter(prefix="/api/contacts", tags=["law"])


class SourceAnswerOut(ApiModel):
    text: str
    basis: str
    source: str
    obtained_on: date


@router.get("/{contact_id}/source-answer", name="contactSourceAnswer")
async def answer(
    contact_id: UUID, rt: Rt, who: Annotated[Principal, requires("contacts.read")]
) -> SourceAnswerOut:
    """What to answer to "제 번호는 어떻게 아셨나요?", from basis, source and purposes on record (P-08)."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        cursor = await conn.execute(
            """
            SELECT t.name, c.basis, c.source, i.obtained_on, c.created_at, c.purposes
            FROM contacts c
            JOIN tenants t ON t.tenant_id = c.tenant_id
            LEFT JOIN imports i ON i.tenant_id = c.tenant_id AND i.id = c.import_id
            WHERE c.id = %s AND c.erased_at IS NULL
            """,
            (contact_id,),
        )
        row = await cursor.fetchone()
    if row is None:
        raise Problem(NOT_FOUND)
    tenant, basis, source, obtained_on, created_at, purposes = row
    day = obtained_on or created_at.astimezone(KST).date()
    return SourceAnswerOut(
        text=source_answer(tenant, basis, source, day, purposes),
        basis=basis,
        source=source,
        obtained_on=day,
    )
