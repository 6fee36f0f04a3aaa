"""Texts of a campaign: how each does, and changing them while it is sent."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, model_validator

from pabal.campaigns import queries, variants
from pabal.campaigns.routes import campaign_out
from pabal.campaigns.schemas import CampaignOut, Range, ReasonCount, VerdictOut
from pabal.campaigns.schemas_content import VariantModel
from pabal.dispatch import FrozenVariant, read_texts
from pabal.domain.campaign import REASON_LABELS
from pabal.domain.variants import wilson
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.schemas import ApiModel, Instant

router = APIRouter(prefix="/api", tags=["campaigns"])

Reads = Annotated[Principal, requires("campaigns.read")]
Controls = Annotated[Principal, requires("campaigns.control")]


class IntervalOut(ApiModel):
    """95 % (Wilson)."""

    rate: float
    low: float
    high: float


class TextOut(ApiModel):
    key: str
    name: str
    body: str = Field(description="첫 단계의 글")
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


class TextsOut(ApiModel):
    items: list[TextOut]
    decisions: list[DecisionOut]


class TextsIn(ApiModel):
    """`digest` only with a new text: without it the text is checked over those left and nothing changes."""

    action: Literal["add", "retire", "replace"]
    keys: list[str] = Field(default_factory=list, max_length=10, description="내릴 문안")
    variant: VariantModel | None = Field(default=None, description="새 문안; share는 남은 사람 가운데 몫(%)")
    digest: str | None = Field(default=None, max_length=100, description="남은 사람에 대한 점검에서 받은 값")
    reason: str = Field(default="", max_length=500)

    @model_validator(mode="after")
    def _what_the_action_needs(self) -> Self:
        if self.action in {"retire", "replace"} and not self.keys:
            raise ValueError("내릴 문안을 골라 주세요")
        if self.action in {"add", "replace"} and self.variant is None:
            raise ValueError("새 문안을 적어 주세요")
        if self.action == "retire" and self.variant is not None:
            raise ValueError("문안을 내릴 때는 새 문안을 함께 보낼 수 없어요")
        if self.action == "add" and self.keys:
            raise ValueError("문안을 바꾸려면 replace로 보내 주세요")
        return self


class RestCheckOut(ApiModel):
    """The new text over those who weren't sent to yet."""

    people: int
    bytes: Range
    per_channel: dict[str, int]
    excluded: list[ReasonCount]
    verdicts: list[VerdictOut]
    digest: str


class TextsChanged(ApiModel):
    applied: bool
    check: RestCheckOut | None = Field(description="새 문안의 점검; digest를 돌려주면 나감")
    campaign: CampaignOut


@router.get("/campaigns/{campaign_id}/variants", name="listTexts")
async def list_texts(campaign_id: UUID, rt: Rt, who: Reads) -> TextsOut:
    async with tenant_tx(rt, who.tenant_id) as conn:
        campaign = await queries.read_campaign(conn, campaign_id)
        return TextsOut(
            items=[] if campaign.send_id is None else await texts_of(conn, who.tenant_id, campaign.send_id),
            decisions=[
                DecisionOut.model_validate(one) for one in await variants.list_decisions(conn, campaign_id)
            ],
        )


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


@router.post("/campaigns/{campaign_id}/variants", name="changeTexts")
async def change_texts(campaign_id: UUID, body: TextsIn, rt: Rt, who: Controls) -> TextsChanged:
    async with tenant_tx(rt, who.tenant_id) as conn:
        changed = await variants.change_texts(
            conn,
            rt,
            who,
            campaign_id,
            action=body.action,
            keys=body.keys,
            variant=None if body.variant is None else body.variant.model_dump(mode="json", by_alias=True),
            digest=body.digest,
            reason=body.reason,
        )
    if changed.check is None:
        await try_publish_changed(rt, who.tenant_id, "campaign", campaign_id)
    return TextsChanged(
        applied=changed.check is None,
        check=None if changed.check is None else _check_out(changed.check),
        campaign=campaign_out(changed.campaign),
    )


def _check_out(check: variants.TextCheck) -> RestCheckOut:
    rest = check.rest
    return RestCheckOut(
        people=rest.people,
        bytes=Range(min=rest.bytes_min, max=rest.bytes_max),
        per_channel=dict(rest.per_kind),
        excluded=[
            ReasonCount(reason=reason, label=REASON_LABELS.get(reason, reason), count=n)
            for reason, n in rest.excluded.items()
        ],
        verdicts=[VerdictOut.model_validate(one) for one in check.verdicts],
        digest=check.digest,
    )
