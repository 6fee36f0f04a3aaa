"""Against guessing, and for telling scanners apart: what one address asked for lately.

Under keyed hashes: nobody's address is stored. Codes are too many to be guessed (domain/links); this keeps somebody who tries
from costing anything. Wrong codes are counted in Redis for all processes together, and only then: a right one costs nothing
there. Whoever has reached the limit elsewhere is shut out here with the next wrong code. Without Redis each process counts
alone.
"""

import hashlib
import time
from collections import OrderedDict, deque
from typing import TypeVar

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from pabal.domain.links import MANY_SECONDS

# Wrong codes from one address in MISS_SECONDS. Behind a mobile carrier's NAT people follow codes, they don't type them.
MISSES = 30
MISS_SECONDS = 60.0
_KEPT = 20_000  # addresses; the one that was quiet longest goes first

log = structlog.get_logger(__name__)


class Guard:
    """What addresses asked for. One per process. `key`: the installation's, so that all of them mean the same address."""

    def __init__(self, key: bytes, redis: Redis | None = None) -> None:
        self._key = key[:64]
        self._redis = redis
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

    async def missed(self, address: str, *, now: float | None = None) -> None:
        now = time.monotonic() if now is None else now
        hashed = self._hash(address)
        mine = _recent(self._misses, hashed, MISSES)
        mine.append(now)
        # Those that other processes saw: as if they had happened here, just now.
        mine.extend([now] * max(0, await self._count(hashed) - len(mine)))

    async def _count(self, hashed: bytes) -> int:
        """Wrong codes of an address at all processes, within a minute from its first."""
        if self._redis is None:
            return 0
        key = f"pabal:links:missed:{hashed.hex()}"
        try:
            count = int(await self._redis.incr(key))
            # Asked each time: a count that lost its end (we died in between) would shut its address out for good.
            await self._redis.expire(key, int(MISS_SECONDS), nx=True)
        except (RedisError, OSError) as error:
            log.warning("wrong codes counted alone", error=type(error).__name__)
            return 0
        return min(count, MISSES)

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
