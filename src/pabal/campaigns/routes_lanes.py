"""The lanes of a camp: what goes out now, through which account, and what it waits for."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from pabal import dispatch
from pabal.campaigns import queries
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.schemas import ApiModel, Instant

router = APIRouter(prefix="/api", tags=["campaigns"])

Reads = Annotated[Principal, requires("operations.read")]


class LaneStepOut(ApiModel):
    """One channel of a send, by the account it goes through. People by chunks of up to 500."""

    step: int
    channel: str
    account_id: UUID
    account_name: str
    account_rate: int | None = Field(description="발송 통로의 초당 건수; 없으면 제한 없음")
    resting_seconds: float = Field(description="발송사가 답하지 않아 쉬는 남은 시간; 0이면 쉬지 않음")
    due: int = Field(description="지금 나갈 차례인 사람")
    in_hand: int = Field(description="일꾼이 들고 있는 사람")
    later: int = Field(description="다음 때를 기다리는 사람")
    next_at: Instant | None = Field(description="그 가운데 가장 이른 때")
    asking: int = Field(description="결과를 몰라 발송사에 묻고 있는 요청")


class LaneOut(ApiModel):
    send_id: UUID
    campaign_id: UUID | None
    campaign_name: str
    kind: str = Field(description="campaign, test, reply, link")
    urgent: bool = Field(description="캠페인보다 먼저 나감")
    state: str
    hold_reason: str
    rehearse: bool
    created_at: Instant
    rate: int | None = Field(description="이 발송의 초당 건수; 없으면 제한 없음")
    steps: list[LaneStepOut]


class LanesOut(ApiModel):
    items: list[LaneOut]
    as_of: Instant


@router.get("/lanes", name="listLanes")
async def list_lanes(rt: Rt, who: Reads) -> LanesOut:
    """Every send that isn't over, oldest first: sends through one account share its pace and take turns."""
    async with tenant_tx(rt, who.tenant_id) as conn:
        lanes = await dispatch.read_lanes(conn, who.tenant_id)
        names = await queries.names_of_sends(conn, [one.send_id for one in lanes])
    accounts = {step.account_id for one in lanes for step in one.steps}
    resting = {account: await dispatch.resting(rt.redis, account) for account in accounts}
    return LanesOut(items=[_lane_out(one, names, resting) for one in lanes], as_of=rt.clock.now())


def _lane_out(one: dispatch.Lane, names: dict[UUID, str], resting: dict[UUID, float]) -> LaneOut:
    return LaneOut(
        send_id=one.send_id,
        campaign_id=one.campaign_id,
        campaign_name=names.get(one.send_id, ""),
        kind=one.kind,
        urgent=one.urgent,
        state=one.state,
        hold_reason=one.hold_reason,
        rehearse=one.rehearse,
        created_at=one.created_at,
        rate=one.rate,
        steps=[
            LaneStepOut(
                step=step.step,
                channel=step.channel,
                account_id=step.account_id,
                account_name=step.account_name,
                account_rate=step.account_rate,
                resting_seconds=resting[step.account_id],
                due=step.due,
                in_hand=step.in_hand,
                later=step.later,
                next_at=step.next_at,
                asking=step.asking,
            )
            for step in one.steps
        ],
    )
