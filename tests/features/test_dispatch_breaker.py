"""An account whose carrier answers nothing rests, longer each time, and works again after one good answer."""

import asyncio

import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import behave, facing, nhn_account
from tests.support.hub import is_over, launch, progress_of, running_hub, until

from pabal.dispatch import Selection, breaker


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier, question_pace=0.002)


async def test_it_opens_after_a_run_of_troubles_and_closes_with_one_answer(rt):
    for _ in range(breaker.TROUBLES - 1):
        await breaker.note(rt.redis, "a", trouble=True)
    assert await breaker.resting(rt.redis, "a") == 0
    await breaker.note(rt.redis, "a", trouble=True)
    assert 0 < await breaker.resting(rt.redis, "a") <= breaker.FIRST_REST_SECONDS
    assert await breaker.resting(rt.redis, "b") == 0
    await breaker.note(rt.redis, "c", trouble=True)
    await breaker.note(rt.redis, "c", trouble=False)
    for _ in range(breaker.TROUBLES - 1):
        await breaker.note(rt.redis, "c", trouble=True)
    assert await breaker.resting(rt.redis, "c") == 0


async def test_calls_that_were_under_way_do_not_make_the_rest_longer(rt):
    for _ in range(breaker.TROUBLES * 5):
        await breaker.note(rt.redis, "a", trouble=True)
    assert await breaker.resting(rt.redis, "a") <= breaker.FIRST_REST_SECONDS


@pytest.mark.parametrize(("earlier", "seconds"), [(0, 5), (1, 10), (3, 40), (4, 60), (500, 60)])
def test_each_failed_probe_doubles_the_rest(earlier, seconds):
    assert breaker.rest_seconds(earlier) == seconds


async def test_an_outage_costs_a_few_calls_not_a_campaign_of_questions(rt, tenant, carrier):
    account = await nhn_account(rt, tenant, "sms")
    await fill_book(rt, tenant, [person(n) for n in range(80)])
    behave(carrier, outage=True)
    async with running_hub(rt):
        send = await launch(rt, tenant, account, Selection(filter={}), rate_per_second=20)
        await until(rt, tenant, send, lambda p: p.audience > 0)
        while not await breaker.resting(rt.redis, account):
            assert (await progress_of(rt, tenant, send)).state == "running"
            await asyncio.sleep(0.05)
        behave(carrier)
        reached = await progress_of(rt, tenant, send)
        assert reached.counts["queued"] >= 40
        done = await until(rt, tenant, send, is_over, seconds=100)
    assert done.counts["delivered"] == 80
