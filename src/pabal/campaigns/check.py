"""The check before launch: who gets it and who doesn't and why, bytes, cost, time, quota, rules, digest.

Above 20,000 people it becomes a job (`jobs`), because every text is rendered to be weighed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from pabal import quota
from pabal.campaigns.caps import account_caps
from pabal.campaigns.foretold import likely_at, likely_failures
from pabal.campaigns.plan import Plan, make_plan
from pabal.campaigns.queries import CampaignRow
from pabal.campaigns.recent import Recent, look_back, recent_verdicts
from pabal.campaigns.weigh import costs_of, weigh
from pabal.dispatch import Measured, MeasureProgress
from pabal.domain.audience import AudienceFacts, MonthUse, audience_verdicts, cap_verdicts, over_the_edge
from pabal.domain.campaign import (
    REASON_LABELS,
    Verdict,
    in_order,
    of_steps,
)
from pabal.domain.law.judge import BY_ID
from pabal.domain.law.lists import untold
from pabal.domain.law.rules import STATUTE_AS_OF
from pabal.domain.prices import PriceBook
from pabal.kit.clock import month_end_kst, month_kst
from pabal.kit.db import Conn
from pabal.runtime import Runtime

CHECK_AT_ONCE = 20_000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ReasonCount:
    reason: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class ChannelCount:
    channel: str
    count: int
    unit_price: int


@dataclass(frozen=True, slots=True)
class Range:
    min: int
    max: int


@dataclass(frozen=True, slots=True)
class StepCheck:
    channel: str
    left_out: bool
    people: int
    likely: int | None
    excluded: Sequence[ReasonCount]
    per_channel: Sequence[ChannelCount]
    bytes: Range
    body: str  # with the notices that the law wants
    subject: str
    verdicts: Sequence[Verdict]


@dataclass(frozen=True, slots=True)
class Check:
    audience: int
    sendable: int
    excluded: Sequence[ReasonCount]
    per_channel: Sequence[ChannelCount]
    bytes: Range
    steps: Sequence[StepCheck]
    units: Range
    cost: Range
    cost_example: bool
    starts_at: datetime
    finish_at: datetime
    rate: int
    quota_after: int
    quota_short: int
    quota_months: Sequence[MonthUse]
    law_as_of: date
    recent: Recent | None
    verdicts: Sequence[Verdict]
    digest: str
    checked_at: datetime


async def check_campaign(
    conn: Conn,
    rt: Runtime,
    tenant_id: UUID,
    campaign: CampaignRow,
    *,
    rehearse: bool = False,
    operator: UUID | None = None,
    program: bool = False,
    progress: MeasureProgress | None = None,
) -> Check:
    """`program`: an API key asks, and would start it: what stops its launch stops here."""
    plan = await make_plan(
        conn, rt, tenant_id, campaign, rehearse=rehearse, operator=operator, program=program
    )
    going = plan.frozen
    expected, measured = await weigh(conn, rt, tenant_id, plan, progress=progress)
    first = measured[0] if measured else Measured()
    excluded = Counter(expected.excluded) + first.excluded
    sendable = expected.audience - excluded.total()
    seconds = -(-sendable // plan.rate)
    if plan.window is None:
        finish_at = plan.starts_at + timedelta(seconds=seconds)
    else:
        finish_at = plan.window.finish(plan.starts_at, seconds)
    units = Range(0, 0) if rehearse else Range(sendable, sendable + sum(one.people for one in measured[1:]))
    costs = costs_of(plan, measured)
    months = await _months(conn, tenant_id, plan, sendable, units.max, finish_at)
    left = months[0].remaining
    month_name = "이번 달" if months[0].month == rt.clock.month_kst() else months[0].label
    facts = AudienceFacts(
        audience=expected.audience,
        sendable=sendable,
        quota_remaining=None if rehearse else left,
        lms=first.per_kind["lms"],
        finish_at=finish_at,
        not_after=plan.not_after,
        most_units=units.max,
        months=() if rehearse else months,
        quota_name=month_name,
    )
    people = [sendable, *(one.people for one in measured[1:])]
    caps = (
        await account_caps(
            conn,
            tenant_id,
            going,
            people,
            plan.begins_at,
            months=() if rehearse else months,
            month_name=month_name,
        )
        if measured
        else []
    )
    failures = await likely_failures(conn, tenant_id, rt.clock.now()) if len(measured) > 1 else {}
    recent = None if rehearse else await look_back(conn, rt, tenant_id, plan, expected.audience)
    return Check(
        audience=expected.audience,
        sendable=sendable,
        excluded=_reasons(excluded),
        per_channel=_channels(first, plan.prices),
        bytes=Range(first.bytes_min, first.bytes_max),
        steps=_steps(plan, measured, failures),
        units=units,
        cost=Range(costs[0] if costs else 0, sum(costs)),
        cost_example=plan.prices.is_example({kind for one in measured for kind in one.per_kind}),
        starts_at=plan.begins_at,
        finish_at=finish_at,
        rate=plan.rate,
        quota_after=max(0, months[-1].remaining - months[-1].units),
        quota_short=months[-1].short,
        quota_months=months,
        law_as_of=STATUTE_AS_OF,
        recent=recent,
        verdicts=in_order(
            [
                *plan.verdicts,
                *audience_verdicts(facts),
                *(
                    [Verdict("P-07", "warn", untold(expected.untold), BY_ID["P-07"].article)]
                    if expected.untold
                    else []
                ),
                *cap_verdicts(caps),
                *([] if recent is None else recent_verdicts(recent, expected.audience)),
                *of_steps(_stops(plan, measured)),
            ]
        ),
        digest=plan.digest(expected.fingerprint),
        checked_at=rt.clock.now(),
    )


async def _months(
    conn: Conn, tenant_id: UUID, plan: Plan, sendable: int, most: int, finish_at: datetime
) -> Sequence[MonthUse]:
    """Whose quota it takes: of the month in which it starts, and of the next if it isn't over by then. What later steps may
    take counts for the month in which it ends."""
    first = month_kst(plan.begins_at)
    left = await quota.remaining(conn, tenant_id, first)
    if month_kst(finish_at - timedelta(microseconds=1)) == first:
        return [MonthUse(first, most, left)]
    edge = month_end_kst(plan.begins_at)
    until = edge - plan.begins_at if plan.window is None else plan.window.open_between(plan.begins_at, edge)
    before = min(most, sendable, int(until.total_seconds() * plan.rate))
    then = month_kst(edge)
    return over_the_edge(
        MonthUse(first, before, left),
        MonthUse(then, most - before, await quota.remaining(conn, tenant_id, then)),
    )


def _reasons(excluded: Counter[str]) -> list[ReasonCount]:
    return [
        ReasonCount(reason, label, excluded[reason])
        for reason, label in REASON_LABELS.items()
        if excluded[reason]
    ]


def _channels(measured: Measured, prices: PriceBook) -> list[ChannelCount]:
    return [
        ChannelCount(kind, count, prices.won(kind))
        for kind, count in sorted(measured.per_kind.items(), key=lambda item: item[0] != "sms")
    ]


def _by_step(plan: Plan, measured: Sequence[_T], none: _T) -> list[_T]:
    """The figures of every step as its author counts them; none for one that is left out or can't be sent."""
    figures = iter(measured)
    return [none if step.left_out else next(figures, none) for step in plan.steps]


