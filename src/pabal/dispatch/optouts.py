"""Opt-outs that happened at a carrier: its 080 number, its list. Whoever refused there is refused here.

A carrier that posts them is believed at once; every carrier's list is read again each few minutes, because some post nothing
and posts get lost. Opt-outs at the simulator change nothing once a tenant has a live account.
"""

from collections.abc import Iterable
from uuid import UUID

import structlog

from pabal.channels.base import OptOutPage
from pabal.channels.registry import NoSuchCarrierError, carrier
from pabal.contacts import Blinder, suppress
from pabal.dispatch.accounts import account_for
from pabal.domain.identity import IdentityKind, canonical
from pabal.kit.db import Conn, system_tx, tenant_tx
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

REASON = "통신사 080 수신거부"
MAX_PAGES = 2000  # of 500 to 1,000 each
BATCH = 1000


async def accounts_to_read(rt: Runtime) -> list[tuple[UUID, UUID]]:
    """(tenant, account) of every active account whose list counts."""
    async with system_tx(rt) as conn:
        cursor = await conn.execute("SELECT tenant_id FROM app.list_tenants()")
        tenants = [row[0] for row in await cursor.fetchall()]
    found: list[tuple[UUID, UUID]] = []
    for tenant_id in tenants:
        async with tenant_tx(rt, tenant_id) as conn:
            cursor = await conn.execute(
                """
                SELECT id FROM carrier_accounts a
                WHERE state = 'active' AND NOT (sandbox AND EXISTS (
                    SELECT FROM carrier_accounts o WHERE NOT o.sandbox AND o.state = 'active'))
                ORDER BY id
                """
            )
            found += [(tenant_id, row[0]) for row in await cursor.fetchall()]
    return found


async def read_optouts(rt: Runtime, tenant_id: UUID, account_id: UUID) -> int:
    """Take over a carrier's list; how many people were new. A list that breaks off keeps what was read of it."""
    found = await account_for(rt, tenant_id, account_id)
    if found is None or found.state != "active":
        return 0
    try:
        adapter = carrier(
            found.account.carrier, found.channels, rt.http, wall_seconds=rt.settings.http_timeout_seconds
        )
    except NoSuchCarrierError:
        return 0
    blinder = Blinder(await rt.keys.of(rt.pool, tenant_id))
    new, cursor = 0, None
    for _ in range(MAX_PAGES):
        page = await adapter.list_optouts(found.account, cursor)
        if not isinstance(page, OptOutPage):
            log.info("opt-outs not read", account=str(account_id), answer=type(page).__name__)
            break
        if page.junk:
            log.warning("opt-outs that can't be read", account=str(account_id), rows=page.junk)
        keys = address_keys(blinder, (item.number for item in page.items))
        for at in range(0, len(keys), BATCH):
            async with tenant_tx(rt, tenant_id) as conn:
                new += await refuse_texts(conn, tenant_id, keys[at : at + BATCH])
        cursor = page.next_cursor
        if cursor is None:
            break
    if new:
        log.info("opt-outs taken over", account=str(account_id), new=new)
    return new


def address_keys(blinder: Blinder, numbers: Iterable[str]) -> list[int]:
    phones = (canonical(IdentityKind.PHONE, number) for number in numbers)
    return sorted({blinder.address_key("phone", phone.value) for phone in phones if phone is not None})


async def refuse_texts(conn: Conn, tenant_id: UUID, keys: list[int]) -> int:
    """Suppress those who aren't yet. Asked first, because a suppression closes the gate to all claims for a moment."""
    cursor = await conn.execute(
        """
        SELECT k FROM unnest(%(keys)s::bigint[]) AS k
        WHERE NOT EXISTS (SELECT FROM suppressions s
                          WHERE s.tenant_id = %(tenant)s AND s.address_key = k AND s.kind = 'phone'
                            AND s.channel IN ('all', 'sms') AND s.source <> 'bulk')
        """,
        {"keys": keys, "tenant": tenant_id},
    )
    new = [row[0] for row in await cursor.fetchall()]
    if new:
        await suppress(
            conn,
            tenant_id,
            kind="phone",
            address_keys=new,
            channels=("sms",),
            reason=REASON,
            source="carrier_080",
        )
    return len(new)
