"""Searches that somebody types and waits for: asked all day, so in one round trip, without a plan of their own.

A transaction that asks for candidates, contacts and their number one after the other takes five trips, each of which wakes
two processes, and as much time for plans as for the rows.
"""

from typing import LiteralString
from uuid import UUID

from pabal.contacts.card import Blinder
from pabal.contacts.queries import (
    CARRIERS,
    CONTACT,
    OPENED,
    ContactPage,
    Probe,
    Total,
    first_batch,
    opened,
    search_contacts,
    search_total,
)
from pabal.domain.search import Query
from pabal.kit.db import Database, tenant_at_once, tenant_tx

# The function's ids pass the wall once more: it names the tenant of the transaction, and so does the policy.
_FOUND: LiteralString = " FROM " + CARRIERS + " s JOIN contacts c ON c.id = s.id"
WHOLE: LiteralString = "SELECT s.total, " + CONTACT + _FOUND + " ORDER BY c.id DESC"
# Five digits are looked for by fours: of 250 carriers 40 have them. The others stay where they are, unless they may have them
# elsewhere than in a row in a number. One row at least, which says how many carriers there were.
LOOSE: LiteralString = (
    "WITH found AS MATERIALIZED (SELECT c.tenant_id, c.id, app.decrypt(c.pii) AS plain, c.tokens, c.district, c.age_band,"
    " c.basis, c.source, c.purposes, c.import_id, c.version, c.created_at, c.updated_at" + _FOUND + "),"
    " hits AS (SELECT " + OPENED + " FROM found c"
    " WHERE strpos(c.plain, %(run)s::text) > 0 OR c.tokens && %(elsewhere)s::int[])"
    " SELECT (SELECT count(*)::int FROM found), h.* FROM (VALUES (1)) one LEFT JOIN hits h ON true ORDER BY h.id DESC"
)


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
    if query.loose:
        run, elsewhere = query.run
        given |= {"run": run, "elsewhere": [blinder.token(text) for text in sorted(elsewhere)], "cap": None}
        rows = await tenant_at_once(db, tenant_id, [(LOOSE, given)], keyed=True)
        seen = rows[0][0]
        rows = rows if rows[0][1] is not None else []
    else:
        rows = await tenant_at_once(db, tenant_id, [(WHOLE, given)], keyed=True)
        seen = len(rows)
    used_up = seen < batch
    whole = (opened(tenant_id, row[1:]) for row in rows)
    page = [one for one in whole if query.matches(one.card.searchable())]
    if len(page) <= limit and not used_up:
        # Many false positives: the start of a mailbox that is as common as "kim".
        async with tenant_tx(db, tenant_id) as conn:
            return await search_contacts(
                conn, tenant_id, query=query, blinder=blinder, where=None, before=before, limit=limit
            )
    carriers = rows[0][0] if rows and not query.loose else None
    return ContactPage(
        page[:limit],
        page[limit - 1].id if len(page) > limit else None,
        search_total(len(page), carriers, used_up=used_up) if counted else None,
    )
