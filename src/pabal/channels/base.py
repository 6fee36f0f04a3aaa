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

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

from typing_extensions import override

from pabal.domain.message import FailureClass

# Awaited after the first half of the request body is on the wire: lets acceptance tests die `mid_body`.
BodyGate = Callable[[], Awaitable[None]]

MessageKind = Literal["sms", "lms", "alimtalk"]


# -- what goes out ---------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True, repr=False)
class OutgoingMessage:
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
    variables: Mapping[str, str] = field(default_factory=dict)

    @override
    def __repr__(self) -> str:  # no number, no text: reprs end up in logs and tracebacks
        return f"OutgoingMessage(attempt_id={self.attempt_id!r}, kind={self.kind!r})"


def masked(secret: str) -> str:
    """A hint that tells two keys apart without giving either away."""
    return f"{secret[:4]}…{secret[-2:]}" if len(secret) >= 12 else "…"


# -- what an answer proves -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Refused:
    """The carrier said no. `certain` = nothing of this call went in or will go out.

    `certain` is False where the code itself hints that an earlier copy is in (Solapi 1026, a duplicate inside
    a group that only we fill): the engine treats that recipient like `Unknown` and asks.
    `retry_after` in seconds, when the carrier named one (429).
    """

    code: str
    message_ko: str
    failure_class: FailureClass
    certain: bool = True
    retry_after: float | None = None
    mend_ko: str = ""


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly not sent: no byte of the request was written. `why` is a short English tag for logs."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say yet. `why` is a short English tag for logs and the workbench, free of PII."""

    why: str
    status: int | None = None
    server_date: datetime | None = None


Failure = Refused | NotSent | Unknown


@dataclass(frozen=True, slots=True)
class Created:
    """An empty container (Solapi: group) exists. `provider_id` must be committed before anything is added."""

    provider_id: str
    server_date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """The recipient is in the container; nothing is sent before `send`."""

    provider_message_id: str


RecipientResult = Registered | Refused | Unknown


@dataclass(frozen=True, slots=True)
class Added:
    """The answer to `add`: one result for every attempt id that was passed in, none left out."""

    results: Mapping[str, RecipientResult]
    server_date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The container is going out. `already`: the carrier said it was under way before this call."""

    already: bool = False
    server_date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Discarded:
    """The carrier answered 200 to the delete, or 404 (`gone`). NOT yet proof: read again after the pause
    (docs/dispatch.md, "Fences": a DELETE racing a send may answer DELETED although the messages go out)."""

    gone: bool = False
    server_date: datetime | None = None


class ContainerState(StrEnum):
    PENDING = "pending"  # can be filled, sent, discarded
    SCHEDULED = "scheduled"
    SENDING = "sending"
    COMPLETE = "complete"
    FAILED = "failed"
    DELETED = "deleted"
    MISSING = "missing"  # 404: never was, or is gone
    OTHER = "other"  # a word we don't know: treat as "shows a sign of sending"


@dataclass(frozen=True, slots=True)
class RequestView:
    """What the carrier says about a container.

    `registered` is the carrier's counter and may lag (official samples show total 0 beside registered rows):
    it is never evidence, count `list_members` instead. `shows_sending` collects every sign: state,
    `date_sent`, a log line that is not about creating, adding or deleting, any sent counter above 0.
    """

    state: ContainerState
    registered: int
    date_sent: datetime | None
    send_logged: bool
    sent_count: int = 0
    server_date: datetime | None = None

    @property
    def shows_sending(self) -> bool:
        return (
            self.state
            in {
                ContainerState.SCHEDULED,
                ContainerState.SENDING,
                ContainerState.COMPLETE,
                ContainerState.FAILED,
                ContainerState.OTHER,
            }
            or self.date_sent is not None
            or self.send_logged
            or self.sent_count > 0
        )


class NewsState(StrEnum):
    """Where the carrier says one recipient is. In a PENDING container `accepted` only means registered."""

    REFUSED = "refused"  # at intake; will never go out
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    OTHER = "other"  # a code of no known class: keep polling


@dataclass(frozen=True, slots=True)
class RecipientState:
    """One row of a container, or of a poll. `attempt_id` is None when the row does not carry ours."""

    attempt_id: str | None
    provider_message_id: str
    state: NewsState
    code: str
    presumed: bool = False
    failure_class: FailureClass | None = None
    message_ko: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MembersPage:
    members: Sequence[RecipientState]
    next_cursor: str | None
    server_date: datetime | None = None


# -- receipts, opt-outs, account ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReceiptNews:
    """One line of a webhook. `presumed` failures may still turn into `delivered`."""

    attempt_id: str | None
    provider_message_id: str
    to_state: Literal["accepted", "delivered", "failed"]
    presumed: bool
    code: str
    failure_class: FailureClass | None
    at: datetime | None
    message_ko: str = ""
    opt_out: bool = False  # the carrier's own 080 opt-out: write a suppression too


@dataclass(frozen=True, slots=True)
class ReceiptBatch:
    """`junk` counts rows that could not be read; they are never a reason to lose the others."""

    news: Sequence[ReceiptNews]
    junk: int = 0


@dataclass(frozen=True, slots=True)
class AccountCheck:
    """Result of a check that sends nothing. `fenced` is None while the fence has not been proved."""

    ok: bool
    message_ko: str
    balance_won: int | None = None
    code: str = ""
    fenced: bool | None = None


@dataclass(frozen=True, slots=True, repr=False)
class OptOut:
    """A person opted out at the carrier (080). Numbers are digits."""

    number: str
    sender: str
    at: datetime | None

    @override
    def __repr__(self) -> str:
        return "OptOut(…)"


@dataclass(frozen=True, slots=True)
class OptOutPage:
    items: Sequence[OptOut]
    next_cursor: str | None
    junk: int = 0


@dataclass(frozen=True, slots=True)
class CarrierTemplate:
    """An AlimTalk template as the carrier holds it. `state` is the carrier's own word; `comment` its last
    one."""

    code: str
    name: str
    content: str
    state: str
    pf_id: str = ""
    buttons: Sequence[Mapping[str, Any]] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class TemplatePage:
    items: Sequence[CarrierTemplate]
    next_cursor: str | None


# -- the contracts ---------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Submitted:
    """The answer of an unfenced carrier: one result per attempt id."""

    provider_id: str
    results: Mapping[str, RecipientResult]
    server_date: datetime | None = None


class UnfencedCarrier(Carrier, Protocol):
    """A carrier that sends at once and can only be searched afterwards (NHN SMS, AlimTalk). No adapter yet.

    `request_key` goes into the carrier's own key field (NHN senderGroupingKey), each attempt id into
    recipientGroupingKey. A grouping key alone is no valid search at NHN: `find` takes the window too, which
    the engine builds from the carrier's own Date header ± 10 minutes. `idempotency_key` exists on AlimTalk
    only; -1005 there means the first copy is in: adapters answer `Unknown("idempotency_key_reused")`.
    """

    async def submit(
        self,
        account: CarrierAccount,
        request_key: str,
        recipients: Sequence[OutgoingMessage],
        *,
        idempotency_key: str | None = None,
        body_gate: BodyGate | None = None,
    ) -> Submitted | Failure: ...

    async def find(
        self,
        account: CarrierAccount,
        request_key: str,
        since: datetime,
        until: datetime,
        *,
        attempt_id: str | None = None,
        cursor: str | None = None,
    ) -> MembersPage | Failure: ...
