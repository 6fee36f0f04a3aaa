"""Shapes that travel between the files of dispatch. Frozen; no I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, LiteralString, Self
from uuid import UUID

from pabal.domain.fallback import Step
from pabal.domain.law.labels import Notice, notice_of
from pabal.domain.links import SendLinks
from pabal.domain.message import FailureClass
from pabal.domain.template import MissingPolicy
from pabal.domain.window import SendWindow

Shared = Literal["first", "newest", "nobody"]  # of several people on one number, by the age of their cards
POLICY_VERSION = 1  # of the gate's rules; stored on each chunk that passed it
LAW = "law"  # of `sends.hold_reason`: the candidacy ended on the way; a person acts
WINDOW = "window"  # of `sends.hold_reason`: outside its hours; goes on by itself
LANE_SLOTS = 4  # turns of one send that may circulate at once: its parallelism over all workers
COUNTER_SHARDS = 16
BULK_KINDS = frozenset({"campaign"})  # of `sends.kind`; somebody sits and waits for all the others
# In the first statement of dispatch's transactions. A process that is stopped inside one (SIGSTOP, a suspended machine)
# must not keep everybody else from its chunk, nor a tenant from opting out, pausing and cancelling: the server ends it.
# Between two statements of ours lie milliseconds.
NOT_FROZEN: LiteralString = "set_config('idle_in_transaction_session_timeout', '10s', true)"


def is_urgent(kind: str) -> bool:
    """Replies, triggers and tests go before bulk: in the workers' lines and in an account's pace."""
    return kind not in BULK_KINDS


@dataclass(frozen=True, slots=True)
class FrozenStep:
    """One channel step as it was launched: content and sender can't change any more."""

    channel: str  # sms, lms, alimtalk
    body: str
    sender_number: str
    account_id: UUID
    subject: str = ""
    template_code: str = ""  # alimtalk
    pf_id: str = ""
    around: str = ""  # alimtalk: what its buttons and emphasis say, where that names variables
    auto_lms: bool = True  # channel sms: a text over 90 bytes goes out as LMS instead of being skipped
    defaults: dict[str, str] = field(default_factory=dict)
    missing_policy: MissingPolicy = MissingPolicy.SKIP
    formats: dict[str, str] = field(default_factory=dict)  # variable → how its value is written
    fallback_on: tuple[FailureClass, ...] | None = None
    after_seconds: int = 0
    may_overlap: bool = False  # "겹쳐 받을 수 있음": also after silence; on any step it holds for the send
    advert: bool = False  # 광고: some carriers have endpoints of their own for them
    night: bool = False  # an advert that goes out at night too, to nobody but those who agreed to that
    purposes: tuple[
        str, ...
    ] = ()  # one of which people's data was collected for, where they were told what for
    notice: Notice | None = None  # what every finished text must show by law

    @property
    def worded(self) -> str:
        """All that names variables: the body, and what stands around it."""
        return f"{self.body}\n{self.around}" if self.around else self.body

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "account_id": str(self.account_id)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        classes = data.get("fallback_on")
        return cls(
            **{
                **data,
                "account_id": UUID(data["account_id"]),
                "missing_policy": MissingPolicy(data["missing_policy"]),
                "fallback_on": None if classes is None else tuple(FailureClass(c) for c in classes),
                "purposes": tuple(data.get("purposes", ())),
                "notice": notice_of(data.get("notice")),
            }
        )

    def rule(self) -> Step:
        return Step(
            self.channel,
            None if self.fallback_on is None else frozenset(self.fallback_on),
            self.after_seconds,
        )


@dataclass(frozen=True, slots=True)
class Selection:
    """Who is meant: a filter of the grammar (`{}` is everyone), or a list of contacts. Exactly one. `shared`: who of
    several people on one number gets it."""

    filter: dict[str, Any] | None = None
    contact_ids: tuple[UUID, ...] | None = None
    shared: Shared = "first"
    purposes: tuple[str, ...] = ()  # one of which their data was collected for; the gate looks
    consent: str = ""  # purpose that people must have agreed to: adverts; the gate looks
    night: str = ""  # a second one: adverts at night

    def to_json(self) -> dict[str, Any]:
        how = {
            "shared": self.shared,
            "purposes": list(self.purposes),
            "consent": self.consent,
            "night": self.night,
        }
        if self.contact_ids is not None:
            return {"contactIds": [str(contact) for contact in self.contact_ids], **how}
        return {"filter": self.filter or {}, **how}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        how = {
            "shared": data.get("shared", "first"),
            "purposes": tuple(data.get("purposes", ())),
            "consent": data.get("consent", ""),
            "night": data.get("night", ""),
        }
        if "contactIds" in data:
            return cls(contact_ids=tuple(UUID(contact) for contact in data["contactIds"]), **how)
        return cls(filter=data.get("filter", {}), **how)


@dataclass(frozen=True, slots=True)
class FrozenVariant:
    """One of several texts of a send. Whoever got it keeps it, on every step; one that isn't active takes nobody new."""

    key: str
    name: str
    share: int
    active: bool
    steps: tuple[FrozenStep, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "name": self.name,
            "share": self.share,
            "active": self.active,
            "steps": [step.to_json() for step in self.steps],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**{**data, "steps": tuple(FrozenStep.from_json(step) for step in data["steps"])})


@dataclass(frozen=True, slots=True)
class SendRow:
    """What claims, outcomes and receipts need to know of a send."""

    tenant_id: UUID
    id: UUID
    state: str
    hold_reason: str
    rehearse: bool
    steps: tuple[FrozenStep, ...]
    rate_per_second: int | None
    chunk_size: int
    not_after: datetime | None
    window: SendWindow | None = None
    links: SendLinks | None = None
    variants: tuple[FrozenVariant, ...] = ()

    def step_for(self, step: int, variant: int | None) -> FrozenStep:
        """What somebody gets on a step who has this variant."""
        return self.steps[step] if variant is None else self.variants[variant].steps[step]

    def link_values(self, key: bytes, seq: int) -> Mapping[str, str]:
        """What a person's text holds for the send's short links."""
        return {} if self.links is None else self.links.values(key, seq)

    def is_shut(self, now: datetime) -> bool:
        """Outside the hours in which it goes out."""
        return self.window is not None and not self.window.is_open(now)

    @property
    def may_overlap(self) -> bool:
        return any(step.may_overlap for step in self.steps)

    @property
    def rules(self) -> Sequence[Step]:
        return [step.rule() for step in self.steps]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One submission to a carrier, and the chunk it belongs to."""

    id: UUID
    chunk_no: int
    state: str
    stage: str
    step: int
    account_id: UUID
    provider_id: str | None
    size: int
    owner: str  # who may still be writing it; "" = nobody: the caller ended the call itself
    asked: int
    discarded: bool  # the carrier has answered DELETED before
    pause_over: bool  # ... and the pause after it, or until the next question, is over
    channel: str
    request_key: str
    called_at: datetime
    created_at: datetime
    told_when: bool  # somebody has set when to ask


@dataclass(frozen=True, slots=True)
class Hold:
    """A chunk under our lease. Everything we commit for it repeats this epoch in its WHERE."""

    tenant_id: UUID
    send_id: UUID
    chunk_no: int
    epoch: int
    owner: str
    seq_from: int
    seq_to: int
    members: tuple[int, ...] | None
    step: int
    deadline: float  # CLOCK_BOOTTIME seconds: nothing is written to a carrier after it
