"""What the rules look at: one send, who sends it, and the calendar it stands in. Nothing is looked up here."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pabal.domain.campaign import MessageClass
from pabal.domain.law.election import MANUAL_LIMIT, ElectionCalendar, Office
from pabal.domain.law.labels import AdvertNotice, CampaignNotice
from pabal.domain.window import KST


class Origin(StrEnum):
    """Who picks the recipients."""

    HAND = "hand"  # ticked one by one by a person
    SELECTION = "selection"  # a filter, a segment, a file
    AUTOMATION = "automation"  # a rule, a repeat, a webhook: every firing is a broadcast of its own (E-09)


class Status(StrEnum):
    PRELIMINARY = "preliminary"  # 예비후보자
    CANDIDATE = "candidate"  # 후보자
    WITHDRAWN = "withdrawn"  # 사퇴
    INVALID = "invalid"  # 등록무효


@dataclass(frozen=True, slots=True)
class Candidacy:
    """One person's candidacy in one election, as it was entered with its proof."""

    name: str
    calendar: ElectionCalendar
    status: Status
    registered_on: date
    proven: bool  # the certificate of registration is on file
    reported_number: str  # digits; empty: none was reported
    reported_at: datetime | None
    receipt: str  # what the election commission gave for the report
    refusal: str  # 080 number in digits, or a link
    refusal_tested_at: datetime | None
    broadcasts: int  # of the eight, taken

    @property
    def notice(self) -> CampaignNotice:
        return CampaignNotice(number=self.reported_number, refusal=self.refusal)

    def valid_at(self, instant: datetime) -> bool:
        """May it broadcast? A preliminary candidacy ends when the registration of candidates closes (제60조의2 7항)."""
        day = instant.astimezone(KST).date()
        if self.status in {Status.WITHDRAWN, Status.INVALID} or not self.proven:
            return False
        if self.calendar.office is Office.PROPORTIONAL and self.status is Status.PRELIMINARY:
            return False
        if not self.registered_on <= day <= self.calendar.day:
            return False
        return self.status is Status.CANDIDATE or instant <= self.calendar.preliminary_ends


@dataclass(frozen=True, slots=True)
class LawFacts:
    """A send as the law sees it. `text` is what everybody gets: literal, with the notices, without values of variables."""

    message_class: MessageClass
    tenant_kind: str  # camp, sales
    origin: Origin
    people: int | None  # None: not counted yet
    channel: str  # sms, lms, mms, alimtalk, brand, e-mail, ars, voice, fax
    text: str
    subject: str
    sender: str  # number, digits; empty: none
    starts_at: datetime
    ends_at: datetime | None = None  # expected; None: unknown
    candidacy: Candidacy | None = None
    calendar: ElectionCalendar | None = None  # of the election around the camp; its candidacy's if it has one
    names: frozenset[str] = frozenset()  # candidates and parties that somebody entered
    rivals: frozenset[str] = frozenset()  # those of `names` that run against the camp
    sitting: bool = False  # the tenant is a member of parliament or of a council
    party: bool = False  # the tenant is a party or its local chapter
    attested: bool = True  # whoever sends has signed that they may campaign (E-13)
    program: bool = (
        False  # an API key starts it: whoever it names was picked by a program, however few (E-01)
    )
    chained: int = 0  # other people whom hand-picked sends of this text reached in the last day (E-08)
    by_hand: int = (
        0  # other people whom the same person reached by hand in the last day, whatever the text (E-08)
    )
    falls_back_to_text: bool = False  # a Kakao step with a text step behind it (C-10, K-09)
    generated: bool = False  # media declared as made by AI (T-10)
    kakao_approval: str = ""  # the vendor's written approval of a camp's texts (K-07)
    certificate_until: date | None = None  # 전송자격인증 of the provider
    advert: AdvertNotice | None = None
    night: bool = False  # an advert that nobody gets but those who agreed to get one at night
    rehearse: bool = False
    sandbox: bool = False

    @property
    def day(self) -> date:
        """In Korea, on which it starts."""
        return self.starts_at.astimezone(KST).date()

    @property
    def around(self) -> ElectionCalendar | None:
        """The candidacy's, unless its election is over and the camp has said which one it stands before now."""
        own = self.candidacy.calendar if self.candidacy else None
        if own is not None and own.day < self.day and self.calendar and self.calendar.day >= self.day:
            return self.calendar
        return own or self.calendar

    @property
    def windows(self) -> frozenset[str]:
        """Ids of the election windows that hold on some day of the send."""
        if self.around is None:
            return frozenset()
        last = self.day if self.ends_at is None else max(self.day, self.ends_at.astimezone(KST).date())
        return self.around.holding(self.day) | self.around.holding(last)

    @property
    def automatic(self) -> bool:
        """E-01: more than 20 at once, or recipients that a program picked, however few."""
        return self.origin is not Origin.HAND or (self.people or 0) > MANUAL_LIMIT

    @property
    def content(self) -> str:
        return f"{self.subject}\n{self.text}"
