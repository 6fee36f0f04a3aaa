"""NHN SMS through the whole engine: once each, whatever the carrier does; its refusals mean what they say."""

import asyncio
import json
from collections import Counter
from contextlib import suppress

import psycopg
import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import behave, facing, nhn_account
from tests.support.hub import is_over, launch, progress_of, running_hub, until

from pabal.dispatch import (
    FrozenStep,
    Selection,
    announce_launch,
    apply_receipts,
    create_send,
    pause_send,
    resume_send,
    store_receipt,
)
from pabal.kit.db import tenant_tx

EVERYONE = Selection(filter={})


@pytest.fixture
def settings(settings, carrier):
    return facing(
        settings, carrier, question_pace=0.002
    )  # settle 300 s → 0.6 s, 60 s between questions → 0.12 s


@pytest.fixture
async def nhn(rt, tenant):
    return await nhn_account(rt, tenant, "sms", "lms")


def requests(carrier):
    return [line for line in carrier.requests() if line["step"] == "direct"]


async def people(rt, tenant, count):
    cards = [person(n) for n in range(count)]
    await fill_book(rt, tenant, cards)
    return cards


async def test_equal_texts_go_in_one_request_and_others_in_their_own(rt, tenant, nhn, carrier):
    cards = await people(rt, tenant, 30)
    async with running_hub(rt):
        send = await launch(rt, tenant, nhn, EVERYONE, body="주민 설명회에 초대합니다.")
        await until(rt, tenant, send, is_over)
        assert [line["accepted"] for line in requests(carrier)] == [30]
        send = await launch(rt, tenant, nhn, EVERYONE, body="#{이름}님, 설명회에 초대합니다.")
        done = await until(rt, tenant, send, is_over)
    names = Counter(card.name for card in cards)
    assert sorted(line["accepted"] for line in requests(carrier)[1:]) == sorted(names.values())
    assert done.counts["delivered"] == 30


@pytest.mark.parametrize(
    "behaviour",
    [
        {"resetAfterAcceptRate": 0.3, "seed": 7},
        {"acceptThen503Rate": 0.3, "seed": 8},
        {"http503Rate": 0.2, "seed": 9},
        {"ratePerSecond": 30, "seed": 10},
        {"errorRate": 0.1, "resetAfterAcceptRate": 0.2, "seed": 11},
        {"receiptLossRate": 1.0, "seed": 12},
    ],
    ids=",".join,
)
async def test_a_lying_carrier_doubles_nobody_and_loses_nobody(rt, tenant, nhn, carrier, behaviour):
    await people(rt, tenant, 60)
    behave(carrier, **behaviour)
    async with running_hub(rt):
        send = await launch(rt, tenant, nhn, EVERYONE)
        done = await until(rt, tenant, send, is_over, seconds=120)
    assert Counter(m["to"] for m in carrier.ledger()).most_common(1)[0][1] == 1
    assert len(carrier.ledger()) == done.counts["delivered"] == 60


async def test_receipts_come_by_webhook_too(rt, tenant, carrier):
    account = await nhn_account(rt, tenant, "sms", "lms", mode="webhook")
    await people(rt, tenant, 3)
    behave(carrier, fixedOutcome={person(0).phones[0]: "0000"})
    async with running_hub(rt):
        send = await launch(rt, tenant, account, EVERYONE)
        await until(rt, tenant, send, lambda p: p.counts["delivered"] == 2)
        (open_line,) = [m for m in carrier.ledger() if m["finalState"] is None]
        hook = {
            "requestId": open_line["requestId"],
            "recipientSeq": open_line["seq"],
            "messageStatus": "COMPLETED",
            "resultCode": "3001",
            "recipientGroupingKey": open_line["recipientKey"],
        }
        body = json.dumps({"event": "MESSAGE_RESULT_UPDATE", "hooks": [hook]}).encode()
        await store_receipt(rt, tenant, account, body)
        await apply_receipts(rt, tenant)
        done = await until(rt, tenant, send, is_over)
    assert ("failed", "3001", 1) in done.by_reason


