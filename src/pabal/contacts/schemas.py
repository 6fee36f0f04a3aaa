"""Shapes of the contact routes."""

# ruff: noqa: RUF012  (pydantic copies defaults)

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from pabal.contacts.actions import Draft
from pabal.contacts.queries import Contact
from pabal.domain.law.lists import Purpose
from pabal.domain.phone import format_phone
from pabal.kit.http.schemas import Answer, ApiModel, Instant, Page

Short = Annotated[str, StringConstraints(max_length=200)]
TagName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Long = Annotated[str, StringConstraints(max_length=2000)]
Values = Annotated[list[Short], Field(max_length=20)]
Attributes = Annotated[dict[Short, Long], Field(max_length=50)]
FilterJson = dict[str, Any]
Purposes = Annotated[list[Purpose], Field(max_length=6, description="무엇에 쓰려고 받았나요? (P-07)")]


class ContactIn(ApiModel):
    name: Short = ""
    phones: Values = []
    emails: Values = []
    kakao_ids: Values = []
    tags: Annotated[list[TagName], Field(max_length=100)] = []
    attributes: Attributes = {}
    district: Short = ""
    address: Short = ""
    memo: Long = ""
    basis: Short = ""
    source: Short = ""
    purposes: Purposes = []

    def draft(self) -> Draft:
        return Draft(**dict(self))


class ContactPatch(ApiModel):
    name: Short | None = None
    phones: Values | None = None
    emails: Values | None = None
    kakao_ids: Values | None = None
    tags: Annotated[list[TagName], Field(max_length=100)] | None = None
    attributes: Attributes | None = None
    district: Short | None = None
    address: Short | None = None
    memo: Long | None = None
    basis: Short | None = None
    source: Short | None = None
    purposes: Purposes | None = None
    version: int | None = None

    def draft(self) -> Draft:
        return Draft(**{key: value for key, value in dict(self).items() if key != "version"})


class ContactOut(Answer):
    id: UUID
    name: str
    title: str
    phones: list[str]
    emails: list[str]
    kakao_ids: list[str]
    other_phones: list[str]
    tags: list[str]
    attributes: dict[str, str]
    district: str
    age_band: str
    address: str
    birth: str
    memo: str
    basis: str
    source: str
    purposes: list[Purpose]
    import_id: UUID | None
    suppressed: bool
    masked: bool
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, contact: Contact, *, unmasked: bool) -> "ContactOut":
        return cls.model_validate(contact_json(contact, unmasked=unmasked))


def contact_json(contact: Contact, *, unmasked: bool) -> dict[str, Any]:
    """A `ContactOut` as it goes out, without the model: lists of fifty are asked for all day, and each took 10 µs of it."""
    card = contact.card if unmasked else contact.card.masked()
    shown = format_phone if unmasked else str  # masked ones are shaped already
    return {
        "id": contact.id,
        "name": card.name,
        "title": card.title,
        "phones": [shown(one) for one in card.phones],
        "emails": card.emails,
        "kakaoIds": card.kakao_ids,
        "otherPhones": [shown(one) for one in card.other_phones],
        "tags": contact.tags,
        "attributes": card.attributes,
        "district": contact.district,
        "ageBand": contact.age_band,
        "address": card.address,
        "birth": card.birth,
        "memo": card.memo,
        "basis": contact.basis,
        "source": contact.source,
        "purposes": contact.purposes,
        "importId": contact.import_id,
        "suppressed": contact.suppressed,
        "masked": not unmasked,
        "version": contact.version,
        "createdAt": contact.created_at,
        "updatedAt": contact.updated_at,
    }


class TotalOut(Answer):
    value: int
    relation: Literal["eq", "gte"]


class ContactList(Page[ContactOut]):
    items: list[ContactOut]  # of a Sequence pydantic makes Python objects first: twice the time
    total: TotalOut | None = None


class PeopleIn(ApiModel):
    ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]


class LastContactOut(ApiModel):
    id: UUID
    at: datetime


class FieldOut(ApiModel):
    key: str
    label: str
    type: str
    ops: list[str]
    options: list[str]
    option_labels: dict[str, str]
    group: Literal["person", "reach", "activity", "origin", "custom"]
    values_from: Literal["tags", "imports", "campaigns", "values"] | None = Field(
        description="고를 값을 어디에서 가져오나요? values는 /api/contacts/field-values"
    )


class FieldValueOut(ApiModel):
    value: str
    label: str
    count: int


class TagIn(ApiModel):
    name: TagName


class TagOut(ApiModel):
    id: UUID
    name: str
    sensitive: bool
    contacts: int
    created_at: datetime


class BulkIn(ApiModel):
    filter: FilterJson | None = None
    ids: Annotated[list[UUID], Field(max_length=10_000)] | None = None
    add_tags: Annotated[list[TagName], Field(max_length=50)] = []
    remove_tags: Annotated[list[TagName], Field(max_length=50)] = []


class BulkOut(ApiModel):
    selected: int
    added: int
    removed: int
    edit_id: UUID


Channel = Literal["all", "sms", "alimtalk", "brand", "email"]
Kind = Literal["phone", "email", "kakao"]


class SuppressionIn(ApiModel):
    kind: Kind
    value: Short
    channels: list[Channel] = []
    reason: Short = ""


class SuppressionsImportIn(ApiModel):
    kind: Kind = "phone"
    values: Annotated[list[Short], Field(min_length=1, max_length=50_000)]
    channels: list[Channel] = []
    reason: Short = ""


class SuppressionsImportOut(ApiModel):
    recorded: int
    rejected: list[int]  # positions of values that can't be read


class SuppressionOut(ApiModel):
    id: UUID
    kind: Kind
    channel: Channel
    reason: str
    source: str
    contact_ids: list[UUID]
    created_at: datetime


class ConsentIn(ApiModel):
    channel: Name
    purpose: Name
    state: Literal["granted", "withdrawn"]
    at: Instant
    evidence: Long = ""


class ConsentOut(ApiModel):
    id: UUID
    channel: str
    purpose: str
    state: str
    at: datetime
    evidence: str | None
    created_at: datetime
