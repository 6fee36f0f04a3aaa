"""Shapes of duplicates, merges and lineage."""

# ruff: noqa: RUF012  (pydantic copies defaults)

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from pabal.contacts.card import Card
from pabal.contacts.compare import Weight
from pabal.contacts.duplicates import Activity, Opened, Pair, State
from pabal.contacts.lineage import Entry, Kind, Lineage
from pabal.contacts.merging import Later
from pabal.contacts.queries import Contact
from pabal.contacts.questions import GROUPS, JOINTS, Decision, Group, question_of
from pabal.contacts.replay import LISTS, Look
from pabal.contacts.survivorship import PUBLIC_NAMES, RULES
from pabal.domain.name import mask_name
from pabal.kit.http.schemas import ApiModel, Page

Fields = Annotated[dict[str, UUID], Field(max_length=60)]
_OUTSIDE = {inside: outside for outside, inside in PUBLIC_NAMES.items()}
_ORDER = (
    "name",
    "phones",
    "birth",
    "emails",
    "kakaoIds",
    "district",
    "address",
    "otherPhones",
    "title",
    "memo",
)


class MergeIn(ApiModel):
    contact_ids: Annotated[list[UUID], Field(min_length=2, max_length=10)]
    survivor_id: UUID
    fields: Fields = {}


class MergeOut(ApiModel):
    merge_id: UUID
    survivor_id: UUID


class LaterOut(ApiModel):
    """What came after a merge and stays with the survivor."""

    edits: int
    imports: int
    messages: int

    @classmethod
    def of(cls, later: Later) -> "LaterOut":
        return cls(edits=later.edits, imports=later.imports, messages=later.messages)


class UndoneOut(ApiModel):
    survivor_id: UUID
    contact_ids: list[UUID]
    later: LaterOut


class ResolveIn(ApiModel):
    decision: Decision
    survivor_id: UUID | None = None
    fields: Fields = {}


class EvidenceOut(ApiModel):
    weight: Weight
    code: str
    label: str
    years: int | None


class PairSideOut(ApiModel):
    id: UUID
    name: str
    source: str
    created_at: datetime
    rows: int
    messages: int
    replies: int
    tags: list[str]
    consent: Literal["refused", "granted", "none"]
    said_at: datetime | None
    said: str | None

    @classmethod
    def of(cls, contact: Contact, about: Activity, *, unmasked: bool) -> "PairSideOut":
        card = contact.card if unmasked else contact.card.masked()
        said = None if about.said is None else str(json.loads(about.said).get("text", ""))
        return cls(
            id=contact.id,
            name=card.name,
            source=contact.source,
            created_at=contact.created_at,
            rows=about.rows,
            messages=about.messages,
            replies=about.replies,
            tags=list(contact.tags),
            consent=about.consent,
            said_at=about.said_at,
            said=said,
        )


class PairFieldOut(ApiModel):
    """One line of the comparison: what each side says, whose counts after merging, and by which rule."""

    field: str
    a: list[str]
    b: list[str]
    chosen: Literal["a", "b", "both"]
    rule: str
    rule_label: str
    choosable: bool


class PairOut(ApiModel):
    id: UUID
    state: State
    group: Group
    reason: str
    label: str
    question: str
    evidence: list[EvidenceOut]
    suggestion: Decision | None
    survivor_id: UUID
    fields: list[PairFieldOut]
    a: PairSideOut
    b: PairSideOut
    masked: bool
    created_at: datetime

    @classmethod
    def of(cls, opened: Opened, *, unmasked: bool) -> "PairOut":
        question = question_of(opened.pair.reason)
        return cls(
            id=opened.pair.id,
            state=opened.pair.state,
            group=question.group,
            reason=opened.pair.reason,
            label=question.label,
            question=question.asked,
            evidence=[EvidenceOut.model_validate(one) for one in opened.evidence],
            suggestion=opened.suggestion,
            survivor_id=opened.survivor_id,
            fields=_fields(opened, unmasked=unmasked),
            a=PairSideOut.of(opened.a, opened.about_a, unmasked=unmasked),
            b=PairSideOut.of(opened.b, opened.about_b, unmasked=unmasked),
            masked=not unmasked,
            created_at=opened.pair.created_at,
        )


