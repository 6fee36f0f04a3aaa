"""The control API: evidence, people, accounts, and who may use it."""

import ast
from pathlib import Path

import httpx
import pytest
from tests.sandbox.process import SENDER, Client, Receiver, message

import pabal.sandbox
from pabal.sandbox.app import create_app
from pabal.sandbox.config import SandboxConfig, SandboxConfigError

LEDGER_FIELDS = [
    "carrier",
    "account",
    "channel",
    "to",
    "from",
    "text",
    "templateCode",
    "requestId",
    "seq",
    "groupKey",
    "recipientKey",
    "acceptedAt",
    "finalState",
    "finalCode",
    "finalAt",
]


def test_a_ledger_line_has_the_fields_of_the_contract(client: Client) -> None:
    group_id = client.send(
        message(1, to="010-0000-0001", customFields={"attemptId": "s.1.1"}), customFields={"groupKey": "s.c7"}
    )
    client.until_complete(group_id)
    (line,) = client.ledger()
    assert set(LEDGER_FIELDS) <= set(line)
    expected = {
        "carrier": "solapi",
        "account": "TESTKEY",
        "channel": "sms",
        "to": "01000000001",
        "from": SENDER,
        "text": "안녕하세요",
        "templateCode": None,
        "requestId": group_id,
        "seq": 1,
        "groupKey": "s.c7",
        "recipientKey": "s.1.1",
        "finalState": "delivered",
        "finalCode": "4000",
    }
    assert {name: line[name] for name in expected} == expected
    assert line["acceptedAt"].endswith("+09:00")


def test_the_group_key_is_the_group_id_when_none_was_given(client: Client) -> None:
    group_id = client.send(message(1))
    assert client.ledger()[0]["groupKey"] == group_id


def test_a_ledger_of_many_pages_comes_whole_and_in_order(client: Client) -> None:
    client.send(*(message(number) for number in range(2500)))
    assert [line["seq"] for line in client.ledger()] == list(range(1, 2501))


def test_the_ledger_can_be_asked_for_one_account(client: Client) -> None:
    client.send(message(1))
    client.other("OTHERKEY").send(message(2))
    answer = client.http.get("/_sandbox/ledger", params={"account": "OTHERKEY", "format": "json"})
    assert [line["to"] for line in answer.json()["items"]] == ["01000000002"]


def test_requests_are_listed_in_pages_with_what_was_refused(client: Client) -> None:
    group_id = client.group(message(1), message(2, text="🎉"))
    client.call("POST", "/messages/v4/groups/NONE/send")
    create, add, send = client.requests()
    assert (create["step"], create["fate"], create["status"]) == ("create", "answered", 200)
    assert (add["requestId"], add["accepted"], add["refused"]) == (group_id, 1, {"1029": 1})
    assert (send["status"], send["errorCode"]) == (404, "ResourceNotFound")
    first = client.control("GET", "/requests", limit=2)
    assert len(first["items"]) == 2
    rest = client.control("GET", "/requests", limit=2, cursor=first["nextCursor"])
    assert (len(rest["items"]), rest["nextCursor"]) == (1, None)


def test_registering_again_changes_only_what_is_given(client: Client) -> None:
    client.register(senders=["02-1234-5678"], balance=500, inboundUrl="http://127.0.0.1:9/in")
    first = client.register(webhookUrl="http://127.0.0.1:9/hook")
    assert (first["senders"], first["balance"]) == ([SENDER], 500)
    assert (first["webhook"], first["inbound"], first["verified"]) == (True, True, True)
    again = client.control("PUT", "/accounts/TESTKEY", {"senders": ["15881234"]})
    assert (again["senders"], again["balance"], again["webhook"]) == (["15881234"], 500, True)
    assert [item["apiKey"] for item in client.control("GET", "/accounts")["items"]] == ["TESTKEY"]


def test_an_account_answer_keeps_its_secrets(client: Client) -> None:
    answer = client.register(webhookUrl="http://127.0.0.1:9/hooks/TOKEN", webhookSecret="WEBHOOKSECRET")
    assert not {"TESTSECRET", "WEBHOOKSECRET", "http://127.0.0.1:9/hooks/TOKEN"} & set(
        map(str, answer.values())
    )


def test_only_listed_senders_of_a_registered_account_may_send(client: Client) -> None:
    client.register(senders=["0299998888"])
    group_id = client.group()
    body = {"messages": [message(1), message(2, **{"from": "0299998888"})]}
    answer = client.good("PUT", f"/messages/v4/groups/{group_id}/messages", body)
    assert [row["statusCode"] for row in answer["resultList"]] == ["1062", "2000"]
    assert client.good("GET", "/senderid/v1/numbers/active") == ["0299998888"]


