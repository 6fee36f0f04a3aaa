"""Receipts as bad carriers post them to a real API: doubled, stale after final, lost; some answers never come.

Polls would find everything anyway, so they come late here: what the webhooks tell is what is tested.
"""

import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import TEMPLATE, own_account
from tests.support.hub import is_over, until
from tests.support.installation import free_port
from tests.support.processes import wait_until

from pabal.dispatch import FrozenStep, Selection, announce_launch, create_send
from pabal.kit.db import tenant_tx

pytestmark = pytest.mark.acceptance

NOT_THERE = {"solapi": "3104", "nhn": "3019"}  # no Kakao user has this number
BAD = {
    "receiptDuplicateRate": 1,
    "receiptOutOfOrder": True,
    "receiptLossRate": 0.2,
    "receiptBatch": 7,
    "resetAfterAcceptRate": 0.05,
}


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"port": free_port(), "first_poll_seconds": 4.0})


@pytest.fixture
async def crowd(rt, tenant):
    cards = [person(n) for n in range(120)]
    await fill_book(rt, tenant, cards)
    return cards


def delivered_posts(carrier):
    posts = carrier.control("GET", "/deliveries", None, limit=1000)["items"]
    return sum(post["items"] for post in posts if post["outcome"] == "delivered")


@pytest.mark.parametrize("name", ["solapi", "nhn"])
async def test_doubled_disordered_and_lost_receipts_move_everybody_once(
    name, rt, tenant, settings, crowd, start, judge, carrier
):
    absent = crowd[::3]
    outcomes = {"alimtalk": {card.phones[0]: NOT_THERE[name] for card in absent}}
    carrier.behave(**BAD, channelOutcome=outcomes)
    kakao = await own_account(rt, tenant, name, "alimtalk", mode="webhook")
    text = await own_account(rt, tenant, name, "sms", "lms", mode="webhook")
    steps = [
        FrozenStep(
            channel="alimtalk",
            body=TEMPLATE["content"],
            sender_number="0212345678",
            account_id=kakao,
            template_code=TEMPLATE["templateId"],
            pf_id=TEMPLATE["pfId"],
        ),
        FrozenStep(channel="sms", body="#{이름}님, 설명회 안내", sender_number="0212345678", account_id=text),
    ]
    here = {"PABAL_PORT": settings.port}  # the scheduler tells the simulator where the hub is
    start("api", **here)
    start("scheduler", **here)
    start("worker", PABAL_QUESTION_PACE=0.002, **here)
    async with tenant_tx(rt, tenant) as conn:
        send = await create_send(
            conn, tenant, kind="campaign", campaign_id=None, steps=steps, selection=Selection(filter={})
        )
    await announce_launch(rt, tenant, send)
    done = await until(rt, tenant, send, is_over, seconds=90)
    assert done.counts["delivered"] == len(crowd)
    # More reports than messages: the doubles were posted and taken, and changed nothing.
    wait_until(lambda: delivered_posts(carrier) > len(crowd) + len(absent))
    await judge(send, crowd, then=absent)
