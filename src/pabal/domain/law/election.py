"""The election calendar: days of elections, openings, windows, deadlines, D-day. Pure; all days are days in Korea.

공직선거법 (law 22052, in force 2026-10-02) and 공직선거관리규칙. "선거일 전 N일" is the election day minus N days, and
"부터 선거일까지" includes both ends (D-05).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from pabal.domain.law.holidays import feasts, is_folk_holiday, is_holiday, last_working_day
from pabal.domain.window import KST

FILING_HOURS: Final = (time(9), time(18))  # 규칙 제26조 8항
MAX_BROADCASTS: Final = 8  # 제59조 2호
WARN_BROADCASTS: Final = 6  # ours
MANUAL_LIMIT: Final = 20  # 제59조 2호: more than that at once is an automatic broadcast
GREETING_DAYS: Final = 7  # ours: the law names the feasts, no days around them


class Election(StrEnum):
    PRESIDENT = "president"
    GENERAL = "general"  # 국회의원선거
    LOCAL = "local"  # 지방선거
    BY = "by"  # 재보궐선거


class Office(StrEnum):
    """What somebody runs for, as far as the calendar tells them apart."""

    PRESIDENT = "president"
    ASSEMBLY = "assembly"  # 지역구 국회의원
    GOVERNOR = "governor"  # 시·도지사
    CITY = "city"  # 시·도의원, 자치구·시의 의원과 장
    COUNTY = "county"  # 군의 의원과 장
    PROPORTIONAL = "proportional"  # 비례대표


OFFICE_LABELS: Final = {
    Office.PRESIDENT: "대통령",
    Office.ASSEMBLY: "국회의원 (지역구)",
    Office.GOVERNOR: "시·도지사",
    Office.CITY: "시·도의원, 자치구·시의 의원과 장",
    Office.COUNTY: "군의 의원과 장",
    Office.PROPORTIONAL: "비례대표",
}
ELECTION_LABELS: Final = {
    Election.PRESIDENT: "대통령선거",
    Election.GENERAL: "국회의원선거",
    Election.LOCAL: "지방선거",
    Election.BY: "재보궐선거",
}
_DAYS_BEFORE_END: Final = {Election.PRESIDENT: 70, Election.GENERAL: 50, Election.LOCAL: 30}  # 제34조 1항
_WEDNESDAY: Final = 2


def regular_day(election: Election, term_end: date, declared: Iterable[date] = ()) -> date:
    """The day of a regular election whose term ends on `term_end` (제34조).

    >>> regular_day(Election.GENERAL, date(2028, 5, 29))
    datetime.date(2028, 4, 12)
    """
    return _wednesday(term_end - timedelta(days=_DAYS_BEFORE_END[election]), frozenset(declared))


def by_election_day(year: int, month: int, declared: Iterable[date] = ()) -> date:
    """The first Wednesday of April, or of October for heads of local governments (제35조 2항)."""
    if month not in {4, 10}:
        raise ValueError("by-elections are in April and October")
    return _wednesday(date(year, month, 1), frozenset(declared))


def _wednesday(day: date, declared: frozenset[date]) -> date:
    """The first Wednesday from `day` on that 제34조 2항 allows: no holiday itself, none the day before or after."""
    day += timedelta(days=(_WEDNESDAY - day.weekday()) % 7)
    near = (day - timedelta(days=1), day, day + timedelta(days=1))
    while is_folk_holiday(day) or any(is_holiday(one, declared) for one in near):
        day += timedelta(days=7)
        near = (day - timedelta(days=1), day, day + timedelta(days=1))
    return day


@dataclass(frozen=True, slots=True)
class Window:
    """Days on which something holds, both ends included."""

    id: str
    rule: str  # id in docs/compliance.md
    label: str
    article: str
    first: date
    last: date

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class ElectionCalendar:
    """One election day as one office sees it."""

    day: date
    office: Office
    of: Election = Election.GENERAL

    def before(self, days: int) -> date:
        """선거일 전 N일."""
        return self.day - timedelta(days=days)

    @property
    def period_start(self) -> date:
        """선거기간개시일: 23 days for a president, 14 else, the election day included (제33조)."""
        return self.before(22 if self.office is Office.PRESIDENT else 13)

    @property
    def last_campaign_day(self) -> date:
        """제59조: the day before."""
        return self.before(1)

    @property
    def registration(self) -> tuple[date, date]:
        """후보자등록, two days (제49조 1항; the days are from memory, checked against 2024 and 2026: M)."""
        first = self.before(24 if self.office is Office.PRESIDENT else 20)
        return first, first + timedelta(days=1)

    @property
    def opening(self) -> date | None:
        """예비후보자등록 from here on (제60조의2 1항); holidays don't shift it. None: there is none for a party's list."""
        match self.office:
            case Office.PRESIDENT:
                return self.before(240)
            case Office.ASSEMBLY | Office.GOVERNOR:
                return self.before(120)
            case Office.CITY:
                return self.period_start - timedelta(days=90)
            case Office.COUNTY:
                return self.period_start - timedelta(days=60)
            case Office.PROPORTIONAL:
                return None

    @property
    def preliminary_ends(self) -> datetime:
        """Who isn't registered as 후보자 by then is 예비후보자 no longer (제60조의2 7항)."""
        return datetime.combine(self.registration[1], FILING_HOURS[1], KST)

    @property
    def windows(self) -> tuple[Window, ...]:
        """By their first day."""
        return tuple(sorted(self._windows(), key=lambda window: (window.first, window.id)))

    def _windows(self) -> Iterator[Window]:
        day = self.day
        if self.opening is not None:
            yield Window(
                "preliminary", "E-19", "예비후보자", "제60조의2 1항", self.opening, self.registration[1]
            )
        yield Window("period", "E-10", "선거기간", "제33조", self.period_start, day)
        yield Window("documents", "T-07", "이름이 들어간 문서·그림 제한", "제93조 1항", self.before(120), day)
        yield Window(
            "report", "T-01", "의정활동보고는 문자·이메일·인터넷만", "제111조 1항", self.before(90), day
        )
        yield Window("adverts", "T-08", "후보자 이름을 쓴 광고 금지", "제93조 2항", self.before(90), day)
        yield Window("deepfake", "T-10", "AI로 만든 영상·음성 금지", "제82조의8 1항", self.before(90), day)
        yield Window("books", "T-16", "출판기념회 금지", "제103조 5항", self.before(90), day)
        yield Window(
            "poll_names",
            "T-14",
            "후보자 이름을 넣은 여론조사 금지",
            "제108조 2항",
            self.before(60),
            day,
        )
        yield Window("meetings", "T-17", "선거구의 당원집회 금지", "제141조 1항", self.before(30), day)
        yield Window(
            "recruiting", "T-17", "당원 모집과 입당원서 배부 금지", "제144조 1항", self.period_start, day
        )
        yield Window("poll_results", "T-13", "여론조사 결과 공표 금지", "제108조 1항", self.before(6), day)

    def holding(self, day: date) -> frozenset[str]:
        """Ids of the windows that `day` is in."""
        return _holding(self, day)

    def changes_within(self, first: datetime, last: datetime) -> bool:
        """Does a window open or shut, or a preliminary candidacy end, after `first` and not after `last`?"""
        days = {window.first for window in self._windows()}
        days |= {window.last + timedelta(days=1) for window in self._windows()}
        instants = [datetime.combine(day, time(), KST) for day in days]
        return any(first < instant <= last for instant in (*instants, self.preliminary_ends))

    def next_change(self, day: date) -> tuple[date, Window, str] | None:
        """(when, which window, `opens` or `shuts`): what is different next, after `day`."""
        changes = [
            change
            for window in self._windows()
            for change in (
                (window.first, window, "opens"),
                (window.last + timedelta(days=1), window, "shuts"),
            )
            if change[0] > day
        ]
        return min(changes, key=lambda change: (change[0], change[1].id), default=None)


