"""Against guessing, and for telling scanners apart: what one address asked for lately.

In this process's memory alone, under keyed hashes: nobody's address is stored. Codes are too many to be guessed
(domain/links); this keeps somebody who tries from costing anything, and N processes allow N times as much.
"""

import hashlib
import os
import time
from collections import OrderedDict, deque
from typing import TypeVar

from pabal.domain.links import MANY_SECONDS

# Wrong codes from one address in MISS_SECONDS. Behind a mobile carrier's NAT people follow codes, they don't type them.
MISSES = 30
MISS_SECONDS = 60.0
_KEPT = 20_000  # addresses; the one that was quiet longest goes first


class Guard:
    """What addresses asked for. One per process."""

    def __init__(self) -> None:
        self._key = os.urandom(16)
        self._misses: OrderedDict[bytes, deque[float]] = OrderedDict()
        self._codes: OrderedDict[bytes, deque[tuple[float, str]]] = OrderedDict()

    def shut_for(self, address: str, *, now: float | None = None) -> float:
        """Seconds for which an address must wait; 0: it may ask."""
        missed = self._misses.get(self._hash(address))
        if missed is None:
            return 0.0
        now = time.monotonic() if now is None else now
        while missed and missed[0] <= now - MISS_SECONDS:
            missed.popleft()
        return missed[0] + MISS_SECONDS - now if len(missed) >= MISSES else 0.0

    def missed(self, address: str, *, now: float | None = None) -> None:
        _recent(self._misses, self._hash(address), MISSES).append(time.monotonic() if now is None else now)

    def codes_of(self, address: str, agent: str, code: str, *, now: float | None = None) -> int:
        """How many different codes this address and browser asked for within MANY_SECONDS, this one included."""
        now = time.monotonic() if now is None else now
        seen = _recent(self._codes, self._hash(f"{address}\0{agent}"), 64)
        while seen and seen[0][0] <= now - MANY_SECONDS:
            seen.popleft()
        seen.append((now, code))
        return len({one for _, one in seen})

    def _hash(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode(), key=self._key, digest_size=12).digest()


T = TypeVar("T")


def _recent(kept: OrderedDict[bytes, deque[T]], key: bytes, most: int) -> deque[T]:
    found = kept.get(key)
    if found is None:
        found = kept[key] = deque(maxlen=most)
        while len(kept) > _KEPT:
            kept.popitem(last=False)
    else:
        kept.move_to_end(key)
    return found
