"""How alike two texts are: shared runs of three characters over all of them (Jaccard). Pure.

Variables and spaces don't count: "#{이름}님" is the same text for everybody. A corrected date or place leaves a
notice of 60 characters above 0.7, another notice of the same camp with the same greeting stays below 0.5.
"""

import re
from typing import Final

from pabal.domain.text import normalise

ALIKE: Final = 0.7
_DROPPED = re.compile(r"#\{[^{}]*\}|\s+")
_RUN = 3


def runs(text: str) -> frozenset[str]:
    plain = _DROPPED.sub("", normalise(text))
    if len(plain) <= _RUN:
        return frozenset({plain} if plain else ())
    return frozenset(plain[at : at + _RUN] for at in range(len(plain) - _RUN + 1))


def likeness(one: str, other: str) -> float:
    """0 to 1; two empty texts are not alike: there is nothing to get twice."""
    left, right = runs(one), runs(other)
    union = len(left | right)
    return len(left & right) / union if union else 0.0
