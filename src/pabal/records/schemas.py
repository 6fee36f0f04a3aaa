"""Bodies of the record routes."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field as Bound
from pydantic import field_validator

from pabal.domain.fields import MAX_FIELDS, MAX_OPTIONS, Field, Kind, is_personal, masked
from pabal.domain.trigger import OPS_OF_KIND
from pabal.kit.http.schemas import ApiModel
from pabal.records.model import Partition, Record
from pabal.records.queries import ChangeLine

Name = Annotated[str, Bound(min_length=1, max_length=60)]
Data = dict[str, Any]


class RecordFieldIn(ApiModel):
    """`isPhone` makes a text field a phone; `personal` unset: phones, e-mails and what is called like a name are."""

    key: Annotated[str, Bound(min_length=1, max_length=40)]
    label: Annotated[str, Bound(max_length=60)] = ""
    type: Kind = Kind.TEXT
    is_phone: bool = False
    personal: bool | None = None
    options: Annotated[tuple[Name, ...], Bound(max_length=MAX_OPTIONS)] = ()

    @field_validator("type", mode="before")
    @classmethod
    def _one_spelling(cls, value: Any) -> Any:
        spelled = {
            "multi-select": "multi_select",
            "multiselect": "multi_select",
            "multiSelect": "multi_select",
        }
        return spelled.get(value, value) if isinstance(value, str) else value

    @field_validator("options", mode="before")
    @classmethod
    def _none_is_empty(cls, value: Any) -> Any:
        return () if value is None else value

    def field(self) -> Field:
        kind = Kind.PHONE if self.is_phone else self.type
        label = self.label or self.key
        return Field(self.key, label, kind, is_personal(self.key, label, kind, self.personal), self.options)


class RecordFieldOut(ApiModel):
    key: str
    label: str
    type: Kind
    is_phone: bool
    is_name: bool
    personal: bool
    options: list[str]
    ops: list[str]  # of filters
    trigger_ops: list[str]  # of conditions

    @classmethod
    def of(cls, one: Field) -> "RecordFieldOut":
        return cls(
            key=one.key,
            label=one.label,
            type=one.kind,
            is_phone=one.is_phone,
            is_name=one.is_name,
            personal=one.personal,
            options=list(one.options),
            ops=sorted(one.spec.ops - {"changed_to", "changed_from_to"}),
            trigger_ops=sorted(OPS_OF_KIND[one.kind]),
        )


class PartitionIn(ApiModel):
    name: Name
    fields: Annotated[list[RecordFieldIn], Bound(min_length=1, max_length=MAX_FIELDS)]
    board_field: Annotated[str, Bound(max_length=40)] | None = None


class PartitionPatch(ApiModel):
    name: Name | None = None
    fields: Annotated[list[RecordFieldIn], Bound(min_length=1, max_length=MAX_FIELDS)] | None = None
    board_field: Annotated[str, Bound(max_length=40)] | None = None
    version: int | None = None


class PartitionOut(ApiModel):
    id: UUID
    name: str
    fields: list[RecordFieldOut]
    board_field: str
    records: int
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, one: Partition) -> "PartitionOut":
        return cls(
            id=one.id,
            name=one.name,
            fields=list(map(RecordFieldOut.of, one.fields)),
            board_field=one.board_field,
            records=one.records,
            version=one.version,
            created_at=one.created_at,
            updated_at=one.updated_at,
        )


class RecordIn(ApiModel):
    partition_id: UUID
    data: Annotated[Data, Bound(max_length=MAX_FIELDS)]


class RecordPatch(ApiModel):
    """Merges the named fields; null or "" empties one. `version`: only if nobody else changed it since."""

    data: Annotated[Data, Bound(max_length=MAX_FIELDS)]
    version: int | None = None


class RecordOut(ApiModel):
    id: UUID
    partition_id: UUID
    data: Data
    contact_id: UUID | None
    version: int
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, one: Record, partition: Partition, *, unmasked: bool) -> "RecordOut":
        return cls(
            id=one.id,
            partition_id=one.partition_id,
            data=shown(one.values, partition, unmasked=unmasked),
            contact_id=one.contact_id,
            version=one.version,
            created_by=one.created_by,
            created_at=one.created_at,
            updated_at=one.updated_at,
        )


def shown(values: Any, partition: Partition, *, unmasked: bool) -> Data:
    """In the order of the fields, personal values as the role may see them."""
    return {
        one.key: masked(one, values[one.key]) if one.personal and not unmasked else values[one.key]
        for one in partition.fields
        if one.key in values
    }


class RecordTotal(ApiModel):
    value: int
    relation: str


class RecordList(ApiModel):
    items: list[RecordOut]
    next_cursor: str | None = None
    total: RecordTotal | None = None


class RecordFieldChange(ApiModel):
    field: str
    label: str
    before: Any
    after: Any


class RecordChangeOut(ApiModel):
    """Who changed what and when. `changes` is empty where a person was erased since."""

    id: UUID
    kind: str
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    source: str
    changes: list[RecordFieldChange]

    @classmethod
    def of(cls, line: ChangeLine, partition: Partition, *, unmasked: bool) -> "RecordChangeOut":
        fields = partition.by_key

        def see(key: str, value: Any) -> Any:
            hidden = key in fields and fields[key].personal and not unmasked and value is not None
            return masked(fields[key], value) if hidden else value

        return cls(
            id=line.id,
            kind=line.kind,
            at=line.at,
            actor_kind=line.actor_kind,
            actor_id=line.actor_id,
            source=line.source,
            changes=[
                RecordFieldChange(
                    field=key,
                    label=fields[key].label if key in fields else key,
                    before=see(key, before),
                    after=see(key, after),
                )
                for key, before, after in line.changes
                if before is not None or after is not None
            ],
        )


class DeleteRecordsIn(ApiModel):
    ids: Annotated[list[UUID], Bound(min_length=1, max_length=500)]


class DeletedOut(ApiModel):
    deleted: int
