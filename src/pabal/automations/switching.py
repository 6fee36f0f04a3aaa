"""Who lets a rule loose: the estimate before it is switched on, the approval of what it repeats."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from pabal.accounts import Actor, audit
from pabal.automations.ask import back_test
from pabal.automations.lawful import NEEDS_APPROVAL, around_now, standing_of
from pabal.automations.model import TemplateLink
from pabal.campaigns import OWN_APPROVAL, read_rule
from pabal.kit.clock import KST
from pabal.kit.db import Conn
from pabal.kit.http.errors import Problem, declare
from pabal.records import read_partition
from pabal.runtime import Runtime

ESTIMATE_CHANGED = declare("estimate_changed", 409, "보내게 될 메시지 수가 달라졌어요. 다시 확인해 주세요")
NOTHING_TO_APPROVE = declare("nothing_to_approve", 409, "승인할 것이 없어요. 글이 그새 바뀌었을 수 있어요")

LOOKED_BACK_DAYS = 30
# More than this at the moment of switching on goes only with the number that somebody has seen.
SEEN_ABOVE = 100


@dataclass(frozen=True, slots=True)
class Estimate:
    """`messages`: overdue repeats, which go out at once. The rest is what the last 30 days would have been."""

    messages: int
    waiting: int
    per_day: float
    busiest_day: int
    cost: int
    days: int = LOOKED_BACK_DAYS


async def estimate(conn: Conn, rt: Runtime, tenant_id: UUID, link: TemplateLink) -> Estimate:
    now = rt.clock.now()
    overdue, waiting = await _overdue(conn, rt, link)
    if link.trigger_type == "manual":
        return Estimate(overdue, waiting, 0, 0, 0)
    partition = await read_partition(conn, link.partition_id)
    found = await back_test(conn, rt, tenant_id, partition, link, LOOKED_BACK_DAYS)
    sent = [
        one
        for one in found.firings
        if one.outcome in {"sent", "moved"} and one.record_id not in found.suppressed
    ]
    per_day = Counter(one.at.astimezone(KST).date() for one in sent)
    # A young table: its own days count, or the average would say next to nothing.
    days = max(
        1, min(LOOKED_BACK_DAYS, (now - min((one.at for one in sent), default=now)) // timedelta(days=1))
    )
    return Estimate(
        overdue, waiting, round(len(sent) / days, 1), max(per_day.values(), default=0), found.won, days
    )


async def _overdue(conn: Conn, rt: Runtime, link: TemplateLink) -> tuple[int, int]:
    cursor = await conn.execute(
        """
        SELECT count(*) FILTER (WHERE next_run_at <= %s), count(*) FROM automation_queue
        WHERE template_link_id = %s AND status = 'pending'
        """,
        (rt.clock.now(), link.id),
    )
    row = await cursor.fetchone()
    return (0, 0) if row is None else (row[0], row[1])


async def refuse_unseen(conn: Conn, rt: Runtime, link: TemplateLink, seen: int | None) -> None:
    """Switching on what would send many at once: only by who has seen how many."""
    overdue, _ = await _overdue(conn, rt, link)
    if overdue > SEEN_ABOVE and seen != overdue:
        raise Problem(ESTIMATE_CHANGED, extra={"messages": overdue})


async def approve_link(
    conn: Conn, rt: Runtime, who: Actor, link: TemplateLink, *, version: int | None = None
) -> None:
    """Another person than who wrote it, where there is another one. `version`: which one that person has read."""
    if version is not None and version != link.version:
        raise Problem(NOTHING_TO_APPROVE)
    now = rt.clock.now()
    standing = standing_of(link, await around_now(conn, who.tenant_id, now), now)
    if standing.reason != NEEDS_APPROVAL:
        raise Problem(NOTHING_TO_APPROVE)
    if (
        link.written_by is not None
        and link.written_by == who.actor_id
        and (await read_rule(conn)).approvers > 1
    ):
        raise Problem(OWN_APPROVAL)
    await conn.execute(
        """
        UPDATE template_links
        SET approved = %s, approved_by = %s, approved_at = %s, version = version + 1, updated_at = clock_timestamp()
        WHERE id = %s
        """,
        (standing.digest, who.actor_id, now, link.id),
    )
    await audit(conn, who, "template_link.approve", "template_link", link.id)
