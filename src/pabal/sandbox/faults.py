"""What happens to one request besides being carried out: drawn before it, applied around it."""

from dataclasses import dataclass
from typing import Literal

from pabal.sandbox.behaviour import Behaviour, Step

Before = Literal["outage_503", "outage_drop", "limited_429", "error_500", "busy_503", "html_502"]
After = Literal["accepted_reset", "accepted_503", "accepted_hang"]

CHANGING: frozenset[Step] = frozenset({"create", "add", "send", "schedule", "delete", "direct"})


@dataclass(frozen=True, slots=True)
class Fate:
    delay: float  # seconds before anything happens
    before: Before | None  # nothing is recorded
    after: After | None  # carried out, but the client isn't told
    hang: float = 0.0


def draw_fate(rules: Behaviour, turn: int, step: Step, *, limited: bool) -> Fate:
    delay = rules.latency_ms + rules.jitter_ms * rules.draw("jitter", turn)
    return Fate(
        delay=delay / 1000,
        before=_before(rules, turn, limited=limited),
        after=_after(rules, turn, step),
        hang=rules.hang_after_accept_ms / 1000,
    )


def _before(rules: Behaviour, turn: int, *, limited: bool) -> Before | None:
    if rules.outage:
        return "outage_drop" if rules.outage == "drop" else "outage_503"
    if limited:
        return "limited_429"
    if rules.hits(rules.error_rate, "error", turn):
        return "error_500"
    if rules.hits(rules.http503_rate, "http503", turn):
        return "busy_503"
    if rules.hits(rules.html_error_rate, "html", turn):
        return "html_502"
    return None


def _after(rules: Behaviour, turn: int, step: Step) -> After | None:
    if step not in CHANGING or (rules.after_accept_steps and step not in rules.after_accept_steps):
        return None
    if rules.hits(rules.reset_after_accept_rate, "reset", turn):
        return "accepted_reset"
    if rules.hits(rules.accept_then503_rate, "after503", turn):
        return "accepted_503"
    if rules.hang_after_accept_ms and rules.hits(rules.hang_after_accept_rate, "hang", turn):
        return "accepted_hang"
    return None
