"""Requests as the carrier documents them, and what each answer proves."""

import hashlib
import hmac
import re

import pytest
from tests.channels.carrier_server import answer, close, hang, reset

from pabal.channels.base import (
    Added,
    ContainerState,
    Created,
    Discarded,
    MembersPage,
    NewsState,
    OptOutPage,
    OutgoingMessage,
    Refused,
    Registered,
    RequestView,
    Sent,
    Unknown,
)
from pabal.channels.registry import NoSuchCarrierError, fenced_carrier
from pabal.channels.solapi.auth import authorization
from pabal.domain.message import FailureClass as F

GROUP = "G4V20261121090000ABCDEFGHIJKLMNO"
SMS = OutgoingMessage("s1.1.1", "01011112222", "0212345678", "sms", "안녕하세요")
LMS = OutgoingMessage("s1.2.1", "01033334444", "0212345678", "lms", "긴 글", subject="제목")
ATA = OutgoingMessage(
    "s1.3.1",
    "01055556666",
    "0212345678",
    "alimtalk",
    "김철수님",
    "",
    "KA01TP1",
    "KA01PF1",
    {"이름": "김철수"},
)


def group(status="PENDING", **extra):
    """A group as official samples show it."""
    return {
        "groupId": GROUP,
        "status": status,
        "dateSent": None,
        "count": {"total": 0, "sentTotal": 0, "sentFailed": 0, "sentSuccess": 0, "registeredSuccess": 1},
        "log": [
            {"message": "메시지 그룹이 생성되었습니다.", "createAt": "2020-09-09T05:23:20.587Z"},
            {
                "message": "국가코드(82)의 단문문자(SMS) 1 건이 추가되었습니다.",
                "createAt": "2020-09-09T05:23:20.587Z",
            },
        ],
        **extra,
    }


def row(to, code="2000", **extra):
    return {
        "to": to,
        "from": "0212345678",
        "type": "SMS",
        "messageId": f"M4V{to}",
        "statusCode": code,
        **extra,
    }


def error(code):
    return {"errorCode": code, "errorMessage": "…"}


STEPS = {
    "create": lambda s, a: s.create(a),
    "add": lambda s, a: s.add(a, GROUP, [SMS]),
    "send": lambda s, a: s.send(a, GROUP),
    "read": lambda s, a: s.read(a, GROUP),
    "list": lambda s, a: s.list_members(a, GROUP),
    "discard": lambda s, a: s.discard(a, GROUP),
    "optouts": lambda s, a: s.list_optouts(a),
}
every_step = pytest.mark.parametrize("step", STEPS)


# -- requests ---------------------------------------------------------------------------------------


async def test_the_signature_is_hmac_of_date_and_salt(solapi, server, account):
    server.plan(answer(200, group()), answer(200, group()))
    await solapi.create(account)
    await solapi.create(account)
    salts = set()
    for seen in server.seen:
        match = re.fullmatch(
            r"HMAC-SHA256 apiKey=NCSKEY0123456789, date=(\S+Z), salt=([0-9a-f]{32}), signature=([0-9a-f]{64})",
            seen.headers["authorization"],
        )
        assert match
        date, salt, signature = match.groups()
        assert signature == hmac.new(b"secret-secret", (date + salt).encode(), hashlib.sha256).hexdigest()
        salts.add(salt)
    assert len(salts) == 2  # a signature is usable once


