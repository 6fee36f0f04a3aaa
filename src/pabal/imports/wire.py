"""A chunk's lines in PostgreSQL's binary COPY format: half of the text format's cost on both sides.

A tuple is its number of fields, each field its length and its bytes; -1 is NULL. Most new people come from a row of their
own (`is_plain`): what becomes of such a row is written out at once, without a card in between. Everybody else is composed
(imports/compose) and written from the card; a property holds both to the same bytes.
"""

import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pydantic_core import to_json

from pabal.contacts import Blinder, Derived, Filing, elements_of, token_field
from pabal.domain.birth import birth_said
from pabal.domain.identity import IdentityKind
from pabal.imports.compose import Job, Person
from pabal.imports.match import Group
from pabal.imports.plan import NewIds
from pabal.imports.stage import Row

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_TRUE, _FALSE = b"\0\0\0\1\1", b"\0\0\0\1\0"

_CONTACT = struct.Struct(">hi16si").pack
_LENGTH = struct.Struct(">i").pack
_BIGINT = struct.Struct(">iq").pack
_ROW = struct.Struct(">hiii").pack
_UUID = struct.Struct(">i16s").pack


def _field(value: bytes) -> bytes:
    return _LENGTH(len(value)) + value


def copied(lines: Sequence[bytes]) -> bytes:
    return b"".join((HEADER, *lines, END))


class Line(NamedTuple):
    """One person's share of a chunk."""

    contact: bytes
    identities: bytes


def is_plain(group: Group, good: Sequence[Row]) -> bool:
    """A new person of one row, with at most one value of a kind, each its own canonical form."""
    if group.contacts or len(group.rows) > 1:
        return False
    said = good[group.rows[0]].identities
    if len(said) > 1 and len({one.kind for one in said}) < len(said):
        return False
    return all(one.usable and one.shown == one.value for one in said)


class Writer:
    """Writes the lines of one chunk; `sets` are the tags that its new people get: a few sets, many people."""

    def __init__(self, job: Job, blinder: Blinder, filing: Filing) -> None:
        self.sets: dict[frozenset[str], int] = {}
        self._job, self._blinder, self._filing = job, blinder, filing
        self._tenant = job.tenant_id.hex
        self._ids = NewIds(job.import_id, job.started_ms)
        self._ends: dict[tuple[str, str, str, tuple[str, ...]], bytes] = {}

    def plain(self, row: Row) -> tuple[bytes, Line]:
        """The id and lines of a person who is this row (`is_plain`)."""
        filing, key = self._filing, self._ids.key(row.no)
        name = row.name.display
        card: dict[str, object] = {"t": self._tenant, "c": key.hex()}
        if name:
            card["name"] = name
        if row.name.title:
            card["title"] = row.name.title
        tokens, name_key = filing.name(name)
        identities = b""
        for one, value_key in zip(row.identities, row.values, strict=True):
            kind, value = one.kind, one.value
            quality = b"ok"
            if kind is IdentityKind.PHONE:
                tokens += filing.phone(value)
                if not one.mobile:
                    quality = b"landline"
            elif kind is IdentityKind.EMAIL:
                tokens += filing.email(value)
            else:
                tokens += filing.kakao(value)
            form, word = _IDENTITY[kind, quality]
            address_key = self._blinder.address_key(kind, value)
            identities += form(
                8, 16, key, len(word), word, 8, value_key, 8, address_key, 2, 0, len(quality), quality, 4, row.no, 1, 1
            )  # fmt: skip
        for kind, member in _MEMBERS:
            for one in row.identities:
                if one.kind is kind:
                    card[member] = (one.value,)
        if row.address:
            card["address"] = row.address
        if row.birth:
            card["birth"] = birth_said(row.birth, row.born)
        if row.memo:
            card["memo"] = row.memo
        if row.attributes:
            card["attributes"] = row.said()
            tokens += filing.attributes(row.attributes)
        plain = to_json(card)
        contact = b"".join(
            (
                _CONTACT(11, 16, key, len(plain)),
                plain,
                token_field(tokens),
                _NULL if name_key is None else _BIGINT(8, name_key),
                self._end(row),
            )
        )
        return key, Line(contact, identities)

    def _end(self, row: Row) -> bytes:
        """The fields of a plain person that repeat from row to row."""
        told = (row.district, row.age_band, row.source, row.tags)
        known = self._ends.get(told)
        if known is None:
            job = self._job
            known = self._ends[told] = _end(
                row.district,
                row.age_band,
                row.source or job.source,
                fresh=True,
                image=False,
                rules="",
                tag_set=self._tag_set({*job.tags, *row.tags}),
            )
        return known

    def _tag_set(self, tags: set[str]) -> int | None:
        return self.sets.setdefault(frozenset(tags), len(self.sets)) if tags else None

    def composed(self, person: Person, derived: Derived) -> Line:
        plain = person.card.seal(self._job.tenant_id, person.id).encode()
        key = person.id.bytes
        contact = b"".join(
            (
                _CONTACT(11, 16, key, len(plain)),
                plain,
                token_field(elements_of(derived.tokens)),
                _NULL if derived.name_key is None else _BIGINT(8, derived.name_key),
                _end(
                    person.district,
                    person.age_band,
                    person.source,
                    fresh=person.fresh,
                    image=not person.fresh and not person.ours,
                    rules=" ".join(person.rules),
                    tag_set=self._tag_set(person.tags) if person.fresh else None,
                ),
            )
        )
        identities = b""
        for one in derived.identities:
            quality = one.quality.encode()
            form, word = _IDENTITY[IdentityKind(one.kind), quality]
            identities += form(
                8, 16, key, len(word), word, 8, one.value_key, 8, one.address_key, 2, one.position,
                len(quality), quality, 4, person.first_row, 1, person.fresh,
            )  # fmt: skip
        return Line(contact, identities)


