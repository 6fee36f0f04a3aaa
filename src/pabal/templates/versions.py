"""Versions of templates: every content that one ever had, readable for as long as the template is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from pabal.kit.db import Conn


@dataclass(frozen=True, slots=True)
class VersionRow:
    """`source`: edit (somebody here), carrier (the approved text was another one)."""

    version: int
    subject: str
    body: str
    buttons: list[dict[str, Any]]
    emphasis: dict[str, Any]
    missing_policy: str
    defaults: dict[str, str]
    formats: dict[str, str]
    source: str
    created_by: UUID | None
    created_at: datetime


async def keep_version(conn: Conn, template_id: UUID, *, source: str = "edit") -> None:
    """Copy the content of now under its number, in the transaction that changed it. A number that is kept stays as it is.

    Also called before a change: a template from before there were versions has none of its first.
    """
    await conn.execute(
        """
        INSERT INTO template_versions (tenant_id, template_id, version, subject, body, buttons, emphasis, missing_policy,
                                       defaults, formats, source, created_by, created_at)
        SELECT tenant_id, id, version, subject, body, buttons, emphasis, missing_policy, defaults, formats, %(source)s,
               coalesce(updated_by, created_by), updated_at
        FROM templates WHERE id = %(id)s
        ON CONFLICT DO NOTHING
        """,
        {"id": template_id, "source": source},
    )


async def list_versions(conn: Conn, template_id: UUID, *, limit: int = 100) -> Sequence[VersionRow]:
    """Newest first, the one of now included."""
    async with conn.cursor(row_factory=class_row(VersionRow)) as cursor:
        await cursor.execute(
            """
            SELECT version, subject, body, buttons, emphasis, missing_policy, defaults, formats, source, created_by,
                   created_at
            FROM template_versions WHERE template_id = %(id)s
            UNION ALL
            SELECT t.version, t.subject, t.body, t.buttons, t.emphasis, t.missing_policy, t.defaults, t.formats, 'edit',
                   coalesce(t.updated_by, t.created_by), t.updated_at
            FROM templates t
            WHERE t.id = %(id)s AND NOT EXISTS (
                SELECT FROM template_versions v WHERE v.template_id = t.id AND v.version = t.version)
            ORDER BY version DESC LIMIT %(limit)s
            """,
            {"id": template_id, "limit": limit},
        )
        return await cursor.fetchall()


async def find_version(conn: Conn, template_id: UUID, version: int) -> VersionRow | None:
    return next((row for row in await list_versions(conn, template_id) if row.version == version), None)
