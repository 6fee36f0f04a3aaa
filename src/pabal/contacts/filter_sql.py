"""Filters → SQL over `contacts c`. The only place where SQL is put together at run time; values become
literals.

The meaning is `domain.filters.evaluate`'s, tests/features/test_contact_filters.py compares the two: an
absent value fails every comparison except `ne`, `has_not` and `is_empty`. Runs under RLS, so the tenant
needs no mention.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql

from pabal.contacts.activity_sql import ACTIVITY, Compiler, FilterContext, Rows, exists_for, midnight
from pabal.contacts.fields import ATTRIBUTE, ID_FIELDS, contact_field
from pabal.domain.filters import (
    All,
    AnyOf,
    Condition,
    Everyone,
    FilterError,
    FilterFault,
    Node,
    Not,
    Op,
    parse_filter,
)
from pabal.domain.identity import IdentityKind, canonical
from pabal.domain.name import clean_name


def parse_contact_filter(value: Any, *, path: str = "filter", put_together: bool = False) -> Node:
    """A checked filter over contacts. Raises FilterError. One that is put together of several checked ones (a segment with
    what it leaves out) may be deeper and longer than what a person writes.
    """
    limits = {"max_depth": 32, "max_conditions": 5_000} if put_together else {}
    node = parse_filter(value, contact_field, path=path, **limits)
    faults = list(_wrong_ids(node, path))
    if faults:
        raise FilterError(faults)
    return node


def _wrong_ids(node: Node, path: str) -> Iterator[FilterFault]:
    match node:
        case All(children):
            for i, child in enumerate(children):
                yield from _wrong_ids(child, f"{path}.all[{i}]")
        case AnyOf(children):
            for i, child in enumerate(children):
                yield from _wrong_ids(child, f"{path}.any[{i}]")
        case Not(child):
            yield from _wrong_ids(child, f"{path}.not")
        case Condition(spec, op, value) if spec.key in ID_FIELDS and value is not None:
            if not all(map(is_id, value if op is Op.IN else (value,))):
                yield FilterFault(f"{path}.value", ID_FIELDS[spec.key])
        case _:
            pass


def is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def compile_filter(node: Node, context: FilterContext) -> sql.Composable:
    """A boolean expression over `contacts c`; never NULL."""
    match node:
        case Everyone():
            return sql.SQL("true")
        case All(children):
            return _join(" AND ", children, context)
        case AnyOf(children):
            return _join(" OR ", children, context)
        case Not(child):
            return sql.SQL("NOT ({})").format(compile_filter(child, context))
        case Condition():
            return _condition(node, context)


def _join(word: LiteralString, children: Sequence[Node], context: FilterContext) -> sql.Composable:
    return sql.SQL("({})").format(sql.SQL(word).join(compile_filter(child, context) for child in children))


def _condition(condition: Condition, context: FilterContext) -> sql.Composable:
    key = condition.field.key
    if key.startswith(ATTRIBUTE):
        return _attribute(condition, context)
    return _FIELDS[key](condition.op, condition.value, context)


def _attribute(condition: Condition, context: FilterContext) -> sql.Composable:
    """Everybody's: through the token index, past the wall's planner (app.contacts_carrying), as `@>` isn't leakproof. Of
    people who are looked at anyway: by their tokens, 1.4 µs each.
    """
    name = condition.field.key.removeprefix(ATTRIBUTE)
    values = condition.value if condition.op is Op.IN else (condition.value,)
    pairs = [pair for value in values if (pair := context.blinder.attribute_tokens(name, value))]
    carries: sql.Composable = sql.SQL("false")
    if pairs and context.way != "walk" and context.span is None:
        carries = sql.SQL("c.id IN (SELECT app.contacts_carrying({}, {}))").format(
            *(sql.Literal(list(column)) for column in zip(*pairs, strict=True))
        )
    elif pairs:
        each = (sql.SQL("c.tokens @> {}").format(sql.Literal(list(pair))) for pair in pairs)
        carries = sql.SQL("({})").format(sql.SQL(" OR ").join(each))
    return sql.SQL("(NOT {})").format(carries) if condition.op is Op.NE else carries


_COMPARISONS: dict[Op, LiteralString] = {
    Op.GT: "{} > {}",
    Op.GTE: "{} >= {}",
    Op.LT: "{} < {}",
    Op.LTE: "{} <= {}",
}


def _text(column: LiteralString) -> Compiler:
    """A NOT NULL text column where '' is absent."""

    def compile_text(op: Op, value: Any, _: FilterContext) -> sql.Composable:
        name = sql.SQL(column)
        match op:
            case Op.IS_EMPTY:
                return sql.SQL("{} = ''").format(name)
            case Op.IS_NOT_EMPTY:
                return sql.SQL("{} <> ''").format(name)
            case Op.EQ:
                return sql.SQL("{} = {}").format(name, sql.Literal(value))
            case Op.NE:
                return sql.SQL("{} <> {}").format(name, sql.Literal(value))
            case Op.IN:
                return sql.SQL("{} = ANY({})").format(name, sql.Literal(list(value)))
            case Op.CONTAINS:
                return sql.SQL("position(lower({}) IN lower({})) > 0").format(sql.Literal(value), name)
            case _:
                return sql.SQL("starts_with(lower({}), lower({}))").format(name, sql.Literal(value))

    return compile_text


def _date_column(column: LiteralString) -> Compiler:
    """A NOT NULL timestamp, compared by its day in Korea."""

    def within(since: date | None, before: date | None) -> sql.Composable:
        parts = [
            sql.SQL(column + sign).format(midnight(day))
            for sign, day in ((" >= {}", since), (" < {}", before))
            if day is not None
        ]
        return sql.SQL("({})").format(sql.SQL(" AND ").join(parts))

    def compile_date(op: Op, value: Any, context: FilterContext) -> sql.Composable:
        one = timedelta(days=1)
        match op:
            case Op.IS_EMPTY:
                return sql.SQL("false")
            case Op.IS_NOT_EMPTY:
                return sql.SQL("true")
            case Op.BEFORE:
                return within(None, value)
            case Op.AFTER:
                return within(value + one, None)
            case Op.BETWEEN:
                return within(value[0], value[1] + one)
            case _:
                return within(context.today - timedelta(days=value), context.today + one)

    return compile_date


def _number(expression: LiteralString) -> Compiler:
    def compile_number(op: Op, value: Any, _: FilterContext) -> sql.Composable:
        number = sql.SQL(expression)
        match op:
            case Op.IS_EMPTY:
                return sql.SQL("false")
            case Op.IS_NOT_EMPTY:
                return sql.SQL("true")
            case Op.EQ:
                return sql.SQL("{} = {}").format(number, sql.Literal(value))
            case Op.NE:
                return sql.SQL("{} <> {}").format(number, sql.Literal(value))
            case Op.IN:
                # Of one type: psycopg refuses a list of 1 and 1.5.
                return sql.SQL("{} = ANY({})").format(number, sql.Literal(list(map(float, value))))
            case Op.BETWEEN:
                return sql.SQL("{} BETWEEN {} AND {}").format(
                    number, sql.Literal(value[0]), sql.Literal(value[1])
                )
            case _:
                return sql.SQL(_COMPARISONS[op]).format(number, sql.Literal(value))

    return compile_number


def _set(members: Callable[[Sequence[str] | None], sql.Composable], whose: LiteralString) -> Compiler:
    """`members(values)`: a SELECT of the contact's members among the values, or of any member; `whose` names the contact."""

    def compile_set(op: Op, value: Any, context: FilterContext) -> sql.Composable:
        wanted = None if value is None else list(value) if op is Op.IN else [value]
        word: LiteralString = "NOT EXISTS ({}{})" if op in (Op.HAS_NOT, Op.IS_EMPTY) else "EXISTS ({}{})"
        return sql.SQL(word).format(members(wanted), context.among(whose))

    return compile_set


