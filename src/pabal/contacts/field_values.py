"""Values that people may choose from when they filter: districts and the like, and the columns of their own lists."""

from typing import LiteralString
from uuid import UUID

from pabal.contacts.card import open_card
from pabal.domain.search import attribute_name
from pabal.kit.db import Conn

_MOST = 50
_LOOKED_AT = 300  # newest contacts whose attributes are read: 2 ms

# One read of a narrow index per distinct value instead of one of everybody: 400 districts in 3 ms at a million people.
_DISTRICTS: LiteralString = """
    WITH RECURSIVE found AS (
        (SELECT c.district FROM contacts c WHERE c.merged_into IS NULL AND c.erased_at IS NULL ORDER BY c.district LIMIT 1)
        UNION ALL
        SELECT (SELECT c.district FROM contacts c
                WHERE c.merged_into IS NULL AND c.erased_at IS NULL AND c.district > f.district
                ORDER BY c.district LIMIT 1)
        FROM found f WHERE f.district IS NOT NULL)
    SELECT f.district, (SELECT count(*) FROM (SELECT FROM contacts c WHERE c.merged_into IS NULL AND c.erased_at IS NULL
                                              AND c.district = f.district LIMIT 1000) few) AS n
    FROM found f WHERE f.district <> '' AND position(lower(%(q)s) IN lower(f.district)) > 0
    ORDER BY n DESC, f.district LIMIT %(most)s
"""
# Where somebody comes from is the same for a whole import: the newest 20,000 know nearly all values.
_NEWEST: LiteralString = """
    SELECT w.value, count(*) AS n FROM (
        SELECT CASE %(field)s WHEN 'source' THEN c.source ELSE c.basis END AS value
        FROM contacts c WHERE c.merged_into IS NULL AND c.erased_at IS NULL
        ORDER BY c.id DESC LIMIT 20000) w
    WHERE w.value <> '' AND position(lower(%(q)s) IN lower(w.value)) > 0
    GROUP BY w.value ORDER BY n DESC, w.value LIMIT %(most)s
"""
_PURPOSES: LiteralString = """
    SELECT value, count(*) AS n FROM (
        SELECT k.purpose AS value FROM consents k WHERE k.state = %(state)s
        UNION ALL SELECT k.channel || ':' || k.purpose FROM consents k WHERE k.state = %(state)s) w
    WHERE position(lower(%(q)s) IN lower(value)) > 0
    GROUP BY value ORDER BY n DESC, value LIMIT %(most)s
"""


async def values_of(conn: Conn, field: str, q: str) -> list[tuple[str, int]]:
    """(value, how many people, roughly), the commonest first."""
    state = "withdrawn" if field == "consentWithdrawn" else "granted"
    statement = _DISTRICTS if field == "district" else _NEWEST if field in ("source", "basis") else _PURPOSES
    values = {"q": q.strip(), "most": _MOST, "state": state, "field": field}
    cursor = await conn.execute(statement, values)
    return [(row[0], row[1]) for row in await cursor.fetchall()]


async def attribute_names(conn: Conn, tenant_id: UUID) -> list[str]:
    """Columns that imports took as attributes, and those of the newest contacts."""
    cursor = await conn.execute(
        """
        SELECT DISTINCT m.key FROM imports i CROSS JOIN LATERAL jsonb_each_text(i.mapping) m
        WHERE i.state = 'completed' AND m.value = 'attribute'
        """
    )
    found = {attribute_name(row[0]) for row in await cursor.fetchall()}
    cursor = await conn.execute(
        """
        SELECT c.id, app.decrypt(c.pii) FROM contacts c WHERE c.merged_into IS NULL AND c.erased_at IS NULL
        ORDER BY c.id DESC LIMIT %s
        """,
        (_LOOKED_AT,),
    )
    for contact, plain in await cursor.fetchall():
        if plain is not None:
            found |= {attribute_name(name) for name in open_card(plain, tenant_id, contact).attributes}
    return sorted(found - {""})
