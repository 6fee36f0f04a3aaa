"""Ids in the carrier's shape: a prefix, the Korean time, 15 upper-case letters or digits: 32 characters."""

import random
from datetime import datetime
from functools import lru_cache

from pabal.sandbox.clock import KST

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_random = random.Random()  # noqa: S311 - ids, not secrets; seeded by the system


@lru_cache(maxsize=64)  # hundreds of ids share a second
def _stamp(second: int) -> str:
    return datetime.fromtimestamp(second, KST).strftime("%Y%m%d%H%M%S")


def new_id(prefix: str, at: float) -> str:
    """`prefix` is G4V, M4V, ... (3 characters) or KA01PF, KA01TP, ST01FP (6, then shorter at the end)."""
    head = prefix + _stamp(int(at))
    return head + "".join(_random.choices(_ALPHABET, k=32 - len(head)))
