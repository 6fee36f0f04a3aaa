"""Codes of short links, and what a click was."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain import text
from pabal.domain.links import (
    CODE_LENGTH,
    MANY_CODES,
    MAX_NUMBER,
    MAX_SEQ,
    ClickClass,
    SendLinks,
    Visit,
    classify,
    key_of,
    keys_in,
    read_code,
    variable_of,
    with_placeholders,
    write_code,
)

KEY = bytes(range(32))
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1"
KAKAO_BROWSER = (
    "Mozilla/5.0 (Linux; Android 16; SM-S938N) AppleWebKit/537.36 Chrome/156.0 Mobile KAKAOTALK 12.1.0"
)


@given(st.integers(0, MAX_NUMBER), st.integers(0, MAX_SEQ), st.binary(min_size=32, max_size=32))
def test_a_code_reads_back_and_is_always_as_long(number, seq, key):
    code = write_code(key, number, seq)
    assert len(code) == CODE_LENGTH
    assert code.isascii()
    assert code.isalnum()
    assert read_code(key, code) == (number, seq)


def test_neighbours_have_nothing_in_common():
    """Half of the 64 bits differ between neighbours, as between random codes: knowing one's own helps nobody."""
    codes = [write_code(KEY, 7, seq) for seq in range(2000)]
    assert len(set(codes)) == 2000
    same = [sum(a == b for a, b in zip(one, two, strict=True)) for one, two in itertools.pairwise(codes)]
    assert sum(same) / len(same) < 0.5  # 11/62 by chance, a little more for the first letter


@given(st.integers(0, 2**64 - 1))
def test_guessing_finds_nothing(value):
    """A random code opens with 2^-14 for its zeros alone, times the share of numbers and places given out."""
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    code = ""
    for _ in range(CODE_LENGTH):
        value, rest = divmod(value, 62)
        code = letters[rest] + code
    found = read_code(KEY, code)
    assert found is None or write_code(KEY, *found) == code


def test_random_codes_hardly_ever_pass_even_the_zeros():
    step = 2**64 // 5000
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    passed = 0
    for n in range(5000):
        value, code = n * step + n * n, ""
        for _ in range(CODE_LENGTH):
            value, rest = divmod(value, 62)
            code = letters[rest] + code
        passed += read_code(KEY, code) is not None
    assert passed <= 5  # expected 0.3


@pytest.mark.parametrize("code", ["", "a", "z" * 11, "가" * 11, "0" * 10 + "-", "0" * 12, " " * 11])
def test_what_is_no_code_is_none(code):
    assert read_code(KEY, code) is None


def test_another_installations_code_is_none():
    wrong = [read_code(b"x" * 32, write_code(KEY, 1, seq)) for seq in range(500)]
    assert wrong.count(None) >= 498


def test_variables_name_keys():
    assert keys_in(["안녕 #{링크} #{이름} #{링크:지도}", "#{링크:지도} #{링크: 후원 }"]) == (
        "",
        "지도",
        "후원",
    )
    assert key_of("링크") == ""
    assert key_of("링크:지도") == "지도"
    assert key_of("링크지도") is None
    assert [variable_of(key) for key in ("", "지도")] == ["링크", "링크:지도"]


def test_a_placeholder_weighs_what_anybodys_link_weighs():
    links = SendLinks("https://pabal.example/l/", {"링크": 3})
    body = "소식 #{링크} 꼭 보세요, #{이름}님"
    stood_in = with_placeholders(body, links.base)
    assert "#{이름}" in stood_in
    assert "#{링크}" not in stood_in
    for seq in (0, 1, 99_999, MAX_SEQ):
        real = body.replace("#{링크}", links.values(KEY, seq)["링크"])
        assert text.byte_length(real) == text.byte_length(stood_in)


@pytest.mark.parametrize(
    ("visit", "expected"),
    [
        (Visit(IPHONE), (ClickClass.HUMAN, "")),
        (Visit(KAKAO_BROWSER, seconds_after=30.0), (ClickClass.HUMAN, "")),
        (Visit(IPHONE, seconds_after=1.9), (ClickClass.PREFETCH, "too_fast")),
        (Visit(IPHONE, seconds_after=2.0), (ClickClass.HUMAN, "")),
        (Visit(IPHONE, purpose="prefetch;prerender"), (ClickClass.PREFETCH, "purpose")),
        (Visit(IPHONE, purpose="preview"), (ClickClass.PREFETCH, "purpose")),
        (Visit("facebookexternalhit/1.1; kakaotalk-scrap/1.0"), (ClickClass.BOT, "scraper")),
        (Visit("facebookexternalhit/1.1"), (ClickClass.BOT, "scraper")),
        (Visit("TelegramBot (like TwitterBot)"), (ClickClass.BOT, "scraper")),
        (Visit("Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)"), (ClickClass.BOT, "scraper")),
        (Visit("SomeNewBot/3.0"), (ClickClass.BOT, "calls_itself_bot")),
        (Visit("curl/8.9.1"), (ClickClass.BOT, "tool")),
        (Visit(""), (ClickClass.BOT, "no_user_agent")),
        (Visit("  "), (ClickClass.BOT, "no_user_agent")),
        (Visit(IPHONE, codes_from_address=MANY_CODES), (ClickClass.BOT, "many_codes")),
        (Visit(IPHONE, codes_from_address=MANY_CODES - 1), (ClickClass.HUMAN, "")),
    ],
)
def test_what_a_click_was(visit, expected):
    assert classify(visit) == expected