@lru_cache(maxsize=256)
def _holding(calendar: ElectionCalendar, day: date) -> frozenset[str]:
    """Asked by every rule with a window, of every step of a campaign."""
    return frozenset(window.id for window in calendar.windows if window.holds(day))


def d_day(today: date, day: date) -> str:
    """How camps count: `D-76`, `D-DAY`, `D+1` (a convention, D-06)."""
    left = (day - today).days
    return "D-DAY" if left == 0 else f"D-{left}" if left > 0 else f"D+{-left}"


def report_deadline(send_on: date, declared: Iterable[date] = ()) -> datetime:
    """Until when the number must have been reported for a broadcast on `send_on`: the day before (규칙 제25조의10), while
    offices are open (규칙 제26조 8항): 18:00 on the last working day before."""
    last = last_working_day(send_on - timedelta(days=1), declared)
    return datetime.combine(last, FILING_HOURS[1], KST)


def greeting_around(day: date) -> tuple[date, str] | None:
    """The feast for which a greeting goes out on `day`: the nearest within our seven days."""
    near = [
        (feast, name)
        for year in (day.year - 1, day.year, day.year + 1)
        for feast, name in _feasts(year)
        if abs((feast - day).days) <= GREETING_DAYS
    ]
    return min(near, key=lambda one: abs((one[0] - day).days), default=None)


