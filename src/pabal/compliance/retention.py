"""Lists after the election (P-09): a plan that the scheduler writes, an owner's approval, a worker that erases in batches.

Whoever came into the book before the end of the election day goes, but for the bases that an owner keeps with a reason, and
for people of the time after it: who agreed anew, or stood in a list that came since. They belong to what comes next.
Opt-outs stay (they know no person), and so do counts and logs of sends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import class_row

from pabal.accounts import Actor, SystemActor, audit
from pabal.compliance.queries import list_candidacies, read_profile
from pabal.contacts import erase_people
from pabal.domain.ids import TenantId
from pabal.kit.clock import KST
from pabal.kit.db import Conn, system_tx, tenant_tx
from pabal.kit.http.errors import CONFLICT, INVALID, NOT_FOUND, FieldError, Problem, declare
from pabal.runtime import Runtime

PURGE_CHANGED = declare("purge_changed", 409, "그사이 지울 사람이 달라졌어요. 다시 확인해 주세요")

BATCH = 2_000  # people erased in one transaction: about a second, and clicks wait no longer for it


@dataclass(frozen=True, slots=True)
class Basis:
    basis: str
    people: int


@dataclass(frozen=True, slots=True)
class Plan:
    election_day: date
    state: str
    kept: Sequence[str]
    reason: str
    approved_by: UUID | None
    approved_at: datetime | None
    purged: int
    finished_at: datetime | None


async def election_days(conn: Conn, day: date) -> tuple[list[date], date | None]:
    """(elections of a camp that are over on `day`, the next one)."""
    cursor = await conn.execute("SELECT EXISTS (SELECT FROM tenants WHERE kind = 'camp')")
    row = await cursor.fetchone()
    if row is None or not row[0]:
        return [], None
    days = {row.election_day for row in await list_candidacies(conn)}
    profile = await read_profile(conn)
    if profile.election_day is not None:
        days.add(profile.election_day)
    return sorted(one for one in days if one < day), min((one for one in days if one >= day), default=None)


async def warn_of(conn: Conn, tenant_id: UUID, now: datetime) -> int:
    """Write a plan for each election that is over and has none; how many were new."""
    over, _ = await election_days(conn, now.astimezone(KST).date())
    if not over:
        return 0
    cursor = await conn.execute(
        """
        INSERT INTO retention_plans (tenant_id, election_day, warned_at)
        SELECT %(tenant)s, day, %(now)s FROM unnest(%(days)s::date[]) AS day
        ON CONFLICT DO NOTHING RETURNING election_day
        """,
        {"tenant": tenant_id, "days": over, "now": now},
    )
    new = [row[0] for row in await cursor.fetchall()]
    for day in new:
        who = SystemActor(TenantId(tenant_id))
        detail = {"electionDay": day.isoformat()}
        await audit(conn, who, "retention.warn", "tenant", tenant_id, detail=detail)
    return len(new)


async def list_plans(conn: Conn, over: Sequence[date]) -> list[Plan]:
    """The newest election first. One that is `over` and that the scheduler hasn't seen yet is due all the same."""
    async with conn.cursor(row_factory=class_row(Plan)) as cursor:
        await cursor.execute(
            """
            SELECT election_day, state, kept, reason, approved_by, approved_at, purged, finished_at
            FROM retention_plans
            """
        )
        known = {plan.election_day: plan for plan in await cursor.fetchall()}
    new = {day: Plan(day, "due", (), "", None, None, 0, None) for day in over}
    return sorted({**new, **known}.values(), key=lambda plan: plan.election_day, reverse=True)


# Merged-away cards go with their survivor.
_THOSE: LiteralString = """
    c.erased_at IS NULL AND c.merged_into IS NULL AND c.created_at < %(until)s AND NOT c.basis = ANY(%(kept)s::text[])
    AND c.id NOT IN (
        SELECT k.contact_id FROM consents k WHERE k.state = 'granted' AND k.at >= %(until)s AND NOT EXISTS (
            SELECT FROM consents w WHERE w.tenant_id = k.tenant_id AND w.contact_id = k.contact_id
              AND w.state = 'withdrawn' AND w.at >= k.at))
    AND c.id NOT IN (
        SELECT r.contact_id FROM imports m JOIN import_rows r ON r.tenant_id = m.tenant_id AND r.import_id = m.id
        WHERE m.created_at >= %(until)s AND m.undone_at IS NULL AND r.contact_id IS NOT NULL)
"""


def _until(election_day: date) -> datetime:
    return datetime.combine(election_day + timedelta(days=1), time(), KST)


async def people_by_basis(conn: Conn, election_day: date) -> list[Basis]:
    async with conn.cursor(row_factory=class_row(Basis)) as cursor:
        await cursor.execute(
            "SELECT c.basis, count(*) AS people FROM contacts c WHERE "
            + _THOSE
            + " GROUP BY c.basis ORDER BY people DESC, c.basis",
            {"until": _until(election_day), "kept": []},
        )
        return await cursor.fetchall()


