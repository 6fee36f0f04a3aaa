"""Hours in which a campaign goes out."""

from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.window import SendWindow, waiting, when

SEOUL = timezone(timedelta(hours=9))
DAY = SendWindow(time(9), time(20))
MINUTES = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))
WINDOWS = st.tuples(MINUTES, MINUTES).filter(lambda two: two[0] < two[1]).map(lambda two: SendWindow(*two))
INSTANTS = st.integers(0, 5 * 365 * 86_400).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n)
)


def at(day, hour, minute=0, second=0, month=11):
    return datetime(2026, month, day, hour, minute, second, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("instant", "opens_at"),
    [
        (at(23, 8, 59, 59), at(23, 9)),
        (at(23, 9), at(23, 9)),
        (at(23, 19, 59, 59), at(23, 19, 59, 59)),
        (at(23, 20), at(24, 9)),
        (at(30, 23, 30), at(1, 9, month=12)),  # over the end of a month
        (at(31, 20, month=12), datetime(2027, 1, 1, 9, tzinfo=SEOUL)),  # and of a year
        (
            datetime(2026, 11, 22, 23, 30, tzinfo=UTC),
            at(23, 9),
        ),  # 08:30 in Korea, though it is Sunday in London
        (datetime(2026, 11, 23, 10, 59, tzinfo=UTC), at(23, 19, 59)),
    ],
)
def test_open_from_its_first_minute_until_its_last(instant, opens_at):
    assert DAY.opens_at(instant) == opens_at
    assert DAY.is_open(instant) == (opens_at == instant)


@pytest.mark.parametrize(
    ("start", "seconds", "end"),
    [
        (at(23, 12), 0, at(23, 12)),
        (at(23, 12), 90, at(23, 12, 1, 30)),
        (at(23, 7), 90, at(23, 9, 1, 30)),
        (at(23, 22), 0, at(24, 9)),
        (at(23, 19), 3600, at(23, 20)),  # to the second: that evening, not the next morning
        (at(23, 19), 3601, at(24, 9, 0, 1)),
        (at(23, 19), 3600 + 11 * 3600, at(24, 20)),
        (at(23, 19), 3600 + 11 * 3600 + 1, at(25, 9, 0, 1)),
        (at(30, 19), 3660, at(1, 9, 1, month=12)),
    ],
)
def test_work_rests_outside(start, seconds, end):
    assert DAY.finish(start, seconds) == end


@pytest.mark.parametrize(("opens", "shuts"), [(time(20), time(9)), (time(9), time(9))])
def test_a_night_or_a_moment_is_no_window(opens, shuts):
    with pytest.raises(ValueError, match="opens before"):
        SendWindow(opens, shuts)


@given(WINDOWS, INSTANTS)
def test_the_next_opening_is_open_within_a_day_and_the_first_one(window, instant):
    opens = window.opens_at(instant)
    assert window.is_open(opens)
    assert timedelta() <= opens - instant < timedelta(days=1)
    if opens != instant:
        assert opens.astimezone(SEOUL).time() == window.opens
        assert not window.is_open(opens - timedelta(microseconds=1))
        assert not window.is_open(instant)


@given(WINDOWS, INSTANTS, st.integers(0, 10 * 86_400))
def test_between_start_and_finish_it_was_open_for_just_that_long(window, start, seconds):
    """Counted the slow way, a day at a time by the clock on the wall."""
    end = window.finish(start, seconds)
    open_for = timedelta()
    midnight = start.astimezone(SEOUL).replace(hour=0, minute=0, second=0, microsecond=0)
    while midnight < end:
        opens = midnight + timedelta(hours=window.opens.hour, minutes=window.opens.minute)
        shuts = midnight + timedelta(hours=window.shuts.hour, minutes=window.shuts.minute)
        open_for += max(timedelta(), min(shuts, end) - max(opens, start))
        midnight += timedelta(days=1)
    assert open_for == timedelta(seconds=seconds)
    assert not seconds or window.is_open(end - timedelta(microseconds=1))


@given(WINDOWS, INSTANTS, st.integers(0, 86_400), st.integers(0, 86_400))
def test_work_in_two_parts_ends_when_the_whole_does(window, start, first, second):
    assert window.finish(window.finish(start, first), second) == window.finish(start, first + second)


def test_in_words():
    assert when(at(23, 9)) == "11월 23일 (월) 09:00"
    assert waiting(DAY, at(22, 22)) == (
        "보내는 시간대(09:00~20:00)가 아니라서 기다려요. 11월 23일 (월) 09:00에 이어서 보내요."
    )


@given(WINDOWS, INSTANTS, st.integers(1, 20 * 86_400))
def test_what_ends_after_so_long_was_open_for_so_long(window, start, seconds):
    end = window.finish(start, min(seconds, 20 * int(window.length.total_seconds())))
    work = timedelta(seconds=min(seconds, 20 * int(window.length.total_seconds())))
    assert window.open_between(start, end) == work
