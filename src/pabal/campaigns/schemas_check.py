"""People of a check, and what they got lately."""

from uuid import UUID

from pydantic import Field

from pabal.kit.http.schemas import ApiModel, Instant


class KeeperOut(ApiModel):
    """Who gets it instead on a shared number."""

    contact_id: UUID
    name: str


class PersonOut(ApiModel):
    contact_id: UUID
    name: str
    phone: str = Field(description="역할에 따라 가려짐")
    reason: str = Field(description="빈 값이면 받을 사람")
    reason_label: str
    keeper: KeeperOut | None = Field(description="같은 번호로 대신 받는 사람")
    channel: str = Field(description="받을 사람의 첫 단계: sms, lms, alimtalk")
    bytes: int


class TimesOut(ApiModel):
    times: int = Field(description="3은 세 번 이상")
    count: int


class SimilarOut(ApiModel):
    campaign_id: UUID
    name: str
    launched_at: Instant
    likeness: float = Field(description="0~1, 글이 같은 만큼")
    people: int = Field(description="고른 사람 가운데 그것을 받은 사람")


class MonthUseOut(ApiModel):
    month: str = Field(description="한국 시간의 달, YYYY-MM")
    units: int = Field(description="모두 마지막 단계까지 갈 때 이 달의 한도에서 쓸 건수; 예행연습은 0")
    remaining: int = Field(description="지금 남은 건수")


class RecentOut(ApiModel):
    days: int
    times: list[TimesOut]
    similar: list[SimilarOut]
