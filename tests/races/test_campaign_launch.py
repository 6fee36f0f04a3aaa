"""Launch against launch, change and cancel: exactly one wins, and nothing is half done."""

import asyncio

import pytest
from tests.support.campaigns import make_book

from pabal.accounts import SystemActor
from pabal.campaigns import create_campaign, launch_due
from pabal.campaigns.actions import change_campaign
from pabal.campaigns.launch import cancel_campaign, launch_campaign
from pabal.domain.ids import TenantId
from pabal.kit.db import tenant_tx
from pabal.kit.http.errors import Problem

STEPS = [{"channel": "sms", "body": "설명회에 초대합니다."}]


@pytest.fixture
async def campaign(rt, tenant):
    await make_book(rt, tenant)
    async with tenant_tx(rt, tenant) as conn:
        return await create_campaign(
            conn,
            SystemActor(TenantId(tenant)),
            name="설명회",
            message_class="civic",
            audience={"filter": {}},
            steps=STEPS,
        )


async def _at_once(rt, tenant, acts):
    """Each in a transaction of its own; all are open before one acts."""
    barrier = asyncio.Barrier(len(acts))

    async def one(act):
        async with tenant_tx(rt, tenant) as conn:
            await barrier.wait()
            return await act(conn)

    return await asyncio.gather(*(one(act) for act in acts), return_exceptions=True)


async def _sends(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT count(*) FROM sends")
        row = await cursor.fetchone()
    return 0 if row is None else int(row[0])


async def test_of_eight_launches_one_wins(rt, tenant, campaign):
    who = SystemActor(TenantId(tenant))
    results = await _at_once(
        rt, tenant, [lambda conn: launch_campaign(conn, rt, who, campaign.id) for _ in range(8)]
    )
    refused = [r for r in results if isinstance(r, Problem)]
    assert [r.code.code for r in refused] == ["campaign_state"] * 7
    assert await _sends(rt, tenant) == 1


async def test_a_launch_never_sends_what_a_change_replaced(rt, tenant, campaign):
    """Either the change was first and its text goes out, or it is refused."""
    who = SystemActor(TenantId(tenant))
    changed, launched = await _at_once(
        rt,
        tenant,
        [
            lambda conn: change_campaign(
                conn, who, campaign.id, {"steps": [{"channel": "sms", "body": "고친 글"}]}, version=None
            ),
            lambda conn: launch_campaign(conn, rt, who, campaign.id),
        ],
    )
    assert not isinstance(launched, BaseException)
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT steps FROM sends")
        row = await cursor.fetchone()
    assert row is not None
    body = row[0][0]["body"]
    if isinstance(changed, Problem):
        assert body == "설명회에 초대합니다."
    else:
        assert body == "고친 글"


async def test_two_schedulers_and_a_cancel(rt, tenant, campaign):
    who = SystemActor(TenantId(tenant))
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            "UPDATE campaigns SET state = 'scheduled', due_at = clock_timestamp() - interval '1 second'"
        )
    barrier = asyncio.Barrier(3)

    async def due():
        await barrier.wait()
        await launch_due(rt, tenant, campaign.id)

    async def cancel():
        async with tenant_tx(rt, tenant) as conn:
            await barrier.wait()
            return await cancel_campaign(conn, who, campaign.id)

    *_, cancelled = await asyncio.gather(due(), due(), cancel())
    assert cancelled.state == "cancelled"
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT state FROM campaigns")
        own = await cursor.fetchone()
        cursor = await conn.execute("SELECT state FROM sends")
        sends = [row[0] for row in await cursor.fetchall()]
    # Cancelled before the launch: no send at all. After it: the one send is cancelled.
    assert (own, sends) in [(("cancelled",), []), (("launched",), ["cancelled"])]
