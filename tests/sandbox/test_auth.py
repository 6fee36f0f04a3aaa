from datetime import UTC, datetime, timedelta

import pytest
from tests.sandbox.process import Client, signature

BALANCE = "/cash/v1/balance"


def ask(client: Client, header: str) -> tuple[int, str]:
    answer = client.http.get(BALANCE, headers={"Authorization": header})
    return answer.status_code, answer.json().get("errorCode", "")


def test_an_unknown_key_is_let_in_unverified(client: Client) -> None:
    assert ask(client, signature("NEWKEY", "anything")) == (200, "")


def test_a_registered_key_is_verified(client: Client) -> None:
    client.register()
    assert ask(client, signature("TESTKEY", "TESTSECRET")) == (200, "")
    assert ask(client, signature("TESTKEY", "WRONG")) == (403, "SignatureDoesNotMatch")


def test_field_names_come_in_either_case(client: Client) -> None:
    client.register()
    header = signature("TESTKEY", "TESTSECRET").replace("apiKey=", "ApiKey=").replace("date=", "Date=")
    assert ask(client, header) == (200, "")


def test_a_signature_counts_once(client: Client) -> None:
    header = signature("TESTKEY", "TESTSECRET")
    assert ask(client, header) == (200, "")
    assert ask(client, header) == (403, "DuplicatedSignature")


def test_a_signature_of_a_refused_request_is_used_up_too(client: Client) -> None:
    header = signature("TESTKEY", "TESTSECRET")
    missing = client.http.get("/messages/v4/groups/G4VNONE", headers={"Authorization": header})
    assert missing.status_code == 404
    assert ask(client, header) == (403, "DuplicatedSignature")


@pytest.mark.parametrize(("minutes", "expected"), [(-14, 200), (14, 200), (-16, 403), (16, 403)])
def test_the_date_may_be_15_minutes_off(client: Client, minutes: int, expected: int) -> None:
    date = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
    assert ask(client, signature("TESTKEY", "x", date=date))[0] == expected


def test_a_shifted_clock_moves_the_window_without_locking_out_real_time(client: Client) -> None:
    client.control("PUT", "/clock", {"offsetSeconds": 7200})
    ahead = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    assert ask(client, signature("TESTKEY", "x", date=ahead)) == (200, "")
    assert ask(client, signature("TESTKEY", "x")) == (200, "")
    between = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert ask(client, signature("TESTKEY", "x", date=between)) == (403, "RequestTimeTooSkewed")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "InvalidAPIKey"),
        ("Bearer abc", "InvalidAPIKey"),
        ("HMAC-SHA256 date=x, salt=y, signature=z", "InvalidAPIKey"),
        ("HMAC-SHA256 apiKey=K, date=x, salt=short, signature=z", "SignatureDoesNotMatch"),
        ("HMAC-SHA256 apiKey=K, date=yesterday, salt=123456789012, signature=z", "RequestTimeTooSkewed"),
    ],
)
def test_a_malformed_header_is_refused_in_the_carriers_shape(client: Client, header: str, code: str) -> None:
    assert ask(client, header) == (403, code)
