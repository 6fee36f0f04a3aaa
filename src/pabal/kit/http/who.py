"""Who is calling, as values, and the tokens that prove it.

No web framework here: accounts and senders are in every worker, where FastAPI was a third of the second that an import took
(kit/http/auth asks).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pabal.domain.ids import TenantId, UserId
from pabal.domain.roles import Permission, Role, role_may, scopes_may

API_KEY_PREFIX = "pbl_"


@dataclass(frozen=True, slots=True)
class Session:
    """A person who is logged in; `tenant_id` and `role` are the tenant they look at now, if any."""

    id: UUID
    user_id: UserId
    tenant_id: TenantId | None
    role: Role | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OperatorSession:
    """The installation's operator: belongs to no tenant, sees no personal data."""

    id: UUID
    operator_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts, in which tenant: a member's session or an API key."""

    tenant_id: TenantId
    kind: Literal["member", "api_key"]
    actor_id: UUID
    user_id: UserId | None = None
    role: Role | None = None
    scopes: frozenset[str] = frozenset()
    session_id: UUID | None = None
    address: str | None = None

    @property
    def actor_kind(self) -> str:
        """As the audit log spells it."""
        return self.kind

    def may(self, permission: Permission) -> bool:
        if self.role is not None:
            return role_may(self.role, permission)
        return scopes_may(self.scopes, permission)


def new_token(prefix: str = "") -> str:
    """256 random bits, base64url."""
    return prefix + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What the database keeps of a random token. Plain SHA-256: 256 random bits need no stretching."""
    return hashlib.sha256(token.encode()).digest()
