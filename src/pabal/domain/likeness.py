"""How alike two names are, and what follows for two people who share a contact value.

Only a full name says anything: equal, one slip of the finger apart, the same name in Latin letters, or another one. Rates are
from invented lists (`pabal rehearse`): of pairs that an expert would merge, 89 % have equal names, 4 % near ones, 5 % a
row without a full name.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Final

from pabal.domain.korean import is_syllable, jamo
from pabal.domain.name import COMPOUND_SURNAMES, Name, NameKind


class Likeness(StrEnum):
    SAME = "same"
    NEAR = "near"  # one jamo added, lost, changed or swapped
    ROMANISED = "romanised"  # 김민수, Minsu Kim
    OPEN = "open"  # no full name on one side, nothing speaks against it
    OTHER = "other"


FULL: Final = (NameKind.FULL, NameKind.ROMAN)


def likeness(a: Name, b: Name) -> Likeness:
    """Symmetric."""
    if a.kind in FULL and b.kind in FULL:
        if a.key == b.key:
            return Likeness.SAME
        return _spelled(a.key, b.key, a.display, b.display, a.kind is b.kind)
    if NameKind.PARTIAL in (a.kind, b.kind):
        return _partly(a, b)
    return Likeness.OPEN


def _partly(a: Name, b: Name) -> Likeness:
    """A surname with a title agrees with every full name of that surname, and with every nameless row."""
    short, other = (a, b) if a.kind is NameKind.PARTIAL else (b, a)
    if other.kind is NameKind.PARTIAL:
        return Likeness.OPEN if short.surname == other.surname else Likeness.OTHER
    if other.kind is NameKind.FULL and not other.key.startswith(short.surname):
        return Likeness.OTHER
    if other.kind is NameKind.ROMAN and not any(
        sound.startswith(start)
        for sound in _rotations(other.display)
        for start in _surname_sounds(short.surname)
    ):
        return Likeness.OTHER
    return Likeness.OPEN


@lru_cache(maxsize=65536)
def _spelled(key_a: str, key_b: str, shown_a: str, shown_b: str, same_script: bool) -> Likeness:
    if same_script and is_syllable(key_a[0]) == is_syllable(key_b[0]):
        if not is_syllable(key_a[0]):
            alike = bool(_rotations(shown_a) & _rotations(shown_b))
            return Likeness.ROMANISED if alike else Likeness.OTHER
        return Likeness.NEAR if one_edit(jamo(key_a), jamo(key_b)) else Likeness.OTHER
    hangul, latin = (key_a, shown_b) if is_syllable(key_a[0]) else (key_b, shown_a)
    return Likeness.ROMANISED if _hangul_sounds(hangul) & _rotations(latin) else Likeness.OTHER


def one_edit(a: str, b: str) -> bool:
    """Equal, or one insertion, deletion, substitution or swap of neighbours apart."""
    if a == b:
        return True
    if len(a) > len(b):
        a, b = b, a
    if len(b) - len(a) > 1:
        return False
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) < len(b):
        return a[at:] == b[at + 1 :]
    return a[at + 1 :] == b[at + 1 :] or (
        a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :]
    )


def distinct(names: Iterable[Name]) -> int:
    """How many people a value names: full Hangul names, near spellings counted once ("fan")."""
    kept: list[Name] = []
    for name in sorted(names):
        if name.kind is NameKind.FULL and not any(
            likeness(name, one) in (Likeness.SAME, Likeness.NEAR) for one in kept
        ):
            kept.append(name)
    return len(kept)


# Latin spellings by sound. Passports, schools and forms spell freely (Jung, Jeong, Chung), so consonants that alternate
# and vowels that are mixed up count as equal. Loose on purpose: it is asked only where a contact value is shared.
_INITIALS = "k k n t t l m p p s s _ c c c k t p h".split()  # noqa: SIM905
_VOWELS = "a e a e o e o e o a e e o o o e i o o i i".split()  # noqa: SIM905
_FINALS = "_ k k k n n n t l k m l l l l l m p p t t ng t t k t p _".split()  # noqa: SIM905
_SURNAME_SOUNDS: Final = {
    "이": ("i", "li"), "박": ("pak", "palk"), "최": ("ce", "coi"), "임": ("im", "lim"), "노": ("no", "lo"),
    "유": ("o", "lo"), "류": ("lo", "o"), "허": ("ho", "hol"), "백": ("pek", "pak"), "서": ("so",), "나": ("na", "la"),
    "염": ("om", "lom"), "여": ("o", "lo"), "라": ("la", "na"), "남궁": ("namkong",), "독고": ("tokko", "toko"),
}  # fmt: skip
_VOWEL_RUNS = re.compile(
    r"y?eui|yeo|yae|wae|woo|yoo|you|eo|eu|ae|ai|ay|oe|oi|oo|ou|ee|ui|yi|ya|ye|yo|yu|wa|wo|we|wi|[aeiouy]"
)
_VOWEL_CLASS: Final = {
    **dict.fromkeys("a ya wa".split(), "a"),  # noqa: SIM905
    **dict.fromkeys("e ae ai ay ye yae we wae oe oi".split(), "e"),  # noqa: SIM905
    **dict.fromkeys("i ee y yi wi ui eui yeui".split(), "i"),  # noqa: SIM905
}
_CONSONANTS = (
    ("sh", "s"), ("ch", "c"), ("jj", "c"), ("j", "c"), ("ck", "k"), ("kk", "k"), ("g", "k"), ("q", "k"),
    ("tt", "t"), ("d", "t"), ("pp", "p"), ("b", "p"), ("r", "l"), ("ll", "l"), ("ss", "s"), ("nk", "ng"),
)  # fmt: skip


def _latin_sound(word: str) -> str:
    text = re.sub(r"(?<=[aeiouy])h(?![aeiouyw])", "", word)  # Ahn, Noh, Suh
    for spelled, sound in _CONSONANTS:
        text = text.replace(spelled, sound)
    return _squeeze(_VOWEL_RUNS.sub(lambda run: _VOWEL_CLASS.get(run[0], "o"), text).replace("w", ""))


def _squeeze(sound: str) -> str:
    return (
        sound.replace("nk", "ng").replace("kk", "k").replace("ll", "l").replace("ss", "s").replace("tt", "t")
    )


@lru_cache(maxsize=65536)
def _rotations(shown: str) -> frozenset[str]:
    """The sound with each of its words first: Kim Min Su, Minsu Kim and KIM, MIN-SU meet in one of them."""
    words = re.findall(r"[a-z]+", shown.lower())
    return frozenset(_latin_sound("".join(words[at:] + words[:at])) for at in range(len(words)))


@lru_cache(maxsize=65536)
def _hangul_sounds(key: str) -> frozenset[str]:
    surname = key[:2] if key.startswith(COMPOUND_SURNAMES) else key[:1]
    given = "".join(map(_syllable_sound, key[len(surname) :]))
    return frozenset(_squeeze(start + given) for start in _surname_sounds(surname))


def _surname_sounds(surname: str) -> tuple[str, ...]:
    return _SURNAME_SOUNDS.get(surname) or ("".join(map(_syllable_sound, surname)),)


def _syllable_sound(char: str) -> str:
    code = ord(char) - 0xAC00
    if not 0 <= code < 11172:
        return char
    return (_INITIALS[code // 588] + _VOWELS[code % 588 // 28] + _FINALS[code % 28]).replace("_", "")
