"""Which value a merged contact keeps, field by field, and the rule that decides: pure, and shown to people before they merge.

Lists (numbers, e-mails, Kakao IDs, tags) are kept whole and consent is the strictest of all (contacts/carry), so only
single values are decided here. What isn't chosen stays on the card that was merged.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from pabal.contacts.replay import ATTRIBUTE, LISTS, SCALARS, Look
from pabal.domain.birth import birth_year
from pabal.domain.name import NameKind, clean_name

Rule = Literal["same", "only", "votes", "full_name", "fuller", "newer", "check", "chosen"]
RULES: Final[Mapping[str, str]] = {
    "same": "같음",
    "only": "하나뿐",
    "votes": "더 많은 줄",
    "full_name": "온전한 이름",
    "fuller": "더 자세함",
    "newer": "더 최근",
    "check": "확인해 주세요",
    "chosen": "직접 고름",
    "all": "모두 둠",
    "strict": "더 엄격한 쪽",
}
DECIDED: Final = (*SCALARS, "district")  # age_band goes with the birth
PUBLIC_NAMES: Final = {"kakaoIds": "kakao_ids", "otherPhones": "other_phones"}
_KIND: Final = {NameKind.FULL: 3, NameKind.ROMAN: 2, NameKind.PARTIAL: 1, NameKind.NICK: 1, NameKind.NONE: 0}


@dataclass(frozen=True)
class Side:
    """One of the contacts that may become one."""

    id: UUID
    look: Look
    rows: int = 0  # lines of lists that say so: votes
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    chosen: UUID
    rule: Rule


def fields_of(sides: Sequence[Side]) -> list[str]:
    """The single values that at least one of them has, in the order of a card."""
    there = {name for side in sides for name in side.look.scalars()}
    attributes = sorted(name for name in there if name.startswith(ATTRIBUTE))
    return [name for name in DECIDED if name in there] + attributes


def decide(sides: Sequence[Side], this_year: int) -> dict[str, Verdict]:
    """For each single value: whose counts, and why. Ties go to the first side."""
    return {field: _decide(field, sides, this_year) for field in fields_of(sides)}


def _decide(field: str, sides: Sequence[Side], this_year: int) -> Verdict:
    told = {side.id: side.look.scalars().get(field, "") for side in sides}
    saying = [side for side in sides if told[side.id]]
    if len(saying) == 1:
        return Verdict(saying[0].id, "only")
    if len({told[side.id] for side in saying}) == 1:
        return Verdict(saying[0].id, "same")
    if field == "name":
        return _name(saying)
    if field == "birth":
        return _birth(saying, this_year)
    return Verdict(_best(saying, _newest).id, "newer")


def _name(sides: Sequence[Side]) -> Verdict:
    kinds = {side.id: _KIND[clean_name(side.look.card.name).kind] for side in sides}
    best = max(kinds.values())
    named = [side for side in sides if kinds[side.id] == best]
    if len(named) == 1:
        return Verdict(named[0].id, "full_name")
    votes: dict[str, int] = {}
    for side in named:
        votes[side.look.card.name] = votes.get(side.look.card.name, 0) + side.rows
    most = max(votes.values())
    ahead = [side for side in named if votes[side.look.card.name] == most]
    if len({side.look.card.name for side in ahead}) == 1:
        return Verdict(ahead[0].id, "votes")
    return Verdict(_best(ahead, _newest).id, "newer")


def _birth(sides: Sequence[Side], this_year: int) -> Verdict:
    years = {birth_year(side.look.card.birth, this_year) for side in sides}
    if len(years - {None}) > 1:
        return Verdict(_best(sides, lambda side: (side.rows, _newest(side))).id, "check")
    return Verdict(_best(sides, lambda side: len(re.sub(r"\D", "", side.look.card.birth))).id, "fuller")


def _newest(side: Side) -> float:
    return 0.0 if side.changed_at is None else side.changed_at.timestamp()


def _best(sides: Sequence[Side], key: Callable[[Side], Any]) -> Side:
    return max(sides, key=key)


def internal_name(field: str) -> str | None:
    """`kakaoIds` → kakao_ids; None for what can't be chosen."""
    name = PUBLIC_NAMES.get(field, field)
    return name if name in (*DECIDED, *LISTS) or name.startswith(ATTRIBUTE) else None