async def test_a_fault_of_the_account_holds_the_send_and_keeps_its_people(rt, tenant, nhn, carrier):
    await people(rt, tenant, 20)
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute(
            "SELECT app.decrypt(credentials)::jsonb ->> 'apiKey' FROM carrier_accounts"
        )
        (key,) = await cursor.fetchone()
    carrier.control("PUT", f"/accounts/{key}", {"carrier": "nhn", "monthlyCap": 5})
    async with running_hub(rt):
        send = await launch(rt, tenant, nhn, EVERYONE, body="주민 설명회에 초대합니다.")
        held = await until(rt, tenant, send, lambda p: p.state == "held" and p.counts["sending"] == 0)
    assert (held.hold_reason, held.counts["queued"]) == ("carrier:-2052", 20)
    assert carrier.ledger() == []
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT used, reserved FROM quota_months")
        assert await cursor.fetchall() == [(0, 0)]


async def test_people_who_are_refused_by_name_fail_alone(rt, tenant, nhn, carrier):
    cards = await people(rt, tenant, 10)
    behave(carrier, fixedOutcome={cards[3].phones[0]: "-2019"})
    async with running_hub(rt):
        send = await launch(rt, tenant, nhn, EVERYONE, body="주민 설명회에 초대합니다.")
        done = await until(rt, tenant, send, is_over)
    assert ("failed", "-2019", 1) in done.by_reason
    assert len(carrier.ledger()) == done.counts["delivered"] == 9


async def test_a_request_refused_for_one_unnamed_recipient_is_halved_until_it_is_found(
    rt, tenant, nhn, carrier
):
    cards = await people(rt, tenant, 16)
    behave(carrier, fixedOutcome={cards[5].phones[0]: "-2019"}, refuseWholeRequest=True)
    async with running_hub(rt):
        send = await launch(rt, tenant, nhn, EVERYONE, body="주민 설명회에 초대합니다.")
        done = await until(rt, tenant, send, is_over)
    assert ("failed", "-2019", 1) in done.by_reason
    assert Counter(m["to"] for m in carrier.ledger()).most_common(1)[0][1] == 1
    assert len(carrier.ledger()) == done.counts["delivered"] == 15
    assert len(requests(carrier)) <= 1 + 2 * 4  # 16 people: four halvings


async def test_a_database_that_drops_everybody_leaves_nobody_to_a_person(rt, tenant, nhn, carrier, database):
    """A commit of unknown fate around a call: whoever called is alive and says later that its call has ended."""
    await people(rt, tenant, 60)
    behave(carrier, latencyMs=30)
    async with running_hub(rt):
        send = await launch(rt, tenant, nhn, EVERYONE)
        for part in (0.2, 0.4, 0.6, 0.8):
            await reached(rt, tenant, send, part)
            async with await psycopg.AsyncConnection.connect(database.admin_dsn, autocommit=True) as admin:
                await admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND usename = 'pabal_app'"
                )
        done = await reached(rt, tenant, send, None)
    assert done.counts["delivered"] == 60
    assert Counter(m["to"] for m in carrier.ledger()).most_common(1)[0][1] == 1
    assert len(carrier.ledger()) == 60


async def reached(rt, tenant, send, part):
    """Until a share has left the queue (None: until it is over), through a database that drops connections."""
    while True:
        with suppress(psycopg.OperationalError):
            progress = await progress_of(rt, tenant, send)
            waiting = progress.counts["queued"] + progress.counts["sending"]
            if is_over(progress) if part is None else progress.audience and waiting <= 60 * (1 - part):
                return progress
        await asyncio.sleep(0.05)