def _tags(values: Sequence[str] | None) -> sql.Composable:
    """Tags by name or id. Names are unique within a tenant. Ids stand in the statement: the planner knows how many carry
    each, and takes its way by it (selection.with_tag_ids turns names into ids).
    """
    base = sql.SQL("SELECT FROM contact_tags ct WHERE ct.tenant_id = c.tenant_id AND ct.contact_id = c.id")
    if values is None:
        return base
    if all(map(is_id, values)):
        return sql.SQL("{} AND ct.tag_id = ANY ({}::uuid[])").format(
            base, sql.Literal(list(map(UUID, values)))
        )
    # An array of ids is computed once per statement; an IN (SELECT …) was walked once per contact.
    return sql.SQL(
        "{} AND ct.tag_id = ANY (ARRAY(SELECT t.id FROM tags t WHERE t.name = ANY({v}) OR t.id::text = ANY({v})))"
    ).format(base, v=sql.Literal(list(values)))


_CHANNEL_SQL: dict[str, LiteralString] = {
    "sms": "(i.kind = 'phone' AND i.quality = 'ok')",
    "landline": "(i.kind = 'phone' AND i.quality = 'landline')",
    "email": "i.kind = 'email'",
    "kakao": "i.kind = 'kakao'",
}


def _channels(values: Sequence[str] | None) -> sql.Composable:
    base = sql.SQL("SELECT FROM identities i WHERE i.tenant_id = c.tenant_id AND i.contact_id = c.id")
    if values is None:
        return base
    known = [sql.SQL(_CHANNEL_SQL[value]) for value in values if value in _CHANNEL_SQL]
    return sql.SQL("{} AND ({})").format(base, sql.SQL(" OR ").join(known) if known else sql.SQL("false"))


