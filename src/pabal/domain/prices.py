"""What a message costs: an example, until the tenant types what its carrier charges.

The examples are nominal list prices in won without VAT, put together on the date below and shown everywhere as 예시:
carriers agree on prices with each customer. Nothing is billed by these figures.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

AS_OF = "2026-11-01"
NOTE_KO = "예시 단가예요. 실제 요금은 발송사와의 계약에 따라 달라요."
OWN_NOTE_KO = "직접 적은 단가예요."

EXAMPLE_WON: Mapping[str, int] = {"sms": 18, "lms": 45, "mms": 110, "alimtalk": 13, "brand": 20}


def example_price(channel: str) -> int:
    """Won for one message; an unknown channel costs as much as the dearest."""
    return EXAMPLE_WON.get(channel, max(EXAMPLE_WON.values()))


@dataclass(frozen=True, slots=True)
class PriceBook:
    """The prices of one day: the tenant's own, examples where it typed none."""

    own: Mapping[str, int] = field(default_factory=dict)

    def won(self, channel: str) -> int:
        return self.own.get(channel, example_price(channel))

    def is_example(self, channels: Iterable[str]) -> bool:
        """Whether a sum over these channels rests on an example anywhere."""
        return any(channel not in self.own for channel in channels)

    def fingerprint(self, channels: Iterable[str]) -> str:
        """Who approved a sum approved these prices: part of a check's digest. A short text may come out as a long one, so
        `sms` stands for both; prices of channels that a sum doesn't rest on aren't part of it."""
        concerned = set(channels)
        if concerned & {"sms", "lms"}:
            concerned |= {"sms", "lms"}
        own = ",".join(
            f"{channel}={won}" for channel, won in sorted(self.own.items()) if channel in concerned
        )
        return f"{AS_OF};{own}" if own else AS_OF
