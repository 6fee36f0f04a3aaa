"""NHN, which has no fence: a worker is stopped at a named point, as on a machine that was suspended, and wakes up when another
one has long asked.

While it lives nobody can prove that it won't write any more, so nobody is sent to again: who isn't known at the carrier waits
for a person. What it still writes when it wakes (a body half written goes on) arrives once and becomes known.
"""

import signal

import psutil
import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import ALIMTALK, nhn_account
from tests.support.hub import is_over, launch, until
from tests.support.processes import wait_until

from pabal.dispatch import Selection, list_uncertain, resolve_group
from pabal.domain.resolve import Decision
from pabal.kit.db import tenant_tx

pytestmark = pytest.mark.acceptance

PACE = {"PABAL_QUESTION_PACE": 0.002}  # settle 300 s → 0.6 s
CASES = {
    # Eight requests at once: some of them are frozen inside a transaction, whose locks are in everybody's way.
    "sms, a request each": ("after_calling.submit", ("sms", "lms"), {}),
    "sms, one request for all": ("mid_body.submit", ("sms", "lms"), {"body": "주민 설명회에 초대합니다."}),
    "alimtalk": ("mid_body.submit", ("alimtalk",), ALIMTALK),
}


@pytest.fixture
async def crowd(rt, tenant):
    cards = [person(n) for n in range(40)]
    await fill_book(rt, tenant, cards)
    return cards


def stopped(child):
    return psutil.Process(child.process.pid).status() == psutil.STATUS_STOPPED


async def units(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT used, reserved FROM quota_months")
        return await cursor.fetchall()


async def send_again(rt, tenant):
    """A person's word about everybody who is uncertain."""
    async with tenant_tx(rt, tenant) as conn:
        for send in await list_uncertain(conn, tenant):
            for group in send.groups:
                await resolve_group(
                    conn, tenant, send.send_id, group.request_id, Decision.RESEND, now=rt.clock.now()
                )


@pytest.mark.parametrize("case", CASES)
async def test_what_it_had_begun_is_a_persons_or_known_and_never_sent_again(
    case, rt, tenant, crowd, start, carrier, tmp_path
):
    point, channels, options = CASES[case]
    account = await nhn_account(rt, tenant, *channels)
    start("scheduler")
    frozen = start("worker", PABAL_CRASH_POINT=f"{point}:{tmp_path / 'frozen'}:freeze", **PACE)
    send = await launch(rt, tenant, account, Selection(filter={}), **options)
    wait_until(lambda: stopped(frozen))
    start("worker", **PACE)
    done = await until(rt, tenant, send, is_over, seconds=60)
    assert done.counts["uncertain"] > 0
    assert {reason for state, reason, _ in done.by_reason if state == "uncertain"} == {"caller_not_gone"}

    frozen.signal(signal.SIGCONT)
    frozen.stop()  # lets its turns run to the end
    now = await until(rt, tenant, send, lambda p: p.counts["delivered"] == len(carrier.ledger()))
    sent = [line["to"] for line in carrier.ledger()]
    assert len(sent) == len(set(sent)) == now.counts["delivered"]
    assert now.counts["delivered"] + now.counts["uncertain"] == len(crowd)
    assert await units(rt, tenant) == [(now.counts["delivered"], now.counts["uncertain"])]

    # It is gone, and a person says so: everybody who wasn't reached is, once.
    await send_again(rt, tenant)
    await until(rt, tenant, send, lambda p: p.counts["delivered"] == len(crowd), seconds=60)
    sent = [line["to"] for line in carrier.ledger()]
    assert sorted(sent) == sorted(card.phones[0] for card in crowd)
    assert await units(rt, tenant) == [(len(crowd) + now.counts["uncertain"], 0)]
