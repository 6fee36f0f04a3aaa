"""People who log in. They may belong to several tenants, so their name and address are ciphertext under the
installation's key (given explicitly: these functions work in both doors) and are found by a keyed hash.
"""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pabal.accounts.passwords import hash_password
from pabal.domain.ids import UserId, new_id
from pabal.kit.db import Conn, Database
from pabal.kit.http.errors import NOT_FOUND, Problem


@dataclass(frozen=True, slots=True)
class Person:
    id: UserId
    email: str
    name: str

    @classmethod
    def of(cls, user_id: UUID, pii: str) -> "Person":
        facts: dict[str, Any] = json.loads(pii)
        return cls(UserId(user_id), facts["email"], facts["name"])


def normal_email(email: str) -> str:
    return email.strip().lower()


async def read_person(conn: Conn, db: Database, user_id: UserId) -> Person:
    cursor = await conn.execute(
        "SELECT extensions.pgp_sym_decrypt(pii, %s) FROM users WHERE id = %s",
        (db.keys.installation_dek, user_id),
    )
    row = await cursor.fetchone()
    if row is None:
        raise Problem(NOT_FOUND)
    return Person.of(user_id, row[0])


async def find_user(conn: Conn, db: Database, email: str) -> tuple[UserId, bool] | None:
    """Id of the person with this address, and whether they have an account: a password, or a place in a
    tenant.
    """
    cursor = await conn.execute(
        "SELECT id, password_hash IS NOT NULL FROM users WHERE email_key = %s",
        (db.keys.email_key(normal_email(email)),),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    return UserId(row[0]), row[1] or await belongs_anywhere(conn, UserId(row[0]))


async def find_or_create_user(
    conn: Conn, db: Database, *, email: str, name: str, password_hash: str | None
) -> UserId:
    """The person behind an address. Somebody known keeps name and password; a missing password is filled
    in.
    """
    address = normal_email(email)
    pii = json.dumps({"email": address, "name": name or address.partition("@")[0]}, ensure_ascii=False)
    cursor = await conn.execute(
        """
        INSERT INTO users (id, email_key, pii, password_hash)
        VALUES (%(id)s, %(key)s,
                extensions.pgp_sym_encrypt(%(pii)s, %(dek)s, 's2k-mode=1, cipher-algo=aes256'), %(hash)s)
        ON CONFLICT (email_key) DO UPDATE
        SET pii = CASE WHEN users.password_hash IS NULL THEN excluded.pii ELSE users.pii END,
            password_hash = coalesce(users.password_hash, excluded.password_hash)
        RETURNING id
        """,
        {
            "id": new_id(),
            "key": db.keys.email_key(address),
            "pii": pii,
            "dek": db.keys.installation_dek,
            "hash": password_hash,
        },
    )
    row = await cursor.fetchone()
    assert row is not None
    return UserId(row[0])


async def belongs_anywhere(conn: Conn, user_id: UserId) -> bool:
    """Whether the person is in any tenant. Whoever is, even without a password yet, is nobody else's to set
    one for: an owner could otherwise take over another tenant's member by inviting them.
    """
    cursor = await conn.execute("SELECT 1 FROM app.memberships_of(%s)", (user_id,))
    return await cursor.fetchone() is not None


async def hash_or_none(password: str | None) -> str | None:
    return None if password is None else await hash_password(password)


async def set_password(conn: Conn, user_id: UserId, password_hash: str) -> None:
    await conn.execute("UPDATE users SET password_hash = %s WHERE id = %s", (password_hash, user_id))
