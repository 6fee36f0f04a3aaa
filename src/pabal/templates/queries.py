"""Reads of templates, and what a contact offers to a preview."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from pabal.domain.template import contact_values
from pabal.kit.db import Conn
from pabal.senders import find_sender


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """`code` and `carrier_state` are the carrier's; `sender_id` is the Kakao profile of an AlimTalk
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


async def list_templates(
    conn: Conn,
    *,
    channel: str | None = None,
    state: str | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> Sequence[TemplateRow]:
    """Newest first."""
    async with conn.cursor(row_factory=class_row(TemplateRow)) as cursor:
        await cursor.execute(
            """
            SELECT id, channel, name, subject, body, buttons, variables, state, carrier_state, code,
            sender_id, version, created_at, updated_at FROM templates WHERE (%(channel)s::text IS NULL OR
            channel = %(channel)s) AND (%(state)s::text IS NULL OR state = %(state)s) AND (%(before)s::uuid
            IS NULL OR id < %(before)s) ORDER BY id DESC LIMIT %(limit)s
            """,
            {"channel": channel, "state": state, "before": before, "limit": limit},
        )
        return await cursor.fetchall()


async def find_template(conn: Conn, template_id: UUID, *, lock: bool = False) -> TemplateRow | None:
    """One template; `lock` holds it (FOR UPDATE) for a change that looks at its state first."""
    async with conn.cursor(row_factory=class_row(TemplateRow)) as cursor:
        if lock:
            await cursor.execute("SELECT FROM templates WHERE id = %s FOR UPDATE", (template_id,))
        await cursor.execute(
            """
            SELECT id, channel, name, subject, body, buttons, variables, state, carrier_state, code,
            sender_id, version, created_at, updated_at FROM templates WHERE id = %s
            """,
            (template_id,),
        )
        return await cursor.fetchone()


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
        "SELECT app.decrypt(pii) FROM contacts WHERE id = %s AND pii IS NOT NULL", (contact_id,)
    )
    row = await cursor.fetchone()
    return None if row is None else contact_values(json.loads(row[0]))
