"""Who gets which of several texts: decided by the claim that first sends to a person, and kept for good.

A claim holds the send FOR SHARE, whoever retires or adds a text takes it FOR NO KEY UPDATE: a claim sees the texts before or
after, never half of it. Sends with one text never come here.
"""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from psycopg import AsyncServerCursor
from psycopg.types.json import Jsonb

from pabal.dispatch.ledger import lock_send
from pabal.dispatch.model import FrozenStep, FrozenVariant, Hold, SendRow
from pabal.dispatch.render import Unrenderable, finish_person
from pabal.domain.links import SendLinks
from pabal.domain.variants import pick
from pabal.kit.db import Conn, int_array


async def lock_texts(conn: Conn, tenant_id: UUID, send_id: UUID) -> SendRow | None:
    """The send for a change of its texts: waits for claims under way, and later claims wait for us."""
    await conn.execute(
        "SELECT FROM sends WHERE tenant_id = %s AND id = %s FOR NO KEY UPDATE", (tenant_id, send_id)
    )
    return await lock_send(conn, tenant_id, send_id)


async def write_texts(
    conn: Conn, send: SendRow, variants: Sequence[FrozenVariant], links: SendLinks | None
) -> None:
    """The caller holds `lock_texts`. Texts keep their places for ever: people's rows name them."""
    assert [one.key for one in variants][: len(send.variants)] == [one.key for one in send.variants]
    await conn.execute(
        "UPDATE sends SET variants = %s, links = %s WHERE tenant_id = %s AND id = %s",
        (
            Jsonb([one.to_json() for one in variants]),
            None if links is None else Jsonb(links.to_json()),
            send.tenant_id,
            send.id,
        ),
    )


@dataclass(slots=True)
class Rest:
    """Who hasn't been sent to, and what a text would weigh for them."""

    people: int = 0
    per_kind: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    bytes_min: int = 0
    bytes_max: int = 0


async def weigh_rest(
    conn: Conn, send: SendRow, steps: Sequence[FrozenStep], links: Mapping[str, str]
) -> list[Rest]:
    """A text on each of its steps over everybody who waits and was never claimed, rendered as the claim would: they may
    come to all of them."""
    rests = [Rest() for _ in steps]
    async with AsyncServerCursor(conn, "weigh_rest") as cursor:
        await cursor.execute(
            """
            SELECT address_no, app.decrypt(snapshot) FROM messages
            WHERE tenant_id = %s AND send_id = %s AND state = 'queued' AND attempts = 0 AND snapshot IS NOT NULL
            """,
            (send.tenant_id, send.id),
        )
        while rows := await cursor.fetchmany(1000):
            await asyncio.to_thread(_weigh, rests, steps, rows, links)
    return rests


def _weigh(
    rests: Sequence[Rest],
    steps: Sequence[FrozenStep],
    rows: Sequence[tuple[int, str]],
    links: Mapping[str, str],
) -> None:
    for address_no, snapshot in rows:
        person = json.loads(snapshot)
        for rest, step in zip(rests, steps, strict=True):
            rest.people += 1
            finished = finish_person(step, person, address_no, links)
            if isinstance(finished, Unrenderable):
                rest.excluded[finished.reason] += 1
                continue
            rest.bytes_min = min(rest.bytes_min or finished.weight, finished.weight)
            rest.bytes_max = max(rest.bytes_max, finished.weight)
            rest.per_kind[finished.kind] += 1


async def give_variants(conn: Conn, send: SendRow, hold: Hold, passing: list[int]) -> dict[int, int]:
    """Give everybody passing (fenced by this claim) a text who has none that stands; who got which. Whoever may have got
    something keeps it: a text is given anew
    only where all tries were void (never called, or proven never to have arrived). No place at all, after a try, is the
    text that the send began with."""
    if not passing:
        return {}
    where = {
        "tenant": hold.tenant_id,
        "send": hold.send_id,
        "seq_from": hold.seq_from,
        "seq_to": hold.seq_to,
    }
    retired = [place for place, variant in enumerate(send.variants) if not variant.active]
    cursor = await conn.execute(
        """
        SELECT seq FROM messages m
        WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq BETWEEN %(seq_from)s AND %(seq_to)s
          AND seq = ANY(%(seqs)s::int[])
          AND (variant IS NULL OR variant = ANY(%(retired)s::smallint[]))
          AND (attempts = 1 OR NOT EXISTS (  -- this claim has counted its own try
                SELECT FROM attempts a
                WHERE a.tenant_id = %(tenant)s AND a.send_id = %(send)s AND a.seq = m.seq AND a.state <> 'voided'))
        """,
        {**where, "seqs": int_array(passing), "retired": int_array(retired)},
    )
    shares = [variant.share if variant.active else 0 for variant in send.variants]
    groups: dict[int, list[int]] = defaultdict(list)
    for (seq,) in await cursor.fetchall():
        groups[pick(hold.send_id, seq, shares)].append(seq)
    for place, seqs in sorted(groups.items()):
        await conn.execute(
            """
            UPDATE messages SET variant = %(variant)s
            WHERE tenant_id = %(tenant)s AND send_id = %(send)s AND seq BETWEEN %(seq_from)s AND %(seq_to)s
              AND seq = ANY(%(seqs)s::int[]) AND state = 'sending'
            """,
            {**where, "variant": place, "seqs": int_array(seqs)},
        )
    return {seq: place for place, seqs in groups.items() for seq in seqs}


async def read_texts(conn: Conn, tenant_id: UUID, send_id: UUID) -> list[FrozenVariant]:
    """The texts of a send in their places; [] for a send of one text."""
    cursor = await conn.execute(
        "SELECT variants FROM sends WHERE tenant_id = %s AND id = %s", (tenant_id, send_id)
    )
    row = await cursor.fetchone()
    return [] if row is None else [FrozenVariant.from_json(one) for one in row[0]]
