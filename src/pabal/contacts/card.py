"""The card: everything personal about one contact, as it is sealed into `contacts.pii`.

One ciphertext per contact (one costs 5.7 µs, four columns would cost 22). Tenant and contact id are inside,
so that a ciphertext moved to another row does not pass. `derive` computes what stands beside the
ciphertext: search tokens, the name key, identity rows.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json, to_json

from pabal.domain.identity import (
    Identity,
    IdentityKind,
    canonical_email,
    is_canonical_email,
    mask_email,
    mask_kakao,
)
from pabal.domain.name import clean_name, mask_name
from pabal.domain.phone import Phone, PhoneKind, format_phone, mask_phone, parse_phone
from pabal.domain.search import (
    Searchable,
    attribute_tokens,
    attribute_value,
    kakao_tokens,
    name_tokens,
    phone_tokens,
)
from pabal.kit.db import TenantKeys, token, value_key


@dataclass(frozen=True, repr=False)
class Card:
    """What a contact says about a person. Phones are digits; e-mails as people write them. No repr: it would be printed."""

    name: str = ""
    title: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    kakao_ids: tuple[str, ...] = ()
    other_phones: tuple[str, ...] = ()  # a relative's: shown, never matched, never sent to
    address: str = ""
    birth: str = ""
    memo: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)

    def seal(self, tenant_id: UUID, contact_id: UUID) -> str:
        """The JSON to encrypt. Empty members are left out: 15 % of a book's bytes."""
        members = {
            "name": self.name,
            "title": self.title,
            "phones": self.phones,
            "emails": self.emails,
            "kakaoIds": self.kakao_ids,
            "otherPhones": self.other_phones,
            "address": self.address,
            "birth": self.birth,
            "memo": self.memo,
            "attributes": self.attributes,
        }
        out: dict[str, Any] = {"t": tenant_id.hex, "c": contact_id.hex}
        out |= {key: value for key, value in members.items() if value}
        return to_json(out).decode()  # a third of json.dumps

    def searchable(self) -> Searchable:
        return Searchable(
            self.name, self.phones, [(_mailbox(email), email) for email in self.emails], self.kakao_ids
        )

    def masked(self) -> "Card":
        """As a role sees it that may not see numbers: recognisable, not usable."""
        return Card(
            name=mask_name(self.name),
            title=self.title,
            phones=tuple(map(mask_phone, self.phones)),
            emails=tuple(map(mask_email, self.emails)),
            kakao_ids=tuple(map(mask_kakao, self.kakao_ids)),
            other_phones=tuple(map(mask_phone, self.other_phones)),
            address="•••" if self.address else "",
            birth="•••" if self.birth else "",
            memo="•••" if self.memo else "",
            attributes=dict.fromkeys(self.attributes, "•••"),
        )

    def shown(self) -> "Card":
        """Phones with hyphens, as people read them."""
        return replace(
            self,
            phones=tuple(map(format_phone, self.phones)),
            other_phones=tuple(map(format_phone, self.other_phones)),
        )


class SwappedCiphertextError(Exception):
    """A ciphertext stands in a row it was not made for: somebody wrote to the database behind our back."""


def open_card(plain: str, tenant_id: UUID, contact_id: UUID) -> Card:
    data = from_json(plain)  # half of json.loads
    if data.get("t") != tenant_id.hex or data.get("c") != contact_id.hex:
        raise SwappedCiphertextError
    return Card(
        name=data.get("name", ""),
        title=data.get("title", ""),
        phones=tuple(data.get("phones", ())),
        emails=tuple(data.get("emails", ())),
        kakao_ids=tuple(data.get("kakaoIds", ())),
        other_phones=tuple(data.get("otherPhones", ())),
        address=data.get("address", ""),
        birth=data.get("birth", ""),
        memo=data.get("memo", ""),
        attributes=data.get("attributes", {}),
    )


def _mailbox(email: str) -> str:
    return email if is_canonical_email(email) else _canonical_mailbox(email)


@lru_cache(maxsize=65536)
def _canonical_mailbox(email: str) -> str:
    identity = canonical_email(email)
    return identity.value if identity is not None else email


class IdentityRow(NamedTuple):
    kind: str
    value_key: int
    address_key: int
    position: int
    quality: str


class Derived(NamedTuple):
    """What stands beside the ciphertext, all of it keyed."""

    tokens: list[int]
    name_key: int | None
    identities: list[IdentityRow]


class _Tokens(dict[str, int]):
    """Text of one class of words → token, made when first asked for: a look-up without a Python call, of which an import
    needs ten a row.
    """

    def __init__(self, key: bytes, prefix: str = "") -> None:
        self._key, self._prefix = key, prefix

    def __missing__(self, text: str) -> int:
        if len(self) > 200_000:  # ~25 MB; whole words of a query and starts of mailboxes are the long tail
            self.clear()
        made = self[text] = token(self._key, self._prefix + text)
        return made