def _steps(plan: Plan, measured: Sequence[Measured], failures: Mapping[str, float]) -> list[StepCheck]:
    likely = likely_at([step.channel for step in plan.going], [one.people for one in measured], failures)
    return [
        StepCheck(
            channel=step.channel,
            left_out=bool(step.left_out),
            people=figures.people,
            likely=coming,
            excluded=_reasons(figures.excluded),
            per_channel=_channels(figures, plan.prices),
            bytes=Range(figures.bytes_min, figures.bytes_max),
            body=step.body,
            subject=step.subject,
            verdicts=in_order(verdicts),
        )
        for step, figures, coming, verdicts in zip(
            plan.steps,
            _by_step(plan, measured, Measured()),
            _by_step(plan, likely, None),
            plan.step_verdicts,
            strict=True,
        )
    ]


def _stops(plan: Plan, measured: Sequence[Measured]) -> list[list[Verdict]]:
    """Per step: the author asked to stop rather than to leave people out; or who can't be rendered with its variables."""
    return [_stop(figures) for figures in _by_step(plan, measured, Measured())]


def _stop(measured: Measured) -> list[Verdict]:
    if measured.must_stop:
        message = (
            f"{measured.must_stop:,}명은 변수에 넣을 값이 없어요. 값을 채우거나, 빼고 보내도록 바꿔 주세요."
        )
        return [Verdict("text.missing_values", "block", message)]
    missing = measured.excluded["missing_variable"]
    if missing:
        return [Verdict("text.missing_values", "warn", f"{missing:,}명은 변수에 넣을 값이 없어 빠져요.")]
    return []