async def test_the_three_steps_as_documented(solapi, server, account):
    server.plan(
        answer(200, group()),
        answer(200, {"errorCount": 0, "resultList": [row(m.to) for m in (SMS, LMS, ATA)]}),
        answer(200, group("SENDING")),
    )
    created = await solapi.create(account)
    added = await solapi.add(account, GROUP, [SMS, LMS, ATA])
    sent = await solapi.send(account, GROUP)
    assert isinstance(created, Created)
    assert created.provider_id == GROUP
    assert created.server_date is not None
    assert isinstance(added, Added)
    assert added.results == {m.attempt_id: Registered(f"M4V{m.to}") for m in (SMS, LMS, ATA)}
    assert isinstance(sent, Sent)
    assert not sent.already
    path = f"/messages/v4/groups/{GROUP}"
    assert [(s.method, s.target) for s in server.seen] == [
        ("POST", "/messages/v4/groups"),
        ("PUT", f"{path}/messages"),
        ("POST", f"{path}/send"),
    ]
    assert server.seen[0].json == {"allowDuplicates": False}
    common = {"from": "0212345678", "country": "82", "autoTypeDetect": False}
    assert server.seen[1].json == {
        "messages": [
            {
                **common,
                "to": "01011112222",
                "type": "SMS",
                "text": "안녕하세요",
                "customFields": {"attemptId": "s1.1.1"},
            },
            {
                **common,
                "to": "01033334444",
                "type": "LMS",
                "text": "긴 글",
                "subject": "제목",
                "customFields": {"attemptId": "s1.2.1"},
            },
            {
                **common,
                "to": "01055556666",
                "type": "ATA",
                "customFields": {"attemptId": "s1.3.1"},
                "kakaoOptions": {
                    "pfId": "KA01PF1",
                    "templateId": "KA01TP1",
                    "variables": {"#{이름}": "김철수"},
                    "disableSms": True,
                },
            },
        ]
    }


async def test_reads_are_gets_and_discard_is_a_delete(solapi, server, account):
    server.plan(*[answer(200, group())] * 3)
    await solapi.read(account, "G/../x")
    await solapi.list_members(account, GROUP, "next&key")
    await solapi.discard(account, GROUP)
    assert [(s.method, s.target) for s in server.seen] == [
        ("GET", "/messages/v4/groups/G%2F..%2Fx"),
        ("GET", f"/messages/v4/groups/{GROUP}/messages?limit=500&startKey=next%26key"),
        ("DELETE", f"/messages/v4/groups/{GROUP}"),
    ]


# -- what answers prove: the same for every step ----------------------------------------------------


@every_step
@pytest.mark.parametrize(
    "behaviour",
    [
        reset,
        close,
        answer(500, error("InternalServerError")),
        answer(503, error("NotEnoughBalance")),  # known words, but a 5xx
        answer(502, "<html>Bad gateway</html>"),
        answer(200, "<html>login</html>"),
        answer(200, ["another shape"]),
        answer(200, {}),
        answer(200, "{" + '"a":{' * 5000),
        answer(302, "", headers={"Location": "/elsewhere"}),
        answer(400, "<html>"),
        answer(404, "<html>no such page</html>"),
        answer(400, {"errorCode": 17}),
        answer(400, error("SomethingNew")),
        answer(403, error("DuplicatedSignature")),  # somebody repeated our request: the first copy may be in
    ],
)
async def test_everything_doubtful_is_unknown(solapi, server, account, step, behaviour):
    server.plan(behaviour)
    outcome = await STEPS[step](solapi, account)
    assert isinstance(outcome, Unknown), outcome
    assert len(server.seen) == 1


@every_step
async def test_a_time_out_is_unknown(server, account, step, http):
    server.plan(hang)
    carrier = fenced_carrier("solapi", http, wall_seconds=0.1)
    assert await STEPS[step](carrier, account) == Unknown("timeout")


@every_step
@pytest.mark.parametrize(
    ("status", "code", "failure_class"),
    [
        (400, "ValidationError", F.CONFIGURATION),
        (402, "NotEnoughBalance", F.CONFIGURATION),
        (403, "InvalidAPIKey", F.CONFIGURATION),
        (403, "SignatureDoesNotMatch", F.CONFIGURATION),
        (403, "RequestTimeTooSkewed", F.CONFIGURATION),
        (400, "DeletedGroup", F.CONFIGURATION),
    ],
)
async def test_a_named_fault_is_a_certain_refusal(solapi, server, account, step, status, code, failure_class):
    server.plan(answer(status, error(code)))
    outcome = await STEPS[step](solapi, account)
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.failure_class, outcome.certain) == (code, failure_class, True)
    assert re.search("[가-힣]", outcome.message_ko)


@every_step
@pytest.mark.parametrize("body", [error("TooManyRequests"), "<html>slow down</html>"])
async def test_429_is_certainly_not_sent(solapi, server, account, step, body):
    server.plan(answer(429, body, headers={"Retry-After": "3"}))
    outcome = await STEPS[step](solapi, account)
    assert isinstance(outcome, Refused)
    assert (outcome.failure_class, outcome.certain, outcome.retry_after) == (F.RETRYABLE, True, 3.0)


