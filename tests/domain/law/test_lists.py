"""Where lists may not come from, and what a filter says about the people it picks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.law.lists import sensitive, source_fault, tags_of


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