class Blinder:
    """Keyed hashes of one tenant, with a cache: n-grams repeat, and a look-up costs a tenth of a hash."""

    def __init__(self, keys: TenantKeys) -> None:
        self.keys = keys
        self._tokens = _Tokens(keys.index)
        self._by_class = {
            kind: _Tokens(keys.index, f"{kind}:") for kind in ("p4", "pm", "p5", "e3", "e5", "ed")
        }
        self._names: MutableMapping[str, tuple[int, ...]] = {}
        self._attributes: MutableMapping[tuple[str, str], tuple[int, ...]] = {}
        self._values: MutableMapping[tuple[str, str], int] = {}

    def token(self, text: str) -> int:
        return self._tokens[text]

    def value_key(self, kind: str, value: str) -> int:
        """Asked twice for each value of an import, by matching and by filing: kept for a while."""
        known = self._values.get((kind, value))
        if known is None:
            if len(self._values) > 200_000:
                self._values.clear()
            known = self._values[kind, value] = value_key(self.keys.index, kind, value)
        return known

    def address_key(self, kind: str, value: str) -> int:
        return value_key(self.keys.suppression, kind, value)

    def name_key(self, name: str) -> int | None:
        key = clean_name(name).key
        return self.value_key("name", key) if key else None

    def identity_row(self, kind: str, value: str, position: int) -> IdentityRow:
        quality = "ok" if kind != "phone" or is_mobile(value) else "landline"
        return IdentityRow(
            kind, self.value_key(kind, value), self.address_key(kind, value), position, quality
        )

    def name_tokens(self, name: str) -> tuple[int, ...]:
        known = self._names.get(name)
        if known is None:
            if len(self._names) > 200_000:
                self._names.clear()
            known = self._names[name] = tuple(map(self._tokens.__getitem__, name_tokens(name)))
        return known

    def attribute_tokens(self, name: str, value: str) -> tuple[int, ...]:
        """The pair that carriers of this value of an attribute have; none if it can't be asked for."""
        known = self._attributes.get((name, value))
        if known is None:
            if len(self._attributes) > 100_000:
                self._attributes.clear()
            askable = attribute_value(value)
            pair = (token(self.keys.index, text) for text in attribute_tokens(name, value))
            known = self._attributes[name, value] = tuple(pair) if askable else ()
        return known

    def _phone_tokens(self, into: set[int], digits: str) -> None:
        """`domain.search.phone_tokens` without its strings: nine of ten numbers have eleven digits."""
        if len(digits) != 11:
            into.update(map(self._tokens.__getitem__, phone_tokens(digits)))
            return
        windows = self._by_class["p5"]
        into.add(self._by_class["p4"][digits[7:]])
        into.add(self._by_class["pm"][digits[3:7]])
        into.add(windows[digits[:5]])
        into.add(windows[digits[1:6]])
        into.add(windows[digits[4:9]])
        into.add(windows[digits[5:10]])

    def _email_tokens(self, into: set[int], address: str) -> None:
        local, _, domain = address.partition("@")
        into.add(self._by_class["e3"][local[:3]])
        if len(local) >= 5:
            into.add(self._by_class["e5"][local[:5]])
        into.add(self._by_class["ed"][domain])
        into.add(self._by_class["ed"][domain.partition(".")[0]])

    def derive(self, card: Card) -> Derived:
        """Tokens as `domain.search.contact_tokens` lists them (a property holds it to that), by way of the caches; and those
        of attributes.
        """
        emails = [(_mailbox(email), email) for email in card.emails]
        tokens = set(self.name_tokens(card.name))
        for phone in card.phones:
            self._phone_tokens(tokens, phone)
        for value, shown in emails:
            self._email_tokens(tokens, value)
            if shown != value:
                self._email_tokens(tokens, shown)
        for kakao in card.kakao_ids:
            tokens.update(map(self._tokens.__getitem__, kakao_tokens(kakao)))
        for attribute in card.attributes.items():
            tokens.update(self.attribute_tokens(*attribute))
        rows = [
            *(self.identity_row("phone", phone, i) for i, phone in enumerate(card.phones)),
            *(self.identity_row("email", value, i) for i, (value, _) in enumerate(emails)),
            *(self.identity_row("kakao", kakao, i) for i, kakao in enumerate(card.kakao_ids)),
        ]
        if len(rows) > 1:  # two spellings of one mailbox are one identity
            rows = list({(row.kind, row.value_key): row for row in reversed(rows)}.values())
        return Derived(list(tokens), self.name_key(card.name), rows)


def is_mobile(digits: str) -> bool:
    if digits.startswith("010"):  # stored digits are canonical already
        return len(digits) == 11
    phone = parse_phone(digits)
    return isinstance(phone, Phone) and phone.kind is PhoneKind.MOBILE


class Values(NamedTuple):
    """The four lists of a card that come from identities."""

    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    kakao_ids: tuple[str, ...] = ()
    other_phones: tuple[str, ...] = ()


def with_identities(card: Card, identities: Sequence[Identity]) -> Card:
    """The card with more values, each once, in the order they come; mobiles before landlines."""
    if not identities:
        return card
    held = Values(card.phones, card.emails, card.kakao_ids, card.other_phones)
    return replace(card, **values_with(held, identities)._asdict())


def values_with(held: Values, identities: Sequence[Identity]) -> Values:
    """As `with_identities`, for who builds the card itself."""
    phones, emails, kakao, others = map(list, held)
    mailboxes = set(map(_mailbox, emails))
    for identity in identities:
        if identity.kind is IdentityKind.PHONE:
            target = phones if identity.usable else others
            if identity.value not in target:
                target.append(identity.value)
        elif identity.kind is IdentityKind.EMAIL:
            if identity.value not in mailboxes:
                mailboxes.add(identity.value)
                emails.append(identity.shown)
        elif identity.value not in kakao:
            kakao.append(identity.value)
    if len(phones) > 1:
        phones.sort(key=lambda digits: not is_mobile(digits))
    return Values(
        tuple(phones),
        tuple(emails),
        tuple(kakao),
        tuple(other for other in others if other not in phones) if others else (),
    )
