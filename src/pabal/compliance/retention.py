"""Lists after the election (P-09): a plan that the scheduler writes, an owner's approval, a worker that erases in batches.

Whoever came into the book before the end of the election day goes, but for the bases that an owner keeps with a reason, and
for people of the time after it: who agreed anew, or stood in a list that came since. They belong to what comes next.
Opt-outs stay (they know no person), and so do counts and logs of sends.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from pabal.accounts import Actor, SystemActor, audit
from pabal.contacts import erase_people
from pabal.domain.ids import TenantId
from pabal.kit.clock import KST
from pabal.kit.db import Conn, system_tx, tenant_tx
from pabal.kit.http.errors import CONFLICT, INVALID, NOT_FOUND, FieldError, Problem, declare
from pabal.runtime import Runtime

PURGE_CHANGED = declare("purge_changed", 409, "그사이 지울 사람이 달라졌어요. 다시 확인해 주세요")

BATCH = 2_000  # people erased in one transaction: about a second, and clicks wait no longer for it
STRAYS = 20_000  # rows and texts of nobody, likewise


@dataclass(frozen=True, slots=True)
class Basis:
    basis: str
    people: int


@dataclass(frozen=True, slots=True)
class Plan:
    election_day: date
    state: str = "due"
    kept: Sequence[str] = ()
    reason: str = ""
    approved_by: UUID | None = None
    approved_at: datetime | None = None
    people: int | None = None  # as approved
    purged: int = 0
    warned_at: datetime | None = None
    begun_at: datetime | None = None
    last_at: datetime | None = None
    finished_at: datetime | None = None
    erased: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Elections:
    """Of a camp, as it wrote them down. `late`: days that were over when they were entered, and when that was: a slip of the
    hand as likely as not. `changed_at`: when the profile's day was last written."""

    over: Sequence[date]
    ahead: date | None
    late: Mapping[date, datetime]
    changed_at: datetime | None

    def doubtful(self, day: date) -> bool:
        """Entered late, or no longer named at all: nobody is erased for it before its day was typed once more."""
        return day in self.late or day not in self.over


async def read_elections(conn: Conn, day: date) -> Elections:
    """Those that are over on `day`, and the next one."""
    cursor = await conn.execute(
        """
        SELECT c.election_day, c.created_at, false
        FROM candidacies c JOIN tenants t ON t.tenant_id = c.tenant_id AND t.kind = 'camp'
        UNION ALL
        SELECT p.election_day, coalesce(p.election_day_at, p.updated_at), true
        FROM law_profiles p JOIN tenants t ON t.tenant_id = p.tenant_id AND t.kind = 'camp'
        """
    )
    entered: dict[date, datetime] = {}
    changed_at = None
    for one, at, of_profile in await cursor.fetchall():
        if of_profile:
            changed_at = at
        if one is not None:
            entered[one] = min(at, entered.get(one, at))
    return Elections(
        over=sorted(one for one in entered if one < day),
        ahead=min((one for one in entered if one >= day), default=None),
        late={one: at for one, at in entered.items() if at.astimezone(KST).date() > one},
        changed_at=changed_at,
    )


