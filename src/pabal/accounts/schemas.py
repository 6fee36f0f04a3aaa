"""Request and response bodies of accounts."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr

from pabal.domain.roles import Role
from pabal.kit.http.schemas import ApiModel, Instant


def _email(text: str) -> str:
    name, at, domain = text.strip().lower().rpartition("@")
    if not at or not name or not domain.strip(".") or any(c.isspace() for c in text.strip()):
        raise ValueError("이메일 주소가 아니에요")
    return f"{name}@{domain}"


Email = Annotated[str, Field(max_length=254), AfterValidator(_email)]
NewPassword = Annotated[SecretStr, Field(min_length=8, max_length=200)]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class LoginIn(ApiModel):
    email: Annotated[str, Field(max_length=254)]
    password: Annotated[SecretStr, Field(max_length=200)]


class PersonOut(ApiModel):
    id: UUID
    email: str
    name: str


class TenantOut(ApiModel):
    id: UUID
    name: str
    kind: str
    role: Role


class MeOut(ApiModel):
    """Who is logged in and where; the same after login, after a switch and at reload."""

    user: PersonOut
    tenants: list[TenantOut]
    tenant_id: UUID | None
    role: Role | None
    permissions: list[str]
    csrf_token: str


class SwitchIn(ApiModel):
    tenant_id: UUID


class PasswordIn(ApiModel):
    current_password: Annotated[SecretStr, Field(max_length=200)]
    new_password: NewPassword


class MemberOut(ApiModel):
    id: UUID
    email: str
    name: str
    role: Role
    joined_at: datetime
    last_seen_at: datetime | None


class MemberIn(ApiModel):
    """A person without an account yet. Without `password` the answer holds a link to set one by."""

    email: Email
    name: Annotated[str, Field(max_length=80)] = ""
    role: Role
    password: NewPassword | None = None


class NewMemberOut(MemberOut):
    password_url: str | None


class MemberPatch(ApiModel):
    role: Role


class InvitationIn(ApiModel):
    email: Email
    role: Role


class InvitationOut(ApiModel):
    id: UUID
    email: str
    role: Role
    expires_at: datetime
    created_at: datetime


class NewInvitationOut(InvitationOut):
    """The only time that link and token are shown."""

    url: str
    token: str


class AcceptIn(ApiModel):
    """`name` and `password` are for people who have no account yet; others prove themselves by their
    password.
    """

    token: Annotated[str, Field(max_length=200)]
    password: NewPassword
    name: Annotated[str, Field(max_length=80)] = ""


class TokenIn(ApiModel):
    token: Annotated[str, Field(max_length=200)]


class OpenedInvitationOut(ApiModel):
    tenant_name: str
    email: str
    role: Role
    has_account: bool


class LinkOut(ApiModel):
    url: str
    expires_at: datetime


class ResetIn(ApiModel):
    token: Annotated[str, Field(max_length=200)]
    password: NewPassword


class SessionOut(ApiModel):
    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: str
    current: bool


class ApiKeyIn(ApiModel):
    name: Name
    scopes: Annotated[list[str], Field(min_length=1, max_length=50)]


class ApiKeyOut(ApiModel):
    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None


class NewApiKeyOut(ApiKeyOut):
    """The only time that the key itself is shown."""

    key: str


class AuditOut(ApiModel):
    id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_name: str | None
    action: str
    object_kind: str
    object_id: str
    detail: dict[str, Any]
    address: str | None


class PermissionOut(ApiModel):
    permission: str
    label: str
    roles: list[Role]
    scope: str | None


class RoleOut(ApiModel):
    role: Role
    label: str


class RolesOut(ApiModel):
    roles: list[RoleOut]
    permissions: list[PermissionOut]
    scopes: list[str]


class OperatorMeOut(ApiModel):
    id: UUID
    csrf_token: str


class ClockIn(ApiModel):
    """`at` sets the hub's clock to an instant, `offsetSeconds` shifts it; exactly one of them."""

    at: Instant | None = None
    offset_seconds: Annotated[int, Field(ge=-315_360_000, le=315_360_000)] | None = None


class ClockOut(ApiModel):
    now: datetime
    offset_seconds: int


class OperatorTenantOut(ApiModel):
    id: UUID
    name: str
    kind: str
    state: str
    created_at: datetime
