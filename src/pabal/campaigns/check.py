"""The check before launch: who gets it and who doesn't and why, bytes, cost, time, quota, rules, digest.

Above 20,000 people it becomes a job (`jobs`), because every text is rendered to be weighed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pabal import quota
from pabal.campaigns.plan import Plan, make_plan
from pabal.campaigns.queries import CampaignRow
from pabal.dispatch import Measured, MeasureProgress, forecast, measure
from pabal.domain import prices
from pabal.domain.campaign import (
    REASON_LABELS,
    AudienceFacts,
    Verdict,
    audience_verdicts,
    in_order,
)
from pabal.kit.clock import month_kst
from pabal.kit.db import Conn
from pabal.runtime import Runtime

CHECK_AT_ONCE = 20_000


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
class Check:
    audience: int
    sendable: int
    excluded: Sequence[ReasonCount]
    per_channel: Sequence[ChannelCount]
    bytes: Range
    cost: Range
    starts_at: datetime
    finish_at: datetime
    rate: int
    quota_after: int
    quota_short: int
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
    progress: MeasureProgress | None = None,
) -> Check:
    plan = await make_plan(conn, rt, tenant_id, campaign, rehearse=rehearse)
    expected = await forecast(conn, rt, tenant_id, plan.selection, plan.channel)
    measured = Measured()
    if plan.step is not None and plan.step.body.strip():
        measured = await measure(
            conn, rt, tenant_id, plan.selection, plan.step, sendable=expected.sendable, progress=progress
        )
    excluded = Counter(expected.excluded) + measured.excluded
    sendable = expected.audience - excluded.total()
    finish_at = plan.starts_at + timedelta(seconds=-(-sendable // plan.rate))
    left = await quota.remaining(conn, tenant_id, month_kst(plan.starts_at))
    needed = 0 if rehearse else sendable
    cost = sum(prices.example_price(kind) * count for kind, count in measured.per_kind.items())
    facts = AudienceFacts(
        audience=expected.audience,
        sendable=sendable,
        quota_remaining=None if rehearse else left,
        lms=measured.per_kind["lms"],
        finish_at=finish_at,
        not_after=plan.not_after,
    )
    return Check(
        audience=expected.audience,
        sendable=sendable,
        excluded=[
            ReasonCount(reason, REASON_LABELS[reason], excluded[reason])
            for reason in REASON_LABELS
            if excluded[reason]
        ],
        per_channel=[
            ChannelCount(kind, count, prices.example_price(kind))
            for kind, count in sorted(measured.per_kind.items(), key=lambda item: item[0] != "sms")
        ],
        bytes=Range(measured.bytes_min, measured.bytes_max),
        cost=Range(cost, cost),
        starts_at=plan.starts_at,
        finish_at=finish_at,
        rate=plan.rate,
        quota_after=max(0, left - needed),
        quota_short=max(0, needed - left),
        verdicts=in_order([*plan.verdicts, *audience_verdicts(facts), *_stops(plan, measured)]),
        digest=plan.digest(expected.fingerprint),
        checked_at=rt.clock.now(),
    )


def _stops(plan: Plan, measured: Measured) -> Sequence[Verdict]:
    """The author asked to stop rather than to leave people out; or nobody can be rendered with these variables."""
    if measured.must_stop:
        message = (
            f"{measured.must_stop:,}명은 변수에 넣을 값이 없어요. 값을 채우거나, 빼고 보내도록 바꿔 주세요."
        )
        return [Verdict("text.missing_values", "block", message)]
    missing = measured.excluded["missing_variable"]
    if missing and plan.step is not None:
        return [Verdict("text.missing_values", "warn", f"{missing:,}명은 변수에 넣을 값이 없어 빠져요.")]
    return []
