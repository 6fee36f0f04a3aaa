"""What a text weighs on the air: CP949 bytes, what can't be encoded, SMS or LMS.

Carriers count bytes of KS X 1001 extended by Microsoft (CP949): 1 for ASCII, 2 for everything else it has.
Count with `cp949`, never with Python's `euc_kr`: that codec does not fail on extended Hangul such as 뷁 but
emits an 8-byte sequence. 8,822 of the 11,172 modern syllables are extended; strict EUC-KR handsets may show
`?` for them, so they are a warning, while characters outside CP949 are refused with a list and an offer. A
newline counts 1; whether a carrier counts CRLF as 2 is not documented, hence `bytes_crlf` and a warning.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

SMS_BYTES = 90
LMS_BYTES = 2000
TITLE_BYTES = 40
ALIMTALK_CHARS_WARN = 1000  # the overview page of the carrier still says 1,000
ALIMTALK_CHARS = 1300  # the API since 2025-10-28

TextKind = Literal["sms", "lms"]

# Replaced without asking: the same sign to a reader, but only the right-hand one exists in CP949.
_SAME_TO_A_READER = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u2043\ufe58\ufe63", "-"),
    **dict.fromkeys("\u2022\u2219\u2027\u30fb\u22c5\u25e6\uff65", "\u00b7"),  # bullets and middle dots
    # NBSP and the typographic spaces; U+3000 stays (CP949 has it). Tab: 1028 "non-printable" at Solapi.
    **dict.fromkeys("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a", " "),
    **dict.fromkeys("\u202f\u205f\t\u3164\uffa0\u115f\u1160", " "),
    "\u20a9": "\uffe6",  # ₩: CP949 only has the full-width won sign
    "\u301c": "\uff5e",  # wave dash as Mac and Japanese keyboards type it
    "\u02d7": "-",
    "\u2024": ".",
    "\u201b": "\u2018",
    "\u201f": "\u201d",
    # NFC turns these three into forms that CP949 does not have; it has the compatibility ones.
    "\u00c5": "\u212b",
    "\u90ce": "\uf92c",
    "\u96b8": "\uf9b8",
}
# Zero-width characters, joiners, direction marks, BOM, soft hyphen, variation selectors: invisible, removed.
_INVISIBLE = {
    *"\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff",
    *(chr(code) for code in range(0x202A, 0x202F)),
    *(chr(code) for code in range(0x2066, 0x2070)),
    *(chr(code) for code in range(0xFE00, 0xFE10)),
    *(chr(code) for code in range(0xE0000, 0xE0080)),
    *(chr(code) for code in range(0xE0100, 0xE01F0)),
    *(chr(code) for code in range(0xD800, 0xE000)),  # lone surrogates: JSON can carry them, UTF-8 can't
}
_CONTROLS = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}
_TABLE = str.maketrans({**_SAME_TO_A_READER, **dict.fromkeys(_INVISIBLE | _CONTROLS, "")})
# Nothing in these is changed by `normalise`. Nearly every text and name is of printable ASCII and whole syllables, and each
# is normalised some five times on its way to the carrier (0.3 µs for 30 characters instead of 5).
_ORDINARY = re.compile("[\n -~가-힣]*")
_TOUCHED = frozenset({*_SAME_TO_A_READER, *_INVISIBLE, *_CONTROLS, *"\r\u2028\u2029"})

# Offered, never done silently: the sign changes its look or its meaning.
_OFFERS = {
    "✓": "√",
    "✔": "√",
    "✅": "√",
    "✗": "×",
    "✘": "×",
    "❌": "×",
    "❤": "♥",
    "🧡": "♥",
    "💛": "♥",
    "💚": "♥",
    "💙": "♥",
    "💜": "♥",
    "🤍": "♡",
    "⭐": "★",
    "🌟": "★",
    "✨": "☆",
    "✩": "☆",
    "✦": "◆",
    "➡": "→",
    "⬅": "←",
    "⬆": "↑",
    "⬇": "↓",
    "➔": "→",
    "➜": "→",
    "▸": "▶",
    "►": "▶",
    "☑": "▣",
    "☐": "□",
    "❗": "!",
    "❓": "?",
    "‼": "!!",
    "📞": "☎",
    "📱": "☎",
    "📢": "▶",
    "📣": "▶",
    "👉": "☞",
    "🔴": "●",
    "🔵": "●",
    "⚫": "●",
    "⚪": "○",
    "ー": "-",
    "₿": "BTC",
    "©": "(c)",
    "👍": "",
    "🙏": "",
}


def normalise(text: str) -> str:
    """NFC, one kind of newline, look-alikes CP949 has, nothing invisible. Idempotent."""
    if _ORDINARY.fullmatch(text) or (unicodedata.is_normalized("NFC", text) and _TOUCHED.isdisjoint(text)):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    # Twice: removing a joiner may leave a base and a mark side by side, which NFC then puts together.
    text = unicodedata.normalize("NFC", text).translate(_TABLE)
    return unicodedata.normalize("NFC", text).translate(_TABLE)


@lru_cache(maxsize=20_000)
def encodable(char: str) -> bool:
    try:
        char.encode("cp949")
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=20_000)
def is_extended(char: str) -> bool:
    """In CP949 but not in strict EUC-KR: one of the two bytes lies below 0xA1."""
    code = char.encode("cp949", errors="ignore")
    return len(code) == 2 and min(code) < 0xA1


def offer(char: str) -> str:
    """A replacement that CP949 has, or "" (leave it out)."""
    if char in _OFFERS:
        return _OFFERS[char]
    plain = unicodedata.normalize("NFKD", char)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).translate(_TABLE)
    return plain if plain != char and all(encodable(c) for c in plain) else ""


@dataclass(frozen=True, slots=True)
class BadCharacter:
    """One character that can't be sent as text. Positions count code points; `utf16` is for browsers."""

    char: str
    positions: tuple[int, ...]
    utf16: tuple[int, ...]
    replacement: str

    @property
    def codepoint(self) -> str:
        return f"U+{ord(self.char):04X}"


