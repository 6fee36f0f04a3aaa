"""Fields of a partition (a table of records) and the values they take. Pure.

Values live as JSON: text, select, user → string; number → int or float; date → "2026-03-01"; multi_select → list of
strings; phone → digits; email as written; checkbox → bool. An empty value is an absent key, never "" or null, so that
"empty" means one thing in conditions, filters and variables.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Self
from uuid import UUID

from pabal.domain.filters import FieldSpec
from pabal.domain.filters import FieldType as FilterType
from pabal.domain.identity import mask_email, read_email, read_phones
from pabal.domain.name import mask_name
from pabal.domain.phone import format_phone, mask_phone, mask_resident_numbers

MAX_FIELDS: Final = 60
MAX_OPTIONS: Final = 100
MAX_TEXT: Final = 2000
KEY: Final = re.compile(r"[^\s.\[\]{}\"'\\#/%\x00-\x1f]{1,40}")


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    SELECT = "select"
    MULTI_SELECT = "multi_select"
    PHONE = "phone"
    EMAIL = "email"
    CHECKBOX = "checkbox"
    USER = "user"


_FILTER_TYPES: Final[Mapping[Kind, FilterType]] = {
    Kind.TEXT: FilterType.TEXT,
    Kind.NUMBER: FilterType.NUMBER,
    Kind.DATE: FilterType.DATE,
    Kind.SELECT: FilterType.CHOICE,
    Kind.MULTI_SELECT: FilterType.SET,
    Kind.PHONE: FilterType.TOKEN,
    Kind.EMAIL: FilterType.TOKEN,
    Kind.CHECKBOX: FilterType.BOOL,
    Kind.USER: FilterType.CHOICE,
}
# A column that is called like this holds a person's name; it is personal unless its maker says otherwise.
_NAMES: Final = frozenset({"name", "이름", "성명", "성함", "고객명", "담당자명", "신청자", "신청인"})
_PERSONAL: Final = _NAMES | {"address", "주소", "birth", "생년월일", "memo", "메모"}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a partition. `personal` values are stored as ciphertext and found by whole value only."""

    key: str
    label: str
    kind: Kind
    personal: bool = False
    options: tuple[str, ...] = ()

    @property
    def is_name(self) -> bool:
        return self.kind is Kind.TEXT and (self.key.lower() in _NAMES or self.label in _NAMES)

    @property
    def is_phone(self) -> bool:
        return self.kind is Kind.PHONE

    @property
    def spec(self) -> FieldSpec:
        """How the filter grammar sees it: of ciphertext only equality can be asked."""
        found = FilterType.TOKEN if self.personal else _FILTER_TYPES[self.kind]
        return FieldSpec(self.key, self.label, found, self.options, triggers=True)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "options": list(self.options)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            data["key"], data["label"], Kind(data["kind"]), data["personal"], tuple(data.get("options", ()))
        )


def is_personal(key: str, label: str, kind: Kind, wanted: bool | None) -> bool:
    """Numbers and addresses always are; a text that is called like a name is, unless somebody says otherwise."""
    if kind in {Kind.PHONE, Kind.EMAIL}:
        return True
    if kind not in {Kind.TEXT, Kind.DATE, Kind.NUMBER}:
        return False  # one of few options tells nobody apart, and boards group by them
    if wanted is not None:
        return wanted
    return kind is Kind.TEXT and (key.lower() in _PERSONAL or label in _PERSONAL)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one value and how to mend it, in Korean."""

    field: str
    message: str
    mend: str = ""


def faults_of_fields(fields: Sequence[Field]) -> list[tuple[int, str, str]]:
    """(place, member, message) for every definition that can't be."""
    found: list[tuple[int, str, str]] = []
    seen: set[str] = set()
    for i, one in enumerate(fields):
        if not KEY.fullmatch(one.key):
            found.append((i, "key", "띄어쓰기와 기호 없이 40자까지 쓸 수 있어요"))
        if one.key in seen:
            found.append((i, "key", "같은 항목 키가 두 번 있어요"))
        seen.add(one.key)
        if one.kind in {Kind.SELECT, Kind.MULTI_SELECT} and not one.options:
            found.append((i, "options", "고를 수 있는 값을 하나 이상 적어 주세요"))
        if len(set(one.options)) != len(one.options):
            found.append((i, "options", "같은 값이 두 번 있어요"))
    return found


def read_values(
    fields: Sequence[Field], data: Mapping[str, Any]
) -> tuple[dict[str, Any], set[str], list[Fault]]:
    """(values by key, keys that are emptied, faults). Only keys that `data` names are looked at."""
    by_key = {one.key: one for one in fields}
    values: dict[str, Any] = {}
    emptied: set[str] = set()
    faults: list[Fault] = []
    for key, raw in data.items():
        spec = by_key.get(key)
        if spec is None:
            known = ", ".join(one.key for one in fields[:8])
            faults.append(Fault(key[:40], "이 표에 없는 항목이에요", f"쓸 수 있는 항목: {known}"))
            continue
        if _is_blank(raw):
            emptied.add(key)
            continue
        value, message, mend = _READ[spec.kind](spec, raw)
        if message:
            faults.append(Fault(key, message, mend))
        elif value is None:
            emptied.add(key)
        else:
            values[key] = value
    return values, emptied, faults


def _is_blank(raw: Any) -> bool:
    return raw is None or raw == [] or (isinstance(raw, str) and not raw.strip())


_Read = tuple[Any, str, str]


