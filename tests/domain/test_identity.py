"""E-mail and Kakao ID canonical forms; values found in the wrong column."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain import identity
from pabal.domain.identity import (
    IdentityKind,
    canonical,
    mask_email,
    mask_kakao,
    read_email,
    read_kakao,
    read_phones,
)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("kms@naver.com", "kms@naver.com"),
        (" KMS @ Naver.com ", "kms@naver.com"),
        ("kms＠naver.com", "kms@naver.com"),
        ("kms@naver,com", "kms@naver.com"),
        ("kms@naver.con", "kms@naver.com"),
        ("kms@naver.com;", "kms@naver.com"),
        ("kms@naver.com)", "kms@naver.com"),
        ("김 <kms@naver.com>", "kms@naver.com"),
        ("k.m.s+camp@gmail.com", "kms@gmail.com"),
        ("kms@gamil.com", "kms@gmail.com"),
        ("kms@hanmail.net", "kms@daum.net"),
        ("kms@duam.net", "kms@daum.net"),
        ("k.m.s@naver.com", "k.m.s@naver.com"),
        ("a@a.com; kms@naver.com", "kms@naver.com"),
    ],
)
def test_canonical_mailboxes(cell: str, value: str) -> None:
    assert [identity.value for identity in read_email(cell).identities] == [value]


@pytest.mark.parametrize(
    "cell", ["", "-", "없음", "@", "x", "test@test.com", "none@none.com", "a@a.com", "no@naver.com"]
)
def test_email_placeholders_are_blank(cell: str) -> None:
    assert read_email(cell).blank


@pytest.mark.parametrize("cell", ["minjun@", "a@b", "그냥 글"])
def test_broken_email_is_a_problem(cell: str) -> None:
    reading = read_email(cell)
    assert not reading.identities
    assert reading.problems[0].code == "email_invalid"


@pytest.mark.parametrize("cell", ["kms940420", "KMS940420", " @kms940420", "ID:kms940420", "카톡 kms940420"])
def test_canonical_kakao(cell: str) -> None:
    assert [identity.value for identity in read_kakao(cell).identities] == ["kms940420"]


@pytest.mark.parametrize("cell", ["", "카톡", "O", "있음", "kakaotalk", "0", "전화번호와 동일", "번호동일"])
def test_kakao_placeholders_are_blank(cell: str) -> None:
    assert read_kakao(cell).blank


def test_values_in_the_wrong_column_are_used() -> None:
    assert read_kakao("010-9308-2906").identities[0].kind is IdentityKind.PHONE
    assert read_kakao("kms@naver.com").identities[0].kind is IdentityKind.EMAIL
    assert read_email("010-9308-2906").identities[0].kind is IdentityKind.PHONE
    assert read_phones("kms@naver.com").identities[0].kind is IdentityKind.EMAIL


def test_a_relatives_number_is_kept_but_not_usable() -> None:
    assert [identity.usable for identity in read_phones("010-9308-2906(아들)").identities] == [False]


@given(st.text(), st.sampled_from(list(IdentityKind)))
def test_canonical_is_idempotent(text: str, kind: IdentityKind) -> None:
    identity = canonical(kind, text)
    if identity is not None and identity.usable:
        again = canonical(kind, identity.value)
        assert again is not None
        assert again.value == identity.value


def test_masks() -> None:
    assert mask_email("kms@naver.com") == "km***@naver.com"
    assert mask_kakao("kms940420") == "km***"


@given(st.from_regex(identity._FAST_EMAIL, fullmatch=True))
def test_the_quick_way_reads_what_the_long_way_reads(text: str) -> None:
    assert read_email(text) == identity._read_email_slowly(text)