async def warn_of(conn: Conn, tenant_id: UUID, now: datetime) -> int:
    """Write a plan for each election that is over and has none; how many were new."""
    over = (await read_elections(conn, now.astimezone(KST).date())).over
    if not over:
        return 0
    cursor = await conn.execute(
        """
        INSERT INTO retention_plans (tenant_id, election_day, warned_at)
        SELECT %(tenant)s, day, %(now)s FROM unnest(%(days)s::date[]) AS day
        ON CONFLICT (tenant_id, election_day) DO UPDATE
        SET state = 'due', reason = '', approved_by = NULL, approved_at = NULL, warned_at = excluded.warned_at
        WHERE retention_plans.state = 'void' RETURNING election_day
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
    """The newest election first. One that is `over` and that the scheduler hasn't seen yet is due all the same. A camp that
    has moved on to its next election owes the last one's too; one that had mistyped it says so (`dismiss`), and what was
    erased before that stays in sight."""
    async with conn.cursor(row_factory=class_row(Plan)) as cursor:
        await cursor.execute(
            """
            SELECT election_day, state, kept, reason, approved_by, approved_at, people, purged, warned_at, begun_at, last_at,
                   finished_at, erased
            FROM retention_plans WHERE state <> 'void' OR begun_at IS NOT NULL
            """
        )
        known = {plan.election_day: plan for plan in await cursor.fetchall()}
    new = {day: Plan(day) for day in over}
    return sorted({**new, **known}.values(), key=lambda plan: plan.election_day, reverse=True)


# Merged-away cards go with their survivor.
_THOSE: LiteralString = """
    c.erased_at IS NULL AND c.merged_into IS NULL AND c.created_at < %(until)s AND NOT c.basis = ANY(%(kept)s::text[])
    AND NOT EXISTS (
        SELECT FROM consents k
        WHERE k.tenant_id = c.tenant_id AND k.contact_id = c.id AND k.state = 'granted' AND k.at >= %(until)s
          AND NOT EXISTS (SELECT FROM consents w WHERE w.tenant_id = k.tenant_id AND w.contact_id = k.contact_id
                            AND w.state = 'withdrawn' AND w.at >= k.at))
    AND NOT EXISTS (
        SELECT FROM imports m JOIN import_rows r ON r.tenant_id = m.tenant_id AND r.import_id = m.id
        WHERE m.tenant_id = c.tenant_id AND m.created_at >= %(until)s AND m.undone_at IS NULL AND r.contact_id = c.id)
"""

# A reply that came since the approval and may be a refusal: its writer waits until somebody has read it (`_nobody_waits`).
_UNREAD: LiteralString = """
    EXISTS (SELECT FROM inbound_messages b JOIN identities i ON i.tenant_id = b.tenant_id AND i.value_key = b.from_key
            WHERE b.unclear AND b.settled_at IS NULL AND i.contact_id = c.id)
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
    typed_day: date | None,
    now: datetime,
) -> None:
    """What is gone is gone. `people`: as many as whoever approves was shown. `typed_day`: needed for a doubtful election."""
    if len(reason.strip()) < 2:
        raise Problem(INVALID, errors=[FieldError("reason", "지우는 까닭이나 남기는 까닭을 적어 주세요")])
    await warn_of(conn, who.tenant_id, now)
    elections = await read_elections(conn, now.astimezone(KST).date())
    cursor = await conn.execute(
        "SELECT state FROM retention_plans WHERE election_day = %s FOR UPDATE", (election_day,)
    )
    row = await cursor.fetchone()
    if row is None:
        raise Problem(NOT_FOUND, detail="선거가 끝난 다음 날부터 정리할 수 있어요.")
    if elections.doubtful(election_day) and typed_day != election_day:
        raise Problem(INVALID, errors=[_retype(elections, election_day)])
    bases = {one.basis: one.people for one in await people_by_basis(conn, election_day)}
    going = sum(count for basis, count in bases.items() if basis not in set(kept))
    if row[0] != "due" or going != people:
        raise Problem(PURGE_CHANGED, extra={"people": going, "state": row[0]})
    await _nobody_waits(conn)
    await conn.execute(
        """
        UPDATE retention_plans
        SET state = 'approved', kept = %(kept)s, reason = %(reason)s, approved_by = %(by)s, approved_at = %(now)s,
            people = %(people)s
        WHERE election_day = %(day)s
        """,
        {
            "kept": sorted(set(kept) & set(bases)),
            "reason": reason.strip(),
            "by": who.actor_id,
            "now": now,
            "day": election_day,
            "people": going,
        },
    )
    detail: dict[str, Any] = {"electionDay": election_day.isoformat(), "people": going, "kept": sorted(kept)}
    if typed_day is not None:
        detail["typedDay"] = election_day.isoformat()
    await audit(conn, who, "retention.approve", "tenant", who.tenant_id, detail={**detail, "reason": reason})


def _retype(elections: Elections, day: date) -> FieldError:
    mend = "잘못 적은 날이 아니라면 선거일을 그대로 적어 주세요. 틀렸다면 ‘우리 조직’에서 고쳐 주세요."
    if day in elections.late:
        entered = elections.late[day].astimezone(KST)
        return FieldError("typedDay", f"선거일이 지난 뒤인 {entered:%Y년 %-m월 %-d일}에 적은 날이에요", mend)
    return FieldError("typedDay", "지금 적혀 있는 선거일이 아니에요", mend)


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


async def stop(conn: Conn, who: Actor, election_day: date) -> None:
    """No further batch: whoever isn't gone by now stays until somebody approves anew."""
    cursor = await conn.execute(
        """
        UPDATE retention_plans SET state = 'due', approved_by = NULL, approved_at = NULL
        WHERE election_day = %s AND state = 'approved' RETURNING purged
        """,
        (election_day,),
    )
    row = await cursor.fetchone()
    if row is None:
        raise Problem(CONFLICT, detail="지우고 있지 않아요.")
    detail = {"electionDay": election_day.isoformat(), "people": row[0]}
    await audit(conn, who, "retention.stop", "tenant", who.tenant_id, detail=detail)


