"""How a tenant's carrier accounts do right now. Here, above dispatch, because whether one rests is dispatch's to know."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from pabal.dispatch import resting
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.schemas import ApiModel, Page
from pabal.senders import list_account_ids, used_by_account

router = APIRouter(prefix="/api", tags=["senders"])


class AccountStateOut(ApiModel):
    account_id: UUID
    used_this_month: int = Field(description="이번 달(한국 시간) 이 계정으로 나갔거나 나갔을 수 있는 건수")
    rest_seconds: float = Field(description="발송사가 답하지 않아 쉬는 중이면 남은 초, 아니면 0")


@router.get("/carrier-account-states", name="listCarrierAccountStates")
async def account_states(
    rt: Rt, who: Annotated[Principal, requires("carriers.read")]
) -> Page[AccountStateOut]:
    """All of them: a tenant has a handful."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        accounts = await list_account_ids(conn)
        used = await used_by_account(conn, who.tenant_id, rt.clock.now())
    return Page(
        items=[
            AccountStateOut(
                account_id=one,
                used_this_month=used.get(one, 0),
                rest_seconds=await resting(rt.redis, one),
            )
            for one in accounts
        ]
    )
