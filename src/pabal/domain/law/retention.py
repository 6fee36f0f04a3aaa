"""What was collected for an election goes when it is over (개인정보 보호법 제21조; PIPC and NEC, 2025-05-02). Pure.

The statute says "without delay" and names no days. Ours: warned on the day after, everything of class held from then on
(P-09), late from the thirtieth day on.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

PURGE_DAYS: Final = 30  # ours

Stage = Literal["ahead", "due", "late"]


@dataclass(frozen=True, slots=True)
class Deadline:
    election_day: date
    today: date

    @property
    def held_from(self) -> date:
        return self.election_day + timedelta(days=1)

    @property
    def due_on(self) -> date:
        return self.election_day + timedelta(days=PURGE_DAYS)

    @property
    def stage(self) -> Stage:
        if self.today <= self.election_day:
            return "ahead"
        return "due" if self.today <= self.due_on else "late"
