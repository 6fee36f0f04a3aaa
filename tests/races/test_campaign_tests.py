"""A test send against a launch and an opt-out of the same moment."""

import asyncio
from uuid import UUID

import pytest
from tests.support.campaigns import make_book, opt_out

from pabal import dispatch
from pabal.accounts import SystemActor
from pabal.campaigns import CampaignRow, create_campaign
from pabal.campaigns.launch import Launched, launch_campaign
from pabal.campaigns.try_out import Tried, start_test
from pabal.domain.ids import TenantId
from pabal.kit.db import tenant_tx
from pabal.kit.http.errors import Problem
from pabal.runtime import Runtime

TRIES = 10


async def _draft(rt: Runtime, tenant: UUID) -> CampaignRow:
    async with tenant_tx(rt, tenant) as conn:
        return await create_campaign(
            conn,
            SystemActor(TenantId(tenant)),
            name="설명회",
            message_class="civic",
            audience={"filter": {}},
            steps=[{"channel": "sms", "body": "설명회에 초대합니다."}],
        )


async def _test(rt: Runtime, tenant: UUID, campaign: UUID, *contacts: UUID) -> Tried:
    async with tenant_tx(rt, tenant) as conn:
        return await start_test(
            conn,
            rt,
            SystemActor(TenantId(tenant)),
            campaign,
            contacts=contacts,
            phones=[],
            values_of=None,
            variant=None,
            rehearse=True,
        )


@pytest.fixture
async def book(rt, tenant):
    return await make_book(rt, tenant)


async def test_a_launch_and_a_test_of_one_moment_both_end_well(rt, tenant, book):
    """The launch always goes; the test was before it, or is refused. The campaign's figures are its launch's alone."""
    who = SystemActor(TenantId(tenant))

    async def launch(campaign: UUID) -> Launched:
        async with tenant_tx(rt, tenant) as conn:
            return await launch_campaign(conn, rt, who, campaign)

    for _ in range(TRIES):
        campaign = (await _draft(rt, tenant)).id
        launched, tried = await asyncio.gather(
            launch(campaign),
            _test(rt, tenant, campaign, book.contacts["최가람"]),
            return_exceptions=True,
        )
        assert not isinstance(launched, BaseException)
        assert launched.send_id is not None
        await dispatch.launch_send(rt, tenant, launched.send_id)
        async with tenant_tx(rt, tenant) as conn:
            progress = await dispatch.read_progress(conn, tenant, launched.send_id)
            tests = await dispatch.list_trials(conn, tenant, campaign)
        assert progress is not None
        assert progress.audience == 6
        if isinstance(tried, Problem):
            assert (tried.code.code, tests) == ("campaign_state", [])
        else:
            assert [test.send_id for test in tests] == [tried.send_id]


async def test_whoever_opts_out_in_the_same_moment_is_not_claimed(rt, tenant, book):
    """Whichever commits first: after both, no claim takes them."""
    for name in ("김하늘", "박노을", "최가람"):
        campaign = (await _draft(rt, tenant)).id
        contact = book.contacts[name]
        tried, _ = await asyncio.gather(_test(rt, tenant, campaign, contact), opt_out(rt, tenant, contact))
        await dispatch.serve_lane(rt, "test-worker", tenant, tried.send_id)
        async with tenant_tx(rt, tenant) as conn:
            [test] = await dispatch.list_trials(conn, tenant, campaign)
        assert [(line.message.state, line.message.reason) for line in test.people] == [
            ("skipped", "suppressed")
        ]
