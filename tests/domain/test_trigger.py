"""Conditions of automatic messages: every operator by table, groups and totality by property."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.fields import Field, Kind
from pabal.domain.trigger import OPS_OF_KIND, check_condition, fields_of, holds

FIELDS = [
    Field("status", "상태", Kind.SELECT, options=("신규", "상담", "완료")),
    Field("topics", "관심", Kind.MULTI_SELECT, options=("교통", "교육")),
    Field("amount", "금액", Kind.NUMBER),
    Field("visit", "방문일", Kind.DATE),
    Field("vip", "중요", Kind.CHECKBOX),
    Field("phone", "전화", Kind.PHONE, personal=True),
    Field("note", "비고", Kind.TEXT),
]


def one(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


@pytest.mark.parametrize(
    ("condition", "after", "expected"),
    [
        (one("status", "eq", "신규"), {"status": "신규"}, True),
        (one("status", "eq", "신규"), {}, False),
        (one("status", "ne", "신규"), {}, True),
        (one("status", "ne", "신규"), {"status": "신규"}, False),
        (one("status", "in", ["신규", "상담"]), {"status": "상담"}, True),
        (one("note", "contains", "전화"), {"note": "꼭 전화 주세요"}, True),
        (one("note", "contains", "ABC"), {"note": "xabcx"}, True),
        (one("topics", "contains", "교통"), {"topics": ["교통", "교육"]}, True),
        (one("topics", "contains", "교"), {"topics": ["교통"]}, False),
        (one("topics", "eq", ["교육", "교통"]), {"topics": ["교통", "교육"]}, True),
        (one("amount", "gt", 10), {"amount": 11}, True),
        (one("amount", "gt", 10), {"amount": 10}, False),
        (one("amount", "lt", 10), {}, False),
        (one("visit", "before", "2026-03-02"), {"visit": "2026-03-01"}, True),
        (one("visit", "after", "2026-03-02"), {"visit": "2026-03-01"}, False),
        (one("vip", "eq", True), {"vip": True}, True),
        (one("vip", "eq", True), {"vip": 1}, False),
        (one("note", "is_empty"), {}, True),
        (one("note", "is_not_empty"), {"note": "x"}, True),
        (None, {}, True),
        ({}, {}, True),
    ],
)
def test_each_operator(condition, after, expected):
    assert holds(condition, after) is expected


@pytest.mark.parametrize(
    ("before", "after", "to", "from_to"),
    [
        (None, {"status": "완료"}, True, False),  # a new record has become everything it is
        ({"status": "상담"}, {"status": "완료"}, True, True),
        ({"status": "완료"}, {"status": "완료"}, False, False),
        ({"status": "완료"}, {"status": "상담"}, False, False),
        ({}, {"status": "완료"}, True, False),
    ],
)
def test_edges_look_at_what_was(before, after, to, from_to):
    assert holds(one("status", "changed_to", "완료"), after, before) is to
    assert holds(one("status", "changed_from_to", ["상담", "완료"]), after, before) is from_to


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("x", "c"),
        ({"field": "nope", "operator": "eq", "value": 1}, "c.field"),
        ({"field": "status", "operator": "gt", "value": "신규"}, "c.operator"),
        ({"field": "status", "operator": "eq"}, "c.value"),
        ({"field": "status", "operator": "eq", "value": "모름"}, "c.value"),
        ({"field": "status", "operator": "in", "value": []}, "c.value"),
        ({"field": "status", "operator": "changed_from_to", "value": ["신규"]}, "c.value"),
        (
            {"all": [{"any": [{"field": "amount", "operator": "eq", "value": "많이"}]}]},
            "c.all[0].any[0].value",
        ),
        ({"all": [], "any": []}, "c"),
        ({"not": {"not": {"not": {"not": {"not": {}}}}}}, "c.not.not.not.not"),
    ],
)
def test_a_faulty_condition_names_its_place(raw, path):
    _, faults = check_condition(raw, FIELDS, path="c")
    assert [fault.path for fault in faults] == [path]


def test_a_stop_condition_has_no_edges():
    _, faults = check_condition(one("status", "changed_to", "완료"), FIELDS, path="c", stop=True)
    assert [fault.path for fault in faults] == ["c.operator"]


def test_values_are_read_as_the_record_would_hold_them():
    checked, faults = check_condition(one("phone", "eq", "010-2345-0001"), FIELDS, path="c")
    assert not faults
    assert holds(checked, {"phone": "01023450001"})


def test_op_and_operator_are_one():
    checked, _ = check_condition({"field": "status", "op": "eq", "value": "신규"}, FIELDS, path="c")
    assert checked == one("status", "eq", "신규")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
OPERATORS = [*sorted(set().union(*OPS_OF_KIND.values())), "unknown"]
CONDITIONS = st.recursive(
    st.builds(
        lambda field, operator, value: {"field": field, "operator": operator, "value": value},
        st.sampled_from([field.key for field in FIELDS] + ["gone"]),
        st.sampled_from(OPERATORS),
        JSON,
    ),
    lambda inner: (
        st.builds(lambda c: {"all": c}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda c: {"any": c}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda c: {"not": c}, inner)
    ),
    max_leaves=6,
)
RECORDS = st.dictionaries(st.sampled_from([field.key for field in FIELDS]), JSON, max_size=7)


@given(condition=CONDITIONS, after=RECORDS, before=st.none() | RECORDS)
def test_whatever_is_stored_it_answers_yes_or_no(condition, after, before):
    assert holds(condition, after, before) in {True, False}
    assert holds({"not": condition}, after, before) is not holds(condition, after, before)
    assert fields_of(condition) <= {field.key for field in FIELDS} | {"gone"}


@given(raw=JSON | CONDITIONS)
def test_whatever_comes_in_is_read_or_refused_by_place(raw):
    checked, faults = check_condition(raw, FIELDS, path="c")
    if not faults:
        assert check_condition(checked, FIELDS, path="c") == (checked, [])