def _fields(opened: Opened, *, unmasked: bool) -> list[PairFieldOut]:
    plain = [Look(one.card, one.district) for one in (opened.a, opened.b)]
    shown = [_shown(one, unmasked=unmasked) for one in (opened.a, opened.b)]
    found: list[PairFieldOut] = []
    for field, verdict in opened.verdicts.items():
        values = [look.scalars().get(field) for look in shown]
        found.append(
            PairFieldOut(
                field=field,
                a=[values[0]] if values[0] else [],
                b=[values[1]] if values[1] else [],
                chosen="a" if verdict.chosen == opened.a.id else "b",
                rule=verdict.rule,
                rule_label=RULES[verdict.rule],
                choosable=verdict.rule not in ("same", "only"),
            )
        )
    for field in LISTS:
        if plain[0].lists()[field] or plain[1].lists()[field]:
            same = set(plain[0].lists()[field]) == set(plain[1].lists()[field])
            rule = "same" if same else "all"
            found.append(
                PairFieldOut(
                    field=_OUTSIDE.get(field, field),
                    a=list(shown[0].lists()[field]),
                    b=list(shown[1].lists()[field]),
                    chosen="both",
                    rule=rule,
                    rule_label=RULES[rule],
                    choosable=False,
                )
            )
    rank = {field: at for at, field in enumerate(_ORDER)}
    return sorted(found, key=lambda one: (rank.get(one.field, len(rank)), one.field))


def _shown(contact: Contact, *, unmasked: bool) -> Look:
    card: Card = contact.card.shown() if unmasked else contact.card.masked()
    return Look(card, contact.district)


class GroupOut(ApiModel):
    group: Group
    label: str
    open: int


class PairCountsOut(ApiModel):
    groups: list[GroupOut]
    open: int
    decided_today: int


class PairsOut(Page[PairOut]):
    groups: list[GroupOut]
    open: int
    decided_today: int


class PairAnswerOut(ApiModel):
    id: UUID
    state: State
    merge_id: UUID | None
    decided_by: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, pair: Pair, names: Mapping[UUID, str]) -> "PairAnswerOut":
        return cls(
            id=pair.id,
            state=pair.state,
            merge_id=pair.merge_id,
            decided_by=None if pair.decided_by is None else names.get(pair.decided_by),
            decided_at=pair.decided_at,
        )


class LineageEntryOut(ApiModel):
    kind: Kind
    at: datetime
    contact_id: UUID
    contact_name: str
    by: str | None
    automatic: bool
    import_id: UUID | None
    file_name: str | None
    source: str | None
    rows: list[int]
    row_count: int
    outcome: str | None
    merge_id: UUID | None
    pair_id: UUID | None
    state: str | None
    others: list[UUID]
    other_names: list[str]
    rules: list[str]
    rule_labels: list[str]
    fields: list[str]
    later: LaterOut | None
    undone_at: datetime | None

    @classmethod
    def of(cls, entry: Entry, names: Mapping[UUID, str], people: Mapping[UUID, str]) -> "LineageEntryOut":
        return cls(
            kind=entry.kind,
            at=entry.at,
            contact_id=entry.contact_id,
            contact_name=names.get(entry.contact_id, ""),
            by=None if entry.by is None else people.get(entry.by),
            automatic=entry.automatic,
            import_id=entry.import_id,
            file_name=entry.file_name,
            source=entry.source,
            rows=list(entry.rows),
            row_count=entry.row_count,
            outcome=entry.outcome,
            merge_id=entry.merge_id,
            pair_id=entry.pair_id,
            state=entry.state,
            others=list(entry.others),
            other_names=[names.get(one, "") for one in entry.others],
            rules=list(entry.rules),
            rule_labels=[JOINTS[rule] for rule in entry.rules if rule in JOINTS],
            fields=[_OUTSIDE.get(field, field) for field in entry.fields],
            later=None if entry.later is None else LaterOut.of(entry.later),
            undone_at=entry.undone_at,
        )


class LineageOut(ApiModel):
    contact_id: UUID
    parts: int
    items: list[LineageEntryOut]

    @classmethod
    def of(cls, lineage: Lineage, people: Mapping[UUID, str], *, unmasked: bool) -> "LineageOut":
        names = {one: name if unmasked else mask_name(name) for one, name in lineage.names.items()}
        return cls(
            contact_id=lineage.contact_id,
            parts=lineage.parts,
            items=[LineageEntryOut.of(entry, names, people) for entry in lineage.entries],
        )


def groups_out(by_group: Mapping[Group, int]) -> Sequence[GroupOut]:
    return [
        GroupOut(group=group, label=label, open=by_group.get(group, 0)) for group, label in GROUPS.items()
    ]