def test_a_reply_reaches_the_account_that_wrote_last(client: Client, receiver: Receiver) -> None:
    client.register(inboundUrl=f"{receiver.url}/mine")
    client.other("OTHERKEY", "OTHERSECRET").register(inboundUrl=f"{receiver.url}/other", senders=[SENDER])
    client.send(message(1))
    client.control(
        "POST", "/reply", {"to": SENDER, "from": "010-0000-0001", "text": "네, 갑니다", "channel": "sms"}
    )
    posted = receiver.next()
    assert posted.path == "/mine"
    body = posted.body
    assert (body["channel"], body["from"], body["to"], body["text"]) == (
        "sms",
        "01000000001",
        SENDER,
        "네, 갑니다",
    )
    assert body["at"].endswith("+09:00")
    assert body["providerId"].startswith("MO")
    client.control("POST", "/reply", {"to": SENDER, "from": "01099999999", "text": "누구세요"})
    assert receiver.next().path == "/other"


def test_a_reply_to_nobody_is_refused(client: Client) -> None:
    answer = client.http.post(
        "/_sandbox/reply", json={"to": "0211112222", "from": "01000000001", "text": "?"}
    )
    assert answer.status_code == 404


def test_an_opt_out_is_polled_and_stops_texts_of_its_account(client: Client) -> None:
    client.register(unsubscribeNos=["0801234567"])
    other = client.other("OTHERKEY", "OTHERSECRET")
    other.register(unsubscribeNos=["0807777777"])
    client.control("POST", "/optout", {"unsubscribeNo": "080-123-4567", "phone": "010-0000-0001"})
    (entry,) = client.good("GET", "/iam/v1/black", type="DENIAL")["blackList"]
    assert (entry["senderNumber"], entry["recipientNumber"]) == ("0801234567", "01000000001")
    assert other.good("GET", "/iam/v1/black")["blackList"] == []
    for one, code in ((client, "1061"), (other, "2000")):
        group_id = one.group()
        answer = one.good("PUT", f"/messages/v4/groups/{group_id}/messages", {"messages": [message(1)]})
        assert answer["resultList"][0]["statusCode"] == code


def test_opt_outs_are_read_in_pages(client: Client) -> None:
    for number in range(7):
        client.control("POST", "/optout", {"unsubscribeNo": "0801234567", "phone": f"0100000000{number}"})
    seen, start = [], None
    while True:
        page = client.good("GET", "/iam/v1/black", limit=3, **({"startKey": start} if start else {}))
        seen += [entry["recipientNumber"] for entry in page["blackList"]]
        start = page["nextKey"]
        if start is None:
            break
    assert sorted(seen) == [f"0100000000{number}" for number in range(7)]


def test_a_template_is_reviewed_and_only_then_sent(client: Client) -> None:
    draft = {"name": "안내", "content": "#{이름}님 안내입니다", "channelId": "KA01PF1"}
    code = client.good("POST", "/kakao/v2/templates", draft)["templateId"]
    kakao = {"pfId": "KA01PF1", "templateId": code, "variables": {"#{이름}": "김하나"}}
    body = {"messages": [{"to": "01000000001", "type": "ATA", "kakaoOptions": kakao}]}

    def status() -> str:
        answer = client.good("PUT", f"/messages/v4/groups/{client.group()}/messages", body)
        return str(answer["resultList"][0]["statusCode"])

    assert status() == "1042"
    assert client.good("PUT", f"/kakao/v2/templates/{code}/inspection")["status"] == "INSPECTING"
    client.control("POST", f"/templates/{code}/review", {"state": "REJECTED", "comment": "고쳐 주세요"})
    shown = client.good("GET", f"/kakao/v2/templates/{code}")
    assert (shown["status"], shown["comments"][0]["content"]) == ("REJECTED", "고쳐 주세요")
    assert status() == "1042"
    client.control("POST", f"/templates/{code}/review", {"state": "APPROVED"})
    assert status() == "2000"
    client.send(body["messages"][0])
    assert client.ledger()[0]["text"] == "김하나님 안내입니다"


