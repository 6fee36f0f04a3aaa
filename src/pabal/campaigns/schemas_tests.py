"""Bodies of test sends."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from pabal.campaigns.schemas import VerdictOut
from pabal.campaigns.try_out import MAX_PEOPLE
from pabal.kit.http.schemas import ApiModel, Instant


class TestIn(ApiModel):
    contact_ids: Annotated[list[UUID], Field(max_length=MAX_PEOPLE)] = Field(default=[])
    phones: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=MAX_PEOPLE)] = Field(
        default=[]
    )
    values_of: UUID | None = Field(
        default=None, description="이 사람의 값으로 글을 채움; 없으면 받는 연락처 자신의 값"
    )
    variant: str | None = Field(default=None, max_length=20, description="문안이 여럿일 때; 없으면 첫 문안")
    rehearse: bool = Field(default=False, description="모의 발송사로만")

    @model_validator(mode="after")
    def _a_few(self) -> Self:
        if not 0 < len(self.contact_ids) + len(self.phones) <= MAX_PEOPLE:
            raise ValueError(f"시험 발송은 한 번에 1명부터 {MAX_PEOPLE}명까지예요")
        return self


class TestPersonOut(ApiModel):
    id: str = Field(description="발송.번호")
    contact_id: UUID | None
    name: str = Field(description="받는 연락처의 이름; 번호만 적었으면 빈 글")
    phone: str = Field(description="역할에 따라 가려짐")
    state: str
    reason: str | None
    reason_label: str
    step: int
    channel: str = Field(description="마지막으로 나간 채널; 나가지 않았으면 빈 글")
    code: str = Field(description="발송사의 코드")
    updated_at: Instant


class TestOut(ApiModel):
    send_id: UUID
    state: str
    hold_reason: str
    hold_text: str
    rehearse: bool
    values_of: UUID | None
    created_by: UUID | None
    created_at: Instant
    finished_at: Instant | None
    people: list[TestPersonOut]


class TestStarted(ApiModel):
    test: TestOut
    verdicts: list[VerdictOut] = Field(description="막지는 않지만 알아 둘 것")
