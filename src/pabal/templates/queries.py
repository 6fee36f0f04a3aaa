"""Reads of templates, and what a contact offers to a preview."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import class_row

from pabal.domain.template import contact_values
from pabal.kit.db import Conn
from pabal.senders import find_sender


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """`code`, `carrier_state` and `comment` are the carrier's; `sender_id` is the Kakao profile of an AlimTalk
    template."""

    id: UUID
    channel: str
    name: str
    subject: str
    body: str
    buttons: list[dict[str, Any]]
    variables: list[str]
    state: str
    carrier_state: str
    code: str
    sender_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime
    folder: str = ""
    missing_policy: str = "skip"
    defaults: dict[str, str] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    emphasis: dict[str, Any] = field(default_factory=dict)
    message_type: str = "BA"
    comment: str = ""
    archived_at: datetime | None = None
    created_by: UUID | None = None
    updated_by: UUID | None = None


_COLUMNS: LiteralString = """
    SELECT id, channel, name, subject, body, buttons, variables, state, carrier_state, code, sender_id, version,
           created_at, updated_at, folder, missing_policy, defaults, formats, emphasis, message_type, comment,
           archived_at, created_by, updated_by
    FROM templates
"""


async def list_templates(
    conn: Conn,
    *,
    channel: str | None = None,
    state: str | None = None,
    folder: str | None = None,
    search: str = "",
    archived: bool | None = False,
    before: UUID | None = None,
    limit: int = 50,
) -> Sequence[TemplateRow]:
    """Newest first. `search` looks into name, text and folder: templates hold no personal data, and a camp has hundreds
    of them at most, so no index is asked."""
    pattern = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    async with conn.cursor(row_factory=class_row(TemplateRow)) as cursor:
        await cursor.execute(
            _COLUMNS
            + """
            WHERE (%(channel)s::text IS NULL OR channel = %(channel)s)
              AND (%(state)s::text IS NULL OR state = %(state)s)
              AND (%(folder)s::text IS NULL OR folder = %(folder)s)
              AND (%(archived)s::boolean IS NULL OR (archived_at IS NOT NULL) = %(archived)s)
              AND (%(search)s = '' OR name ILIKE %(pattern)s OR body ILIKE %(pattern)s OR folder ILIKE %(pattern)s
                   OR code = %(search)s)
              AND (%(before)s::uuid IS NULL OR id < %(before)s)
            ORDER BY id DESC LIMIT %(limit)s
            """,
            {
                "channel": channel,
                "state": state,
                "folder": folder,
                "archived": archived,
                "search": search,
                "pattern": pattern,
                "before": before,
                "limit": limit,
            },
        )
        return await cursor.fetchall()


async def find_template(conn: Conn, template_id: UUID, *, lock: bool = False) -> TemplateRow | None:
    """One template; `lock` holds it (FOR UPDATE) for a change that looks at its state first."""
    async with conn.cursor(row_factory=class_row(TemplateRow)) as cursor:
        if lock:
            await cursor.execute("SELECT FROM templates WHERE id = %s FOR UPDATE", (template_id,))
        await cursor.execute(_COLUMNS + " WHERE id = %s", (template_id,))
        return await cursor.fetchone()


@dataclass(frozen=True, slots=True)
class Use:
    """By campaigns, drafts included; `last_at` is of the newest one."""

    campaigns: int
    last_at: datetime


async def uses_of(conn: Conn, templates: Iterable[UUID]) -> dict[UUID, Use]:
    """One pass over the campaigns' steps, whichever templates are asked about: a camp has hundreds of campaigns."""
    cursor = await conn.execute(
        """
        SELECT (step ->> 'templateId')::uuid, count(DISTINCT c.id), max(c.created_at)
        FROM campaigns c CROSS JOIN LATERAL jsonb_array_elements(c.steps) AS step
        WHERE step ->> 'templateId' = ANY(%s::text[]) GROUP BY 1
        """,
        ([str(one) for one in templates],),
    )
    return {row[0]: Use(row[1], row[2]) for row in await cursor.fetchall()}


async def list_folders(conn: Conn) -> list[tuple[str, int]]:
    """(name, templates in it), by name; '' are those in none."""
    cursor = await conn.execute(
        "SELECT folder, count(*) FROM templates WHERE archived_at IS NULL GROUP BY 1 ORDER BY 1"
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Review:
    """A template with what its submission needs: the Kakao profile and the account behind it."""

    template: TemplateRow
    profile: str
    account_id: UUID


async def find_for_review(conn: Conn, template_id: UUID) -> Review | None:
    """None when there is no such template; Kakao profile "" when it has none yet."""
    template = await find_template(conn, template_id, lock=True)
    if template is None:
        return None
    sender = await find_sender(conn, template.sender_id) if template.sender_id else None
    if sender is None:
        return Review(template, "", template.id)
    return Review(template, sender.value, sender.account_id)


async def values_of_contact(conn: Conn, contact_id: UUID) -> dict[str, str] | None:
    """Template values of one contact; None if there is none, or it was erased."""
    cursor = await conn.execute(
        "SELECT app.decrypt(pii), district FROM contacts WHERE id = %s AND pii IS NOT NULL", (contact_id,)
    )
    row = await cursor.fetchone()
    return None if row is None else contact_values({**json.loads(row[0]), "district": row[1]})
