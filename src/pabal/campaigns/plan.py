"""From a draft to what would be launched: steps, selection and rules put together.

The content hash covers what people get, in which order and after what, in which hours, and what class it has, as the author
wrote it; which number and account it goes through, and whether Kakao lets a step out yet, is not part of it, so that a
checked text can be rehearsed first and then sent.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pabal.campaigns.chosen import verdicts_on_people
from pabal.campaigns.content import VariantPlan, bodies_of, link_verdicts, of_variants, plan_variants
from pabal.campaigns.law import Law, goes_at_night, law_of, lawful_hours, until_when
from pabal.campaigns.queries import CampaignRow
from pabal.campaigns.steps import StepPlan, faults_of_steps, plan_step
from pabal.contacts import read_segment
from pabal.dispatch import ADVERTS, AT_NIGHT, FrozenStep, Selection, Shared
from pabal.domain.campaign import (
    MessageClass,
    SendFacts,
    Verdict,
    fallback_verdicts,
    in_order,
    of_steps,
    step_verdicts,
    whole_verdicts,
)
from pabal.domain.law.lists import COLLECTED_FOR
from pabal.domain.prices import PriceBook
from pabal.domain.window import SendWindow
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, FieldError, Problem, declare
from pabal.runtime import Runtime
from pabal.senders import read_price_book

SEGMENT_GONE = declare(
    "segment_gone", 409, "받는 사람을 정한 세그먼트가 지워졌어요. 받는 사람을 다시 골라 주세요"
)

ASSUMED_RATE = 1000  # messages a second for forecasts, where nothing limits the pace
_NOTHING_WRITTEN: dict[str, Any] = {}  # a draft without steps is judged as an empty text


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign as it would go out now."""

    campaign: CampaignRow
    selection: Selection
    steps: tuple[StepPlan, ...]  # as the author wrote them, those left out included
    variants: tuple[VariantPlan, ...]  # with any, everybody gets one of them
    rehearse: bool
    starts_at: datetime
    not_after: datetime | None
    rate: int  # for forecasts
    verdicts: Sequence[Verdict]
    step_verdicts: Sequence[Sequence[Verdict]]
    prices: PriceBook  # of the day on which the first person gets it
    content_hash: str
    law: Law
    window: SendWindow | None  # its own hours, for adverts within those of the law

    @property
    def begins_at(self) -> datetime:
        """Started at `starts_at`, it may wait for its hours."""
        return self.starts_at if self.window is None else self.window.opens_at(self.starts_at)

    @property
    def going(self) -> tuple[StepPlan, ...]:
        return tuple(step for step in self.steps if not step.left_out)

    @property
    def frozen(self) -> tuple[FrozenStep, ...]:
        """What is launched. A block says so where a step has nothing that could carry it."""
        return tuple(step.frozen for step in self.going if step.frozen is not None)

    @property
    def channel(self) -> str:
        """Of the first step that goes out: whoever can't get that one isn't part of the send."""
        return (self.going or self.steps)[0].channel

    def digest(self, fingerprint: str) -> str:
        """What a person has seen, in three parts: content, audience, prices."""
        return f"{self.content_hash}.{fingerprint}.{self._prices_hash}"

    @property
    def _prices_hash(self) -> str:
        priced = self.prices.fingerprint(step.asked for step in self.steps)
        return hashlib.sha256(priced.encode()).hexdigest()[:16]


