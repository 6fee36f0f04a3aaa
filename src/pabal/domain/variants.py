"""Texts sent side by side: who gets which, and how sure a difference is. Pure."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

MAX_VARIANTS: Final = 5  # more, and each is too small to tell apart from the others
ALL_SHARES: Final = 100
Z_95: Final = 1.959964  # of the standard normal distribution, two-sided


def pick(send_id: UUID, seq: int, shares: Sequence[int]) -> int:
    """The place of one person's text among `shares` (0: takes nobody any more). The same on every worker."""
    total = sum(shares)
    if total <= 0:
        raise ValueError("no text is left to send")
    digest = hashlib.blake2b(send_id.bytes + seq.to_bytes(4, "big"), digest_size=8).digest()
    slot = int.from_bytes(digest, "big") % total
    for place, share in enumerate(shares):
        if slot < share:
            return place
        slot -= share
    raise AssertionError("unreachable")  # slot < total


def apportion(total: int, shares: Sequence[int]) -> list[int]:
    """`total` people by share, as whole people that add up (largest remainder)."""
    whole = sum(shares)
    if whole == 0:
        return [0 for _ in shares]
    exact = [total * share / whole for share in shares]
    counts = [math.floor(part) for part in exact]
    by_rest = sorted(range(len(shares)), key=lambda at: (counts[at] - exact[at], at))
    for at in by_rest[: total - sum(counts)]:
        counts[at] += 1
    return counts


@dataclass(frozen=True, slots=True)
class Interval:
    """A rate and the 95 % interval it lies in."""

    rate: float
    low: float
    high: float


def wilson(hits: int, tries: int) -> Interval | None:
    """Wilson's score interval (1927): right for small counts too, where rate +- 1.96 s goes below 0. None without tries."""
    if tries <= 0:
        return None
    rate, square = hits / tries, Z_95 * Z_95
    middle = (rate + square / (2 * tries)) / (1 + square / tries)
    half = Z_95 / (1 + square / tries) * math.sqrt(rate * (1 - rate) / tries + square / (4 * tries * tries))
    return Interval(rate, max(0.0, middle - half), min(1.0, middle + half))


def leader(intervals: Sequence[Interval | None]) -> int | None:
    """The place of the one whose interval lies wholly above every other's; None while chance may explain it."""
    known = [(at, one) for at, one in enumerate(intervals) if one is not None]
    if len(known) < 2:
        return None
    best, top = max(known, key=lambda pair: pair[1].low)
    return best if all(top.low > one.high for at, one in known if at != best) else None
