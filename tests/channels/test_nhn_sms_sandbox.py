"""The NHN SMS adapter against the simulator: two readings of the same guide, written apart, must agree."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.sandbox.process import Client, webhook_receiver

from pabal.channels.base import (
    Accepted,
    CarrierAccount,
    Credentials,
    MembersPage,
    NewsState,
    OptOutPage,
    OutgoingMessage,
    Refused,
    Submitted,
    Unknown,
)
from pabal.channels.nhn import NhnSms
from pabal.domain.message import FailureClass as F

KEY, FROM = "APPKEYHUB0123456", "0212345678"
ADVERT = "(광고)푸른상회 오늘 할인해요\n무료수신거부 080-123-4567"


@pytest.fixture
def control(carrier: Client) -> Client:
    account = {
        "carrier": "nhn",
        "apiSecret": "the-secret",
        "senders": [FROM],
        "unsubscribeNos": ["0801234567"],
    }
    carrier.control("PUT", f"/accounts/{KEY}", account)
    return carrier


@pytest.fixture
def at_sandbox(control: Client) -> CarrierAccount:
    return CarrierAccount("a1", "nhn", control.url, Credentials(KEY, "the-secret", "hook-secret"))


@pytest.fixture
def nhn(http):
    return NhnSms(http)


def sms(n: int, text: str = "안녕하세요", **extra) -> OutgoingMessage:
    fields = {"kind": "sms", "sender": FROM, "to": f"010{20000000 + n}", **extra}
    return OutgoingMessage(attempt_id=f"s1.{n}.1", text=text, **fields)


def window() -> tuple[datetime, datetime]:
    now = datetime.now(UTC)
    return now - timedelta(minutes=10), now + timedelta(minutes=10)


async def submitted(nhn, account, key, people) -> Submitted:
    done = await nhn.submit(account, key, people)
    assert isinstance(done, Submitted), done
    return done


async def states(nhn, account, kind, provider_id) -> dict[str | None, NewsState]:
    page = await nhn.list_request(account, kind, provider_id)
    assert isinstance(page, MembersPage), page
    return {member.attempt_id: member.state for member in page.members}


async def test_what_was_sent_stands_in_the_ledger_with_our_keys(nhn, at_sandbox, control):
    short = await submitted(nhn, at_sandbox, "k1", [sms(1), sms(2)])
    await submitted(nhn, at_sandbox, "k2", [sms(3, "가" * 100, kind="lms", subject="제목")])
    assert all(isinstance(result, Accepted) for result in short.results.values())
    lines = {line["recipientKey"]: line for line in control.ledger()}
    assert set(lines) == {"s1.1.1", "s1.2.1", "s1.3.1"}
    first = lines["s1.1.1"]
    wanted = {
        "carrier": "nhn",
        "account": KEY,
        "channel": "sms",
        "to": "01020000001",
        "from": FROM,
        "text": "안녕하세요",
        "requestId": short.provider_id,
        "seq": 1,
        "groupKey": "k1",
    }
    assert {name: first[name] for name in wanted} == wanted
    assert lines["s1.3.1"]["channel"] == "lms"


async def test_a_lost_answer_is_found_by_our_key_and_only_that(nhn, at_sandbox, control):
    await submitted(nhn, at_sandbox, "other", [sms(9)])
    for fault in ("resetAfterAcceptRate", "acceptThen503Rate"):
        control.behave(**{fault: 1.0})
        assert isinstance(await nhn.submit(at_sandbox, fault, [sms(1), sms(2)]), Unknown)
        control.behave()
        found = await nhn.find(at_sandbox, "sms", fault, *window())
        assert isinstance(found, MembersPage)
        assert {m.attempt_id for m in found.members} == {"s1.1.1", "s1.2.1"}
        one = await nhn.find(at_sandbox, "sms", fault, *window(), attempt_id="s1.2.1")
        assert isinstance(one, MembersPage)
        assert [m.attempt_id for m in one.members] == ["s1.2.1"]
    nothing = await nhn.find(at_sandbox, "sms", "never-sent", *window())
    assert isinstance(nothing, MembersPage)
    assert nothing.members == ()


async def test_the_search_follows_the_carriers_clock_which_its_answers_tell(nhn, at_sandbox, control):
    control.control("PUT", "/clock", {"offsetSeconds": 7200})
    await submitted(nhn, at_sandbox, "k1", [sms(1)])
    missed = await nhn.find(at_sandbox, "sms", "k1", *window())
    assert isinstance(missed, MembersPage)
    assert missed.members == ()
    assert missed.server_date is not None
    around = (missed.server_date - timedelta(minutes=10), missed.server_date + timedelta(minutes=10))
    found = await nhn.find(at_sandbox, "sms", "k1", *around)
    assert isinstance(found, MembersPage)
    assert len(found.members) == 1


async def test_nothing_is_found_while_the_search_lags(nhn, at_sandbox, control):
    control.behave(searchLagMs=60_000)
    await submitted(nhn, at_sandbox, "k1", [sms(1)])
    page = await nhn.find(at_sandbox, "sms", "k1", *window())
    assert isinstance(page, MembersPage)
    assert page.members == ()


async def test_a_request_is_refused_as_a_whole_for_its_own_faults(nhn, at_sandbox, control):
    cases = {
        "-2312": [sms(1, sender="0299999999")],
        "-2023": [sms(1, "축하해요 🎉")],
        "-2015": [sms(1, "a" * 256)],
        "-6003": [sms(1, "(광고)할인해요", advert=True)],
        "-6004": [sms(1, "(광고)할인\n무료수신거부 080-999-9999", advert=True)],
    }
    for code, people in cases.items():
        refused = await nhn.submit(at_sandbox, "k", people)
        assert isinstance(refused, Refused), code
        assert refused.code == code
    assert control.ledger() == []


async def test_people_are_refused_one_by_one(nhn, at_sandbox, control):
    control.control("POST", "/optout", {"unsubscribeNo": "0801234567", "phone": "01020000002"})
    control.behave(fixedOutcome={"01020000003": "-2019"})
    people = [sms(n, ADVERT, advert=True) for n in (1, 2, 3)]
    done = await submitted(nhn, at_sandbox, "k", people)
    codes = {key: r.code for key, r in done.results.items() if isinstance(r, Refused)}
    assert codes == {"s1.2.1": "-6001", "s1.3.1": "-2019"}
    assert [line["recipientKey"] for line in control.ledger()] == ["s1.1.1"]
    # an opt-out concerns adverts; other texts still arrive
    done = await submitted(nhn, at_sandbox, "k2", [sms(2)])
    assert isinstance(done.results["s1.2.1"], Accepted)


async def test_a_text_between_90_bytes_and_255_characters_is_cut_not_refused(nhn, at_sandbox, control):
    await submitted(nhn, at_sandbox, "k", [sms(1, "가" * 60)])
    assert control.ledger()[0]["text"] == "가" * 45


async def test_the_months_cap_of_a_new_organisation(nhn, at_sandbox, control):
    control.control("PUT", f"/accounts/{KEY}", {"carrier": "nhn", "monthlyCap": 3})
    await submitted(nhn, at_sandbox, "k", [sms(1), sms(2)])
    refused = await nhn.submit(at_sandbox, "k2", [sms(3), sms(4)])
    assert isinstance(refused, Refused)
    assert (refused.code, refused.failure_class) == ("-2052", F.CONFIGURATION)
    assert len(control.ledger()) == 2


async def test_the_duplicate_filter_takes_the_second_copy_and_sends_it_not(nhn, at_sandbox, control):
    control.control("PUT", f"/accounts/{KEY}", {"carrier": "nhn", "duplicateFilterMinutes": 60})
    await submitted(nhn, at_sandbox, "k1", [sms(1)])
    second = await submitted(nhn, at_sandbox, "k2", [sms(1)])
    assert isinstance(second.results["s1.1.1"], Accepted)
    page = await nhn.list_request(at_sandbox, "sms", second.provider_id)
    assert isinstance(page, MembersPage)
    assert page.members[0].failure_class is F.DUPLICATE
    assert len(control.ledger()) == 1


async def test_results_come_by_asking(nhn, at_sandbox, control):
    control.behave(
        deliverDelayMs=0, fixedOutcome={"01020000002": "3001", "01020000003": "2000", "01020000004": "0000"}
    )
    done = await submitted(nhn, at_sandbox, "k", [sms(n) for n in (1, 2, 3, 4)])
    wanted = {
        "s1.1.1": NewsState.DELIVERED,
        "s1.2.1": NewsState.FAILED,
        "s1.3.1": NewsState.FAILED,
        "s1.4.1": NewsState.ACCEPTED,
    }
    while (found := await states(nhn, at_sandbox, "sms", done.provider_id)) != wanted:
        assert set(found) == set(wanted)


async def test_account_check_and_opt_outs(nhn, at_sandbox, control):
    assert (await nhn.check(at_sandbox)).ok
    wrong = CarrierAccount("x", "nhn", at_sandbox.base_url, Credentials(KEY, "wrong"))
    assert not (await nhn.check(wrong)).ok
    assert isinstance(await nhn.submit(wrong, "k", [sms(1)]), Refused)
    control.control("POST", "/optout", {"unsubscribeNo": "0801234567", "phone": "01022220000"})
    numbers, cursor = [], None
    while True:
        page = await nhn.list_optouts(at_sandbox, cursor)
        assert isinstance(page, OptOutPage)
        numbers += [item.number for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert numbers == ["01022220000"]
    assert control.ledger() == []


@pytest.mark.parametrize("quirks", [False, True])
async def test_its_webhooks_are_verified_and_read(nhn, at_sandbox, control, quirks):
    with webhook_receiver() as receiver:
        hook = {"carrier": "nhn", "webhookUrl": receiver.url + "/hooks/t/nhn", "webhookSecret": "hook-secret"}
        control.control("PUT", f"/accounts/{KEY}", hook)
        outcome = {"01020000002": "3006", "01020000003": "2000"}
        control.behave(deliverDelayMs=0, fixedOutcome=outcome, docQuirks=quirks)
        await submitted(nhn, at_sandbox, "k", [sms(n) for n in (1, 2, 3)])
        posted = receiver.next()
        assert nhn.verify_webhook(posted.headers, "hook-secret")
        assert not nhn.verify_webhook(posted.headers, "another")
        assert not nhn.verify_webhook(posted.headers, "")
        import json

        batch = nhn.parse_receipts(json.dumps(posted.body).encode())
        assert batch.junk == 0
        read = {item.attempt_id: (item.to_state, item.presumed, item.failure_class) for item in batch.news}
        assert read == {
            "s1.1.1": ("delivered", False, None),
            "s1.2.1": ("failed", False, F.POLICY),
            "s1.3.1": ("failed", True, F.RETRYABLE),
        }
        control.control("POST", "/optout", {"unsubscribeNo": "0801234567", "phone": "01022220000"})
        batch = nhn.parse_receipts(json.dumps(receiver.next().body).encode())
        assert [(one.number, one.sender) for one in batch.opt_outs] == [("01022220000", "0801234567")]


async def test_doubled_lost_and_disordered_receipts(nhn, at_sandbox, control):
    import json

    with webhook_receiver() as receiver:
        hook = {"carrier": "nhn", "webhookUrl": receiver.url, "webhookSecret": "hook-secret"}
        control.control("PUT", f"/accounts/{KEY}", hook)
        control.behave(deliverDelayMs=0, receiptOutOfOrder=True, receiptBatch=5)
        await submitted(nhn, at_sandbox, "k", [sms(n) for n in range(10)])
        seen: dict[str | None, list[str]] = {}
        while sum(map(len, seen.values())) < 20:
            for item in nhn.parse_receipts(json.dumps(receiver.next().body).encode()).news:
                seen.setdefault(item.attempt_id, []).append(item.to_state)
        assert all(pair == ["delivered", "accepted"] for pair in seen.values())
