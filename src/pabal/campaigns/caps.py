"""What a carrier accepts in a month, beside what a check is about to need of it.

A new organisation may send 5,000 a month at NHN (docs/operations.md): that limit is the carrier's, the quota is the camp's.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pabal.dispatch import FrozenStep
from pabal.domain.audience import AccountCap, MonthUse, over_the_edge
from pabal.kit.db import Conn
from pabal.senders import used_by_account


async def account_caps(
    conn: Conn,
    tenant_id: UUID,
    steps: Sequence[FrozenStep],
    people: Sequence[int],
    begins_at: datetime,
    *,
    months: Sequence[MonthUse],
    month_name: str,
) -> list[AccountCap]:
    """The capped accounts of `steps`, in their order. `people[i]` may come to step i at worst. `months`: of the quota; the
    first step goes out in both of two, what later steps may take counts for the second, as it does there."""
    most: Counter[UUID] = Counter()
    for step, count in zip(steps, people, strict=True):
        most[step.account_id] += count
    cursor = await conn.execute(
        "SELECT id, name, monthly_cap FROM carrier_accounts WHERE id = ANY(%s) AND monthly_cap IS NOT NULL",
        (list(most),),
    )
    capped = {account: (name, cap) for account, name, cap in await cursor.fetchall()}
    if not capped:
        return []
    used = await used_by_account(conn, tenant_id, begins_at)

    def parts(account: UUID) -> Sequence[MonthUse]:
        if len(months) < 2:
            return ()
        first, then = months
        cap = capped[account][1]
        # What the quota of the old month can't grant waits for the new one, and so does its call.
        soon = min(first.units, most[account]) if steps[0].account_id == account else 0
        return over_the_edge(
            MonthUse(first.month, soon, max(0, cap - used.get(account, 0))),
            MonthUse(then.month, most[account] - soon, cap),
        )

    return [
        AccountCap(
            name=capped[account][0],
            cap=capped[account][1],
            used=used.get(account, 0),
            least=people[0] if steps[0].account_id == account else 0,
            most=needed,
            months=parts(account),
            month_name=month_name,
        )
        for account, needed in most.items()
        if account in capped
    ]
