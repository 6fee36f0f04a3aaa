"""Shapes of candidacies, rules, the calendar and what may be sent."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from pabal.domain.law.election import Election, Office
from pabal.domain.law.facts import Status
from pabal.kit.http.schemas import ApiModel, Instant

Level = Literal["block", "hold", "warn", "label", "ok"]
Short = Annotated[str, Field(max_length=100)]
Name = Annotated[str, Field(min_length=1, max_length=60)]


class CandidacyIn(ApiModel):
    """`election`: the id of a known election, or `electionDay` and `electionKind` for one with a day of its own."""

    election: Short | None = None
    election_day: date | None = None
    election_kind: Election | None = None
    office: Office
    district: Short = ""
    name: Name
    status: Status
    registered_at: date
    proof: Short = Field(default="", description="등록증 번호; 파일은 따로 올려요")
    reported_number: Annotated[str, Field(max_length=20)] = ""
    reported_at: Instant | None = None
    receipt: Short = ""
    refusal: Annotated[str, Field(max_length=200)] = Field(
        default="", description="080 번호나 https 주소: 받는 사람에게 돈이 들지 않는 방법"
    )


class CandidacyPatch(ApiModel):
    """Only what is given changes. Which election it is for stays."""

    version: int | None = None
    office: Office | None = None
    district: Short | None = None
    name: Name | None = None
    status: Status | None = None
    registered_at: date | None = None
    proof: Short | None = None
    reported_number: Annotated[str, Field(max_length=20)] | None = None
    reported_at: Instant | None = None
    receipt: Short | None = None
    refusal: Annotated[str, Field(max_length=200)] | None = None


class BroadcastOut(ApiModel):
    no: int
    at: Instant
    title: str
    campaign_id: UUID | None
    people: int
    opted_out: int
    number: str
    receipt: str
    text_hash: str
    list_hash: str
    operator_id: UUID | None


class CandidacyOut(ApiModel):
    id: UUID
    election: str
    election_label: str
    election_day: date
    d_day: str
    office: str
    office_label: str
    district: str
    name: str
    status: str
    registered_at: date
    proof: str
    proof_name: str
    proven: bool
    valid: bool = Field(description="지금 자동 동보를 할 자격이 있는가")
    valid_until: Instant | None = Field(description="예비후보자 자격이 끝나는 때; 후보자면 선거일 끝")
    reported_number: str
    reported_at: Instant | None
    receipt: str
    report_deadline: Instant = Field(description="내일 보내려면 신고를 마쳐야 하는 때")
    refusal: str
    broadcasts: list[BroadcastOut]
    left: int
    version: int


class RuleOut(ApiModel):
    id: str
    does: str
    article: str
    confidence: Literal["H", "M", "L"]
    origin: Literal["statute", "platform", "product"]
    level: Level
    own_level: Level = Field(description="바꾸지 않았을 때의 수준")
    switchable: bool
    not_yet: str = Field(default="", description="아직 지키지 못하는 규칙이면 그 까닭")
    stages: list[str]
    reason: str = ""
    changed_at: Instant | None = None


class RulesOut(ApiModel):
    version: int
    statute_as_of: date
    items: list[RuleOut]


class RuleIn(ApiModel):
    level: Level
    reason: Annotated[str, Field(min_length=2, max_length=300)]


class WindowOut(ApiModel):
    id: str
    rule: str
    label: str
    article: str
    first: date
    last: date
    holds: bool


class ChangeOut(ApiModel):
    on: date
    d_day: str
    label: str
    opens: bool


class KnownElectionOut(ApiModel):
    id: str
    kind: Election
    name: str
    day: date
    confidence: str
    offices: list["OfficeOut"]


class OfficeOut(ApiModel):
    id: Office
    label: str
    opening: date | None


class CalendarOut(ApiModel):
    on: date
    zone: str = "Asia/Seoul"
    election_day: date | None
    d_day: str
    opening: date | None
    registration_first: date | None
    registration_last: date | None
    period_start: date | None
    windows: list[WindowOut]
    next_change: ChangeOut | None
    greeting: str | None = Field(description="앞뒤 7일 안에 있는 명절 (파발 기준)")
    holidays_as_of: date
    known: list[KnownElectionOut]


class TodayLineOut(ApiModel):
    message_class: str
    label: str
    how: str
    channel: str
    origin: str
    verdict: Literal["open", "conditional", "closed", "not_applicable"]
    reason: str
    rule: str
    article: str


class TodayOut(ApiModel):
    on: date
    zone: str = "Asia/Seoul"
    items: list[TodayLineOut]


class ProfileModel(ApiModel):
    sitting: bool = False
    party: bool = False
    election_day: date | None = None
    office: Office | None = None
    names: list[Annotated[str, Field(min_length=2, max_length=40)]] = Field(default=[], max_length=50)
    rivals: list[Annotated[str, Field(min_length=2, max_length=40)]] = Field(default=[], max_length=50)
    advert_sender: Short = ""
    advert_contact: Annotated[str, Field(max_length=20)] = ""
    advert_refusal: Annotated[str, Field(max_length=200)] = ""
    certificate: Short = ""
    certificate_until: date | None = None
    kakao_approval: Short = ""
    areas: list[Annotated[str, Field(min_length=2, max_length=40)]] = Field(
        default=[], max_length=50, description="선거구의 시군구·읍면동 이름: 의정활동보고를 받을 사람 (T-03)"
    )


class AttestationIn(ApiModel):
    capacity: Literal["voter", "assembly_staff"]
    version: int


class AttestationOut(ApiModel):
    version: int
    text: str
    signed: bool
    signed_at: Instant | None
    capacity: str | None


class VerdictLogOut(ApiModel):
    at: Instant
    stage: str
    rule: str
    version: int
    level: str
    message: str
    campaign_id: UUID | None
    actor_id: UUID | None