async def dismiss(conn: Conn, who: Actor, election_day: date, *, reason: str, now: datetime) -> None:
    """There was no such election: its day was mistyped and has been corrected. Nobody more is erased for it; a purge that
    runs is stopped first."""
    elections = await read_elections(conn, now.astimezone(KST).date())
    if election_day in elections.over:
        raise Problem(
            CONFLICT, detail="아직 적혀 있는 선거일이에요. ‘우리 조직’에서 선거일을 먼저 고쳐 주세요."
        )
    cursor = await conn.execute(
        """
        UPDATE retention_plans SET state = 'void', reason = %(reason)s, approved_by = %(by)s, approved_at = %(now)s
        WHERE election_day = %(day)s AND state = 'due' RETURNING purged
        """,
        {"reason": reason.strip(), "by": who.actor_id, "now": now, "day": election_day},
    )
    row = await cursor.fetchone()
    if row is None:
        raise Problem(NOT_FOUND)
    detail = {"electionDay": election_day.isoformat(), "reason": reason.strip(), "people": row[0]}
    await audit(conn, who, "retention.dismiss", "tenant", who.tenant_id, detail=detail)


async def purge(rt: Runtime, tenant_id: UUID) -> bool:
    """Erase one batch of an approved plan; is there more? Safe at any moment: what is erased stays so, and the plan's row
    makes two workers take turns. One whose day was corrected since the approval stops."""
    now = rt.clock.now()
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            """
            SELECT election_day, kept, purged, approved_at FROM retention_plans
            WHERE state = 'approved' ORDER BY election_day LIMIT 1 FOR UPDATE
            """
        )
        row = await cursor.fetchone()
        if row is None:
            return False
        election_day, kept, purged, approved_at = row
        who = SystemActor(TenantId(tenant_id))
        elections = await read_elections(conn, now.astimezone(KST).date())
        if election_day not in elections.over and elections.changed_at and elections.changed_at > approved_at:
            await stop(conn, who, election_day)
            return True
        values = {"until": _until(election_day), "kept": kept, "batch": BATCH}
        cursor = await conn.execute(
            "SELECT c.id, c.basis FROM contacts c WHERE "
            + _THOSE
            + " AND NOT "
            + _UNREAD
            + " ORDER BY c.id LIMIT %(batch)s",
            values,
        )
        chosen: dict[UUID, str] = dict(await cursor.fetchall())
        gone = await erase_people(conn, list(chosen)) if chosen else []
        if chosen:
            counted = Counter(chosen[one] for one in gone if one in chosen)
            await _note(conn, election_day, now, counted, {"cards": len(gone) - counted.total()})
            return True
        cursor = await conn.execute(
            "SELECT cells, replies FROM app.forget_strays(%s, %s)", (_until(election_day), STRAYS)
        )
        strays = await cursor.fetchone()
        assert strays is not None
        if any(strays):
            await _note(conn, election_day, now, Counter(), {"cells": strays[0], "replies": strays[1]})
            return True
        cursor = await conn.execute("SELECT FROM contacts c WHERE " + _THOSE + " LIMIT 1", values)
        if await cursor.fetchone() is not None:
            return False  # their replies wait to be read; the sweep looks again
        await conn.execute(
            """
            UPDATE retention_plans SET state = 'done', finished_at = %(now)s, begun_at = coalesce(begun_at, %(now)s),
                   last_at = %(now)s
            WHERE election_day = %(day)s
            """,
            {"now": now, "day": election_day},
        )
        detail = {"electionDay": election_day.isoformat(), "people": purged}
        await audit(conn, who, "retention.purge", "tenant", tenant_id, detail=detail)
    return False


async def _note(
    conn: Conn, election_day: date, now: datetime, bases: Counter[str], more: Mapping[str, int]
) -> None:
    """In the transaction that erased them, so that a kill leaves neither counted nor gone, or both."""
    await conn.execute(
        """
        UPDATE retention_plans p
        SET purged = purged + %(people)s, begun_at = coalesce(begun_at, %(now)s), last_at = %(now)s,
            erased = p.erased
                || (SELECT coalesce(jsonb_object_agg(key, coalesce((p.erased ->> key)::bigint, 0) + value::bigint), '{}')
                    FROM jsonb_each_text(%(more)s))
                || jsonb_build_object('bases', coalesce(p.erased -> 'bases', '{}')
                    || (SELECT coalesce(jsonb_object_agg(
                            key, coalesce((p.erased -> 'bases' ->> key)::bigint, 0) + value::bigint), '{}')
                        FROM jsonb_each_text(%(bases)s)))
        WHERE election_day = %(day)s
        """,
        {
            "people": bases.total(),
            "now": now,
            "more": Jsonb(more),
            "bases": Jsonb(bases),
            "day": election_day,
        },
    )


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
