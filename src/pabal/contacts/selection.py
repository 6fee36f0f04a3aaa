"""Which contacts are meant: turns a filter, ids, a segment, a tag into one SQL condition over `contacts c`.

Lists, bulk edits, exports and audiences of campaigns all go through here, so that they can't disagree.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from pabal.contacts.activity_sql import FilterContext
from pabal.contacts.card import Blinder
from pabal.contacts.filter_sql import compile_filter, parse_contact_filter
from pabal.domain.filters import All, Condition, FilterError, FilterFault, Node
from pabal.kit.clock import KST
from pabal.kit.http.errors import INVALID, FieldError, Problem


def selection_sql(filter_json: Any, blinder: Blinder, now: datetime) -> sql.Composable:
    """A filter that was checked by `read_filter` when it came in, or that a segment put together of such."""
    node = read_filter(filter_json, put_together=True)
    return compile_filter(node, FilterContext(blinder, now.astimezone(KST).date()))


def read_filter(filter_json: Any, *, path: str = "filter", put_together: bool = False) -> Node:
    """What somebody sent, checked. Raises the 422 that names every faulty path."""
    try:
        return parse_contact_filter(filter_json, path=path, put_together=put_together)
    except FilterError as error:
        raise filter_problem(error.faults) from error


def filter_problem(faults: Sequence[FilterFault]) -> Problem:
    return Problem(INVALID, errors=[FieldError(fault.path, fault.message) for fault in faults])


def ids_sql(ids: Sequence[UUID]) -> sql.Composable:
    return sql.SQL("c.id = ANY({}::uuid[])").format(sql.Literal(list(ids)))


def everything_of(nodes: Sequence[Node]) -> Node | None:
    """All of the given conditions; None if there are none."""
    return None if not nodes else nodes[0] if len(nodes) == 1 else All(tuple(nodes))


def shorthand(field: str, op: str, value: Any) -> Node:
    """A list parameter (`?tag=`) as the condition it stands for."""
    node = read_filter({"field": field, "op": op, "value": value}, path=field)
    assert isinstance(node, Condition)
    return node
