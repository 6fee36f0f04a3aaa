"""Search over ciphertext: which words a contact is filed under, and what a query asks for.

The words ("tokens") are typed strings; `kit/db/pii.token` turns them into keyed 32-bit numbers, so the index
holds no text. The set is the lean one of the measured designs: overlapping digit windows would let a reader
of the index chain phone numbers together, so only aligned fours and the four 5-digit windows that fours can't
cover are filed.

A query becomes groups of tokens: a contact may match only if it carries at least one token of *every* group.
That is a superset (no false negatives), and `Query.matches` decides on the decrypted text.
"""

# ruff: noqa: SIM905  (word lists read better as one string)

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from pabal.domain.identity import canonical_email
from pabal.domain.korean import choseong, fold, is_choseong, is_syllable, matches
from pabal.domain.phone import Phone, parse_phone

# Tokens so common that an index scan would touch a large share of the book: single characters and initials,
# two initials, the big mail domains. Queries of only such tokens walk the newest contacts first instead.
COMMON_CLASSES = frozenset({"n1", "c1", "c2"})
_BIG_DOMAINS = frozenset(
    "naver gmail hanmail daum nate kakao naver.com gmail.com hanmail.net daum.net nate.com".split()
)
_MAX_WORDS = 6
_MAX_GROUPS_PER_WORD = 3  # each further group costs an index look-up and filters next to nothing
_SPACE = re.compile(r"\s+")


def _windows(text: str, width: int) -> list[str]:
    return [text[i : i + width] for i in range(len(text) - width + 1)]


@lru_cache(maxsize=131072)
def name_tokens(display: str) -> tuple[str, ...]:
    """Characters, pairs and triples of the name, and the same of its initials."""
    text = searchable_name(display)[:40]
    initials = choseong(text)
    out = dict.fromkeys(f"n1:{char}" for char in text)
    for width in (2, 3):
        out.update(dict.fromkeys(f"n{width}:{part}" for part in _windows(text, width)))
    if any(is_syllable(char) or is_choseong(char) for char in text):
        for width in (1, 2, 3):
            out.update(dict.fromkeys(f"c{width}:{part}" for part in _windows(initials, width)))
    return tuple(out)


def searchable_name(display: str) -> str:
    """Folded, lower case, without spaces: the text that partial names are looked up in."""
    return _SPACE.sub("", fold(display)).lower()


def phone_tokens(digits: str) -> list[str]:
    """Last four, the four before, and each 5-digit window that holds neither of them whole."""
    size = len(digits)
    out = [f"p4:{digits[-4:]}"]
    if size >= 8:
        out.append(f"pm:{digits[-8:-4]}")
    covered = (size - 9, size - 8, size - 5)
    out += [f"p5:{digits[i : i + 5]}" for i in range(size - 4) if i not in covered]
    return out


def email_tokens(value: str, shown: str) -> list[str]:
    """First three and five characters of the mailbox, the domain, and the domain's first label."""
    out: list[str] = []
    for address in {value, shown}:
        local, _, domain = address.partition("@")
        out.append(f"e3:{local[:3]}")
        if len(local) >= 5:
            out.append(f"e5:{local[:5]}")
        out += (f"ed:{domain}", f"ed:{domain.partition('.')[0]}")
    return out


def kakao_tokens(value: str) -> list[str]:
    return [f"k3:{value[:3]}", f"k5:{value[:5]}"] if len(value) >= 5 else [f"k3:{value[:3]}"]


_MAX_ATTRIBUTE = 60  # a longer value is a remark: nobody filters by the whole of it


def attribute_name(text: str) -> str:
    """How columns of people's own lists are told apart."""
    return _SPACE.sub(" ", fold(text)).strip()


def attribute_value(text: str) -> str:
    """What equality means for their values: neither case nor width nor spaces at the ends; '' can't be asked for."""
    value = _SPACE.sub(" ", fold(text)).strip().lower()
    return value if len(value) <= _MAX_ATTRIBUTE else ""


def attribute_tokens(name: str, value: str) -> tuple[str, str]:
    """Two of 32 bits: hits of a filter are not re-checked after decryption, as those of a search are, and one alone meets
    some other token of a book of a million in one of 1,800 questions."""
    text = f"{attribute_name(name)}\0{attribute_value(value)}"
    return f"a1:{text}", f"a2:{text}"


class Searchable(NamedTuple):
    """The decrypted side of a contact, as search sees it."""

    name: str
    phones: Sequence[str] = ()
    emails: Sequence[tuple[str, str]] = ()  # (canonical, shown)
    kakao_ids: Sequence[str] = ()


