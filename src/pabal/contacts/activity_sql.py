"""Filters about what passed between us and a person: contacted, received, clicked, replied.

The rows name whoever the contact was then: those of somebody who was merged away count for the survivor. Rehearsals
through the simulator count as everything else does: whoever tries the hub out wants to see what a filter does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, LiteralString
from uuid import UUID

from psycopg import sql

from pabal.contacts.card import Blinder
from pabal.domain.filters import Op
from pabal.kit.clock import KST


@dataclass(frozen=True)
class FilterContext:
    """What compiling needs besides the filter: the tenant's keyed hashes, and which day it is in Korea."""

    blinder: Blinder
    today: date
    # How the same question is put: by the planner's choice, to each person who is looked at, or once to everybody's rows.
    way: Literal["any", "walk", "whole"] = "any"
    sends: Mapping[UUID, UUID] = field(
        default_factory=dict
    )  # of campaigns: the planner then reads one partition

    @property
    def fence(self) -> sql.Composable:
        """Keeps a subquery one per row: 40,000 look-ups cost less than a hash of a quarter of the book."""
        return sql.SQL(" OFFSET 0" if self.way == "walk" else "")


Compiler = Callable[[Op, Any, FilterContext], sql.Composable]


@dataclass(frozen=True)
class Rows:
    """Rows that belong to a contact: `whose` is the column that says to which."""

    tables: LiteralString
    tenant: LiteralString
    whose: LiteralString


_CONTACTED = Rows("messages m WHERE m.state IN ('accepted', 'delivered')", "m.tenant_id", "m.contact_id")
_CLICKED = Rows("contact_activity a WHERE a.last_clicked IS NOT NULL", "a.tenant_id", "a.contact_id")
_REPLIED = Rows(
    "inbound_messages w JOIN identities i ON i.tenant_id = w.tenant_id AND i.value_key = w.from_key WHERE true",
    "i.tenant_id",
    "i.contact_id",
)
_RECEIVED = Rows(
    "campaigns k JOIN messages m ON m.tenant_id = k.tenant_id AND m.send_id = k.send_id"
    " WHERE m.state IN ('accepted', 'delivered')",
    "m.tenant_id",
    "m.contact_id",
)
_CLICKED_IN = Rows(
    "campaigns k JOIN messages m ON m.tenant_id = k.tenant_id AND m.send_id = k.send_id"
    " JOIN clicks x ON x.tenant_id = m.tenant_id AND x.send_id = m.send_id AND x.seq = m.seq AND x.class = 'human'"
    " WHERE true",
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

    def of(one: LiteralString) -> sql.Composable:
        text: LiteralString = (
            "SELECT FROM " + rows.tables + " AND " + rows.tenant + " = " + one + ".tenant_id AND " + rows.whose
            + " = " + one + ".id"
        )  # fmt: skip
        return sql.SQL("{}{}").format(sql.SQL(text), more)

    survivors = sql.SQL(_SURVIVORS).format(theirs=of("g"))
    if context.way != "whole":
        return sql.SQL("(EXISTS ({}{}) OR c.id = ANY (ARRAY({})))").format(of("c"), context.fence, survivors)
    everybody: LiteralString = "SELECT " + rows.whose + " FROM " + rows.tables
    return sql.SQL("c.id IN ({}{} UNION ALL ({}))").format(sql.SQL(everybody), more, survivors)


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
        wanted = list(map(UUID, value if op is Op.IN else (value,)))
        more = sql.SQL(" AND k.id = ANY({}::uuid[])").format(sql.Literal(wanted))
        if context.sends:
            sends = [context.sends[one] for one in wanted if one in context.sends]
            more = sql.SQL("{} AND m.send_id = ANY({}::uuid[])").format(more, sql.Literal(sends))
        found = exists_for(rows, more, context)
        return sql.SQL("(NOT {})").format(found) if op is Op.HAS_NOT else found

    return compile_campaigns


ACTIVITY: Mapping[str, Compiler] = {
    "lastContact": _last(_CONTACTED, "m.updated_at"),
    "lastClick": _last(_CLICKED, "a.last_clicked"),
    "lastReply": _last(_REPLIED, "w.said_at"),
    "received": _campaigns(_RECEIVED),
    "clicked": _campaigns(_CLICKED_IN),
}
