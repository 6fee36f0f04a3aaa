"""What stands on a person's line of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

Kind = Literal[
    "message",
    "click",
    "reply",
    "automation",
    "consent",
    "opt_out",
    "created",
    "import",
    "merge",
    "merge_undone",
    "edit",
    "tags",
    "decision",
    "record",
    "request",
    "note",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
# As the page's tabs have them.
GROUPS: Mapping[str, tuple[Kind, ...]] = {
    "message": ("message", "click", "reply", "automation"),
    "consent": ("consent", "opt_out"),
    "change": (
        "created",
        "import",
        "merge",
        "merge_undone",
        "edit",
        "tags",
        "decision",
        "record",
        "request",
    ),
    "note": ("note",),
}


@dataclass(frozen=True)
class Tick:
    """One event as the union of all sources finds it: what, when, whose, by whom."""

    kind: Kind
    at: datetime
    id: UUID
    part: UUID | None  # the contact it belongs to: the person, or one that was merged into them
    by: UUID | None
    seq: int | None  # of a message or of the click's message
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Attempt:
    """One call to a carrier and what it said."""

    n: int
    channel: str
    state: str
    code: str | None
    failure: str | None
    at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Event:
    """A tick with what is written about it."""

    tick: Tick
    title: str = ""  # name of the campaign, the rule, the table, the file
    text: str = ""  # what a person wrote: a note, a reply, the proof of a consent
    fields: Sequence[str] = ()
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    attempts: Sequence[Attempt] = ()


@dataclass(frozen=True)
class Ahead:
    """What is still to come; `at` is None when nobody can say."""

    kind: Literal["campaign", "message", "automation", "repeat"]
    id: UUID
    title: str
    state: str
    channel: str = ""
    at: datetime | None = None
    round: int | None = None  # of a repeat: which one
    most: int | None = None
