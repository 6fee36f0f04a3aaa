"""The filter grammar: one small language for lists, segments, campaigns, bulk edits, exports, records and
triggers.

A condition `{"field", "op", "value"}`, a group `{"all": [...]}`, `{"any": [...]}`, `{"not": {...}}`, nested
up to 4 deep; `{}` is everyone. `parse_filter` checks a JSON value against a table of fields and names the
path of everything wrong with it; `evaluate` decides for one row in memory. SQL is made elsewhere
(contacts/filter_sql).
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

MAX_DEPTH: Final = 4
MAX_CONDITIONS: Final = 100
MAX_VALUES: Final = 1000
MAX_TEXT: Final = 500


class Op(StrEnum):
    EQ = "eq"
    NE = "ne"
    IN = "in"
    CONTAINS = "contains"
    STARTS = "starts"
    IS_EMPTY = "is_empty"
    IS_NOT_EMPTY = "is_not_empty"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    BETWEEN = "between"
    BEFORE = "before"
    AFTER = "after"
    WITHIN_DAYS = "within_days"
    HAS = "has"
    HAS_NOT = "has_not"
    CHANGED_TO = "changed_to"
    CHANGED_FROM_TO = "changed_from_to"


class FieldType(StrEnum):
    TEXT = "text"  # readable text: equality, parts, start
    TOKEN = "token"  # noqa: S105  no secret: ciphertext found by a keyed hash: equality only
    CHOICE = "choice"  # one of few values
    NUMBER = "number"
    DATE = "date"
    SET = "set"  # many values per row: tags
    BOOL = "bool"


_EMPTY = frozenset({Op.IS_EMPTY, Op.IS_NOT_EMPTY})
_EQUALITY = frozenset({Op.EQ, Op.NE, Op.IN}) | _EMPTY
OPS_OF_TYPE: Final[Mapping[FieldType, frozenset[Op]]] = {
    FieldType.TEXT: _EQUALITY | {Op.CONTAINS, Op.STARTS},
    FieldType.TOKEN: _EQUALITY,
    FieldType.CHOICE: _EQUALITY,
    FieldType.NUMBER: _EQUALITY | {Op.GT, Op.GTE, Op.LT, Op.LTE, Op.BETWEEN},
    FieldType.DATE: frozenset({Op.BEFORE, Op.AFTER, Op.BETWEEN, Op.WITHIN_DAYS}) | _EMPTY,
    FieldType.SET: frozenset({Op.HAS, Op.HAS_NOT, Op.IN}) | _EMPTY,
    FieldType.BOOL: frozenset({Op.EQ, Op.NE}),
}
TRIGGER_OPS: Final = frozenset({Op.CHANGED_TO, Op.CHANGED_FROM_TO})


@dataclass(frozen=True)
class FieldSpec:
    """One field that can be filtered."""

    key: str
    label: str
    type: FieldType
    options: tuple[str, ...] = ()
    triggers: bool = False  # changed_to and changed_from_to make sense here
    only: frozenset[Op] | None = None  # fewer operators than its type has
    group: str = ""  # under which heading a builder lists it
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)  # what people call the options
    values_from: str = ""  # the list that a builder offers values from

    @property
    def ops(self) -> frozenset[Op]:
        allowed = OPS_OF_TYPE[self.type] if self.only is None else self.only
        return allowed | (TRIGGER_OPS if self.triggers else frozenset())


@dataclass(frozen=True)
class Condition:
    field: FieldSpec
    op: Op
    value: Any = None


@dataclass(frozen=True)
class All:
    children: tuple["Node", ...]


@dataclass(frozen=True)
class AnyOf:
    children: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    child: "Node"


@dataclass(frozen=True)
class Everyone:
    pass


Node = Condition | All | AnyOf | Not | Everyone
FieldLookup = Callable[[str], FieldSpec | None]


@dataclass(frozen=True)
class FilterFault:
    path: str  # e.g. filter.all[1].op
    message: str


class FilterError(ValueError):
    """The filter isn't valid; `faults` names every place, in words a person can act on."""

    def __init__(self, faults: Sequence[FilterFault]) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in faults))
        self.faults = tuple(faults)


