"""The results of a campaign, as the API tells them."""

from uuid import UUID

from pydantic import Field

from pabal.campaigns import DecisionOut, IntervalOut, TextOut
from pabal.kit.http.schemas import ApiModel, Instant


class FunnelOut(ApiModel):
    selected: int
    excluded: int
    sent: int = Field(description="발송사에 넘긴 사람")
    accepted: int
    delivered: int
    clicked: int = Field(description="링크를 누른 사람; 봇과 미리보기는 빼고")
    replied: int = Field(description="시작한 뒤 7일 안에 답장한 사람")
    opted_out: int = Field(description="시작한 뒤 7일 안에 수신을 거부한 사람")


class OutcomeOut(ApiModel):
    """더하면 고른 사람과 같음."""

    delivered: int
    under_way: int
    not_reached: int


class PointOut(ApiModel):
    at: Instant
    delivered: int
    clicked: int


class CurveOut(ApiModel):
    bucket_seconds: int
    points: list[PointOut] = Field(description="빈 구간은 빠짐")


class ClicksOut(ApiModel):
    human: int
    bot: int
    prefetch: int
    human_people: int
    median_seconds: float | None = Field(description="누른 사람의 절반이 누르기까지")


class LinkClicksOut(ApiModel):
    key: str
    url: str
    human: int
    human_people: int


class FailureOut(ApiModel):
    code: str
    failure_class: str
    channel: str
    label: str
    advice: str
    people: int


class FlowStepOut(ApiModel):
    """tried = delivered + wentOn + underWay + ended."""

    step: int
    channel: str
    tried: int
    delivered: int
    went_on: int
    under_way: int
    ended: int


class MissedOut(ApiModel):
    state: str
    reason: str
    label: str
    people: int


class MissentOut(ApiModel):
    """오발송: 두 번 받았거나, 거부한 뒤 받았거나, 대상이 아닌데 받은 사람."""

    people: int
    rate: float | None = Field(description="people / sent; 아직 보낸 사람이 없으면 null")
    twice: int
    refused: int
    outside: int


class CostLineOut(ApiModel):
    channel: str
    count: int
    unit_price: int
    won: int


class CostOut(ApiModel):
    won: int
    example: bool
    lines: list[CostLineOut]


class CampaignResultsOut(ApiModel):
    campaign_id: UUID
    name: str
    state: str
    rehearse: bool
    launched_at: Instant | None
    finished_at: Instant | None
    as_of: Instant
    funnel: FunnelOut
    outcome: OutcomeOut
    delivery_rate: IntervalOut | None = Field(description="보낸 사람 가운데 도달, 95 % 구간")
    click_rate: IntervalOut | None
    clicks: ClicksOut
    links: list[LinkClicksOut]
    curve: CurveOut
    texts: list[TextOut] = Field(description="한 문안으로 보냈으면 비어 있음")
    leader: str | None = Field(description="구간이 겹치지 않게 앞선 문안")
    decisions: list[DecisionOut]
    failures: list[FailureOut]
    flow: list[FlowStepOut]
    missed: list[MissedOut] = Field(description="더하면 outcome.notReached")
    missent: MissentOut
    cost: CostOut
