"""Short links and texts sent side by side, as bodies name them."""

import re
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from pabal.domain.links import MAX_LINKS, variable_of
from pabal.domain.variants import ALL_SHARES, MAX_VARIANTS
from pabal.kit.http.schemas import ApiModel

_KEY = re.compile(r"[^#{}:|\n\r\t.]{0,20}")
_VARIANT_KEY = re.compile(r"[0-9A-Za-z가-힣_-]{1,12}")


class LinkModel(ApiModel):
    key: str = Field(default="", description="빈 값은 #{링크}, 아니면 #{링크:이름}의 이름")
    url: str = Field(default="", max_length=2000, description="https 주소; 허용한 사이트인지는 점검이 봄")

    @field_validator("key")
    @classmethod
    def _fits_a_variable(cls, key: str) -> str:
        if _KEY.fullmatch(key) is None:
            raise ValueError("링크 이름은 20자까지, 괄호나 마침표 없이 적어 주세요")
        return key


class VariantStep(ApiModel):
    """What one step says instead; what is left out is as the campaign's own step says it."""

    body: str | None = Field(default=None, max_length=4000)
    subject: str | None = Field(default=None, max_length=100)


class VariantModel(ApiModel):
    key: str = Field(description="짧은 이름표; 발송 안에서 하나뿐", examples=["가"])
    name: str = Field(default="", max_length=60)
    share: Annotated[int, Field(ge=1, le=ALL_SHARES)] = Field(description="몫(%); 모두 더해 100")
    steps: list[VariantStep | None] = Field(default_factory=list, max_length=3, description="단계 순서대로")

    @field_validator("key")
    @classmethod
    def _short_and_plain(cls, key: str) -> str:
        if _VARIANT_KEY.fullmatch(key) is None:
            raise ValueError("문안 이름표는 글자와 숫자로 12자까지 적어 주세요")
        return key


def _distinct_links(links: list[LinkModel]) -> list[LinkModel]:
    keys = [link.key for link in links]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"#{{{variable_of(key)}}}이 두 번 있어요")
    return links


def _whole(variants: list[VariantModel]) -> list[VariantModel]:
    if not variants:
        return variants
    if len(variants) == 1:
        raise ValueError("문안은 둘 이상이어야 견줄 수 있어요")
    if len({variant.key for variant in variants}) < len(variants):
        raise ValueError("문안 이름표가 겹쳐요")
    total = sum(variant.share for variant in variants)
    if total != ALL_SHARES:
        raise ValueError(f"몫을 더하면 100이어야 해요 (지금 {total})")
    return variants


Links = Annotated[list[LinkModel], Field(max_length=MAX_LINKS)]
Variants = Annotated[list[VariantModel], Field(max_length=MAX_VARIANTS)]


class ContentIn(ApiModel):
    """Part of a campaign's body: links and texts."""

    links: Links = Field(default_factory=list)
    variants: Variants = Field(default_factory=list)

    _distinct = field_validator("links")(_distinct_links)
    _shares = field_validator("variants")(_whole)


class ContentPatch(ApiModel):
    links: Links | None = None
    variants: Variants | None = None

    @model_validator(mode="after")
    def _as_at_creation(self) -> "ContentPatch":
        _distinct_links(self.links or [])
        _whole(self.variants or [])
        return self
