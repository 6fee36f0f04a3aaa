"""Formats of variables: what a person reads, and that whatever can't be read stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.formats import FORMATS, formatted
from pabal.domain.template import MissingPolicy, Rendered, parse, render, resolved


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("date", "2026-11-28", "11월 28일"),
        ("date", "2026.1.5", "1월 5일"),
        ("date", "2026. 1. 5.", "1월 5일"),
        ("date", "2026년 1월 5일", "1월 5일"),
        ("date", "20260105", "1월 5일"),
        ("date", "2026-11-28T10:30:00+09:00", "11월 28일"),
        ("date", "2026-02-30", "2026-02-30"),
        ("date", "추후 공지", "추후 공지"),
        ("date", "2026-11-281", "2026-11-281"),
        ("date_weekday", "2026-11-28", "11월 28일(토)"),
        ("date_long", "2026-11-28", "2026년 11월 28일"),
        ("time", "14:30", "오후 2시 30분"),
        ("time", "00:05", "오전 12시 5분"),
        ("time", "12:00", "오후 12시"),
        ("time", "2026-11-28 09:00:00", "오전 9시"),
        ("time", "25:00", "25:00"),
        ("number", "1234567", "1,234,567"),
        ("number", "-1234.50", "-1,234.50"),
        ("number", "1,234", "1,234"),
        ("number", "12,34", "12,34"),
        ("number", "01012345678", "01012345678"),
        ("number", "0", "0"),
        ("won", "50000", "50,000원"),
        ("won", "50000원", "50,000원"),
        ("won", "무료", "무료"),
        ("of_a_newer_hub", "2026-11-28", "2026-11-28"),
    ],
)
def test_table(name, value, expected):
    assert formatted(value, name) == expected


@given(st.text(max_size=40), st.sampled_from(sorted(FORMATS)))
def test_any_value_comes_out_and_writing_it_twice_changes_nothing_more(value, name):
    once = formatted(value, name)
    assert (once == "") <= (value == "")
    assert formatted(once, name) == once or name in {"date", "date_weekday", "date_long", "time"}


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_a_number_keeps_its_value(number):
    assert int(formatted(str(number), "number").replace(",", "")) == number


@given(st.dates())
def test_every_day_reads_as_itself(day):
    assert formatted(day.isoformat(), "date_long") == f"{day.year}년 {day.month}월 {day.day}일"


def test_a_rendered_text_and_its_variables_have_the_same_values():
    template = parse("#{이름}님, #{날짜} 회비 #{금액}")
    values = {"이름": "김서연", "날짜": "2026-11-28", "금액": "30000"}
    formats = {"날짜": "date_weekday", "금액": "won"}
    rendered = render(template, values, formats=formats)
    assert isinstance(rendered, Rendered)
    assert rendered.text == "김서연님, 11월 28일(토) 회비 30,000원"
    assert resolved(template, values, formats=formats) == {
        "이름": "김서연",
        "날짜": "11월 28일(토)",
        "금액": "30,000원",
    }


def test_a_default_stands_as_its_author_wrote_it():
    shown = render(
        parse("#{날짜}"),
        {},
        defaults={"날짜": "2026-11-28 무렵"},
        policy=MissingPolicy.DEFAULT,
        formats={"날짜": "date"},
    )
    assert isinstance(shown, Rendered)
    assert shown.text == "2026-11-28 무렵"
