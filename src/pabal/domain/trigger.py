"""Conditions of automatic messages over one record as it was and as it is. Pure and total: whatever is stored, they answer.

A condition is `{"field", "operator", "value"}` (`op` is understood too), a group `{"all": [...]}`, `{"any": [...]}` or
`{"not": {...}}`, nested up to 4 deep; None or {} is always true. `eq` looks at how things are: it holds on every update
that leaves it true, and the cooldown stops repetitions; `changed_to` is the edge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pabal.domain.fields import Field, Kind, read_values

MAX_DEPTH: Final = 4
MAX_CONDITIONS: Final = 50

EMPTY_OPS: Final = frozenset({"is_empty", "is_not_empty"})
EDGE_OPS: Final = frozenset({"changed_to", "changed_from_to"})
_BASE: Final = frozenset({"eq", "ne", "in"}) | EMPTY_OPS | EDGE_OPS
_RANGES: Final = frozenset({"gt", "lt", "gte", "lte"})
OPS_OF_KIND: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.TEXT: _BASE | {"contains"},
    Kind.NUMBER: _BASE | _RANGES,
    Kind.DATE: _BASE | {"before", "after", "gt", "lt"},
    Kind.SELECT: _BASE | {"contains"},
    Kind.MULTI_SELECT: _BASE | {"contains"},
    Kind.PHONE: _BASE | {"contains"},
    Kind.EMAIL: _BASE | {"contains"},
    Kind.CHECKBOX: frozenset({"eq", "ne", "changed_to", "changed_from_to"}),
    Kind.USER: _BASE,
}
STOP_OPS: Final = frozenset({"eq", "ne", "in", "contains", "gt", "lt", "before", "after"}) | EMPTY_OPS
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ConditionFault:
    path: str
    message: str


def check_condition(
    raw: Any, fields: Sequence[Field], *, path: str, stop: bool = False
) -> tuple[Any, list[ConditionFault]]:
    """The condition with its values read as the fields' own, and everything that is wrong with it. `stop`: no edges."""
    faults: list[ConditionFault] = []
    if raw is None or raw == {}:
        return None, faults
    by_key = {field.key: field for field in fields}
    count = 0

    def node(value: Any, at: str, depth: int) -> Any:
        nonlocal count
        if not isinstance(value, dict):
            faults.append(ConditionFault(at, "조건이나 묶음이어야 해요"))
            return None
        groups = [key for key in ("all", "any", "not") if key in value]
        if not groups:
            count += 1
            return _check_one(value, by_key, at, faults, stop=stop)
        if len(value) != 1 or depth >= MAX_DEPTH:
            faults.append(ConditionFault(at, f"묶음은 all, any, not 하나로, {MAX_DEPTH}겹까지 쓸 수 있어요"))
            return None
        kind, inner = groups[0], value[groups[0]]
        if kind == "not":
            return {"not": node(inner, f"{at}.not", depth + 1)}
        if not isinstance(inner, list) or not inner:
            faults.append(ConditionFault(f"{at}.{kind}", "조건이 하나 이상 든 목록이어야 해요"))
            return None
        return {kind: [node(child, f"{at}.{kind}[{i}]", depth + 1) for i, child in enumerate(inner)]}

    checked = node(raw, path, 0)
    if count > MAX_CONDITIONS:
        faults.append(ConditionFault(path, f"조건은 {MAX_CONDITIONS}개까지 쓸 수 있어요"))
    return checked, faults


def _check_one(
    value: dict[str, Any], fields: Mapping[str, Field], at: str, faults: list[ConditionFault], *, stop: bool
) -> Any:
    operator = value.get("operator", value.get("op"))
    field = fields.get(value["field"]) if isinstance(value.get("field"), str) else None
    if field is None:
        faults.append(ConditionFault(f"{at}.field", "이 표에 없는 항목이에요"))
        return None
    allowed = OPS_OF_KIND[field.kind] & STOP_OPS if stop else OPS_OF_KIND[field.kind]
    if operator not in allowed:
        words = ", ".join(sorted(allowed))
        faults.append(
            ConditionFault(
                f"{at}.operator", f"'{field.label}'에 쓸 수 없는 비교예요. 쓸 수 있는 비교: {words}"
            )
        )
        return None
    if operator in EMPTY_OPS:
        return {"field": field.key, "operator": operator}
    given = value.get("value")
    wanted = 2 if operator == "changed_from_to" else None
    if operator in {"in", "changed_from_to"}:
        if isinstance(given, dict) and wanted:
            given = [given.get("from"), given.get("to")]
        if not isinstance(given, list) or not given or (wanted and len(given) != wanted):
            faults.append(
                ConditionFault(f"{at}.value", "값의 목록이어야 해요" if not wanted else "값 두 개여야 해요")
            )
            return None
        read = [_value(field, one, operator, f"{at}.value[{i}]", faults) for i, one in enumerate(given)]
        return {"field": field.key, "operator": operator, "value": read}
    if given is None or given == [] or (isinstance(given, str) and not given.strip()):
        faults.append(ConditionFault(f"{at}.value", "비교할 값을 적어 주세요"))
        return None
    return {
        "field": field.key,
        "operator": operator,
        "value": _value(field, given, operator, f"{at}.value", faults),
    }


