"""The adapter against the simulator: two readings of the same documents, written apart, must agree."""

import json

import pytest
from tests.sandbox.process import Client, webhook_receiver

from pabal.channels.base import (
    Added,
    CarrierAccount,
    ContainerState,
    Created,
    Credentials,
    Discarded,
    MembersPage,
    NewsState,
    OptOutPage,
    OutgoingMessage,
    ReceiptNews,
    Refused,
    Registered,
    RequestView,
    Sent,
    Unknown,
)
from pabal.channels.solapi import SolapiCarrier

FROM = "0212345678"
TEMPLATE = {
    "templateId": "KA01TP1",
    "content": "안녕하세요, #{이름}님.",
    "pfId": "KA01PF1",
    "state": "APPROVED",
}


@pytest.fixture
def control(carrier: Client) -> Client:
    account = {"apiSecret": "secret-secret", "senders": [FROM], "templates": [TEMPLATE]}
    carrier.control("PUT", "/accounts/NCSHUB0123456789", account)
    return carrier


@pytest.fixture
def at_sandbox(control: Client) -> CarrierAccount:
    return CarrierAccount("a1", "solapi", control.url, Credentials("NCSHUB0123456789", "secret-secret"))


def sms(n: int, to: str = "", **extra: str) -> OutgoingMessage:
    return OutgoingMessage(
        f"s1.{n}.1", to or f"010{20000000 + n}", extra.get("sender", FROM), "sms", f"안내 {n}"
    )


async def created(solapi: SolapiCarrier, account: CarrierAccount) -> str:
    group = await solapi.create(account)
    assert isinstance(group, Created), group
    return group.provider_id


async def members(solapi: SolapiCarrier, account: CarrierAccount, group: str) -> dict[str | None, NewsState]:
    found: dict[str | None, NewsState] = {}
    cursor = None
    while True:
        page = await solapi.list_members(account, group, cursor)
        assert isinstance(page, MembersPage), page
        found |= {m.attempt_id: m.state for m in page.members}
        cursor = page.next_cursor
        if cursor is None:
            return found


def ledger(control: Client) -> list[dict[str, object]]:
    return [line for line in control.ledger() if line["account"] == "NCSHUB0123456789"]


async def test_create_add_send_and_the_ledger_agrees(solapi, at_sandbox, control):
    group = await created(solapi, at_sandbox)
    kakao = OutgoingMessage(
        "s1.9.1", "01099990000", FROM, "alimtalk", "", "", "KA01TP1", "KA01PF1", {"이름": "김철수"}
    )
    long = OutgoingMessage("s1.8.1", "01088880000", FROM, "lms", "가" * 100, subject="제목")
    added = await solapi.add(at_sandbox, group, [sms(1), long, kakao])
    assert isinstance(added, Added)
    assert {key: type(result) for key, result in added.results.items()} == dict.fromkeys(
        ("s1.1.1", "s1.8.1", "s1.9.1"), Registered
    )
    assert ledger(control) == []  # nothing leaves before send
    sent = await solapi.send(at_sandbox, group)
    assert isinstance(sent, Sent)
    assert not sent.already
    again = await solapi.send(at_sandbox, group)
    assert isinstance(again, Sent)
    assert again.already
    lines = {line["recipientKey"]: line for line in ledger(control)}
    assert set(lines) == {"s1.1.1", "s1.8.1", "s1.9.1"}
    assert lines["s1.9.1"]["text"] == "안녕하세요, 김철수님."
    assert {line["channel"] for line in lines.values()} == {"sms", "lms", "alimtalk"}
    assert set(await members(solapi, at_sandbox, group)) == set(lines)


async def test_refusals_name_the_person_and_the_reason(solapi, at_sandbox, control):
    group = await created(solapi, at_sandbox)
    control.control("POST", "/optout", {"unsubscribeNo": "0801234567", "phone": "01022220000"})
    control.behave(fixedOutcome={"01033330000": "1060"})
    bad_sender = sms(4, sender="0299999999")
    added = await solapi.add(
        at_sandbox,
        group,
        [
            sms(1),
            sms(2, "01033330000"),
            OutgoingMessage("s1.3.1", "01044440000", FROM, "sms", "😀"),
            bad_sender,
        ],
    )
    assert isinstance(added, Added)
    codes = {key: r.code for key, r in added.results.items() if isinstance(r, Refused)}
    assert codes == {"s1.2.1": "1060", "s1.3.1": "1029", "s1.4.1": "1062"}
    assert isinstance(added.results["s1.1.1"], Registered)


async def test_a_group_before_and_after_its_send(solapi, at_sandbox, control):
    group = await created(solapi, at_sandbox)
    await solapi.add(at_sandbox, group, [sms(1)])
    before = await solapi.read(at_sandbox, group)
    assert isinstance(before, RequestView)
    assert (before.state, before.shows_sending) == (ContainerState.PENDING, False)
    await solapi.send(at_sandbox, group)
    after = await solapi.read(at_sandbox, group)
    assert isinstance(after, RequestView)
    assert after.shows_sending
    refused = await solapi.discard(at_sandbox, group)
    assert isinstance(refused, Refused)


