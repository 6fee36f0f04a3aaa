"""The audit trail: who did what to what. Append-only by grant; never personal data beyond the caller's
address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from pabal.domain.ids import TenantId, new_id
from pabal.kit.db import Conn


class Actor(Protocol):
    """Whoever acts: a `Principal`, a `SystemActor`."""

    @property
    def tenant_id(self) -> TenantId: ...
    @property
    def actor_kind(self) -> str: ...
    @property
    def actor_id(self) -> UUID | None: ...
    @property
    def address(self) -> str | None: ...


def person_of(who: Actor) -> UUID | None:
    """The member who acts; None where a key, a schedule or the hub itself does."""
    return who.actor_id if who.actor_kind == "member" else None


@dataclass(frozen=True, slots=True)
class SystemActor:
    """The hub itself (a schedule, a job), or an operator on the command line."""

    tenant_id: TenantId
    actor_kind: str = "system"
    actor_id: UUID | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    action: str
    object_kind: str
    object_id: str
    detail: dict[str, Any]
    address: str | None


async def audit(
    conn: Conn,
    who: Actor,
    action: str,
    object_kind: str = "",
    object_id: object = "",
    *,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry in the caller's transaction (`audit(conn, who, "contact.reveal", "contact",
    contact_id)`).
    """
    await conn.execute(
        """
        INSERT INTO audit_log
            (tenant_id, id, actor_kind, actor_id, action, object_kind, object_id, detail, address)
        VALUES (%(tenant_id)s, %(id)s, %(actor_kind)s, %(actor_id)s, %(action)s, %(object_kind)s,
                %(object_id)s, %(detail)s,
                CASE WHEN %(address)s::text IS NOT NULL THEN app.encrypt(%(address)s) END)
        """,
        {
            "tenant_id": who.tenant_id,
            "id": new_id(),
            "actor_kind": who.actor_kind,
            "actor_id": who.actor_id,
            "action": action,
            "object_kind": object_kind,
            "object_id": str(object_id),
            "detail": Jsonb(dict(detail or {})),
            "address": who.address,
        },
    )


async def page_of_audit(
    conn: Conn, *, before: UUID | None, action: str | None, actor_id: UUID | None, limit: int
) -> list[AuditEntry]:
    """Newest first; ids are UUIDv7, so the id is the position."""
    async with conn.cursor(row_factory=class_row(AuditEntry)) as cursor:
        await cursor.execute(
            """
            SELECT id, at, actor_kind, actor_id, action, object_kind, object_id, detail,
                   CASE WHEN address IS NOT NULL THEN app.decrypt(address) END AS address
            FROM audit_log
            WHERE (%(before)s::uuid IS NULL OR id < %(before)s)
              AND (%(action)s::text IS NULL OR action = %(action)s)
              AND (%(actor_id)s::uuid IS NULL OR actor_id = %(actor_id)s)
            ORDER BY id DESC LIMIT %(limit)s
            """,
            {"before": before, "action": action, "actor_id": actor_id, "limit": limit},
        )
        return await cursor.fetchall()
