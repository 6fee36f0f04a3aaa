"""Making tenants and operators. Only this package's tables: what upper features add is composed in
`pabal.provision`.
"""

import json
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from pabal.accounts.audit import SystemActor, audit
from pabal.accounts.passwords import hash_password
from pabal.accounts.sessions import normal_email
from pabal.domain.ids import TenantId, UserId, new_id
from pabal.domain.roles import Role
from pabal.kit.db import Conn, Database, system_tx

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
    hashed = await hash_password(owner_password) if owner_password is not None else None
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


async def find_or_create_user(
    conn: Conn, db: Database, *, email: str, name: str, password_hash: str | None
) -> UserId:
    """The person behind an address, within `system_tx`. Somebody known is left as they are."""
    address = normal_email(email)
    pii = json.dumps({"email": address, "name": name or address.partition("@")[0]}, ensure_ascii=False)
    cursor = await conn.execute(
        """
        INSERT INTO users (id, email_key, pii, password_hash) VALUES (%s, %s, app.encrypt(%s), %s)
        ON CONFLICT (email_key) DO UPDATE SET email_key = excluded.email_key
        RETURNING id
        """,
        (new_id(), db.keys.email_key(address), pii, password_hash),
    )
    row = await cursor.fetchone()
    assert row is not None
    return UserId(row[0])


async def create_operator(db: Database, *, email: str, password: str, name: str = "") -> UUID:
    """An operator's login; the same address again sets a new password."""
    address = normal_email(email)
    hashed = await hash_password(password)
    async with system_tx(db) as conn:
        cursor = await conn.execute(
            """
            INSERT INTO operators (id, email_key, pii, password_hash) VALUES (%s, %s, app.encrypt(%s), %s)
            ON CONFLICT (email_key) DO UPDATE SET password_hash = excluded.password_hash
            RETURNING id
            """,
            (
                new_id(),
                db.keys.email_key("operator\0" + address),
                json.dumps({"email": address, "name": name or address}, ensure_ascii=False),
                hashed,
            ),
        )
        row = await cursor.fetchone()
    assert row is not None
    return UUID(str(row[0]))
