"""What an answer proves: values, never exceptions. The engine's every decision hangs on these shapes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pabal.domain.message import FailureClass


@dataclass(frozen=True, slots=True)
class Refused:
    """The carrier said no. `certain` = nothing of this call went in or will go out.

    `certain` is False where the code itself hints that an earlier copy is in (Solapi 1026, a duplicate inside
    a group that only we fill): the engine treats that recipient like `Unknown` and asks.
    `retry_after` in seconds, when the carrier named one (429). `one_of_them`: some recipient of the request is
    at fault and the carrier doesn't say which.
    """

    code: str
    message_ko: str
    failure_class: FailureClass
    certain: bool = True
    retry_after: float | None = None
    mend_ko: str = ""
    one_of_them: bool = False


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


@dataclass(frozen=True, slots=True)
class Accepted:
    """An unfenced carrier took the message for this recipient: it is going out."""

    provider_message_id: str


SubmitResult = Accepted | Refused | Unknown


@dataclass(frozen=True, slots=True)
class Submitted:
    """The answer of an unfenced carrier: one result for every attempt id that was passed in."""

    provider_id: str
    results: Mapping[str, SubmitResult]
    server_date: datetime | None = None
