"""Tenants, people who log in, their roles and sessions, API keys, the audit trail."""

from pabal.accounts.audit import Actor, SystemActor, audit
from pabal.accounts.commands import invite_member, reset_password, unlock_member
from pabal.accounts.members import Member, list_members
from pabal.accounts.people import find_user
from pabal.accounts.sessions import DatabaseAuthenticator, memberships_of, open_session
from pabal.accounts.tenants import CreatedTenant, TenantKind, add_person, create_operator, create_tenant

__all__ = [
    "Actor",
    "CreatedTenant",
    "DatabaseAuthenticator",
    "Member",
    "SystemActor",
    "TenantKind",
    "add_person",
    "audit",
    "create_operator",
    "create_tenant",
    "find_user",
    "invite_member",
    "list_members",
    "memberships_of",
    "open_session",
    "reset_password",
    "unlock_member",
]
