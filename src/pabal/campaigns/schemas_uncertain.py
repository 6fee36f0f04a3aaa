"""People of unknown fate over HTTP: what was asked about them, and a person's decision."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

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
    resolved: int = Field(description="이 요청에서 처리한 사람 수; 그사이 결과가 온 사람은 빠짐")