# -- send -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["AlreadySent", "GroupInProcessing"])
async def test_already_going_counts_as_sent(solapi, server, account, code):
    server.plan(answer(400, error(code)))
    outcome = await solapi.send(account, GROUP)
    assert isinstance(outcome, Sent)
    assert outcome.already


@pytest.mark.parametrize("step", [s for s in STEPS if s != "send"])
@pytest.mark.parametrize("code", ["AlreadySent", "GroupInProcessing"])
async def test_already_going_is_a_contradiction_elsewhere(solapi, server, account, step, code):
    server.plan(answer(400, error(code)))
    assert isinstance(await STEPS[step](solapi, account), Unknown)


@pytest.mark.parametrize("code", ["InvalidStatus", "NotOperationalStatus", "FailedGroup", "ScheduledGroup"])
async def test_a_group_in_another_state_may_be_going(solapi, server, account, code):
    server.plan(answer(400, error(code)))
    assert isinstance(await solapi.send(account, GROUP), Unknown)


@pytest.mark.parametrize("status", ["FAILED", "DELETED", "SCHEDULED", "NEW_WORD"])
async def test_a_yes_that_names_another_state_is_unknown(solapi, server, account, status):
    server.plan(answer(200, group(status)))
    assert isinstance(await solapi.send(account, GROUP), Unknown)


# -- add: per recipient -----------------------------------------------------------------------------


async def add(solapi, server, account, messages, rows):
    server.plan(answer(200, {"errorCount": 0, "resultList": rows}))
    outcome = await solapi.add(account, GROUP, messages)
    assert isinstance(outcome, Added)
    assert set(outcome.results) == {m.attempt_id for m in messages}  # nobody is left out
    return outcome.results


@pytest.mark.parametrize(
    ("code", "failure_class", "certain"),
    [
        ("1011", F.FINAL, True),
        ("1029", F.CONTENT, True),
        ("1030", F.CONFIGURATION, True),
        ("1061", F.POLICY, True),
        ("1062", F.CONFIGURATION, True),
        ("1099", F.CONFIGURATION, True),  # not listed: stored but never sent, says the first digit
        ("1026", F.DUPLICATE, False),  # in a group that only we fill: an earlier copy of our call is in
    ],
)
async def test_refused_rows(solapi, server, account, code, failure_class, certain):
    results = await add(solapi, server, account, [SMS, LMS], [row(SMS.to, code), row(LMS.to)])
    refused = results[SMS.attempt_id]
    assert isinstance(refused, Refused)
    assert (refused.code, refused.failure_class, refused.certain) == (code, failure_class, certain)
    assert isinstance(results[LMS.attempt_id], Registered)


@pytest.mark.parametrize(
    "bad",
    [
        {"to": SMS.to},
        row(SMS.to, "3031"),
        row(SMS.to, "2024"),
        row(SMS.to, "4000"),
        row(SMS.to, ""),
        row(SMS.to, "1０11"),
        row(SMS.to, messageId=None),
        "junk",
        None,
        row("01099999999"),
    ],
)
async def test_unreadable_and_missing_rows_are_unknown(solapi, server, account, bad):
    results = await add(solapi, server, account, [SMS, LMS], [bad, row(LMS.to)])
    assert isinstance(results[SMS.attempt_id], Unknown)
    assert isinstance(results[LMS.attempt_id], Registered)


async def test_our_key_beats_the_number(solapi, server, account):
    rows = [
        row(LMS.to, "1062", customFields={"attemptId": SMS.attempt_id}),
        row(SMS.to, customFields={"attemptId": LMS.attempt_id}),
    ]
    results = await add(solapi, server, account, [SMS, LMS], rows)
    assert isinstance(results[SMS.attempt_id], Refused)
    assert isinstance(results[LMS.attempt_id], Registered)


async def test_two_rows_for_one_person_are_unknown(solapi, server, account):
    results = await add(solapi, server, account, [SMS, LMS], [row(SMS.to), row(SMS.to, "1062"), row(LMS.to)])
    assert results[SMS.attempt_id] == Unknown("contradicting_rows")


