"""What a contact says after some of its history is left out: pure.

A contact's history is a list of events (edits, changes by imports, merges), each with the look of the contact just before
it. Taking one event back never patches today's card: the look before it is played forward through what came later.
A change counts as what it changed, a merge is joined anew from the cards of those who were merged. So the order in which
events are taken back makes no difference, and a value that two merges brought stays until both are gone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final
from uuid import UUID

from pabal.contacts.card import Card, is_mobile
from pabal.domain.name import clean_name, says_more

LISTS: Final = ("phones", "emails", "kakao_ids", "other_phones")
SCALARS: Final = ("name", "title", "address", "birth", "memo")
PURPOSES: Final = "purposes"  # a set, kept sorted
ATTRIBUTE: Final = "attributes."


@dataclass(frozen=True)
class Look:
    """All that merges, imports and edits change of a contact."""

    card: Card = Card()  # noqa: RUF009  (frozen)
    district: str = ""
    age_band: str = ""
    purposes: tuple[str, ...] = ()

    def scalars(self) -> dict[str, str]:
        """Single values by name; empty ones are left out."""
        values = {name: getattr(self.card, name) for name in SCALARS}
        values |= {"district": self.district, "age_band": self.age_band}
        values |= {ATTRIBUTE + key: text for key, text in self.card.attributes.items()}
        return {name: text for name, text in values.items() if text}

    def lists(self) -> dict[str, tuple[str, ...]]:
        return {name: getattr(self.card, name) for name in LISTS} | {PURPOSES: self.purposes}

    @classmethod
    def of(cls, scalars: Mapping[str, str], lists: Mapping[str, Iterable[str]]) -> "Look":
        attributes = {
            name.removeprefix(ATTRIBUTE): text
            for name, text in scalars.items()
            if name.startswith(ATTRIBUTE) and text
        }
        members: dict[str, Any] = {name: scalars.get(name, "") for name in SCALARS}
        members |= {name: tuple(lists.get(name, ())) for name in LISTS}
        card = Card(**members, attributes=attributes)
        purposes = tuple(sorted(lists.get(PURPOSES, ())))
        return cls(card, scalars.get("district", ""), scalars.get("age_band", ""), purposes)


@dataclass(frozen=True)
class Change:
    """What turned one look into another."""

    single: Mapping[str, str]  # "" is "emptied"
    added: Mapping[str, tuple[str, ...]]
    removed: Mapping[str, frozenset[str]]
    order: Mapping[
        str, tuple[str, ...]
    ]  # of the lists that changed: which value comes first is part of a change

    @classmethod
    def between(cls, before: Look, after: Look) -> "Change":
        old, new = before.scalars(), after.scalars()
        was, is_ = before.lists(), after.lists()
        changed = [name for name in (*LISTS, PURPOSES) if was[name] != is_[name]]
        return cls(
            {name: new.get(name, "") for name in sorted(old.keys() | new) if old.get(name) != new.get(name)},
            {name: tuple(one for one in is_[name] if one not in was[name]) for name in changed},
            {name: frozenset(was[name]) - frozenset(is_[name]) for name in changed},
            {name: is_[name] for name in changed},
        )

    def on(self, look: Look) -> Look:
        if not self.single and not self.order:
            return look
        lists = look.lists()
        for name, order in self.order.items():
            kept = [one for one in lists[name] if one not in self.removed[name]]
            kept += [one for one in self.added[name] if one not in kept]
            lists[name] = (*(one for one in order if one in kept), *(one for one in kept if one not in order))
        return Look.of({**look.scalars(), **self.single}, lists)


def look_between(before: Look, after: Look) -> tuple[str, ...]:
    """Names of the fields in which two looks differ."""
    change = Change.between(before, after)
    return (*change.single, *change.order)


def join(survivor: Look, others: Iterable[tuple[UUID, Look]], choices: Mapping[str, UUID]) -> Look:
    """The survivor's look with what the others know more. Nothing is lost of lists; of single values the chosen
    contact's counts, else the survivor's, else the first that has one. Birth and age band go together.
    """
    told = list(others)
    looks = dict(told)
    single, lists = survivor.scalars(), survivor.lists()
    for _, other in told:
        more = other.scalars()
        if "name" in single and says_more(clean_name(more.get("name", "")), clean_name(single["name"])):
            single["name"] = more["name"]
        if "birth" in single and "age_band" not in single and single["birth"] != more.get("birth"):
            more.pop("age_band", None)
        single = {**more, **single}
        lists = _append(lists, other.lists())
    for field, chosen in choices.items():
        look = looks.get(chosen, survivor)
        if field in LISTS:
            first = look.lists()[field]
            lists[field] = (*first, *(one for one in lists[field] if one not in first))
        elif look.scalars().get(field):
            single[field] = look.scalars()[field]
            if field == "birth":
                single["age_band"] = look.age_band or single.get("age_band", "")
    lists["phones"] = tuple(sorted(lists["phones"], key=lambda digits: not is_mobile(digits)))
    return Look.of(single, lists)


def _append(
    lists: Mapping[str, tuple[str, ...]], more: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    mailboxes = {value for value, _ in Card(emails=lists["emails"]).searchable().emails}
    emails = [
        shown for value, shown in Card(emails=more["emails"]).searchable().emails if value not in mailboxes
    ]
    phones = _with(lists["phones"], more["phones"])
    other = _with(lists["other_phones"], more["other_phones"])
    return {
        "phones": phones,
        "emails": (*lists["emails"], *emails),
        "kakao_ids": _with(lists["kakao_ids"], more["kakao_ids"]),
        "other_phones": tuple(one for one in other if one not in phones),
        PURPOSES: _with(lists[PURPOSES], more[PURPOSES]),
    }


def _with(have: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return have + tuple(one for one in more if one not in have)


class Drop(Enum):
    """How much of an event is left out."""

    NOTHING = 0
    JOINT = 1  # a merge, but not what changed along with it
    ALL = 2


@dataclass(frozen=True)
class Event:
    """One entry of a contact's history."""

    id: UUID
    kind: str  # merge, import_update, edit
    before: Look | None
    import_id: UUID | None = None
    others: tuple[UUID, ...] = ()
    choices: Mapping[str, UUID] | None = None

    @property
    def joins(self) -> bool:
        return self.kind == "merge"


