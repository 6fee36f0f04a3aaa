"""Where lists may not come from, and what a filter says about the people it picks."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.law.lists import made_up, sensitive, source_fault, tags_of


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("선거인명부 사본", "T-20"),
        ("세대주 명단", "T-20"),
        ("여론조사 가상번호", "T-19"),
        ("안심번호", "T-19"),
        ("주민 설명회 방명록", None),
        ("선거 사무소 방문", None),
    ],
)
def test_T19_T20_lists_that_may_not_be_used(source, rule):
    found = source_fault(source)
    assert (found[0] if found else None) == rule


@pytest.mark.parametrize(
    "source", ["주민 설명회 방명록", "후원회 명단", "선거사무소 방문", "홈페이지 가입", ""]
)
def test_T19_T20_another_origin_is_no_fault(source):
    assert source_fault(source) is None


def test_P04_tags_that_tell_what_somebody_thinks():
    assert sensitive(["핵심지지", "당원", "마포구", "후원회", "자원봉사"]) == ("당원", "핵심지지", "후원회")


HAS = {"field": "tag", "op": "has", "value": "당원"}


@pytest.mark.parametrize(
    ("filter_", "tags"),
    [
        ({}, set()),
        (HAS, {"당원"}),
        ({"field": "tag", "op": "in", "value": ["당원", "후원"]}, {"당원", "후원"}),
        ({"all": [{"field": "district", "op": "eq", "value": "당원동"}, {"any": [HAS]}]}, {"당원"}),
        ({"not": HAS}, set()),
        ({"field": "tag", "op": "has_not", "value": "당원"}, set()),
    ],
)
def test_P04_a_filter_picks_by_the_tags_it_wants(filter_, tags):
    assert tags_of(filter_) == tags


@given(
    st.recursive(
        st.just(HAS),
        lambda inner: st.builds(
            lambda key, some: {key: some},
            st.sampled_from(["all", "any"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        max_leaves=12,
    )
)
def test_P04_however_deep_it_stands(filter_):
    assert tags_of(filter_) == {"당원"}


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        (range(20_000_000, 20_000_100), 100),
        (range(20_000_000, 20_000_099), 0),  # few: a company's own lines
        (range(20_000_000, 20_000_400, 2), 0),  # nobody's neighbours
        ([*range(20_000_000, 20_000_060), *(n * 1_003 for n in range(30_000, 30_140))], 60),
        ([*range(20_000_000, 20_000_060), *(n * 1_003 for n in range(30_000, 30_141))], 0),  # a small part
        ([n + m * 1_000 for m in range(20_000, 20_010) for n in range(19)], 0),  # rows of nineteen
        ([n + m * 1_000 for m in range(20_000, 20_010) for n in range(20)], 200),
    ],
)
def test_C08_rows_of_numbers_are_made_up(numbers, found):
    assert made_up(f"010{number:08}" for number in numbers) == found


@given(st.lists(st.integers(0, 99_999_999), min_size=100, max_size=2_000, unique=True))
def test_C08_numbers_as_they_are_given_are_none(numbers):
    """At random, no twenty stand in a row."""
    ordered = sorted(numbers)
    rows = sum(b - a == 1 for a, b in pairwise(ordered))
    if rows < 19:
        assert made_up(f"010{number:08}" for number in numbers) == 0