async def test_a_number_shared_by_two_attempts_proves_nothing(solapi, server, account):
    twin = OutgoingMessage("s1.9.1", SMS.to, SMS.sender, "sms", "다른 글")
    results = await add(solapi, server, account, [SMS, twin], [row(SMS.to)])
    assert all(isinstance(result, Unknown) for result in results.values())


async def test_an_empty_or_oversized_add_is_a_bug_of_ours(solapi, server, account):
    for count in (0, 10_001):
        with pytest.raises(ValueError, match="recipients"):
            await solapi.add(account, GROUP, [SMS] * count)
    assert server.seen == []


# -- read -------------------------------------------------------------------------------------------

SEND_LINE = {"createAt": "2020-09-09T05:23:25.976Z", "message": "메시지를 발송했습니다.", "totalPrice": 20}
DELETE_LINE = {"createAt": "2020-09-09T05:23:25.976Z", "message": "메시지 그룹이 삭제되었습니다."}
QUIET = group()["log"]


@pytest.mark.parametrize(
    ("body", "state", "shows_sending"),
    [
        (group(), ContainerState.PENDING, False),
        (group("DELETED", log=[*QUIET, DELETE_LINE]), ContainerState.DELETED, False),
        (group("DELETED", log=[*QUIET, SEND_LINE, DELETE_LINE]), ContainerState.DELETED, True),
        (group("DELETED", dateSent="2020-09-09T05:23:25.976Z"), ContainerState.DELETED, True),
        (group("DELETED", dateSent="어제"), ContainerState.DELETED, True),
        (group("DELETED", count={"sentTotal": 1}), ContainerState.DELETED, True),
        (group(log=[{"message": "알 수 없는 줄"}]), ContainerState.PENDING, True),
        (group(log=["text"]), ContainerState.PENDING, True),
        (group(log={"message": "?"}), ContainerState.PENDING, True),
        (group(log=None), ContainerState.PENDING, False),
        (group("SENDING"), ContainerState.SENDING, True),
        (group("COMPLETE"), ContainerState.COMPLETE, True),
        (group("FAILED"), ContainerState.FAILED, True),
        (group("SCHEDULED"), ContainerState.SCHEDULED, True),
        (group("NEW_WORD"), ContainerState.OTHER, True),
    ],
)
async def test_signs_of_sending(solapi, server, account, body, state, shows_sending):
    server.plan(answer(200, body))
    view = await solapi.read(account, GROUP)
    assert isinstance(view, RequestView)
    assert (view.state, view.shows_sending) == (state, shows_sending)


async def test_a_404_in_the_carriers_words_means_missing(solapi, server, account):
    server.plan(answer(404, error("ResourceNotFound")), answer(404, error("ResourceNotFound")))
    view = await solapi.read(account, GROUP)
    assert isinstance(view, RequestView)
    assert (view.state, view.shows_sending) == (ContainerState.MISSING, False)
    discarded = await solapi.discard(account, GROUP)
    assert isinstance(discarded, Discarded)
    assert discarded.gone


async def test_discard(solapi, server, account):
    server.plan(
        answer(200, group("DELETED")),
        answer(200, group("PENDING")),
        answer(400, error("NotOperationalStatus")),
    )
    done, odd, refused = [await solapi.discard(account, GROUP) for _ in range(3)]
    assert isinstance(done, Discarded)
    assert not done.gone
    assert isinstance(odd, Unknown)
    assert isinstance(refused, Refused)


# -- members ----------------------------------------------------------------------------------------


def stored(number, code, **extra):
    key = f"M4V{number}"
    return {
        key: {"messageId": key, "statusCode": code, "customFields": {"attemptId": f"s1.{number}.1"}, **extra}
    }


