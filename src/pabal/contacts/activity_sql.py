"""Filters about what passed between us and a person: contacted, received, clicked, replied.

The rows name whoever the contact was then: those of somebody who was merged away count for the survivor. What a campaign
reached and who clicked counts its rehearsals, too: they are asked for by name. When somebody was last contacted doesn't: a
rehearsal reaches nobody.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, LiteralString
from uuid import UUID

from psycopg import sql

from pabal.contacts.card import Blinder
from pabal.domain.filters import Op
from pabal.kit.clock import KST


@dataclass(frozen=True)
class Span:
    """A stretch of the book, both ends included: a person's rows are indexed by their id, and ids are in order of coming."""

    first: UUID
    last: UUID

    def holds(self, column: LiteralString) -> sql.Composable:
        return sql.SQL(column + " BETWEEN {} AND {}").format(sql.Literal(self.first), sql.Literal(self.last))


@dataclass(frozen=True)
class FilterContext:
    """What compiling needs besides the filter: the tenant's keyed hashes, and which day it is in Korea."""

    blinder: Blinder
    today: date
    # How the same question is put: by the planner's choice, to each person who is looked at, or once to everybody's rows.
    way: Literal["any", "walk", "whole"] = "any"
    # Of campaigns, where the caller has looked them up: the planner then reads one partition, and no campaign.
    sends: Mapping[UUID, UUID] | None = None
    span: Span | None = None  # sets of these people's rows only; whoever asks names them of the contacts, too
    # The whole filter is one condition that isn't negated: see `one_of`.
    alone: bool = False

    def among(self, whose: LiteralString) -> sql.Composable:
        """What ends a subquery: only rows of the span's people; or a fence that keeps it one per person looked at (40,000
        look-ups cost less than a hash of a quarter of the book).
        """
        if self.span is not None:
            return sql.SQL(" AND {}").format(self.span.holds(whose))
        return sql.SQL(" OFFSET 0" if self.way == "walk" else "")

    def one_of(self, ids: sql.Composable) -> sql.Composable:
        """Whether the contact is among them. EXISTS, not IN: rows that name nobody would make NOT IN say nothing. A single
        condition over a span looks its people up in the order of the index, which takes a third of the time; beside another
        condition, the planner might search such an array from end to end for each person.
        """
        if self.alone and self.span is not None:
            return sql.SQL("c.id = ANY (ARRAY({}))").format(ids)
        return sql.SQL("EXISTS (SELECT FROM ({}) v (id) WHERE v.id = c.id)").format(ids)


Compiler = Callable[[Op, Any, FilterContext], sql.Composable]


@dataclass(frozen=True)
class Rows:
    """Rows that belong to a contact: `whose` is the column that says to which."""

    tables: LiteralString
    tenant: LiteralString
    whose: LiteralString


CONTACTED = Rows("messages m WHERE m.state IN ('accepted', 'delivered')", "m.tenant_id", "m.contact_id")
REACHED = Rows(
    "messages m WHERE m.contacted_at IS NOT NULL AND m.state IN ('accepted', 'delivered')",
    "m.tenant_id",
    "m.contact_id",
)
CLICKED = Rows("contact_activity a WHERE a.last_clicked IS NOT NULL", "a.tenant_id", "a.contact_id")
_REPLIED = Rows(
    "inbound_messages w JOIN identities i ON i.tenant_id = w.tenant_id AND i.value_key = w.from_key WHERE true",
    "i.tenant_id",
    "i.contact_id",
)
_CLICKED_IN = Rows(
    "messages m JOIN clicks x ON x.tenant_id = m.tenant_id AND x.send_id = m.send_id AND x.seq = m.seq"
    " WHERE x.class = 'human'",
    "m.tenant_id",
    "m.contact_id",
)
# Few contacts were ever merged away (contacts_merged lists them), so their survivors are worked out once.
_SURVIVORS: LiteralString = (
    "WITH RECURSIVE moved AS ("
    "SELECT g.merged_into AS id FROM contacts g WHERE g.merged_into IS NOT NULL AND EXISTS ({theirs})"
    " UNION SELECT n.merged_into FROM moved JOIN contacts n ON n.id = moved.id WHERE n.merged_into IS NOT NULL"
    ") SELECT id FROM moved"
)


def exists_for(rows: Rows, more: sql.Composable, context: FilterContext) -> sql.Composable:
    """Has the contact, or who was merged into it, such rows?"""
    survivors = survivors_with(rows, more)
    if context.way != "whole":
        return sql.SQL("(EXISTS ({}{}) OR c.id = ANY (ARRAY({})))").format(
            _rows_of("c", rows, more), context.among(rows.whose), survivors
        )
    everybody: LiteralString = "SELECT " + rows.whose + " FROM " + rows.tables
    return context.one_of(
        sql.SQL("{}{}{} UNION ALL ({})").format(
            sql.SQL(everybody), more, context.among(rows.whose), survivors
        )
    )


