"""Bodies of the quota routes."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from pabal.kit.http.schemas import ApiModel


class QuotaNoticeOut(ApiModel):
    percent: Literal[70, 90, 100]
    message: str
    seen: bool = Field(description="묻는 사람이 이 달, 이 한도에서 이미 본 알림인가")


class QuotaOut(ApiModel):
    month: str = Field(description="YYYY-MM, Asia/Seoul")
    limit: int
    used: int
    reserved: int
    remaining: int
    ceiling: int | None = Field(description="운영자가 정한 상한; null이면 없음")
    waiting_people: int = Field(description="한도 때문에 멈춘 발송에서 기다리는 사람")
    notices: list[QuotaNoticeOut]


class QuotaIn(ApiModel):
    limit: int = Field(ge=0, le=10**12)


class NoticeSeenIn(ApiModel):
    percent: Literal[70, 90, 100]


class NoticeSeenOut(ApiModel):
    percent: int
    name: str
    at: datetime


class QuotaWaitingOut(ApiModel):
    send_id: UUID
    kind: str = Field(description="campaign, test, reply, link")
    campaign_id: UUID | None
    name: str | None
    people: int


class QuotaMonthOut(ApiModel):
    """`entriesReserved - entriesSettled - entriesReleased = reserved` and `entriesSettled = used`, or `agrees` is false."""

    month: str = Field(description="YYYY-MM, Asia/Seoul")
    current: bool
    limit: int
    used: int
    reserved: int
    remaining: int
    ceiling: int | None
    uncertain: int = Field(description="잡아 둔 것 가운데 결과를 몰라 사람이 정해야 하는 건수")
    waiting_people: int = Field(description="한도 때문에 멈춘 발송에서 기다리는 사람")
    waiting: list[QuotaWaitingOut]
    entries_reserved: int
    entries_settled: int
    entries_released: int
    agrees: bool
    notices_seen: list[NoticeSeenOut] = Field(description="이번 달 한도 알림을 누가 언제 보았는지")
    resets_at: datetime = Field(description="다음 달이 시작되는 때(한국 시간)")


class QuotaMonthRowOut(ApiModel):
    month: str
    limit: int
    used: int
    reserved: int


class QuotaSendOut(ApiModel):
    """`open`: reserved and neither used nor given back yet."""

    send_id: UUID
    campaign_id: UUID | None
    name: str | None
    kind: str | None
    state: str | None
    reserved: int
    settled: int
    released: int
    open: int
    movements: int
    last_at: datetime


class QuotaEntryOut(ApiModel):
    id: UUID
    at: datetime
    month: str
    kind: Literal["reserve", "settle", "release"]
    units: int
    send_id: UUID
    send_kind: str | None = Field(description="campaign, test, reply, link; 발송이 없으면 null")
    request_id: UUID | None
    campaign_id: UUID | None
    name: str | None
