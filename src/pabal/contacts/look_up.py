"""Searches that somebody types and waits for: asked all day, so in one round trip, without a plan of their own.

A transaction that asks for candidates, contacts and their number one after the other takes five trips, each of which wakes
two processes, and as much time for plans as for the rows.
"""

from typing import LiteralString
from uuid import UUID

from pabal.contacts.card import Blinder, open_card
from pabal.contacts.queries import (
    CARRIERS,
    CONTACT,
    READ,
    Contact,
    ContactPage,
    Probe,
    Total,
    first_batch,
    in_order,
    opened,
    search_contacts,
    search_total,
)
from pabal.domain.search import Query
from pabal.kit.db import Database, tenant_at_once, tenant_tx

# The function's ids pass the wall once more: it names the tenant of the transaction, and so does the policy.
_FOUND: LiteralString = " FROM " + CARRIERS + " s JOIN contacts c ON c.id = s.id ORDER BY c.id DESC"
WHOLE: LiteralString = "SELECT s.total, " + CONTACT + _FOUND
_PLAIN: LiteralString = "SELECT s.total, c.id, app.decrypt(c.pii)" + _FOUND


async def look_up(
    db: Database, tenant_id: UUID, *, query: Query, blinder: Blinder, before: UUID | None, limit: int
) -> ContactPage:
    """As `search_contacts` without a filter."""
    probe = Probe.of(query, blinder)
    if probe is None:
        return ContactPage([], None, Total(0, "eq") if before is None else None)
    counted = before is None
    batch = first_batch(query, limit)
    given = {**probe.arguments(), "before": before, "page": batch, "cap": probe.cap if counted else None}
    rows = await tenant_at_once(db, tenant_id, [(_PLAIN if query.loose else WHOLE, given)], keyed=True)
    used_up = len(rows) < batch
    hits: list[UUID] = []
    page: list[Contact] = []
    if query.loose:
        hits = [
            one
            for _, one, plain in rows
            if plain is not None
            and query.plausible(plain)
            and query.matches(open_card(plain, tenant_id, one).searchable())
        ]
    else:
        whole = (opened(tenant_id, row[1:]) for row in rows)
        page = [one for one in whole if query.matches(one.card.searchable())]
        hits = [one.id for one in page]
    if len(hits) <= limit and not used_up:
        # Many false positives: the start of a mailbox that is as common as "kim".
        async with tenant_tx(db, tenant_id) as conn:
            return await search_contacts(
                conn, tenant_id, query=query, blinder=blinder, where=None, before=before, limit=limit
            )
    if query.loose and hits:
        asked = hits[:limit]
        page = in_order(
            asked, tenant_id, await tenant_at_once(db, tenant_id, [(READ, {"ids": asked})], keyed=True)
        )
    carriers = rows[0][0] if rows else None
    return ContactPage(
        page[:limit],
        hits[limit - 1] if len(hits) > limit else None,
        search_total(len(hits), carriers, used_up=used_up) if counted else None,
    )
