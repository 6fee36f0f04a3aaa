"""Bodies of the quota routes."""

from typing import Literal

from pydantic import Field

from pabal.kit.http.schemas import ApiModel


class QuotaNoticeOut(ApiModel):
    percent: Literal[70, 90, 100]
    message: str


class QuotaOut(ApiModel):
    month: str = Field(description="YYYY-MM, Asia/Seoul")
    limit: int
    used: int
    reserved: int
    remaining: int
    ceiling: int | None = Field(description="운영자가 정한 상한; null이면 없음")
    notices: list[QuotaNoticeOut]


class QuotaIn(ApiModel):
    limit: int = Field(ge=0, le=10**12)