async def test_pause_stops_in_the_middle_of_a_chunk(rt, tenant, nhn, carrier):
    await people(rt, tenant, 60)
    behave(carrier, latencyMs=200)
    async with running_hub(rt):
        send = await launch(rt, tenant, nhn, EVERYONE)
        await until(rt, tenant, send, lambda p: p.counts["accepted"] + p.counts["delivered"] > 0)
        async with tenant_tx(rt, tenant) as conn:
            await pause_send(conn, tenant, send)
        paused = await until(rt, tenant, send, lambda p: p.counts["sending"] == p.counts["accepted"] == 0)
        assert 0 < paused.counts["queued"] < 60
        assert len(carrier.ledger()) == paused.counts["delivered"]
        assert (await progress_of(rt, tenant, send)).state == "paused"
        behave(carrier)
        async with tenant_tx(rt, tenant) as conn:
            await resume_send(conn, tenant, send)
        done = await until(rt, tenant, send, is_over)
    assert done.counts["delivered"] == 60
    assert len({m["to"] for m in carrier.ledger()}) == len(carrier.ledger()) == 60


async def test_a_channel_that_the_account_cannot_carry_holds_the_send(rt, tenant, nhn, carrier):
    await people(rt, tenant, 3)
    async with tenant_tx(rt, tenant) as conn:
        (step,) = [FrozenStep(channel="brand", body="글", sender_number="0212345678", account_id=nhn)]
        send = await create_send(
            conn, tenant, kind="campaign", campaign_id=None, steps=[step], selection=EVERYONE
        )
    async with running_hub(rt):
        await announce_launch(rt, tenant, send)
        held = await until(rt, tenant, send, lambda p: p.state == "held")
    assert (held.hold_reason, held.counts["queued"]) == ("account_channel", 3)


async def test_the_accounts_cap_stops_before_the_carrier_does_and_goes_on_when_raised(
    rt, tenant, nhn, carrier
):
    await people(rt, tenant, 12)
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute("UPDATE carrier_accounts SET monthly_cap = 5")
    async with running_hub(rt):
        send = await launch(rt, tenant, nhn, EVERYONE, body="주민 설명회에 초대합니다.")
        held = await until(rt, tenant, send, lambda p: p.state == "held" and p.counts["delivered"] == 5)
        assert (held.hold_reason, held.counts["queued"]) == ("account_cap", 7)
        async with tenant_tx(rt, tenant) as conn:
            await conn.execute("UPDATE carrier_accounts SET monthly_cap = 20")
        done = await until(rt, tenant, send, is_over)
    assert len(carrier.ledger()) == done.counts["delivered"] == 12


async def test_the_account_test_says_what_the_month_has_used(rt, camp, carrier):
    account = await nhn_account(rt, camp.id, "sms", "lms")
    await people(rt, camp.id, 3)
    await camp.owner.patch(f"/api/carrier-accounts/{account}", json={"monthlyCap": 5000})
    async with running_hub(rt):
        send = await launch(rt, camp.id, account, EVERYONE, body="주민 설명회에 초대합니다.")
        await until(rt, camp.id, send, is_over)
    said = (await camp.owner.post(f"/api/carrier-accounts/{account}/test")).json()
    assert (said["ok"], said["monthlyCap"], said["usedThisMonth"]) == (True, 5000, 3)


async def test_what_stays_unclear_for_ever_holds_the_send_instead_of_asking_for_ever(
    rt, tenant, nhn, carrier
):
    await people(rt, tenant, 3)
    behave(carrier, fixedOutcome={person(0).phones[0]: "-9999"}, refuseWholeRequest=True)
    async with running_hub(rt):
        send = await launch(rt, tenant, nhn, EVERYONE, body="주민 설명회에 초대합니다.")
        held = await until(rt, tenant, send, lambda p: p.state == "held", seconds=90)
    assert (held.hold_reason, held.counts["queued"]) == ("carrier:unclear", 3)
    assert carrier.ledger() == []
