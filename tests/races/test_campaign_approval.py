"""Approve against edit, cancel, launch and another approver: one wins, and nothing goes out that nobody approved."""

import asyncio

import pytest
from tests.support.campaigns import make_book

from pabal.accounts import SystemActor, add_person
from pabal.campaigns import create_campaign, read_campaign
from pabal.campaigns.actions import change_campaign
from pabal.campaigns.approval import change_rule, voiding
from pabal.campaigns.approve import approve_campaign, reject_campaign, request_approval
from pabal.campaigns.check import check_campaign
from pabal.campaigns.launch import cancel_campaign, launch_campaign
from pabal.domain.ids import TenantId
from pabal.domain.roles import Role
from pabal.kit.db import tenant_tx
from pabal.kit.http.errors import Problem

STEPS = [{"channel": "sms", "body": "설명회에 초대합니다."}]
EDITED = [{"channel": "sms", "body": "고친 글"}]


@pytest.fixture
async def people(rt, tenant):
    """Three admins: the first asks, the others may approve."""
    found: list[SystemActor] = []
    for name in ("윤가람", "이도현", "박노을"):
        user = await add_person(
            rt, TenantId(tenant), email=f"{len(found)}@example.com", password=None, role=Role.ADMIN, name=name
        )
        found.append(SystemActor(TenantId(tenant), "member", user))
    return found


@pytest.fixture
async def asked(rt, tenant, people):
    """A campaign that waits for approval."""
    await make_book(rt, tenant)
    author = people[0]
    async with tenant_tx(rt, tenant) as conn:
        await change_rule(conn, author, 1)
        campaign = await create_campaign(
            conn, author, name="설명회", message_class="civic", audience={"filter": {}}, steps=STEPS
        )
        digest = (await check_campaign(conn, rt, tenant, campaign)).digest
        return await request_approval(conn, rt, author, campaign.id, digest=digest)


async def _at_once(rt, tenant, who, campaign, *acts):
    barrier = asyncio.Barrier(len(acts))

    async def one(act):
        async with voiding(rt, who, campaign.id) as conn:
            await barrier.wait()
            return await act(conn)

    return await asyncio.gather(*(one(act) for act in acts), return_exceptions=True)


def _refused(results):
    unexpected = [r for r in results if isinstance(r, BaseException) and not isinstance(r, Problem)]
    assert not unexpected, unexpected
    return [r.code.code for r in results if isinstance(r, Problem)]


async def _approvals(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT state, decided_by FROM approvals ORDER BY id")
        return await cursor.fetchall()


async def test_of_two_approvers_one_decides(rt, tenant, people, asked):
    _, *others = people
    results = await _at_once(
        rt,
        tenant,
        people[0],
        asked,
        *(
            lambda conn, who=who: approve_campaign(conn, rt, who, asked.id, digest=asked.digest)
            for who in others
        ),
    )
    assert _refused(results) == ["campaign_state"]
    [(state, by)] = await _approvals(rt, tenant)
    assert state == "approved"
    assert by in {who.actor_id for who in others}


async def test_approve_and_reject_at_once_leave_one_word(rt, tenant, people, asked):
    results = await _at_once(
        rt,
        tenant,
        people[0],
        asked,
        lambda conn: approve_campaign(conn, rt, people[1], asked.id, digest=asked.digest),
        lambda conn: reject_campaign(conn, people[2], asked.id, reason="아니요"),
    )
    assert _refused(results) == ["campaign_state"]
    [(state, _)] = await _approvals(rt, tenant)
    async with tenant_tx(rt, tenant) as conn:
        now = await read_campaign(conn, asked.id)
    assert (state, now.state) in {("approved", "approved"), ("rejected", "draft")}


@pytest.mark.parametrize("turn", range(4))
async def test_an_edit_beside_an_approval_always_wins_in_the_end(rt, tenant, people, asked, turn):
    """Before it: nothing to approve any more. After it: the approval is void. Never an approved text nobody saw."""
    acts = [
        lambda conn: approve_campaign(conn, rt, people[1], asked.id, digest=asked.digest),
        lambda conn: change_campaign(conn, people[0], asked.id, {"steps": EDITED}, version=None),
    ]
    results = await _at_once(rt, tenant, people[0], asked, *(acts if turn % 2 else acts[::-1]))
    assert set(_refused(results)) <= {"campaign_state"}
    [(state, _)] = await _approvals(rt, tenant)
    async with tenant_tx(rt, tenant) as conn:
        now = await read_campaign(conn, asked.id)
    assert (state, now.state, now.steps) == ("voided", "draft", EDITED)
    with pytest.raises(Problem, match="approval_required"):
        async with tenant_tx(rt, tenant) as conn:
            await launch_campaign(conn, rt, people[0], asked.id)


@pytest.mark.parametrize("turn", range(4))
async def test_cancel_beside_an_approval_always_wins_in_the_end(rt, tenant, people, asked, turn):
    acts = [
        lambda conn: approve_campaign(conn, rt, people[1], asked.id, digest=asked.digest),
        lambda conn: cancel_campaign(conn, people[0], asked.id),
    ]
    results = await _at_once(rt, tenant, people[0], asked, *(acts if turn % 2 else acts[::-1]))
    assert set(_refused(results)) <= {"campaign_state"}
    [(state, _)] = await _approvals(rt, tenant)
    async with tenant_tx(rt, tenant) as conn:
        assert (state, (await read_campaign(conn, asked.id)).state) == ("voided", "cancelled")


async def test_a_launch_beside_an_edit_sends_only_what_was_approved(rt, tenant, people, asked):
    async with tenant_tx(rt, tenant) as conn:
        await approve_campaign(conn, rt, people[1], asked.id, digest=asked.digest)
    results = await _at_once(
        rt,
        tenant,
        people[0],
        asked,
        lambda conn: launch_campaign(conn, rt, people[0], asked.id),
        lambda conn: change_campaign(conn, people[0], asked.id, {"steps": EDITED}, version=None),
    )
    assert len(_refused(results)) == 1
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT steps -> 0 ->> 'body' FROM sends")
        sent = [row[0] for row in await cursor.fetchall()]
    assert sent in ([], ["설명회에 초대합니다."])
