"""Hangul arithmetic: syllables, jamo, initial consonants (초성), and folding of what people type.

Input methods and files hand us three spellings of one consonant: compatibility jamo (ㄱ U+3131), conjoining
jamo (ᄀ U+1100, what NFKC and decomposed macOS file names give) and clusters that an input method made from
two keys (ㄳ for ㄱ then ㅅ). `fold` brings all of them to one form, so that search compares like with like.
"""

import re
import unicodedata
from functools import lru_cache

CHOSEONG = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_FIRST, _LAST = 0xAC00, 0xD7A3
_FINALS = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
# Clusters typed as two keys; double consonants (ㄲ ㅆ …) are initials of their own and stay.
_CLUSTERS = {
    "ㄳ": "ㄱㅅ",
    "ㄵ": "ㄴㅈ",
    "ㄶ": "ㄴㅎ",
    "ㄺ": "ㄹㄱ",
    "ㄻ": "ㄹㅁ",
    "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ",
    "ㅀ": "ㄹㅎ",
    "ㅄ": "ㅂㅅ",
}
_CONJOINING = {
    **{chr(0x1100 + i): jamo for i, jamo in enumerate(CHOSEONG)},
    **{chr(0x11A7 + i): jamo for i, jamo in enumerate(_FINALS) if jamo},
    **{chr(0x1161 + i): jamo for i, jamo in enumerate(_VOWELS)},
}
_PLAIN = re.compile(r"[\x20-\x7e가-힣]*")
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]")


def fold(text: str) -> str:
    """One form per character: composed Hangul, half-width Latin and digits, compatibility jamo, nothing
    invisible.
    """
    if _PLAIN.fullmatch(text):  # 9 of 10 cells: skip the tables
        return text
    composed = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    folded = "".join(_CONJOINING.get(char, char) for char in composed)
    return "".join(_CLUSTERS.get(char, char) for char in folded)


def is_syllable(char: str) -> bool:
    return _FIRST <= ord(char) <= _LAST


def is_choseong(char: str) -> bool:
    return char in CHOSEONG


def initial(char: str) -> str:
    """Initial consonant of a syllable; any other character is its own initial."""
    code = ord(char) - _FIRST
    return CHOSEONG[code // 588] if 0 <= code <= _LAST - _FIRST else char


@lru_cache(maxsize=65536)
def choseong(text: str) -> str:
    """김철수 → ㄱㅊㅅ; characters that aren't syllables stand as they are."""
    return "".join(map(initial, text))


def jamo(text: str) -> str:
    """김 → ㄱㅣㅁ. Edit distance over jamo is what "one slip of the finger" means in Hangul."""
    out: list[str] = []
    for char in text:
        code = ord(char) - _FIRST
        if 0 <= code <= _LAST - _FIRST:
            out += (CHOSEONG[code // 588], _VOWELS[code % 588 // 28], _FINALS[code % 28])
        else:
            out.append(char)
    return "".join(out)


def matches(needle: str, haystack: str) -> bool:
    """Is `needle` (syllables, initials or both) a part of `haystack`? Both folded; 김ㅊㅅ matches 김철수."""
    if needle in haystack:
        return True
    if not any(map(is_choseong, needle)):
        return False
    span = len(needle)
    for start in range(len(haystack) - span + 1):
        if all(
            want == have or (is_choseong(want) and initial(have) == want)
            for want, have in zip(needle, haystack[start : start + span], strict=True)
        ):
            return True
    return False