@dataclass
class _Parse:
    lookup: FieldLookup
    max_depth: int
    faults: list[FilterFault] = field(default_factory=list)
    conditions: int = 0

    def fault(self, path: str, message: str) -> Everyone:
        self.faults.append(FilterFault(path, message))
        return Everyone()


def parse_filter(
    value: Any,
    fields: FieldLookup | Mapping[str, FieldSpec],
    *,
    path: str = "filter",
    max_depth: int = MAX_DEPTH,
    max_conditions: int = MAX_CONDITIONS,
) -> Node:
    """The checked filter. Raises `FilterError` with one fault per place that is wrong."""
    run = _Parse(fields.get if isinstance(fields, Mapping) else fields, max_depth)
    node = Everyone() if value is None or value == {} else _node(run, value, path, 0)
    if run.conditions > max_conditions:
        run.fault(path, f"조건은 {max_conditions}개까지 쓸 수 있어요")
    if run.faults:
        raise FilterError(run.faults)
    return node


def _node(run: _Parse, value: Any, path: str, depth: int) -> Node:
    if not isinstance(value, dict):
        return run.fault(path, "조건이나 묶음이어야 해요")
    groups = [key for key in ("all", "any", "not") if key in value]
    if not groups:
        return _condition(run, value, path)
    if len(value) != 1:
        return run.fault(path, "묶음에는 all, any, not 가운데 하나만 쓸 수 있어요")
    if depth >= run.max_depth:
        return run.fault(path, f"묶음은 {run.max_depth}겹까지 쓸 수 있어요")
    kind = groups[0]
    inner = value[kind]
    if kind == "not":
        return Not(_node(run, inner, f"{path}.not", depth + 1))
    if not isinstance(inner, list) or not inner:
        return run.fault(f"{path}.{kind}", "조건이 하나 이상 든 목록이어야 해요")
    children = tuple(_node(run, child, f"{path}.{kind}[{i}]", depth + 1) for i, child in enumerate(inner))
    return All(children) if kind == "all" else AnyOf(children)


def _condition(run: _Parse, value: dict[str, Any], path: str) -> Node:
    run.conditions += 1
    unknown = set(value) - {"field", "op", "value"}
    if unknown or not isinstance(value.get("field"), str) or not isinstance(value.get("op"), str):
        return run.fault(path, "조건은 field, op, value로 이루어져요")
    spec = run.lookup(value["field"])
    if spec is None:
        return run.fault(f"{path}.field", f"'{_said(value['field'])}'(이)라는 항목은 없어요")
    try:
        op = Op(value["op"])
    except ValueError:
        return run.fault(f"{path}.op", f"'{_said(value['op'])}'(이)라는 비교는 없어요")
    if op not in spec.ops:
        allowed = ", ".join(sorted(spec.ops))
        return run.fault(
            f"{path}.op", f"'{spec.label}'에는 {op} 비교를 쓸 수 없어요. 쓸 수 있는 비교: {allowed}"
        )
    if op in _EMPTY:
        if value.get("value") is not None:
            return run.fault(f"{path}.value", "이 비교에는 값을 쓰지 않아요")
        return Condition(spec, op)
    if "value" not in value:
        return run.fault(f"{path}.value", "값이 있어야 해요")
    problem, parsed = _value(spec, op, value["value"])
    return run.fault(f"{path}.value", problem) if problem else Condition(spec, op, parsed)


def _said(text: str) -> str:
    """What was sent, in an answer: short, and with characters only."""
    return text[:40].encode("utf-8", "replace").decode()


def _value(spec: FieldSpec, op: Op, value: Any) -> tuple[str, Any]:
    """(problem, parsed value): the value of one condition, by what the operator wants."""
    if op is Op.WITHIN_DAYS:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 3650:
            return "1부터 3650까지의 날 수여야 해요", None
        return "", value
    wanted = {Op.BETWEEN: 2, Op.CHANGED_FROM_TO: 2}.get(op)
    if op is Op.IN or wanted:
        if (
            not isinstance(value, list)
            or not 1 <= len(value) <= MAX_VALUES
            or (wanted and len(value) != wanted)
        ):
            return (
                f"값 {wanted}개의 목록이어야 해요" if wanted else f"값 1–{MAX_VALUES}개의 목록이어야 해요"
            ), None
        parsed = []
        for item in value:
            problem, scalar = _scalar(spec, item)
            if problem:
                return problem, None
            parsed.append(scalar)
        if op is Op.BETWEEN and parsed[0] > parsed[1]:
            return "앞의 값이 뒤의 값보다 커요", None
        return "", tuple(parsed)
    return _scalar(spec, value)


