"""A worker dies at each named point of dispatch; another one finishes; nobody is lost or doubled."""

import signal

import pytest
from tests.support.hub import is_over, launch, until

from pabal.dispatch import Selection

pytestmark = pytest.mark.acceptance

POINTS = [
    "after_claim",
    "after_calling.create",
    "after_calling.add",
    "after_calling.send",
    "mid_body.create",
    "mid_body.add",
    "mid_body.send",
    "after_accept",
    "before_outcome",
    "mid_outcome",
    "after_outcome",
]


@pytest.mark.parametrize("point", POINTS)
async def test_dying_there_neither_loses_nor_doubles_anybody(
    point, rt, tenant, account, people, start, judge, tmp_path
):
    start("scheduler")
    doomed = start("worker", PABAL_CRASH_POINT=f"{point}:{tmp_path / 'died'}")
    send = await launch(rt, tenant, account, Selection(filter={}))
    assert doomed.wait_dead() == -signal.SIGKILL
    start("worker")
    done = await until(rt, tenant, send, is_over, seconds=90)
    assert done.counts["delivered"] == len(people)
    await judge(send, people)


async def test_a_worker_frozen_past_its_lease_wakes_up_to_nothing(rt, tenant, account, people, start, judge):
    start("scheduler")
    frozen = start("worker")
    send = await launch(rt, tenant, account, Selection(filter={}), rate_per_second=300)
    await until(rt, tenant, send, lambda p: p.counts["sending"] > 0)
    frozen.signal(signal.SIGSTOP)
    start("worker")
    await until(rt, tenant, send, is_over, seconds=90)
    frozen.signal(signal.SIGCONT)
    frozen.stop()  # lets its turn run to the end: what it still wanted to write must be refused
    await judge(send, people)


async def test_redis_wiped_in_the_middle(rt, tenant, account, people, start, judge):
    start("scheduler")
    start("worker")
    start("worker")
    send = await launch(rt, tenant, account, Selection(filter={}), rate_per_second=200)
    for part in (0.2, 0.5, 0.8):
        await until(
            rt,
            tenant,
            send,
            lambda p, part=part: p.counts["queued"] < len(people) * (1 - part) and p.audience > 0,
        )
        await rt.redis.flushdb()
    await until(rt, tenant, send, is_over, seconds=90)
    await judge(send, people)


async def test_two_schedulers_and_three_workers_do_no_harm(rt, tenant, account, people, start, judge):
    for name in ("scheduler", "scheduler", "worker", "worker", "worker"):
        start(name)
    send = await launch(rt, tenant, account, Selection(filter={}))
    await until(rt, tenant, send, is_over, seconds=90)
    await judge(send, people)