async def test_members_by_our_key(solapi, server, account):
    rows = (
        stored(1, "2000") | stored(2, "4000") | stored(3, "3040") | stored(4, "1061") | stored(5, "TEST1000")
    )
    rows |= stored(6, "3031", dateReceived="2026-11-21T01:02:03.000Z") | stored(7, "2000", customFields=None)
    server.plan(answer(200, {"startKey": None, "limit": 500, "nextKey": "M4V7", "messageList": rows}))
    page = await solapi.list_members(account, GROUP)
    assert isinstance(page, MembersPage)
    assert page.next_cursor == "M4V7"
    seen = {m.provider_message_id: m for m in page.members}
    assert seen["M4V1"].attempt_id == "s1.1.1"
    assert seen["M4V1"].state is NewsState.ACCEPTED
    assert seen["M4V2"].state is NewsState.DELIVERED
    assert (seen["M4V3"].state, seen["M4V3"].presumed) == (NewsState.FAILED, True)
    assert (seen["M4V4"].state, seen["M4V4"].failure_class) == (NewsState.REFUSED, F.POLICY)
    assert seen["M4V5"].state is NewsState.OTHER
    assert (seen["M4V6"].state, seen["M4V6"].presumed) == (NewsState.FAILED, False)
    assert seen["M4V6"].at is not None
    assert seen["M4V7"].attempt_id is None


@pytest.mark.parametrize(
    "body",
    [
        {"messageList": {"a": "junk"}},
        {"messageList": {"a": {"statusCode": "2000"}}},
        {"messageList": {}, "nextKey": 7},
        {"messageList": {}, "nextKey": "here"},  # would go round in circles
    ],
)
async def test_an_unreadable_member_makes_the_page_unknown(solapi, server, account, body):
    server.plan(answer(200, body))
    assert isinstance(await solapi.list_members(account, GROUP, "here"), Unknown)


# -- account ----------------------------------------------------------------------------------------


async def test_check_sends_nothing(solapi, server, account):
    server.plan(answer(200, {"balance": 12_345.6, "point": 0}), answer(403, error("InvalidAPIKey")), reset)
    good, bad, lost = [await solapi.check(account) for _ in range(3)]
    assert (good.ok, good.balance_won) == (True, 12_345)
    assert (bad.ok, bad.code) == (False, "InvalidAPIKey")
    assert "API 키" in bad.message_ko
    assert not lost.ok
    assert {(s.method, s.target) for s in server.seen} == {("GET", "/cash/v1/balance")}


@pytest.mark.parametrize(
    ("last", "ok", "fenced"),
    [
        (answer(400, error("DeletedGroup")), True, True),
        (answer(404, error("ResourceNotFound")), True, True),
        (answer(200, {"errorCount": 0, "resultList": [row("01000000000")]}), True, False),
        (reset, False, None),
    ],
)
async def test_the_fence_is_proved_without_sending(solapi, server, account, last, ok, fenced):
    server.plan(answer(200, group()), answer(200, group("DELETED")), last)
    check = await solapi.prove_fence(account)
    assert (check.ok, check.fenced) == (ok, fenced)
    assert [s.method for s in server.seen] == ["POST", "DELETE", "PUT"]
    assert not any(s.target.endswith("/send") for s in server.seen)


async def test_opt_outs(solapi, server, account):
    rows = [
        {
            "handleKey": "k",
            "type": "DENIAL",
            "senderNumber": "0801234567",
            "recipientNumber": "010-1111-2222",
            "dateCreated": "2026-11-21T00:00:00.000Z",
        },
        {"recipientNumber": None},
        "junk",
    ]
    server.plan(answer(200, {"blackList": rows, "nextKey": "k2"}))
    page = await solapi.list_optouts(account)
    assert isinstance(page, OptOutPage)
    assert [i.number for i in page.items] == ["01011112222"]
    assert (page.junk, page.next_cursor) == (2, "k2")
    assert server.seen[0].target == "/iam/v1/black?type=DENIAL&limit=500"
    assert "0101111" not in repr(page)


# -- nothing leaks ----------------------------------------------------------------------------------


async def test_reprs_hold_neither_secrets_nor_people(account):
    shown = repr(account) + repr(SMS) + repr([ATA])
    for secret in ("NCSKEY0123456789", "secret-secret", "test-secret", SMS.to, "안녕", "김철수"):
        assert secret not in shown
    assert authorization(account.credentials).startswith("HMAC-SHA256 apiKey=")


def test_registry_knows_what_it_speaks(http):
    assert fenced_carrier("solapi", http).name == "solapi"
    with pytest.raises(NoSuchCarrierError):
        fenced_carrier("nhn", http)
