"""The sandbox's clock: real time plus an offset that the control API sets.

Business times (stamps, schedules, night rules, the signature window) follow it; delays of receipts and
webhook repeats stay real, otherwise setting the clock back would stop them for hours.
"""

import time
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

KST = timezone(timedelta(hours=9), "KST")


class Clock:
    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset

    def now(self) -> float:
        return time.time() + self.offset

    @staticmethod
    def real() -> float:
        return time.time()


@lru_cache(maxsize=1024)  # messages of one request share their times
def iso(at: float | None) -> str | None:
    """As Solapi prints it: UTC, milliseconds, Z."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def iso_kst(at: float | None) -> str | None:
    """As the control API prints it: ISO 8601 with the Korean offset."""
    return None if at is None else datetime.fromtimestamp(at, KST).isoformat(timespec="milliseconds")


def parse_iso(text: str) -> float:
    """Epoch seconds; a time without zone is Korean, as its users mean it. ValueError if unreadable."""
    stamp = datetime.fromisoformat(text.strip())
    return (stamp if stamp.tzinfo else stamp.replace(tzinfo=KST)).timestamp()
