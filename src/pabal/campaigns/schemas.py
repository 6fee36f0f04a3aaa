"""Bodies of campaigns, checks, progress and messages."""

import re
from datetime import date, time
from typing import Annotated, Any, Literal, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator

from pabal.campaigns.schemas_approval import ApprovalOut
from pabal.campaigns.schemas_check import MonthUseOut, RecentOut
from pabal.campaigns.schemas_content import ContentIn, ContentPatch, LinkModel, VariantModel
from pabal.dispatch import Shared
from pabal.domain.campaign import MessageClass
from pabal.domain.fallback import LISTABLE
from pabal.domain.formats import FORMATS
from pabal.domain.message import FailureClass
from pabal.domain.template import MissingPolicy
from pabal.domain.window import SendWindow
from pabal.kit.http.schemas import ApiModel, Instant

MAX_HAND_PICKED = 10_000
MAX_STEPS = 3
CHANNELS = frozenset({"sms", "lms", "alimtalk"})
_ZONES = available_timezones()


class StepModel(ApiModel):
    channel: Literal["sms", "lms", "mms", "alimtalk", "brand"] = "sms"
    sender_id: UUID | None = Field(
        default=None, description="발신번호나 카카오 채널; 없으면 등록된 첫 번호, 알림톡은 템플릿의 채널"
    )
    template_id: UUID | None = None
    body: str = Field(default="", max_length=4000, description="알림톡은 비워 둠: 템플릿의 글이 나감")
    subject: str = Field(default="", max_length=100)
    fallback_on: list[FailureClass] | None = Field(
        default=None,
        description="이 까닭으로 못 받은 사람에게 다음 단계를 보냄. 앞 단계에도 뒤 단계에도 적을 수 있음;"
        " 어디에도 없으면 retryable과 final",
    )
    after_seconds: int = Field(
        default=0, ge=0, le=86_400, description="앞 단계가 실패한 뒤 이 단계를 보낼 때까지 두는 시간"
    )
    missing_policy: MissingPolicy | None = Field(
        default=None,
        description="변수 값이 없는 사람: 빼기, 기본값, 발송 멈춤. 적지 않으면 템플릿의 것, 그것도 없으면 빼기",
    )
    defaults: dict[str, str] | None = Field(default=None, description="템플릿의 기본값 위에 덮음")
    formats: dict[str, str] | None = Field(
        default=None,
        description="변수 → date, date_weekday, date_long, time, number, won; 템플릿의 것 위에 덮음."
        " 빈 글은 템플릿의 형식 없이 값 그대로",
    )

    @field_validator("channel")
    @classmethod
    def _channels_we_speak(cls, channel: str) -> str:
        if channel not in CHANNELS:
            raise ValueError("이 버전은 문자(SMS·LMS)와 알림톡만 보낼 수 있어요")
        return channel

    @field_validator("formats")
    @classmethod
    def _formats_we_know(cls, formats: dict[str, str] | None) -> dict[str, str] | None:
        if formats is not None and not FORMATS.keys() | {""} >= set(formats.values()):
            raise ValueError("모르는 형식이에요")
        return formats

    @field_validator("fallback_on")
    @classmethod
    def _classes_that_may_go_on(cls, classes: list[FailureClass] | None) -> list[FailureClass] | None:
        if classes is None:
            return None
        if not classes:
            raise ValueError("어떤 실패 뒤에 보낼지 하나는 골라 주세요")
        if not LISTABLE.issuperset(classes):
            raise ValueError("수신 거부·정책·중복으로 못 보낸 사람에게는 다음 단계를 보낼 수 없어요")
        return list(dict.fromkeys(classes))


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


