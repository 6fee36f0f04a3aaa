"""Making tenants and operators. Only this package's tables: what upper features add is composed in
`pabal.provision`.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg.rows import class_row

from pabal.accounts.audit import Actor, SystemActor, audit
from pabal.accounts.members import add_member
from pabal.accounts.passwords import hash_password
from pabal.accounts.people import find_or_create_user, hash_or_none, normal_email
from pabal.accounts.sessions import operator_address
from pabal.domain.ids import TenantId, UserId, new_id
from pabal.domain.roles import Role
from pabal.kit.db import Conn, Database, system_tx, tenant_tx

TenantKind = Literal["camp", "sales"]


@dataclass(frozen=True, slots=True)
class CreatedTenant:
    tenant_id: TenantId
    owner_user_id: UserId


async def create_tenant(
    db: Database,
    *,
    name: str,
    kind: TenantKind,
    owner_email: str,
    owner_password: str | None,
    owner_name: str = "",
) -> CreatedTenant:
    """A tenant with fresh keys and its owner. An owner who has an account keeps the password that they
    have.
    """
    tenant_id = TenantId(new_id())
    keys = db.keys.new_tenant_keys(tenant_id)
    hashed = await hash_or_none(owner_password)
    async with system_tx(db) as conn:
        owner = await find_or_create_user(conn, db, email=owner_email, name=owner_name, password_hash=hashed)
        await conn.execute("SELECT set_config('app.tenant', %s, true)", (str(tenant_id),))
        await conn.execute(
            """
            INSERT INTO tenants
                (tenant_id, name, kind, dek_wrapped, index_key_wrapped, suppression_key_wrapped)
            VALUES (%s, %s, %s, %s, %s, %s)
            """,
            (tenant_id, name, kind, keys["data"], keys["index"], keys["suppression"]),
        )
        await conn.execute(
            "INSERT INTO members (tenant_id, user_id, role) VALUES (%s, %s, %s)",
            (tenant_id, owner, Role.OWNER),
        )
        await audit(conn, SystemActor(tenant_id), "tenant.create", "tenant", tenant_id)
    return CreatedTenant(tenant_id, owner)


async def add_person(
    db: Database, tenant_id: TenantId, *, email: str, password: str | None, role: Role, name: str = ""
) -> UserId:
    """A member with a password, for demo data and the command line; somebody known keeps the password they
    have.
    """
    hashed = await hash_or_none(password)
    async with tenant_tx(db, tenant_id) as conn:
        user_id = await find_or_create_user(conn, db, email=email, name=name, password_hash=hashed)
        await add_member(conn, SystemActor(tenant_id), user_id, role)
    return user_id


async def create_operator(db: Database, *, email: str, password: str, name: str = "") -> bool:
    """An operator's login. The same address again sets a new password and ends whatever the old one opened: that is what a
    new one is for. Tells whether there is a new operator. (The audit trail belongs to tenants; an operator has none.)"""
    address = normal_email(email)
    hashed = await hash_password(password)
    async with system_tx(db) as conn:
        cursor = await conn.execute(
            """
            INSERT INTO operators (id, email_key, pii, password_hash) VALUES (%s, %s, app.encrypt(%s), %s)
            ON CONFLICT (email_key) DO UPDATE SET password_hash = excluded.password_hash
            RETURNING id, xmax = 0
            """,
            (
                new_id(),
                db.keys.email_key(operator_address(email)),
                json.dumps({"email": address, "name": name or address}, ensure_ascii=False),
                hashed,
            ),
        )
        row = await cursor.fetchone()
        assert row is not None
        operator_id, created = row
        await conn.execute("DELETE FROM sessions WHERE operator_id = %s", (operator_id,))
    return bool(created)


async def read_public_url(conn: Conn) -> str | None:
    """Where this tenant's carriers reach the hub; None = polling only, unless the server has an address."""
    cursor = await conn.execute("SELECT public_url FROM tenants")
    row = await cursor.fetchone()
    return None if row is None else row[0]


async def set_public_url(conn: Conn, who: Actor, url: str | None) -> None:
    await conn.execute("UPDATE tenants SET public_url = %s WHERE tenant_id = %s", (url, who.tenant_id))
    await audit(conn, who, "tenant.public_url", "tenant", who.tenant_id, detail={"polling": url is None})


@dataclass(frozen=True, slots=True)
class TenantRow:
    """What the operator sees of a tenant: no personal data."""

    tenant_id: TenantId
    name: str
    kind: str
    state: str
    created_at: datetime


async def list_tenants(db: Database) -> list[TenantRow]:
    async with system_tx(db) as conn, conn.cursor(row_factory=class_row(TenantRow)) as cursor:
        await cursor.execute("SELECT tenant_id, name, kind, state, created_at FROM app.list_tenants()")
        return await cursor.fetchall()
