"""API keys: bound to one tenant, scoped, shown once, stored hashed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from pabal.accounts.audit import Actor, audit
from pabal.domain.ids import new_id
from pabal.domain.roles import SCOPES
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, NOT_FOUND, FieldError, Problem
from pabal.kit.http.who import API_KEY_PREFIX, new_token, token_hash


@dataclass(frozen=True, slots=True)
class ApiKey:
    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None


async def create_api_key(conn: Conn, who: Actor, *, name: str, scopes: Sequence[str]) -> tuple[ApiKey, str]:
    """The key's facts and the key itself, which is nowhere afterwards."""
    unknown = [i for i, scope in enumerate(scopes) if scope not in SCOPES]
    if unknown:
        raise Problem(
            INVALID,
            errors=[
                FieldError(f"scopes[{i}]", "모르는 범위예요", f"{', '.join(SCOPES)} 중에서 골라요")
                for i in unknown
            ],
        )
    key = new_token(API_KEY_PREFIX)
    async with conn.cursor(row_factory=class_row(ApiKey)) as cursor:
        await cursor.execute(
            """
            INSERT INTO api_keys (tenant_id, id, name, prefix, key_hash, scopes, created_by)
            VALUES (%s, %s, %s, %s, %s, %s, %s)
            RETURNING id, name, prefix, scopes, created_at, last_used_at
            """,
            (
                who.tenant_id,
                new_id(),
                name,
                key[: len(API_KEY_PREFIX) + 6],
                token_hash(key),
                sorted(set(scopes)),
                who.actor_id,
            ),
        )
        made = await cursor.fetchone()
    assert made is not None
    await audit(conn, who, "api_key.create", "api_key", made.id, detail={"scopes": made.scopes})
    return made, key


async def list_api_keys(conn: Conn) -> list[ApiKey]:
    async with conn.cursor(row_factory=class_row(ApiKey)) as cursor:
        await cursor.execute(
            """
            SELECT id, name, prefix, scopes, created_at, last_used_at FROM api_keys
            WHERE revoked_at IS NULL ORDER BY created_at DESC
            """
        )
        return await cursor.fetchall()


async def revoke_api_key(conn: Conn, who: Actor, key_id: UUID) -> None:
    cursor = await conn.execute(
        "UPDATE api_keys SET revoked_at = clock_timestamp() WHERE id = %s AND revoked_at IS NULL", (key_id,)
    )
    if cursor.rowcount == 0:
        raise Problem(NOT_FOUND)
    await audit(conn, who, "api_key.revoke", "api_key", key_id)