def survivors_with(rows: Rows, more: sql.Composable) -> sql.Composable:
    """Ids of those into whom somebody with such rows was merged."""
    return sql.SQL(_SURVIVORS).format(theirs=_rows_of("g", rows, more))


def newest_of(rows: Rows, more: sql.Composable, last: UUID) -> sql.Composed:
    """A SELECT of the newest contact that has such rows itself or by way of somebody merged into it; up to `last`."""
    up_to = sql.Literal(last)
    own: LiteralString = "SELECT " + rows.whose + " FROM " + rows.tables
    upwards: LiteralString = " AND " + rows.whose + " <= {} ORDER BY " + rows.whose + " DESC LIMIT 1"
    return sql.SQL(
        "SELECT greatest(({}{}{}), (SELECT v.id FROM ({}) v WHERE v.id <= {} ORDER BY v.id DESC LIMIT 1))"
    ).format(sql.SQL(own), more, sql.SQL(upwards).format(up_to), survivors_with(rows, more), up_to)


def _rows_of(one: LiteralString, rows: Rows, more: sql.Composable) -> sql.Composable:
    text: LiteralString = (
        "SELECT FROM " + rows.tables + " AND " + rows.tenant + " = " + one + ".tenant_id AND " + rows.whose
        + " = " + one + ".id"
    )  # fmt: skip
    return sql.SQL("{}{}").format(sql.SQL(text), more)


def midnight(day: date) -> sql.Composable:
    """The moment at which a day begins in Korea: compared as moments, the planner knows how many there are."""
    return sql.Literal(datetime.combine(day, time.min, KST))


_DAY = timedelta(days=1)


def _last(rows: Rows, moment: LiteralString) -> Compiler:
    """The newest of several moments as a day in Korea, asked without working it out: it lies before a day if there is one
    and none from that day on.
    """

    def compile_last(op: Op, value: Any, context: FilterContext) -> sql.Composable:
        def some(since: date | None = None, before: date | None = None) -> sql.Composable:
            more: list[sql.Composable] = []
            if since is not None:
                more.append(sql.SQL(" AND " + moment + " >= {}").format(midnight(since)))
            if before is not None:
                more.append(sql.SQL(" AND " + moment + " < {}").format(midnight(before)))
            return exists_for(rows, sql.Composed(more), context)

        def none(since: date) -> sql.Composable:
            return sql.SQL("NOT {}").format(some(since))

        match op:
            case Op.IS_EMPTY:
                return sql.SQL("(NOT {})").format(some())
            case Op.IS_NOT_EMPTY:
                return some()
            case Op.AFTER:
                return some(value + _DAY)
            case Op.BEFORE:
                return sql.SQL("({} AND {})").format(some(), none(value))
            case Op.BETWEEN:
                return sql.SQL("({} AND {})").format(some(value[0], value[1] + _DAY), none(value[1] + _DAY))
            case _:
                # Nothing has happened after today: a carrier's clock that is ahead of ours makes nobody drop out.
                return some(context.today - timedelta(days=value))

    return compile_last


def _campaigns(rows: Rows) -> Compiler:
    def compile_campaigns(op: Op, value: Any, context: FilterContext) -> sql.Composable:
        found = exists_for(rows, of_campaigns(value if op is Op.IN else (value,), context), context)
        return sql.SQL("(NOT {})").format(found) if op is Op.HAS_NOT else found

    return compile_campaigns


def of_campaigns(wanted: Sequence[str], context: FilterContext) -> sql.Composable:
    """Messages of these campaigns. What was never sent has none."""
    ids = list(map(UUID, wanted))
    if context.sends is None:
        return sql.SQL(
            " AND m.send_id = ANY (ARRAY(SELECT k.send_id FROM campaigns k WHERE k.id = ANY({}::uuid[])))"
        ).format(sql.Literal(ids))
    sends = [context.sends[one] for one in ids if one in context.sends]
    return sql.SQL(" AND m.send_id = ANY({}::uuid[])").format(sql.Literal(sends))


ACTIVITY: Mapping[str, Compiler] = {
    "lastContact": _last(REACHED, "m.contacted_at"),
    "lastClick": _last(CLICKED, "a.last_clicked"),
    "lastReply": _last(_REPLIED, "w.said_at"),
    "received": _campaigns(CONTACTED),
    "clicked": _campaigns(_CLICKED_IN),
}
