"""Requests as NHN documents them, and what each answer proves."""

import pytest
from tests.channels.carrier_server import answer, close, hang, reset

from pabal.channels.base import (
    Accepted,
    CarrierAccount,
    Credentials,
    MembersPage,
    NewsState,
    NotSent,
    OutgoingMessage,
    Refused,
    Submitted,
    Unknown,
)
from pabal.channels.nhn import NhnSms
from pabal.channels.nhn.sms import title_of
from pabal.domain.message import FailureClass as F

REQUEST = "20261121090000AbCdEfGhIj0"


def sms(n=1, **extra):
    return OutgoingMessage(f"s1.{n}.1", f"0101111{n:04d}", "0212345678", "sms", "안녕하세요", **extra)


@pytest.fixture
def nhn(http):
    return NhnSms(http, wall_seconds=1.0)


@pytest.fixture
def account(server):
    return CarrierAccount(
        "a1", "nhn", server.url, Credentials("APPKEY0123456789", "the-secret", "hook-secret")
    )


def yes(*rows, **data):
    body = {
        "requestId": REQUEST,
        "statusCode": "2",
        "senderGroupingKey": "k",
        "sendResultList": list(rows),
        **data,
    }
    return {
        "header": {"isSuccessful": True, "resultCode": 0, "resultMessage": "SUCCESS"},
        "body": {"data": body},
    }


def row(n=1, code=0, **extra):
    base = {"recipientNo": f"0101111{n:04d}", "resultCode": code, "resultMessage": "", "recipientSeq": n}
    return {**base, "recipientGroupingKey": f"s1.{n}.1", **extra}


def no(code):
    return {"header": {"isSuccessful": False, "resultCode": code, "resultMessage": "…"}}


async def test_one_text_goes_to_all_with_both_keys(nhn, server, account):
    server.plan(answer(200, yes(row(1), row(2))))
    done = await nhn.submit(account, "req-1", [sms(1), sms(2)])
    assert isinstance(done, Submitted)
    assert done.provider_id == REQUEST
    assert done.results == {"s1.1.1": Accepted(f"{REQUEST}/1"), "s1.2.1": Accepted(f"{REQUEST}/2")}
    (seen,) = server.seen
    assert (seen.method, seen.target) == ("POST", "/sms/v3.0/appKeys/APPKEY0123456789/sender/sms")
    assert seen.headers["x-secret-key"] == "the-secret"
    assert seen.json == {
        "body": "안녕하세요",
        "sendNo": "0212345678",
        "senderGroupingKey": "req-1",
        "recipientList": [
            {"recipientNo": f"0101111{n:04d}", "countryCode": "82", "recipientGroupingKey": f"s1.{n}.1"}
            for n in (1, 2)
        ],
    }


@pytest.mark.parametrize(
    ("kind", "advert", "path"),
    [("sms", False, "sms"), ("sms", True, "ad-sms"), ("lms", False, "mms"), ("lms", True, "ad-mms")],
)
async def test_each_kind_has_its_endpoint(nhn, server, account, kind, advert, path):
    server.plan(answer(200, yes(row())))
    await nhn.submit(
        account, "k", [OutgoingMessage("s1.1.1", "01011110001", "0212345678", kind, "글", advert=advert)]
    )
    assert server.seen[0].target.endswith(f"/sender/{path}")
    assert ("title" in server.seen[0].json) is (kind == "lms")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("\n  주민 설명회 안내  \n본문", "주민 설명회 안내"),
        ("가" * 30, "가" * 20),
        ("a" + "가" * 30, "a" + "가" * 19),
    ],
)
def test_a_long_text_without_subject_gets_its_first_line_as_title(text, title):
    assert title_of(text) == title


async def test_different_texts_never_share_a_request(nhn, account):
    other = OutgoingMessage("s1.2.1", "01022223333", "0212345678", "sms", "다른 글")
    with pytest.raises(ValueError, match="one text"):
        await nhn.submit(account, "k", [sms(1), other])


async def test_rows_may_fail_one_by_one(nhn, server, account):
    rows = [row(1), row(2, -6001), row(3, -2019), row(4, -7777)]
    server.plan(answer(200, yes(*rows)))
    done = await nhn.submit(account, "k", [sms(n) for n in range(1, 6)])
    assert isinstance(done, Submitted)
    results = done.results
    assert isinstance(results["s1.1.1"], Accepted)
    refused = results["s1.2.1"]
    assert isinstance(refused, Refused)
    assert (refused.failure_class, refused.certain, refused.one_of_them) == (F.POLICY, True, False)
    assert isinstance(results["s1.3.1"], Refused)
    assert isinstance(results["s1.4.1"], Unknown)  # a code that nobody lists
    assert results["s1.5.1"] == Unknown("missing_row")


async def test_rows_without_our_key_are_matched_by_place_and_number(nhn, server, account):
    bare = {"recipientGroupingKey": None}
    server.plan(answer(200, yes(row(1, **bare), row(2, **bare, recipientNo="01099999999"))))
    done = await nhn.submit(account, "k", [sms(1), sms(2)])
    assert isinstance(done, Submitted)
    assert isinstance(done.results["s1.1.1"], Accepted)
    assert done.results["s1.2.1"] == Unknown("missing_row")


@pytest.mark.parametrize(
    ("code", "failure_class", "one_of_them"),
    [
        (-1001, F.CONFIGURATION, False),
        (-2312, F.CONFIGURATION, False),
        (-2052, F.CONFIGURATION, False),
        (-2023, F.CONTENT, False),
        (-6001, F.POLICY, True),
        (-2019, F.FINAL, True),
    ],
)
async def test_a_refusal_in_its_own_envelope_is_certain(
    nhn, server, account, code, failure_class, one_of_them
):
    server.plan(answer(200, no(code)))
    refused = await nhn.submit(account, "k", [sms()])
    assert isinstance(refused, Refused)
    assert (refused.code, refused.certain) == (str(code), True)
    assert (refused.failure_class, refused.one_of_them) == (failure_class, one_of_them)


