"""Step-wise sending: states, refusals, duplicates, paging, schedules, and the documented quirks of a DELETE."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.sandbox.process import Client, message, signature

GROUPS = "/messages/v4/groups"


def refusal(client: Client, method: str, path: str, body: Any = None) -> tuple[int, str]:
    answer = client.call(method, path, body)
    return answer.status_code, answer.json().get("errorCode", "")


def test_a_group_goes_from_pending_to_complete(client: Client) -> None:
    group_id = client.group(message(1), message(2))
    pending = client.read_group(group_id)
    assert (pending["status"], pending["dateSent"]) == ("PENDING", None)
    assert pending["count"]["registeredSuccess"] == 2
    assert client.ledger() == []
    assert client.good("POST", f"{GROUPS}/{group_id}/send")["status"] == "SENDING"
    done = client.until_complete(group_id)
    assert done["count"] == {
        "total": 2,
        "sentTotal": 2,
        "sentSuccess": 2,
        "sentFailed": 0,
        "sentPending": 0,
        "sentReplacement": 0,
        "refund": 0,
        "registeredFailed": 0,
        "registeredSuccess": 2,
    }
    assert done["dateSent"] is not None
    assert done["dateCompleted"] is not None
    assert any("발송" in line["message"] for line in done["log"])


def test_what_was_sent_cannot_be_sent_changed_or_deleted_again(client: Client) -> None:
    client.behave(deliverDelayMs=60_000)
    group_id = client.send(message(1))
    path = f"{GROUPS}/{group_id}"
    assert refusal(client, "POST", f"{path}/send") == (400, "GroupInProcessing")
    assert refusal(client, "PUT", f"{path}/messages", {"messages": [message(2)]}) == (
        400,
        "GroupInProcessing",
    )
    assert refusal(client, "DELETE", path) == (400, "NotOperationalStatus")
    assert len(client.ledger()) == 1


def test_a_complete_group_was_already_sent(client: Client) -> None:
    group_id = client.send(message(1))
    client.until_complete(group_id)
    assert refusal(client, "POST", f"{GROUPS}/{group_id}/send") == (400, "AlreadySent")
    assert refusal(client, "DELETE", f"{GROUPS}/{group_id}") == (400, "NotOperationalStatus")


def test_a_deleted_group_is_a_fence(client: Client) -> None:
    group_id = client.group(message(1))
    assert client.good("DELETE", f"{GROUPS}/{group_id}")["status"] == "DELETED"
    assert refusal(client, "PUT", f"{GROUPS}/{group_id}/messages", {"messages": [message(2)]}) == (
        400,
        "DeletedGroup",
    )
    assert refusal(client, "POST", f"{GROUPS}/{group_id}/send") == (400, "DeletedGroup")
    assert refusal(client, "DELETE", f"{GROUPS}/{group_id}") == (400, "NotOperationalStatus")
    after = client.read_group(group_id)
    assert (after["status"], after["dateSent"]) == ("DELETED", None)
    assert client.ledger() == []


def test_a_group_is_unknown_to_other_accounts(client: Client) -> None:
    group_id = client.group(message(1))
    stranger = client.other("OTHERKEY")
    assert refusal(stranger, "GET", f"{GROUPS}/{group_id}") == (404, "ResourceNotFound")
    assert refusal(stranger, "POST", f"{GROUPS}/{group_id}/send") == (404, "ResourceNotFound")


def test_an_empty_group_is_not_sent(client: Client) -> None:
    assert refusal(client, "POST", f"{GROUPS}/{client.group()}/send") == (400, "ValidationError")


def test_refused_messages_are_told_one_by_one(client: Client) -> None:
    group_id = client.group()
    messages = [message(1), message(2, text="🎉"), message(1), message(3, **{"from": ""})]
    answer = client.good("PUT", f"{GROUPS}/{group_id}/messages", {"messages": messages})
    assert answer["errorCount"] == 3
    assert [row["statusCode"] for row in answer["resultList"]] == ["2000", "1029", "1026", "1010"]
    assert all(
        len(row["messageId"]) == 32 and row["messageId"].startswith("M4V") for row in answer["resultList"]
    )
    count = client.read_group(group_id)["count"]
    assert (count["registeredSuccess"], count["registeredFailed"]) == (1, 3)


def test_a_number_is_taken_once_per_group_also_over_parallel_adds(client: Client) -> None:
    group_id = client.group()
    clients = [client.other() for _ in range(8)]

    def add(one: Client) -> list[str]:
        body = {"messages": [message(number) for number in range(50)]}
        answer = one.good("PUT", f"{GROUPS}/{group_id}/messages", body)
        return [row["statusCode"] for row in answer["resultList"]]

    with ThreadPoolExecutor(len(clients)) as pool:
        codes = [code for row in pool.map(add, clients) for code in row]
    assert (codes.count("2000"), codes.count("1026")) == (50, 350)
    client.good("POST", f"{GROUPS}/{group_id}/send")
    numbers = [line["to"] for line in client.ledger()]
    assert len(numbers) == len(set(numbers)) == 50


def test_parallel_sends_of_a_group_send_it_once(client: Client) -> None:
    client.behave(deliverDelayMs=60_000)
    group_id = client.group(*(message(number) for number in range(20)))
    clients = [client.other() for _ in range(8)]
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(
            pool.map(lambda one: one.call("POST", f"{GROUPS}/{group_id}/send").status_code, clients)
        )
    assert (answers.count(200), answers.count(400)) == (1, 7)
    assert len(client.ledger()) == 20


def test_duplicates_pass_when_the_group_allows_them(client: Client) -> None:
    client.send(message(1), message(1), allowDuplicates=True)
    assert len(client.ledger()) == 2


def test_a_list_of_numbers_is_one_message_each(client: Client) -> None:
    client.send(message(1, to=["01000000001", "01000000002"]))
    assert [line["to"] for line in client.ledger()] == ["01000000001", "01000000002"]


def test_more_than_10_000_numbers_in_one_request_are_refused(client: Client) -> None:
    group_id = client.group()
    body = {"messages": [message(1, to=[f"010{number:08d}" for number in range(10_001)])]}
    assert refusal(client, "PUT", f"{GROUPS}/{group_id}/messages", body) == (400, "ValidationError")


def test_a_body_over_15_megabytes_is_refused(client: Client) -> None:
    group_id = client.group()
    body = {"messages": [message(1, text="a" * 15_800_000)]}
    assert refusal(client, "PUT", f"{GROUPS}/{group_id}/messages", body) == (413, "ValidationError")


@pytest.mark.parametrize("body", [None, {}, {"messages": []}, {"messages": "x"}, {"messages": [1]}, [1]])
def test_an_add_without_messages_is_refused(client: Client, body: Any) -> None:
    assert refusal(client, "PUT", f"{GROUPS}/{client.group()}/messages", body) == (400, "ValidationError")


NASTY: list[dict[str, Any]] = [
    message(1, customFields={"attemptId": "\ud800"}),
    message(1, text="\ud800"),
    message(1, type="\ud800"),
    message(1, type="ATA", text="\ud800", kakaoOptions={"pfId": "p", "templateId": "t"}),
    message(1, subject=7, type="LMS"),
    message(1, kakaoOptions=[1], customFields=[1], country={}, imageId=[]),
    message(1, to=[["01012345678"]]),
    message(1, to={"a": 1}),
    message(1, kakaoOptions={"pfId": 1, "templateId": 2, "variables": [3], "bms": {"chatBubbleType": []}}),
]


@pytest.mark.parametrize("nasty", NASTY)
def test_a_nasty_message_is_refused_or_taken_but_never_breaks_the_server(client: Client, nasty: Any) -> None:
    group_id = client.group(appId={"a": 1}, customFields={"groupKey": ["x"]})
    path = f"{GROUPS}/{group_id}/messages"
    assert client.call("PUT", path, {"messages": [nasty]}).status_code in {200, 400}
    assert client.call("POST", "/messages/v4/send-many/detail", {"messages": [nasty]}).status_code in {
        200,
        400,
    }
    assert client.good("GET", path)["limit"] == 20
    client.ledger()


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[" * 100_000, b'"text"', b"null"])
def test_a_broken_body_is_refused_in_the_carriers_shape(client: Client, content: bytes) -> None:
    headers = {"Authorization": signature(client.key, client.secret), "Content-Type": "application/json"}
    answer = client.http.post("/messages/v4/send-many/detail", content=content, headers=headers)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "ValidationError")


def test_messages_are_read_back_in_pages_in_their_order(client: Client) -> None:
    sent = [message(number, customFields={"attemptId": f"s.{number}.1"}) for number in range(25)]
    group_id = client.group(*sent)
    seen, start = [], None
    while True:
        params = {"limit": 10, **({"startKey": start} if start else {})}
        page = client.good("GET", f"{GROUPS}/{group_id}/messages", **params)
        seen += [row["customFields"]["attemptId"] for row in page["messageList"].values()]
        start = page["nextKey"]
        if start is None:
            break
    assert seen == [f"s.{number}.1" for number in range(25)]


def test_removed_messages_are_not_sent(client: Client) -> None:
    group_id = client.group(message(1), message(2))
    first = next(iter(client.good("GET", f"{GROUPS}/{group_id}/messages")["messageList"]))
    answer = client.good("DELETE", f"{GROUPS}/{group_id}/messages", {"messageIds": [first, "M4VNONE"]})
    assert answer["errorCount"] == 1
    client.good("POST", f"{GROUPS}/{group_id}/send")
    assert [line["to"] for line in client.ledger()] == ["01000000002"]


def test_a_scheduled_group_goes_out_at_its_time(client: Client) -> None:
    group_id = client.group(message(1))
    at = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    assert (
        client.good("POST", f"{GROUPS}/{group_id}/schedule", {"scheduledDate": at})["status"] == "SCHEDULED"
    )
    assert refusal(client, "POST", f"{GROUPS}/{group_id}/send") == (400, "ScheduledGroup")
    assert client.ledger() == []
    client.control("PUT", "/clock", {"offsetSeconds": 3 * 3600 + 60})
    client.until_complete(group_id)
    assert len(client.ledger()) == 1


def test_a_cancelled_schedule_fails_the_group(client: Client) -> None:
    group_id = client.group(message(1))
    at = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    client.good("POST", f"{GROUPS}/{group_id}/schedule", {"scheduledDate": at})
    assert client.good("DELETE", f"{GROUPS}/{group_id}/schedule")["status"] == "FAILED"
    assert refusal(client, "POST", f"{GROUPS}/{group_id}/send") == (400, "FailedGroup")
    client.control("PUT", "/clock", {"offsetSeconds": 4 * 3600})
    assert client.read_group(group_id)["status"] == "FAILED"
    assert client.ledger() == []


def test_a_schedule_of_more_than_six_months_is_refused(client: Client) -> None:
    group_id = client.group(message(1))
    at = (datetime.now(UTC) + timedelta(days=200)).isoformat()
    body = {"scheduledDate": at}
    assert refusal(client, "POST", f"{GROUPS}/{group_id}/schedule", body) == (400, "ValidationError")


def test_a_group_that_costs_more_than_the_balance_stays_pending(client: Client) -> None:
    client.register(balance=30)
    group_id = client.group(message(1), message(2))
    assert refusal(client, "POST", f"{GROUPS}/{group_id}/send") == (402, "NotEnoughBalance")
    assert client.read_group(group_id)["status"] == "PENDING"
    client.register(balance=100)
    assert client.good("POST", f"{GROUPS}/{group_id}/send")["status"] == "SENDING"
    assert client.good("GET", "/cash/v1/balance")["balance"] == 100 - 2 * 18


def test_lagging_counts_show_zero_beside_registered_messages(client: Client) -> None:
    client.behave(countLag=True, deliverDelayMs=60_000)
    group_id = client.group(message(1))
    count = client.read_group(group_id)["count"]
    assert (count["total"], count["registeredSuccess"]) == (0, 1)
    client.good("POST", f"{GROUPS}/{group_id}/send")
    assert client.read_group(group_id)["count"]["sentTotal"] == 0


def test_a_delete_that_races_a_send_says_deleted_but_the_messages_go_out(client: Client) -> None:
    client.behave(deleteRaceMs=600_000, deliverDelayMs=0)
    group_id = client.send(message(1))
    answer = client.good("DELETE", f"{GROUPS}/{group_id}")
    assert (answer["status"], answer["dateSent"]) == ("DELETED", None)
    assert not any(line["message"].endswith("발송합니다.") for line in answer["log"])
    client.until(lambda: client.ledger()[0]["finalState"] == "delivered")


def test_after_the_race_reading_again_shows_the_send(client: Client) -> None:
    client.behave(deleteRaceMs=300, deliverDelayMs=0)
    group_id = client.send(message(1))
    assert client.good("DELETE", f"{GROUPS}/{group_id}")["dateSent"] is None
    client.until(lambda: client.read_group(group_id)["dateSent"] is not None)
    after = client.read_group(group_id)
    assert after["status"] == "DELETED"
    assert any(line["message"].endswith("발송합니다.") for line in after["log"])


def test_a_send_on_the_heels_of_a_delete_goes_out_too(client: Client) -> None:
    client.behave(deleteRaceMs=600_000)
    group_id = client.group(message(1))
    client.good("DELETE", f"{GROUPS}/{group_id}")
    assert client.read_group(group_id)["dateSent"] is None
    assert client.good("POST", f"{GROUPS}/{group_id}/send")["status"] == "SENDING"
    assert client.read_group(group_id)["dateSent"] is None
    assert len(client.ledger()) == 1
    assert refusal(client, "POST", f"{GROUPS}/{group_id}/send") == (400, "DeletedGroup")


def test_search_lag_hides_new_messages_and_final_states(client: Client) -> None:
    client.behave(searchLagMs=600_000, deliverDelayMs=0)
    group_id = client.send(message(1))
    client.until_complete(group_id)
    assert client.good("GET", f"{GROUPS}/{group_id}/messages")["messageList"] == {}
    assert client.good("GET", "/messages/v4/list")["messageList"] == {}
    client.control("PUT", "/clock", {"offsetSeconds": 700})
    (row,) = client.good("GET", "/messages/v4/list", groupId=group_id)["messageList"].values()
    assert (row["statusCode"], row["status"]) == ("4000", "COMPLETE")


def test_an_unknown_path_is_refused_in_the_carriers_shape(client: Client) -> None:
    assert refusal(client, "GET", "/messages/v4/nonsense") == (404, "ResourceNotFound")
