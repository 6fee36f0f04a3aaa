"""What a protocol handler gets and gives back.

A handler is a plain function `(Tx, Call) -> Reply`, run inside the request's one transaction on the ledger
thread. It does no I/O of its own; faults, latency and logging happen around it (`wire.py`).
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pabal.sandbox.accounts import Account
from pabal.sandbox.behaviour import Behaviour, RateLimit, Step
from pabal.sandbox.clock import Clock
from pabal.sandbox.config import SandboxConfig
from pabal.sandbox.crypt import Box
from pabal.sandbox.ledger import Connection, Ledger


@dataclass(slots=True)
class State:
    """The process: one per app."""

    config: SandboxConfig
    ledger: Ledger
    clock: Clock
    behaviour: Behaviour
    turn: int = 0  # requests since the behaviour was set: numbers the dice
    rate_limit: RateLimit = field(default_factory=RateLimit)
    wake: asyncio.Event = field(default_factory=asyncio.Event)  # work for the courier

    @property
    def box(self) -> Box:
        return self.ledger.box


@dataclass(frozen=True, slots=True)
class Tx:
    """One transaction and the two clocks, read once so that a request has one time."""

    conn: Connection
    box: Box
    behaviour: Behaviour
    now: float  # the sandbox clock
    real: float


@dataclass(frozen=True, slots=True)
class Call:
    account: Account
    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: Any  # parsed JSON, None when there was none
    step: Step
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case

    def one(self, name: str) -> str | None:
        """The first value of a query parameter; empty counts as absent."""
        values = self.query.get(name)
        return values[0] if values and values[0] else None


@dataclass(slots=True)
class Reply:
    body: Any
    status: int = 200
    group_id: str | None = None
    accepted: int = 0  # messages taken in, for the request log
    refused: dict[str, int] = field(default_factory=dict)  # status code -> count


Handler = Callable[[Tx, Call], Reply]


class Endpoint(NamedTuple):
    """A path that a carrier serves. `step`: what faults may single out."""

    method: str
    path: str
    handler: Handler
    step: Step = "other"


class CarrierError(Exception):
    """A refusal in the carrier's own envelope; the request's writes are rolled back."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


def text_of(body: Any, name: str) -> str | None:
    """A string field of a JSON object, or None."""
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) and value else None