@pytest.mark.parametrize(
    "behaviour",
    [
        answer(200, no(-9999)),
        answer(200, no(-2021)),
        answer(200, no(-123456)),
        answer(500, no(-2001)),
        answer(503, "Service Unavailable"),
        answer(502, "<html></html>"),
        answer(200, {"ok": True}),
        answer(200, "no json"),
        answer(200, yes(requestId=None)),
        answer(404, "not found"),
        reset,
        close,
        hang,
    ],
)
async def test_everything_else_is_unknown(nhn, server, account, behaviour):
    server.plan(behaviour)
    assert isinstance(await nhn.submit(account, "k", [sms()]), Unknown)


async def test_throttled_is_a_certain_no(nhn, server, account):
    server.plan(answer(429, "slow down", headers={"Retry-After": "3"}))
    refused = await nhn.submit(account, "k", [sms()])
    assert isinstance(refused, Refused)
    assert (refused.failure_class, refused.certain, refused.retry_after) == (F.RETRYABLE, True, 3.0)


async def test_nobody_there_is_not_sent(nhn):
    nowhere = CarrierAccount("a", "nhn", "http://127.0.0.1:9", Credentials("k", "s"))
    assert isinstance(await nhn.submit(nowhere, "k", [sms()]), NotSent)


def listed(**extra):
    base = {"requestId": REQUEST, "recipientSeq": 1, "recipientGroupingKey": "s1.1.1", "resultCode": None}
    return {**base, "msgStatus": "2", **extra}


def page_of(*rows, total=None):
    body = {
        "pageNum": 1,
        "pageSize": 1000,
        "totalCount": len(rows) if total is None else total,
        "data": list(rows),
    }
    return {"header": {"isSuccessful": True, "resultCode": 0, "resultMessage": ""}, "body": body}


@pytest.mark.parametrize(
    ("fields", "state", "presumed", "failure_class"),
    [
        ({}, NewsState.ACCEPTED, False, None),
        ({"msgStatus": "1"}, NewsState.ACCEPTED, False, None),
        ({"msgStatus": "7"}, NewsState.ACCEPTED, False, None),
        ({"msgStatus": "3", "resultCode": "1000"}, NewsState.DELIVERED, False, None),
        ({"msgStatus": "3", "resultCode": "3001"}, NewsState.FAILED, False, F.FINAL),
        ({"msgStatus": "3", "resultCode": "3006"}, NewsState.FAILED, False, F.POLICY),
        ({"msgStatus": "3", "resultCode": "2000"}, NewsState.FAILED, True, F.RETRYABLE),
        ({"msgStatus": "3", "resultCode": "5555"}, NewsState.FAILED, True, F.CONFIGURATION),
        ({"msgStatus": 0, "resultCode": "-2019"}, NewsState.REFUSED, False, F.FINAL),
        ({"msgStatus": "4"}, NewsState.REFUSED, False, F.CONFIGURATION),
        ({"msgStatus": "5"}, NewsState.FAILED, False, F.DUPLICATE),
        ({"msgStatus": "6"}, NewsState.FAILED, False, F.POLICY),
        ({"msgStatus": "9"}, NewsState.OTHER, False, None),
    ],
)
async def test_what_a_search_says_about_a_person(
    nhn, server, account, fields, state, presumed, failure_class
):
    server.plan(answer(200, page_of(listed(**fields))))
    page = await nhn.list_request(account, "sms", REQUEST)
    assert isinstance(page, MembersPage)
    (member,) = page.members
    assert (member.attempt_id, member.provider_message_id) == ("s1.1.1", f"{REQUEST}/1")
    assert (member.state, member.presumed, member.failure_class) == (state, presumed, failure_class)


async def test_a_search_names_key_window_and_kind(nhn, server, account):
    from datetime import UTC, datetime

    server.plan(answer(200, page_of()))
    since, until = datetime(2026, 11, 21, 0, 0, tzinfo=UTC), datetime(2026, 11, 21, 0, 20, tzinfo=UTC)
    page = await nhn.find(account, "lms", "req-1", since, until, attempt_id="s1.1.1")
    assert isinstance(page, MembersPage)
    assert page.members == ()
    target = server.seen[0].target
    assert "/sender/mms?" in target
    for part in (
        "startRequestDate=2026-11-21%2009%3A00%3A00",
        "endRequestDate=2026-11-21%2009%3A20%3A00",
        "senderGroupingKey=req-1",
        "recipientGroupingKey=s1.1.1",
        "pageSize=1000",
    ):
        assert part in target.replace("+", "%20")


@pytest.mark.parametrize("broken", [page_of({"requestId": REQUEST}), no(-9999), page_of(listed(), "row")])
async def test_an_unreadable_row_makes_the_page_unknown(nhn, server, account, broken):
    server.plan(answer(200, broken))
    assert isinstance(await nhn.list_request(account, "sms", REQUEST), Unknown)


async def test_pages_are_followed_to_their_end(nhn, server, account):
    server.plan(answer(200, page_of(listed(), total=1500)), answer(200, page_of(listed(), total=1500)))
    first = await nhn.list_request(account, "sms", REQUEST)
    assert isinstance(first, MembersPage)
    assert first.next_cursor == "2"
    second = await nhn.list_request(account, "sms", REQUEST, first.next_cursor)
    assert isinstance(second, MembersPage)
    assert second.next_cursor is None