def contact_tokens(contact: Searchable) -> list[str]:
    """Every token one contact is filed under, without repetition."""
    out = dict.fromkeys(name_tokens(contact.name))
    for phone in contact.phones:
        out.update(dict.fromkeys(phone_tokens(phone)))
    for value, shown in contact.emails:
        out.update(dict.fromkeys(email_tokens(value, shown)))
    for kakao in contact.kakao_ids:
        out.update(dict.fromkeys(kakao_tokens(kakao)))
    return list(out)


class Word(NamedTuple):
    """One word of a query: text, digits if it can be (a part of) a number, mailbox if it is one."""

    text: str
    digits: str = ""
    mailbox: str = ""


_ALL_BUT_DIGITS = bytes(byte for byte in range(256) if not 48 <= byte <= 57)
# ASCII and U+A000-U+DFFF, where Hangul is: nothing else there folds to a digit, as full-width ones do.
_PLAIN_BYTES = bytes([*range(0xC0), *range(0xEA, 0xEE)])


class Query(NamedTuple):
    words: tuple[Word, ...]
    groups: tuple[frozenset[str], ...]  # a hit carries at least one token of each
    rare: bool  # True: some group is selective, ask the index first

    @property
    def middling(self) -> bool:
        """Nothing rarer than three initials, which one person in a thousand carries, or one in fifty."""
        return self.rare and all(
            any(token.startswith("c3:") or _is_common(token) for token in group) for group in self.groups
        )

    @property
    def whole_number(self) -> bool:
        """A phone number from its first digit to its last: few people have it."""
        return any(_is_whole_number(word.digits) for word in self.words)

    @property
    def loose(self) -> bool:
        """Five to nine digits in a row: they are looked for by fours, of whose carriers one in ten has them all."""
        return any(len(word.digits) > 4 and not _is_whole_number(word.digits) for word in self.words)

    @property
    def sharp(self) -> bool:
        """Whoever carries the tokens is a hit, but for one in 2,000 queries: up to three syllables, or as many initials."""
        return all(
            (len(word.text) <= 3 and (all(map(is_syllable, word.text)) or all(map(is_choseong, word.text))))
            or _is_whole_number(word.digits)
            for word in self.words
        )

    @property
    def run(self) -> tuple[str, frozenset[str]]:
        """Of a loose query the first such digits, and the tokens of whoever may have them elsewhere than in a row in a phone
        number: in a name with spaces, in a mailbox whose dots don't count."""
        word = next(word for word in self.words if len(word.digits) > 4 and not _is_whole_number(word.digits))
        tokens = (token for way in _alternatives(word) for group in way for token in group)
        return word.digits, frozenset(
            token for token in tokens if not token.startswith(("p4:", "p5:", "pm:"))
        )

    def plausible(self, text: str) -> bool:
        """Whether a contact whose values stand in this text can match at all: an eighth of the cost of reading them. Digits
        that are looked for stand there in a row once everything else is left out, or in another script.
        """
        data = text.encode()
        digits = data.translate(None, _ALL_BUT_DIGITS)
        return all(word.digits.encode() in digits for word in self.words if len(word.digits) > 4) or bool(
            data.translate(None, _PLAIN_BYTES)
        )

    def matches(self, contact: Searchable) -> bool:
        return all(_word_matches(word, contact) for word in self.words)


_PUNCTUATION = "-.()·‐‑‒–—―−+"
_NUMBER_RUN = re.compile(rf"(?<!\S)[+(]?\d[\d\s{re.escape(_PUNCTUATION)}]*\d(?!\S)")
_NOT_DIGITS = re.compile(r"\D+")


def parse_q(q: str) -> Query | None:
    """What somebody typed into the search box; None if there is nothing to search for.

    Words are all required. A run of digits may be spread over spaces and hyphens: "010 1234 5678" is one
    word.
    """
    text = fold(q).strip().lower()[:200]
    words: list[Word] = []

    def take_number(match: re.Match[str]) -> str:
        digits = _NOT_DIGITS.sub("", match[0])
        if len(digits) < 4:
            return match[0]
        words.append(_number_word(match[0], digits))
        return " "

    rest = _NUMBER_RUN.sub(take_number, text)
    words += [_text_word(part) for part in rest.split()]
    words = list(dict.fromkeys(words))[:_MAX_WORDS]
    if not words:
        return None
    groups: list[frozenset[str]] = []
    for word in words:
        alternatives = [alternative for alternative in _alternatives(word) if alternative]
        if not alternatives:
            # Nothing can match: an empty group has no carrier.
            return Query(tuple(words), (frozenset(),), rare=True)
        # Digits are mostly a number's, which one group says: names with digits in them are let in by their first three.
        depth = (
            1 if len(word.digits) >= 4 and not _is_whole_number(word.digits) else max(map(len, alternatives))
        )
        # One token of each alternative per group: sound for every alternative, and each adds selectivity.
        groups += [
            frozenset().union(*(alternative[min(i, len(alternative) - 1)] for alternative in alternatives))
            for i in range(min(depth, _MAX_GROUPS_PER_WORD))
        ]
    unique = tuple(dict.fromkeys(groups))
    rare = any(not any(map(_is_common, group)) for group in unique)
    return Query(tuple(words), unique, rare)