@dataclass(frozen=True, slots=True)
class Measure:
    """Weight of a normalised text. An unencodable character weighs 2 (what its `?` or offer may need)."""

    text: str
    bytes: int
    bytes_crlf: int
    unencodable: tuple[BadCharacter, ...]
    extended: tuple[str, ...]  # distinct, in order: may show as ? on strict EUC-KR handsets

    @property
    def sendable(self) -> bool:
        return not self.unencodable


def byte_length(text: str) -> int:
    """Bytes of an already normalised text."""
    try:
        return len(text.encode("cp949"))
    except UnicodeEncodeError:
        return sum(len(c.encode("cp949")) if encodable(c) else 2 for c in text)


_STRICT_BYTES = bytes(range(0xA1, 0x100))  # both bytes of a character of strict EUC-KR


def measure(text: str) -> Measure:
    """Normalise, then weigh."""
    text = normalise(text)
    try:
        code = text.encode("cp949")
    except UnicodeEncodeError:
        length, bad, strict = byte_length(text), _bad_characters(text), False
    else:
        length, bad = len(code), ()
        wide = length - len(text)  # characters of two bytes: all strict when 2 × wide bytes are
        strict = length - len(code.translate(None, _STRICT_BYTES)) == 2 * wide
    return Measure(
        text=text,
        bytes=length,
        bytes_crlf=length + text.count("\n"),
        unencodable=bad,
        extended=() if strict else tuple(c for c in dict.fromkeys(text) if is_extended(c)),
    )


class Weight(NamedTuple):
    """Bytes of a normalised text, and whether CP949 has all of it."""

    bytes: int
    encodable: bool


def weigh(text: str) -> Weight:
    """`measure` of an already normalised text for somebody who needs no list of what is wrong (0.3 µs instead of 1.9)."""
    try:
        return Weight(len(text.encode("cp949")), encodable=True)
    except UnicodeEncodeError:
        return Weight(byte_length(text), encodable=False)


def fits(kind: str, text: str, weight: Weight, title: Measure) -> bool:
    """Would `problems` of a finished text block nothing? The same rules without building a list (tests/domain/test_text.py
    holds the two together)."""
    if not text or text.isspace():
        return False
    if kind == "alimtalk":
        return len(text) <= ALIMTALK_CHARS
    if not weight.encodable or title.unencodable:
        return False
    if title.bytes > TITLE_BYTES or "\n" in title.text or (kind == "sms" and title.text.strip()):
        return False
    return weight.bytes <= (SMS_BYTES if kind == "sms" else LMS_BYTES)


