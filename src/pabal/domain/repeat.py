"""When a repeat goes out again, and a rule replayed over what happened: the same decisions as the live ones. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pabal.domain.trigger import holds
from pabal.domain.window import SendWindow

MAX_REPEAT: Final = 10
MAX_INTERVAL_HOURS: Final = 720


@dataclass(frozen=True, slots=True)
class Repeats:
    """At most `1 + max_repeat` messages in all; `stop` is never empty."""

    interval_hours: float
    max_repeat: int
    stop: Any

    def next_at(self, now: datetime, window: SendWindow | None) -> datetime:
        """From now, not from when it was due: a cron that comes late causes no burst."""
        due = now + timedelta(hours=self.interval_hours)
        return due if window is None else window.opens_at(due)


@dataclass(frozen=True, slots=True)
class Rule:
    """What decides over one template link."""

    trigger_type: str
    condition: Any = None
    cooldown: timedelta = timedelta(hours=1)
    repeats: Repeats | None = None
    window: SendWindow | None = None

    def wants(self, kind: str, after: Mapping[str, Any], before: Mapping[str, Any] | None) -> bool:
        """Does this change of a record start a message? `kind`: created or updated."""
        wanted = {"on_create": "created", "on_update": "updated"}.get(self.trigger_type)
        return kind == wanted and holds(self.condition, after, before)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a record: `after` None is a deletion."""

    record_id: UUID
    at: datetime
    kind: str
    after: Mapping[str, Any] | None
    before: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Firing:
    """A message that would have gone out, or why it wouldn't. `outcome`: sent, cooldown, no_phone, moved."""

    record_id: UUID
    at: datetime
    trigger: str  # auto or repeat
    outcome: str


@dataclass(slots=True)
class _Track:
    """One record on its way through the days."""

    last: datetime | None = None
    next_at: datetime | None = None
    repeated: int = 0
    values: Mapping[str, Any] | None = None
    out: list[Firing] = field(default_factory=list)


def replay(rule: Rule, changes: Iterable[Change], phone_field: str, until: datetime) -> Sequence[Firing]:
    """Who would have got what and when. Sends nothing: it knows no carrier."""
    tracks: dict[UUID, _Track] = {}
    for change in sorted(changes, key=lambda one: one.at):
        track = tracks.setdefault(change.record_id, _Track())
        _run_repeats(rule, track, change.record_id, change.at)
        if change.after is None or (
            track.values is not None and change.after.get(phone_field) != track.values.get(phone_field)
        ):
            track.next_at = None
        track.values = change.after
        if change.after is not None and rule.wants(change.kind, change.after, change.before):
            _fire(rule, track, change, phone_field)
    for record_id, track in tracks.items():
        _run_repeats(rule, track, record_id, until)
    return sorted((one for track in tracks.values() for one in track.out), key=lambda one: one.at)


def _fire(rule: Rule, track: _Track, change: Change, phone_field: str) -> None:
    if track.last is not None and change.at - track.last < rule.cooldown:
        track.out.append(Firing(change.record_id, change.at, "auto", "cooldown"))
        return
    if not (change.after or {}).get(phone_field):
        track.out.append(Firing(change.record_id, change.at, "auto", "no_phone"))
        return
    at = change.at if rule.window is None else rule.window.opens_at(change.at)
    track.last = change.at
    track.out.append(Firing(change.record_id, at, "auto", "sent" if at == change.at else "moved"))
    if rule.repeats is not None and track.next_at is None:
        track.repeated = 0
        track.next_at = rule.repeats.next_at(at, rule.window)


def _run_repeats(rule: Rule, track: _Track, record_id: UUID, until: datetime) -> None:
    while track.next_at is not None and track.next_at <= until and rule.repeats is not None:
        if track.values is None or holds(rule.repeats.stop, track.values):
            track.next_at = None
            return
        track.repeated += 1
        track.out.append(Firing(record_id, track.next_at, "repeat", "sent"))
        done = track.repeated >= rule.repeats.max_repeat
        track.next_at = None if done else rule.repeats.next_at(track.next_at, rule.window)