_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class SendWindowModel(ApiModel):
    """Korean time, on one day."""

    opens: str = Field(alias="from", description="HH:MM, 한국 시간", examples=["09:00"])
    shuts: str = Field(
        alias="until", description="HH:MM, 한국 시간; 이때부터는 보내지 않음", examples=["20:00"]
    )

    @field_validator("opens", "shuts")
    @classmethod
    def _hours_and_minutes(cls, text: str) -> str:
        if _HOURS.fullmatch(text) is None:
            raise ValueError("09:00처럼 시와 분을 두 자리씩 적어 주세요 (00:00~23:59)")
        return text

    @model_validator(mode="after")
    def _on_one_day(self) -> Self:
        if self.opens >= self.shuts:
            raise ValueError(
                "보내는 시간대는 시작(from)이 끝(until)보다 빨라야 해요. 밤을 넘는 시간대는 정할 수 없어요"
            )
        return self

    def window(self) -> SendWindow:
        return SendWindow(time.fromisoformat(self.opens), time.fromisoformat(self.shuts))

    @classmethod
    def of(cls, window: SendWindow | None) -> Self | None:
        return None if window is None else cls(opens=f"{window.opens:%H:%M}", shuts=f"{window.shuts:%H:%M}")


Window = Annotated[
    SendWindowModel | None,
    Field(description="보내는 시간대: 한국 시간으로 하루 가운데 이 사이에만 보냄. 없으면 언제나"),
]
Steps = Annotated[list[StepModel], Field(max_length=MAX_STEPS)]
MayOverlap = Annotated[
    bool,
    Field(
        description="겹쳐 받을 수 있음: 받았는지 끝내 알 수 없는 사람에게도 다음 단계를 보냄. 단계가 둘 이상일 때만"
    ),
]
ContactIds = Annotated[list[UUID], Field(min_length=1, max_length=MAX_HAND_PICKED)]
Rate = Annotated[int, Field(ge=1, le=10_000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Audience(ApiModel):
    segment_id: UUID | None = None
    filter: dict[str, Any] | None = Field(default=None, description="{}은 모두")
    contact_ids: ContactIds | None = None
    shared_numbers: Shared | None = Field(
        default=None,
        description="한 번호를 여럿이 쓸 때: 먼저 등록한 사람(first), 나중에 등록한 사람(newest), 아무에게도(nobody)."
        " 받는 사람과 함께 보냄; 없으면 그대로",
    )
    night: bool | None = Field(
        default=None,
        description="영리 광고를 밤에도 보냄: 밤에 받겠다고 따로 동의한 사람만 받음 (A-03). 받는 사람과 함께 보냄;"
        " 없으면 그대로",
    )

    def audience(self) -> dict[str, Any] | None:
        """As the campaign keeps it; None when the body says nothing about it."""
        said = {"sharedNumbers": self.shared_numbers, "night": self.night}
        rule = {key: value for key, value in said.items() if value is not None}
        if self.segment_id is not None:
            return {"segmentId": str(self.segment_id), **rule}
        if self.contact_ids is not None:
            return {"contactIds": [str(contact) for contact in dict.fromkeys(self.contact_ids)], **rule}
        return None if self.filter is None else {"filter": self.filter, **rule}

    def _count(self) -> int:
        return sum(part is not None for part in (self.segment_id, self.filter, self.contact_ids))


class CampaignIn(_Audience, ContentIn):
    name: Name
    message_class: MessageClass
    steps: Steps = Field(default_factory=list)
    may_overlap: MayOverlap = False
    schedule: ScheduleModel | None = None
    rate_per_second: Rate | None = None
    send_window: Window = None

    @model_validator(mode="after")
    def _exactly_one_audience(self) -> "CampaignIn":
        if self._count() != 1:
            raise ValueError("받는 사람은 segmentId, filter, contactIds 가운데 하나로만 정해요")
        return self


class CampaignPatch(_Audience, ContentPatch):
    """Only what is named changes; `version` as read guards against somebody else's change in between."""

    version: int | None = None
    name: Name | None = None
    message_class: MessageClass | None = None
    steps: Steps | None = None
    may_overlap: MayOverlap | None = None
    schedule: ScheduleModel | None = None
    rate_per_second: Rate | None = None
    send_window: Window = None

    @model_validator(mode="after")
    def _at_most_one_audience(self) -> "CampaignPatch":
        if (self.shared_numbers, self.night) != (None, None) and self._count() == 0:
            raise ValueError("sharedNumbers와 night는 받는 사람(segmentId, filter, contactIds)과 함께 보내요")
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
    shared_numbers: Shared = "first"
    night: bool = False
    steps: list[StepModel]
    may_overlap: bool
    links: list[LinkModel] = Field(default_factory=list)
    variants: list[VariantModel] = Field(default_factory=list)
    schedule: ScheduleModel | None
    rate_per_second: int | None
    send_window: Window
    state: str
    hold_reason: str
    rehearse: bool
    send_id: UUID | None
    due_at: Instant | None
    digest: str | None
    approval: ApprovalOut | None = Field(default=None, description="마지막 승인 요청")
    version: int
    created_by: UUID | None
    updated_by: UUID | None = Field(default=None, description="마지막으로 내용을 고친 사람")
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
    unit_price: int = Field(description="건당 원; 직접 적은 단가, 없으면 예시")


class StepCheckOut(ApiModel):
    """Of the people who may come to this step at worst."""

    channel: str
    left_out: bool = Field(description="지금은 이 단계 없이 나감; 까닭은 verdicts에")
    people: int = Field(description="앞 단계가 모두 실패하면 이 단계를 받을 사람")
    likely: int | None = Field(
        default=None, description="지난 90일의 발송으로 보아 이 단계까지 올 사람; 지난 발송이 적으면 null"
    )
    excluded: list[ReasonCount] = Field(description="앞 단계는 받지만 이 단계는 받을 수 없는 사람")
    per_channel: list[ChannelCount]
    bytes: Range
    body: str = Field(description="나가는 글: 법이 정한 표시를 넣은 뒤, 변수를 채우기 전")
    subject: str
    verdicts: list["VerdictOut"]


class VerdictOut(ApiModel):
    rule: str
    level: Literal["block", "hold", "warn", "label", "ok"]
    message: str
    article: str = Field(default="", description="법 조문이나 누구의 기준인지")


class CheckOut(ApiModel):
    audience: int
    sendable: int
    excluded: list[ReasonCount]
    per_channel: list[ChannelCount] = Field(description="첫 단계")
    bytes: Range = Field(description="첫 단계")
    steps: list[StepCheckOut]
    units: Range = Field(
        description="한도에서 쓸 건수: 모두 첫 단계에서 받을 때와, 모두 마지막 단계까지 갈 때. 예행연습은 0"
    )
    cost: Range = Field(description="원: 모두 첫 단계에서 받을 때와, 모두 마지막 단계까지 갈 때")
    cost_example: bool = Field(default=True, description="비용이 예시 단가로 셈한 것인가")
    starts_at: Instant = Field(description="첫 사람에게 나갈 때; 보내는 시간대가 있으면 그 안")
    finish_at: Instant = Field(description="첫 단계를 마칠 때; 보내는 시간대 밖에서는 쉼")
    rate: int = Field(description="초당 건수, 예상")
    quota_after: int = Field(description="모두 마지막 단계까지 가도 남는 건수; 달을 넘기면 끝나는 달의 것")
    quota_short: int = Field(description="모두 마지막 단계까지 갈 때 모자라는 건수")
    quota_months: list[MonthUseOut] = Field(
        default_factory=list, description="어느 달의 한도를 쓰는가; 0시를 넘겨 다음 달까지 나가면 둘"
    )
    law_as_of: date = Field(description="법 조문을 어느 날의 법으로 보았는가")
    recent: RecentOut | None = Field(default=None, description="최근에 받은 것; 예행연습은 null")
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
