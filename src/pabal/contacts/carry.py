"""What comes to a survivor besides the card: tags, consents and decisions of those who were merged into it.

Rows that a survivor has from a merge name the merge, the others keep theirs. So an undo takes away what the merge brought
and nothing else. Set-based: an import calls `carry_over` once for all the merges of a chunk.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from pabal.kit.db import Conn


async def carry_over(conn: Conn, merge_ids: Sequence[UUID]) -> None:
    """To be called once the merges are written (`survivor_id`, `merged_ids`); twice does no harm."""
    if not merge_ids:
        return
    ids = {"merges": list(merge_ids)}
    await conn.execute(
        """
        INSERT INTO contact_tags (tenant_id, contact_id, tag_id, import_id, merge_id)
        SELECT DISTINCT ON (m.survivor_id, t.tag_id) t.tenant_id, m.survivor_id, t.tag_id, t.import_id, m.id
        FROM merges m CROSS JOIN unnest(m.merged_ids) AS o (id) JOIN contact_tags t ON t.contact_id = o.id
        WHERE m.id = ANY(%(merges)s) ORDER BY m.survivor_id, t.tag_id, m.created_at, m.id
        ON CONFLICT DO NOTHING
        """,
        ids,
    )
    await carry_consents(conn, merge_ids)
    await conn.execute(
        # What was asked or decided about one of them is asked or decided about the survivor.
        """
        INSERT INTO duplicate_pairs (tenant_id, id, contact_a, contact_b, reason, facts, state, import_id, from_merge,
                                     decided_by, decided_at)
        SELECT DISTINCT ON (f.a, f.b) f.tenant_id, gen_random_uuid(), f.a, f.b, f.reason, f.facts, f.state, f.import_id,
               f.merge, f.decided_by, f.decided_at
        FROM (SELECT p.*, m.id AS merge, least(m.survivor_id, x.other) AS a, greatest(m.survivor_id, x.other) AS b
              FROM merges m CROSS JOIN unnest(m.merged_ids) AS o (id)
              CROSS JOIN LATERAL (
                  SELECT *, contact_b AS other FROM duplicate_pairs WHERE contact_a = o.id
                  UNION ALL SELECT *, contact_a FROM duplicate_pairs WHERE contact_b = o.id) x
              JOIN duplicate_pairs p ON p.tenant_id = x.tenant_id AND p.id = x.id
              WHERE m.id = ANY(%(merges)s) AND p.state IN ('open', 'separate', 'shared')
                AND x.other <> m.survivor_id AND x.other <> ALL(m.merged_ids)) f
        ORDER BY f.a, f.b, f.state DESC, f.id
        ON CONFLICT (tenant_id, contact_a, contact_b) DO NOTHING
        """,
        ids,
    )


async def carry_consents(conn: Conn, merge_ids: Sequence[UUID]) -> None:
    """Everybody's statements, as of the merge; where the newest ones differ, the strictest counts from then on."""
    ids = {"merges": list(merge_ids)}
    await conn.execute(
        """
        INSERT INTO consents (tenant_id, id, contact_id, channel, purpose, state, at, evidence, created_by, created_at,
                              merge_id)
        SELECT k.tenant_id, gen_random_uuid(), m.survivor_id, k.channel, k.purpose, k.state, k.at, k.evidence,
               k.created_by, m.created_at, m.id
        FROM merges m CROSS JOIN unnest(m.merged_ids) AS o (id) JOIN consents k ON k.contact_id = o.id
        WHERE m.id = ANY(%(merges)s)
          AND NOT EXISTS (SELECT FROM consents c WHERE c.contact_id = m.survivor_id AND c.merge_id = m.id)
        """,
        ids,
    )
    await conn.execute(
        """
        WITH said AS (
            SELECT m.id AS merge, k.contact_id, k.channel, k.purpose, k.state, k.at, k.id
            FROM merges m JOIN consents k ON k.contact_id = m.survivor_id
            WHERE m.id = ANY(%(merges)s) AND k.merge_id IS DISTINCT FROM m.id AND k.created_at <= m.created_at
            UNION ALL
            SELECT m.id, k.contact_id, k.channel, k.purpose, k.state, k.at, k.id
            FROM merges m CROSS JOIN unnest(m.merged_ids) AS o (id) JOIN consents k ON k.contact_id = o.id
            WHERE m.id = ANY(%(merges)s)),
        newest AS (
            SELECT DISTINCT ON (merge, contact_id, channel, purpose) * FROM said
            ORDER BY merge, contact_id, channel, purpose, at DESC, id DESC)
        INSERT INTO consents (tenant_id, id, contact_id, channel, purpose, state, at, created_at, merge_id)
        SELECT m.tenant_id, gen_random_uuid(), m.survivor_id, n.channel, n.purpose, 'withdrawn',
               greatest(m.created_at, max(n.at) + interval '1 microsecond'), m.created_at, m.id
        FROM newest n JOIN merges m ON m.id = n.merge
        GROUP BY m.tenant_id, m.id, m.survivor_id, m.created_at, n.channel, n.purpose
        HAVING bool_or(n.state = 'withdrawn') AND (array_agg(n.state ORDER BY n.at DESC, n.id DESC))[1] = 'granted'
        """,
        ids,
    )