def replay(
    events: Sequence[Event],
    now: Look,
    drop: Callable[[Event], Drop],
    before: Mapping[UUID, Look],
    after: Mapping[UUID, Look] | None = None,
) -> tuple[Look, dict[UUID, Look]]:
    """The look without what `drop` names, and the images of the events that stay, as they are then.

    `before` holds the cards of everybody who was merged, `after` those that change by the same undo.
    """
    history = _in_steps(events, now, before)
    fresh = {**before, **(after or {})}
    state = history[0].before or now if history else now
    images: dict[UUID, Look] = {}
    for event, then in zip(history, [*(one.before for one in history[1:]), now], strict=True):
        was, became = event.before or now, then or now
        dropped = drop(event)
        if dropped is not Drop.ALL:
            images[event.id] = state
        if event.joins:
            joined = join(was, _looks(event, before), event.choices or {})
            if dropped is Drop.NOTHING:
                state = join(state, _looks(event, fresh), event.choices or {})
            was = joined
        if dropped is not Drop.ALL:
            state = Change.between(was, became).on(state)
    return state, images


def _looks(event: Event, looks: Mapping[UUID, Look]) -> list[tuple[UUID, Look]]:
    return [(one, looks[one]) for one in event.others if one in looks]


def _in_steps(events: Sequence[Event], now: Look, looks: Mapping[UUID, Look]) -> list[Event]:
    """Every event with its image, and a merge by an import before the change it came with.

    An import takes one image for both: before it, the contact was as in the image; then the others joined; then the row's
    own values came. A joint without any image (both made by the same import) leaves the survivor's card as it is.
    """
    steps = list(events)
    for at, event in enumerate(steps):
        last = steps[at - 1] if at else None
        if (
            event.joins
            and event.import_id is not None
            and last is not None
            and last.kind == "import_update"
            and last.import_id == event.import_id
        ):
            whole = event.before or last.before
            if whole is not None and (event.before is None or last.before == event.before):
                last = replace(last, before=join(whole, _looks(event, looks), event.choices or {}))
            steps[at - 1 : at + 1] = [replace(event, before=whole), last]
    known: Look | None = now
    for at in range(len(steps) - 1, -1, -1):
        if steps[at].before is None:
            steps[at] = replace(steps[at], before=known, kind="unknown")
        known = steps[at].before
    return steps