def test_phones_show_what_arrived_newest_first(client: Client) -> None:
    client.send(message(1, text="하나"))
    client.send(message(2, text="둘"))
    client.send(message(1, text="셋"))
    client.other("OTHERKEY").send(message(3))
    page = client.control("GET", "/phones", account="TESTKEY", limit=1)
    (phone,) = page["items"]
    assert (phone["phone"], phone["count"]) == ("01000000001", 2)
    assert [shown["text"] for shown in phone["messages"]] == ["셋", "하나"]
    rest = client.control("GET", "/phones", account="TESTKEY", limit=5, cursor=page["nextCursor"])
    assert [item["phone"] for item in rest["items"]] == ["01000000002"]
    assert rest["nextCursor"] is None


def test_a_phone_opens_with_its_owners_replies(client: Client, receiver: Receiver) -> None:
    client.register(inboundUrl=receiver.url)
    client.send(message(1, text="오시나요?"))
    client.control("POST", "/reply", {"to": SENDER, "from": "01000000001", "text": "네"})
    key = client.control("GET", "/phones", account="TESTKEY")["items"][0]["key"]
    items = client.control("GET", "/phones", account="TESTKEY", thread=key)["items"]
    assert [(item["direction"], item["text"]) for item in items] == [
        ("reply", "네"),
        ("arrived", "오시나요?"),
    ]


def test_reset_empties_the_ledger_and_keeps_accounts_unless_asked(client: Client) -> None:
    client.register()
    client.send(message(1))
    client.control("PUT", "/clock", {"offsetSeconds": 50})
    client.control("POST", "/reset", {})
    assert (client.ledger(), client.requests()) == ([], [])
    assert client.control("GET", "/clock")["offsetSeconds"] == 0
    assert len(client.control("GET", "/accounts")["items"]) == 1
    client.control("POST", "/reset", {"accounts": True})
    assert client.control("GET", "/accounts")["items"] == []


def test_the_clock_can_be_set_to_a_time(client: Client) -> None:
    shown = client.control("PUT", "/clock", {"at": "2026-06-03T09:00:00+09:00"})
    assert shown["at"].startswith("2026-06-03T09:00:0")
    assert client.good("POST", "/messages/v4/groups")["groupId"].startswith("G4V20260603090")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/clock", {"at": "tomorrow"}),
        ("PUT", "/clock", {"when": 1}),
        ("POST", "/accounts", {"apiSecret": "x"}),
        ("POST", "/accounts", {"apiKey": "K", "colour": "red"}),
        ("POST", "/templates/T/review", {"state": "GOOD"}),
        ("POST", "/optout", {"phone": "01000000001"}),
    ],
)
def test_a_wrong_control_body_is_named(client: Client, method: str, path: str, body: object) -> None:
    answer = client.http.request(method, f"/_sandbox{path}", json=body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid"


@pytest.mark.parametrize(
    "query", ["phones?account=K&thread=xyz", "phones?account=K&cursor=x", "requests?cursor=x"]
)
def test_a_query_that_cannot_be_read_is_refused(client: Client, query: str) -> None:
    assert client.http.get(f"/_sandbox/{query}").status_code == 422


def test_a_foreign_page_cannot_use_the_control_api(client: Client) -> None:
    rebound = client.http.get("/_sandbox/ledger", headers={"Host": "evil.example"})
    assert rebound.status_code == 403
    form = client.http.post("/_sandbox/reset", content="a=b", headers={"Content-Type": "text/plain"})
    assert form.status_code == 415


@pytest.mark.parametrize(("header", "status"), [(None, 401), ("Bearer WRONG", 401), ("Bearer T0KEN", 200)])
async def test_outside_loopback_the_control_api_needs_its_token(
    tmp_path: Path, header: str | None, status: int
) -> None:
    app = create_app(SandboxConfig(data_dir=tmp_path, host="0.0.0.0", token="T0KEN"))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://sandbox") as http,
    ):
        answer = await http.get("/_sandbox/ledger", headers={"Authorization": header} if header else {})
    assert answer.status_code == status


def test_outside_loopback_a_token_has_to_be_set(tmp_path: Path) -> None:
    with pytest.raises(SandboxConfigError):
        create_app(SandboxConfig(data_dir=tmp_path, host="0.0.0.0"))


def test_the_sandbox_shares_no_code_with_the_hub() -> None:
    """A judge that imports what it judges would share its mistakes."""
    folder = Path(pabal.sandbox.__file__).parent
    foreign = [
        (file.name, name)
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
        if name.split(".")[0] == "pabal" and not name.startswith("pabal.sandbox")
    ]
    assert foreign == []
