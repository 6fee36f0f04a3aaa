"""Bodies of the second pair of eyes."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from pabal.kit.http.schemas import ApiModel, Instant


class ApprovalOut(ApiModel):
    """The newest request of a campaign."""

    id: UUID
    state: Literal["pending", "approved", "rejected", "voided"]
    digest: str
    audience: int = Field(description="요청할 때 고른 사람")
    note: str
    requested_by: UUID
    requested_at: Instant
    decided_by: UUID | None
    decided_at: Instant | None
    reason: str = Field(description="반려한 까닭; 풀렸으면 content, prices, audience, cancelled, replaced")


class ApprovalRequestIn(ApiModel):
    digest: str = Field(max_length=200, description="점검에서 받은 값")
    note: str = Field(default="", max_length=500, description="승인할 사람에게 남길 말")


class ApproveIn(ApiModel):
    digest: str = Field(max_length=200, description="승인하는 요청의 값")


class RejectIn(ApiModel):
    reason: str = Field(min_length=1, max_length=500)


class ApprovalRuleOut(ApiModel):
    threshold: int | None = Field(description="고른 사람이 이보다 많으면 승인이 필요함; null이면 끔")
    approvers: int = Field(description="승인할 수 있는 팀원(소유자와 관리자)")


class ApprovalRuleIn(ApiModel):
    threshold: Annotated[int, Field(ge=1, le=100_000_000)] | None
