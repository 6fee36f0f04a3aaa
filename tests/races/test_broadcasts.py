"""The eight under a race: twenty launches at once take eight counts, and no row can be changed or taken away."""

import asyncio
from datetime import date

import psycopg
import pytest

from pabal.accounts import SystemActor
from pabal.compliance import BROADCASTS_USED, NewBroadcast, take_broadcast
from pabal.compliance.broadcasts import list_broadcasts
from pabal.compliance.candidacies import Draft, create_candidacy
from pabal.domain.ids import TenantId, new_id
from pabal.domain.law.election import Election, Office
from pabal.domain.law.facts import Status
from pabal.kit.db import tenant_tx
from pabal.kit.http.errors import Problem
from pabal.runtime import open_runtime

LAUNCHES = 20


@pytest.fixture
def who(tenant):
    return SystemActor(TenantId(tenant))


@pytest.fixture
async def running_for(rt, tenant, who):
    draft = Draft(
        election=Election.BY,
        election_day=date(2024, 4, 10),
        office=Office.ASSEMBLY,
        district="마포구을",
        name="한서윤",
        status=Status.CANDIDATE,
        registered_on=date(2024, 3, 21),
        reported_number="0212345678",
    )
    async with tenant_tx(rt, tenant) as conn:
        return (await create_candidacy(conn, who, draft, now=rt.clock.now())).id


def broadcast(candidacy):
    return NewBroadcast(
        candidacy_id=candidacy,
        send_id=new_id(),
        campaign_id=new_id(),
        title="인사",
        people=100,
        text_hash="a" * 64,
        list_hash="64-b",
        number="0212345678",
        receipt="접수 1",
        opted_out=3,
    )


async def test_E03_of_twenty_launches_at_once_eight_are_counted(rt, tenant, who, running_for, settings):
    barrier = asyncio.Barrier(LAUNCHES)

    async def launch(wide):
        async with tenant_tx(wide, tenant) as conn:
            await barrier.wait()
            return await take_broadcast(conn, who, broadcast(running_for))

    async with open_runtime(settings, name="twenty operators", pool_size=LAUNCHES) as wide:
        results = await asyncio.gather(*(launch(wide) for _ in range(LAUNCHES)), return_exceptions=True)
    refused = [one for one in results if isinstance(one, Problem)]
    assert sorted(one for one in results if isinstance(one, int)) == list(range(1, 9))
    assert {one.code for one in refused} == {BROADCASTS_USED}
    assert len(refused) == LAUNCHES - 8
    async with tenant_tx(rt, tenant) as conn:
        assert [one.no for one in await list_broadcasts(conn, running_for)] == list(range(1, 9))


async def test_E03_a_launch_that_fails_after_its_count_takes_none(rt, tenant, who, running_for):
    async def fails():
        async with tenant_tx(rt, tenant) as conn:
            assert await take_broadcast(conn, who, broadcast(running_for)) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    async with tenant_tx(rt, tenant) as conn:
        assert await take_broadcast(conn, who, broadcast(running_for)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM broadcast_counts",
        "UPDATE broadcast_counts SET people = 0",
        "DELETE FROM candidacies",
        """INSERT INTO broadcast_counts SELECT tenant_id, candidacy_id, 9, gen_random_uuid(), campaign_id, title, people,
        text_hash, list_hash, number, receipt, opted_out, operator_id FROM broadcast_counts""",
    ],
)
async def test_E03_no_statement_of_the_hub_gives_a_count_back(rt, tenant, who, running_for, statement):
    async with tenant_tx(rt, tenant) as conn:
        await take_broadcast(conn, who, broadcast(running_for))
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)):
        async with tenant_tx(rt, tenant) as conn:
            await conn.execute(statement)
    async with tenant_tx(rt, tenant) as conn:
        assert len(await list_broadcasts(conn, running_for)) == 1
