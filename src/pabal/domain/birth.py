"""Births as lists write them: the year, the day, the age band. One place, because imports match people by what the screens
show: `200312` is a day of 2020 on both sides, not the year 2003 on one of them.

Two digits are the youngest year that isn't in the future: in 2026, `65` is 1965 and `26` is 2026.
"""

import re
from functools import lru_cache
from typing import Final

_YEAR: Final = re.compile(r"(?:^|\D)((?:19|20)\d{2})(?=\D|$|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\b)")
_SHORT: Final = re.compile(r"^'?(\d{2})(?:년생?|\d{4})?$")
_DATE: Final = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)?\d{2})(?:\s*[.\-/년]\s*|(?=\d{4}(?!\d)))(?P<month>\d{1,2})"
    r"(?:\s*[.\-/월]\s*|(?<=\d{2})(?=\d{2}(?!\d)))(?P<day>\d{1,2})(?!\d)"
)


def century_of(two_digits: int, this_year: int) -> int:
    """65 → 1900, 12 → 2000."""
    return 2000 if two_digits <= this_year % 100 else 1900


@lru_cache(maxsize=8192)
def birth_year(birth: str, this_year: int) -> int | None:
    """1978-03-01, 19780301, 780301, 78년생 → 1978."""
    match = _YEAR.search(birth)
    if match is not None:
        return int(match[1])
    short = _SHORT.match(birth.strip())
    if short is None:
        return None
    return int(short[1]) + century_of(int(short[1]), this_year)


@lru_cache(maxsize=8192)
def birth_said(birth: str, born: int | None) -> str:
    """A birth as a card keeps it: a year of two digits with its century, because in ten years it would read otherwise."""
    return str(born) if born is not None and len(birth) == 2 else birth


@lru_cache(maxsize=32768)
def birth_date(birth: str, this_year: int) -> str:
    """1978-03-01, 1978. 3. 1, 780301, 78년 3월 1일 → 19780301; "" when it says less than a day."""
    match = _DATE.search(birth)
    if match is None:
        return ""
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return ""
    if len(match["year"]) == 2:
        year += century_of(year, this_year)
    return f"{year}{month:02d}{day:02d}"


@lru_cache(maxsize=4096)
def age_band(born: int | None, this_year: int) -> str:
    """1978 → "40"; from 80 on one band; "" for children and for years that can't be."""
    age = -1 if born is None else this_year - born
    return str(min(age // 10 * 10, 80)) if 10 <= age < 120 else ""
