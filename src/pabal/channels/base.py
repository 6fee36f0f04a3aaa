"""The contract between the dispatch engine and carrier adapters.

An adapter speaks HTTP and nothing else: no database, no Redis, no loops, no retries. Every method named under
`FencedCarrier` and `UnfencedCarrier` is exactly ONE request on the wire, because the engine commits `calling`
immediately before each of them (docs/dispatch.md, "The commits"); a second write inside an adapter would be a
write that no commit knows about.

Answers are values, never exceptions. The one question that matters is what the answer PROVES:

* a success value: the carrier said yes in its own envelope;
* `Refused`: the carrier said no in its own envelope and named a fault in our request or account, or 429;
* `NotSent`: no byte of the request left this machine (DNS, connect, TLS);
* `Unknown`: everything else. Time-outs, resets, 5xx, HTML, another shape. Never a failure: the engine asks.

A per-recipient row that is missing from an answer is `Unknown` for that recipient.
"""

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from pabal.channels.answers import (
    Accepted,
    Added,
    ContainerState,
    Created,
    Discarded,
    Failure,
    MembersPage,
    NewsState,
    NotSent,
    RecipientResult,
    RecipientState,
    Refused,
    Registered,
    RequestView,
    Sent,
    SubmitResult,
    Submitted,
    Unknown,
)
from pabal.channels.outgoing import (
    BodyGate,
    CarrierAccount,
    Credentials,
    MessageKind,
    OutgoingMessage,
    masked,
)
from pabal.channels.reports import (
    AccountCheck,
    CarrierTemplate,
    OptOut,
    OptOutPage,
    ReceiptBatch,
    ReceiptNews,
    TemplatePage,
)

__all__ = [
    "Accepted",
    "AccountCheck",
    "Added",
    "BodyGate",
    "Carrier",
    "CarrierAccount",
    "CarrierTemplate",
    "ContainerState",
    "Created",
    "Credentials",
    "Discarded",
    "Failure",
    "FencedCarrier",
    "MembersPage",
    "MessageKind",
    "NewsState",
    "NotSent",
    "OptOut",
    "OptOutPage",
    "OutgoingMessage",
    "ReceiptBatch",
    "ReceiptNews",
    "RecipientResult",
    "RecipientState",
    "Refused",
    "Registered",
    "RequestView",
    "Sent",
    "SubmitResult",
    "Submitted",
    "TemplatePage",
    "TemplateReview",
    "UnfencedCarrier",
    "Unknown",
    "masked",
]


class Carrier(Protocol):
    """What every adapter can do, fenced or not."""

    name: str

    async def check(self, account: CarrierAccount) -> AccountCheck: ...

    async def list_optouts(
        self, account: CarrierAccount, cursor: str | None = None
    ) -> OptOutPage | Failure: ...

    def verify_webhook(self, headers: Mapping[str, str], secret: str) -> bool: ...

    def parse_receipts(self, body: bytes) -> ReceiptBatch: ...


class FencedCarrier(Carrier, Protocol):
    """A carrier whose submissions have steps, so that "can it still arrive later?" has a provable answer.

    `body_gate` (tests only) is awaited after half of the request body has been written.
    """

    async def create(
        self, account: CarrierAccount, *, body_gate: BodyGate | None = None
    ) -> Created | Failure: ...

    async def add(
        self,
        account: CarrierAccount,
        provider_id: str,
        recipients: Sequence[OutgoingMessage],
        *,
        body_gate: BodyGate | None = None,
    ) -> Added | Failure: ...

    async def send(
        self, account: CarrierAccount, provider_id: str, *, body_gate: BodyGate | None = None
    ) -> Sent | Failure: ...

    async def read(self, account: CarrierAccount, provider_id: str) -> RequestView | Failure: ...

    async def list_members(
        self, account: CarrierAccount, provider_id: str, cursor: str | None = None
    ) -> MembersPage | Failure: ...

    async def discard(self, account: CarrierAccount, provider_id: str) -> Discarded | Failure: ...

    async def prove_fence(self, account: CarrierAccount) -> AccountCheck:
        """Create, delete, try to add: the add must be refused. Several calls, none of which can send."""
        ...


class TemplateReview(Protocol):
    """AlimTalk templates at the carrier. One call each; nothing here sends a message."""

    async def store(self, account: CarrierAccount, template: CarrierTemplate) -> CarrierTemplate | Failure:
        """Create it (no `code`) or replace its content."""
        ...

    async def inspect(self, account: CarrierAccount, code: str) -> CarrierTemplate | Failure:
        """Ask for the review."""
        ...

    async def list_templates(
        self, account: CarrierAccount, cursor: str | None = None
    ) -> TemplatePage | Failure: ...


class UnfencedCarrier(Carrier, Protocol):
    """A carrier that sends at once and can only be searched afterwards (NHN SMS, AlimTalk).

    `request_key` goes into the carrier's own key field (NHN senderGroupingKey), each attempt id into
    recipientGroupingKey. A grouping key alone is no valid search at NHN: `find` takes the window too, which
    the engine builds from the carrier's own Date header ± 10 minutes.
    """

    settle_seconds: float  # how long a request that went in may be invisible to a search
    repeat_seconds: float  # how long the same request may be repeated under its key; 0: never
    max_recipients: int

    def same_request(self, message: OutgoingMessage) -> Hashable:
        """Messages with equal values here may share one request."""
        ...

    async def submit(
        self,
        account: CarrierAccount,
        request_key: str,
        recipients: Sequence[OutgoingMessage],
        *,
        body_gate: BodyGate | None = None,
    ) -> Submitted | Failure:
        """Send. Where the carrier refuses repeats of a key, `request_key` is that key too, and "key reused" is
        `Unknown("key_reused")`: the first copy is in."""
        ...

    async def find(
        self,
        account: CarrierAccount,
        kind: MessageKind,
        request_key: str,
        since: datetime,
        until: datetime,
        *,
        attempt_id: str | None = None,
        cursor: str | None = None,
    ) -> MembersPage | Failure:
        """Who of a request is known, by our own keys."""
        ...

    async def list_request(
        self, account: CarrierAccount, kind: MessageKind, provider_id: str, cursor: str | None = None
    ) -> MembersPage | Failure:
        """Everybody of a request whose id we were told."""
        ...
