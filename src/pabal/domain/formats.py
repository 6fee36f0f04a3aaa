"""How a variable's value is written: dates and numbers as Koreans read them. Pure.

A value that isn't what its format expects stays as it is: a person gets "추후 공지" rather than nothing. Defaults are
written by the author and aren't touched.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

_DATE = re.compile(r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[.일]?(?=$|[\sT])")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(r"(?:^|[\sT])([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$")
_NUMBER = re.compile(r"(-?)(\d+|\d{1,3}(?:,\d{3})+)(\.\d+)?\s*원?")
_WEEKDAYS = "월화수목금토일"


def _day(value: str) -> date | None:
    match = _DATE.match(value) or _COMPACT.fullmatch(value)
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:  # 2026-02-30
        return None


def _dated(value: str, write: Callable[[date], str]) -> str:
    day = _day(value)
    return value if day is None else write(day)


def _short_date(value: str) -> str:
    return _dated(value, lambda day: f"{day.month}월 {day.day}일")


def _weekday_date(value: str) -> str:
    return _dated(value, lambda day: f"{day.month}월 {day.day}일({_WEEKDAYS[day.weekday()]})")


def _long_date(value: str) -> str:
    return _dated(value, lambda day: f"{day.year}년 {day.month}월 {day.day}일")


def _time(value: str) -> str:
    match = _TIME.search(value)
    if match is None:
        return value
    hour, minute = int(match.group(1)), int(match.group(2))
    half = "오전" if hour < 12 else "오후"
    return f"{half} {(hour + 11) % 12 + 1}시" + (f" {minute}분" if minute else "")


def _number(value: str) -> str:
    match = _NUMBER.fullmatch(value)
    if match is None:
        return value
    sign, whole, rest = match.group(1), match.group(2).replace(",", ""), match.group(3) or ""
    if len(whole) > 1 and whole.startswith("0"):  # a number of a member, a telephone: no amount
        return value
    return f"{sign}{int(whole):,}{rest}"


def _won(value: str) -> str:
    number = _number(value)
    return f"{number}원" if _NUMBER.fullmatch(value) and not number.endswith("원") else value


FORMATS: Final[Mapping[str, Callable[[str], str]]] = {
    "date": _short_date,
    "date_weekday": _weekday_date,
    "date_long": _long_date,
    "time": _time,
    "number": _number,
    "won": _won,
}
"""By the name that is stored. A format may be added, never changed: what was checked must be what is rendered."""


def formatted(value: str, name: str) -> str:
    """An unknown name leaves the value alone: a newer hub may have stored it."""
    write = FORMATS.get(name)
    return value if write is None else write(value)
