"""Shapes of what became of whom: progress, messages, one person's story, refusals."""

from uuid import UUID

from pydantic import Field

from pabal.campaigns.schemas import Counts
from pabal.kit.http.schemas import ApiModel, Instant


class ReasonRow(ApiModel):
    state: str
    reason: str
    label: str
    mend: str = Field(description="발송사 코드면 무엇을 고치면 되는지; 아니면 빈 글")
    count: int


class StepProgressOut(ApiModel):
    channel: str
    tries: int = Field(description="이 단계로 발송사에 넘긴 건수; 다시 시도하면 또 셈")


class ProgressOut(ApiModel):
    state: str
    hold_reason: str
    hold_text: str = Field(description="멈춘 까닭과 할 일; 까닭의 이름으로 충분하면 빈 값")
    hold_until: Instant | None = Field(default=None, description="저절로 이어 보낼 때; 알 수 없으면 null")
    rehearse: bool
    send_id: UUID | None
    audience: int
    counts: Counts
    by_reason: list[ReasonRow]
    rate: float = Field(description="초당 건수")
    eta_seconds: int | None
    as_of: Instant
    steps: list[StepProgressOut] = Field(description="실제로 나가는 단계; 빼고 보낸 단계는 없음")
    overlaps: int = Field(description="앞 단계가 늦게 도달해 두 번 받은 사람")


class _Person(ApiModel):
    id: str = Field(description="발송.번호")
    contact_id: UUID | None
    name: str
    phone: str = Field(description="역할에 따라 가려짐")
    state: str
    reason: str | None
    reason_label: str
    step: int
    updated_at: Instant


class MessageOut(_Person):
    attempt_count: int


class AttemptOut(ApiModel):
    n: int
    step: int = Field(description="0부터; 실제로 나간 단계 가운데")
    channel: str
    state: str
    presumed: bool
    code: str | None
    code_label: str = Field(description="코드의 뜻; 모르는 코드면 코드 그대로")
    mend: str
    failure_class: str | None
    provider_id: str | None
    bytes: int | None
    created_at: Instant
    updated_at: Instant


class MessageDetailOut(_Person):
    campaign_id: UUID | None
    channel: str
    text: str | None = Field(description="역할에 따라 가려짐; 뺀 사람과 지운 사람은 null")
    attempts: list[AttemptOut]
    incidents: list[str]


class GateCheckOut(ApiModel):
    check: str
    label: str
    result: str = Field(description="passed, stopped, not_reached")
    value: str
    at: Instant | None


class ExplainOut(ApiModel):
    message_id: str
    outcome: str
    reason: str | None
    reason_label: str
    checks: list[GateCheckOut]
    attempts: list[AttemptOut]


class RefusalsOut(ApiModel):
    """Refusals since the start: an opt-out stops every claim that comes after it; what was claimed before is on its way."""

    during: int = Field(description="시작한 뒤 수신을 거부한 번호")
    stopped: int = Field(description="그 가운데 보내지 않은 사람")
    after: int = Field(description="거부한 뒤에 발송사에 넘어간 메시지: 거부 전에 이미 맡은 것")
    longest_seconds: float | None = Field(
        description="거부하고 나서 마지막으로 넘어갈 때까지 가장 길었던 시간"
    )
    as_of: Instant
