"""The election calendar against public dates: the test vectors of the reference, openings in force at past elections, and
what must hold for any day."""

from datetime import date, datetime, time, timedelta

import holidays as library
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.law.election import (
    KNOWN_ELECTIONS,
    Election,
    ElectionCalendar,
    Office,
    by_election_day,
    d_day,
    greeting_around,
    regular_day,
    report_deadline,
)
from pabal.domain.law.holidays import (
    FIRST_YEAR,
    HOLIDAYS,
    LAST_YEAR,
    UnknownYearError,
    is_holiday,
    is_working_day,
    last_working_day,
)
from pabal.domain.window import KST

DAYS = st.dates(date(2025, 1, 10), date(2031, 12, 20))
CALENDARS = st.builds(
    ElectionCalendar, day=st.dates(date(2026, 1, 1), date(2031, 6, 1)), office=st.sampled_from(Office)
)


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("office", "election_day", "start", "opening", "before_90", "last_campaign_day"),
    [
        ("assembly", "2024-04-10", "2024-03-28", "2023-12-12", "2024-01-11", "2024-04-09"),
        ("governor", "2026-06-03", "2026-05-21", "2026-02-03", "2026-03-05", "2026-06-02"),
        ("city", "2026-06-03", "2026-05-21", "2026-02-20", "2026-03-05", "2026-06-02"),
        ("county", "2026-06-03", "2026-05-21", "2026-03-22", "2026-03-05", "2026-06-02"),
        ("assembly", "2027-04-07", "2027-03-25", "2026-12-08", "2027-01-07", "2027-04-06"),
        ("assembly", "2028-04-12", "2028-03-30", "2027-12-14", "2028-01-13", "2028-04-11"),
    ],
)
def test_test_vectors_of_section_9(office, election_day, start, opening, before_90, last_campaign_day):
    calendar = ElectionCalendar(day(election_day), Office(office))
    assert calendar.period_start == day(start)
    assert calendar.opening == day(opening)
    assert calendar.before(90) == day(before_90)
    assert calendar.last_campaign_day == day(last_campaign_day)


@pytest.mark.parametrize(
    ("election", "term_end", "found"),
    [
        (Election.GENERAL, "2024-05-29", "2024-04-10"),
        (Election.LOCAL, "2026-06-30", "2026-06-03"),
        (Election.GENERAL, "2028-05-29", "2028-04-12"),
        (Election.PRESIDENT, "2030-06-03", "2030-03-27"),
        (Election.LOCAL, "2030-06-30", "2030-06-12"),  # 06-05 stands before 현충일
    ],
)
def test_D01_regular_elections(election, term_end, found):
    assert regular_day(election, day(term_end)) == day(found)


@pytest.mark.parametrize(
    ("year", "month", "found"), [(2025, 4, "2025-04-02"), (2027, 4, "2027-04-07"), (2027, 10, "2027-10-06")]
)
def test_D02_by_elections(year, month, found):
    assert by_election_day(year, month) == day(found)
    with pytest.raises(ValueError, match="April and October"):
        by_election_day(year, 5)


def test_D01_a_day_declared_later_moves_the_election():
    assert by_election_day(2027, 4, [day("2027-04-08")]) == day("2027-04-14")


def test_D07_and_D08_the_next_elections():
    assert {one.id: one.day.isoformat() for one in KNOWN_ELECTIONS} == {
        "by-2027-04": "2027-04-07",
        "by-2027-10": "2027-10-06",
        "general-2028": "2028-04-12",
        "president-2030": "2030-03-27",
        "local-2030": "2030-06-12",
    }
    president = ElectionCalendar(day("2030-03-27"), Office.PRESIDENT)
    assert president.opening == day("2029-07-30")
    assert (president.day - president.period_start).days == 22


def test_D09_no_candidacy_opens_before_the_8th_of_december_2026():
    openings = [
        opening
        for one in KNOWN_ELECTIONS
        for office in one.offices
        if (opening := ElectionCalendar(one.day, office).opening) is not None
    ]
    assert min(openings) == day("2026-12-08")