def _consents(state: LiteralString) -> Compiler:
    """Purposes (or `channel:purpose`) about which the newest statement says this."""

    def compile_consents(op: Op, value: Any, context: FilterContext) -> sql.Composable:
        about: sql.Composable = sql.SQL("")
        if value is not None:
            wanted = list(value) if op is Op.IN else [value]
            about = sql.SQL(" AND ({})").format(sql.SQL(" OR ").join(map(_about, wanted)))
        # Of one person, or of a span's people together: a semi-join takes a set, not a subquery about each.
        whose: sql.Composable = sql.SQL("k.tenant_id = c.tenant_id AND k.contact_id = c.id")
        if context.way == "whole":
            whose = sql.SQL("true{}").format(context.among("k.contact_id"))
        said = sql.SQL(
            "SELECT n.contact_id FROM (SELECT DISTINCT ON (k.contact_id, k.channel, k.purpose) k.contact_id, k.state"
            " FROM consents k WHERE {}{} ORDER BY k.contact_id, k.channel, k.purpose, k.at DESC, k.id DESC) n"
            " WHERE n.state = {}"
        ).format(whose, about, sql.Literal(state))
        found = context.one_of(said)
        return sql.SQL("(NOT {})").format(found) if op in (Op.HAS_NOT, Op.IS_EMPTY) else found

    return compile_consents


def _about(purpose: str) -> sql.Composable:
    """Each part compared by itself, which an index answers. No channel has a colon in its name; a purpose may."""
    channel, colon, rest = purpose.partition(":")
    if not colon:
        return sql.SQL("k.purpose = {}").format(sql.Literal(purpose))
    return sql.SQL("(k.purpose = {} OR (k.channel = {} AND k.purpose = {}))").format(
        sql.Literal(purpose), sql.Literal(channel), sql.Literal(rest)
    )


def _opt_outs(values: Sequence[str] | None) -> sql.Composable:
    base = sql.SQL(
        "SELECT FROM identities i JOIN suppressions s ON s.tenant_id = i.tenant_id AND s.address_key = i.address_key"
        " AND s.kind = i.kind WHERE i.tenant_id = c.tenant_id AND i.contact_id = c.id"
    )
    return (
        base
        if values is None
        else sql.SQL("{} AND s.channel = ANY({})").format(base, sql.Literal(list(values)))
    )


def _suppressed(op: Op, value: Any, context: FilterContext) -> sql.Composable:
    found = sql.SQL("EXISTS ({}{})").format(_opt_outs(None), context.among("i.contact_id"))
    return _either(found, op, value)


def _either(expression: sql.Composable, op: Op, value: Any) -> sql.Composable:
    return expression if bool(value) is (op is Op.EQ) else sql.SQL("(NOT {})").format(expression)


_IN_DOUBT = sql.SQL(
    "(EXISTS (SELECT FROM duplicate_pairs d WHERE d.tenant_id = c.tenant_id AND d.contact_a = c.id AND d.state = 'open')"
    " OR EXISTS (SELECT FROM duplicate_pairs d WHERE d.tenant_id = c.tenant_id AND d.contact_b = c.id AND d.state = 'open'))"
)


def _contact(op: Op, value: Any, _: FilterContext) -> sql.Composable:
    """People named one by one: a segment's manual in and out."""
    wanted = [UUID(text) for text in (value if op is Op.IN else (value,))]
    among = sql.SQL("c.id = ANY({}::uuid[])").format(sql.Literal(wanted))
    return sql.SQL("NOT {}").format(among) if op is Op.NE else among


_IMPORTED = Rows("import_rows r WHERE r.contact_id IS NOT NULL", "r.tenant_id", "r.contact_id")


