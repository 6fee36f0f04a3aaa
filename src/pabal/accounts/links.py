"""Links that are handed over: invitations into a tenant and password resets. The token travels in the
fragment, so that no server log sees it; the database keeps its hash.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pabal.accounts.audit import Actor, SystemActor, audit
from pabal.accounts.lockout import forget_failures
from pabal.accounts.members import ALREADY_MEMBER, add_member
from pabal.accounts.passwords import hash_password
from pabal.accounts.people import belongs_anywhere, find_or_create_user, find_user, normal_email, set_password
from pabal.accounts.sessions import check_password, end_sessions_of
from pabal.domain.ids import TenantId, UserId, new_id
from pabal.domain.roles import Role
from pabal.kit.db import Conn, Database, system_tx, tenant_tx
from pabal.kit.http.errors import NOT_FOUND, Problem, declare
from pabal.kit.http.who import new_token, token_hash

LINK_DEAD = declare("link_dead", 404, "쓸 수 없는 링크예요. 이미 썼거나 기한이 지났어요")
ELSEWHERE_TOO = declare(
    "member_elsewhere_too", 409, "다른 조직에도 속한 사람이에요. 비밀번호는 본인이나 운영자만 바꿀 수 있어요"
)

INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Invitation:
    id: UUID
    email: str
    role: Role
    expires_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OpenedInvitation:
    """What the accept page shows."""

    tenant_id: TenantId
    tenant_name: str
    email: str
    role: Role
    has_account: bool


async def invite(conn: Conn, db: Database, who: Actor, *, email: str, role: Role) -> tuple[Invitation, str]:
    """A fresh invitation and its token. An older one for the same address dies with it."""
    address = normal_email(email)
    key = db.keys.email_key(address)
    known = await find_user(conn, db, address)
    if known is not None:
        cursor = await conn.execute(
            "SELECT 1 FROM members WHERE user_id = %s AND state = 'active'", (known[0],)
        )
        if await cursor.fetchone() is not None:
            raise Problem(ALREADY_MEMBER)
    await conn.execute(
        """
        UPDATE invitations SET revoked_at = clock_timestamp()
        WHERE email_key = %s AND accepted_at IS NULL AND revoked_at IS NULL
        """,
        (key,),
    )
    token, invitation_id = new_token(), new_id()
    cursor = await conn.execute(
        """
        INSERT INTO invitations (tenant_id, id, email_key, pii, role, token_hash, expires_at, created_by)
        VALUES (%(tenant_id)s, %(id)s, %(key)s, app.encrypt(%(pii)s), %(role)s, %(token_hash)s,
                clock_timestamp() + %(lasts)s, %(created_by)s)
        RETURNING expires_at, created_at
        """,
        {
            "tenant_id": who.tenant_id,
            "id": invitation_id,
            "key": key,
            "pii": json.dumps({"email": address}),
            "role": role,
            "token_hash": token_hash(token),
            "lasts": INVITATION_LASTS,
            "created_by": who.actor_id,
        },
    )
    row = await cursor.fetchone()
    assert row is not None
    await audit(conn, who, "invitation.create", "invitation", invitation_id, detail={"role": role})
    return Invitation(invitation_id, address, role, row[0], row[1]), token


async def open_invitations(conn: Conn) -> list[Invitation]:
    cursor = await conn.execute(
        """
        SELECT id, app.decrypt(pii), role, expires_at, created_at FROM invitations
        WHERE accepted_at IS NULL AND revoked_at IS NULL AND expires_at > clock_timestamp()
        ORDER BY created_at DESC
        """
    )
    return [
        Invitation(one, json.loads(pii)["email"], Role(role), expires_at, created_at)
        for one, pii, role, expires_at, created_at in await cursor.fetchall()
    ]


async def revoke_invitation(conn: Conn, who: Actor, invitation_id: UUID) -> None:
    cursor = await conn.execute(
        """
        UPDATE invitations SET revoked_at = clock_timestamp()
        WHERE id = %s AND accepted_at IS NULL AND revoked_at IS NULL
        """,
        (invitation_id,),
    )
    if cursor.rowcount == 0:
        raise Problem(NOT_FOUND)
    await audit(conn, who, "invitation.revoke", "invitation", invitation_id)


async def look_at_invitation(db: Database, token: str) -> OpenedInvitation:
    tenant_id, invitation_id = await _find_invitation(db, token)
    async with tenant_tx(db, tenant_id) as conn:
        cursor = await conn.execute(
            """
            SELECT t.name, app.decrypt(i.pii), i.role FROM invitations i JOIN tenants t USING (tenant_id)
            WHERE i.id = %s
            """,
            (invitation_id,),
        )
        row = await cursor.fetchone()
        assert row is not None
        email = json.loads(row[1])["email"]
        known = await find_user(conn, db, email)
    return OpenedInvitation(
        tenant_id, row[0], email, Role(row[2]), has_account=known is not None and known[1]
    )


async def accept_invitation(
    db: Database, *, token: str, name: str, password: str, address: str
) -> tuple[str, TenantId]:
    """Join the tenant; the e-mail to log in with, and the tenant. Somebody with an account proves who they
    are by its password.
    """
    opened = await look_at_invitation(db, token)
    fresh = None
    if opened.has_account:
        await check_password(db, email=opened.email, password=password, address=address)
    else:
        fresh = await hash_password(password)
    async with tenant_tx(db, opened.tenant_id) as conn:
        cursor = await conn.execute(
            """
            UPDATE invitations SET accepted_at = clock_timestamp()
            WHERE token_hash = %s AND accepted_at IS NULL AND revoked_at IS NULL
              AND expires_at > clock_timestamp()
            """,
            (token_hash(token),),
        )
        if cursor.rowcount == 0:  # somebody was faster
            raise Problem(LINK_DEAD)
        user_id = await find_or_create_user(conn, db, email=opened.email, name=name, password_hash=fresh)
        if fresh is not None and await belongs_anywhere(conn, user_id):  # became somebody's member meanwhile
            raise Problem(LINK_DEAD)
        await add_member(conn, SystemActor(opened.tenant_id), user_id, opened.role)
    return opened.email, opened.tenant_id


async def _find_invitation(db: Database, token: str) -> tuple[TenantId, UUID]:
    async with system_tx(db) as conn:
        cursor = await conn.execute(
            "SELECT tenant_id, id FROM app.invitation_by_hash(%s)", (token_hash(token),)
        )
        row = await cursor.fetchone()
    if row is None:
        raise Problem(LINK_DEAD)
    return TenantId(row[0]), row[1]


async def make_reset(conn: Conn, user_id: UserId) -> tuple[str, datetime]:
    """Token of a fresh reset link and when it ends; older ones die."""
    await conn.execute("DELETE FROM password_resets WHERE user_id = %s", (user_id,))
    token = new_token()
    cursor = await conn.execute(
        """
        INSERT INTO password_resets (token_hash, user_id, expires_at)
        VALUES (%s, %s, clock_timestamp() + %s) RETURNING expires_at
        """,
        (token_hash(token), user_id, RESET_LASTS),
    )
    row = await cursor.fetchone()
    assert row is not None
    return token, row[0]


async def refuse_if_elsewhere(conn: Conn, user_id: UUID) -> None:
    """An owner may not take over a login that opens other tenants, too."""
    cursor = await conn.execute("SELECT count(*) FROM app.memberships_of(%s)", (user_id,))
    row = await cursor.fetchone()
    if row is None or row[0] != 1:
        raise Problem(ELSEWHERE_TOO)


async def use_reset(db: Database, *, token: str, password: str) -> None:
    """Set the password; every session of the person ends, locks on the address are lifted."""
    hashed = await hash_password(password)
    async with system_tx(db) as conn:
        cursor = await conn.execute(
            """
            UPDATE password_resets SET used_at = clock_timestamp()
            WHERE token_hash = %s AND used_at IS NULL AND expires_at > clock_timestamp() RETURNING user_id
            """,
            (token_hash(token),),
        )
        row = await cursor.fetchone()
        if row is None:
            raise Problem(LINK_DEAD)
        user_id = UserId(row[0])
        await set_password(conn, user_id, hashed)
        await end_sessions_of(conn, user_id)
        cursor = await conn.execute("SELECT email_key FROM users WHERE id = %s", (user_id,))
        key = await cursor.fetchone()
        assert key is not None
        await forget_failures(conn, key[0])
