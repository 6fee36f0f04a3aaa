"""Shapes of bulk edits."""

# ruff: noqa: RUF012  (pydantic copies defaults)

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from pabal.contacts.bulk import BulkEdit
from pabal.contacts.bulk_apply import Changes, ConsentChange
from pabal.contacts.schemas import Channel, FilterJson, Long, Name, Short, TagName
from pabal.domain.law.lists import Purpose
from pabal.kit.http.schemas import ApiModel, Instant

State = Literal["queued", "running", "completed", "failed", "cancelled", "undoing", "undone"]
Kind = Literal["tags", "district", "purposes", "attributes", "consent", "optOut", "erase"]
Tags = Annotated[list[TagName], Field(max_length=50)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
HIDDEN = "•••"


class BulkConsent(ApiModel):
    channel: Name
    purpose: Name
    state: Literal["granted", "withdrawn"]
    at: Instant | None = None
    evidence: Long = ""


class BulkOptOut(ApiModel):
    channels: Annotated[list[Channel], Field(min_length=1, max_length=5)]


class BulkChanges(ApiModel):
    add_tags: Tags = []
    remove_tags: Tags = []
    district: Short | None = None
    add_purposes: Annotated[list[Purpose], Field(max_length=6)] = []
    remove_purposes: Annotated[list[Purpose], Field(max_length=6)] = []
    attributes: Annotated[dict[Name, Long | None], Field(max_length=20)] = {}
    consent: BulkConsent | None = None
    opt_out: BulkOptOut | None = None
    erase: bool = False

    def changes(self, now: datetime) -> Changes:
        consent = self.consent
        return Changes(
            tuple(self.add_tags),
            tuple(self.remove_tags),
            self.district,
            tuple(self.add_purposes),
            tuple(self.remove_purposes),
            dict(self.attributes),
            None
            if consent is None
            else ConsentChange(
                consent.channel, consent.purpose, consent.state, consent.at or now, consent.evidence
            ),
            () if self.opt_out is None else tuple(self.opt_out.channels),
            self.erase,
        )

    @classmethod
    def of(cls, told: Changes, *, unmasked: bool) -> Self:
        consent = told.consent
        return cls.model_validate(
            {
                "add_tags": list(told.add_tags),
                "remove_tags": list(told.remove_tags),
                "district": told.district,
                "add_purposes": list(told.add_purposes),
                "remove_purposes": list(told.remove_purposes),
                "attributes": {
                    key: text if unmasked or text is None else HIDDEN for key, text in told.attributes.items()
                },
                "consent": consent and {**vars(consent), "evidence": consent.evidence if unmasked else ""},
                "opt_out": {"channels": list(told.opt_out)} if told.opt_out else None,
                "erase": told.erase,
            }
        )


class BulkEditIn(ApiModel):
    ids: Annotated[list[UUID], Field(min_length=1, max_length=10_000)] | None = None
    filter: FilterJson | None = None
    q: Annotated[str, StringConstraints(max_length=200)] = ""
    segment_id: UUID | None = None
    changes: BulkChanges
    reason: Reason = ""

    def selection(self) -> dict[str, Any]:
        if self.ids is not None:
            return {"ids": [str(one) for one in self.ids]}
        if self.segment_id is not None:
            return {"segmentId": str(self.segment_id)}
        return {"filter": self.filter, "q": self.q}


class BulkPerson(ApiModel):
    id: UUID
    name: str


class SinceOut(ApiModel):
    people: int
    edited: int
    merged: int
    erased: int
    messaged: int
    refused: int


class BulkResult(ApiModel):
    tags_added: int = 0
    tags_removed: int = 0
    districts: int = 0
    purposes: int = 0
    attributes: int = 0
    consents: int = 0
    opt_outs: int = 0
    erased: int = 0


class BulkEditOut(ApiModel):
    id: UUID
    state: State
    kinds: list[Kind]
    total: int | None
    done: int
    changed: int
    progress: int
    changes: BulkChanges
    reason: str
    result: BulkResult
    created_by: BulkPerson | None
    created_at: datetime
    starts_at: datetime
    finished_at: datetime | None
    undo_until: datetime | None
    undone_at: datetime | None
    undone_by: BulkPerson | None
    undo: SinceOut | None
    problem: str | None

    @classmethod
    def of(cls, edit: BulkEdit, names: dict[UUID, str], *, unmasked: bool) -> Self:
        def person(one: UUID | None) -> BulkPerson | None:
            return None if one is None else BulkPerson(id=one, name=names.get(one, ""))

        ended = edit.state in ("completed", "undone")
        return cls(
            id=edit.id,
            state=edit.state,
            kinds=list(edit.kinds),
            total=edit.total,
            done=edit.done,
            changed=edit.changed,
            progress=100 if ended else min(99, 100 * edit.done // edit.total) if edit.total else 0,
            changes=BulkChanges.of(edit.changes, unmasked=unmasked),
            reason=edit.reason,
            result=BulkResult.model_validate(edit.result),
            created_by=person(edit.created_by),
            created_at=edit.created_at,
            starts_at=edit.starts_at,
            finished_at=edit.finished_at,
            undo_until=edit.undo_until,
            undone_at=edit.undone_at,
            undone_by=person(edit.undone_by),
            undo=None if edit.undo is None else SinceOut.model_validate(edit.undo),
            problem=edit.problem,
        )
