"""Each switch of the behaviour, seen from a client's socket and from the ledger."""

import socket
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from tests.sandbox.process import Client, message, signature

GROUPS = "/messages/v4/groups"


def fates(client: Client, step: str) -> list[str]:
    return [line["fate"] for line in client.requests(step=step)]


def raw_post(client: Client, path: str) -> bytes:
    """What a bare socket gets for a signed POST; a reset raises."""
    where = urlsplit(client.url)
    assert where.hostname is not None
    request = (
        f"POST {path} HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: {signature(client.key, client.secret)}\r\n"
        "Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((where.hostname, where.port or 80), timeout=10) as sock:
        sock.sendall(request.encode())
        answer = b""
        while part := sock.recv(65536):
            answer += part
    return answer


def test_accepts_then_resets_the_connection(client: Client) -> None:
    group_id = client.group(message(1))
    client.behave(resetAfterAcceptRate=1)
    with pytest.raises(ConnectionResetError):
        raw_post(client, f"{GROUPS}/{group_id}/send")
    assert len(client.ledger()) == 1
    (line,) = client.requests(step="send")
    assert (line["fate"], line["status"], line["requestId"]) == ("accepted_reset", None, group_id)


def test_accepts_then_answers_503(client: Client) -> None:
    group_id = client.group(message(1))
    client.behave(acceptThen503Rate=1)
    assert client.call("POST", f"{GROUPS}/{group_id}/send").status_code == 503
    assert len(client.ledger()) == 1
    assert fates(client, "send") == ["accepted_503"]


def test_accepts_then_hangs_past_the_clients_patience(client: Client) -> None:
    group_id = client.group(message(1))
    client.behave(hangAfterAcceptMs=20_000)
    headers = {"Authorization": signature(client.key, client.secret)}
    with pytest.raises(httpx.ReadTimeout):
        client.http.post(f"{GROUPS}/{group_id}/send", headers=headers, timeout=0.5)
    assert len(client.ledger()) == 1
    assert fates(client, "send") == ["accepted_hang"]


@pytest.mark.parametrize("rules", [{"resetAfterAcceptRate": 1}, {"acceptThen503Rate": 1}])
def test_faults_after_accepting_spare_reads_and_refusals(client: Client, rules: dict[str, Any]) -> None:
    group_id = client.send(message(1))
    client.behave(**rules)
    assert client.call("GET", f"{GROUPS}/{group_id}").status_code == 200
    assert client.call("POST", f"{GROUPS}/{group_id}/send").status_code == 400


def test_faults_after_accepting_can_single_out_a_step(client: Client) -> None:
    client.behave(acceptThen503Rate=1, afterAcceptSteps=["add"])
    group_id = client.group()
    body = {"messages": [message(1)]}
    assert client.call("PUT", f"{GROUPS}/{group_id}/messages", body).status_code == 503
    assert client.call("POST", f"{GROUPS}/{group_id}/send").status_code == 200
    assert len(client.ledger()) == 1


@pytest.mark.parametrize(
    ("rules", "status", "fate"),
    [
        ({"errorRate": 1}, 500, "error_500"),
        ({"http503Rate": 1}, 503, "busy_503"),
        ({"htmlErrorRate": 1}, 502, "html_502"),
        ({"outage": True}, 503, "outage_503"),
        ({"outage": "503"}, 503, "outage_503"),
    ],
)
def test_faults_before_accepting_record_nothing(
    client: Client, rules: dict[str, Any], status: int, fate: str
) -> None:
    group_id = client.group(message(1))
    client.behave(**rules)
    assert client.call("POST", f"{GROUPS}/{group_id}/send").status_code == status
    client.behave()
    assert fates(client, "send") == [fate]
    assert client.ledger() == []
    assert client.read_group(group_id)["status"] == "PENDING"


def test_an_html_error_is_a_page(client: Client) -> None:
    client.behave(htmlErrorRate=1)
    answer = client.call("POST", GROUPS)
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text.startswith("<html>")


def test_an_outage_can_drop_connections(client: Client) -> None:
    client.behave(outage="drop")
    with pytest.raises(ConnectionResetError):
        raw_post(client, GROUPS)
    assert fates(client, "create") == ["outage_drop"]
    client.behave()
    assert client.good("GET", GROUPS)["groupList"] == {}


def test_beyond_the_rate_comes_429_and_nothing_is_recorded(client: Client) -> None:
    client.behave(ratePerSecond=0.001)
    answers = [client.call("POST", GROUPS) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 429, 429]
    assert answers[1].json()["errorCode"] == "TooManyRequests"
    assert client.other("ANOTHERKEY").call("POST", GROUPS).status_code == 200
    client.behave()
    assert len(client.good("GET", GROUPS)["groupList"]) == 1


def test_the_share_of_faults_is_about_what_was_asked_and_repeats_by_seed(client: Client) -> None:
    def run(seed: int) -> list[int]:
        client.behave(http503Rate=0.3, seed=seed)
        return [client.call("GET", "/cash/v1/balance").status_code for _ in range(60)]

    first = run(7)
    assert run(7) == first
    assert run(8) != first
    assert 6 <= Counter(first)[503] <= 32  # 18 expected; six sigma


def test_fail_codes_hit_their_share_and_repeat_by_seed(client: Client) -> None:
    def run() -> dict[str, str]:
        client.control("POST", "/reset", {})
        client.behave(failCodes={"3104": 0.2, "3040": 0.1}, deliverDelayMs=0, seed=3)
        client.until_complete(client.send(*(message(number) for number in range(300))))
        return {line["to"]: line["finalCode"] for line in client.ledger()}

    first = run()
    assert run() == first
    counts = Counter(first.values())
    assert set(counts) == {"3104", "3040", "4000"}
    assert 25 <= counts["3104"] <= 100
    assert 5 <= counts["3040"] <= 65


def test_a_second_try_to_a_number_may_end_otherwise(client: Client) -> None:
    client.behave(failCodes={"3043": 0.5}, deliverDelayMs=0)
    for _ in range(4):
        client.until_complete(client.send(*(message(number) for number in range(20))))
    by_number: dict[str, set[str]] = {}
    for line in client.ledger():
        by_number.setdefault(line["to"], set()).add(line["finalCode"])
    assert any(len(codes) == 2 for codes in by_number.values())


def test_a_fixed_outcome_decides_for_its_number(client: Client) -> None:
    client.behave(
        fixedOutcome={"010-0000-0001": "3047", "01000000002": "1061", "01000000003": "3000"}, deliverDelayMs=0
    )
    group_id = client.group()
    sent = [message(number) for number in range(1, 5)]
    answer = client.good("PUT", f"{GROUPS}/{group_id}/messages", {"messages": sent})
    assert [row["statusCode"] for row in answer["resultList"]] == ["2000", "1061", "2000", "2000"]
    client.good("POST", f"{GROUPS}/{group_id}/send")
    client.until(lambda: sum(line["finalAt"] is not None for line in client.ledger()) == 2)
    finals = {line["to"][-1]: (line["finalState"], line["finalCode"]) for line in client.ledger()}
    assert finals == {"1": ("failed", "3047"), "3": (None, None), "4": ("delivered", "4000")}
    assert client.read_group(group_id)["status"] == "SENDING"


def test_latency_holds_the_answer_back(client: Client) -> None:
    client.behave(latencyMs=600)
    headers = {"Authorization": signature(client.key, client.secret)}
    with pytest.raises(httpx.ReadTimeout):
        client.http.get("/cash/v1/balance", headers=headers, timeout=0.2)


def test_brand_messages_fail_at_night(client: Client) -> None:
    client.control("PUT", "/clock", {"at": "2026-06-01T20:50:00+09:00"})
    client.behave(deliverDelayMs=0)
    brand = message(1, type="CTA", kakaoOptions={"pfId": "KA01PF1", "disableSms": True})
    client.until_complete(client.send(brand, message(2)))
    assert [line["finalCode"] for line in client.ledger()] == ["3108", "4000"]


@pytest.mark.parametrize(("disable_sms", "channels"), [(True, ["alimtalk"]), (False, ["alimtalk", "sms"])])
def test_the_carrier_falls_back_to_text_itself_unless_told_not_to(
    client: Client, disable_sms: bool, channels: list[str]
) -> None:
    client.behave(fixedOutcome={"01000000001": "3104"}, deliverDelayMs=0)
    kakao = {"pfId": "KA01PF1", "templateId": "T1", "disableSms": disable_sms}
    group_id = client.send(message(1, type="ATA", kakaoOptions=kakao))
    done = client.until_complete(group_id)
    assert [line["channel"] for line in client.ledger()] == channels
    assert done["count"]["sentReplacement"] == len(channels) - 1


@pytest.mark.parametrize(
    "rules",
    [
        {"latency": 5},
        {"http503Rate": 1.5},
        {"failCodes": {"31": 0.1}},
        {"failCodes": {"3104": 0.6, "3047": 0.6}},
        {"fixedOutcome": {"x": "3104"}},
        {"receiptBatch": 0},
        {"outage": "maybe"},
        {"afterAcceptSteps": ["teleport"]},
    ],
)
def test_a_wrong_behaviour_is_refused_and_changes_nothing(client: Client, rules: dict[str, Any]) -> None:
    client.behave(seed=42)
    answer = client.http.put("/_sandbox/behaviour", json=rules)
    assert answer.status_code == 422
    assert "acceptThen503Rate" in answer.json()["knownKeys"]
    assert client.control("GET", "/behaviour")["seed"] == 42


def test_a_put_replaces_the_whole_behaviour(client: Client) -> None:
    client.behave(seed=42, deliverDelayMs=5)
    client.behave(seed=43)
    assert client.control("GET", "/behaviour")["deliverDelayMs"] == 300
