"""Bodies of campaigns, checks, progress and messages."""

from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator

from pabal.domain.campaign import MessageClass
from pabal.domain.message import FailureClass
from pabal.domain.template import MissingPolicy
from pabal.kit.http.schemas import ApiModel, Instant

MAX_HAND_PICKED = 10_000
_ZONES = available_timezones()


class StepModel(ApiModel):
    channel: Literal["sms", "lms", "mms", "alimtalk", "brand"] = "sms"
    sender_id: UUID | None = Field(default=None, description="없으면 등록된 첫 발신번호")
    template_id: UUID | None = None
    body: str = Field(default="", max_length=4000)
    subject: str = Field(default="", max_length=100)
    fallback_on: list[FailureClass] | None = None
    after_seconds: int = Field(default=0, ge=0, le=86_400)
    missing_policy: MissingPolicy = Field(
        default=MissingPolicy.SKIP, description="변수 값이 없는 사람: 빼기, 기본값, 발송 멈춤"
    )
    defaults: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _text_channels_only(self) -> "StepModel":
        if self.channel not in {"sms", "lms"}:
            raise ValueError("이 버전은 아직 문자(SMS·LMS)만 보낼 수 있어요")
        return self


def _one_step(steps: list[StepModel]) -> list[StepModel]:
    if len(steps) > 1:
        raise ValueError("이 버전은 아직 채널 한 단계만 보낼 수 있어요. 대체 발송은 다음 버전에 들어가요")
    return steps


def _no_variants(variants: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if variants:
        raise ValueError("이 버전은 아직 문안을 나누어 보낼 수 없어요")
    return variants


class ScheduleModel(ApiModel):
    at: Instant | None = Field(default=None, description="없으면 발송을 누른 때")
    zone: str = "Asia/Seoul"
    not_after: Instant | None = Field(default=None, description="이때까지 못 보낸 사람에게는 보내지 않음")

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in _ZONES:
            raise ValueError("Asia/Seoul 같은 시간대 이름이어야 해요")
        return zone


Steps = list[StepModel]
ContactIds = Annotated[list[UUID], Field(min_length=1, max_length=MAX_HAND_PICKED)]
Rate = Annotated[int, Field(ge=1, le=10_000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Audience(ApiModel):
    segment_id: UUID | None = None
    filter: dict[str, Any] | None = Field(default=None, description="{}은 모두")
    contact_ids: ContactIds | None = None

    def audience(self) -> dict[str, Any] | None:
        """As the campaign keeps it; None when the body says nothing about it."""
        if self.segment_id is not None:
            return {"segmentId": str(self.segment_id)}
        if self.contact_ids is not None:
            return {"contactIds": [str(contact) for contact in dict.fromkeys(self.contact_ids)]}
        return None if self.filter is None else {"filter": self.filter}

    def _count(self) -> int:
        return sum(part is not None for part in (self.segment_id, self.filter, self.contact_ids))


class CampaignIn(_Audience):
    name: Name
    message_class: MessageClass
    steps: Steps = Field(default_factory=list)
    variants: list[dict[str, Any]] = Field(default_factory=list)
    schedule: ScheduleModel | None = None
    rate_per_second: Rate | None = None

    _steps = field_validator("steps")(_one_step)
    _variants = field_validator("variants")(_no_variants)

    @model_validator(mode="after")
    def _exactly_one_audience(self) -> "CampaignIn":
        if self._count() != 1:
            raise ValueError("받는 사람은 segmentId, filter, contactIds 가운데 하나로만 정해요")
        return self


class CampaignPatch(_Audience):
    """Only what is named changes; `version` as read guards against somebody else's change in between."""

    version: int | None = None
    name: Name | None = None
    message_class: MessageClass | None = None
    steps: Steps | None = None
    variants: list[dict[str, Any]] = Field(default_factory=list)
    schedule: ScheduleModel | None = None
    rate_per_second: Rate | None = None

    _variants = field_validator("variants")(_no_variants)

    @field_validator("steps")
    @classmethod
    def _steps(cls, steps: list[StepModel] | None) -> list[StepModel] | None:
        return None if steps is None else _one_step(steps)

    @model_validator(mode="after")
    def _at_most_one_audience(self) -> "CampaignPatch":
        if self._count() > 1:
            raise ValueError("받는 사람은 segmentId, filter, contactIds 가운데 하나로만 정해요")
        return self


class Counts(ApiModel):
    queued: int = 0
    sending: int = 0
    accepted: int = 0
    delivered: int = 0
    failed: int = 0
    skipped: int = 0
    uncertain: int = 0
    cancelled: int = 0
    expired: int = 0


class CampaignOut(ApiModel):
    id: UUID
    name: str
    message_class: MessageClass
    segment_id: UUID | None = None
    filter: dict[str, Any] | None = None
    contact_ids: list[UUID] | None = None
    steps: Steps
    variants: list[dict[str, Any]] = Field(default_factory=list)
    schedule: ScheduleModel | None
    rate_per_second: int | None
    state: str
    hold_reason: str
    rehearse: bool
    send_id: UUID | None
    due_at: Instant | None
    digest: str | None
    version: int
    created_by: UUID | None
    created_at: Instant
    updated_at: Instant
    launched_at: Instant | None
    finished_at: Instant | None
    audience: int | None = Field(description="발송을 시작한 뒤의 대상 수")
    counts: Counts | None = None


class CheckIn(ApiModel):
    rehearse: bool = False


class ReasonCount(ApiModel):
    reason: str
    label: str
    count: int


class Range(ApiModel):
    min: int
    max: int


class ChannelCount(ApiModel):
    channel: str
    count: int
    unit_price: int = Field(description="건당 원, 예시")


class VerdictOut(ApiModel):
    rule: str
    level: Literal["block", "hold", "warn", "label", "ok"]
    message: str


class CheckOut(ApiModel):
    audience: int
    sendable: int
    excluded: list[ReasonCount]
    per_channel: list[ChannelCount]
    bytes: Range
    cost: Range = Field(description="원, 예시 단가")
    starts_at: Instant
    finish_at: Instant
    rate: int = Field(description="초당 건수, 예상")
    quota_after: int
    quota_short: int
    verdicts: list[VerdictOut]
    digest: str
    checked_at: Instant


class JobStarted(ApiModel):
    job_id: UUID


class JobOut(ApiModel):
    id: UUID
    kind: str
    state: Literal["queued", "running", "completed", "failed"]
    progress: int
    result: dict[str, Any] | None
    problem: str | None


class LaunchIn(ApiModel):
    digest: str | None = Field(default=None, max_length=200, description="점검에서 받은 값")
    rehearse: bool = False
    approval_reason: str | None = Field(
        default=None, min_length=10, max_length=500, description="승인이 필요한 항목을 그대로 보내는 까닭"
    )


class ControlOut(ApiModel):
    state: str
    in_flight: int = Field(description="이미 발송사에 넘어가 되돌릴 수 없는 건수")


class ReasonRow(ApiModel):
    state: str
    reason: str
    label: str
    count: int


class ProgressOut(ApiModel):
    state: str
    hold_reason: str
    rehearse: bool
    send_id: UUID | None
    audience: int
    counts: Counts
    by_reason: list[ReasonRow]
    rate: float = Field(description="초당 건수")
    eta_seconds: int | None
    as_of: Instant


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
    channel: str
    state: str
    presumed: bool
    code: str | None
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
