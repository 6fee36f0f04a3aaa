"""Tags: a name each, attached to contacts. A join table with equality, because array operators pass no RLS
index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from pabal.domain.ids import new_id
from pabal.domain.law.lists import sensitive
from pabal.kit.db import Conn
from pabal.kit.http.errors import NOT_FOUND, Problem, declare

TAG_EXISTS = declare("tag_exists", 409, "같은 이름의 태그가 있어요")
# Words that make a tag sensitive data (political opinion, party membership): marked, and blocked at sending without
# consent (PIPA 23).


@dataclass(frozen=True)
class Tag:
    id: UUID
    name: str
    sensitive: bool
    created_at: datetime
    contacts: int = 0


def is_sensitive(name: str) -> bool:
    return bool(sensitive([name]))


async def list_tags(conn: Conn) -> list[Tag]:
    """With how many people carry each. Contacts that were merged away keep their tags for the undo and are taken off: they
    are few, so this reads them instead of everybody (the erased have no tags).
    """
    async with conn.cursor(row_factory=class_row(Tag)) as cursor:
        await cursor.execute(
            """
            SELECT t.id, t.name, t.sensitive, t.created_at,
                   (SELECT count(*) FROM contact_tags ct WHERE ct.tenant_id = t.tenant_id AND ct.tag_id = t.id)
                   - coalesce(g.contacts, 0) AS contacts
            FROM tags t LEFT JOIN (
                SELECT ct.tenant_id, ct.tag_id, count(*) AS contacts FROM contacts c
                JOIN contact_tags ct ON ct.tenant_id = c.tenant_id AND ct.contact_id = c.id
                WHERE c.merged_into IS NOT NULL GROUP BY ct.tenant_id, ct.tag_id) g
              ON g.tenant_id = t.tenant_id AND g.tag_id = t.id
            ORDER BY t.name
            """
        )
        return await cursor.fetchall()


async def create_tag(conn: Conn, tenant_id: UUID, name: str) -> Tag:
    async with conn.cursor(row_factory=class_row(Tag)) as cursor:
        await cursor.execute(
            """
            INSERT INTO tags (tenant_id, id, name, sensitive) VALUES (%(tenant)s, %(id)s, %(name)s, %(sensitive)s)
            ON CONFLICT (tenant_id, name) DO NOTHING RETURNING id, name, sensitive, created_at
            """,
            {"tenant": tenant_id, "id": new_id(), "name": name, "sensitive": is_sensitive(name)},
        )
        tag = await cursor.fetchone()
    if tag is None:
        raise Problem(TAG_EXISTS)
    return tag


async def change_tag(conn: Conn, tag_id: UUID, *, name: str) -> Tag:
    taken = await conn.execute("SELECT FROM tags WHERE name = %s AND id <> %s", (name, tag_id))
    if await taken.fetchone() is not None:
        raise Problem(TAG_EXISTS)
    async with conn.cursor(row_factory=class_row(Tag)) as cursor:
        await cursor.execute(
            "UPDATE tags SET name = %s, sensitive = %s WHERE id = %s RETURNING id, name, sensitive, created_at",
            (name, is_sensitive(name), tag_id),
        )
        tag = await cursor.fetchone()
    if tag is None:
        raise Problem(NOT_FOUND)
    return tag


async def delete_tag(conn: Conn, tag_id: UUID) -> None:
    await conn.execute("DELETE FROM contact_tags WHERE tag_id = %s", (tag_id,))
    cursor = await conn.execute("DELETE FROM tags WHERE id = %s", (tag_id,))
    if cursor.rowcount == 0:
        raise Problem(NOT_FOUND)


async def ensure_tags(conn: Conn, tenant_id: UUID, names: Sequence[str]) -> dict[str, UUID]:
    """Ids of these tags, making those that are missing. Names are ordered, so that two callers don't
    deadlock.
    """
    wanted = sorted({name.strip() for name in names if name.strip()})
    if not wanted:
        return {}
    await conn.execute(
        """
        INSERT INTO tags (tenant_id, id, name, sensitive)
        SELECT %(tenant)s, id, name, sensitive
        FROM unnest(%(ids)s::uuid[], %(names)s::text[], %(sensitive)s::boolean[]) AS new (id, name, sensitive)
        ON CONFLICT (tenant_id, name) DO NOTHING
        """,
        {
            "tenant": tenant_id,
            "ids": [new_id() for _ in wanted],
            "names": wanted,
            "sensitive": [is_sensitive(name) for name in wanted],
        },
    )
    cursor = await conn.execute("SELECT name, id FROM tags WHERE name = ANY(%s)", (wanted,))
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def set_tags_of(conn: Conn, tenant_id: UUID, contact_id: UUID, names: Sequence[str]) -> None:
    """Exactly these tags on one contact."""
    ids = list((await ensure_tags(conn, tenant_id, names)).values())
    await conn.execute(
        "DELETE FROM contact_tags WHERE contact_id = %s AND NOT tag_id = ANY(%s)", (contact_id, ids)
    )
    await conn.execute(
        """
        INSERT INTO contact_tags (tenant_id, contact_id, tag_id)
        SELECT %s, %s, tag_id FROM unnest(%s::uuid[]) AS tag_id ON CONFLICT DO NOTHING
        """,
        (tenant_id, contact_id, ids),
    )
