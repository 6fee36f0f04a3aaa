"""Hours in which a campaign goes out ("보내는 시간대"), in Korean time, on one day: from 09:00 until 20:00.

A wish of the camp and no law. Outside these hours nobody new is claimed; who is in the carrier's hands stays there.
Korea has had no summer time since 1988, so that adding to the clock on the wall is adding time.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

KST: Final = ZoneInfo("Asia/Seoul")
_DAYS: Final = "월화수목금토일"


@dataclass(frozen=True, slots=True)
class SendWindow:
    """Open from `opens` on, shut from `shuts` on. Both on one day: a window over midnight would be no rest at night."""

    opens: time
    shuts: time

    def __post_init__(self) -> None:
        if not self.opens < self.shuts:
            raise ValueError("a window opens before it shuts")

    @classmethod
    def of(cls, opens: time | None, shuts: time | None) -> Self | None:
        """As two columns keep it: both or none."""
        return None if opens is None or shuts is None else cls(opens, shuts)

    @property
    def hours(self) -> str:
        """As people read it, and as a check's digest has it."""
        return f"{self.opens:%H:%M}~{self.shuts:%H:%M}"

    @property
    def length(self) -> timedelta:
        return timedelta(
            hours=self.shuts.hour - self.opens.hour, minutes=self.shuts.minute - self.opens.minute
        )

    def is_open(self, instant: datetime) -> bool:
        return self.opens <= instant.astimezone(KST).time() < self.shuts

    def opens_at(self, instant: datetime) -> datetime:
        """The instant itself while open, else the next opening."""
        local = instant.astimezone(KST)
        if self.opens <= local.time() < self.shuts:
            return instant
        day = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        return datetime.combine(day, self.opens, KST)

    def finish(self, start: datetime, seconds: int) -> datetime:
        """When work of so many seconds ends that begins at `start` and rests outside the window."""
        begin = self.opens_at(start)
        work = timedelta(seconds=seconds)
        day = begin.astimezone(KST).date()
        first = datetime.combine(day, self.shuts, KST) - begin
        if work <= first:
            return begin + work
        # What ends just as the window shuts ends on that day, not as the next one opens.
        days, last = divmod(work - first, self.length)
        if not last:
            days, last = days - 1, self.length
        return datetime.combine(day + timedelta(days=1 + days), self.opens, KST) + last

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        """How long it is open from one instant to another, weeks apart at most: day by day."""
        total, at = timedelta(0), self.opens_at(start)
        while at < end:
            shuts = datetime.combine(at.astimezone(KST).date(), self.shuts, KST)
            total += min(shuts, end) - at
            at = self.opens_at(shuts)
        return total


def waiting(window: SendWindow, now: datetime) -> str:
    """Why nothing goes out now, and when it goes on."""
    return f"보내는 시간대({window.hours})가 아니라서 기다려요. {when(window.opens_at(now))}에 이어서 보내요."


def when(instant: datetime) -> str:
    """For a sentence: `11월 23일 (월) 09:00`."""
    local = instant.astimezone(KST)
    return f"{local.month}월 {local.day}일 ({_DAYS[local.weekday()]}) {local:%H:%M}"