def _text(_: Field, raw: Any) -> _Read:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return None, "글자여야 해요", ""
    text = unicodedata.normalize("NFC", str(raw)).strip()
    if "\0" in text:
        return None, "쓸 수 없는 글자가 들어 있어요 (NUL)", ""
    if len(text) > MAX_TEXT:
        return None, f"{MAX_TEXT:,}자까지 쓸 수 있어요", "내용을 줄여 주세요"
    if mask_resident_numbers(text)[1]:
        return None, "주민등록번호가 들어 있어요", "주민등록번호는 저장할 수 없어요. 지워 주세요."
    return text, "", ""


def _number(_: Field, raw: Any) -> _Read:
    mend = "숫자만 적어 주세요 (예: 1200)"
    if isinstance(raw, bool):
        return None, "숫자가 아니에요", mend
    if isinstance(raw, str):
        text = unicodedata.normalize("NFKC", raw).strip().replace(",", "").removesuffix("원").strip()
        if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,6})?", text):
            return None, "숫자가 아니에요", mend
        raw = float(text) if "." in text else int(text)
    if not isinstance(raw, int | float) or not math.isfinite(raw) or abs(raw) > 1e15:
        return None, "숫자가 아니에요", mend
    return (int(raw) if float(raw).is_integer() else raw), "", ""


_DATE: Final = re.compile(r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[일.]?")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")


def _date(_: Field, raw: Any) -> _Read:
    mend = "2026-03-01처럼 적어 주세요"
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str):
        return None, "날짜가 아니에요", mend
    text = unicodedata.normalize("NFKC", raw).strip()
    try:
        if (match := _DATE.fullmatch(text) or _COMPACT.fullmatch(text)) is not None:
            year, month, day = map(int, match.groups())
            return date(year, month, day).isoformat(), "", ""
        return datetime.fromisoformat(text).date().isoformat(), "", ""
    except ValueError:
        return None, "없는 날짜이거나 날짜가 아니에요", mend


def _select(spec: Field, raw: Any) -> _Read:
    text, message, _ = _text(spec, raw)
    if not message and text not in spec.options:
        message = "고를 수 없는 값이에요"
    return text, message, f"다음 가운데 하나로 적어 주세요: {', '.join(spec.options[:10])}"


def _multi_select(spec: Field, raw: Any) -> _Read:
    parts = re.split(r"[,;|\n]", raw) if isinstance(raw, str) else raw
    if not isinstance(parts, list):
        return None, "값의 목록이어야 해요", ""
    chosen: list[str] = []
    for part in parts:
        if _is_blank(part):
            continue
        text, message, mend = _select(spec, part)
        if message:
            return None, message, mend
        if text not in chosen:
            chosen.append(text)
    return chosen or None, "", ""


def _phone(_: Field, raw: Any) -> _Read:
    mend = "010-1234-5678처럼 번호 하나만 적어 주세요"
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return None, "전화번호가 아니에요", mend
    reading = read_phones(str(raw))
    usable = [one for one in reading.identities if one.usable]
    if len(usable) == 1:
        return usable[0].value, "", ""
    if reading.problems:
        return None, reading.problems[0].message, reading.problems[0].mend or mend
    return None, "전화번호가 아니에요" if not usable else "번호가 여러 개예요", mend


def _email(_: Field, raw: Any) -> _Read:
    mend = "name@example.com처럼 적어 주세요"
    if not isinstance(raw, str):
        return None, "이메일이 아니에요", mend
    reading = read_email(raw.strip())
    if not reading.identities:
        problem = reading.problems[0] if reading.problems else None
        return None, problem.message if problem else "이메일이 아니에요", (problem and problem.mend) or mend
    return reading.identities[0].shown, "", ""


_TRUE: Final = frozenset({"true", "1", "y", "yes", "예", "네", "o", "ㅇ", "v", "체크", "on"})
_FALSE: Final = frozenset({"false", "0", "n", "no", "아니요", "아니오", "x", "off"})


def _checkbox(_: Field, raw: Any) -> _Read:
    if isinstance(raw, bool):
        return raw, "", ""
    word = str(raw).strip().lower() if isinstance(raw, str | int) else ""
    if word in _TRUE or word in _FALSE:
        return word in _TRUE, "", ""
    return None, "예·아니요 값이 아니에요", "예 또는 아니요로 적어 주세요"


def _user(_: Field, raw: Any) -> _Read:
    try:
        return str(UUID(str(raw))), "", ""
    except ValueError:
        return None, "팀원이 아니에요", "팀원 가운데 한 사람을 골라 주세요"


_READ: Final[Mapping[Kind, Callable[[Field, Any], _Read]]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.SELECT: _select,
    Kind.MULTI_SELECT: _multi_select,
    Kind.PHONE: _phone,
    Kind.EMAIL: _email,
    Kind.CHECKBOX: _checkbox,
    Kind.USER: _user,
}


def masked(spec: Field, value: Any) -> Any:
    """A personal value as a role sees it that may not see numbers."""
    match spec.kind:
        case Kind.PHONE:
            return mask_phone(str(value))
        case Kind.EMAIL:
            return mask_email(str(value))
        case _:
            return mask_name(str(value)) if spec.is_name else "•••"


def as_text(spec: Field, value: Any) -> str:
    """What a message or a spreadsheet says for a value."""
    match spec.kind:
        case Kind.PHONE:
            return format_phone(str(value))
        case Kind.MULTI_SELECT:
            return ", ".join(map(str, value))
        case Kind.CHECKBOX:
            return "예" if value else "아니요"
        case Kind.NUMBER:
            return f"{value:,}"
        case Kind.DATE:
            day = date.fromisoformat(value)
            return f"{day.year}. {day.month}. {day.day}."
        case _:
            return str(value)
