"""One record of a file → what it says about a person, and what is wrong with it. Pure apart from the keyed
hashes.

A row is refused when nothing is left that reaches anybody, unless name and birth tell who it is and no cell was
unreadable; a bad cell beside a good number is left out and noted.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pydantic_core import to_json

from pabal.contacts import Blinder
from pabal.domain.birth import age_band, birth_date, birth_year
from pabal.domain.identity import (
    Identity,
    IdentityKind,
    Problem,
    Reading,
    read_email,
    read_kakao,
    read_phones,
)
from pabal.domain.korean import fold
from pabal.domain.name import NAMELESS, Name, NameKind, clean_name
from pabal.domain.phone import mask_resident_numbers
from pabal.imports.guess import Target, consent_polarity
from pabal.imports.read import REPLACEMENT

NOTHING = Problem("no_contact", "전화번호, 이메일, 카카오 ID가 모두 비어 있어요", "하나는 채워 주세요")
UNREACHABLE = Problem(
    "no_contact_kept", "연락처가 비어 있어 이름과 생년만 남겼어요", "메시지를 보내려면 연락처를 채워 주세요"
)
TOO_WIDE = Problem("too_many_cells", "제목보다 칸이 많아요", "쉼표가 든 칸은 큰따옴표로 감싸 주세요")
BROKEN_TEXT = Problem("broken_text", "깨진 글자가 있어요", "원본에서 글자를 확인해 주세요")
RESIDENT = Problem("resident_number", "주민등록번호를 가리고 저장하지 않았어요", "주민등록번호를 지워 주세요")
NOT_APPLIED = Problem(
    "refusal_not_applied",
    "수신 거부 표시가 있지만 읽을 수 있는 본인 연락처가 없어, 거부를 적용하지 못했어요",
    "연락처를 채워 이 줄을 다시 올리거나, 그 사람을 찾아 수신 거부로 바꿔 주세요",
)
PROBLEMS: Mapping[str, Problem] = {
    one.code: one for one in (NOTHING, UNREACHABLE, TOO_WIDE, BROKEN_TEXT, RESIDENT, NOT_APPLIED)
}

_NO_LINES: frozenset[int] = frozenset()
_UNREADABLE = REPLACEMENT.encode()
_REFUSES = frozenset("거부 수신거부 거절 n no x 아니오 아니요 미동의 비동의 false 0 해지 중단".split())  # noqa: SIM905
_AGREES = frozenset("y yes o 예 네 동의 수신 true 1 ㅇ".split())  # noqa: SIM905
_SAYS_NO = frozenset("거부 수신거부 거절 해지 중단".split())  # noqa: SIM905
_IN_NAME = re.compile(r"[/,:(\[]?\s*(?<!\d)01[016-9][-. ]?\d{3,4}[-. ]?\d{4}(?!\d)\s*[)\]]?")
_TAG_SPLIT = re.compile(r"[,/;|·\n]+")
_DISTRICT = re.compile(
    r"(?:^|\s)(\S{1,10}?(?:구|군|시))(?=\s|$)|(?:^|\s)(\S{1,10}?\d*(?:동|읍|면|가))(?=\s|$|\d)"
)


class CellProblem(NamedTuple):
    column: str
    code: str
    message: str


@dataclass(slots=True, repr=False)
class Row:
    """A record, read. `rejected` is the reason when it can't become (a part of) a contact.

    A whole file of them is held while it is matched: whatever is empty or repeats is shared, text stays in UTF-8 (Hangul
    takes half more in a str), attributes are a tuple (half of a dict).
    """

    no: int
    cells: bytes = b""  # JSON, resident numbers blotted out: what import_rows keeps
    name: Name = NAMELESS
    name_key: int | None = None
    identities: tuple[Identity, ...] = ()
    values: tuple[int, ...] = ()  # keyed, of the usable identities in their order
    address: str = ""
    district: str = ""
    birth: str = ""
    born: int | None = None
    birth_date: str = ""  # YYYYMMDD, if the birth says as much
    age_band: str = ""
    memo: str = ""
    source: str = ""
    date: int = 0  # YYYYMMDD, when the row was taken down; 0 if it doesn't say
    tags: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()  # name, value, name, value …
    refuses: bool = False
    problems: tuple[CellProblem, ...] = ()
    rejected: Problem | None = None

    # What matching asks of a member (imports/evidence.Member).

    @property
    def lines(self) -> frozenset[int]:
        for one in self.identities:
            if not one.mobile and one.kind is IdentityKind.PHONE:
                break
        else:  # nearly all
            return _NO_LINES
        usable = [one for one in self.identities if one.usable]
        return frozenset(
            value
            for one, value in zip(usable, self.values, strict=True)
            if one.kind is IdentityKind.PHONE and not one.mobile
        )

    @property
    def mobiles(self) -> Sequence[str]:
        return [one.value for one in self.identities if one.mobile and one.usable]

    @property
    def mailboxes(self) -> Sequence[str]:
        return [one.value for one in self.identities if one.kind is IdentityKind.EMAIL and one.usable]

    @property
    def kakao_ids(self) -> Sequence[str]:
        return [one.value for one in self.identities if one.kind is IdentityKind.KAKAO and one.usable]

    @property
    def bare(self) -> bool:
        return not self.identities

    def said(self) -> dict[str, str]:
        """Its attributes by name."""
        return dict(zip(self.attributes[::2], self.attributes[1::2], strict=True))


@dataclass(frozen=True)
class Plan:
    """The mapping, ready to be applied a hundred thousand times."""

    columns: Sequence[tuple[int, str, Target]]
    width: int
    year: int

    @classmethod
    def of(
        cls, names: Sequence[str], mapping: Mapping[str, Target], sample: Iterable[Sequence[str]], year: int
    ) -> "Plan":
        rows = list(sample)
        columns = []
        for index, name in enumerate(names):
            target = mapping.get(name, Target.IGNORE)
            if target is Target.REFUSAL:
                target = consent_polarity(target, [row[index] for row in rows if index < len(row)])
            columns.append((index, name, target))
        # Names last: a number that stands in one comes after those of the number's own column.
        columns.sort(key=lambda one: one[2] is Target.NAME)
        return cls([one for one in columns if one[2] is not Target.IGNORE], len(names), year)


def read_row(no: int, cells: list[str], plan: Plan, blinder: Blinder) -> Row:
    """Read one record."""
    row = Row(no)
    for index, cell in enumerate(cells):
        if len(cell) >= 13:
            masked, found = mask_resident_numbers(cell)
            if found:
                cells[index] = masked
                column = next((name for i, name, _ in plan.columns if i == index), f"{index + 1}열")
                row.problems += (CellProblem(column, RESIDENT.code, RESIDENT.message),)
    row.cells = to_json(cells)
    if _UNREADABLE in row.cells:
        row.rejected = BROKEN_TEXT
    if len(cells) > plan.width and any(cell.strip() for cell in cells[plan.width :]):
        row.rejected = TOO_WIDE
    if row.rejected is None:
        _fill(row, cells, plan)
        _judge(row, blinder)
    elif _says_no(cells, plan):
        row.problems += (CellProblem("", NOT_APPLIED.code, NOT_APPLIED.message),)
    return row


def _says_no(cells: Sequence[str], plan: Plan) -> bool:
    """Does a row whose columns can't be trusted refuse? Where consent stands, or in so many words anywhere: cells may
    have moved.
    """
    said = Row(0)
    for index, column, target in plan.columns:
        if target in (Target.CONSENT, Target.REFUSAL) and index < len(cells):
            _FILLERS[target](said, column, cells[index], plan.year)
    return said.refuses or any(_squeezed(cell) in _SAYS_NO for cell in cells if len(cell) < 20)


def _fill(row: Row, cells: Sequence[str], plan: Plan) -> None:
    size = len(cells)
    for index, column, target in plan.columns:
        cell = cells[index] if index < size else ""
        if cell and "●" not in cell:
            _FILLERS[target](row, column, cell, plan.year)


def _take(row: Row, column: str, reading: Reading) -> None:
    if not row.identities:
        row.identities = reading.identities
    elif reading.identities:
        row.identities += tuple(one for one in reading.identities if one not in row.identities)
    if reading.problems:
        row.problems += tuple(CellProblem(column, one.code, one.message) for one in reading.problems)


def _phone(row: Row, column: str, cell: str, _: int) -> None:
    _take(row, column, read_phones(cell))


def _email(row: Row, column: str, cell: str, _: int) -> None:
    _take(row, column, read_email(cell))


def _kakao(row: Row, column: str, cell: str, _: int) -> None:
    _take(row, column, read_kakao(cell))


def _name(row: Row, column: str, cell: str, _: int) -> None:
    cell, numbers = name_apart(cell)
    if numbers:
        _take(row, column, Reading(numbers))
    row.name = clean_name(cell[:200])


def name_apart(cell: str) -> tuple[str, tuple[Identity, ...]]:
    """A cell of names without the mobile number in it (김민수 010-2345-6789), and the number: as somebody else's if the
    words around it say so (배우자 010-2345-6789).
    """
    found = _IN_NAME.search(cell) if len(cell) > 10 else None
    if found is None:
        return cell, ()
    return cell.replace(found[0], " "), read_phones(cell).identities


@lru_cache(maxsize=65536)  # jobs, districts, birth years and memos repeat
def _plain(cell: str) -> str:
    return " ".join(fold(cell[:2000]).split())


def _address(row: Row, _: str, cell: str, __: int) -> None:
    row.address = _plain(cell)
    row.district = row.district or district_of(row.address)


def _district(row: Row, _: str, cell: str, __: int) -> None:
    row.district = _plain(cell)[:60]


def _birth(row: Row, _: str, cell: str, year: int) -> None:
    row.birth = _plain(cell)
    row.born = birth_year(row.birth, year)
    row.birth_date = birth_date(row.birth, year)
    row.age_band = age_band(row.born, year)


def _tags(row: Row, _: str, cell: str, __: int) -> None:
    row.tags = _both(row.tags, _tags_of(cell)) if row.tags else _tags_of(cell)


@lru_cache(maxsize=8192)  # a few sets of tags, many rows
def _both(some: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(some + more))


@lru_cache(maxsize=8192)
def _tags_of(cell: str) -> tuple[str, ...]:
    parts = (part.strip()[:50] for part in _TAG_SPLIT.split(fold(cell)))
    return tuple(dict.fromkeys(part for part in parts if part))


def _consent(row: Row, _: str, cell: str, __: int) -> None:
    row.refuses = row.refuses or _squeezed(cell) in _REFUSES


def _refusal(row: Row, _: str, cell: str, __: int) -> None:
    row.refuses = row.refuses or _squeezed(cell) in _SAYS_NO | _AGREES


def _squeezed(cell: str) -> str:
    return "".join(fold(cell).lower().split())


def _memo(row: Row, _: str, cell: str, __: int) -> None:
    text = _plain(cell)
    row.memo = f"{row.memo}\n{text}".strip() if row.memo else text


def _source(row: Row, _: str, cell: str, __: int) -> None:
    row.source = _plain(cell)[:200]


def _date(row: Row, _: str, cell: str, year: int) -> None:
    row.date = int(birth_date(cell, year) or 0)


def _attribute(row: Row, column: str, cell: str, _: int) -> None:
    text = _plain(cell)
    if text:
        row.attributes += (column, text)


def _nothing(_: Row, __: str, ___: str, ____: int) -> None:
    return


# A table instead of a chain of comparisons: ten columns times a hundred thousand rows.
_FILLERS: Mapping[Target, Callable[[Row, str, str, int], None]] = {
    Target.NAME: _name,
    Target.PHONE: _phone,
    Target.EMAIL: _email,
    Target.KAKAO: _kakao,
    Target.ADDRESS: _address,
    Target.DISTRICT: _district,
    Target.BIRTH: _birth,
    Target.TAGS: _tags,
    Target.CONSENT: _consent,
    Target.REFUSAL: _refusal,
    Target.MEMO: _memo,
    Target.SOURCE: _source,
    Target.DATE: _date,
    Target.ATTRIBUTE: _attribute,
    Target.IGNORE: _nothing,
}


def _judge(row: Row, blinder: Blinder) -> None:
    if row.refuses and not any(one.usable for one in row.identities):
        # An opt-out is kept by its address. Without one it would vanish among the rows that went in: a person has to
        # see it, so the row is refused in words of its own, beside what is wrong with its cells.
        row.rejected = NOT_APPLIED
        return
    if not row.identities:
        bad = next((one for one in row.problems if one.code != RESIDENT.code), None)
        if bad is not None or row.born is None or row.name.kind is not NameKind.FULL:
            row.rejected = Problem(bad.code, bad.message, "") if bad is not None else NOTHING
            return
        # A member's roll without a number: name and birth tell the person, who may be in the book already.
        row.problems += (CellProblem("", UNREACHABLE.code, UNREACHABLE.message),)
    row.values = tuple([blinder.value_key(one.kind, one.value) for one in row.identities if one.usable])
    if row.name.kind in (NameKind.FULL, NameKind.ROMAN):
        row.name_key = blinder.value_key("name", row.name.key)


@lru_cache(maxsize=8192)
def district_of(address: str) -> str:
    """구·군·시 and 동·읍·면 of an address; house numbers stay in the ciphertext."""
    found = [a or b for a, b in _DISTRICT.findall(address)]
    return " ".join(dict.fromkeys(found[:3]))