def _scalar(spec: FieldSpec, value: Any) -> tuple[str, Any]:
    match spec.type:
        case FieldType.NUMBER:
            if isinstance(value, bool) or not isinstance(value, int | float):
                return "숫자여야 해요", None
            if not abs(value) <= 1e15:  # written so that NaN, which compares as nothing, is refused too
                return "숫자여야 해요", None
            return "", value
        case FieldType.BOOL:
            return ("", value) if isinstance(value, bool) else ("true나 false여야 해요", None)
        case FieldType.DATE:
            return _date(value)
        case _:
            if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
                return f"1–{MAX_TEXT}자의 글자여야 해요", None
            if not storable(value):
                return "쓸 수 없는 글자가 있어요", None
            if spec.type in (FieldType.CHOICE, FieldType.SET) and spec.options and value not in spec.options:
                return f"다음 가운데 하나여야 해요: {', '.join(spec.options)}", None
            return "", unicodedata.normalize("NFC", value.strip())


def storable(text: str) -> bool:
    """Can a database keep it? Half a pair of UTF-16, which JSON can name, is no character."""
    return not re.search("[\0\ud800-\udfff]", text)


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _date(value: Any) -> tuple[str, Any]:
    problem = "2026-03-01 같은 날짜여야 해요"
    if not isinstance(value, str) or not _DATE.match(value):
        return problem, None
    try:
        day = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value).date()
    except ValueError:
        return problem, None
    return ("", day) if 1900 <= day.year <= 9000 else (problem, None)  # the day after it is a date, too


def evaluate(
    node: Node, row: Callable[[str], Any], *, today: date, before: Callable[[str], Any] | None = None
) -> bool:
    """Is the filter true of one row? `row(key)` gives str, number, date, bool, a collection (SET) or None.

    An absent value fails every comparison except `ne`, `has_not` and `is_empty`, here as in SQL. `before` is
    the row as it was, for `changed_to` and `changed_from_to`.
    """
    match node:
        case Everyone():
            return True
        case All(children):
            return all(evaluate(child, row, today=today, before=before) for child in children)
        case AnyOf(children):
            return any(evaluate(child, row, today=today, before=before) for child in children)
        case Not(child):
            return not evaluate(child, row, today=today, before=before)
        case Condition(spec, op, value):
            have = row(spec.key)
            if op in TRIGGER_OPS:
                had = before(spec.key) if before is not None else None
                return _changed(op, had, have, value)
            return _holds(spec, op, have, value, today)


def _changed(op: Op, had: Any, have: Any, value: Any) -> bool:
    if op is Op.CHANGED_TO:
        return bool(have == value and had != value)
    return bool(had == value[0] and have == value[1])


def _holds(spec: FieldSpec, op: Op, have: Any, value: Any, today: date) -> bool:
    if op in _EMPTY:
        empty = have is None or have == "" or (spec.type is FieldType.SET and not have)
        return empty is (op is Op.IS_EMPTY)
    if spec.type is FieldType.SET:
        members = have or ()
        if op is Op.IN:
            return any(item in members for item in value)
        return (value in members) is (op is Op.HAS)
    if have is None or have == "":
        return op is Op.NE
    match op:
        case Op.EQ:
            return bool(have == value)
        case Op.NE:
            return bool(have != value)
        case Op.IN:
            return have in value
        case Op.CONTAINS:
            return str(value).lower() in str(have).lower()
        case Op.STARTS:
            return str(have).lower().startswith(str(value).lower())
        case Op.GT | Op.AFTER:
            return bool(have > value)
        case Op.GTE:
            return bool(have >= value)
        case Op.LT | Op.BEFORE:
            return bool(have < value)
        case Op.LTE:
            return bool(have <= value)
        case Op.BETWEEN:
            return bool(value[0] <= have <= value[1])
        case Op.WITHIN_DAYS:
            return bool(today - timedelta(days=value) <= have <= today)
        case _:
            raise AssertionError(op)
