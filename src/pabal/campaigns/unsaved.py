"""A text that is still being typed, weighed over the real audience; nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pabal.campaigns.check import CHECK_AT_ONCE
from pabal.campaigns.plan import make_plan, resolve_selection
from pabal.campaigns.queries import CampaignRow, count_selected
from pabal.campaigns.schemas import CampaignIn
from pabal.campaigns.steps import StepPlan
from pabal.campaigns.weigh import costs_of, weigh
from pabal.contacts import read_filter
from pabal.dispatch import Measured
from pabal.domain.ids import new_id
from pabal.kit.db import Conn
from pabal.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Weighed:
    """Steps with the notices that the law wants. What a check now would say of them is empty while a step lacks words or a
    sender, and for an audience so large that its check is a job of its own: too much for every pause in typing."""

    steps: Sequence[StepPlan]
    measured: Sequence[Measured] = ()  # per step; one that would be left out weighs nothing
    cost: tuple[int, int] | None = None
    seconds: int | None = None  # at the pace that it would have, its hours aside


async def weigh_unsaved(
    conn: Conn, rt: Runtime, tenant_id: UUID, draft: CampaignIn, *, author: UUID | None
) -> Weighed:
    row = _row_of(draft, rt, author)
    if "filter" in row.audience_json:
        read_filter(row.audience_json["filter"])
    selection = await resolve_selection(conn, row.audience_json)
    plan = await make_plan(conn, rt, tenant_id, row, rehearse=False, operator=author)
    if await count_selected(conn, rt, tenant_id, selection, CHECK_AT_ONCE + 1) > CHECK_AT_ONCE:
        return Weighed(plan.steps)
    measured = (await weigh(conn, rt, tenant_id, plan))[1]
    if not measured:
        return Weighed(plan.steps)
    costs = costs_of(plan, measured)
    # A step that would be left out isn't weighed, but the next one is still the form's third.
    going = iter(measured)
    return Weighed(
        plan.steps,
        [Measured() if step.left_out else next(going) for step in plan.steps],
        (costs[0], sum(costs)),
        -(-measured[0].per_kind.total() // plan.rate),
    )


def _row_of(draft: CampaignIn, rt: Runtime, author: UUID | None) -> CampaignRow:
    """As `create_campaign` would have kept it."""
    plain = draft.model_dump(mode="json", by_alias=True)
    said = draft.model_dump(mode="json", by_alias=True, exclude_none=True)
    hours = None if draft.send_window is None else draft.send_window.window()
    now = rt.clock.now()
    return CampaignRow(
        id=new_id(),
        name=draft.name,
        message_class=draft.message_class,
        audience_json=draft.audience() or {},
        steps=said["steps"],
        links=plain["links"],
        variants=plain["variants"],
        may_overlap=draft.may_overlap,
        schedule=said.get("schedule"),
        rate_per_second=draft.rate_per_second,
        send_from=None if hours is None else hours.opens,
        send_until=None if hours is None else hours.shuts,
        own_state="draft",
        state="draft",
        hold_reason="",
        send_id=None,
        due_at=None,
        digest=None,
        rehearse=False,
        approval=None,
        asked=None,
        launched_by=None,
        version=1,
        created_by=author,
        updated_by=author,
        created_at=now,
        updated_at=now,
        launched_at=None,
        finished_at=None,
        audience=None,
    )
