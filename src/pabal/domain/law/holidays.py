"""Korean public holidays as dated data: working hours of election offices and the days of elections follow from them.

By 관공서의 공휴일에 관한 규정 as of `AS_OF`; Sundays and Saturdays are not listed, election days are no part of it (they
follow from this table). A day that the government declares later (임시공휴일) is handed in by the caller as `declared`.
A test holds the table against the `holidays` library.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

AS_OF: Final = date(2026, 11, 22)
_DAYS: Final = """
2024: 01-01 새해 첫날, 02-09 설 연휴, 02-10 설날, 02-11 설 연휴, 02-12 대체공휴일, 03-01 삼일절,
      05-05 어린이날, 05-06 대체공휴일, 05-15 부처님오신날, 06-06 현충일, 08-15 광복절, 09-16 추석 연휴,
      09-17 추석, 09-18 추석 연휴, 10-01 임시공휴일, 10-03 개천절, 10-09 한글날, 12-25 기독탄신일
2025: 01-01 새해 첫날, 01-27 임시공휴일, 01-28 설 연휴, 01-29 설날, 01-30 설 연휴, 03-01 삼일절,
      03-03 대체공휴일, 05-05 부처님오신날·어린이날, 05-06 대체공휴일, 06-06 현충일, 08-15 광복절, 10-03 개천절,
      10-05 추석 연휴, 10-06 추석, 10-07 추석 연휴, 10-08 대체공휴일, 10-09 한글날, 12-25 기독탄신일
2026: 01-01 새해 첫날, 02-16 설 연휴, 02-17 설날, 02-18 설 연휴, 03-01 삼일절, 03-02 대체공휴일, 05-01 노동절,
      05-05 어린이날, 05-24 부처님오신날, 05-25 대체공휴일, 06-06 현충일, 07-17 제헌절, 08-15 광복절,
      08-17 대체공휴일, 09-24 추석 연휴, 09-25 추석, 09-26 추석 연휴, 10-03 개천절, 10-05 대체공휴일,
      10-09 한글날, 12-25 기독탄신일
2027: 01-01 새해 첫날, 02-06 설 연휴, 02-07 설날, 02-08 설 연휴, 02-09 대체공휴일, 03-01 삼일절, 05-01 노동절,
      05-03 대체공휴일, 05-05 어린이날, 05-13 부처님오신날, 06-06 현충일, 07-17 제헌절, 07-19 대체공휴일,
      08-15 광복절, 08-16 대체공휴일, 09-14 추석 연휴, 09-15 추석, 09-16 추석 연휴, 10-03 개천절,
      10-04 대체공휴일, 10-09 한글날, 10-11 대체공휴일, 12-25 기독탄신일, 12-27 대체공휴일
2028: 01-01 새해 첫날, 01-26 설 연휴, 01-27 설날, 01-28 설 연휴, 03-01 삼일절, 05-01 노동절,
      05-02 부처님오신날, 05-05 어린이날, 06-06 현충일, 07-17 제헌절, 08-15 광복절, 10-02 추석 연휴,
      10-03 개천절·추석, 10-04 추석 연휴, 10-05 대체공휴일, 10-09 한글날, 12-25 기독탄신일
2029: 01-01 새해 첫날, 02-12 설 연휴, 02-13 설날, 02-14 설 연휴, 03-01 삼일절, 05-01 노동절, 05-05 어린이날,
      05-07 대체공휴일, 05-20 부처님오신날, 05-21 대체공휴일, 06-06 현충일, 07-17 제헌절, 08-15 광복절,
      09-21 추석 연휴, 09-22 추석, 09-23 추석 연휴, 09-24 대체공휴일, 10-03 개천절, 10-09 한글날, 12-25 기독탄신일
2030: 01-01 새해 첫날, 02-02 설 연휴, 02-03 설날, 02-04 설 연휴, 02-05 대체공휴일, 03-01 삼일절, 05-01 노동절,
      05-05 어린이날, 05-06 대체공휴일, 05-09 부처님오신날, 06-06 현충일, 07-17 제헌절, 08-15 광복절,
      09-11 추석 연휴, 09-12 추석, 09-13 추석 연휴, 10-03 개천절, 10-09 한글날, 12-25 기독탄신일
2031: 01-01 새해 첫날, 01-22 설 연휴, 01-23 설날, 01-24 설 연휴, 03-01 삼일절, 03-03 대체공휴일, 05-01 노동절,
      05-05 어린이날, 05-28 부처님오신날, 06-06 현충일, 07-17 제헌절, 08-15 광복절, 09-30 추석 연휴, 10-01 추석,
      10-02 추석 연휴, 10-03 개천절, 10-09 한글날, 12-25 기독탄신일
2032: 01-01 새해 첫날, 02-10 설 연휴, 02-11 설날, 02-12 설 연휴, 03-01 삼일절, 05-01 노동절, 05-03 대체공휴일,
      05-05 어린이날, 05-16 부처님오신날, 05-17 대체공휴일, 06-06 현충일, 07-17 제헌절, 07-19 대체공휴일,
      08-15 광복절, 08-16 대체공휴일, 09-18 추석 연휴, 09-19 추석, 09-20 추석 연휴, 09-21 대체공휴일,
      10-03 개천절, 10-04 대체공휴일, 10-09 한글날, 10-11 대체공휴일, 12-25 기독탄신일, 12-27 대체공휴일
"""


def _table(text: str) -> dict[date, str]:
    found: dict[date, str] = {}
    year = ""
    for line in text.strip().splitlines():
        head, colon, rest = line.partition(":")
        year = head if colon else year
        for entry in (rest if colon else line).split(","):
            if entry.strip():
                day, name = entry.strip().split(" ", 1)
                found[date.fromisoformat(f"{year}-{day}")] = name
    return found


HOLIDAYS: Final = MappingProxyType(_table(_DAYS))
FIRST_YEAR: Final = min(HOLIDAYS).year
LAST_YEAR: Final = max(HOLIDAYS).year
_FOLK: Final = ("설날", "설 연휴", "추석", "추석 연휴")  # 민속절, of 제34조 2항


class UnknownYearError(ValueError):
    """The table doesn't reach there: nobody guesses a deadline."""


def _known(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UnknownYearError(f"no holidays are known for {day.year}")


def is_holiday(day: date, declared: Iterable[date] = ()) -> bool:
    """A public holiday in the sense of the table; Saturdays and Sundays alone are none."""
    _known(day)
    return day in HOLIDAYS or day in frozenset(declared)


def is_folk_holiday(day: date) -> bool:
    _known(day)
    return any(name in _FOLK for name in HOLIDAYS.get(day, "").split("·"))


def is_working_day(day: date, declared: Iterable[date] = ()) -> bool:
    """Are government offices open?"""
    return day.weekday() < 5 and not is_holiday(day, declared)


def last_working_day(day: date, declared: Iterable[date] = ()) -> date:
    """`day` itself if offices are open, else the nearest one before."""
    shut = frozenset(declared)
    while not is_working_day(day, shut):
        day -= timedelta(days=1)
    return day


_GREETING: Final = ("설날", "추석", "부처님오신날", "기독탄신일")  # 제58조 1항 6호


def feasts(year: int) -> tuple[tuple[date, str], ...]:
    """The days around which a greeting is no campaigning."""
    _known(date(year, 1, 1))
    return tuple(
        (day, name)
        for day, names in HOLIDAYS.items()
        if day.year == year
        for name in names.split("·")
        if name in _GREETING
    )
