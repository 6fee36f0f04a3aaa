"""Partitions and records as they stand in memory, and how a record is taken apart for the database and put together again.

Personal values leave `data` for one ciphertext per record; beside it stand keyed hashes (equality), blind tokens (search)
and the names of the fields that have a value ("is empty").
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pabal.contacts import Blinder
from pabal.domain.fields import Field, Kind
from pabal.domain.search import Searchable, contact_tokens

_TOKEN_TEXT = 40  # longer texts (a memo) are no words that anybody searches by


@dataclass(frozen=True, slots=True)
class Partition:
    """A table of records."""

    id: UUID
    name: str
    fields: tuple[Field, ...]
    board_field: str
    version: int
    created_at: datetime
    updated_at: datetime
    records: int = 0

    @property
    def by_key(self) -> dict[str, Field]:
        return {one.key: one for one in self.fields}

    @property
    def phone_field(self) -> Field | None:
        """The first phone: whose contact a record is linked to."""
        return next((one for one in self.fields if one.is_phone), None)

    @property
    def name_field(self) -> Field | None:
        return next((one for one in self.fields if one.is_name), None)


@dataclass(frozen=True, repr=False)
class Record:
    """One record with all its values, opened. No repr: it would be printed."""

    id: UUID
    partition_id: UUID
    values: Mapping[str, Any]
    contact_id: UUID | None
    address_key: int | None
    version: int
    created_at: datetime
    updated_at: datetime
    created_by: UUID | None = None


class SwappedRecordError(Exception):
    """A ciphertext stands in a row it was not made for: somebody wrote to the database behind our back."""


@dataclass(frozen=True, repr=False)
class Parts:
    """What the row of a record holds."""

    plain: str
    personal: str | None
    keys: Sequence[int]
    tokens: Sequence[int]
    filled: Sequence[str] = field(default_factory=tuple)


def take_apart(
    tenant_id: UUID, record_id: UUID, partition: Partition, values: Mapping[str, Any], blinder: Blinder
) -> Parts:
    personal = {one.key: values[one.key] for one in partition.fields if one.personal and one.key in values}
    plain = {key: value for key, value in values.items() if key not in personal}
    sealed = None
    if personal:
        sealed = json.dumps(
            {"t": tenant_id.hex, "r": record_id.hex, "values": personal},
            ensure_ascii=False,
            separators=(",", ":"),
        )
    return Parts(
        plain=json.dumps(plain, ensure_ascii=False),
        personal=sealed,
        keys=sorted({value_hash(blinder, key, value) for key, value in personal.items()}),
        tokens=_tokens(partition, personal, blinder),
        filled=sorted(personal),
    )


def value_hash(blinder: Blinder, key: str, value: object) -> int:
    return blinder.value_key(f"record {key}", str(value).casefold())


def _tokens(partition: Partition, personal: Mapping[str, Any], blinder: Blinder) -> list[int]:
    found: set[str] = set()
    for spec in partition.fields:
        value = personal.get(spec.key)
        if value is None:
            continue
        if spec.kind is Kind.PHONE:
            found.update(contact_tokens(Searchable("", phones=[value])))
        elif spec.kind is Kind.EMAIL:
            found.update(contact_tokens(Searchable("", emails=[(value.lower(), value)])))
        elif isinstance(value, str) and len(value) <= _TOKEN_TEXT:
            found.update(contact_tokens(Searchable(value)))
    return sorted(map(blinder.token, found))


def put_together(
    tenant_id: UUID, record_id: UUID, plain: Mapping[str, Any], personal: str | None
) -> dict[str, Any]:
    if personal is None:
        return dict(plain)
    opened = json.loads(personal)
    if opened.get("t") != tenant_id.hex or opened.get("r") != record_id.hex:
        raise SwappedRecordError
    return {**plain, **opened["values"]}
