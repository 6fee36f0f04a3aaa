"""The team of a tenant: who belongs, with which role. A tenant always keeps one owner."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pabal.accounts.audit import Actor, audit
from pabal.accounts.people import Person
from pabal.domain.ids import UserId
from pabal.domain.roles import Role
from pabal.kit.db import Conn, Database
from pabal.kit.http.errors import NOT_FOUND, Problem, declare

ALREADY_MEMBER = declare("already_member", 409, "이미 팀원이에요")
HAS_ACCOUNT = declare("person_has_account", 409, "이미 계정이 있는 사람이에요. 초대 링크를 보내 주세요")
LAST_OWNER = declare("last_owner", 409, "마지막 소유자예요. 다른 사람을 먼저 소유자로 정해 주세요")


@dataclass(frozen=True, slots=True)
class Member:
    user_id: UserId
    email: str
    name: str
    role: Role
    joined_at: datetime
    last_seen_at: datetime | None


async def list_members(conn: Conn, db: Database) -> list[Member]:
    return await _members(conn, db, None)


async def read_member(conn: Conn, db: Database, user_id: UUID) -> Member:
    found = await _members(conn, db, user_id)
    if not found:
        raise Problem(NOT_FOUND)
    return found[0]


async def _members(conn: Conn, db: Database, user_id: UUID | None) -> list[Member]:
    cursor = await conn.execute(
        """
        SELECT m.user_id, m.role, m.created_at, extensions.pgp_sym_decrypt(u.pii, %(dek)s),
               (SELECT max(s.last_seen_at) FROM sessions s
                WHERE s.user_id = m.user_id AND s.tenant_id = m.tenant_id)
        FROM members m JOIN users u ON u.id = m.user_id
        WHERE m.state = 'active' AND (%(user_id)s::uuid IS NULL OR m.user_id = %(user_id)s)
        ORDER BY m.created_at, m.user_id
        """,
        {"dek": db.keys.installation_dek, "user_id": user_id},
    )
    members = []
    for member_id, role, joined_at, pii, last_seen_at in await cursor.fetchall():
        person = Person.of(member_id, pii)
        members.append(Member(person.id, person.email, person.name, Role(role), joined_at, last_seen_at))
    return members


async def add_member(conn: Conn, who: Actor, user_id: UserId, role: Role) -> None:
    """Let a person in, again if they had left. Who is in already keeps their role."""
    cursor = await conn.execute(
        """
        INSERT INTO members (tenant_id, user_id, role) VALUES (%(tenant_id)s, %(user_id)s, %(role)s)
        ON CONFLICT (tenant_id, user_id) DO UPDATE
        SET role = excluded.role, state = 'active', created_at = excluded.created_at
        WHERE members.state = 'removed'
        """,
        {"tenant_id": who.tenant_id, "user_id": user_id, "role": role},
    )
    if cursor.rowcount == 0:
        raise Problem(ALREADY_MEMBER)
    await audit(conn, who, "member.add", "member", user_id, detail={"role": role})


async def change_role(conn: Conn, who: Actor, user_id: UUID, role: Role) -> None:
    old = await _lock_member(conn, user_id, stays_owner=role is Role.OWNER)
    await conn.execute(
        "UPDATE members SET role = %s WHERE user_id = %s AND state = 'active'", (role, user_id)
    )
    await audit(conn, who, "member.change_role", "member", user_id, detail={"from": old, "to": role})


async def remove_member(conn: Conn, who: Actor, user_id: UUID) -> None:
    """Out at once: the sessions that look at this tenant end in the same transaction."""
    await _lock_member(conn, user_id, stays_owner=False)
    await conn.execute("UPDATE members SET state = 'removed' WHERE user_id = %s", (user_id,))
    await conn.execute("DELETE FROM sessions WHERE user_id = %s AND tenant_id = %s", (user_id, who.tenant_id))
    await audit(conn, who, "member.remove", "member", user_id)


async def _lock_member(conn: Conn, user_id: UUID, *, stays_owner: bool) -> str:
    """The member's role. FOR UPDATE on all owners, by id: two owners who demote each other must not both
    succeed.
    """
    cursor = await conn.execute(
        """
        SELECT user_id, role FROM members WHERE state = 'active' AND (role = 'owner' OR user_id = %s)
        ORDER BY user_id FOR UPDATE
        """,
        (user_id,),
    )
    roles: dict[UUID, str] = dict(await cursor.fetchall())
    if user_id not in roles:
        raise Problem(NOT_FOUND)
    if roles[user_id] == Role.OWNER and not stays_owner and list(roles.values()).count(Role.OWNER) == 1:
        raise Problem(LAST_OWNER)
    return roles[user_id]
