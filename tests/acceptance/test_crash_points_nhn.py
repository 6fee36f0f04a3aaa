"""NHN, which has no fence: a worker dies at each named point, another one asks, and nobody is lost or doubled.

SMS can only be asked about; an AlimTalk request may also be repeated under its key for a while. Waits before questions are
scaled down (settle 300 s → 3 s); nothing else differs from production.
"""

import signal

import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import ALIMTALK, nhn_account
from tests.support.hub import is_over, launch, until

from pabal.dispatch import Selection
from pabal.kit.db import tenant_tx

pytestmark = pytest.mark.acceptance

EVERYONE = Selection(filter={})
PACE = {"PABAL_QUESTION_PACE": 0.01}
POINTS = [
    "after_claim",
    "after_calling.submit",
    "mid_body.submit",
    "after_accept",
    "before_outcome",
    "mid_outcome",
    "after_outcome",
]


@pytest.fixture
async def nhn(rt, tenant):
    return await nhn_account(rt, tenant, "sms", "lms")


@pytest.fixture
async def kakao(rt, tenant):
    return await nhn_account(rt, tenant, "alimtalk")


@pytest.fixture
async def crowd(rt, tenant):
    cards = [person(n) for n in range(40)]
    await fill_book(rt, tenant, cards)
    return cards


@pytest.mark.parametrize("point", POINTS)
async def test_dying_there_neither_loses_nor_doubles_anybody(
    point, rt, tenant, nhn, crowd, start, judge, tmp_path
):
    start("scheduler")
    doomed = start("worker", PABAL_CRASH_POINT=f"{point}:{tmp_path / 'died'}", **PACE)
    send = await launch(rt, tenant, nhn, EVERYONE)
    assert doomed.wait_dead() == -signal.SIGKILL
    start("worker", **PACE)
    done = await until(rt, tenant, send, is_over, seconds=90)
    assert done.counts["delivered"] == len(crowd)
    await judge(send, crowd)


@pytest.mark.parametrize("point", POINTS)
async def test_dying_there_with_alimtalk(point, rt, tenant, kakao, crowd, start, judge, tmp_path):
    start("scheduler")
    doomed = start("worker", PABAL_CRASH_POINT=f"{point}:{tmp_path / 'died'}", **PACE)
    send = await launch(rt, tenant, kakao, EVERYONE, **ALIMTALK)
    assert doomed.wait_dead() == -signal.SIGKILL
    start("worker", **PACE)
    done = await until(rt, tenant, send, is_over, seconds=90)
    assert done.counts["delivered"] == len(crowd)
    await judge(send, crowd)


async def test_an_alimtalk_request_is_repeated_under_its_key_without_waiting(
    rt, tenant, kakao, crowd, start, judge, carrier, tmp_path
):
    """At the pace of production: asking would take two minutes, repeating takes one call."""
    start("scheduler")
    doomed = start("worker", PABAL_CRASH_POINT=f"mid_body.submit:{tmp_path / 'died'}")
    send = await launch(rt, tenant, kakao, EVERYONE, **ALIMTALK)
    assert doomed.wait_dead() == -signal.SIGKILL
    start("worker")
    await until(rt, tenant, send, is_over, seconds=50)
    await judge(send, crowd)
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT stage, state FROM requests")
        assert await cursor.fetchall() == [("repeat", "answered")]


async def test_a_repeat_that_is_refused_means_that_the_first_is_in(
    rt, tenant, kakao, crowd, start, judge, tmp_path
):
    start("scheduler")
    doomed = start("worker", PABAL_CRASH_POINT=f"after_accept:{tmp_path / 'died'}", **PACE)
    send = await launch(rt, tenant, kakao, EVERYONE, **ALIMTALK)
    assert doomed.wait_dead() == -signal.SIGKILL
    start("worker", **PACE)
    await until(rt, tenant, send, is_over, seconds=50)
    await judge(send, crowd)
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT note, state FROM requests")
        assert await cursor.fetchall() == [("repeated", "answered")]


@pytest.mark.parametrize("point", ["mid_body.submit", "after_accept"])
async def test_dying_with_everybody_in_one_request(point, rt, tenant, nhn, crowd, start, judge, tmp_path):
    start("scheduler")
    doomed = start("worker", PABAL_CRASH_POINT=f"{point}:{tmp_path / 'died'}", **PACE)
    send = await launch(rt, tenant, nhn, EVERYONE, body="주민 설명회에 초대합니다.")
    assert doomed.wait_dead() == -signal.SIGKILL
    start("worker", **PACE)
    await until(rt, tenant, send, is_over, seconds=90)
    await judge(send, crowd)


async def test_a_caller_that_is_not_proven_gone_leaves_its_people_to_a_person(
    rt, tenant, nhn, crowd, start, carrier, tmp_path
):
    """The caller ran on a host that nobody can judge from here: nothing known at the carrier proves nothing."""
    start("scheduler")
    doomed = start("worker", PABAL_CRASH_POINT=f"after_calling.submit:{tmp_path / 'died'}", **PACE)
    send = await launch(rt, tenant, nhn, EVERYONE, body="주민 설명회에 초대합니다.")
    assert doomed.wait_dead() == -signal.SIGKILL
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("UPDATE requests SET owner = 'elsewhere-boot:1:1:1' WHERE state = 'calling'")
    start("worker", **PACE)
    done = await until(rt, tenant, send, is_over, seconds=90)
    assert done.counts["uncertain"] == len(crowd)
    assert carrier.ledger() == []
