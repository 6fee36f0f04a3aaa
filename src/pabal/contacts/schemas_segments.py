"""Shapes of the segment routes."""

# ruff: noqa: RUF012  (pydantic copies defaults)

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from pabal.contacts.queries import Total
from pabal.contacts.schemas import ContactOut, FilterJson, Name, Short, TotalOut
from pabal.contacts.segment_rule import MAX_BY_HAND, MAX_LEFT_OUT, SegmentRule
from pabal.contacts.segments import Segment, Use
from pabal.kit.http.schemas import ApiModel

Relation = Literal["eq", "gte"]
ByHand = Annotated[list[UUID], Field(max_length=MAX_BY_HAND)]
LeftOut = Annotated[list[UUID], Field(max_length=MAX_LEFT_OUT)]


class RuleIn(ApiModel):
    """A filter, people put in and left out by hand, and segments whose people are left out."""

    filter: FilterJson = {}
    exclude_segment_ids: LeftOut = []
    include_contact_ids: ByHand = []
    exclude_contact_ids: ByHand = []

    def rule(self) -> SegmentRule:
        return SegmentRule(
            self.filter,
            tuple(self.exclude_segment_ids),
            tuple(self.include_contact_ids),
            tuple(self.exclude_contact_ids),
        )


class SegmentIn(RuleIn):
    name: Name
    description: Short = ""
    filter: FilterJson


class SegmentPatch(ApiModel):
    name: Name | None = None
    description: Short | None = None
    filter: FilterJson | None = None
    exclude_segment_ids: LeftOut | None = None
    include_contact_ids: ByHand | None = None
    exclude_contact_ids: ByHand | None = None
    version: int | None = None

    def rule(self, now: SegmentRule) -> SegmentRule | None:
        """The rule as it will be; None if the patch leaves it alone."""
        parts = (self.filter, self.exclude_segment_ids, self.include_contact_ids, self.exclude_contact_ids)
        if all(part is None for part in parts):
            return None
        return SegmentRule(
            now.filter if self.filter is None else self.filter,
            _ids(self.exclude_segment_ids, now.exclude_segment_ids),
            _ids(self.include_contact_ids, now.include_contact_ids),
            _ids(self.exclude_contact_ids, now.exclude_contact_ids),
        )


def _ids(given: list[UUID] | None, now: tuple[UUID, ...]) -> tuple[UUID, ...]:
    return now if given is None else tuple(given)


class CountOut(ApiModel):
    value: int
    relation: Relation
    at: datetime


class SegmentOut(ApiModel):
    id: UUID
    name: str
    description: str
    filter: FilterJson
    exclude_segment_ids: list[UUID]
    include_contact_ids: list[UUID]
    exclude_contact_ids: list[UUID]
    version: int
    count: CountOut | None = Field(description="마지막으로 센 수와 그때")
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, segment: Segment) -> "SegmentOut":
        counted = None
        if segment.counted is not None and segment.counted_at is not None:
            counted = CountOut(
                value=segment.counted,
                relation="gte" if segment.counted_relation == "gte" else "eq",
                at=segment.counted_at,
            )
        return cls(
            id=segment.id,
            name=segment.name,
            description=segment.description,
            filter=segment.rule.filter,
            exclude_segment_ids=list(segment.rule.exclude_segment_ids),
            include_contact_ids=list(segment.rule.include_contact_ids),
            exclude_contact_ids=list(segment.rule.exclude_contact_ids),
            version=segment.version,
            count=counted,
            created_at=segment.created_at,
            updated_at=segment.updated_at,
        )


class DuplicateIn(ApiModel):
    name: Name | None = None


class PreviewIn(RuleIn):
    exact: bool = Field(default=False, description="상한 없이 끝까지 세기")


Why = Literal["segment", "contact", "no_phone", "opted_out", "same_number"]


class LeftOutOut(ApiModel):
    """`segment` and `contact`: meets the filter but was left out. `no_phone` and `opted_out`: in, but no text can reach.
    `same_number`: reached by the one text that goes to a number of several; said where all are counted.
    """

    reason: Why
    count: int
    relation: Relation

    @classmethod
    def of(cls, reason: Why, total: Total) -> "LeftOutOut":
        return cls(reason=reason, count=total.value, relation="gte" if total.relation == "gte" else "eq")


class PreviewOut(ApiModel):
    count: int
    relation: Relation
    sample: list[ContactOut]
    excluded: list[LeftOutOut]
    why: dict[UUID, list[int]] = Field(
        description="보기로 보인 사람이 맞는 조건의 번호: filter에 적힌 차례로 0부터, 빼는 조건은 말하지 않음"
    )


class CountsIn(ApiModel):
    filters: Annotated[list[FilterJson], Field(min_length=1, max_length=20)]
    exact: bool = False


class CountsOut(ApiModel):
    items: list[TotalOut]


class UseOut(ApiModel):
    id: UUID
    name: str
    state: str = ""


class UsesOut(ApiModel):
    campaigns: list[UseOut]
    segments: list[UseOut]

    @classmethod
    def of(cls, uses: list[Use]) -> "UsesOut":
        def among(kind: str) -> list[UseOut]:
            return [UseOut(id=use.id, name=use.name, state=use.state) for use in uses if use.kind == kind]

        return cls(campaigns=among("campaign"), segments=among("segment"))