def greetings_between(first: date, last: date) -> list[Window]:
    """The weeks around feasts that touch these days, as windows of a strip (T-05; the days around are ours)."""
    around = timedelta(days=GREETING_DAYS)
    return [
        Window(
            f"greeting-{feast.isoformat()}",
            "T-05",
            f"{name} 인사",
            "파발 기준",
            feast - around,
            feast + around,
        )
        for year in range(first.year, last.year + 1)
        for feast, name in _feasts(year)
        if feast - around <= last and feast + around >= first
    ]


def _feasts(year: int) -> tuple[tuple[date, str], ...]:
    try:
        return feasts(year)
    except ValueError:  # a neighbour of the table's first or last year
        return ()


@dataclass(frozen=True, slots=True)
class KnownElection:
    """An election that is known by now, for a form that asks which one."""

    id: str
    election: Election
    name: str
    day: date
    offices: tuple[Office, ...]
    confidence: str


_LOCAL_OFFICES: Final = (Office.GOVERNOR, Office.CITY, Office.COUNTY, Office.PROPORTIONAL)
_BY_OFFICES: Final = (Office.ASSEMBLY, Office.GOVERNOR, Office.CITY, Office.COUNTY)
KNOWN_ELECTIONS: Final = (
    KnownElection(
        "by-2027-04", Election.BY, "2027년 4월 재보궐선거", by_election_day(2027, 4), _BY_OFFICES, "H"
    ),
    KnownElection(
        "by-2027-10",
        Election.BY,
        "2027년 10월 재보궐선거 (지방자치단체장)",
        by_election_day(2027, 10),
        (Office.GOVERNOR, Office.CITY, Office.COUNTY),
        "H",
    ),
    KnownElection(
        "general-2028",
        Election.GENERAL,
        "제23대 국회의원선거",
        regular_day(Election.GENERAL, date(2028, 5, 29)),
        (Office.ASSEMBLY, Office.PROPORTIONAL),
        "H",
    ),
    KnownElection(
        "president-2030",
        Election.PRESIDENT,
        "제22대 대통령선거",
        regular_day(Election.PRESIDENT, date(2030, 6, 3)),
        (Office.PRESIDENT,),
        "L",  # the day on which the term ends is from memory
    ),
    KnownElection(
        "local-2030",
        Election.LOCAL,
        "제10회 지방선거",
        regular_day(Election.LOCAL, date(2030, 6, 30)),
        _LOCAL_OFFICES,
        "M",
    ),
)
