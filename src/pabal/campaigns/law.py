"""The law at a campaign: notices put into its texts, verdicts of the rules, a count of the eight taken as it starts.

The same facts and judges stand behind check, approval and launch, so that they can't disagree.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from pabal import dispatch
from pabal.accounts import Actor
from pabal.campaigns.queries import CampaignRow, count_selected
from pabal.campaigns.steps import StepPlan
from pabal.compliance import (
    Around,
    NewBroadcast,
    entitled_now,
    facts_of,
    has_attested,
    log_verdicts,
    read_around,
    take_broadcast,
    with_notices,
)
from pabal.dispatch import Selection
from pabal.domain.campaign import MessageClass, Verdict
from pabal.domain.law.adverts import ADVERT_HOURS
from pabal.domain.law.chains import Chain, Earlier, chain_of
from pabal.domain.law.election import MANUAL_LIMIT
from pabal.domain.law.facts import LawFacts, Origin
from pabal.domain.law.judge import BY_ID, LawVerdict, judge
from pabal.domain.law.labels import AdvertNotice, CampaignNotice, Labelled
from pabal.domain.window import SendWindow
from pabal.kit.clock import KST
from pabal.kit.db import Conn, tenant_tx
from pabal.kit.http.errors import Problem
from pabal.runtime import Runtime

_TEXTS = frozenset({"sms", "lms", "mms"})
_EVERYBODY = 10_000_000


@dataclass(frozen=True, slots=True)
class Law:
    """A campaign in the eyes of the law, before any of its texts."""

    around: Around
    facts: LawFacts
    worded_for: Origin  # whose text it is: a test shows what the campaign's own audience will read

    def dress(self, channel: str, body: str, subject: str) -> Labelled:
        """The text with the notices that its class wants; what its author wrote already stays."""
        return with_notices(self.around, self.facts.message_class, self.worded_for, channel, body, subject)

    @property
    def notice(self) -> CampaignNotice | AdvertNotice | None:
        """What every text of the campaign must show, looked for again in what each person gets."""
        if self.facts.message_class is MessageClass.COMMERCIAL_AD:
            return self.facts.advert
        if (
            self.facts.message_class is MessageClass.CAMPAIGN
            and self.worded_for is not Origin.HAND
            and self.facts.candidacy
        ):
            notice = self.facts.candidacy.notice
            return notice if notice.number and notice.refusal else None
        return None

    def lasting(self, until: datetime | None) -> "Law":
        """The same send, known to run until then: windows and candidacies may end on the way."""
        return replace(self, facts=replace(self.facts, ends_at=until))

    def of_step(self, step: StepPlan, behind: Sequence[StepPlan]) -> tuple[Verdict, ...]:
        """The rules about one step. `behind`: the steps that follow it."""
        if step.left_out or (step.asked == "alimtalk" and not step.template_chosen):
            return ()
        facts = replace(
            self.facts,
            channel=step.channel,
            text=step.body,
            subject=step.subject,
            sender=step.sender.number if step.sender else "",
            sandbox=step.sender is not None and step.sender.sandbox,
            falls_back_to_text=step.asked not in _TEXTS
            and any(one.asked in _TEXTS and not one.left_out for one in behind),
        )
        return tuple(as_verdict(found) for found in judge(facts, self.around.levels))


def as_verdict(found: LawVerdict) -> Verdict:
    return Verdict(found.rule, found.level, found.message, found.article)


async def still_entitled(
    conn: Conn, rt: Runtime, tenant_id: UUID, campaign: CampaignRow
) -> tuple[Verdict, ...]:
    """What stops a campaign's broadcast that waited from going on."""
    if campaign.message_class != MessageClass.CAMPAIGN or campaign.rehearse:
        return ()
    picked = campaign.audience_json.get("contactIds")
    if picked is not None and len(picked) <= MANUAL_LIMIT:
        return ()
    return tuple(as_verdict(one) for one in await entitled_now(conn, tenant_id, rt.clock.now()))


