"""Tenants, people who log in, their roles and sessions, API keys, the audit trail."""

from pabal.accounts.audit import Actor, SystemActor, audit
from pabal.accounts.sessions import DatabaseAuthenticator
from pabal.accounts.tenants import CreatedTenant, create_operator, create_tenant

__all__ = [
    "Actor",
    "CreatedTenant",
    "DatabaseAuthenticator",
    "SystemActor",
    "audit",
    "create_operator",
    "create_tenant",
]