async def test_a_discarded_group_takes_and_sends_nothing(solapi, at_sandbox, control):
    group = await created(solapi, at_sandbox)
    await solapi.add(at_sandbox, group, [sms(1)])
    assert isinstance(await solapi.discard(at_sandbox, group), Discarded)
    view = await solapi.read(at_sandbox, group)
    assert isinstance(view, RequestView)
    assert (view.state, view.shows_sending) == (ContainerState.DELETED, False)
    assert isinstance(await solapi.add(at_sandbox, group, [sms(2)]), Refused)
    assert isinstance(await solapi.send(at_sandbox, group), Refused)
    assert ledger(control) == []


async def test_a_delete_that_loses_the_race_shows_itself_later(solapi, at_sandbox, control):
    control.behave(deleteRaceMs=150, deliverDelayMs=0)
    group = await created(solapi, at_sandbox)
    await solapi.add(at_sandbox, group, [sms(1)])
    await solapi.send(at_sandbox, group)
    discarded = await solapi.discard(at_sandbox, group)
    assert isinstance(discarded, Discarded)  # "DELETED", although the message goes out
    while True:  # what the engine's pause is for
        view = await solapi.read(at_sandbox, group)
        assert isinstance(view, RequestView)
        if view.shows_sending:
            break
    assert len(ledger(control)) == 1


@pytest.mark.parametrize("fault", ["resetAfterAcceptRate", "acceptThen503Rate"])
async def test_accepted_then_lost_is_unknown_and_found_by_asking(solapi, at_sandbox, control, fault):
    group = await created(solapi, at_sandbox)
    await solapi.add(at_sandbox, group, [sms(1)])
    control.behave(**{fault: 1.0})
    assert isinstance(await solapi.send(at_sandbox, group), Unknown)
    control.behave()
    view = await solapi.read(at_sandbox, group)
    assert isinstance(view, RequestView)
    assert view.shows_sending
    assert set(await members(solapi, at_sandbox, group)) == {"s1.1.1"}
    assert len(ledger(control)) == 1


async def test_a_lost_add_is_found_by_its_members(solapi, at_sandbox, control):
    group = await created(solapi, at_sandbox)
    control.behave(resetAfterAcceptRate=1.0)
    assert isinstance(await solapi.add(at_sandbox, group, [sms(n) for n in range(3)]), Unknown)
    control.behave()
    assert set(await members(solapi, at_sandbox, group)) == {"s1.0.1", "s1.1.1", "s1.2.1"}


async def test_a_second_copy_of_an_add_is_a_duplicate_that_is_not_certain(solapi, at_sandbox, control):
    group = await created(solapi, at_sandbox)
    await solapi.add(at_sandbox, group, [sms(1)])
    again = await solapi.add(at_sandbox, group, [sms(1)])
    assert isinstance(again, Added)
    refused = again.results["s1.1.1"]
    assert isinstance(refused, Refused)
    assert (refused.code, refused.certain) == ("1026", False)


async def test_members_come_in_pages(solapi, at_sandbox, control):
    group = await created(solapi, at_sandbox)
    people = [sms(n) for n in range(1200)]
    added = await solapi.add(at_sandbox, group, people)
    assert isinstance(added, Added)
    assert all(isinstance(result, Registered) for result in added.results.values())
    assert set(await members(solapi, at_sandbox, group)) == {m.attempt_id for m in people}


async def test_account_check_fence_and_opt_outs(solapi, at_sandbox, control):
    assert (await solapi.check(at_sandbox)).ok
    assert (await solapi.prove_fence(at_sandbox)).fenced is True
    wrong = CarrierAccount("x", "solapi", at_sandbox.base_url, Credentials("NCSHUB0123456789", "wrong"))
    refused = await solapi.check(wrong)
    assert (refused.ok, refused.code) == (False, "SignatureDoesNotMatch")
    control.control("PUT", "/accounts/NCSHUB0123456789", {"unsubscribeNos": ["0801234567"]})
    control.control("POST", "/optout", {"unsubscribeNo": "0801234567", "phone": "01022220000"})
    page = await solapi.list_optouts(at_sandbox)
    assert isinstance(page, OptOutPage)
    assert [item.number for item in page.items] == ["01022220000"]
    assert ledger(control) == []


async def test_its_webhooks_are_verified_and_read(solapi, at_sandbox, control):
    with webhook_receiver() as receiver:
        hook = {"webhookUrl": receiver.url + "/hooks/t/solapi", "webhookSecret": "test-secret"}
        control.control("PUT", "/accounts/NCSHUB0123456789", hook)
        control.behave(deliverDelayMs=0, fixedOutcome={"01033330000": "3040", "01044440000": "2061"})
        group = await created(solapi, at_sandbox)
        await solapi.add(at_sandbox, group, [sms(1), sms(2, "01033330000"), sms(3, "01044440000")])
        await solapi.send(at_sandbox, group)
        news: dict[str | None, ReceiptNews] = {}
        while len([n for n in news.values() if n.to_state != "accepted"]) < 3:
            posted = receiver.next()
            assert solapi.verify_webhook(posted.headers, "test-secret")
            assert not solapi.verify_webhook(posted.headers, "other-secret")
            batch = solapi.parse_receipts(json.dumps(posted.body).encode())
            assert batch.junk == 0
            news |= {one.attempt_id: one for one in batch.news}
    assert {key: (n.to_state, n.presumed, n.opt_out) for key, n in news.items()} == {
        "s1.1.1": ("delivered", False, False),
        "s1.2.1": ("failed", True, False),
        "s1.3.1": ("failed", False, True),
    }
