"""Receipts as webhooks: shape, secret, batches, repeats, loss, doubles, disorder."""

import hashlib

from tests.sandbox.process import Client, Receiver, message


def watch(client: Client, receiver: Receiver, **rules: object) -> None:
    client.register(webhookUrl=f"{receiver.url}/hooks/t/solapi", webhookSecret="test-secret")
    client.behave(**{"deliverDelayMs": 0, **rules})


def settled(client: Client) -> list[dict[str, object]]:
    client.until(
        lambda: all(item["nextAt"] is None for item in client.control("GET", "/deliveries")["items"])
    )
    items: list[dict[str, object]] = client.control("GET", "/deliveries")["items"]
    return items


def test_a_receipt_names_the_message_and_carries_the_hashed_secret(
    client: Client, receiver: Receiver
) -> None:
    watch(client, receiver)
    group_id = client.send(message(1, customFields={"attemptId": "s.1.1"}))
    posted = receiver.next()
    assert posted.path == "/hooks/t/solapi"
    assert posted.headers["x-solapi-event-name"] == "SINGLE-REPORT"
    assert posted.headers["x-solapi-secret"] == "fe1bae27cb7c1fb823f496f286e78f1d2ae87734"
    (item,) = posted.body
    assert set(item) == {"eventDataId", "data", "retryCount"}
    data = item["data"]
    assert (data["groupId"], data["statusCode"], data["to"]) == (group_id, "4000", "01000000001")
    assert data["customFields"] == {"attemptId": "s.1.1"}


def test_receipts_can_come_flat(client: Client, receiver: Receiver) -> None:
    watch(client, receiver, webhookFlat=True)
    client.send(message(1))
    (item,) = receiver.next().body
    assert item["statusCode"] == "4000"


def test_receipts_come_in_batches(client: Client, receiver: Receiver) -> None:
    watch(client, receiver, receiptBatch=40)
    client.send(*(message(number) for number in range(100)))
    sizes = sorted(len(receiver.next().body) for _ in range(3))
    assert sizes == [20, 40, 40]


def test_a_webhook_is_repeated_until_it_gets_a_200(client: Client, receiver: Receiver) -> None:
    watch(client, receiver)
    receiver.answers += [500, 302, 201]
    client.send(message(1))
    posts = [receiver.next() for _ in range(4)]
    assert [post.body[0]["retryCount"] for post in posts] == [0, 1, 2, 3]
    assert len({post.body[0]["eventDataId"] for post in posts}) == 1
    (delivery,) = settled(client)
    assert (delivery["outcome"], delivery["tries"]) == ("delivered", 4)


def test_a_webhook_is_given_up_after_five_calls(client: Client, receiver: Receiver) -> None:
    watch(client, receiver)
    receiver.answers += [500] * 9
    client.send(message(1))
    for _ in range(5):
        receiver.next()
    (delivery,) = settled(client)
    assert (delivery["outcome"], delivery["tries"], delivery["lastStatus"]) == ("gave_up", 5, 500)
    assert receiver.posted.empty()


def test_an_address_that_nobody_answers_is_given_up_too(client: Client) -> None:
    client.register(webhookUrl="http://127.0.0.1:9/hook")
    client.behave(deliverDelayMs=0)
    client.send(message(1))
    client.until(lambda: bool(client.control("GET", "/deliveries")["items"]))
    (delivery,) = settled(client)
    assert (delivery["outcome"], delivery["tries"], delivery["lastStatus"]) == ("gave_up", 5, None)


def test_lost_receipts_are_final_for_those_who_ask(client: Client, receiver: Receiver) -> None:
    watch(client, receiver, receiptLossRate=1)
    group_id = client.send(message(1))
    client.until_complete(group_id)
    assert client.control("GET", "/deliveries")["items"] == []
    (row,) = client.good("GET", f"/messages/v4/groups/{group_id}/messages")["messageList"].values()
    assert row["statusCode"] == "4000"


def test_doubled_receipts_come_twice_with_one_event_id(client: Client, receiver: Receiver) -> None:
    watch(client, receiver, receiptDuplicateRate=1)
    client.send(message(1))
    first, second = receiver.next(), receiver.next()
    assert first.body[0]["eventDataId"] == second.body[0]["eventDataId"]


def test_disorder_brings_a_stale_state_after_the_final_one(client: Client, receiver: Receiver) -> None:
    watch(client, receiver, receiptOutOfOrder=True)
    client.send(*(message(number) for number in range(20)))
    codes: dict[str, list[str]] = {}
    order = []
    for data in receiver.reports(40):
        codes.setdefault(data["to"], []).append(data["statusCode"])
        order.append(data["to"])
    assert all(pair == ["4000", "3000"] for pair in codes.values())
    assert order[:20] != sorted(order[:20])


def test_a_failure_is_reported_with_its_code(client: Client, receiver: Receiver) -> None:
    watch(client, receiver, fixedOutcome={"01000000001": "3047"})
    client.send(message(1))
    (data,) = receiver.reports(1)
    assert (data["statusCode"], data["statusMessage"], data["dateReceived"]) == ("3047", "착신 거절", None)


def test_webhooks_can_be_registered_the_carriers_way(client: Client, receiver: Receiver) -> None:
    for event in ("SINGLE-REPORT", "GROUP-REPORT"):
        body = {"eventId": event, "url": f"{receiver.url}/{event}", "secret": "s3cret"}
        client.good("POST", "/webhook/v1/outgoing", body)
    group_id = client.send(message(1))
    posts = {post.path: post for post in (receiver.next(), receiver.next())}
    assert set(posts) == {"/SINGLE-REPORT", "/GROUP-REPORT"}
    assert posts["/GROUP-REPORT"].body[0]["data"]["groupId"] == group_id
    assert posts["/GROUP-REPORT"].headers["x-solapi-secret"] == hashlib.sha1(b"s3cret").hexdigest()


def test_each_account_gets_only_its_own_receipts(client: Client, receiver: Receiver) -> None:
    watch(client, receiver)
    other = client.other("OTHERKEY", "OTHERSECRET")
    other.register(webhookUrl=f"{receiver.url}/other")
    client.send(message(1))
    other.send(message(2))
    posts = {post.path: post.body[0]["data"]["to"] for post in (receiver.next(), receiver.next())}
    assert posts == {"/hooks/t/solapi": "01000000001", "/other": "01000000002"}
