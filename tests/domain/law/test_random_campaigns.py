"""10,000 campaigns × dates × tenants by chance: whatever may go has its labels, the right sender and a class that is allowed.

Pure and seeded; a failure prints the number of the campaign.
"""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace

from tests.domain.law.test_judge import ADVERT, CANDIDACY, NAMES

from pabal.campaigns.law import Law
from pabal.campaigns.steps import StepPlan
from pabal.compliance import Around, facts_of, with_notices
from pabal.compliance.queries import CandidacyRow, Profile
from pabal.domain.campaign import MessageClass
from pabal.domain.ids import new_id
from pabal.domain.law.election import KNOWN_ELECTIONS, MAX_BROADCASTS, Office
from pabal.domain.law.facts import LawFacts, Origin, Status
from pabal.domain.law.judge import judge
from pabal.domain.law.labels import advert_gaps, campaign_gaps
from pabal.domain.window import KST

CAMPAIGNS = 10_000
CHANNELS = ("sms", "lms", "mms", "alimtalk")
TEXTS = frozenset({"sms", "lms", "mms"})
SAID = (
    "통학로를 안전하게 만들겠습니다.", "(선거운동정보) 인사드려요.", "설명회를 열어요.", "할인해 드려요.",
    "한 표 부탁드려요.", "#{이름}님, 반가워요. 02-1234-5678", "한서윤 사무소 안내예요.", "(광고)새 제품", "",
    "무료수신거부 080-123-4567\n인사드려요.", "쿠폰을 드려요.", "여론조사에서 41.2%",
)  # fmt: skip
NUMBERS = ("0212345678", "0299998888", "")


def instant(dice: random.Random, around: date) -> datetime:
    day = around + timedelta(days=dice.randint(-260, 40))
    return datetime(day.year, day.month, day.day, dice.randrange(24), dice.randrange(60), tzinfo=KST)


def candidacy(dice: random.Random, election: date, office: Office) -> CandidacyRow | None:
    if dice.random() < 0.2:
        return None
    registered = election - timedelta(days=dice.randint(14, 130))
    reported = datetime(registered.year, registered.month, registered.day, 10, tzinfo=KST)
    return CandidacyRow(
        id=new_id(),
        election="by",
        election_day=election,
        office=office,
        district="",
        name=CANDIDACY.name,
        status=dice.choice([Status.PRELIMINARY] * 4 + [Status.CANDIDATE] * 3 + list(Status)),
        registered_on=registered,
        proof=dice.choice(["제1호"] * 5 + [""]),
        proof_name="",
        proof_kind="",
        reported_number=dice.choice([NUMBERS[0]] * 6 + [""]),
        reported_at=dice.choice([reported] * 6 + [None]),
        receipt=dice.choice(["접수 1"] * 6 + [""]),
        refusal=dice.choice(["0801234567"] * 5 + ["https://a.example/no", "0212345678", ""]),
        refusal_tested_at=None,
        version=1,
        updated_at=reported,
        broadcasts=dice.randint(0, MAX_BROADCASTS),
    )


def campaign(dice: random.Random) -> tuple[Law, LawFacts]:
    """As `campaigns.law` puts one together: who sends, when, and the text with its notices."""
    known = dice.choice(KNOWN_ELECTIONS)
    office = dice.choice(known.offices)
    kind = dice.choice(["camp", "camp", "sales"])
    profile = Profile(
        sitting=dice.random() < 0.5,
        party=dice.random() < 0.5,
        election_day=dice.choice([known.day, None]),
        office=office,
        names=tuple(NAMES),
        advert_sender=dice.choice(["파발전자", "파발전자", ""]),
        advert_contact=NUMBERS[0],
        advert_refusal=ADVERT.advert.refusal,
        certificate="제1호",
        certificate_until=dice.choice([date(2031, 12, 31), None]),
    )
    row = candidacy(dice, known.day, office) if kind == "camp" else None
    around = Around(kind, row, profile, {})
    origin = dice.choice([Origin.SELECTION, Origin.SELECTION, Origin.HAND, Origin.AUTOMATION])
    message_class = dice.choice([*MessageClass, MessageClass.CAMPAIGN, MessageClass.CAMPAIGN])
    channel = dice.choice(CHANNELS)
    dressed = with_notices(
        around, message_class, origin, channel, dice.choice(SAID), dice.choice(["", "", "안내"])
    )
    facts = replace(
        facts_of(around, instant(dice, known.day), attested=dice.random() < 0.9),
        message_class=message_class,
        origin=origin,
        people=dice.randint(1, 20) if origin is Origin.HAND else dice.choice([None, 1, 10_000]),
        channel=channel,
        text=dressed.body,
        subject=dressed.subject,
        sender=dice.choice([NUMBERS[0]] * 4 + list(NUMBERS)),
    )
    return Law(around, facts, origin), facts


def step(facts: LawFacts) -> StepPlan:
    sender = SimpleNamespace(number=facts.sender, sandbox=facts.sandbox) if facts.sender else None
    return SimpleNamespace(
        left_out="", asked=facts.channel, template_chosen=True, channel=facts.channel,
        body=facts.text, subject=facts.subject, sender=sender,
    )  # type: ignore[return-value]  # fmt: skip


def test_whatever_may_go_is_labelled_from_the_right_number_and_of_a_class_that_is_allowed():
    """And `Law.of_step`, which stands behind check, approval and launch, says what the gate's own call says, always."""
    went = dict.fromkeys(MessageClass, 0)
    for number in range(CAMPAIGNS):
        law, facts = campaign(random.Random(number))
        gate = judge(facts)
        checked = law.of_step(step(facts), ())
        assert [(v.rule, v.level, v.message) for v in checked] == [
            (v.rule, v.level, v.message) for v in gate
        ], number
        if any(one.level == "block" for one in gate):
            continue
        went[facts.message_class] += 1
        person = facts.candidacy
        if facts.message_class is MessageClass.CAMPAIGN and facts.automatic:
            assert person is not None, number
            assert person.valid_at(facts.starts_at), number
            assert facts.origin is not Origin.AUTOMATION, number
            assert facts.tenant_kind == "camp", number
            assert facts.channel in TEXTS, number
            assert facts.sender == person.reported_number != "", number
            assert person.broadcasts < MAX_BROADCASTS, number
            assert campaign_gaps(facts.text, facts.subject, person.notice) == (), number
            assert person.reported_at is not None, number
            assert person.reported_at.date() < facts.day, number
        if facts.message_class in {
            MessageClass.CAMPAIGN,
            MessageClass.COUNCIL_REPORT,
            MessageClass.PARTY_NOTICE,
        }:
            assert facts.tenant_kind == "camp", number
        if facts.message_class is MessageClass.COMMERCIAL_AD:
            assert facts.channel in TEXTS, number
            assert facts.advert is not None, number
            assert advert_gaps(facts.text, facts.subject, facts.advert) == (), number
            assert 8 <= facts.starts_at.hour < 21, number
            assert facts.certificate_until is not None, number
            assert facts.certificate_until >= facts.day, number
    assert all(count > 20 for count in went.values()), went  # of every class some may go
