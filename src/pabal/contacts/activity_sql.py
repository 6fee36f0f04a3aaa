"""Filters about what passed between us and a person: contacted, received, clicked, replied.

The rows name whoever the contact was then: those of somebody who was merged away count for the survivor. Rehearsals
through the simulator count as everything else does: whoever tries the hub out wants to see what a filter does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql

from pabal.contacts.card import Blinder
from pabal.domain.filters import Op


@dataclass(frozen=True)
class FilterContext:
    """What compiling needs besides the filter: the tenant's keyed hashes, and which day it is in Korea."""

    blinder: Blinder
    today: date


Compiler = Callable[[Op, Any, FilterContext], sql.Composable]

# {one}: the contact whose rows are meant; {more}: what else is demanded of them.
_CONTACTED: LiteralString = (
    "SELECT FROM messages m WHERE m.tenant_id = {one}.tenant_id AND m.contact_id = {one}.id"
    " AND m.state IN ('accepted', 'delivered'){more}"
)
_CLICKED: LiteralString = (
    "SELECT FROM contact_activity a WHERE a.tenant_id = {one}.tenant_id AND a.contact_id = {one}.id"
    " AND a.last_clicked IS NOT NULL{more}"
)
_REPLIED: LiteralString = (
    "SELECT FROM identities i JOIN inbound_messages w ON w.tenant_id = i.tenant_id AND w.from_key = i.value_key"
    " WHERE i.tenant_id = {one}.tenant_id AND i.contact_id = {one}.id{more}"
)
_RECEIVED: LiteralString = (
    "SELECT FROM campaigns k JOIN messages m ON m.tenant_id = k.tenant_id AND m.send_id = k.send_id"
    " WHERE k.tenant_id = {one}.tenant_id AND m.contact_id = {one}.id AND m.state IN ('accepted', 'delivered'){more}"
)
_CLICKED_IN: LiteralString = (
    "SELECT FROM campaigns k JOIN messages m ON m.tenant_id = k.tenant_id AND m.send_id = k.send_id"
    " JOIN clicks x ON x.tenant_id = m.tenant_id AND x.send_id = m.send_id AND x.seq = m.seq AND x.class = 'human'"
    " WHERE k.tenant_id = {one}.tenant_id AND m.contact_id = {one}.id{more}"
)
# Few contacts were ever merged away (contacts_merged lists them), so their survivors are an array worked out once.
_OR_MERGED: LiteralString = (
    "(EXISTS ({mine}) OR c.id = ANY (ARRAY(WITH RECURSIVE moved AS ("
    "SELECT g.merged_into AS id FROM contacts g WHERE g.merged_into IS NOT NULL AND EXISTS ({theirs})"
    " UNION SELECT n.merged_into FROM moved JOIN contacts n ON n.id = moved.id WHERE n.merged_into IS NOT NULL"
    ") SELECT id FROM moved)))"
)


def exists_for(rows: LiteralString, more: sql.Composable) -> sql.Composable:
    """Has the contact, or who was merged into it, such rows?"""
    mine, theirs = (sql.SQL(rows).format(one=sql.SQL(one), more=more) for one in ("c", "g"))
    return sql.SQL(_OR_MERGED).format(mine=mine, theirs=theirs)


def _last(rows: LiteralString, moment: LiteralString) -> Compiler:
    """The newest of several moments as a day in Korea, asked without working it out: it lies before a day if there is one
    and none from that day on.
    """
    day = f"({moment} AT TIME ZONE 'Asia/Seoul')::date"

    def some(more: LiteralString, *days: date) -> sql.Composable:
        values = (sql.Literal(one) for one in days)
        return exists_for(rows, sql.SQL(more.replace("DAY", day)).format(*values) if more else sql.SQL(""))

    def between(low: date, high: date) -> sql.Composable:
        return sql.SQL("({} AND NOT {})").format(
            some(" AND DAY BETWEEN {}::date AND {}::date", low, high), some(" AND DAY > {}::date", high)
        )

    def compile_last(op: Op, value: Any, context: FilterContext) -> sql.Composable:
        match op:
            case Op.IS_EMPTY:
                return sql.SQL("NOT {}").format(some(""))
            case Op.IS_NOT_EMPTY:
                return some("")
            case Op.AFTER:
                return some(" AND DAY > {}::date", value)
            case Op.BEFORE:
                return sql.SQL("({} AND NOT {})").format(some(""), some(" AND DAY >= {}::date", value))
            case Op.BETWEEN:
                return between(value[0], value[1])
            case _:
                return between(context.today - timedelta(days=value), context.today)

    return compile_last


def _campaigns(rows: LiteralString) -> Compiler:
    def compile_campaigns(op: Op, value: Any, _: FilterContext) -> sql.Composable:
        texts: Sequence[str] = value if op is Op.IN else (value,)
        wanted = sql.Literal([UUID(text) for text in texts])
        found = exists_for(rows, sql.SQL(" AND k.id = ANY({}::uuid[])").format(wanted))
        return sql.SQL("NOT {}").format(found) if op is Op.HAS_NOT else found

    return compile_campaigns


ACTIVITY: Mapping[str, Compiler] = {
    "lastContact": _last(_CONTACTED, "m.updated_at"),
    "lastClick": _last(_CLICKED, "a.last_clicked"),
    "lastReply": _last(_REPLIED, "w.said_at"),
    "received": _campaigns(_RECEIVED),
    "clicked": _campaigns(_CLICKED_IN),
}
