"""From one channel to the next: only from certain failures of a listed class, never past a refusal, each step a unit."""

from dataclasses import replace

import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import TEMPLATE, behave, facing, nhn_account, solapi_account
from tests.support.hub import is_over, running_hub, until

from pabal.contacts import Blinder, suppress
from pabal.dispatch import (
    FrozenStep,
    Selection,
    announce_launch,
    cancel_send,
    create_send,
    gather_retries,
    launch_send,
    reconcile,
)
from pabal.dispatch.claim import claim_chunk
from pabal.dispatch.fence import mark_calling
from pabal.dispatch.ledger import apply_news, lock_send
from pabal.dispatch.outcome import commit_outcome, commit_void
from pabal.domain.ids import parse_attempt_id
from pabal.domain.message import AttemptState, FailureClass
from pabal.domain.news import News
from pabal.kit.db import tenant_tx

PEOPLE = 8


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier, question_pace=0.002)


@pytest.fixture
async def cards(rt, tenant):
    found = [person(n) for n in range(PEOPLE)]
    await fill_book(rt, tenant, found)
    return found


@pytest.fixture(params=["nhn", "solapi"])
async def accounts(request, rt, tenant):
    """(text account, Kakao account): two products of one carrier, or one account for both."""
    if request.param == "nhn":
        return await nhn_account(rt, tenant, "sms", "lms"), await nhn_account(rt, tenant, "alimtalk")
    account = await solapi_account(rt, tenant)
    return account, account


def sent(carrier):
    """{phone: channels it got, in order}"""
    found: dict[str, list[str]] = {}
    for line in carrier.ledger():
        found.setdefault(line["to"], []).append(line["channel"])
    return found


def steps(accounts, *channels, **options):
    text, kakao = accounts
    made = {
        "sms": FrozenStep(
            channel="sms", body="설명회 안내", sender_number="0212345678", account_id=text, **options
        ),
        "alimtalk": FrozenStep(
            channel="alimtalk",
            body=TEMPLATE["content"],
            sender_number="0212345678",
            account_id=kakao,
            template_code="PBTEST1",
            pf_id="KA01PFTEST",
            **options,
        ),
    }
    return [made[channel] for channel in channels]


async def launched(rt, tenant, plan):
    async with tenant_tx(rt, tenant) as conn:
        send = await create_send(
            conn,
            tenant,
            kind="campaign",
            campaign_id=None,
            steps=plan,
            selection=Selection(filter={}),
        )
    await announce_launch(rt, tenant, send)
    return send


async def go(rt, tenant, plan):
    async with running_hub(rt):
        send = await launched(rt, tenant, plan)
        return await until(rt, tenant, send, is_over, seconds=90)


async def mark(rt, tenant, claimed, planned):
    """As if it had been called."""
    async with tenant_tx(rt, tenant) as conn:
        await mark_calling(conn, claimed.hold, planned.request_id, "submit", lease=12)


