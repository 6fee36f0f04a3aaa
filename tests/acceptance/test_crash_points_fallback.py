"""Workers die while people go from one channel to the next: planned, called, answered on the second step.

The last one finishes. Nobody gets the second channel twice or not at all, nobody gets it whom the first one reached, and each
step counts as one unit.
"""

import signal

import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import TEMPLATE, nhn_account, solapi_account
from tests.support.hub import is_over, until

from pabal.dispatch import FrozenStep, Selection, announce_launch, create_send
from pabal.kit.db import tenant_tx

pytestmark = pytest.mark.acceptance

PACE = {"PABAL_QUESTION_PACE": 0.002}  # settle 300 s → 0.6 s
NOT_THERE = {"solapi": "3104", "nhn": "3019"}  # no Kakao user has this number
NO_SUBSCRIBER = {"solapi": "3032", "nhn": "3001"}
# Each kind of place once, and each carrier where it is hardest: without a fence around the write, with one along its steps.
PLACES = {
    ("nhn", "alimtalk", "sms"): ("after_claim", "mid_body.submit", "after_accept", "mid_outcome"),
    ("nhn", "sms", "alimtalk"): ("mid_body.submit", "before_outcome"),  # may be repeated under its key
    ("solapi", "alimtalk", "sms"): ("mid_body.add", "after_calling.send", "after_accept"),
}
CHUNK = 4  # a worker holds four chunks at most when it dies: enough are left for the next one to die in


@pytest.fixture
async def crowd(rt, tenant):
    cards = [person(n) for n in range(100)]
    await fill_book(rt, tenant, cards)
    return cards


async def steps_of(rt, tenant, carrier_name, *channels):
    if carrier_name == "nhn":
        text, kakao = (
            await nhn_account(rt, tenant, "sms", "lms"),
            await nhn_account(rt, tenant, "alimtalk"),
        )
    else:
        text = kakao = await solapi_account(rt, tenant)
    sms = FrozenStep(
        channel="sms", body="#{이름}님, 설명회 안내", sender_number="0212345678", account_id=text
    )
    alimtalk = FrozenStep(
        channel="alimtalk",
        body=TEMPLATE["content"],
        sender_number="0212345678",
        account_id=kakao,
        template_code="PBTEST1",
        pf_id="KA01PFTEST",
    )
    made = {"sms": sms, "alimtalk": alimtalk}
    return [made[channel] for channel in channels]


async def launch_in_small_chunks(rt, tenant, steps):
    async with tenant_tx(rt, tenant) as conn:
        send = await create_send(
            conn, tenant, kind="campaign", campaign_id=None, steps=steps, selection=Selection(filter={})
        )
        await conn.execute("UPDATE sends SET chunk_size = %s", (CHUNK,))
    await announce_launch(rt, tenant, send)
    return send


@pytest.mark.parametrize("way", PLACES, ids=" ".join)
async def test_dying_on_the_second_channel_neither_loses_nor_doubles_anybody(
    way, rt, tenant, crowd, start, judge, carrier, tmp_path
):
    name, *channels = way
    absent = [card for number, card in enumerate(crowd) if number % 5]
    code = (NOT_THERE if channels[0] == "alimtalk" else NO_SUBSCRIBER)[name]
    carrier.behave(channelOutcome={channels[0]: {card.phones[0]: code for card in absent}})
    send = await launch_in_small_chunks(rt, tenant, await steps_of(rt, tenant, name, *channels))
    start("scheduler")
    doomed = [
        start("worker", PABAL_CRASH_POINT=f"{point}@1:{tmp_path / point}", **PACE) for point in PLACES[way]
    ]
    assert [worker.wait_dead(60) for worker in doomed] == [-signal.SIGKILL] * len(doomed)
    start("worker", **PACE)
    done = await until(rt, tenant, send, is_over, seconds=90)
    assert done.counts["delivered"] == done.audience
    await judge(send, crowd, then=absent)
