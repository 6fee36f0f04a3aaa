"""The filter grammar: what is accepted, what is refused and where, and what it means."""

import contextlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.filters import (
    OPS_OF_TYPE,
    Condition,
    Everyone,
    FieldSpec,
    FieldType,
    FilterError,
    Op,
    evaluate,
    parse_filter,
)

FIELDS = {
    spec.key: spec
    for spec in (
        FieldSpec("district", "지역", FieldType.TEXT),
        FieldSpec("name", "이름", FieldType.TOKEN),
        FieldSpec("ageBand", "나이대", FieldType.CHOICE, ("30", "40")),
        FieldSpec("tag", "태그", FieldType.SET),
        FieldSpec("sent", "보낸 수", FieldType.NUMBER),
        FieldSpec("createdAt", "만든 날", FieldType.DATE),
        FieldSpec("reachable", "문자 가능", FieldType.BOOL),
        FieldSpec("status", "상태", FieldType.TEXT, triggers=True),
    )
}
TODAY = date(2026, 11, 22)
ROW: dict[str, Any] = {
    "district": "서울 마포구", "name": "김철수", "ageBand": "30", "tag": {"당원", "청년"}, "sent": 3,
    "createdAt": date(2026, 11, 1), "reachable": True, "status": None,
}  # fmt: skip


def holds(value: Any, row: dict[str, Any] = ROW) -> bool:
    return evaluate(parse_filter(value, FIELDS), row.get, today=TODAY)


def condition(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op} if value is None else {"field": field, "op": op, "value": value}


@pytest.mark.parametrize("value", [{}, None])
def test_empty_filter_is_everyone(value: Any) -> None:
    assert parse_filter(value, FIELDS) == Everyone()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (condition("district", "contains", "마포"), True),
        (condition("district", "starts", "마포"), False),
        (condition("district", "eq", "서울 마포구"), True),
        (condition("name", "in", ["이영희", "김철수"]), True),
        (condition("name", "ne", "김철수"), False),
        (condition("ageBand", "in", ["40"]), False),
        (condition("tag", "has", "당원"), True),
        (condition("tag", "has_not", "당원"), False),
        (condition("tag", "in", ["여성", "청년"]), True),
        (condition("sent", "gte", 3), True),
        (condition("sent", "between", [1, 2]), False),
        (condition("createdAt", "after", "2026-10-31"), True),
        (condition("createdAt", "within_days", 21), True),
        (condition("createdAt", "within_days", 20), False),
        (condition("createdAt", "between", ["2026-11-01", "2026-11-02"]), True),
        (condition("reachable", "eq", True), True),
        (condition("status", "is_empty"), True),
        (condition("status", "eq", "신규"), False),
        (condition("status", "ne", "신규"), True),
        ({"all": [condition("sent", "gt", 1), condition("tag", "has", "청년")]}, True),
        ({"any": [condition("sent", "gt", 9), condition("tag", "has", "청년")]}, True),
        ({"not": condition("sent", "gt", 1)}, False),
        ({"all": [{"any": [{"not": {"all": [condition("sent", "gt", 9)]}}]}]}, True),
    ],
)
def test_meaning(value: Any, expected: bool) -> None:
    assert holds(value) is expected


def test_changes_look_at_the_row_before() -> None:
    node = parse_filter(condition("status", "changed_to", "신규"), FIELDS)
    now = {"status": "신규"}
    assert evaluate(node, now.get, today=TODAY, before={"status": "대기"}.get)
    assert not evaluate(node, now.get, today=TODAY, before=now.get)
    node = parse_filter(condition("status", "changed_from_to", ["대기", "신규"]), FIELDS)
    assert evaluate(node, now.get, today=TODAY, before={"status": "대기"}.get)
    assert not evaluate(node, now.get, today=TODAY, before={"status": "다른"}.get)


DEEP = {"all": [{"all": [{"all": [{"all": [{"all": [condition("sent", "gt", 1)]}]}]}]}]}


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ([], "filter"),
        ("x", "filter"),
        ({"all": []}, "filter.all"),
        ({"all": [1]}, "filter.all[0]"),
        ({"all": [], "any": []}, "filter"),
        ({"not": []}, "filter.not"),
        (condition("nope", "eq", "x"), "filter.field"),
        (condition("sent", "like", 1), "filter.op"),
        (condition("sent", "contains", "1"), "filter.op"),
        (condition("name", "starts", "김"), "filter.op"),
        (condition("district", "changed_to", "x"), "filter.op"),
        ({"all": [condition("sent", "gt", 1), condition("sent", "gt", "1")]}, "filter.all[1].value"),
        (condition("sent", "gt", True), "filter.value"),
        (condition("sent", "between", [2, 1]), "filter.value"),
        (condition("sent", "between", [2]), "filter.value"),
        (condition("sent", "in", []), "filter.value"),
        (condition("createdAt", "before", "어제"), "filter.value"),
        (condition("createdAt", "before", "2026-13-01"), "filter.value"),
        (condition("createdAt", "within_days", 0), "filter.value"),
        (condition("ageBand", "eq", "50"), "filter.value"),
        (condition("district", "eq", ""), "filter.value"),
        (condition("district", "eq"), "filter.value"),
        (condition("district", "is_empty", "x"), "filter.value"),
        ({"field": "sent", "op": "gt", "value": 1, "more": 1}, "filter"),
        (DEEP, "filter.all[0].all[0].all[0].all[0]"),
    ],
)
def test_faults_name_the_path(value: Any, path: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(value, FIELDS)
    assert [fault.path for fault in caught.value.faults] == [path]
    assert caught.value.faults[0].message


def test_all_faults_are_reported_at_once() -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter({"any": [condition("nope", "eq", "x"), condition("sent", "gt", "1")]}, FIELDS)
    assert [fault.path for fault in caught.value.faults] == ["filter.any[0].field", "filter.any[1].value"]


def test_four_deep_is_allowed_and_too_many_conditions_are_not() -> None:
    assert holds({"all": [{"all": [{"all": [{"all": [condition("sent", "gt", 1)]}]}]}]})
    with pytest.raises(FilterError):
        parse_filter({"all": [condition("sent", "gt", 1)] * 101}, FIELDS)


def test_every_operator_belongs_to_a_type() -> None:
    triggers = {Op.CHANGED_TO, Op.CHANGED_FROM_TO}
    assert set().union(*OPS_OF_TYPE.values()) | triggers == set(Op)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from([*FIELDS, *Op]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["all", "any", "not", "field", "op", "value"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_either_a_filter_or_a_named_fault(value: Any) -> None:
    with contextlib.suppress(FilterError):
        node = parse_filter(value, FIELDS)
        assert isinstance(evaluate(node, ROW.get, today=TODAY), bool)


def test_conditions_carry_parsed_values() -> None:
    node = parse_filter(condition("createdAt", "before", "2026-11-22T10:00:00+09:00"), FIELDS)
    assert isinstance(node, Condition)
    assert node.value == date(2026, 11, 22)
