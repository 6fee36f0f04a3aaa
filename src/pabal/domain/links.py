"""Codes of short links, and what a click of one was.

A code is 64 bits in 11 characters: the link's number (28), the person's place in the send (22) and 14 zeros, under a keyed
permutation. No row per person has to be written while sending, and a code is still as hard to guess as 64 random bits: of
2^64 codes exactly as many open as were given out, and one's own tells nothing about a neighbour's. The permutation is a
Feistel network of keyed BLAKE2b (Luby and Rackoff 1988; eight rounds where four already resist chosen texts).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from pabal.domain.template import Variable, parse

CODE_LENGTH: Final = 11  # 62^11 > 2^64
MAX_NUMBER: Final = 2**28 - 1
MAX_SEQ: Final = 2**22 - 1
VARIABLE: Final = "링크"  # #{링크}, or #{링크:이름} where a text holds several
DEFAULT_DAYS: Final = 90
MAX_LINKS: Final = 5

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUE = {letter: value for value, letter in enumerate(_ALPHABET)}
_ROUNDS = 8
_HALF = 2**32 - 1
_PADDING_BITS = 14
_SEQ_BITS = 22


def _round(key: bytes, number: int, half: int) -> int:
    data = half.to_bytes(5, "big")
    return int.from_bytes(
        hashlib.blake2b(data, key=key, digest_size=4, salt=bytes((number,))).digest(), "big"
    )


def write_code(key: bytes, number: int, seq: int) -> str:
    """The code of one person's link. Always 11 characters, so that its bytes are known before it is."""
    if not (0 <= number <= MAX_NUMBER and 0 <= seq <= MAX_SEQ):
        raise ValueError("a link's number or a person's place is out of range")
    block = (number << _SEQ_BITS | seq) << _PADDING_BITS
    left, right = block >> 32, block & _HALF
    for number_of_round in range(_ROUNDS):
        left, right = right, left ^ _round(key, number_of_round, right)
    value = left << 32 | right
    letters = []
    for _ in range(CODE_LENGTH):
        value, rest = divmod(value, 62)
        letters.append(_ALPHABET[rest])
    return "".join(reversed(letters))


def read_code(key: bytes, code: str) -> tuple[int, int] | None:
    """(number of the link, the person's place); None for what we never wrote."""
    if len(code) != CODE_LENGTH:
        return None
    value = 0
    for letter in code:
        digit = _VALUE.get(letter)
        if digit is None:
            return None
        value = value * 62 + digit
    if value >= 2**64:
        return None
    left, right = value >> 32, value & _HALF
    for number_of_round in reversed(range(_ROUNDS)):
        left, right = right ^ _round(key, number_of_round, left), left
    block = left << 32 | right
    if block & (2**_PADDING_BITS - 1):
        return None
    block >>= _PADDING_BITS
    return block >> _SEQ_BITS, block & MAX_SEQ


def variable_of(key: str) -> str:
    """`#{링크}` for the key '', else `#{링크:key}`: the name inside the braces."""
    return f"{VARIABLE}:{key}" if key else VARIABLE


def key_of(variable: str) -> str | None:
    """The key of a link's variable; None for another variable."""
    if variable == VARIABLE:
        return ""
    head, colon, key = variable.partition(":")
    return key.strip() if colon and head.strip() == VARIABLE else None


def keys_in(bodies: Iterable[str]) -> tuple[str, ...]:
    """Keys of the links that texts name, in the order of their first use."""
    names = (name for body in bodies for name in parse(body).variables)
    return tuple(dict.fromkeys(key for name in names if (key := key_of(name)) is not None))


def with_placeholders(body: str, base: str) -> str:
    """The text with something as long in the place of every link: weighs exactly what anybody's will."""
    stand_in = base + "0" * CODE_LENGTH
    parts = (
        f"#{{{part.name}}}"
        if isinstance(part, Variable) and key_of(part.name) is None
        else stand_in
        if isinstance(part, Variable)
        else part
        for part in parse(body).parts
    )
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class SendLinks:
    """The links of one send as it was launched. `numbers`: by variable name."""

    base: str  # https://example.kr/l/
    numbers: Mapping[str, int]

    def to_json(self) -> dict[str, object]:
        return {"base": self.base, "numbers": dict(self.numbers)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Self | None:
        return None if data is None else cls(data["base"], data["numbers"])

    def values(self, key: bytes, seq: int) -> dict[str, str]:
        """What one person's text holds for each link."""
        return {name: self.base + write_code(key, number, seq) for name, number in self.numbers.items()}


class ClickClass(StrEnum):
    HUMAN = "human"
    BOT = "bot"
    PREFETCH = "prefetch"


TOO_FAST_SECONDS: Final = (
    2.0  # between the carrier's call and the click: no handset rings, is unlocked and read in that
)
MANY_CODES: Final = 20  # different people's codes from one address and browser within MANY_SECONDS: a scanner
MANY_SECONDS: Final = (
    10.0  # short, because thousands of handsets share an address behind a mobile carrier's NAT
)

# KakaoTalk's own browser says KAKAOTALK too and is a person; only its scraper says kakaotalk-scrap.
_SCRAPERS: Final = (
    "kakaotalk-scrap", "facebookexternalhit", "facebookcatalog", "facebot", "twitterbot", "slackbot", "telegrambot",
    "discordbot", "linkedinbot", "whatsapp/", "line-poker", "skypeuripreview", "band-scrap", "naver.me", "yeti/",
    "daum/", "daumoa", "googlebot", "google-safety", "bingbot", "applebot", "yandexbot", "baiduspider", "petalbot",
    "bytespider", "ahrefsbot", "semrushbot", "mj12bot", "gptbot", "urlscan", "virustotal", "safebrowsing",
)  # fmt: skip
_TOOLS: Final = (
    "curl/", "wget/", "python-requests", "python-urllib", "aiohttp", "httpx", "go-http-client", "java/", "okhttp/",
    "apache-httpclient", "axios/", "node-fetch", "libwww-perl", "headlesschrome", "phantomjs", "postmanruntime",
)  # fmt: skip
_WORDS: Final = ("bot", "spider", "crawler", "scraper", "preview")
_AHEAD: Final = ("prefetch", "prerender", "preview")


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of one request for a short link."""

    user_agent: str
    purpose: str = ""  # Purpose, Sec-Purpose, X-Purpose and X-Moz, joined
    seconds_after: float | None = None  # since the carrier was called for this person; None: not known
    codes_from_address: int = 1  # different codes from the same address and browser, just now


def classify(visit: Visit) -> tuple[ClickClass, str]:
    """(what it was, the rule that says so). Rules only take away: what nothing speaks against was a person."""
    purpose, agent = visit.purpose.lower(), visit.user_agent.lower().strip()
    if any(word in purpose for word in _AHEAD):
        return ClickClass.PREFETCH, "purpose"
    if not agent:
        return ClickClass.BOT, "no_user_agent"
    if any(name in agent for name in _SCRAPERS):
        return ClickClass.BOT, "scraper"
    if any(name in agent for name in _TOOLS):
        return ClickClass.BOT, "tool"
    if any(word in agent for word in _WORDS):
        return ClickClass.BOT, "calls_itself_bot"
    if visit.seconds_after is not None and visit.seconds_after < TOO_FAST_SECONDS:
        return ClickClass.PREFETCH, "too_fast"
    if visit.codes_from_address >= MANY_CODES:
        return ClickClass.BOT, "many_codes"
    return ClickClass.HUMAN, ""
