"""Bytes on the air. Encodability table: docs, measured with Python's codecs."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain import text as t

SYLLABLES = "".join(chr(c) for c in range(0xAC00, 0xD7A4))
CP949 = [
    char
    for lead in range(0x81, 0xFF)
    for trail in range(0x41, 0xFF)
    if len(char := bytes([lead, trail]).decode("cp949", errors="ignore")) == 1 and ord(char) > 0x7F
]


def test_every_modern_syllable_weighs_two_bytes():
    assert t.byte_length(SYLLABLES) == 2 * 11_172


def test_python_euc_kr_would_have_counted_eight():
    assert len("뷁".encode("euc_kr")) == 8
    assert t.byte_length("뷁") == 2


def test_extended_hangul_is_exactly_what_ks_x_1001_lacks():
    extended = [c for c in SYLLABLES if t.is_extended(c)]
    assert len(extended) == 8_822
    assert {"뷁", "똠", "펲", "햏"} <= set(extended)


@pytest.mark.parametrize("char", "€·…“”①㈜★♥☎㎡※→▶™®℃½￦～漢")
def test_signs_people_use_are_fine(char):
    weight = t.measure(char)
    assert weight.sendable
    assert weight.bytes == 2


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("– — − ‐ ‑", "- - - - -"),
        ("• ・ ∙", "· · ·"),
        ("₩1,000", "￦1,000"),
        ("10〜12시", "10～12시"),
        ("a\u00a0b", "a b"),
        ("a\tb", "a b"),
        ("가\u200b나\ufeff다\u200d", "가나다"),
        ("☎\ufe0f", "☎"),
        ("\u1112\u1161\u11ab", "한"),
        ("1\r\n2\r3\u20284", "1\n2\n3\n4"),
        ("a\x07b\x85c", "abc"),
        ("a\ud83db", "ab"),
        ("Å", "\u212b"),
    ],
)
def test_normalise(raw, clean):
    assert t.normalise(raw) == clean
    assert t.measure(raw).sendable


def test_unencodable_characters_come_with_positions_and_offers():
    weight = t.measure("👍 좋아요 ✔ 네 ✔ café")
    found = {b.char: b for b in weight.unencodable}
    assert list(found) == ["👍", "✔", "é"]
    assert found["✔"].positions == (6, 10)
    assert found["✔"].utf16 == (7, 11)  # the thumb takes two units in a browser
    assert found["✔"].replacement == "√"
    assert found["é"].replacement == "e"
    assert found["👍"].codepoint == "U+1F44D"
    assert t.replace_all("✔ café👍") == "√ cafe"
    assert t.replace_all("✔ café", {"✔"}) == "√ café"


@pytest.mark.parametrize(
    ("text", "subject", "kind"),
    [
        ("a" * 90, "", "sms"),
        ("a" * 91, "", "lms"),
        ("가" * 45, "", "sms"),
        ("가" * 45 + "a", "", "lms"),
        ("짧은 글", "제목", "lms"),
        ("가" * 1000, "", "lms"),
        ("가" * 1000 + "a", "", None),
        ("가\r\n" * 30, "", "sms"),  # CRLF becomes one byte
    ],
)
def test_kind(text, subject, kind):
    assert t.kind_for(text, subject) == kind


@pytest.mark.parametrize(
    ("kind", "text", "subject", "codes"),
    [
        ("sms", "안녕하세요", "", set()),
        ("sms", "가" * 46, "", {"too_long"}),
        ("sms", "안녕", "제목", {"subject_on_sms"}),
        ("sms", "가" * 44 + "\n", "", set()),
        ("sms", "가" * 44 + "a\n", "", {"newlines_near_limit"}),
        ("lms", "본문", "가" * 20, set()),
        ("lms", "본문", "가" * 20 + "a", {"subject_too_long"}),
        ("lms", "본문", "두\n줄", {"subject_newline"}),
        ("lms", "가" * 1001, "", {"too_long"}),
        ("lms", "😀", "", {"not_encodable"}),
        ("lms", "본문", "😀", {"not_encodable"}),
        ("sms", "뷁", "", {"extended_hangul"}),
        ("sms", " \n ", "", {"empty"}),
        ("alimtalk", "😀" * 1000, "", set()),
        ("alimtalk", "가" * 1001, "", {"near_limit"}),
        ("alimtalk", "가" * 1301, "", {"too_long"}),
    ],
)
def test_problems(kind, text, subject, codes):
    assert {p.code for p in t.problems(kind, text, subject)} == codes


def test_only_warnings_leave_a_text_sendable():
    levels = {p.code: p.level for p in t.problems("lms", "뷁" + "가" * 1000, "")}
    assert levels == {"extended_hangul": "warn", "too_long": "block"}


@given(st.text())
def test_normalise_is_idempotent(text):
    once = t.normalise(text)
    assert t.normalise(once) == once
    assert unicodedata.is_normalized("NFC", once.translate({0x212B: None, 0xF92C: None, 0xF9B8: None}))


def _step_by_step(raw: str) -> str:
    for newline in ("\r\n", "\r", "\u2028", "\u2029"):
        raw = raw.replace(newline, "\n")
    for _ in range(2):
        raw = unicodedata.normalize("NFC", raw).translate(t._TABLE)
    return raw


def test_no_character_gets_past_the_short_cut():
    wrong = [code for code in range(0x110000) if t.normalise(chr(code)) != _step_by_step(chr(code))]
    assert wrong == []


@given(st.text(st.one_of(st.characters(), st.sampled_from("가각\u1100\u1161\u11a8e\u0301\u200d\r\n\t₩Å"))))
def test_the_short_cut_of_normalise_changes_nothing(text):
    assert t.normalise(text) == _step_by_step(text)


@given(
    st.text(st.one_of(st.sampled_from(CP949), st.characters(max_codepoint=0x7F), st.sampled_from("뷁똠😀")))
)
def test_extended_characters_are_found_wherever_they_stand(text):
    clean = t.normalise(text)
    assert t.measure(text).extended == tuple(c for c in dict.fromkeys(clean) if t.is_extended(c))


def test_normalise_never_breaks_what_cp949_has():
    broken = [c for c in CP949 if not all(t.encodable(n) for n in t.normalise(c))]
    assert broken == []


@given(st.text())
def test_measure_agrees_with_the_codec(text):
    weight = t.measure(text)
    if weight.sendable:
        assert weight.bytes == len(weight.text.encode("cp949"))
    else:
        with pytest.raises(UnicodeEncodeError):
            weight.text.encode("cp949")
    for bad in weight.unencodable:
        assert all(weight.text[p] == bad.char for p in bad.positions)
        utf16 = weight.text.encode("utf-16-le", "surrogatepass")
        for u in bad.utf16:
            assert utf16[2 * u :].startswith(bad.char.encode("utf-16-le", "surrogatepass"))


@given(st.text())
def test_taking_every_offer_makes_a_text_sendable(text):
    assert t.measure(t.replace_all(text)).sendable


@given(st.text(alphabet=st.sampled_from("가나다abc \n"), max_size=60))
def test_bytes_add_up(text):
    assert t.byte_length(text) == sum(1 if ord(c) < 128 else 2 for c in text)


@given(
    kind=st.sampled_from(["sms", "lms", "alimtalk"]),
    body=st.one_of(st.text(max_size=60), st.text("가나 \n힣뷁", max_size=1400), st.just("가" * 1301)),
    subject=st.one_of(st.just(""), st.text(max_size=30)),
)
def test_what_fits_is_what_has_no_problem_that_blocks(kind: str, body: str, subject: str) -> None:
    finished = t.normalise(body)
    blocked = any(p.level == "block" for p in t.problems(kind, finished, subject))
    fits = t.fits(kind, finished, t.weigh(finished), t.measure(subject))
    assert fits is not blocked
    assert t.weigh(finished) == (t.measure(finished).bytes, t.measure(finished).sendable)
