"""How the simulated carrier misbehaves, and the dice that decide it.

Every decision is a hash of (seed, what, which one): the same seed and the same order of requests give the
same faults again, also after a restart. A message's fate hangs on its number and how often it was tried,
not on arrival order, so that two workers in parallel don't change it.
"""

import hashlib
import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.alias_generators import to_camel

Share = Annotated[float, Field(ge=0, le=1)]
Millis = Annotated[int, Field(ge=0, le=600_000)]
Step = Literal["create", "add", "send", "schedule", "delete", "direct", "other"]

_CODE = re.compile(r"^(?:[\dE]\d{3}|-\d{1,4})$")  # Solapi 3032, NHN E915 at the end, NHN -2019 at intake
_PHONE = re.compile(r"^\d{8,12}$")


class Behaviour(BaseModel):
    """The switches of PUT /_sandbox/behaviour. A PUT replaces all of them: `{}` is a well-behaved carrier."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)

    seed: int = 1
    # Every request, before anything is recorded
    latency_ms: Millis = 0
    jitter_ms: Millis = 0
    error_rate: Share = 0  # 500 with the carrier's JSON body
    http503_rate: Share = Field(default=0, alias="http503Rate")  # 503 as a load balancer answers it
    html_error_rate: Share = 0  # 502 with an HTML page
    outage: bool | Literal["503", "drop"] = False  # true = "503"; "drop" closes the connection
    rate_per_second: Annotated[float, Field(ge=0)] | None = None  # requests per key; beyond it 429
    # Requests that change something, after they were carried out
    reset_after_accept_rate: Share = 0
    accept_then503_rate: Share = Field(default=0, alias="acceptThen503Rate")
    hang_after_accept_ms: Millis = 0
    hang_after_accept_rate: Share = 1
    after_accept_steps: tuple[Step, ...] = ()  # empty: any step
    # Receipts
    deliver_delay_ms: Millis = 300
    fail_codes: dict[str, Share] = {}
    fixed_outcome: dict[str, str] = {}
    channel_outcome: dict[str, dict[str, str]] = {}  # {"alimtalk": {phone: code}}: before fixedOutcome
    receipt_batch: Annotated[int, Field(ge=1, le=1000)] = 100
    receipt_duplicate_rate: Share = 0
    receipt_loss_rate: Share = 0
    receipt_out_of_order: bool | Share = False  # share with a stale 3000 after the final report
    webhook_flat: bool = False  # Solapi: items without the {eventDataId, data, retryCount} wrapper
    refuse_whole_request: bool = False  # NHN: one bad recipient refuses all of a request, without naming it
    doc_quirks: bool = False  # NHN: field names as its documentation's samples misspell them
    # Reads
    search_lag_ms: Millis = 0
    count_lag: bool = False  # groups show count.total 0 until they are complete
    delete_race_ms: Millis = 0

    @field_validator("fail_codes")
    @classmethod
    def _codes(cls, value: dict[str, float]) -> dict[str, float]:
        if not all(_CODE.match(code) for code in value):
            raise ValueError("failCodes: keys are the carrier's codes: four digits, E + three, or negative")
        if sum(value.values()) > 1 + 1e-9:
            raise ValueError("failCodes: the shares add up to more than 1")
        return value

    @field_validator("fixed_outcome")
    @classmethod
    def _phones(cls, value: dict[str, str]) -> dict[str, str]:
        outcomes = {re.sub(r"\D", "", phone): code for phone, code in value.items()}
        if not all(_PHONE.match(phone) and _CODE.match(code) for phone, code in outcomes.items()):
            raise ValueError("fixedOutcome: phone numbers to the carrier's codes")
        return outcomes

    @field_validator("channel_outcome")
    @classmethod
    def _channels(cls, value: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        return {channel: cls._phones(outcomes) for channel, outcomes in value.items()}

    @property
    def disorder(self) -> float:
        return float(self.receipt_out_of_order)

    def draw(self, what: str, *which: object) -> float:
        """A number in [0, 1) that depends on nothing but the seed and the arguments."""
        text = "|".join(str(part) for part in (self.seed, what, *which))
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest()) / 2**56

    def hits(self, share: float, what: str, *which: object) -> bool:
        return share > 0 and self.draw(what, *which) < share

    @property
    def any_outcome(self) -> bool:
        """Does anything but success happen to messages?"""
        return bool(self.fail_codes or self.fixed_outcome or self.channel_outcome)

    @property
    def outcome_codes(self) -> list[str]:
        by_channel = [code for outcomes in self.channel_outcome.values() for code in outcomes.values()]
        return [*self.fixed_outcome.values(), *self.fail_codes, *by_channel]

    def outcome(self, phone: str, nth: int, *, delivered: str = "4000", channel: str = "") -> str:
        """The final status code of the nth message to a number."""
        if (special := self.channel_outcome.get(channel, {}).get(phone)) is not None:
            return special
        if (fixed := self.fixed_outcome.get(phone)) is not None:
            return fixed
        point = self.draw("outcome", phone, nth)
        for code, share in sorted(self.fail_codes.items()):
            if point < share:
                return code
            point -= share
        return delivered

    @classmethod
    def known_keys(cls) -> list[str]:
        return [field.alias or name for name, field in cls.model_fields.items()]


class RateLimit:
    """Token buckets per account: `ratePerSecond` tokens a second, one second's worth kept at most."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, account: str, rate: float, now: float) -> bool:
        tokens, since = self._buckets.get(account, (max(rate, 1.0), now))
        tokens = min(max(rate, 1.0), tokens + (now - since) * rate)
        if tokens < 1:
            self._buckets[account] = (tokens, now)
            return False
        self._buckets[account] = (tokens - 1, now)
        return True

    def clear(self) -> None:
        self._buckets.clear()
