"""What a person's card says after rows have joined it: field by field, no value lost, by the policy of the
import.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final

from pabal.contacts import Card, Values, is_mobile, values_with, with_identities
from pabal.domain.birth import birth_said
from pabal.domain.identity import IdentityKind
from pabal.domain.korean import jamo
from pabal.domain.likeness import one_edit
from pabal.domain.name import NameKind, clean_name, says_more
from pabal.imports.stage import Row

EMPTY: Final = Card()
_NO_VALUES: Final = Values()


class Policy(StrEnum):
    MERGE = "merge"  # fill what is empty, keep what is there
    SKIP = "skip"  # people who were there before stay as they were
    REPLACE = "replace"  # what the file says wins


def join_row(card: Card, row: Row, policy: Policy) -> Card:
    """The card with one row's values."""
    if card is EMPTY:  # nine of ten rows: built at once instead of changed twice
        phones, emails, kakao_ids, other_phones = values_with(_NO_VALUES, row.identities)
        return Card(
            row.name.display,
            row.name.title,
            phones,
            emails,
            kakao_ids,
            other_phones,
            row.address,
            birth_said(row.birth, row.born),
            row.memo,
            row.said() if row.attributes else {},
        )
    prefer_row = policy is Policy.REPLACE
    if not prefer_row and _adds_nothing(card, row):
        return card
    name, title = card.name, card.title
    if row.name.display and (not name or prefer_row or says_more(row.name, clean_name(name))):
        name = row.name.display if row.name.key or not clean_name(name).key else name
        title = row.name.title or title
    base = card
    if prefer_row:  # the file's values come first: position 0 is the one that messages go to
        base = replace(card, phones=(), emails=(), kakao_ids=(), other_phones=())
    joined = with_identities(base, row.identities)
    if prefer_row:
        joined = _append(joined, card)
    return replace(
        joined,
        name=name,
        title=title or row.name.title,
        address=_pick(card.address, row.address, prefer_row),
        birth=_pick(card.birth, birth_said(row.birth, row.born), prefer_row),
        memo=_pick(card.memo, row.memo, prefer_row),
        attributes=_attributes(card.attributes, row.said(), prefer_row),
    )


def _adds_nothing(card: Card, row: Row) -> bool:
    """Everything the row says is there: nine of ten rows of a list that comes again."""
    return (
        (row.name.display in ("", card.name))
        and (not row.name.title or bool(card.title))
        and (not row.address or bool(card.address))
        and (not row.birth or bool(card.birth))
        and (not row.memo or bool(card.memo))
        and all(
            one.shown in _LISTS[one.kind](card) or one.shown in card.other_phones for one in row.identities
        )
        and all(name in card.attributes for name in row.attributes[::2])
    )


_LISTS: Final[Mapping[IdentityKind, Callable[[Card], Sequence[str]]]] = {
    IdentityKind.PHONE: lambda card: card.phones,
    IdentityKind.EMAIL: lambda card: card.emails,
    IdentityKind.KAKAO: lambda card: card.kakao_ids,
}


Syllables = Mapping[str, int]  # how often each stands in the given names of a file


def syllables_of(rows: Iterable[Row]) -> Syllables:
    names = Counter(row.name.key[1:] for row in rows if row.name.kind is NameKind.FULL)
    found: Counter[str] = Counter()
    for given, times in names.items():
        for char in given:
            found[char] += times
    return found


def settle(card: Card, before: Card, rows: Sequence[Row], syllables: Syllables) -> Card:
    """The card with slips outvoted: what most rows say comes first, then what is newest. Nothing is lost: people are
    found by their slips too.

    A row that was copied votes once, and what the card said before votes once. The same values taken down on another day
    are no copy: they vote for addresses. A name is replaced only by a near one with more votes; between as many, by the one
    whose rarest syllable is the commoner (김인순, not 김인슨).
    """
    voters = list({(row.name.key, row.identities): row for row in rows}.values())
    days = list({(row.name.key, row.identities, row.date): row for row in rows}.values())
    return replace(
        card,
        name=_name_by_votes(card.name, before.name, voters, syllables),
        phones=_by_votes(card.phones, before.phones, IdentityKind.PHONE, days),
        emails=_by_votes(card.emails, before.emails, IdentityKind.EMAIL, days),
        kakao_ids=_by_votes(card.kakao_ids, before.kakao_ids, IdentityKind.KAKAO, days),
    )


