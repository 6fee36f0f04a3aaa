"""The AlimTalk adapter against the simulator: templates, variables, the key of ten minutes, results, reviews."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from tests.channels.carrier_server import answer
from tests.sandbox.process import Client, webhook_receiver

from pabal.channels.base import (
    Accepted,
    CarrierAccount,
    CarrierTemplate,
    Credentials,
    MembersPage,
    NewsState,
    OutgoingMessage,
    Refused,
    Submitted,
    TemplatePage,
    Unknown,
)
from pabal.channels.nhn import NhnAlimtalk, NhnTemplates
from pabal.domain.message import FailureClass as F

KEY, PROFILE = "KAKAOKEY01234567", "KA01PF1"
TEMPLATES = [
    {"templateId": "T1", "content": "#{이름}님, 설명회 안내입니다.", "pfId": PROFILE, "state": "APPROVED"},
    {"templateId": "T2", "content": "검수 중인 글", "pfId": PROFILE, "state": "INSPECTING"},
]


@pytest.fixture
def control(carrier: Client) -> Client:
    account = {"carrier": "nhn", "apiSecret": "the-secret", "templates": TEMPLATES}
    carrier.control("PUT", f"/accounts/{KEY}", account)
    return carrier


@pytest.fixture
def at_sandbox(control: Client) -> CarrierAccount:
    return CarrierAccount("a1", "nhn", control.url, Credentials(KEY, "the-secret", "hook-secret"))


@pytest.fixture
def nhn(http):
    return NhnAlimtalk(http, wall_seconds=2.0)


def ata(n: int, code: str = "T1", to: str = "", **variables: str) -> OutgoingMessage:
    return OutgoingMessage(
        attempt_id=f"s1.{n}.1",
        to=to or f"010{20000000 + n}",
        sender="0212345678",
        kind="alimtalk",
        text="",
        template_code=code,
        pf_id=PROFILE,
        variables=variables or {"이름": f"김{n}"},
    )


async def submitted(nhn, account, key, people) -> Submitted:
    done = await nhn.submit(account, key, people)
    assert isinstance(done, Submitted), done
    return done


async def test_the_request_as_documented(nhn, server):
    account = CarrierAccount("a1", "nhn", server.url, Credentials(KEY, "the-secret"))
    server.plan(answer(200, {}))
    await nhn.submit(account, "req-1", [ata(1), ata(2)])
    (seen,) = server.seen
    assert (seen.method, seen.target) == ("POST", f"/alimtalk/v2.3/appkeys/{KEY}/messages")
    assert seen.headers["x-secret-key"] == "the-secret"
    assert seen.headers["x-nc-api-idempotency-key"] == "req-1"
    body = seen.json
    assert (body["senderKey"], body["templateCode"], body["senderGroupingKey"]) == (PROFILE, "T1", "req-1")
    assert body["recipientList"][0] == {
        "recipientNo": "01020000001",
        "templateParameter": {"이름": "김1"},
        "resendParameter": {"isResend": False},
        "recipientGroupingKey": "s1.1.1",
    }


async def test_variables_are_put_in_per_person(nhn, at_sandbox, control):
    done = await submitted(nhn, at_sandbox, "k1", [ata(1), ata(2)])
    assert done.results == {
        key: Accepted(f"{done.provider_id}/{n}") for key, n in (("s1.1.1", 1), ("s1.2.1", 2))
    }
    lines = {line["recipientKey"]: line for line in control.ledger()}
    assert lines["s1.2.1"]["text"] == "김2님, 설명회 안내입니다."
    assert {line["channel"] for line in lines.values()} == {"alimtalk"}
    assert {line["templateCode"] for line in lines.values()} == {"T1"}
    assert {line["groupKey"] for line in lines.values()} == {"k1"}


async def test_the_same_key_twice_is_refused_for_ten_minutes(nhn, at_sandbox, control):
    control.behave(resetAfterAcceptRate=1.0)
    assert isinstance(await nhn.submit(at_sandbox, "k1", [ata(1)]), Unknown)
    control.behave()
    again = await nhn.submit(at_sandbox, "k1", [ata(1)])
    assert isinstance(again, Unknown)
    assert again.why == "key_reused"
    assert len(control.ledger()) == 1
    control.control("PUT", "/clock", {"offsetSeconds": 601})
    await submitted(nhn, at_sandbox, "k1", [ata(1)])
    assert len(control.ledger()) == 2


async def test_a_refused_request_leaves_its_key_unused(nhn, at_sandbox, control):
    assert isinstance(await nhn.submit(at_sandbox, "k1", [ata(1, "T2")]), Refused)
    await submitted(nhn, at_sandbox, "k1", [ata(1)])


async def test_refusals_of_the_whole_and_of_one(nhn, at_sandbox, control):
    for code, people in {
        "-3005": [ata(1, "T2")],
        "-3003": [ata(1, "NOPE")],
        "-1031": [ata(1, other="x")],
    }.items():
        refused = await nhn.submit(at_sandbox, code, people)
        assert isinstance(refused, Refused), code
        assert (refused.code, refused.certain) == (code, True)
    done = await submitted(nhn, at_sandbox, "k", [ata(1), ata(2, other="x"), ata(3, to="123")])
    codes = {key: r.code for key, r in done.results.items() if isinstance(r, Refused)}
    assert codes == {"s1.2.1": "-3004", "s1.3.1": "-5000"}
    assert len(control.ledger()) == 1


async def test_what_was_sent_is_found_by_our_keys(nhn, at_sandbox, control):
    control.behave(acceptThen503Rate=1.0)
    assert isinstance(await nhn.submit(at_sandbox, "k1", [ata(1), ata(2)]), Unknown)
    control.behave()
    now = datetime.now(UTC)
    around = (now - timedelta(minutes=10), now + timedelta(minutes=10))
    page = await nhn.find(at_sandbox, "alimtalk", "k1", *around)
    assert isinstance(page, MembersPage)
    assert {m.attempt_id for m in page.members} == {"s1.1.1", "s1.2.1"}
    assert page.server_date is not None
    other = await nhn.find(at_sandbox, "alimtalk", "k2", *around)
    assert isinstance(other, MembersPage)
    assert other.members == ()


async def test_results_mean_what_kakao_says_not_what_the_sms_table_says(nhn, at_sandbox, control):
    outcome = {"01020000002": "3019", "01020000003": "3005", "01020000004": "3016", "01020000005": "9998"}
    control.behave(deliverDelayMs=0, fixedOutcome=outcome)
    done = await submitted(nhn, at_sandbox, "k", [ata(n) for n in range(1, 6)])
    wanted = {
        "s1.1.1": (NewsState.DELIVERED, False, None),
        "s1.2.1": (NewsState.FAILED, False, F.FINAL),
        "s1.3.1": (NewsState.ACCEPTED, False, None),  # sent, receipt unknown: may arrive within three days
        "s1.4.1": (NewsState.FAILED, False, F.CONTENT),
        "s1.5.1": (NewsState.FAILED, True, F.RETRYABLE),
    }
    while True:
        page = await nhn.list_request(at_sandbox, "alimtalk", done.provider_id)
        assert isinstance(page, MembersPage)
        if all(m.code for m in page.members):
            break
    assert {m.attempt_id: (m.state, m.presumed, m.failure_class) for m in page.members} == wanted


async def test_webhooks_of_kakao_are_read_by_its_own_table(nhn, at_sandbox, control):
    with webhook_receiver() as receiver:
        hook = {"carrier": "nhn", "webhookUrl": receiver.url, "webhookSecret": "hook-secret"}
        control.control("PUT", f"/accounts/{KEY}", hook)
        control.behave(deliverDelayMs=0, fixedOutcome={"01020000002": "3019", "01020000003": "3005"})
        await submitted(nhn, at_sandbox, "k", [ata(n) for n in (1, 2, 3)])
        posted = receiver.next()
        assert nhn.verify_webhook(posted.headers, "hook-secret")
        batch = nhn.parse_receipts(json.dumps(posted.body).encode())
        read = {item.attempt_id: (item.to_state, item.failure_class) for item in batch.news}
        assert read == {
            "s1.1.1": ("delivered", None),
            "s1.2.1": ("failed", F.FINAL),
            "s1.3.1": ("accepted", None),
        }


async def test_the_account_is_tested_without_sending(nhn, at_sandbox, control):
    assert (await nhn.check(at_sandbox)).ok
    wrong = CarrierAccount("x", "nhn", at_sandbox.base_url, Credentials(KEY, "wrong"))
    refused = await nhn.check(wrong)
    assert (refused.ok, refused.code) == (False, "-1001")
    assert control.ledger() == []


async def listed(templates, account) -> dict[str, CarrierTemplate]:
    found: dict[str, CarrierTemplate] = {}
    cursor = None
    while True:
        page = await templates.list_templates(account, cursor)
        assert isinstance(page, TemplatePage), page
        found |= {one.code: one for one in page.items}
        cursor = page.next_cursor
        if cursor is None:
            return found


async def test_buttons_and_emphasis_go_out_under_their_own_names(http, server):
    account = CarrierAccount("a1", "nhn", server.url, Credentials(KEY, "the-secret"))
    server.plan(answer(200, {"header": {"isSuccessful": True, "resultCode": 0}}))
    button = {"buttonType": "AL", "buttonName": "보기", "linkAnd": "app://a", "linkIos": "app://b"}
    bold = {"type": "TEXT", "title": "설명회", "subtitle": "11월 28일"}
    draft = CarrierTemplate("", "안내", "글", "", PROFILE, (button,), emphasis=bold, message_type="EX")
    assert isinstance(await NhnTemplates(http).store(account, draft), CarrierTemplate)
    body = server.seen[0].json
    assert body["buttons"] == [
        {"ordering": 1, "type": "AL", "name": "보기", "schemeAndroid": "app://a", "schemeIos": "app://b"}
    ]
    assert (body["templateMessageType"], body["templateEmphasizeType"]) == ("EX", "TEXT")
    assert (body["templateTitle"], body["templateSubtitle"]) == ("설명회", "11월 28일")


async def test_templates_are_stored_reviewed_and_listed(http, at_sandbox, control):
    templates = NhnTemplates(http)
    button = {"buttonType": "AL", "buttonName": "보기", "linkAnd": "app://a", "linkIos": "app://a"}
    bold = {"type": "TEXT", "title": "설명회", "subtitle": "11월 28일"}
    draft = CarrierTemplate("", "안내", "#{이름}님께", "", PROFILE, (button,), emphasis=bold)
    stored = await templates.store(at_sandbox, draft)
    assert isinstance(stored, CarrierTemplate)
    assert stored.code
    asked = await templates.inspect(at_sandbox, stored.code)
    assert isinstance(asked, CarrierTemplate)
    assert (asked.state, asked.content) == ("INSPECTING", "#{이름}님께")
    assert (asked.buttons, asked.emphasis) == ((button,), bold)
    control.control("POST", f"/templates/{stored.code}/review", {"state": "REJECTED", "comment": "광고예요"})
    found = (await listed(templates, at_sandbox))[stored.code]
    assert (found.state, found.comment, found.pf_id) == ("REJECTED", "광고예요", PROFILE)
    changed = CarrierTemplate(stored.code, "안내", "#{이름}님 안내", "", PROFILE)
    assert isinstance(await templates.store(at_sandbox, changed), CarrierTemplate)
    control.control("POST", f"/templates/{stored.code}/review", {"state": "APPROVED"})
    found = (await listed(templates, at_sandbox))[stored.code]
    assert (found.state, found.content) == ("APPROVED", "#{이름}님 안내")
