"""Twenty after twenty by hand is one broadcast (E-08; 공직선거법 제59조 2호): whom did a text or a person reach?

The statute says "more than 20 at once" and nothing about sends that follow one another; commissions call hand-picked ones
lawful (reference: M). So what is plainly one message to more than twenty people of a day is refused, and one person's
hand-picked messages to more than twenty, whatever they say, want a reason. Pure.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from pabal.domain.alike import runs
from pabal.domain.text import normalise

OWN_HANDSETS: Final = 5  # of the camp, ours: a text tried on them may still go to twenty by hand
# Ours. Texts of one candidate about other matters, with the same name and greeting, share up to 0.18 of their runs (0.30 of
# the shorter one's); one text with every fourth word changed still shares 0.48 with what it was (test_chains).
SAME: Final = 0.4
WITHIN: Final = 0.6  # of the shorter one's runs: a sentence put before or behind it
_LONG: Final = 12  # runs; a shorter text stands within another by chance
_DROPPED: Final = re.compile(r"#\{[^{}]*\}|https?://\S+|[^가-힣A-Za-z]+")
# Up to the number or address that a notice gives, or to the end of its line: what stands behind it is the text.
_TAIL: Final = r"(?:[^\n]{0,30}?(?:\d[\d\- ]*\d|https?://\S+|(?=\n|\Z)))?"
_NOTICES: Final = re.compile(
    r"[(\[【<〔]?\s*선거운동정보\s*[)\]】>〕]?"
    rf"|(?:불법\s*수집|(?:무료)?\s*수신\s*거부|무료\s*거부){_TAIL}"
    r"|문의\s*[:：]?\s*[\d\- ]{7,}"
)
_GREETINGS: Final = re.compile(
    r"안녕하(?:세요|십니까|신가요)|반갑습니다|존경하는|사랑하는|친애하는|(?:주민|구민|시민|도민|군민|유권자|당원|이웃)?여러분|고맙습니다|감사합니다"
    r"|감사드립니다|좋은하루(?:되세요|되십시오|보내세요)|건강하세요|올림|드림|배상"
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A send of the last day whose people were picked by hand. `people`: ids of contacts, or keys of a test's handsets."""

    texts: Sequence[str]
    templates: frozenset[str]
    by: UUID | None
    people: frozenset[str]
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    same: int  # people whom this very message reached, whoever sent it
    mine: int  # people whom the same person reached by hand, with whatever message


def plain(text: str) -> str:
    """What is left of a text when greetings, notices, names, figures and signs are taken out of it."""
    letters = _DROPPED.sub("", _NOTICES.sub("", normalise(text)))
    return _GREETINGS.sub("", letters)


def same_message(one: str, other: str) -> bool:
    """Is it one message, worded a little otherwise?"""
    left, right = runs(plain(one)), runs(plain(other))
    shared, shorter = len(left & right), min(len(left), len(right))
    if not shorter:
        return normalise(one).strip() == normalise(other).strip() != ""
    return shared >= SAME * len(left | right) or (shorter >= _LONG and shared >= WITHIN * shorter)


def chain_of(
    texts: Sequence[str],
    templates: frozenset[str],
    picked: frozenset[str],
    operator: UUID | None,
    earlier: Iterable[Earlier],
) -> Chain:
    """Whoever is picked again now is counted with those who are picked now. The same handset tried again is one person."""
    same: set[str] = set()
    tried: set[str] = set()
    mine: set[str] = set()
    for one in earlier:
        if templates & one.templates or any(same_message(a, b) for a in texts for b in one.texts):
            (tried if one.is_test else same).update(one.people)
        if not one.is_test and operator is not None and one.by == operator:
            mine |= one.people
    return Chain(len(same - picked) + max(0, len(tried) - OWN_HANDSETS), len(mine - picked))
