"""Tenants, people who log in, their roles and sessions, API keys, the audit trail.

No routes: every worker imports this and has no use for FastAPI, a quarter of what its start cost.
"""

from pabal.accounts.audit import Actor, SystemActor, audit, person_of
from pabal.accounts.claim import claimed, unclaimed
from pabal.accounts.commands import invite_member, reset_password, unlock_member
from pabal.accounts.members import Member, list_members
from pabal.accounts.people import find_user
from pabal.accounts.schemas import Email, MeOut, NewPassword
from pabal.accounts.sessions import DatabaseAuthenticator, confirm_password, memberships_of, open_session
from pabal.accounts.stale import STALE_EDIT, stale_edit, with_editor
from pabal.accounts.tenants import (
    CreatedTenant,
    TenantKind,
    add_person,
    create_operator,
    create_tenant,
    list_tenants,
    read_public_url,
    set_public_url,
)
from pabal.accounts.upkeep import forget_expired

__all__ = [
    "STALE_EDIT",
    "Actor",
    "CreatedTenant",
    "DatabaseAuthenticator",
    "Email",
    "MeOut",
    "Member",
    "NewPassword",
    "SystemActor",
    "TenantKind",
    "add_person",
    "audit",
    "claimed",
    "confirm_password",
    "create_operator",
    "create_tenant",
    "find_user",
    "forget_expired",
    "invite_member",
    "list_members",
    "list_tenants",
    "memberships_of",
    "open_session",
    "person_of",
    "read_public_url",
    "reset_password",
    "set_public_url",
    "stale_edit",
    "unclaimed",
    "unlock_member",
    "with_editor",
]
