"""People of unknown fate over HTTP: what was asked about them, and a person's decision."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from pabal.campaigns.schemas_people import MessageOut
from pabal.domain.resolve import Decision
from pabal.kit.http.schemas import ApiModel, Instant


class QuestionOut(ApiModel):
    at: Instant
    note: str
    label: str


class ReasonOut(ApiModel):
    reason: str
    label: str


class UncertainGroupOut(ApiModel):
    """One request to a carrier: what is true of it is true of all its people."""

    request_id: UUID
    people: int
    units: int = Field(description="정할 때까지 잡아 둔 발송 한도 (건)")
    reasons: list[ReasonOut]
    channel: str
    account_id: UUID
    account_name: str
    carrier: str
    known_there: bool = Field(description="발송사가 접수 번호를 알려 준 요청")
    called_at: Instant
    asked: int = Field(description="발송사에 물은 횟수")
    questions: list[QuestionOut] = Field(description="첫 물음과 최근 물음들")


class UncertainSendOut(ApiModel):
    send_id: UUID
    campaign_id: UUID | None
    campaign_name: str
    state: str
    rehearse: bool
    people: int
    may_resend: bool = Field(description="취소됐거나 기한이 지난 발송은 다시 보낼 수 없음")
    groups: list[UncertainGroupOut]


class ResolveIn(ApiModel):
    """`adopt`: it went out. `resend`: once more, may arrive twice. `close`: leave it. A resend needs a reason."""

    decision: Decision
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""

    @model_validator(mode="after")
    def _why_again(self) -> "ResolveIn":
        if self.decision is Decision.RESEND and not self.reason:
            raise ValueError("다시 보내는 까닭을 적어 주세요. 두 번 받는 사람이 생길 수 있어요.")
        return self


class ResolvedOut(ApiModel):
    resolved: int = Field(description="처리한 사람 수; 그사이 결과가 온 사람은 빠짐")


class UncertainCountsOut(ApiModel):
    people: int
    sends: int
    incidents: int = Field(description="아직 아무도 보지 않은 어긋난 기록; 1,000까지만 셈")


class IncidentOut(ApiModel):
    """News that contradicts what was held about somebody. A fact about the past: nothing is decided about it."""

    id: UUID
    kind: str = Field(description="maybe_twice, contradicting_final, overlap")
    label: str
    at: Instant
    send_id: UUID
    campaign_id: UUID | None
    campaign_name: str
    rehearse: bool
    attempt: int = Field(description="소식이 가리킨 시도")
    channel: str
    account_name: str
    news: str = Field(description="그 시도에 대한 소식: accepted, delivered, failed")
    code: str
    message: MessageOut
    seen_at: Instant | None = Field(description="누가 확인한 때; 없으면 아직")
    seen_by: str = Field(description="확인한 사람; 모르면 빈 값")


class IncidentsSeenIn(ApiModel):
    ids: Annotated[list[UUID], Field(min_length=1, max_length=500)]
    seen: bool = True


class IncidentsSeenOut(ApiModel):
    changed: int
