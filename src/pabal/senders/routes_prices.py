"""GET /api/prices, PATCH and DELETE of a channel's line."""

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from pabal.domain import prices as examples
from pabal.kit.clock import KST
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import INVALID, FieldError, Problem
from pabal.kit.http.schemas import ApiModel
from pabal.runtime import Runtime
from pabal.senders import prices
from pabal.senders.schemas import Channel

router = APIRouter(prefix="/api/prices", tags=["senders"])

CanChange = Annotated[Principal, requires("carriers.manage")]

LATEST = timedelta(
    days=2 * 366
)  # either way; further off is a typing error, and no campaign is planned there


class PriceOut(ApiModel):
    channel: str
    won: int = Field(description="오늘 한 건의 원, 부가세 빼고")
    example: bool = Field(description="직접 적은 단가가 없어 예시인가")
    example_won: int


class PriceLineOut(ApiModel):
    channel: str
    effective_on: date
    won: int | None = Field(description="null: 그날부터 다시 예시")
    set_at: datetime


class PricesOut(ApiModel):
    examples_as_of: str
    today: date
    items: list[PriceOut]
    lines: list[PriceLineOut] = Field(description="적어 둔 모든 줄, 앞으로 올 것까지")


class PriceIn(ApiModel):
    won: Annotated[int, Field(ge=0, le=100_000)] | None
    effective_on: date | None = Field(default=None, description="이날(한국 시간)부터; 없으면 오늘")


@router.get("", name="listPrices")
async def list_prices(rt: Rt, who: Annotated[Principal, requires("quota.read")]) -> PricesOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        return await _shown(conn, rt)


@router.patch("/{channel}", name="changePrice")
async def change_price(channel: Channel, body: PriceIn, rt: Rt, who: CanChange) -> PricesOut:
    """Whoever launches by hand checks again: prices are part of a check's digest. What is scheduled goes out."""
    now = rt.clock.now()
    today = now.astimezone(KST).date()
    day = body.effective_on or today
    if abs(day - today) > LATEST:
        mend = "연도를 다시 확인해 주세요."
        raise Problem(INVALID, errors=[FieldError("effectiveOn", "오늘에서 2년 안의 날이어야 해요", mend)])
    line = prices.PriceLine(channel, day, body.won, now)
    async with tenant_tx(rt, who.tenant_id) as conn:
        await prices.set_price(conn, who, who.tenant_id, line)
        return await _shown(conn, rt)


@router.delete("/{channel}/{effective_on}", name="removePrice")
async def remove_price(channel: Channel, effective_on: date, rt: Rt, who: CanChange) -> PricesOut:
    """Take a line back; the one before it counts on."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        await prices.remove_price(conn, who, channel, effective_on)
        return await _shown(conn, rt)


async def _shown(conn: Conn, rt: Runtime) -> PricesOut:
    now = rt.clock.now()
    book = await prices.read_price_book(conn, now)
    return PricesOut(
        examples_as_of=examples.AS_OF,
        today=now.astimezone(KST).date(),
        items=[
            PriceOut(channel=one, won=book.won(one), example=book.is_example([one]), example_won=won)
            for one, won in examples.EXAMPLE_WON.items()
        ],
        lines=[PriceLineOut.model_validate(one) for one in await prices.list_prices(conn)],
    )
