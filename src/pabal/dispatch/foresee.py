"""Who would get a launch and who wouldn't, one by one: the check's counts with people behind them.

The launch's own verdicts, the claim's own rendering. In the order of contact ids, which is the order in which people keep
an address; every page works the verdicts out anew (half a second at 100,000 people), so that it is never an old list.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import sql

from pabal.dispatch.model import FrozenStep, Selection
from pabal.dispatch.plan import _verdicts
from pabal.dispatch.render import Unrenderable, finish
from pabal.domain.message import SkipReason
from pabal.kit.db import Conn
from pabal.runtime import Runtime

RENDERED = frozenset(
    {
        SkipReason.MISSING_VARIABLE,
        SkipReason.NOT_ENCODABLE,
        SkipReason.TOO_LONG,
        SkipReason.NOTICE_MISSING,
    }
)
SCAN = 2_000  # people rendered in one go
MOST = 20_000  # ... and in one page: what is rare is looked for over several pages


@dataclass(frozen=True, slots=True)
class Foreseen:
    contact_id: UUID
    card: dict[str, Any] | None  # None once erased
    address_no: int
    reason: str  # "" gets it
    keeper_id: UUID | None = None  # of a shared address: who gets it instead
    keeper: dict[str, Any] | None = None
    kind: str = ""
    bytes: int = 0


async def foresee(
    conn: Conn,
    rt: Runtime,
    tenant_id: UUID,
    selection: Selection,
    channel: str,
    steps: Sequence[FrozenStep],
    *,
    reason: str,
    after: UUID | None,
    limit: int,
) -> tuple[list[Foreseen], UUID | None]:
    """(people with this first reason on the first step, "": who gets it; where to go on, None at the end)."""
    if reason and reason not in RENDERED:
        found = await _page(conn, rt, tenant_id, selection, channel, reason, after, limit + 1)
        return found[:limit], found[limit - 1].contact_id if len(found) > limit else None
    found, looked = [], 0
    while steps and looked < MOST:
        people = await _page(conn, rt, tenant_id, selection, channel, "", after, SCAN)
        looked += len(people)
        for one in await asyncio.to_thread(_rendered, steps[0], people):
            after = one.contact_id
            if one.reason == reason:
                found.append(one)
                if len(found) == limit:
                    return found, after
        if len(people) < SCAN:
            return found, None
    return found, after if steps else None


def _rendered(step: FrozenStep, people: Sequence[Foreseen]) -> list[Foreseen]:
    found = []
    for one in people:
        text = finish(step, json.dumps(one.card or {}), one.address_no)
        if isinstance(text, Unrenderable):
            found.append(Foreseen(one.contact_id, one.card, one.address_no, text.reason))
        else:
            found.append(
                Foreseen(one.contact_id, one.card, one.address_no, "", kind=text.kind, bytes=text.weight)
            )
    return found


async def _page(
    conn: Conn,
    rt: Runtime,
    tenant_id: UUID,
    selection: Selection,
    channel: str,
    reason: str,
    after: UUID | None,
    limit: int,
) -> list[Foreseen]:
    keys = await rt.keys.of(rt.pool, tenant_id)
    statement = _verdicts(rt, keys, tenant_id, None, selection, channel) + sql.SQL(
        """
        , page AS (
            SELECT * FROM verdict
            WHERE coalesce(reason, '') = {reason} AND ({after}::uuid IS NULL OR contact_id > {after})
            ORDER BY contact_id LIMIT {limit}
        )
        SELECT p.contact_id, CASE WHEN p.pii IS NOT NULL THEN app.decrypt(p.pii) END, p.district, p.address_no,
               k.contact_id, CASE WHEN k.pii IS NOT NULL THEN app.decrypt(k.pii) END
        FROM page p
        LEFT JOIN verdict k ON p.reason = 'same_address' AND k.reason IS NULL AND k.address_key = p.address_key
        ORDER BY p.contact_id
        """
    ).format(reason=sql.Literal(reason), after=sql.Literal(after), limit=sql.Literal(limit))
    rows: list[Any] = await (await conn.execute(statement)).fetchall()
    return [
        Foreseen(contact, _card(card, district), number, reason, keeper, _card(kept))
        for contact, card, district, number, keeper, kept in rows
    ]


def _card(text: str | None, district: str = "") -> dict[str, Any] | None:
    card: dict[str, Any] | None = None if text is None else json.loads(text)
    return {**card, "district": district} if card is not None and district else card
