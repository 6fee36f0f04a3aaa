"""Two people change one thing: whoever comes late is refused and told who was first, when, and what differs.

One code for everything that is edited by version, so that a screen needs one way to say it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pabal.accounts.members import list_members
from pabal.kit.db import Conn, Database
from pabal.kit.http.errors import Problem, declare

STALE_EDIT = declare("stale_edit", 409, "그사이 다른 사람이 고쳤어요. 바뀐 것을 확인해 주세요")


def stale_edit(
    *, mine: Mapping[str, Any], theirs: Mapping[str, Any], version: int, by: UUID | None, at: datetime
) -> Problem:
    """`mine` as it was sent, `theirs` as it is kept now, both in the API's own names. Equal fields are no difference."""
    return Problem(
        STALE_EDIT,
        extra={
            "version": version,
            "changedBy": None if by is None else {"id": str(by), "name": ""},
            "changedAt": at.isoformat(),
            "diff": [
                {"field": field, "mine": value, "theirs": theirs.get(field)}
                for field, value in mine.items()
                if value != theirs.get(field)
            ],
        },
    )


async def with_editor(conn: Conn, db: Database, problem: Problem) -> Problem:
    """The same refusal with the name of who was first; other refusals as they are."""
    editor = problem.extra.get("changedBy")
    if problem.code is STALE_EDIT and editor:
        for member in await list_members(conn, db):
            if str(member.user_id) == editor["id"]:
                editor["name"] = member.name
    return problem
