"""The hub and the simulated carrier count alike, though they share no code: every character there is, and whole texts of them."""

from hypothesis import given
from hypothesis import strategies as st

from pabal.domain import text
from pabal.sandbox.solapi import validate

# What CP949 has: one byte of ASCII, and every pair of a lead and a trail byte that means something.
TABLE = [
    char
    for lead in range(0x81, 0xFF)
    for trail in range(0x41, 0xFF)
    if len(char := bytes((lead, trail)).decode("cp949", "ignore")) == 1 and ord(char) >= 0x80
]


def test_the_whole_table_weighs_what_the_carrier_charges():
    assert len(TABLE) > 17_000
    wrong = [
        char
        for char in [*map(chr, range(0x20, 0x7F)), *TABLE]
        if text.byte_length(text.normalise(char)) != validate.byte_length(text.normalise(char))
    ]
    assert wrong == []


def test_both_agree_about_what_can_not_be_sent():
    wrong = []
    for code in range(0x20, 0x30000):
        char = chr(code)
        sent = text.normalise(char)
        if not 0xD800 <= code < 0xE000 and sent and text.measure(char).sendable != validate.encodable(sent):
            wrong.append(char)
    assert wrong == []


@given(st.text(st.sampled_from(["가", "뷁", "a", " ", "\n", "★", "😀", "ﾃ", "é", "①", "㈜"]), max_size=120))
def test_whole_texts_weigh_the_same(written):
    sent = text.normalise(written)
    assert text.byte_length(sent) == validate.byte_length(sent)
