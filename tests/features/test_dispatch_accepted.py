"""The carrier took everybody: written at once, and not a bit different from what the ledger writes when it judges each."""

import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import solapi_account
from tests.support.hub import launch

from pabal.contacts import Blinder, suppress
from pabal.dispatch import Selection, fence, launch_send, outcome
from pabal.dispatch.accepted import all_accepted
from pabal.dispatch.claim import claim_chunk
from pabal.dispatch.ledger import apply_news, lock_send
from pabal.domain.ids import parse_attempt_id
from pabal.domain.message import AttemptState, FailureClass
from pabal.domain.news import News
from pabal.kit.db import tenant_tx

PEOPLE = 12
WRITTEN = (
    """
    SELECT seq, n, state, presumed, code, failure_class, provider_id, quota_month, quota_state FROM attempts
    WHERE send_id = %s ORDER BY 1, 2
    """,
    "SELECT seq, state, reason, step, attempts FROM messages WHERE send_id = %s ORDER BY 1",
    "SELECT state, reason, sum(n) FROM send_counters WHERE send_id = %s GROUP BY 1, 2 HAVING sum(n) <> 0 ORDER BY 1",
    "SELECT kind, units, request_id IS NOT NULL FROM quota_entries WHERE send_id = %s ORDER BY 1",
    "SELECT state, owner, lease_until FROM chunks WHERE send_id = %s",
    "SELECT state, poll_after IS NOT NULL FROM requests WHERE send_id = %s",
    "SELECT seq, kind FROM incidents WHERE send_id = %s",
)


@pytest.fixture
async def account(rt, tenant):
    await fill_book(rt, tenant, [person(n) for n in range(PEOPLE)])
    return await solapi_account(rt, tenant)


async def called(rt, tenant, account, **options):
    """A send of everybody, claimed, with its request under way: (send, planned, hold)."""
    send = await launch(rt, tenant, account, Selection(filter={}), **options)
    await launch_send(rt, tenant, send)
    claimed = await claim_chunk(rt, tenant, send, "worker")
    (planned,) = claimed.planned
    async with tenant_tx(rt, tenant) as conn:
        hold = await fence.mark_calling(conn, claimed.hold, planned.request_id, "send", lease=60)
    return send, planned, hold


def taken(planned, **said):
    keys = [parse_attempt_id(message.attempt_id) for message in planned.messages]
    return [News(seq, n, AttemptState.ACCEPTED, provider_id=f"M{seq}", **said) for _, seq, n in keys]


async def written(rt, tenant, send):
    """Everything that an outcome touches, without its times and ids."""
    async with tenant_tx(rt, tenant) as conn:
        return [await (await conn.execute(query, (send,))).fetchall() for query in WRITTEN]


@pytest.mark.parametrize("said", [{}, {"code": "2000"}], ids=["without a code", "with a code"])
@pytest.mark.parametrize("rehearse", [False, True], ids=["on the quota", "rehearsal"])
async def test_at_once_writes_what_judging_each_writes(rt, tenant, account, monkeypatch, said, rehearse):
    quick, planned, hold = await called(rt, tenant, account, rehearse=rehearse)
    assert all_accepted(taken(planned, **said))
    await outcome.commit_outcome(rt, hold, planned.request_id, account, taken(planned, **said))
    monkeypatch.setattr(outcome, "all_accepted", lambda news: False)
    slow, planned, hold = await called(rt, tenant, account, rehearse=rehearse)
    await outcome.commit_outcome(rt, hold, planned.request_id, account, taken(planned, **said))
    first, second = await written(rt, tenant, quick), await written(rt, tenant, slow)
    assert first == second
    assert first[1][0][1] == "accepted"


async def test_a_receipt_that_was_faster_leaves_all_to_the_ledger_and_counts_nobody_twice(
    rt, tenant, account
):
    send, planned, hold = await called(rt, tenant, account)
    async with tenant_tx(rt, tenant) as conn:
        row = await lock_send(conn, tenant, send)
        assert row is not None
        early = [
            News(1, 1, AttemptState.DELIVERED),
            News(2, 1, AttemptState.FAILED, code="3014", failure_class=FailureClass.FINAL),
        ]
        assert (await apply_news(conn, row, early)).changed == 2
    await outcome.commit_outcome(rt, hold, planned.request_id, account, taken(planned))
    _, messages, counters, quota, chunks, requests, incidents = await written(rt, tenant, send)
    assert [state for _, state, *_ in messages] == ["delivered", "failed", *["accepted"] * (PEOPLE - 2)]
    assert {(state, int(n)) for state, _, n in counters} == {
        ("accepted", PEOPLE - 2),
        ("delivered", 1),
        ("failed", 1),
    }
    assert sum(units for kind, units, _ in quota if kind == "settle") == PEOPLE
    assert (chunks, requests, incidents) == ([("done", None, None)], [("answered", True)], [])


async def test_the_same_outcome_twice_changes_nothing(rt, tenant, account):
    """As after a commit whose fate nobody knows."""
    send, planned, hold = await called(rt, tenant, account)
    await outcome.commit_outcome(rt, hold, planned.request_id, account, taken(planned))
    before = await written(rt, tenant, send)
    await outcome.commit_outcome(rt, hold, planned.request_id, account, taken(planned))
    assert await written(rt, tenant, send) == before


@pytest.mark.parametrize(
    "news",
    [
        [],
        [News(1, 1, AttemptState.ACCEPTED), News(2, 1, AttemptState.ERRORED)],
        [News(1, 1, AttemptState.ACCEPTED), News(2, 2, AttemptState.ACCEPTED)],
        [News(1, 1, AttemptState.ACCEPTED), News(1, 1, AttemptState.ACCEPTED)],
        [News(1, 1, AttemptState.ACCEPTED, code="2000"), News(2, 1, AttemptState.ACCEPTED)],
        [News(1, 1, AttemptState.DELIVERED)],
    ],
    ids=["nobody", "one refused", "other tries", "one twice", "other words", "delivered"],
)
def test_only_one_and_the_same_word_about_everybody_is_written_at_once(news):
    assert not all_accepted(news)


async def test_whom_the_gate_stops_at_the_claim_gets_the_try_back(rt, tenant, account):
    send = await launch(rt, tenant, account, Selection(filter={}))
    await launch_send(rt, tenant, send)
    key = Blinder(await rt.keys.of(rt.pool, tenant)).address_key("phone", person(3).phones[0])
    async with tenant_tx(rt, tenant) as conn:
        await suppress(
            conn, tenant, kind="phone", address_keys=[key], channels=(), reason="거부", source="manual"
        )
    claimed = await claim_chunk(rt, tenant, send, "worker")
    assert claimed.people == PEOPLE - 1
    _, messages, counters, *_ = await written(rt, tenant, send)
    assert [(state, reason, n) for _, state, reason, _, n in messages if state != "sending"] == [
        ("skipped", "suppressed", 0)
    ]
    assert {(state, reason): int(n) for state, reason, n in counters} == {
        ("sending", ""): PEOPLE - 1,
        ("skipped", "suppressed"): 1,
    }
