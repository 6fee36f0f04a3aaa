"""What goes out: one account with its secrets, one message to one person."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple

from typing_extensions import override

# Awaited after the first half of the request body is on the wire: lets acceptance tests die `mid_body`.
BodyGate = Callable[[], Awaitable[None]]

MessageKind = Literal["sms", "lms", "alimtalk"]


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """Secrets of one carrier account, decrypted for the duration of a call. Never printed."""

    api_key: str
    api_secret: str
    webhook_secret: str = ""

    @override
    def __repr__(self) -> str:
        return f"Credentials(api_key={masked(self.api_key)!r}, api_secret='***', webhook_secret='***')"


@dataclass(frozen=True, slots=True)
class CarrierAccount:
    """One account at one carrier, as an adapter needs it."""

    id: str
    carrier: str
    base_url: str
    credentials: Credentials


class OutgoingMessage(NamedTuple):
    """One recipient of one request. `attempt_id` travels with it and comes back in receipts.

    `text` is the finished text for sms and lms; for alimtalk it is what we show people, while the carrier
    builds the same from `template_code` + `variables` (keys are bare names: 이름, not #{이름}).
    """

    attempt_id: str
    to: str
    sender: str
    kind: MessageKind
    text: str
    subject: str = ""
    template_code: str = ""
    pf_id: str = ""
    variables: Mapping[str, str] = MappingProxyType({})
    advert: bool = False  # 광고: carriers with endpoints of their own for adverts check the wording there

    @override
    def __repr__(self) -> str:  # no number, no text: reprs end up in logs and tracebacks
        return f"OutgoingMessage(attempt_id={self.attempt_id!r}, kind={self.kind!r})"


def masked(secret: str) -> str:
    """A hint that tells two keys apart without giving either away."""
    return f"{secret[:4]}…{secret[-2:]}" if len(secret) >= 12 else "…"
