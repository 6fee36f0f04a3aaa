"""The merge plan of an import: the whole file read and matched before a row is written.

Made once and kept (sealed) with the import: a runner that takes over after a kill does what was decided, and doesn't
match again against a book that already holds half of the file. A forecast is the same plan, told instead of done.
"""

import asyncio
import json
import zlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from hashlib import blake2b
from itertools import chain, count, islice
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from pabal.contacts import Blinder
from pabal.imports.beside import beside
from pabal.imports.doubt import questions_of
from pabal.imports.evidence import Member
from pabal.imports.guess import Target
from pabal.imports.lookup import Book, book_on
from pabal.imports.match import Group, Groups, groups_of, match
from pabal.imports.people import Doubt, Reason
from pabal.imports.read import WORKBOOK, Shape, read_all
from pabal.imports.stage import Plan, Row, read_row
from pabal.imports.vault import Vault, load_parts, opened
from pabal.kit.db import Conn, Database

_SAMPLE = 200
_BLOCK = 2_000  # records
# Of five blocks the helper reads two: it also has to hand over what it read, a quarter of the reading.
_TURNS, _OWN, _HELPER = 5, frozenset((0, 2, 4)), frozenset((1, 3))
_VALUES = attrgetter(*(one.name for one in fields(Row)))


class Question(NamedTuple):
    """Two contacts, as they will be after the import, that only a person can tell apart."""

    a: UUID
    b: UUID
    doubt: Doubt


@dataclass(frozen=True)
class MergePlan:
    """Positions are those of the good rows: rejected ones take no part."""

    groups: Groups
    questions: list[Question]

    def pack(self) -> bytes:
        """Small: people with one row and nobody in the book, nine of ten of a first import, are left out."""
        told = [
            [group.rows, [one.hex for one in group.contacts], list(group.reasons)]
            for group in self.groups.joined.values()
        ]
        asked = [[one.a.hex, one.b.hex, one.doubt] for one in self.questions]
        return zlib.compress(json.dumps([told, asked], separators=(",", ":")).encode(), 1)

    @classmethod
    def unpack(cls, packed: bytes, rows: int) -> "MergePlan":
        told, asked = json.loads(zlib.decompress(packed))
        groups = (
            Group(positions, [UUID(hex=one) for one in contacts], tuple(map(Reason, reasons)))
            for positions, contacts, reasons in told
        )
        return cls(
            Groups(rows, groups), [Question(UUID(hex=a), UUID(hex=b), Doubt(doubt)) for a, b, doubt in asked]
        )


class Staged(NamedTuple):
    """A file, read."""

    rows: list[Row]
    year: int

    def good(self) -> list[Row]:
        return [row for row in self.rows if row.rejected is None]


async def read_file(
    db: Database,
    tenant_id: UUID,
    import_id: UUID,
    *,
    shape: Shape,
    mapping: Mapping[str, Target],
    blinder: Blinder,
    year: int,
    helped: bool = False,
) -> Staged:
    """Every record of the upload, read in a thread: the heartbeat of whoever asked goes on. Raises csv.Error.

    `helped`: a forked copy may take its share (imports/beside).
    """
    keys = await db.keys.of(db.pool, tenant_id)
    sealed = await load_parts(db, tenant_id, import_id)
    vault = Vault(tenant_id, keys)

    def records() -> Iterator[list[str]]:
        return read_all(opened(vault, import_id, sealed), shape)

    def read() -> list[Row]:
        found = records()
        sample = list(islice(found, _SAMPLE))
        plan = Plan.of(shape.columns, mapping, sample, year)
        # A workbook is unpacked by a process of its own: both cores are busy.
        share = helped and shape.encoding != WORKBOOK and len(sealed) > 1
        with beside(lambda: map(_packed, _blocks(records(), plan, blinder, _HELPER)), wanted=share) as helper:
            if helper is None:
                return [row for block in _blocks(chain(sample, found), plan, blinder) for row in block]
            mine = _blocks(chain(sample, found), plan, blinder, _OWN)
            blocks = list(mine)
            theirs = helper.results()
            if theirs is not None:
                return _interleaved(blocks, theirs)
        return [row for block in _blocks(records(), plan, blinder) for row in block]

    return Staged(await asyncio.to_thread(read), year)