def _is_common(token: str) -> bool:
    kind, _, text = token.partition(":")
    return kind in COMMON_CLASSES or (kind == "ed" and text in _BIG_DOMAINS)


def _text_word(part: str) -> Word:
    mailbox = canonical_email(part) if "@" in part else None
    return Word(part, part if part.isdigit() else "", mailbox.value if mailbox else "")


def _number_word(raw: str, digits: str) -> Word:
    phone = parse_phone(raw)
    if isinstance(phone, Phone) and len(digits) >= 9:
        return Word(phone.digits, phone.digits)
    return Word(_SPACE.sub("", raw) if not set(raw) & set(_PUNCTUATION) else digits, digits)


@lru_cache(maxsize=1024)
def _is_whole_number(digits: str) -> bool:
    """A whole phone number is asked of phones alone: two exact tokens, and not a mailbox made of it."""
    return len(digits) >= 10 and isinstance(parse_phone(digits), Phone)


Alternative = list[frozenset[str]]  # rarest first; every member is required


def _alternatives(word: Word) -> Iterable[Alternative]:
    """The ways one word can be true of a contact."""
    if _is_whole_number(word.digits):
        yield _by_digits(word.digits)
        return
    yield _by_name(word.text)
    if len(word.digits) >= 4:
        yield _by_digits(word.digits)
    text = word.text
    if text.isascii():
        local, at, domain = text.partition("@")
        if at and not local and domain:
            yield [frozenset({f"ed:{domain}"})]
        elif len(local) >= 3 or at:
            yield _by_start("e", local)
            if word.mailbox:
                yield _by_start("e", word.mailbox.partition("@")[0])
        if not at:
            yield [frozenset({f"ed:{text}"})]
        if len(text) >= 3:
            yield _by_start("k", text)


def _by_name(text: str) -> Alternative:
    """김ㅊㅅ → the initials as triples or pairs, plus every stretch of whole syllables."""
    out: Alternative = []
    if any(map(is_choseong, text)):
        initials = choseong(text)
        width = min(3, len(initials))
        out += [frozenset({f"c{width}:{part}"}) for part in _windows(initials, width)]
        stretches = re.split(f"[{''.join(sorted({c for c in text if is_choseong(c)}))}]+", text)
    else:
        stretches = [text]
    for stretch in stretches:
        width = min(3, len(stretch))
        if width:
            out += [frozenset({f"n{width}:{part}"}) for part in _windows(stretch, width)]
    return sorted(out, key=lambda group: -max(int(token[1]) + (token[0] == "n") for token in group))


def _by_digits(digits: str) -> Alternative:
    """Four digits: last or middle. More: wherever they stand, an aligned four or a filed window lies inside
    them.
    """
    if len(digits) == 4:
        return [frozenset({f"p4:{digits}", f"pm:{digits}"})]
    if _is_whole_number(digits):
        return [frozenset({f"p4:{digits[-4:]}"}), frozenset({f"pm:{digits[-8:-4]}"})]
    return [
        frozenset({f"p4:{digits[-4:]}", f"p5:{digits[:5]}", *(f"pm:{part}" for part in _windows(digits, 4))})
    ]


def _by_start(kind: str, text: str) -> Alternative:
    return [frozenset({f"{kind}5:{text[:5]}" if len(text) >= 5 else f"{kind}3:{text[:3]}"})]


def _word_matches(word: Word, contact: Searchable) -> bool:
    text, digits = word.text, word.digits
    if _is_whole_number(digits):
        return any(digits in phone for phone in contact.phones)
    if len(digits) == 4 and any(digits in (phone[-4:], phone[-8:-4]) for phone in contact.phones):
        return True
    if len(digits) > 4 and any(digits in phone for phone in contact.phones):
        return True
    if matches(text, searchable_name(contact.name)):
        return True
    if word.mailbox and any(word.mailbox == value for value, _ in contact.emails):
        return True
    return _email_matches(text, contact.emails) or (
        len(text) >= 3 and any(kakao.startswith(text) for kakao in contact.kakao_ids)
    )


def _email_matches(text: str, emails: Iterable[tuple[str, str]]) -> bool:
    local, at, domain = text.partition("@")
    for address in (form for pair in emails for form in pair):
        have = address.partition("@")[2]
        if at and not local:
            if have == domain or have.partition(".")[0] == domain:
                return True
        elif ((len(local) >= 3 or at) and address.startswith(text)) or (
            not at and text in (have, have.partition(".")[0])
        ):
            return True
    return False
