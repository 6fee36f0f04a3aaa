"""The parts of a campaign's results put together."""

import time
from collections import OrderedDict
from dataclasses import asdict
from uuid import UUID

from pabal.analytics import campaign as reads
from pabal.analytics.schemas import (
    CampaignResultsOut,
    ClicksOut,
    CostLineOut,
    CostOut,
    CurveOut,
    FailureOut,
    FlowStepOut,
    FunnelOut,
    LinkClicksOut,
    MissedOut,
    MissentOut,
    OutcomeOut,
    PointOut,
)
from pabal.campaigns import (
    DecisionOut,
    IntervalOut,
    VariantFigures,
    list_decisions,
    read_campaign,
    reason_label,
    with_figures,
)
from pabal.channels.meaning import code_of
from pabal.dispatch import read_texts
from pabal.domain import results
from pabal.domain.variants import Interval, leader, wilson
from pabal.kit.db import Conn
from pabal.kit.http.errors import Problem, declare
from pabal.runtime import Runtime
from pabal.senders import read_price_book

NOT_LAUNCHED = declare("not_launched", 409, "아직 보내지 않은 발송이라 결과가 없어요")

# Where a code isn't in its carrier's table: what the class of the failure means.
_CLASSES = {
    "retryable": ("지금은 받을 수 없는 전화", "전화가 꺼졌거나 가득 찼어요. 내일 다시 보내 보세요."),
    "final": ("없는 번호이거나 받을 수 없는 번호", "연락처에서 번호를 확인해 주세요."),
    "configuration": ("발송 설정 문제", "발신번호와 발송사 계정을 확인해 주세요."),
    "content": ("글 때문에 거절됨", "글을 고쳐 다시 보내 주세요."),
    "policy": ("받지 않겠다고 한 사람", "다시 보내지 않아요."),
    "duplicate": ("발송사가 이미 받은 것으로 앎", "같은 번호로 두 번 보내지 않았는지 확인해 주세요."),
}


KEPT_TIMES = (
    10  # a result that took a second is shown for ten: watching never takes more than a tenth of a core
)
KEPT_SECONDS = 30.0


class ResultsCache:
    """Results of large sends, for a while. One per process; a decision about texts or another state is seen at once."""

    def __init__(self, rt: Runtime) -> None:
        self.rt = rt
        self._kept: OrderedDict[tuple[UUID, UUID], tuple[float, object, CampaignResultsOut]] = OrderedDict()

    async def of(self, conn: Conn, tenant_id: UUID, campaign_id: UUID) -> CampaignResultsOut:
        campaign = await read_campaign(conn, campaign_id)
        stamp = (campaign.state, campaign.send_id, len(await list_decisions(conn, campaign_id)))
        kept = self._kept.get((tenant_id, campaign_id))
        began = time.monotonic()
        if kept is not None and kept[0] > began and kept[1] == stamp:
            return kept[2]
        found = await campaign_results(conn, self.rt, tenant_id, campaign_id)
        took = time.monotonic() - began
        if took > 0.1:
            until = time.monotonic() + min(KEPT_SECONDS, KEPT_TIMES * took)
            self._kept[tenant_id, campaign_id] = (until, stamp, found)
            if len(self._kept) > 200:
                self._kept.popitem(last=False)
        return found


