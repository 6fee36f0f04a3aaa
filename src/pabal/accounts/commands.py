"""What `pabal members` does: links and unlocking for the day that nobody can get in through the web."""

from uuid import UUID

from pabal.accounts.audit import SystemActor
from pabal.accounts.links import invite, make_reset
from pabal.accounts.lockout import forget_failures
from pabal.accounts.people import find_user, normal_email
from pabal.domain.ids import TenantId
from pabal.domain.roles import Role
from pabal.kit.db import system_tx, tenant_tx
from pabal.runtime import Runtime


async def invite_member(rt: Runtime, *, tenant_id: UUID, email: str, role: str) -> str:
    """A link that lets the person join."""
    who = SystemActor(TenantId(tenant_id))
    async with tenant_tx(rt, tenant_id) as conn:
        _, token = await invite(conn, rt, who, email=email, role=Role(role))
    return invitation_url(rt, token)


async def reset_password(rt: Runtime, *, email: str) -> str:
    """A link that sets a new password. LookupError for an address that nobody has."""
    async with system_tx(rt) as conn:
        known = await find_user(conn, rt, email)
        if known is None:
            raise LookupError("nobody has this address")
        token, _ = await make_reset(conn, known[0])
    return reset_url(rt, token)


async def unlock_member(rt: Runtime, *, email: str) -> None:
    async with system_tx(rt) as conn:
        await forget_failures(conn, rt.keys.email_key(normal_email(email)))


def invitation_url(rt: Runtime, token: str) -> str:
    return f"{rt.settings.base_url}/invite#{token}"


def reset_url(rt: Runtime, token: str) -> str:
    return f"{rt.settings.base_url}/reset#{token}"
