"""Shapes of the line of time."""

# ruff: noqa: RUF012  (pydantic copies defaults)

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic.alias_generators import to_camel

from pabal.kit.http.schemas import ApiModel, Page
from pabal.timeline.model import Event, Kind


class WhoOut(ApiModel):
    id: UUID
    name: str


class AttemptOut(ApiModel):
    n: int
    channel: str
    state: str
    code: str | None
    failure: str | None
    at: datetime
    updated_at: datetime


class TimelineItem(ApiModel):
    """One event. `detail` depends on the kind (docs/contacts.md)."""

    kind: Kind
    at: datetime
    id: UUID
    contact_id: UUID | None
    by: WhoOut | None
    title: str
    text: str
    message_id: str | None
    fields: list[str]
    before: dict[str, str]
    after: dict[str, str]
    attempts: list[AttemptOut]
    detail: dict[str, Any]

    @classmethod
    def of(cls, event: Event, people: Mapping[UUID, str]) -> Self:
        tick = event.tick
        detail = dict(tick.detail)
        message = None
        if tick.kind == "message":
            message = f"{tick.id}.{tick.seq}"
        elif tick.kind == "click":
            message = f"{detail.pop('send')}.{tick.seq}"
        by = None if tick.by is None else WhoOut(id=tick.by, name=people.get(tick.by, ""))
        return cls(
            kind=tick.kind,
            at=tick.at,
            id=tick.id,
            contact_id=tick.part,
            by=by,
            title=event.title,
            text=event.text,
            message_id=message,
            fields=[one if "." in one else to_camel(one) for one in event.fields],
            before=dict(event.before),
            after=dict(event.after),
            attempts=[AttemptOut.model_validate(one) for one in event.attempts],
            detail=detail,
        )


class AheadOut(ApiModel):
    kind: Literal["campaign", "message", "automation", "repeat"]
    id: UUID
    title: str
    state: str
    channel: str
    at: datetime | None
    round: int | None
    most: int | None


class TimelineOut(Page[TimelineItem]):
    """`scheduled` and `now` come with the first page only; `names` of contacts that events mention."""

    contact_id: UUID
    now: datetime
    scheduled: list[AheadOut] = []
    names: dict[UUID, str] = {}


class DataFileIn(ApiModel):
    """Which request is answered by the file."""

    request_id: UUID
    format: Literal["json", "html"] = "html"