_MEMBERS = ((IdentityKind.PHONE, "phones"), (IdentityKind.EMAIL, "emails"), (IdentityKind.KAKAO, "kakaoIds"))
# contact_id, kind, value_key, address_key, position, quality, row_no, fresh; each after its length.
_IDENTITY = {
    (kind, quality): (
        struct.Struct(f">hi16si{len(kind)}siqiqihi{len(quality)}siiib").pack,
        kind.encode(),
    )
    for kind in IdentityKind
    for quality in (b"ok", b"landline")
}


@lru_cache(maxsize=4096)
def _end(
    district: str, age_band: str, source: str, *, fresh: bool, image: bool, rules: str, tag_set: int | None
) -> bytes:
    return b"".join(
        (
            _field(district.encode()),
            _field(age_band.encode()),
            _field(source.encode()),
            _TRUE if fresh else _FALSE,
            _TRUE if image else _FALSE,
            _field(rules.encode()),
            _NULL if tag_set is None else struct.pack(">ii", 4, tag_set),
        )
    )


@lru_cache(maxsize=16)
def _outcome(outcome: str) -> bytes:
    return _field(outcome.encode())


def row_line(row: Row, outcome: str, contact: bytes | None) -> bytes:
    """`contact`: the sixteen bytes of an id."""
    cells = row.cells
    return b"".join(
        (
            _ROW(5, 4, row.no, len(cells)),
            cells,
            _outcome(outcome),
            _NULL if contact is None else _UUID(16, contact),
            _problems(row) if row.problems or row.rejected is not None else _NULL,
        )
    )


def _problems(row: Row) -> bytes:
    found = [{"column": one.column, "code": one.code, "message": one.message} for one in row.problems]
    if row.rejected is not None:
        found.insert(0, {"column": "", "code": row.rejected.code, "message": row.rejected.message})
    return _field(b"\1" + to_json(found))  # jsonb's version
