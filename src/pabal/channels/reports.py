"""What a carrier tells besides answers: receipts, opt-outs, the account's health, templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from typing_extensions import override

from pabal.domain.message import FailureClass


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
class ReceiptBatch:
    """`junk` counts rows that could not be read; they are never a reason to lose the others. `opt_outs`: people who
    refused at the carrier, by number."""

    news: Sequence[ReceiptNews]
    junk: int = 0
    opt_outs: Sequence[OptOut] = ()


@dataclass(frozen=True, slots=True)
class AccountCheck:
    """Result of a check that sends nothing. `fenced` is None while the fence has not been proved."""

    ok: bool
    message_ko: str
    balance_won: int | None = None
    code: str = ""
    fenced: bool | None = None


@dataclass(frozen=True, slots=True)
class OptOutPage:
    items: Sequence[OptOut]
    next_cursor: str | None
    junk: int = 0


@dataclass(frozen=True, slots=True)
class CarrierTemplate:
    """An AlimTalk template as the carrier holds it. `state`: PENDING, INSPECTING, APPROVED, REJECTED, STOPPED or DORMANT
    (Solapi's words; adapters of other carriers translate); `comment` is the reviewer's last one."""

    code: str
    name: str
    content: str
    state: str
    pf_id: str = ""
    buttons: Sequence[Mapping[str, Any]] = ()
    comment: str = ""
    emphasis: Mapping[str, Any] = field(default_factory=dict)  # {"type", "title", "subtitle"}; {} = NONE
    message_type: str = "BA"


@dataclass(frozen=True, slots=True)
class TemplatePage:
    items: Sequence[CarrierTemplate]
    next_cursor: str | None