def _name_by_votes(shown: str, before: str, rows: Sequence[Row], syllables: Syllables) -> str:
    now = clean_name(shown)
    if now.kind is not NameKind.FULL:
        return shown
    votes = Counter(row.name.key for row in rows if row.name.kind is NameKind.FULL)
    if before:
        votes[clean_name(before).key] += 1
    near = {key: n for key, n in votes.items() if key == now.key or one_edit(jamo(key), jamo(now.key))}
    if len(near) < 2:
        return shown

    def weight(key: str) -> tuple[int, int, bool]:
        return near[key], 0 if before else min(syllables.get(char, 0) for char in key[1:]), key == now.key

    best = max(near, key=weight)
    return shown if best == now.key else best


def _by_votes(
    values: tuple[str, ...], before: tuple[str, ...], kind: IdentityKind, rows: Sequence[Row]
) -> tuple[str, ...]:
    """Slips go last: of two values one slip apart the one with fewer votes, between as many the younger (lists are copied
    from older ones: 5 wrong numbers in 1,000 merged people instead of 8, on three invented lists). Of a new person's other
    values the newest comes first; those of a known one stay in their order.
    """
    if len(values) < 2:
        return values
    votes = Counter(before)
    newest: dict[str, int] = {}
    for row in rows:
        for one in row.identities:
            if one.kind is kind and one.usable:
                votes[one.shown] += 1
                newest[one.shown] = max(newest.get(one.shown, 0), row.date)
    slips = {
        value
        for at, value in enumerate(values)
        for place, other in enumerate(values)
        if value != other
        and (-votes[value], newest.get(value, 0), at) > (-votes[other], newest.get(other, 0), place)
        and one_edit(value, other)
    }
    phone = kind is IdentityKind.PHONE
    return tuple(
        sorted(
            values,
            key=lambda value: (
                phone and not is_mobile(value),
                value in slips,
                0 if before else -newest.get(value, 0),
                0 if before else -votes[value],
            ),
        )
    )


def join_cards(survivor: Card, others: Iterable[Card]) -> Card:
    """The survivor's card with what the others know more."""
    card = survivor
    for other in others:
        card = _append(card, other)
        card = replace(
            card,
            name=other.name
            if not card.name or says_more(clean_name(other.name), clean_name(card.name))
            else card.name,
            title=card.title or other.title,
            address=card.address or other.address,
            birth=card.birth or other.birth,
            memo=card.memo or other.memo,
            attributes=_attributes(card.attributes, other.attributes, prefer_row=False),
        )
    return card


def _append(card: Card, other: Card) -> Card:
    mailboxes = {value for value, _ in card.searchable().emails}
    emails = [shown for value, shown in other.searchable().emails if value not in mailboxes]
    phones = card.phones + tuple(phone for phone in other.phones if phone not in card.phones)
    return replace(
        card,
        phones=tuple(sorted(phones, key=lambda digits: not is_mobile(digits))),
        emails=(*card.emails, *emails),
        kakao_ids=card.kakao_ids + tuple(one for one in other.kakao_ids if one not in card.kakao_ids),
        other_phones=card.other_phones
        + tuple(one for one in other.other_phones if one not in card.other_phones and one not in phones),
    )


def _pick(have: str, said: str, prefer_row: bool) -> str:
    return (said or have) if prefer_row else (have or said)


def _attributes(have: Mapping[str, str], said: Mapping[str, str], prefer_row: bool) -> Mapping[str, str]:
    if not said:
        return have
    return {**have, **said} if prefer_row else {**said, **have}