async def settle(conn: Conn, contact_ids: Iterable[UUID]) -> None:
    """Survivors after an undo: what they have from merges is what the merges that stand bring. Deepest contacts first."""
    parents = await parents_of(conn, contact_ids)
    depth: dict[UUID, int] = {}
    for one in parents:
        depth_of(one, parents, depth)
    for level in range(max(depth.values(), default=-1), -1, -1):
        here = [one for one in parents if depth[one] == level]
        await _settle_tags(conn, here)
        await _settle_consents(conn, here)


async def parents_of(conn: Conn, ids: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """These contacts and everybody above them, each with the one it was merged into."""
    cursor = await conn.execute(
        """
        WITH RECURSIVE chain AS (
            SELECT c.id, c.merged_into FROM unnest(%(ids)s::uuid[]) AS w (id) JOIN contacts c ON c.id = w.id
            UNION SELECT c.id, c.merged_into FROM contacts c JOIN chain ON c.id = chain.merged_into)
        SELECT id, merged_into FROM chain
        """,
        {"ids": list(ids)},
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


def depth_of(one: UUID, parents: Mapping[UUID, UUID | None], depth: dict[UUID, int]) -> int:
    """How many merges lie between a contact and the one that it belongs to now."""
    if one not in depth:
        parent = parents.get(one)
        depth[one] = 0 if parent is None else 1 + depth_of(parent, parents, depth)
    return depth[one]


async def _settle_tags(conn: Conn, contact_ids: Sequence[UUID]) -> None:
    ids = {"ids": list(contact_ids)}
    await conn.execute(
        # A tag that another standing merge brings as well stays, in that one's name.
        """
        UPDATE contact_tags t SET merge_id = s.merge
        FROM (SELECT m.survivor_id, x.tag_id, min(m.id::text)::uuid AS merge
              FROM merges m CROSS JOIN unnest(m.merged_ids) AS o (id) JOIN contact_tags x ON x.contact_id = o.id
              WHERE m.survivor_id = ANY(%(ids)s) AND m.undone_at IS NULL GROUP BY m.survivor_id, x.tag_id) s
        WHERE t.contact_id = s.survivor_id AND t.merge_id IS NOT NULL AND t.tag_id = s.tag_id
        """,
        ids,
    )
    await conn.execute(
        """
        DELETE FROM contact_tags t WHERE t.contact_id = ANY(%(ids)s) AND t.merge_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM merges m CROSS JOIN unnest(m.merged_ids) AS o (id)
            JOIN contact_tags x ON x.contact_id = o.id AND x.tag_id = t.tag_id
            WHERE m.survivor_id = t.contact_id AND m.id = t.merge_id AND m.undone_at IS NULL)
        """,
        ids,
    )


async def _settle_consents(conn: Conn, contact_ids: Sequence[UUID]) -> None:
    """Anew, merge by merge in their order: what is the strictest depends on what was there."""
    cursor = await conn.execute(
        "DELETE FROM consents WHERE contact_id = ANY(%s) AND merge_id IS NOT NULL RETURNING contact_id",
        (list(contact_ids),),
    )
    concerned = {row[0] for row in await cursor.fetchall()}
    cursor = await conn.execute(
        """
        SELECT array_agg(id) FROM (
            SELECT id, row_number() OVER (PARTITION BY survivor_id ORDER BY created_at, id) AS n FROM merges
            WHERE survivor_id = ANY(%s) AND merged_ids <> '{}' AND undone_at IS NULL) m
        GROUP BY n ORDER BY n
        """,
        (list(concerned),),
    )
    for (merges,) in await cursor.fetchall():
        await carry_consents(conn, merges)


async def give_back_withdrawals(conn: Conn, merge_id: UUID) -> int:
    """Who took consent back while the people were one took it back for all of them: nobody knows whose it was."""
    cursor = await conn.execute(
        """
        WITH RECURSIVE above AS (
            SELECT m.survivor_id AS id, m.created_at AS since FROM merges m WHERE m.id = %(merge)s
            UNION ALL
            SELECT m.survivor_id, m.created_at FROM above a JOIN contacts c ON c.id = a.id
            JOIN merges m ON m.survivor_id = c.merged_into AND a.id = ANY(m.merged_ids) AND m.undone_at IS NULL)
        INSERT INTO consents (tenant_id, id, contact_id, channel, purpose, state, at, evidence, created_by, created_at)
        SELECT k.tenant_id, gen_random_uuid(), o.id, k.channel, k.purpose, k.state, k.at, k.evidence, k.created_by,
               k.created_at
        FROM merges m CROSS JOIN unnest(m.merged_ids) AS o (id) CROSS JOIN above a
        JOIN consents k ON k.contact_id = a.id AND k.created_at > a.since
        WHERE m.id = %(merge)s AND k.state = 'withdrawn' AND k.merge_id IS NULL
        """,
        {"merge": merge_id},
    )
    return cursor.rowcount