async def campaign_results(conn: Conn, rt: Runtime, tenant_id: UUID, campaign_id: UUID) -> CampaignResultsOut:
    campaign = await read_campaign(conn, campaign_id)
    if campaign.send_id is None:
        raise Problem(NOT_LAUNCHED)
    send = await reads.read_send(conn, tenant_id, campaign.send_id)
    await reads.expect_much(conn)
    groups = await reads.read_groups(conn, tenant_id, send.id)
    funnel, outcome = results.funnel(groups), results.outcome(groups)
    answers = await reads.read_answers(conn, tenant_id, send)
    clicks = await reads.read_clicks(conn, tenant_id, send)
    missent = await reads.read_missent(conn, tenant_id, send.id)
    size, points = await reads.read_curve(conn, tenant_id, send)
    texts = with_figures(
        await read_texts(conn, tenant_id, send.id),
        [VariantFigures(**asdict(one)) for one in results.by_text(groups)],
    )
    ahead = leader([None if one.click_rate is None else _interval_of(one.click_rate) for one in texts])
    return CampaignResultsOut(
        campaign_id=campaign_id,
        name=campaign.name,
        state=campaign.state,
        rehearse=send.rehearse,
        launched_at=send.launched_at,
        finished_at=send.finished_at,
        as_of=rt.clock.now(),
        funnel=FunnelOut(
            selected=funnel.selected,
            excluded=funnel.excluded,
            sent=funnel.sent,
            accepted=funnel.accepted,
            delivered=funnel.delivered,
            clicked=clicks.human_people,
            replied=answers.replied,
            opted_out=answers.opted_out,
        ),
        outcome=OutcomeOut.model_validate(outcome),
        delivery_rate=_interval(funnel.delivered, funnel.sent),
        click_rate=_interval(clicks.human_people, funnel.delivered),
        clicks=ClicksOut.model_validate(clicks),
        links=[LinkClicksOut.model_validate(one) for one in await reads.read_links(conn, tenant_id, send.id)],
        curve=CurveOut(bucket_seconds=size, points=[PointOut.model_validate(point) for point in points]),
        texts=texts,
        leader=None if ahead is None else texts[ahead].key,
        decisions=[DecisionOut.model_validate(one) for one in await list_decisions(conn, campaign_id)],
        failures=[_failure(one) for one in await reads.read_failures(conn, tenant_id, send.id)],
        flow=[
            FlowStepOut(
                step=one.step,
                channel=send.channels[one.step],
                tried=one.tried,
                delivered=one.delivered,
                went_on=one.went_on,
                under_way=one.under_way,
                ended=one.ended,
            )
            for one in results.flow(groups, len(send.channels))
        ],
        missed=[
            MissedOut(state=row.state, reason=row.reason, label=reason_label(row.reason), people=row.people)
            for row in results.missed(groups)
        ],
        missent=MissentOut(
            people=missent.people,
            rate=missent.people / funnel.sent if funnel.sent else None,
            twice=missent.twice,
            refused=missent.refused,
            outside=missent.outside,
        ),
        cost=await _cost(conn, rt, tenant_id, send),
    )


def _interval(hits: int, tries: int) -> IntervalOut | None:
    """A click may come before its receipt: never more hits than tries."""
    found = wilson(min(hits, tries), tries)
    return None if found is None else IntervalOut.model_validate(found)


def _interval_of(out: IntervalOut) -> Interval:
    return Interval(out.rate, out.low, out.high)


def _failure(one: reads.Failure) -> FailureOut:
    code = code_of(one.carrier, one.channel, one.code)
    label, advice = _CLASSES.get(one.failure_class, (one.code, ""))
    if code is not None:
        label, advice = code.meaning_ko, code.mend_ko or advice
    return FailureOut(
        code=one.code,
        failure_class=one.failure_class,
        channel=one.channel,
        label=label,
        advice=advice,
        people=one.people,
    )


async def _cost(conn: Conn, rt: Runtime, tenant_id: UUID, send: reads.SendFacts) -> CostOut:
    """By the prices of the day on which it went out; a rehearsal shows what it would have cost."""
    prices = await read_price_book(conn, send.launched_at or rt.clock.now())
    charged = await reads.read_charged(conn, tenant_id, send.id)
    lines = [
        CostLineOut(channel=channel, count=n, unit_price=prices.won(channel), won=n * prices.won(channel))
        for channel, n in charged
    ]
    return CostOut(
        won=sum(line.won for line in lines),
        example=prices.is_example({line.channel for line in lines}),
        lines=lines,
    )
