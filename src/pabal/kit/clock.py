"""The one injectable clock of rules and schedules. Leases use the database's and the kernel's clocks
instead.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

KST = ZoneInfo("Asia/Seoul")


@dataclass
class Clock:
    """Wall clock, shifted in development (`pabal up --clock-offset`, `PUT /api/operator/clock`)."""

    offset: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def month_kst(self) -> str:
        """Quota month, `YYYY-MM` in Korean time."""
        return month_kst(self.now())


def month_kst(at: datetime) -> str:
    return at.astimezone(KST).strftime("%Y-%m")


def month_end_kst(at: datetime) -> datetime:
    """The first instant of the next month in Korean time."""
    local = at.astimezone(KST)
    return datetime(local.year + local.month // 12, local.month % 12 + 1, 1, tzinfo=KST)


def boottime() -> float:
    """Seconds on CLOCK_BOOTTIME: goes on counting while the machine is suspended, unlike CLOCK_MONOTONIC."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
