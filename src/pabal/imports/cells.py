"""How one cell will be read, for the mapping screen: mended, interpreted, unreadable, hidden. Pure.

It asks the readers that the run asks, so what the screen shows is what will happen to the cell. The words
come from the browser's catalogue by `note`; `message` is the Korean sentence for those who have no catalogue.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from pabal.domain.birth import birth_year
from pabal.domain.identity import IdentityKind, Reading, read_email, read_kakao, read_phones
from pabal.domain.name import NameKind, clean_name
from pabal.domain.phone import LETTERS_READ, format_phone, mask_resident_numbers
from pabal.imports.guess import Target, means_refusal
from pabal.imports.read import REPLACEMENT
from pabal.imports.stage import name_apart

_SHOWN = 200


class CellState(StrEnum):
    PLAIN = "plain"
    FIXED = "fixed"  # the same thing, written right
    INTERPRETED = "interpreted"  # a meaning that the cell doesn't spell out
    BAD = "bad"  # can't be used
    HIDDEN = "hidden"  # a resident registration number: never shown, never stored
    IGNORED = "ignored"  # not imported: the value isn't even drawn


@dataclass(frozen=True)
class Cell:
    raw: str
    value: str
    state: CellState
    note: str = ""
    message: str = ""


NOTES_OF_MENDING = {
    "빠진 0을 앞에 붙임": "leading_zero",
    "국가번호 82를 떼고 읽음": "country_code",
    "숫자만 남김": "tidied",
    "한 칸에서 번호를 골라 읽음": "picked",
    "도메인 오타를 고침": "domain",
    LETTERS_READ: "letters",
}
_KINDS = {
    Target.PHONE: IdentityKind.PHONE,
    Target.EMAIL: IdentityKind.EMAIL,
    Target.KAKAO: IdentityKind.KAKAO,
}


def look_at_cell(target: Target, raw: str, year: int) -> Cell:
    """One cell of a column that goes to `target`."""
    if not raw.strip():
        return Cell("", "", CellState.PLAIN)
    if target is Target.IGNORE:
        return Cell("", "", CellState.IGNORED)
    masked, found = mask_resident_numbers(raw)
    if found or "●●●" in masked:
        return Cell(
            masked[:_SHOWN], "", CellState.HIDDEN, "resident_number", "주민등록번호를 가리고 저장하지 않아요"
        )
    plain = Cell(raw[:_SHOWN], raw[:_SHOWN], CellState.PLAIN)
    if REPLACEMENT in raw:
        return replace(plain, state=CellState.BAD, note="broken_text", message="깨진 글자가 있어요")
    reader = _READERS.get(target)
    return plain if reader is None else reader(plain, target, raw, year)


def _address(plain: Cell, target: Target, raw: str, _: int) -> Cell:
    reading = _READ[target](raw)
    if reading.blank:
        return replace(plain, value="", state=CellState.INTERPRETED, note="blank", message="빈칸으로 읽어요")
    if not reading.identities:
        problem = next(iter(reading.problems), None)
        if problem is None:
            return plain
        return replace(plain, state=CellState.BAD, note=problem.code, message=problem.message)
    shown = " · ".join(
        format_phone(one.value) if one.kind is IdentityKind.PHONE else one.shown for one in reading.identities
    )
    changed = replace(plain, value=shown)
    if any(one.kind is not _KINDS[target] for one in reading.identities):
        return replace(
            changed, state=CellState.INTERPRETED, note="other_column", message="다른 열의 값이에요"
        )
    if any(not one.usable for one in reading.identities):
        return replace(
            changed, state=CellState.INTERPRETED, note="not_own", message="본인의 것이 아니어서 보내지 않아요"
        )
    mended = next((one.mended for one in reading.identities if one.mended), "")
    if not mended or shown.lower() == raw.strip().lower():
        return replace(plain, value=shown if target is Target.PHONE else plain.value)
    return replace(
        changed, state=CellState.FIXED, note=NOTES_OF_MENDING.get(mended, "tidied"), message=mended
    )


def _name(plain: Cell, _: Target, raw: str, __: int) -> Cell:
    rest, numbers = name_apart(raw)
    name = clean_name(rest)
    if numbers:
        shown = " · ".join(filter(None, (name.display, *(format_phone(one.value) for one in numbers))))
        return replace(
            plain,
            value=shown,
            state=CellState.INTERPRETED,
            note="other_column",
            message="다른 열의 값이에요",
        )
    if name.kind is NameKind.NONE:
        return replace(plain, value="", state=CellState.INTERPRETED, note="blank", message="빈칸으로 읽어요")
    if name.kind is NameKind.FULL and name.display != raw.strip():
        return replace(
            plain, value=name.display, state=CellState.FIXED, note="name", message="이름만 남겨 읽어요"
        )
    return plain


def _birth(plain: Cell, _: Target, raw: str, year: int) -> Cell:
    born = birth_year(raw.strip(), year)
    if born is None:
        return replace(
            plain,
            state=CellState.BAD,
            note="birth_unread",
            message="태어난 해를 읽을 수 없어 글자 그대로 둬요",
        )
    if str(born) in raw:
        return plain
    return replace(
        plain, value=str(born), state=CellState.INTERPRETED, note="two_digit_year", message="두 자리 연도예요"
    )


def _consent(plain: Cell, target: Target, raw: str, _: int) -> Cell:
    if not means_refusal(target, raw):
        return plain
    return replace(
        plain,
        value="수신 거부",
        state=CellState.INTERPRETED,
        note="refusal",
        message="받지 않겠다는 뜻으로 읽어요",
    )


_READ: Mapping[Target, Callable[[str], Reading]] = {
    Target.PHONE: read_phones,
    Target.EMAIL: read_email,
    Target.KAKAO: read_kakao,
}
_READERS: Mapping[Target, Callable[[Cell, Target, str, int], Cell]] = {
    **dict.fromkeys(_READ, _address),
    Target.NAME: _name,
    Target.BIRTH: _birth,
    Target.CONSENT: _consent,
    Target.REFUSAL: _consent,
}
