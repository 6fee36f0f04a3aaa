"""A chunk's people with their rows joined: what each card will say, what became of each row, who is merged into whom.

Pure: a forecast composes as a run does, and writes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from pabal.contacts import Card, open_card
from pabal.imports.match import Group
from pabal.imports.merge import EMPTY, Policy, Syllables, join_cards, join_row, settle
from pabal.imports.people import Reason
from pabal.imports.plan import new_contact_id
from pabal.imports.stage import Row


@dataclass(frozen=True)
class Job:
    """What an import was told."""

    tenant_id: UUID
    import_id: UUID
    policy: Policy
    tags: Sequence[str]
    basis: str
    source: str
    created_by: UUID | None
    started_ms: int = 0
    ask_nameless: bool = False
    purposes: Sequence[str] = ()


@dataclass(slots=True, repr=False)
class Person:
    """A contact while its rows join it."""

    id: UUID
    card: Card
    district: str = ""
    age_band: str = ""
    source: str = ""
    purposes: Sequence[str] = ()  # as they were read
    fresh: bool = True  # made by this chunk
    ours: bool = True  # made by this import: an earlier image is of no use to anybody
    frozen: bool = False  # policy skip: was there before
    changed: bool = False
    sealed: str = ""  # as it was read, to see whether anything changed
    tags: set[str] = field(default_factory=set)
    first_row: int = 0
    rules: Sequence[Reason] = ()  # why rows and contacts are taken for one person
    hex: str = ""  # of the id, written a dozen times into COPY's text

    def __post_init__(self) -> None:
        self.hex = self.id.hex


@dataclass(frozen=True, repr=False)
class Known:
    """A contact as it stands in the book."""

    id: UUID
    plain: str
    district: str
    age_band: str
    source: str
    import_id: UUID | None
    version: int
    purposes: Sequence[str]


Outcomes = dict[int, tuple[str, UUID]]  # by row number
Composed = tuple[list[Person], Outcomes, list[tuple[Person, list[UUID]]]]


def compose(
    job: Job,
    groups: Sequence[Group],
    good: Sequence[Row],
    known: Mapping[UUID, Known],
    syllables: Syllables,
) -> Composed:
    """The people of some groups with their rows joined, what became of each row, and who is merged into whom."""
    people: list[Person] = []
    outcomes: Outcomes = {}
    merges: list[tuple[Person, list[UUID]]] = []
    for group in groups:
        rows = [good[position] for position in group.rows]
        person, others = _person(group, known, job, rows[0].no)
        if others:
            merges.append((person, others))
        _join(person, rows, job, outcomes, syllables)
        people.append(person)
    return people, outcomes, merges


def _person(group: Group, known: Mapping[UUID, Known], job: Job, first_row: int) -> tuple[Person, list[UUID]]:
    """The group's oldest living contact with what the others know, and the others; or a new one."""
    there: list[Known] = []
    for contact in group.contacts:
        now = known.get(contact)
        if now is not None and all(now.id != one.id for one in there):
            there.append(now)
    if not there:
        fresh = new_contact_id(job.import_id, job.started_ms, first_row)
        return Person(fresh, EMPTY, changed=True, first_row=first_row, rules=group.reasons), []
    oldest, *others = there
    cards = [open_card(one.plain, job.tenant_id, one.id) for one in there]
    frozen = job.policy is Policy.SKIP and oldest.import_id != job.import_id
    person = Person(
        oldest.id,
        cards[0] if frozen else join_cards(cards[0], cards[1:]),
        district=oldest.district or next((one.district for one in others if one.district), ""),
        age_band=oldest.age_band or next((one.age_band for one in others if one.age_band), ""),
        source=oldest.source,
        purposes=oldest.purposes,
        fresh=False,
        ours=oldest.import_id == job.import_id,
        frozen=frozen,
        changed=bool(others) and not frozen,
        first_row=first_row,
        rules=group.reasons,
    )
    return person, [] if frozen else [one.id for one in others]


def _join(person: Person, rows: Sequence[Row], job: Job, outcomes: Outcomes, syllables: Syllables) -> None:
    if person.frozen:
        outcomes.update((row.no, ("skipped", person.id)) for row in rows)
        return
    prefer_row = job.policy is Policy.REPLACE
    person.tags.update(job.tags)
    said = person.card
    for n, row in enumerate(rows):
        before = None if person.fresh else (person.card, person.district, person.age_band)
        person.card = join_row(person.card, row, job.policy)
        if row.district and (prefer_row or not person.district):
            person.district = row.district
        if row.age_band and (prefer_row or not person.age_band):
            person.age_band = row.age_band
        person.source = person.source or row.source or job.source
        person.tags.update(row.tags)
        if person.fresh:
            outcomes[row.no] = ("created" if n == 0 else "merged", person.id)
            continue
        bridged = n == 0 and person.changed  # the row showed that several contacts are one
        now = (person.card, person.district, person.age_band)
        changed = bridged or before != now
        person.changed = person.changed or changed
        if person.ours:
            outcomes[row.no] = ("merged", person.id)
        else:
            outcomes[row.no] = ("updated" if changed else "unchanged", person.id)
    if person.card is not said and (len(rows) > 1 or (said is not EMPTY and person.card != said)):
        settled = settle(person.card, EMPTY if prefer_row else said, rows, syllables)
        if settled != person.card:
            person.card, person.changed = settled, True
    if not person.fresh and not set(job.purposes).issubset(person.purposes):
        person.changed = True  # the row says what it said before, and was given for one thing more
