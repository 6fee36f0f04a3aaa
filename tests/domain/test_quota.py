"""Thresholds of the quota."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.quota import notices, remaining


@pytest.mark.parametrize(
    ("limit", "used", "reserved", "percents"),
    [
        (1000, 0, 0, []),
        (1000, 699, 0, []),
        (1000, 700, 0, [70]),
        (1000, 600, 100, [70]),
        (1000, 899, 0, [70]),
        (1000, 900, 0, [70, 90]),
        (1000, 999, 0, [70, 90]),
        (1000, 999, 1, [70, 90, 100]),
        (3, 2, 0, []),
        (0, 0, 0, [70, 90, 100]),
    ],
)
def test_notices_come_at_70_90_and_100_percent(limit, used, reserved, percents):
    assert [notice.percent for notice in notices(limit, used, reserved)] == percents


def test_exactly_at_a_threshold_nothing_says_that_it_was_passed():
    for used, percent in ((700, "70%"), (900, "90%")):
        message = notices(1000, used, 0)[-1].message
        assert f"{percent}에 다다랐어요" in message
        assert "넘었" not in message


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_full_notice_and_nothing_remaining_mean_the_same(limit, used, reserved):
    full = any(notice.percent == 100 for notice in notices(limit, used, reserved))
    assert full is (remaining(limit, used, reserved) == 0)