def _bad_characters(text: str) -> tuple[BadCharacter, ...]:
    found: dict[str, list[tuple[int, int]]] = {}
    utf16 = 0
    for position, char in enumerate(text):
        if ord(char) > 0x7F and not encodable(char):
            found.setdefault(char, []).append((position, utf16))
        utf16 += 2 if ord(char) > 0xFFFF else 1
    return tuple(
        BadCharacter(char, tuple(p for p, _ in places), tuple(u for _, u in places), offer(char))
        for char, places in found.items()
    )


def replace_all(text: str, chars: Iterable[str] | None = None) -> str:
    """Take the offers: for the given characters, or for everything that can't be encoded."""
    chosen = set(chars) if chars is not None else None
    swapped = (
        offer(c) if not encodable(c) and (chosen is None or c in chosen) else c for c in normalise(text)
    )
    return "".join(swapped)


def kind_for(text: str, subject: str = "") -> TextKind | None:
    """SMS up to 90 bytes without a title, LMS up to 2,000; None when neither carries it.

    A subject makes it LMS: Solapi refuses a subject on type SMS (1013).
    """
    return kind_of(byte_length(normalise(text)), has_title=bool(normalise(subject).strip()))


def kind_of(length: int, *, has_title: bool) -> TextKind | None:
    """`kind_for` a text that is weighed already."""
    if length <= SMS_BYTES and not has_title:
        return "sms"
    return "lms" if length <= LMS_BYTES else None


@dataclass(frozen=True, slots=True)
class TextProblem:
    """Why a text can't, or should not, go out on a channel. `level`: block or warn."""

    level: Literal["block", "warn"]
    code: str
    message_ko: str


def problems(kind: str, text: str, subject: str = "") -> tuple[TextProblem, ...]:
    """Everything wrong with a finished text on one channel (sms, lms, alimtalk)."""
    return problems_of(kind, measure(text), measure(subject))


def problems_of(kind: str, weight: Measure, title: Measure) -> tuple[TextProblem, ...]:
    """`problems` of a text that is weighed already."""
    if not weight.text.strip():
        return (TextProblem("block", "empty", "내용이 비어 있어요."),)
    if kind == "alimtalk":
        return _alimtalk_problems(weight.text)
    return (*_encoding_problems(weight, title), *_size_problems(kind, weight, title))


def _encoding_problems(weight: Measure, title: Measure) -> Iterable[TextProblem]:
    if weight.unencodable or title.unencodable:
        bad = dict.fromkeys(b.char for b in (*weight.unencodable, *title.unencodable))
        listed = " ".join(bad)
        yield TextProblem("block", "not_encodable", f"문자로 보낼 수 없는 글자가 있어요: {listed}")
    if weight.extended or title.extended:
        extended = dict.fromkeys((*weight.extended, *title.extended))
        listed = " ".join(extended)
        yield TextProblem("warn", "extended_hangul", f"일부 단말기에서 ?로 보일 수 있는 글자: {listed}")


def _size_problems(kind: str, weight: Measure, title: Measure) -> Iterable[TextProblem]:
    limit = SMS_BYTES if kind == "sms" else LMS_BYTES
    if weight.bytes > limit:
        yield TextProblem(
            "block", "too_long", f"{weight.bytes:,}바이트예요. {limit:,}바이트까지 보낼 수 있어요."
        )
    elif weight.bytes_crlf > limit:
        yield TextProblem(
            "warn",
            "newlines_near_limit",
            f"줄바꿈을 2바이트로 세는 통신사에서는 {weight.bytes_crlf:,}바이트가 되어 넘쳐요.",
        )
    if kind == "sms" and title.text.strip():
        yield TextProblem("block", "subject_on_sms", "단문(SMS)에는 제목을 넣을 수 없어요.")
    if title.bytes > TITLE_BYTES:
        yield TextProblem(
            "block", "subject_too_long", f"제목이 {title.bytes}바이트예요. {TITLE_BYTES}바이트까지예요."
        )
    if "\n" in title.text:
        yield TextProblem("block", "subject_newline", "제목에는 줄바꿈을 넣을 수 없어요.")


def _alimtalk_problems(text: str) -> tuple[TextProblem, ...]:
    if len(text) > ALIMTALK_CHARS:
        message = f"알림톡은 {ALIMTALK_CHARS:,}자까지예요. 지금 {len(text):,}자예요."
        return (TextProblem("block", "too_long", message),)
    if len(text) > ALIMTALK_CHARS_WARN:
        message = f"알림톡 {ALIMTALK_CHARS_WARN:,}자를 넘었어요. 통신사에 따라 거부될 수 있어요."
        return (TextProblem("warn", "near_limit", message),)
    return ()