def goes_at_night(campaign: CampaignRow) -> bool:
    """An advert that its author meant for the night, too: for those who agreed to that (A-03)."""
    return campaign.message_class == MessageClass.COMMERCIAL_AD and bool(campaign.audience_json.get("night"))


def lawful_hours(campaign: CampaignRow) -> SendWindow | None:
    """Adverts rest from 21:00 to 08:00 (A-03), whatever hours their author chose, but for those that are the night's own;
    nobody else's are touched."""
    hours = campaign.window
    if campaign.message_class != MessageClass.COMMERCIAL_AD or goes_at_night(campaign):
        return hours
    if hours is None:
        return ADVERT_HOURS
    opens, shuts = max(hours.opens, ADVERT_HOURS.opens), min(hours.shuts, ADVERT_HOURS.shuts)
    return SendWindow(opens, shuts) if opens < shuts else hours  # A-03 blocks hours that are all night


SOON = timedelta(days=14)  # ours: no send of a camp is thought to run longer


async def until_when(
    conn: Conn,
    rt: Runtime,
    tenant_id: UUID,
    law: Law,
    selection: Selection,
    *,
    rate: int,
    window: SendWindow | None,
    not_after: datetime | None,
) -> datetime | None:
    """When the last person would get it, where something of the law changes soon after the first; None where nothing does:
    people aren't counted for nothing."""
    begins = law.facts.starts_at
    around = law.facts.around
    if around is None or not around.changes_within(begins, begins + SOON):
        return None
    people = law.facts.people
    if people is None:
        people = await count_selected(conn, rt, tenant_id, selection, _EVERYBODY)
    seconds = -(-people // max(1, rate))
    ends = begins + timedelta(seconds=seconds) if window is None else window.finish(begins, seconds)
    return ends if not_after is None else max(begins, min(ends, not_after))


async def law_of(
    conn: Conn,
    tenant_id: UUID,
    campaign: CampaignRow,
    selection: Selection,
    *,
    begins_at: datetime,
    rehearse: bool,
    operator: UUID | None,
    program: bool = False,
    worded_for: Selection | None = None,
) -> Law:
    """`operator`: who checks or starts it; None where no person does (an API key, a command). `program`: an API key starts
    it. `worded_for`: whose text a test on the people of `selection` shows."""
    around = await read_around(conn, tenant_id, begins_at.astimezone(KST).date())
    message_class = MessageClass(campaign.message_class)
    picked = None if selection.contact_ids is None else len(selection.contact_ids)
    origin = _origin(selection)
    campaigning = message_class is MessageClass.CAMPAIGN
    facts = replace(
        facts_of(around, begins_at),
        message_class=message_class,
        origin=origin,
        people=picked,
        rehearse=rehearse,
        night=bool(selection.night),
        attested=not campaigning or await has_attested(conn, operator),
        program=program,
    )
    if campaigning and origin is Origin.HAND and not rehearse:
        chain = await _chained(conn, tenant_id, campaign, selection, operator)
        facts = replace(facts, chained=chain.same, by_hand=chain.mine)
    return Law(around, facts, origin if worded_for is None else _origin(worded_for))


def _origin(selection: Selection) -> Origin:
    by_hand = selection.contact_ids is not None and len(selection.contact_ids) <= MANUAL_LIMIT
    return Origin.HAND if by_hand else Origin.SELECTION


async def _chained(
    conn: Conn, tenant_id: UUID, campaign: CampaignRow, selection: Selection, operator: UUID | None
) -> Chain:
    """Whom hand-picked sends reached within a day, whether they were called an audience or a test (E-08). Counted as they
    were picked: a send that was just started has no rows yet. Hand-picked sends of a camp wait for each other here: of two
    that start at once, the second sees the first."""
    await conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('pabal by hand ' || %s, 0))", (str(tenant_id),)
    )
    cursor = await conn.execute(
        """
        SELECT ARRAY(SELECT step ->> 'body' FROM jsonb_array_elements(s.steps) AS step WHERE step ->> 'body' <> ''),
               ARRAY(SELECT step ->> 'templateId' FROM jsonb_array_elements(c.steps) AS step
                     WHERE step ->> 'templateId' <> ''),
               s.created_by, s.kind = 'test',
               CASE WHEN s.kind = 'test'
                    THEN ARRAY(SELECT DISTINCT m.address_key::text FROM messages m
                               WHERE m.tenant_id = s.tenant_id AND m.send_id = s.id AND m.address_key IS NOT NULL)
                    ELSE ARRAY(SELECT jsonb_array_elements_text(c.audience -> 'contactIds')) END
        FROM sends s JOIN campaigns c ON c.tenant_id = s.tenant_id AND c.id = s.campaign_id
        WHERE s.kind IN ('campaign', 'test') AND NOT s.rehearse AND s.created_at > clock_timestamp() - interval '1 day'
          AND c.message_class = 'campaign'
          AND (s.kind = 'test' OR c.id <> %(id)s AND c.audience ? 'contactIds'
                                  AND jsonb_array_length(c.audience -> 'contactIds') <= %(most)s)
        """,
        {"id": campaign.id, "most": MANUAL_LIMIT},
    )
    earlier = [
        Earlier(texts, frozenset(templates), by, frozenset(people), is_test)
        for texts, templates, by, is_test, people in await cursor.fetchall()
    ]
    steps = campaign.steps or []
    return chain_of(
        [step["body"] for step in steps if step.get("body")],
        frozenset(str(step["templateId"]) for step in steps if step.get("templateId")),
        frozenset(str(one) for one in selection.contact_ids or ()),
        operator,
        earlier,
    )


