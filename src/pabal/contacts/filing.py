"""What stands beside a new person's ciphertext, made for a hundred thousand of them: the same as `Blinder.derive` says, as
the bytes that PostgreSQL's binary COPY takes. A token is hashed, kept and sent as four bytes and never becomes a number.
"""

import struct
from hashlib import blake2b

from pabal.contacts.card import Blinder
from pabal.domain.search import attribute_tokens, attribute_value, kakao_tokens, name_tokens, phone_tokens

_INT4 = b"\0\0\0\4"  # an element's length, before its bytes
_MANY = 200_000  # entries of a cache, ~25 MB


class _Elements(dict[str, bytes]):
    """Text of one class of words → token as an array's element, made when first asked for: a look-up without a Python
    call, of which a person needs seven.
    """

    def __init__(self, key: bytes, prefix: str = "") -> None:
        self._key, self._prefix = key, prefix.encode()

    def __missing__(self, text: str) -> bytes:
        if len(self) > _MANY:
            self.clear()
        digest = blake2b(self._prefix + text.encode(), key=self._key, digest_size=4).digest()
        made = self[text] = _INT4 + digest
        return made


class Filing:
    """Tokens by value. Each list is without repetition; a person's, put together, may repeat one, which an index of
    tokens doesn't mind.
    """

    def __init__(self, blinder: Blinder) -> None:
        self._blinder, keys = blinder, blinder.keys
        self._words = _Elements(keys.index)
        self._fours, self._middles, self._windows, self._threes, self._fives = (
            _Elements(keys.index, prefix) for prefix in ("p4:", "pm:", "p5:", "e3:", "e5:")
        )
        self._domains: dict[str, bytes] = {}
        self._names: dict[str, tuple[bytes, int | None]] = {}
        self._attributes: dict[tuple[str, ...], bytes] = {}

    def _joined(self, words: list[str] | tuple[str, ...]) -> bytes:
        return b"".join([self._words[word] for word in words])

    def name(self, display: str) -> tuple[bytes, int | None]:
        """Its tokens, and the key that tells namesakes."""
        known = self._names.get(display)
        if known is None:
            if len(self._names) > _MANY:
                self._names.clear()
            known = self._names[display] = (
                self._joined(name_tokens(display)),
                self._blinder.name_key(display),
            )
        return known

    def phone(self, digits: str) -> bytes:
        if len(digits) != 11:
            return self._joined(phone_tokens(digits))
        windows = self._windows
        return b"".join(
            (
                self._fours[digits[7:]],
                self._middles[digits[3:7]],
                windows[digits[:5]],
                windows[digits[1:6]],
                windows[digits[4:9]],
                windows[digits[5:10]],
            )
        )

    def email(self, address: str) -> bytes:
        local, _, domain = address.partition("@")
        known = self._domains.get(domain)
        if known is None:
            if len(self._domains) > _MANY:
                self._domains.clear()
            known = self._domains[domain] = self._joined([f"ed:{domain}", f"ed:{domain.partition('.')[0]}"])
        if len(local) < 5:
            return self._threes[local[:3]] + known
        return self._threes[local[:3]] + self._fives[local[:5]] + known

    def kakao(self, value: str) -> bytes:
        return self._joined(kakao_tokens(value))

    def attributes(self, pairs: tuple[str, ...]) -> bytes:
        """Of name, value, name, value …; those that can be asked for."""
        found = b""
        for at in range(0, len(pairs), 2):
            pair = pairs[at : at + 2]
            known = self._attributes.get(pair)
            if known is None:
                if len(self._attributes) > _MANY // 2:
                    self._attributes.clear()
                askable = attribute_value(pair[1])
                known = self._joined(attribute_tokens(*pair)) if askable else b""
                self._attributes[pair] = known
            found += known
        return found


_ARRAY = struct.Struct(">6i").pack
_INT4_OID = 23
_EMPTY_ARRAY = struct.pack(">4i", 12, 0, 0, _INT4_OID)


def token_field(elements: bytes) -> bytes:
    """An array of elements as a field of binary COPY."""
    size = len(elements)
    return _ARRAY(20 + size, 1, 0, _INT4_OID, size >> 3, 1) + elements if size else _EMPTY_ARRAY


def elements_of(tokens: list[int]) -> bytes:
    return b"".join([struct.pack(">ii", 4, one) for one in tokens])
