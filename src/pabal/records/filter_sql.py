"""The filter grammar over the fields of one partition, as SQL over `records r`. Personal fields: equality by keyed hash."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, LiteralString

from psycopg import sql

from pabal.contacts import Blinder
from pabal.domain.fields import Field, read_values
from pabal.domain.filters import (
    All,
    AnyOf,
    Condition,
    Everyone,
    FieldSpec,
    FieldType,
    FilterError,
    Node,
    Not,
    Op,
    parse_filter,
)
from pabal.kit.http.errors import INVALID, FieldError, Problem
from pabal.records.model import Partition, value_hash

_TIMES = {"createdAt": "r.created_at", "updatedAt": "r.updated_at"}
_LABELS = {"createdAt": "만든 날", "updatedAt": "고친 날"}


def record_filter(raw: Any, partition: Partition, blinder: Blinder) -> sql.Composable:
    """A boolean expression; never NULL. Raises the 422 that names every faulty path."""
    specs = {one.key: FieldSpec(one.key, one.label, one.spec.type, one.options) for one in partition.fields}
    for key, label in _LABELS.items():
        specs.setdefault(key, FieldSpec(key, label, FieldType.DATE))
    try:
        node = parse_filter(raw, specs)
    except FilterError as error:
        raise Problem(INVALID, errors=[FieldError(one.path, one.message) for one in error.faults]) from error
    return _compile(node, partition.by_key, blinder)


def _compile(node: Node, fields: Mapping[str, Field], blinder: Blinder) -> sql.Composable:
    match node:
        case Everyone():
            return sql.SQL("true")
        case All(children):
            return _join(" AND ", children, fields, blinder)
        case AnyOf(children):
            return _join(" OR ", children, fields, blinder)
        case Not(child):
            return sql.SQL("NOT ({})").format(_compile(child, fields, blinder))
        case Condition(spec, op, value):
            if spec.key in fields:
                field = fields[spec.key]
                return _personal(field, op, value, blinder) if field.personal else _plain(spec, op, value)
            return _time(_TIMES[spec.key], op, value)


def _join(
    word: LiteralString, children: Sequence[Node], fields: Mapping[str, Field], blinder: Blinder
) -> sql.Composable:
    return sql.SQL("({})").format(sql.SQL(word).join(_compile(child, fields, blinder) for child in children))


def _personal(field: Field, op: Op, value: Any, blinder: Blinder) -> sql.Composable:
    filled = sql.SQL("{} = ANY(r.filled)").format(sql.Literal(field.key))
    match op:
        case Op.IS_EMPTY:
            return sql.SQL("NOT {}").format(filled)
        case Op.IS_NOT_EMPTY:
            return filled
    wanted = [_hash(field, one, blinder) for one in (value if isinstance(value, tuple) else (value,))]
    hit = sql.SQL("r.keys && {}::bigint[]").format(sql.Literal(wanted))
    return sql.SQL("NOT ({})").format(hit) if op is Op.NE else hit


def _hash(field: Field, value: Any, blinder: Blinder) -> int:
    """As the record would hold it: a number is found however it was written."""
    read, _, faults = read_values([field], {field.key: value})
    return value_hash(blinder, field.key, value if faults or not read else read[field.key])


def _plain(spec: FieldSpec, op: Op, value: Any) -> sql.Composable:
    key = sql.Literal(spec.key)
    text = sql.SQL("coalesce(r.data ->> {}, '')").format(key)
    if op is Op.IS_EMPTY:
        return sql.SQL("NOT r.data ? {}").format(key)
    if op is Op.IS_NOT_EMPTY:
        return sql.SQL("r.data ? {}").format(key)
    match spec.type:
        case FieldType.SET:
            members = [value] if isinstance(value, str) else list(value)
            hit = sql.SQL("coalesce(r.data -> {}, '[]') ?| {}::text[]").format(key, sql.Literal(members))
            return sql.SQL("NOT ({})").format(hit) if op is Op.HAS_NOT else hit
        case FieldType.BOOL:
            held = sql.SQL("coalesce((r.data ->> {})::boolean, false) = {}").format(key, sql.Literal(value))
            return sql.SQL("NOT ({})").format(held) if op is Op.NE else held
        case FieldType.NUMBER:
            return _ordered(sql.SQL("(r.data ->> {})::numeric").format(key), op, value)
        case FieldType.DATE:
            return _ordered(sql.SQL("(r.data ->> {})::date").format(key), op, value)
    match op:
        case Op.EQ:
            return sql.SQL("{} = {}").format(text, sql.Literal(value))
        case Op.NE:
            return sql.SQL("{} <> {}").format(text, sql.Literal(value))
        case Op.IN:
            return sql.SQL("{} = ANY({}::text[])").format(text, sql.Literal(list(value)))
        case Op.CONTAINS:
            return sql.SQL("position(lower({}) IN lower({})) > 0").format(sql.Literal(value), text)
        case _:
            return sql.SQL("starts_with(lower({}), lower({}))").format(text, sql.Literal(value))


def _time(column: LiteralString, op: Op, value: Any) -> sql.Composable:
    if op in {Op.IS_EMPTY, Op.IS_NOT_EMPTY}:
        return sql.SQL("false" if op is Op.IS_EMPTY else "true")
    return _ordered(sql.SQL(f"({column} AT TIME ZONE 'Asia/Seoul')::date"), op, value)


_SIGNS: Mapping[Op, LiteralString] = {
    Op.EQ: "=",
    Op.GT: ">",
    Op.GTE: ">=",
    Op.LT: "<",
    Op.LTE: "<=",
    Op.BEFORE: "<",
    Op.AFTER: ">",
}


def _ordered(column: sql.Composable, op: Op, value: Any) -> sql.Composable:
    """An absent value fails every comparison except `ne`."""
    match op:
        case Op.NE:
            return sql.SQL("{} IS DISTINCT FROM {}").format(column, _literal(value))
        case Op.IN:
            options = sql.SQL(", ").join(map(_literal, value))
            return sql.SQL("coalesce({} IN ({}), false)").format(column, options)
        case Op.BETWEEN:
            return sql.SQL("coalesce({} BETWEEN {} AND {}, false)").format(
                column, _literal(value[0]), _literal(value[1])
            )
        case Op.WITHIN_DAYS:
            return sql.SQL(
                "coalesce({0} BETWEEN (now() AT TIME ZONE 'Asia/Seoul')::date - {1}::integer "
                "AND (now() AT TIME ZONE 'Asia/Seoul')::date, false)"
            ).format(column, sql.Literal(value))
        case _:
            return sql.SQL("coalesce({} {} {}, false)").format(column, sql.SQL(_SIGNS[op]), _literal(value))


def _literal(value: date | float) -> sql.Literal:
    return sql.Literal(value)