def _value(field: Field, raw: Any, operator: str, at: str, faults: list[ConditionFault]) -> Any:
    """As the record would hold it, so that `eq` on a phone matches however it was written. Parts stay as they are."""
    if operator == "contains":
        return str(raw).strip()
    if field.kind is Kind.MULTI_SELECT and isinstance(raw, str):
        raw = [raw]
    values, _, wrong = read_values([field], {field.key: raw})
    if wrong:
        faults.append(ConditionFault(at, wrong[0].message + (f". {wrong[0].mend}" if wrong[0].mend else "")))
    return values.get(field.key)


def holds(condition: Any, after: Values, before: Values | None = None) -> bool:
    """Is it true now? `before` None: the record is new, and everything in it has just changed from nothing."""
    if not condition:
        return True
    if not isinstance(condition, dict):
        return False
    if "all" in condition:
        return all(holds(child, after, before) for child in condition["all"])
    if "any" in condition:
        return any(holds(child, after, before) for child in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], after, before)
    key, operator, value = condition.get("field", ""), condition.get("operator", ""), condition.get("value")
    had, have = (before or {}).get(key), after.get(key)
    if operator == "changed_to":
        return _same(have, value) and not _same(had, value)
    if operator == "changed_from_to":
        return isinstance(value, list) and len(value) == 2 and _same(had, value[0]) and _same(have, value[1])
    return _compare(operator, have, value)


def _same(have: Any, value: Any) -> bool:
    if isinstance(have, bool) or isinstance(value, bool):
        return have is value
    if isinstance(have, list) and isinstance(value, list):
        return set(map(str, have)) == set(map(str, value))
    return bool(have == value)


def _compare(operator: str, have: Any, value: Any) -> bool:
    empty = have is None or have in ("", [])
    match operator:
        case "is_empty":
            return empty
        case "is_not_empty":
            return not empty
        case "ne":
            return not _same(have, value)
        case "eq":
            return not empty and _same(have, value)
    if empty:
        return False
    match operator:
        case "in":
            options = value if isinstance(value, list) else [value]
            return any(_same(have, one) or (isinstance(have, list) and _one_of(one, have)) for one in options)
        case "contains":
            if isinstance(have, list):
                return str(value) in map(str, have)
            return str(value).lower() in str(have).lower()
        case "gt" | "after":
            return _ordered(have, value) and have > value
        case "lt" | "before":
            return _ordered(have, value) and have < value
        case "gte":
            return _ordered(have, value) and have >= value
        case "lte":
            return _ordered(have, value) and have <= value
    return False


def _one_of(one: Any, have: list[Any]) -> bool:
    return all(item in have for item in one) if isinstance(one, list) else one in have


def _ordered(have: Any, value: Any) -> bool:
    """Numbers with numbers, texts (dates as ISO) with texts."""
    numbers = isinstance(have, int | float) and isinstance(value, int | float)
    return numbers or (isinstance(have, str) and isinstance(value, str))


def standing_condition(condition: Any) -> Any:
    """A condition as it can be asked hours later: what changed into something must still be it."""
    if not isinstance(condition, dict):
        return condition
    for group in ("all", "any"):
        if group in condition:
            return {group: [standing_condition(child) for child in condition[group]]}
    if "not" in condition:
        # That something did not just change says nothing about how it is now.
        inner = condition["not"]
        edge = isinstance(inner, dict) and inner.get("operator") in EDGE_OPS
        return None if edge else {"not": standing_condition(inner)}
    if condition.get("operator") == "changed_to":
        return {**condition, "operator": "eq"}
    if condition.get("operator") == "changed_from_to":
        return {**condition, "operator": "eq", "value": condition["value"][1]}
    return condition


def fields_of(condition: Any) -> set[str]:
    """Keys that a condition looks at."""
    if not isinstance(condition, dict):
        return set()
    if "not" in condition:
        return fields_of(condition["not"])
    children = condition.get("all") or condition.get("any")
    if children:
        return set().union(*map(fields_of, children))
    return {condition["field"]} if "field" in condition else set()
