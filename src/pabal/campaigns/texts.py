"""Texts of a send with their figures, as the API tells them."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from pabal.campaigns import variants
from pabal.dispatch import FrozenVariant, read_texts
from pabal.domain.variants import wilson
from pabal.kit.db import Conn
from pabal.kit.http.schemas import ApiModel, Instant


class IntervalOut(ApiModel):
    """95 % (Wilson)."""

    rate: float
    low: float
    high: float


class TextOut(ApiModel):
    key: str
    name: str
    body: str = Field(description="첫 단계의 글")
    bodies: list[str] = Field(description="문자로 나가는 단계의 글, 차례대로; 알림톡은 템플릿의 글이라 빠짐")
    share: int = Field(description="남은 사람을 나누는 몫(%); 내린 문안은 0")
    active: bool
    people: int = Field(description="발송사에 넘긴 사람")
    waiting: int = Field(description="이 문안으로 정해졌지만 아직 넘기지 않은 사람")
    delivered: int
    failed: int
    clicked: int = Field(description="링크를 누른 사람; 봇과 미리보기는 빼고")
    click_rate: IntervalOut | None = Field(description="도달한 사람 가운데 누른 사람")


class DecisionOut(ApiModel):
    id: UUID
    action: Literal["add", "retire", "replace"]
    keys: list[str]
    reason: str
    figures: list[dict[str, Any]] = Field(description="그때 본 수치")
    decided_by: UUID | None
    decided_at: Instant


async def texts_of(conn: Conn, tenant_id: UUID, send_id: UUID) -> list[TextOut]:
    """Every text of a send with its figures; [] for a send of one text."""
    frozen = await read_texts(conn, tenant_id, send_id)
    if not frozen:
        return []
    return with_figures(frozen, await variants.variant_figures(conn, tenant_id, send_id))


def with_figures(
    frozen: Sequence[FrozenVariant], counted: Sequence[variants.VariantFigures]
) -> list[TextOut]:
    figures = {one.place: one for one in counted}
    found = []
    for place, text in enumerate(frozen):
        one = figures.get(place, variants.VariantFigures(place, 0, 0, 0, 0))
        clicks = wilson(min(one.clicked, one.delivered), one.delivered)
        found.append(
            TextOut(
                key=text.key,
                name=text.name,
                body=text.steps[0].body,
                bodies=[step.body for step in text.steps if step.channel in {"sms", "lms"}],
                share=text.share,
                active=text.active,
                people=one.people,
                waiting=one.waiting,
                delivered=one.delivered,
                failed=one.failed,
                clicked=one.clicked,
                click_rate=None if clicks is None else IntervalOut.model_validate(clicks),
            )
        )
    return found