async def count_broadcast(
    conn: Conn,
    rt: Runtime,
    who: Actor,
    law: Law,
    campaign: CampaignRow,
    selection: Selection,
    steps: Sequence[StepPlan],
    send_id: UUID,
) -> int | None:
    """Takes one of the eight in the transaction that launches; None where none is needed. A rehearsal takes none."""
    texts = [step for step in steps if step.asked in _TEXTS]
    facts = law.facts
    if facts.message_class is not MessageClass.CAMPAIGN or not facts.automatic or facts.rehearse or not texts:
        return None
    row = law.around.candidacy
    assert row is not None  # E-02 blocks without one
    expected = await dispatch.forecast(conn, rt, who.tenant_id, selection, steps[0].channel)
    said = "\n".join(f"{step.subject}\n{step.body}" for step in texts)
    return await take_broadcast(
        conn,
        who,
        NewBroadcast(
            candidacy_id=row.id,
            send_id=send_id,
            campaign_id=campaign.id,
            title=campaign.name,
            people=expected.sendable,
            text_hash=hashlib.sha256(said.encode()).hexdigest(),
            list_hash=expected.fingerprint,
            number=row.reported_number,
            receipt=row.receipt,
            opted_out=expected.excluded.get("suppressed", 0),
        ),
    )


async def log_stops(
    conn: Conn,
    rt: Runtime,
    who: Actor,
    campaign_id: UUID,
    found: Sequence[Verdict],
    *,
    scheduled: bool = False,
) -> None:
    """Verdicts of the law that stopped or held, with the version of the rules."""
    ours = [LawVerdict(one.rule, one.level, one.message, one.article) for one in found if one.rule in BY_ID]
    at = rt.clock.now()
    await log_verdicts(conn, who, "schedule" if scheduled else "launch", ours, at=at, campaign_id=campaign_id)


async def log_refusal(rt: Runtime, who: Actor, campaign_id: UUID, problem: Problem) -> None:
    """A refused launch leaves nothing behind but this: in a transaction of its own, after the other was given up."""
    listed = problem.extra.get("verdicts") or []
    found = [Verdict(one["rule"], one["level"], one["message"]) for one in listed]
    if found:
        async with tenant_tx(rt, who.tenant_id) as conn:
            await log_stops(conn, rt, who, campaign_id, found)
