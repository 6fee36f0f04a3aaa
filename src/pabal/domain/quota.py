"""Quota in numbers: what is left, and when people hear about it. A unit is one accepted attempt.

Units are reserved at claim, then settled (the carrier took the message) or released (it certainly didn't).
"""

from dataclasses import dataclass
from typing import Final, Literal

NOTICE_AT: Final[tuple[Literal[70], Literal[90], Literal[100]]] = (70, 90, 100)


@dataclass(frozen=True, slots=True)
class QuotaNotice:
    """One threshold that has been reached."""

    percent: Literal[70, 90, 100]
    message: str


def remaining(limit: int, used: int, reserved: int) -> int:
    return max(0, limit - used - reserved)


def notices(limit: int, used: int, reserved: int) -> tuple[QuotaNotice, ...]:
    """Every threshold reached, lowest first. Reserved units count: they are on their way out.

    A limit of 0 is "full" from the start: nothing can be sent.
    """
    taken = used + reserved
    return tuple(
        QuotaNotice(percent, _message(percent, limit, taken))
        for percent in NOTICE_AT
        if taken * 100 >= limit * percent
    )


def _message(percent: Literal[70, 90, 100], limit: int, taken: int) -> str:
    if percent == 100:
        return f"이번 달 한도 {limit:,}건을 다 썼어요. 한도를 올리거나 달이 바뀌면 이어서 보내요."
    return f"이번 달 한도의 {percent}%에 다다랐어요 ({taken:,} / {limit:,}건)."


def next_month(month: str) -> tuple[int, int]:
    """Of `YYYY-MM`: the year and month in which units start afresh."""
    year, number = int(month[:4]), int(month[5:])
    return (year + 1, 1) if number == 12 else (year, number + 1)