def test_registration_and_the_end_of_a_preliminary_candidacy():
    calendar = ElectionCalendar(day("2027-04-07"), Office.ASSEMBLY)
    assert calendar.registration == (day("2027-03-18"), day("2027-03-19"))
    assert calendar.preliminary_ends == datetime(2027, 3, 19, 18, tzinfo=KST)
    assert ElectionCalendar(day("2028-04-12"), Office.PROPORTIONAL).opening is None


@pytest.mark.parametrize(
    ("send_on", "deadline"),
    [
        ("2027-01-22", "2027-01-21"),  # Friday: the Thursday
        ("2027-01-25", "2027-01-22"),  # Monday: the Friday
        ("2027-01-24", "2027-01-22"),  # Sunday: the Friday
        ("2027-02-10", "2027-02-05"),  # after 설 and its substitute day
        ("2026-12-26", "2026-12-24"),  # after 기독탄신일
    ],
)
def test_E07_the_report_is_due_in_working_hours(send_on, deadline):
    assert report_deadline(day(send_on)) == datetime.combine(day(deadline), time(18), KST)


@given(DAYS)
def test_E07_a_deadline_is_before_its_day_and_on_a_working_day(send_on):
    deadline = report_deadline(send_on)
    assert deadline.date() < send_on
    assert is_working_day(deadline.date())
    between = (deadline.date() + timedelta(days=n) for n in range(1, (send_on - deadline.date()).days))
    assert not any(is_working_day(one) for one in between)


@given(DAYS, st.lists(DAYS, max_size=5))
def test_days_declared_later_only_bring_deadlines_forward(send_on, declared):
    assert report_deadline(send_on, declared) <= report_deadline(send_on)


@given(CALENDARS, DAYS)
def test_windows_hold_on_both_ends_and_nowhere_else(calendar, today):
    for window in calendar.windows:
        assert window.first <= window.last
        assert window.id in calendar.holding(window.first)
        assert window.id in calendar.holding(window.last)
        assert window.id not in calendar.holding(window.first - timedelta(days=1))
        assert window.id not in calendar.holding(window.last + timedelta(days=1))


@given(CALENDARS, DAYS)
def test_nothing_changes_before_the_next_change(calendar, today):
    change = calendar.next_change(today)
    if change is None:
        assert not calendar.holding(today)
        return
    at, window, how = change
    assert today < at
    assert calendar.holding(at - timedelta(days=1)) == calendar.holding(today)
    assert (window.id in calendar.holding(at)) is (how == "opens")


@given(DAYS, st.integers(-200, 200))
def test_D06_d_day_counts_days(today, left):
    assert d_day(today, today + timedelta(days=left)) == (
        f"D-{left}" if left > 0 else "D-DAY" if left == 0 else f"D+{-left}"
    )


@pytest.mark.parametrize(
    ("today", "name"),
    [
        ("2027-01-30", None),
        ("2027-01-31", "설날"),
        ("2027-02-14", "설날"),
        ("2027-02-15", None),
        ("2026-12-25", "기독탄신일"),
        ("2025-05-05", "부처님오신날"),
    ],
)
def test_T05_greetings_are_around_a_feast(today, name):
    found = greeting_around(day(today))
    assert (found[1] if found else None) == name


def test_the_table_is_the_librarys():
    known = {
        on
        for on, name in library.country_holidays(
            "KR", years=range(FIRST_YEAR, LAST_YEAR + 1), language="ko"
        ).items()
        if "선거일" not in name
    }
    assert set(HOLIDAYS) == known


def test_no_deadline_is_guessed_beyond_the_table():
    with pytest.raises(UnknownYearError):
        last_working_day(date(LAST_YEAR + 1, 3, 2))
    assert not is_holiday(date(2027, 3, 2))
    assert is_holiday(date(2027, 3, 2), [date(2027, 3, 2)])
