"""Webhooks: hints from outside, read defensively."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.channels import reading
from pabal.channels.base import ReceiptBatch
from pabal.channels.solapi import receipts
from pabal.channels.solapi.codes import CODES, lookup
from pabal.channels.solapi.receipts import parse_receipts, verify_webhook
from pabal.domain.message import FailureClass as F

VECTOR = "fe1bae27cb7c1fb823f496f286e78f1d2ae87734"  # published: SHA-1 of "test-secret"


@pytest.mark.parametrize(
    ("headers", "secret", "verified"),
    [
        ({"X-Solapi-Secret": VECTOR}, "test-secret", True),
        ({"x-solapi-secret": VECTOR}, "test-secret", True),
        ({"X-Solapi-Secret": VECTOR}, "another", False),
        ({"X-Solapi-Secret": "test-secret"}, "test-secret", False),
        ({"X-Solapi-Secret": VECTOR.upper()}, "test-secret", False),
        ({"X-Solapi-Secret": "비밀"}, "test-secret", False),
        ({}, "test-secret", False),
        ({"X-Solapi-Secret": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}, "", False),  # SHA-1 of nothing
    ],
)
def test_verify(headers, secret, verified):
    assert verify_webhook(headers, secret) is verified


def report(code="4000", **extra):
    return {
        "messageId": "M4V20261121090000ABCDEFGHIJKLMNO",
        "groupId": "G4V1",
        "type": "SMS",
        "to": "01011112222",
        "statusCode": code,
        "dateReceived": "2026-11-21T00:00:01.000Z",
        "customFields": {"attemptId": "s1.1.1"},
        **extra,
    }


@pytest.mark.parametrize(
    "wrap", [lambda r: [r], lambda r: [{"eventDataId": "e", "data": r, "retryCount": 0}], lambda r: r]
)
@pytest.mark.parametrize(
    ("code", "to_state", "presumed", "failure_class"),
    [
        ("2000", "accepted", False, None),
        ("3000", "accepted", False, None),
        ("4000", "delivered", False, None),
        ("3031", "failed", False, F.FINAL),
        ("3040", "failed", True, F.RETRYABLE),
        ("2024", "failed", True, F.RETRYABLE),
        ("3047", "failed", False, F.POLICY),
        ("2061", "failed", False, F.POLICY),
        ("3999", "failed", True, F.CONFIGURATION),  # not listed: never certain
        ("1062", "failed", False, F.CONFIGURATION),
    ],
)
def test_both_shapes(wrap, code, to_state, presumed, failure_class):
    batch = parse_receipts(json.dumps(wrap(report(code))).encode())
    [news] = batch.news
    assert batch.junk == 0
    assert (news.attempt_id, news.code) == ("s1.1.1", code)
    assert (news.to_state, news.presumed, news.failure_class) == (to_state, presumed, failure_class)
    assert news.at is not None
    assert news.opt_out is (code == "2061")


def test_junk_is_counted_and_loses_nobody():
    rows = [
        report(),
        None,
        7,
        "text",
        [],
        {},
        {"data": None},
        {"data": 3},
        report("soon"),
        report(None),
        report("4999"),
        report(messageId=["x"]),
        report(messageId="M" * 100),
        report(messageId="M4V2"),
    ]
    batch = parse_receipts(json.dumps(rows).encode())
    assert [n.provider_message_id for n in batch.news] == ["M4V20261121090000ABCDEFGHIJKLMNO", "M4V2"]
    assert batch.junk == 12


@pytest.mark.parametrize(
    "custom",
    [None, {}, "s1.1.1", {"attemptId": 7}, {"attemptId": "x" * 101}, {"attemptId": "a'; --"}, ["attemptId"]],
)
def test_a_foreign_key_is_no_key(custom):
    [news] = parse_receipts(json.dumps([report(customFields=custom)]).encode()).news
    assert news.attempt_id is None


def test_group_reports_are_neither_news_nor_junk():
    batch = parse_receipts(
        json.dumps([{"data": {"groupId": "G4V1", "status": "COMPLETE", "count": {}}}]).encode()
    )
    assert (batch.news, batch.junk) == ((), 0)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"null", b'"x"', b"[" * 100_000, b"NaN"])
def test_a_body_that_is_none_is_one_piece_of_junk(body):
    assert parse_receipts(body) == ReceiptBatch((), junk=1)


def test_bodies_and_rows_are_bounded(monkeypatch):
    monkeypatch.setattr(receipts, "MAX_ROWS", 2)
    batch = parse_receipts(json.dumps([report()] * 5).encode())
    assert (len(batch.news), batch.junk) == (2, 3)
    monkeypatch.setattr(reading, "MAX_BODY_BYTES", 10)
    assert parse_receipts(json.dumps([report()]).encode()).junk == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["data", "messageId", "groupId", "statusCode", "customFields", "attemptId", "dateReceived"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_no_shape_raises(value):
    parse_receipts(json.dumps(value).encode())


@given(st.binary(max_size=200))
def test_no_bytes_raise(body):
    parse_receipts(body)


def test_a_time_without_a_zone_is_korean():
    [news] = parse_receipts(json.dumps([report(dateReceived="2026-11-21 09:00:01")]).encode()).news
    assert news.at is not None
    assert news.at.utcoffset() is not None
    assert news.at.isoformat() == "2026-11-21T09:00:01+09:00"


# -- the code table ---------------------------------------------------------------------------------


def test_opt_outs_refusals_and_blocks_are_policy():
    for code in ("1060", "2060", "1061", "2061", "1064", "2064", "3047", "3055", "3108"):
        assert lookup(code).failure_class is F.POLICY
    assert {c for c, entry in CODES.items() if entry.opt_out} == {"1061", "2061"}


def test_silence_and_carrier_faults_are_never_certain():
    assert {c for c, entry in CODES.items() if not entry.certain} == {"1026", "2024", "3024", "3040"}
    assert not lookup("2999").certain
    assert not lookup("3999").certain


def test_a_code_nobody_knows_starts_no_fallback_by_default():
    assert lookup("3999").failure_class is F.CONFIGURATION


def test_every_code_says_why_and_who_can_mend_it():
    for code, entry in CODES.items():
        assert entry.meaning_ko, code
        if entry.failure_class in {F.CONFIGURATION, F.CONTENT, F.POLICY}:
            assert entry.mend_ko, code
