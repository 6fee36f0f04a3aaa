"""Weighing what would go out: every text of a campaign, with its links, over the real audience."""

from collections.abc import Sequence
from uuid import UUID

from pabal.campaigns.content import base_for, weighed
from pabal.campaigns.plan import Plan
from pabal.dispatch import Forecast, FrozenStep, Measured, MeasureProgress, measure
from pabal.domain.variants import apportion
from pabal.kit.db import Conn
from pabal.runtime import Runtime


def texts_of(plan: Plan) -> list[tuple[FrozenStep, ...]]:
    """The steps of every text that somebody may get."""
    return [one.frozen for one in plan.variants] or [plan.frozen]


def costs_of(plan: Plan, measured: Sequence[Measured]) -> list[int]:
    """Won per step: the first is spent, the others at most."""
    return [sum(plan.prices.won(kind) * count for kind, count in one.per_kind.items()) for one in measured]


async def weigh(
    conn: Conn,
    rt: Runtime,
    tenant_id: UUID,
    plan: Plan,
    *,
    progress: MeasureProgress | None = None,
) -> tuple[Forecast, tuple[Measured, ...]]:
    """What a launch would do now, and its figures per step; none when a step has no words or no sender, whose figures
    would mean nothing. All texts are weighed in one look at everybody."""
    texts = texts_of(plan)
    whole = all(steps and len(steps) == len(plan.going) for steps in texts)
    if not whole or not all(step.body.strip() for steps in texts for step in steps):
        texts = []
    base = base_for(rt, rehearse=plan.rehearse)
    expected, found = await measure(
        conn,
        rt,
        tenant_id,
        plan.selection,
        plan.channel,
        [weighed(steps, base) for steps in texts],
        progress=progress,
    )
    if len(found) < 2:
        return expected, found[0] if found else ()
    shares = [one.share for one in plan.variants]
    steps: list[Measured] = []
    for of_step in zip(*found, strict=True):
        steps.append(_blended(of_step, shares, come=steps[-1].people if steps else None))
    return expected, tuple(steps)


def _blended(measured: Sequence[Measured], shares: Sequence[int], *, come: int | None) -> Measured:
    """Several texts as one: who gets which isn't known before the launch, so people are dealt by share; whole people that
    add up to `come`, who get as far as this step (None: everybody). Bytes are the shortest and longest of any text. Exact
    where all texts come to the same."""
    blended = Measured(
        bytes_min=min((one.bytes_min for one in measured if one.per_kind), default=0),
        bytes_max=max(one.bytes_max for one in measured),
    )
    blended.must_stop = max(one.must_stop for one in measured)
    total = max(one.people + one.excluded.total() for one in measured) if come is None else come
    outcomes = sorted(
        {("kind", kind) for one in measured for kind in one.per_kind}
        | {("reason", reason) for one in measured for reason in one.excluded}
    )
    weights = [
        sum(
            share * (one.per_kind if what == "kind" else one.excluded)[name]
            for one, share in zip(measured, shares, strict=True)
        )
        for what, name in outcomes
    ]
    for (what, name), count in zip(outcomes, apportion(total, weights), strict=True):
        if count:
            (blended.per_kind if what == "kind" else blended.excluded)[name] += count
    return blended