async def units(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT used, reserved FROM quota_months")
        return await cursor.fetchall()


NOT_THERE = {"nhn": "3019", "solapi": "3104"}
REFUSED = {"nhn": "3006", "solapi": "3047"}
SILENT = {"nhn": "2000", "solapi": "3040"}
NO_SUBSCRIBER = {"nhn": "3001", "solapi": "3032"}


def name_of(accounts):
    return "solapi" if accounts[0] == accounts[1] else "nhn"


async def test_kakao_first_and_a_text_for_who_is_not_there(rt, tenant, carrier, cards, accounts):
    absent = cards[2].phones[0]
    behave(carrier, channelOutcome={"alimtalk": {absent: NOT_THERE[name_of(accounts)]}})
    done = await go(rt, tenant, steps(accounts, "alimtalk", "sms"))
    assert done.counts["delivered"] == PEOPLE
    got = sent(carrier)
    assert got.pop(absent) == ["alimtalk", "sms"]
    assert set(map(tuple, got.values())) == {("alimtalk",)}
    assert await units(rt, tenant) == [(PEOPLE + 1, 0)]


async def test_text_first_and_kakao_for_certain_failures_only(rt, tenant, carrier, cards, accounts):
    name = name_of(accounts)
    codes = {
        cards[0].phones[0]: NO_SUBSCRIBER[name],
        cards[1].phones[0]: REFUSED[name],
        cards[2].phones[0]: SILENT[name],
    }
    behave(carrier, channelOutcome={"sms": codes})
    done = await go(rt, tenant, steps(accounts, "sms", "alimtalk"))
    got = sent(carrier)
    assert got[cards[0].phones[0]] == ["sms", "alimtalk"]
    assert got[cards[1].phones[0]] == ["sms"]  # a refusal is never followed by another try
    assert got[cards[2].phones[0]] == ["sms"]  # silence may still turn into a delivery
    assert (done.counts["delivered"], done.counts["failed"]) == (PEOPLE - 2, 2)


async def test_who_may_get_both_is_tried_after_silence_too(rt, tenant, carrier, cards, accounts):
    silent = cards[2].phones[0]
    behave(carrier, channelOutcome={"sms": {silent: SILENT[name_of(accounts)]}})
    await go(rt, tenant, steps(accounts, "sms", "alimtalk", may_overlap=True))
    assert sent(carrier)[silent] == ["sms", "alimtalk"]


@pytest.mark.parametrize("accounts", ["nhn"], indirect=True)  # a group takes a whole chunk
async def test_a_chunk_that_opens_again_leaves_its_people_to_their_next_step(rt, tenant, cards, accounts):
    """One request of a chunk fails for certain and its people wait for the next channel; another is proven not to have gone
    out, which opens the chunk once more. It may take its own people only."""
    text, kakao = steps(accounts, "sms", "alimtalk")
    async with tenant_tx(rt, tenant) as conn:
        send = await create_send(
            conn,
            tenant,
            kind="campaign",
            campaign_id=None,
            steps=[replace(text, body="#{이름}님, 설명회 안내"), kakao],
            selection=Selection(filter={}),
        )
    await launch_send(rt, tenant, send)
    first = await claim_chunk(rt, tenant, send, "one worker")
    failing, unsent = first.planned[0], first.planned[1:]
    assert unsent, "each person's text is a request of its own"
    await mark(rt, tenant, first, failing)
    keys = [parse_attempt_id(message.attempt_id) for message in failing.messages]
    refused = [
        News(seq, n, AttemptState.ERRORED, code="3001", failure_class=FailureClass.FINAL)
        for _, seq, n in keys
    ]
    await commit_outcome(rt, first.hold, failing.request_id, failing.step.account_id, refused, release=False)
    for request in unsent:
        await commit_void(rt, first.hold, request.request_id, note="never written", again_after=0)
    await gather_retries(rt, tenant, send)

    taken: dict[str, int] = {}
    while (again := await claim_chunk(rt, tenant, send, "another")) is not None:
        for planned in again.planned:
            for message in planned.messages:
                assert taken.setdefault(message.to, again.hold.step) == again.hold.step
    assert {to for to, step in taken.items() if step == 1} == {message.to for message in failing.messages}
    assert len(taken) == PEOPLE


@pytest.mark.parametrize("accounts", ["nhn"], indirect=True)
async def test_a_certain_failure_after_the_presumed_one_takes_no_channel_away(
    rt, tenant, carrier, cards, accounts
):
    """While she waits for the second of three channels, the first says no for certain: she is still due on the second."""
    plan = steps(accounts, "sms", "alimtalk", "sms", may_overlap=True, after_seconds=60)
    send = await launched(rt, tenant, plan)
    await launch_send(rt, tenant, send)
    first = await claim_chunk(rt, tenant, send, "a worker")
    (planned,) = first.planned
    await mark(rt, tenant, first, planned)
    keys = [parse_attempt_id(message.attempt_id)[1:] for message in planned.messages]
    final = FailureClass.FINAL
    silent = [
        News(seq, n, AttemptState.FAILED, presumed=True, code="2000", failure_class=final) for seq, n in keys
    ]
    await commit_outcome(rt, first.hold, planned.request_id, planned.step.account_id, silent)
    async with tenant_tx(rt, tenant) as conn:
        row = await lock_send(conn, tenant, send)
        assert row is not None
        said = [News(seq, n, AttemptState.FAILED, code="3001", failure_class=final) for seq, n in keys]
        await apply_news(conn, row, said)
        await conn.execute("UPDATE retries SET due_at = clock_timestamp() WHERE send_id = %s", (send,))
    await gather_retries(rt, tenant, send)
    second = await claim_chunk(rt, tenant, send, "a worker")
    assert (second.hold.step, second.people) == (1, PEOPLE)


async def test_a_late_success_counts_although_the_try_after_it_fails(rt, tenant, carrier, cards, accounts):
    """Presumed lost, so a second channel is under way; then the first one's receipt comes, then the second's refusal."""
    text, kakao = steps(accounts, "sms", "alimtalk", may_overlap=True)
    send = await launched(rt, tenant, [text, kakao])
    await launch_send(rt, tenant, send)
    first = await claim_chunk(rt, tenant, send, "a worker")
    keys = [parse_attempt_id(m.attempt_id)[1:] for one in first.planned for m in one.messages]

    async def say(*news):
        async with tenant_tx(rt, tenant) as conn:
            row = await lock_send(conn, tenant, send)
            assert row is not None
            await apply_news(conn, row, news)

    final = FailureClass.FINAL
    await say(
        *(
            News(seq, n, AttemptState.FAILED, presumed=True, code="3040", failure_class=final)
            for seq, n in keys
        )
    )
    await gather_retries(rt, tenant, send)
    second = await claim_chunk(rt, tenant, send, "a worker")
    assert second.hold.step == 1
    await say(*(News(seq, 1, AttemptState.DELIVERED) for seq, _ in keys))
    await say(*(News(seq, 2, AttemptState.FAILED, code="3104", failure_class=final) for seq, _ in keys))
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT state, count(*) FROM messages GROUP BY 1")
        assert await cursor.fetchall() == [("delivered", PEOPLE)]
        (books,) = await reconcile(conn, tenant, [send])
    assert books.differences == ()


async def test_only_listed_classes_hand_over(rt, tenant, carrier, cards, accounts):
    absent = cards[2].phones[0]
    behave(carrier, channelOutcome={"alimtalk": {absent: NOT_THERE[name_of(accounts)]}})
    done = await go(rt, tenant, steps(accounts, "alimtalk", "sms", fallback_on=(FailureClass.RETRYABLE,)))
    assert sent(carrier)[absent] == ["alimtalk"]
    assert done.counts["failed"] == 1


async def test_whoever_opts_out_in_between_gets_no_second_try(rt, tenant, carrier, cards, accounts):
    absent = cards[2].phones[0]
    behave(carrier, channelOutcome={"alimtalk": {absent: NOT_THERE[name_of(accounts)]}})
    blinder = Blinder(await rt.keys.of(rt.pool, tenant))
    async with tenant_tx(rt, tenant) as conn:
        await suppress(
            conn,
            tenant,
            kind="phone",
            address_keys=[blinder.address_key("phone", absent)],
            channels=("sms",),
            reason="문자 거부",
            source="manual",
        )
    done = await go(rt, tenant, steps(accounts, "alimtalk", "sms"))
    assert sent(carrier)[absent] == ["alimtalk"]
    assert ("skipped", "suppressed", 1) in done.by_reason


async def test_a_failure_after_the_cancellation_starts_nothing_and_the_send_ends(
    rt, tenant, carrier, cards, accounts
):
    absent = cards[2].phones[0]
    behave(
        carrier,
        deliverDelayMs=1500,
        channelOutcome={"alimtalk": {absent: NOT_THERE[name_of(accounts)]}},
    )
    async with running_hub(rt):
        send = await launched(rt, tenant, steps(accounts, "alimtalk", "sms"))
        await until(rt, tenant, send, lambda p: p.counts["accepted"] == PEOPLE)
        async with tenant_tx(rt, tenant) as conn:
            await cancel_send(conn, tenant, send)
        done = await until(rt, tenant, send, is_over)
    assert (done.counts["delivered"], done.counts["cancelled"]) == (PEOPLE - 1, 1)
    assert sent(carrier)[absent] == ["alimtalk"]


async def test_silence_that_turns_into_a_certain_failure_after_the_end_hands_over(
    rt, tenant, carrier, cards, accounts
):
    """The send was finished: it is under way again for the one who is due on the next channel."""
    name = name_of(accounts)
    silent = cards[2].phones[0]
    behave(carrier, channelOutcome={"sms": {silent: SILENT[name]}})
    async with running_hub(rt):
        send = await launched(rt, tenant, steps(accounts, "sms", "alimtalk"))
        await until(rt, tenant, send, lambda p: p.state == "finished")
        async with tenant_tx(rt, tenant) as conn:
            row = await lock_send(conn, tenant, send)
            assert row is not None
            cursor = await conn.execute("SELECT seq, n FROM attempts WHERE state = 'failed'")
            ((seq, n),) = await cursor.fetchall()
            late = News(seq, n, AttemptState.FAILED, code="3001", failure_class=FailureClass.FINAL)
            await apply_news(conn, row, [late])
        done = await until(rt, tenant, send, lambda p: is_over(p) and p.counts["delivered"] == PEOPLE)
    assert done.state == "finished"
    assert sent(carrier)[silent] == ["sms", "alimtalk"]
