"""Consents: statements of one person about channel and purpose, appended, never changed. The newest one
counts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.rows import class_row

from pabal.domain.ids import new_id
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, FieldError, Problem


@dataclass(frozen=True)
class Consent:
    id: UUID
    channel: str
    purpose: str
    state: str
    at: datetime
    evidence: str | None
    created_at: datetime


def not_ahead(at: datetime, now: datetime, path: str) -> None:
    """The newest statement counts, by its own time: one from next year would outlast every withdrawal until then."""
    if at - now > timedelta(days=1):
        raise Problem(
            INVALID, errors=[FieldError(path, "아직 오지 않은 때예요", "동의하거나 거둔 때를 적어 주세요")]
        )


async def list_consents(conn: Conn, contact_id: UUID) -> list[Consent]:
    async with conn.cursor(row_factory=class_row(Consent)) as cursor:
        await cursor.execute(
            """
            SELECT id, channel, purpose, state, at,
                   CASE WHEN evidence IS NOT NULL THEN app.decrypt(evidence) END AS evidence, created_at
            FROM consents WHERE contact_id = %s ORDER BY at DESC, id DESC
            """,
            (contact_id,),
        )
        return await cursor.fetchall()


async def record_consent(
    conn: Conn,
    tenant_id: UUID,
    contact_id: UUID,
    *,
    channel: str,
    purpose: str,
    state: str,
    at: datetime,
    evidence: str,
    created_by: UUID | None,
) -> Consent:
    async with conn.cursor(row_factory=class_row(Consent)) as cursor:
        await cursor.execute(
            """
            INSERT INTO consents (tenant_id, id, contact_id, channel, purpose, state, at, evidence, created_by)
            VALUES (%(tenant)s, %(id)s, %(contact)s, %(channel)s, %(purpose)s, %(state)s, %(at)s,
                    CASE WHEN %(evidence)s::text <> '' THEN app.encrypt(%(evidence)s) END, %(by)s)
            RETURNING id, channel, purpose, state, at, %(evidence)s::text AS evidence, created_at
            """,
            {
                "tenant": tenant_id,
                "id": new_id(),
                "contact": contact_id,
                "channel": channel,
                "purpose": purpose,
                "state": state,
                "at": at,
                "evidence": evidence,
                "by": created_by,
            },
        )
        row = await cursor.fetchone()
    assert row is not None
    return row