def _import(op: Op, value: Any, context: FilterContext) -> sql.Composable:
    """Contacts that rows of an import belong to now: made by it, found by it, or merged with one that was."""
    among: sql.Composable = sql.SQL("")
    if op not in (Op.IS_EMPTY, Op.IS_NOT_EMPTY):
        wanted = [UUID(text) for text in (value if op is Op.IN else (value,))]
        among = sql.SQL(" AND r.import_id = ANY({})").format(sql.Literal(wanted))
    within = exists_for(_IMPORTED, among, context)
    return sql.SQL("NOT {}").format(within) if op in (Op.NE, Op.IS_EMPTY) else within


def _name(op: Op, value: Any, context: FilterContext) -> sql.Composable:
    if op is Op.IS_EMPTY:
        return sql.SQL("c.name_key IS NULL")
    if op is Op.IS_NOT_EMPTY:
        return sql.SQL("c.name_key IS NOT NULL")
    names = value if op is Op.IN else (value,)
    keys = [context.blinder.value_key("name", key) for name in names if (key := clean_name(name).key)]
    matches = sql.SQL("c.name_key = ANY({}::bigint[])").format(sql.Literal(keys))
    if op is Op.NE:
        return sql.SQL("(c.name_key IS NULL OR NOT {})").format(matches)
    return sql.SQL("(c.name_key IS NOT NULL AND {})").format(matches)


def _identity(kind: IdentityKind) -> Compiler:
    def compile_identity(op: Op, value: Any, context: FilterContext) -> sql.Composable:
        holds = sql.SQL(
            "EXISTS (SELECT FROM identities i WHERE i.tenant_id = c.tenant_id AND i.contact_id = c.id AND i.kind = {}{})"
        )
        if op in (Op.IS_EMPTY, Op.IS_NOT_EMPTY):
            any_value = holds.format(sql.Literal(kind.value), sql.SQL(""))
            return any_value if op is Op.IS_NOT_EMPTY else sql.SQL("NOT {}").format(any_value)
        texts = value if op is Op.IN else (value,)
        read = [canonical(kind, text) for text in texts]
        keys = [context.blinder.value_key(kind.value, item.value) for item in read if item is not None]
        among = sql.SQL(" AND i.value_key = ANY({}::bigint[])").format(sql.Literal(keys))
        matches = holds.format(sql.Literal(kind.value), among)
        return sql.SQL("NOT {}").format(matches) if op is Op.NE else matches

    return compile_identity


def _purpose(op: Op, value: Any, _: FilterContext) -> sql.Composable:
    """What somebody's data was collected for; empty: nobody has told."""
    match op:
        case Op.IS_EMPTY:
            return sql.SQL("cardinality(c.purposes) = 0")
        case Op.IS_NOT_EMPTY:
            return sql.SQL("cardinality(c.purposes) > 0")
    told = sql.SQL("c.purposes && {}::text[]").format(sql.Literal(list(value) if op is Op.IN else [value]))
    return sql.SQL("(NOT {})").format(told) if op is Op.HAS_NOT else told


_FIELDS: dict[str, Compiler] = {
    "purpose": _purpose,
    "district": _text("c.district"),
    "ageBand": _text("c.age_band"),
    "source": _text("c.source"),
    "basis": _text("c.basis"),
    "tag": _set(_tags, "ct.contact_id"),
    "channel": _set(_channels, "i.contact_id"),
    "consent": _consents("granted"),
    "consentWithdrawn": _consents("withdrawn"),
    "optOut": _set(_opt_outs, "i.contact_id"),
    "suppressed": _suppressed,
    "duplicate": lambda op, value, _: _either(_IN_DOUBT, op, value),
    "contact": _contact,
    **ACTIVITY,
    "import": _import,
    "createdAt": _date_column("c.created_at"),
    "updatedAt": _date_column("c.updated_at"),
    "phoneCount": _number(
        "(SELECT count(*) FROM identities i WHERE i.tenant_id = c.tenant_id AND i.contact_id = c.id AND i.kind = 'phone')"
    ),
    "tagCount": _number(
        "(SELECT count(*) FROM contact_tags ct WHERE ct.tenant_id = c.tenant_id AND ct.contact_id = c.id)"
    ),
    "name": _name,
    "phone": _identity(IdentityKind.PHONE),
    "email": _identity(IdentityKind.EMAIL),
    "kakaoId": _identity(IdentityKind.KAKAO),
}
