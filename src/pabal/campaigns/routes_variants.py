"""Texts of a campaign: how each does, and changing them while it is sent."""

from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, model_validator

from pabal.campaigns import queries, variants
from pabal.campaigns.routes import campaign_out
from pabal.campaigns.schemas import CampaignOut, Range, ReasonCount, VerdictOut
from pabal.campaigns.schemas_content import VariantModel
from pabal.campaigns.texts import DecisionOut, TextOut, texts_of
from pabal.domain.campaign import REASON_LABELS
from pabal.kit.db import tenant_tx
from pabal.kit.events import try_publish_changed
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.schemas import ApiModel

router = APIRouter(prefix="/api", tags=["campaigns"])

Reads = Annotated[Principal, requires("campaigns.read")]
Controls = Annotated[Principal, requires("campaigns.control")]


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


class RestStepOut(ApiModel):
    channel: str
    bytes: Range
    per_channel: dict[str, int]
    excluded: list[ReasonCount]


class RestCheckOut(ApiModel):
    """The new text over those who weren't sent to yet; the first step stands here, too."""

    people: int
    bytes: Range
    per_channel: dict[str, int]
    excluded: list[ReasonCount]
    steps: list[RestStepOut] = Field(description="단계마다, 남은 사람이 모두 거기까지 간다면")
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
    steps = [
        RestStepOut(
            channel=channel,
            bytes=Range(min=rest.bytes_min, max=rest.bytes_max),
            per_channel=dict(rest.per_kind),
            excluded=[
                ReasonCount(reason=reason, label=REASON_LABELS.get(reason, reason), count=n)
                for reason, n in rest.excluded.items()
            ],
        )
        for channel, rest in zip(check.channels, check.rests, strict=True)
    ]
    first = steps[0]
    return RestCheckOut(
        people=check.rests[0].people,
        bytes=first.bytes,
        per_channel=first.per_channel,
        excluded=first.excluded,
        steps=steps,
        verdicts=[VerdictOut.model_validate(one) for one in check.verdicts],
        digest=check.digest,
    )