async def approve(
    conn: Conn,
    who: Actor,
    election_day: date,
    *,
    kept: Sequence[str],
    reason: str,
    people: int,
    now: datetime,
) -> None:
    """From here on it can't be taken back. `people`: as many as whoever approves was shown."""
    if len(reason.strip()) < 2:
        raise Problem(INVALID, errors=[FieldError("reason", "지우는 까닭이나 남기는 까닭을 적어 주세요")])
    await warn_of(conn, who.tenant_id, now)
    cursor = await conn.execute(
        "SELECT state FROM retention_plans WHERE election_day = %s FOR UPDATE", (election_day,)
    )
    row = await cursor.fetchone()
    if row is None:
        raise Problem(NOT_FOUND, detail="선거가 끝난 다음 날부터 정리할 수 있어요.")
    bases = {one.basis: one.people for one in await people_by_basis(conn, election_day)}
    going = sum(count for basis, count in bases.items() if basis not in set(kept))
    if row[0] != "due" or going != people:
        raise Problem(PURGE_CHANGED, extra={"people": going, "state": row[0]})
    await _nobody_waits(conn)
    await conn.execute(
        """
        UPDATE retention_plans
        SET state = 'approved', kept = %(kept)s, reason = %(reason)s, approved_by = %(by)s, approved_at = %(now)s
        WHERE election_day = %(day)s
        """,
        {
            "kept": sorted(set(kept) & set(bases)),
            "reason": reason.strip(),
            "by": who.actor_id,
            "now": now,
            "day": election_day,
        },
    )
    detail: dict[str, Any] = {"electionDay": election_day.isoformat(), "people": going, "kept": sorted(kept)}
    await audit(conn, who, "retention.approve", "tenant", who.tenant_id, detail={**detail, "reason": reason})


async def _nobody_waits(conn: Conn) -> None:
    """Replies go with who wrote them. One that may be a refusal has to be read before: an opt-out outlives the person."""
    cursor = await conn.execute(
        "SELECT count(*) FROM inbound_messages WHERE unclear AND settled_at IS NULL AND from_key IS NOT NULL"
    )
    row = await cursor.fetchone()
    if row is not None and row[0]:
        raise Problem(
            CONFLICT,
            detail=f"확인을 기다리는 답장 {row[0]:,}건을 먼저 정리해 주세요. 지우면 누가 거부했는지 알 수 없어요.",
        )


async def purge(rt: Runtime, tenant_id: UUID) -> bool:
    """Erase one batch of an approved plan; is there more? Safe at any moment: what is erased stays so, and the plan's row
    makes two workers take turns."""
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            """
            SELECT election_day, kept, purged FROM retention_plans
            WHERE state = 'approved' ORDER BY election_day LIMIT 1 FOR UPDATE
            """
        )
        row = await cursor.fetchone()
        if row is None:
            return False
        election_day, kept, purged = row
        values = {"until": _until(election_day), "kept": kept, "batch": BATCH}
        cursor = await conn.execute(
            "SELECT c.id FROM contacts c WHERE " + _THOSE + " ORDER BY c.id LIMIT %(batch)s", values
        )
        ids = [one[0] for one in await cursor.fetchall()]
        gone = await erase_people(conn, ids) if ids else set()
        over = len(ids) < BATCH
        if over:
            await conn.execute("SELECT app.forget_strays(%s)", (_until(election_day),))
        await conn.execute(
            """
            UPDATE retention_plans
            SET purged = purged + %(n)s, state = CASE WHEN %(over)s THEN 'done' ELSE state END,
                finished_at = CASE WHEN %(over)s THEN %(now)s::timestamptz END
            WHERE election_day = %(day)s
            """,
            {"n": len(gone), "over": over, "now": rt.clock.now(), "day": election_day},
        )
        if over:
            who = SystemActor(TenantId(tenant_id))
            detail = {"electionDay": election_day.isoformat(), "people": purged + len(gone)}
            await audit(conn, who, "retention.purge", "tenant", tenant_id, detail=detail)
    return not over


async def keep_retention(rt: Runtime) -> list[UUID]:
    """Plans for elections that have ended meanwhile; the tenants whose approved purge isn't over."""
    async with system_tx(rt) as conn:
        cursor = await conn.execute("SELECT tenant_id FROM app.list_tenants()")
        tenants = [row[0] for row in await cursor.fetchall()]
    open_ones = []
    for tenant_id in tenants:
        async with tenant_tx(rt, tenant_id) as conn:
            await warn_of(conn, tenant_id, rt.clock.now())
            cursor = await conn.execute(
                "SELECT EXISTS (SELECT FROM retention_plans WHERE state = 'approved')"
            )
            row = await cursor.fetchone()
            if row is not None and row[0]:
                open_ones.append(tenant_id)
    return open_ones
