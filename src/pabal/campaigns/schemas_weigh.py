"""What a draft in a form weighs."""

from pydantic import Field

from pabal.campaigns.schemas import Range
from pabal.kit.http.schemas import ApiModel


class StepWeight(ApiModel):
    people: int
    bytes: Range


class DressedStep(ApiModel):
    body: str
    subject: str


class WeighedOut(ApiModel):
    """Nothing is stored. What can't be weighed yet says nothing rather than something wrong."""

    steps: list[StepWeight] = Field(
        description="단계마다 실제 받는 사람들의 값으로 잰 길이; 글이나 발신번호가 없거나 2만 명을 넘으면 빔"
    )
    dressed: list[DressedStep] = Field(
        description="단계마다 법이 정한 표시를 붙인 글: 사람들이 받는 그대로, 변수는 채우기 전"
    )
    cost: Range | None = Field(description="원; 첫 단계만 나갈 때와 모든 단계가 나갈 때. 잴 수 없으면 null")
    seconds: int | None = Field(description="보내는 시각의 제한을 빼고 본 걸리는 시간; 잴 수 없으면 null")