def _blocks(
    records: Iterator[list[str]], plan: Plan, blinder: Blinder, turns: Container[int] = range(_TURNS)
) -> Iterator[list[Row]]:
    """The records read, block by block; those of other turns are passed over."""
    for number in count():
        block = list(islice(records, _BLOCK))
        if not block:
            return
        if number % _TURNS in turns:
            yield [
                read_row(no, cells, plan, blinder)
                for no, cells in enumerate(block, start=number * _BLOCK + 1)
            ]


def _packed(rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    """As plain tuples: half of what a pickled dataclass costs to read."""
    return [_VALUES(row) for row in rows]


def _interleaved(mine: Iterable[list[Row]], theirs: Iterable[list[tuple[Any, ...]]]) -> list[Row]:
    rows: list[Row] = []
    own, other = iter(mine), iter(theirs)
    for number in count():
        if number % _TURNS in _OWN:
            block = next(own, None)
        else:
            packed = next(other, None)
            block = None if packed is None else [Row(*values) for values in packed]
        if block is None:
            return rows
        rows += block
    raise AssertionError


async def make_plan(
    conn: Conn,
    tenant_id: UUID,
    import_id: UUID,
    *,
    blinder: Blinder,
    staged: Staged,
    started_ms: int,
    ask_nameless: bool,
    helped: bool = False,
) -> MergePlan:
    """Who is who among the rows and the book as it stands. `helped`: see `read_file`."""
    good = staged.good()
    book = await book_on(conn, tenant_id, blinder, good, staged.year)
    return await asyncio.to_thread(
        match_rows,
        good,
        book,
        import_id,
        started_ms,
        ask_nameless=ask_nameless,
        helped=helped,
    )


def match_rows(
    good: Sequence[Row],
    book: Book,
    import_id: UUID,
    started_ms: int,
    *,
    ask_nameless: bool,
    helped: bool = False,
) -> MergePlan:
    ids = book.ids
    members: list[Member] = [*good, *book.contacts]
    apart = [(len(good) + a, len(good) + b) for a, b in book.apart]
    matched = match(members, apart, ask_nameless=ask_nameless, helped=helped)
    groups = groups_of(matched.people, len(good), ids)
    find = matched.people.find
    asked = questions_of(matched, len(good))
    concerned = {find(member) for one in asked for member in (one.a, one.b)}
    person_of = {root: group for group in groups if (root := find(group.rows[0])) in concerned}

    def contact_of(member: int) -> UUID:
        group = person_of.get(find(member))
        if group is None:
            return ids[member - len(good)]
        if group.contacts:
            return group.contacts[0]
        return new_contact_id(import_id, started_ms, good[group.rows[0]].no)

    questions = []
    for one in asked:
        a, b = sorted((contact_of(one.a), contact_of(one.b)))
        questions.append(Question(a, b, one.doubt))
    return MergePlan(groups, questions)


class NewIds:
    """UUIDv7s that a second runner makes again: time, row number, 50 keyed bits of the import.

    In row order, so that the primary key grows at its right edge and the newest row is the newest contact.
    """

    def __init__(self, import_id: UUID, started_ms: int) -> None:
        self._tail = int.from_bytes(blake2b(import_id.bytes, digest_size=8).digest(), "big") >> 14
        self._head = (started_ms << 80) | (7 << 76) | (2 << 62)

    def key(self, row_no: int) -> bytes:
        """The id's sixteen bytes: a UUID of them takes a microsecond more."""
        random = (row_no << 50) | self._tail  # 24 + 50 bits
        return (self._head | ((random >> 62) << 64) | (random & ((1 << 62) - 1))).to_bytes(16, "big")


@lru_cache(maxsize=8)
def _ids(import_id: UUID, started_ms: int) -> NewIds:
    return NewIds(import_id, started_ms)


def new_contact_id(import_id: UUID, started_ms: int, row_no: int) -> UUID:
    return UUID(bytes=_ids(import_id, started_ms).key(row_no))