async def make_plan(
    conn: Conn,
    rt: Runtime,
    tenant_id: UUID,
    campaign: CampaignRow,
    *,
    rehearse: bool,
    operator: UUID | None = None,
    program: bool = False,
    worded_for: Selection | None = None,
) -> Plan:
    """`operator`: who checks or starts it. `program`: an API key does. `worded_for`: whose text a test shows."""
    now = rt.clock.now()
    schedule = campaign.schedule or {}
    starts_at = max(now, _instant(schedule.get("at")) or now)
    not_after = _instant(schedule.get("notAfter"))
    message_class = MessageClass(campaign.message_class)
    advert = message_class is MessageClass.COMMERCIAL_AD
    written = campaign.steps or [_NOTHING_WRITTEN]
    purposes = COLLECTED_FOR[message_class]
    selection = replace(await resolve_selection(conn, campaign.audience_json), purposes=purposes)
    if advert:
        night = AT_NIGHT if goes_at_night(campaign) else ""
        selection = replace(selection, consent=ADVERTS, night=night)
    window = lawful_hours(campaign)
    begins_at = starts_at if window is None else window.opens_at(starts_at)
    law = await law_of(
        conn,
        tenant_id,
        campaign,
        selection,
        begins_at=begins_at,
        rehearse=rehearse,
        operator=operator,
        program=program,
        worded_for=worded_for,
    )
    steps = tuple(
        [
            await plan_step(
                conn,
                step,
                rehearse=rehearse,
                may_overlap=campaign.may_overlap,
                advert=advert,
                night=bool(selection.night),
                purposes=purposes,
                dress=law.dress,
                notice=law.notice,
            )
            for step in written
        ]
    )
    whole = SendFacts(
        message_class=message_class,
        tenant_kind=law.around.kind,
        rehearse=rehearse,
        channel=steps[0].asked,
        body=steps[0].body,
        subject=steps[0].subject,
        starts_at=starts_at,
        not_after=not_after,
        sender_ready=False,
        sandbox=False,
        window=window,
    )
    going = [step for step in steps if not step.left_out]
    limits = [campaign.rate_per_second]
    limits += [step.sender.rate_per_second for step in going if step.sender is not None]
    rate = min((limit for limit in limits if limit is not None), default=ASSUMED_RATE)
    law = law.lasting(
        await until_when(conn, rt, tenant_id, law, selection, rate=rate, window=window, not_after=not_after)
    )
    variants = plan_variants(campaign.variants, steps, law.dress)
    of_each = [
        of_variants(variants, [_said_of(one.steps, at, whole, law) for one in variants])
        if variants
        else _said_of(steps, at, whole, law)
        for at in range(len(steps))
    ]
    bodies = bodies_of(steps, variants)
    prices = await read_price_book(conn, whole.begins_at)
    return Plan(
        campaign=campaign,
        selection=selection,
        steps=steps,
        variants=variants,
        rehearse=rehearse,
        starts_at=starts_at,
        not_after=not_after,
        rate=rate,
        verdicts=in_order(
            [
                *whole_verdicts(whole),
                *await verdicts_on_people(
                    conn,
                    rt,
                    tenant_id,
                    law,
                    selection,
                    live=any(step.sender is not None and not step.sender.sandbox for step in going),
                ),
                *of_steps(of_each),
                *await link_verdicts(conn, rt, campaign, bodies, rehearse=rehearse),
                *fallback_verdicts(
                    [step.sender is not None and step.sender.sandbox for step in going],
                    may_overlap=campaign.may_overlap,
                ),
            ]
        ),
        step_verdicts=of_each,
        prices=prices,
        content_hash=_content_hash(campaign, written, steps),
        law=law,
        window=window,
    )


def _said_of(steps: Sequence[StepPlan], at: int, whole: SendFacts, law: Law) -> tuple[Verdict, ...]:
    """Everything about one step: what it says and through whom, and the law."""
    return (*step_verdicts(_facts_of(steps[at], whole)), *law.of_step(steps[at], steps[at + 1 :]))


def _facts_of(step: StepPlan, whole: SendFacts) -> SendFacts:
    return replace(
        whole,
        channel=step.asked,
        body=step.body,
        subject=step.subject,
        sender_ready=step.sender is not None,
        sandbox=step.sender is not None and step.sender.sandbox,
        left_out=step.left_out,
        template_chosen=step.template_chosen,
    )


async def resolve_selection(conn: Conn, audience: dict[str, Any]) -> Selection:
    """A segment is its filter at this moment."""
    shared: Shared = audience.get("sharedNumbers") or "first"
    if "contactIds" in audience:
        return Selection(
            contact_ids=tuple(UUID(contact) for contact in audience["contactIds"]), shared=shared
        )
    if "segmentId" in audience:
        try:
            segment = await read_segment(conn, UUID(audience["segmentId"]))
        except Problem as problem:
            raise Problem(SEGMENT_GONE) from problem
        return Selection(filter=segment.filter, shared=shared)
    return Selection(filter=audience.get("filter") or {}, shared=shared)


def _content_hash(campaign: CampaignRow, written: list[dict[str, Any]], steps: Sequence[StepPlan]) -> str:
    content = {
        "class": campaign.message_class,
        "steps": [
            {
                **step,
                "templateId": None,
                "code": plan.code,
                "body": plan.body,
                "subject": plan.subject,
                **plan.values,
            }
            for step, plan in zip(written, steps, strict=True)
        ],
        "mayOverlap": campaign.may_overlap,
        "sharedNumbers": campaign.audience_json.get("sharedNumbers") or "first",
        "window": None if campaign.window is None else campaign.window.hours,
        **({"night": True} if goes_at_night(campaign) else {}),  # or every digest of before would be stale
        "links": campaign.links,
        "variants": campaign.variants,
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


async def check_references(
    conn: Conn, audience: dict[str, Any] | None, steps: list[dict[str, Any]] | None
) -> None:
    """What a body names must exist in this tenant; refused as fields, so that the form can show where."""
    errors = []
    if audience is not None and "segmentId" in audience:
        try:
            await read_segment(conn, UUID(audience["segmentId"]))
        except Problem:
            errors.append(FieldError("segmentId", "없는 세그먼트예요"))
    errors += await faults_of_steps(conn, steps or [])
    if errors:
        raise Problem(INVALID, errors=errors)
