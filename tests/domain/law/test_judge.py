"""Every rule of a send says no where it must and nothing where it mustn't: one lawful send of each class, and one change."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.campaign import MessageClass
from pabal.domain.law.election import ElectionCalendar, Office
from pabal.domain.law.facts import Candidacy, LawFacts, Origin, Status
from pabal.domain.law.judge import BY_ID, ELSEWHERE, JUDGES, RULES, judge
from pabal.domain.law.labels import AdvertNotice, campaign_text
from pabal.domain.law.rules import LEFT_OUT
from pabal.domain.law.today import what_may_be_sent
from pabal.domain.window import KST

ELECTION = date(2027, 4, 7)
CALENDAR = ElectionCalendar(ELECTION, Office.ASSEMBLY)
NAMES = frozenset({"한서윤", "새길당", "오민재"})
CANDIDACY = Candidacy(
    name="한서윤",
    calendar=CALENDAR,
    status=Status.PRELIMINARY,
    registered_on=date(2026, 12, 8),
    proven=True,
    reported_number="0212345678",
    reported_at=datetime(2026, 12, 11, 10, tzinfo=KST),
    receipt="제2026-17호",
    refusal="0801234567",
    refusal_tested_at=None,
    broadcasts=3,
)


def at(day, hour=11):
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+09:00")


def before(days, hour=11):
    return datetime.combine(ELECTION - timedelta(days=days), at("2027-01-01", hour).timetz())


CAMPAIGN = LawFacts(
    message_class=MessageClass.CAMPAIGN,
    tenant_kind="camp",
    origin=Origin.SELECTION,
    people=10_000,
    channel="lms",
    text=campaign_text("통학로를 안전하게 만들겠습니다.", "", CANDIDACY.notice).body,
    subject="",
    sender="0212345678",
    starts_at=at("2027-01-22"),
    candidacy=CANDIDACY,
    names=NAMES,
    rivals=frozenset({"오민재"}),
)
BY_HAND = replace(CAMPAIGN, origin=Origin.HAND, people=12, candidacy=None, text="안녕하세요, 인사드려요.")
CIVIC = replace(CAMPAIGN, message_class=MessageClass.CIVIC, text="주민 설명회를 열어요.")
GREETING = replace(
    CIVIC, message_class=MessageClass.GREETING, text="즐거운 명절 보내세요.", starts_at=at("2027-02-06")
)
TURNOUT = replace(CIVIC, message_class=MessageClass.TURNOUT, text="꼭 투표해 주세요.")
REPORT = replace(
    CIVIC, message_class=MessageClass.COUNCIL_REPORT, text="의정활동을 보고드려요.", sitting=True
)
KAKAO_FIRST = replace(
    CAMPAIGN, channel="alimtalk", kakao_approval="카카오 2027-01호", falls_back_to_text=True
)
ADVERT = LawFacts(
    message_class=MessageClass.COMMERCIAL_AD,
    tenant_kind="sales",
    origin=Origin.SELECTION,
    people=500,
    channel="lms",
    text="(광고)파발전자 02-1234-5678\n새 제품이 나왔어요.\n무료수신거부 080-123-4567",
    subject="",
    sender="0212345678",
    starts_at=at("2027-01-22"),
    calendar=CALENDAR,
    certificate_until=date(2027, 12, 31),
    advert=AdvertNotice("파발전자", "0212345678", "0801234567"),
    names=NAMES,
)
NOTICE = replace(
    ADVERT, message_class=MessageClass.TRANSACTIONAL, channel="alimtalk", text="주문이 접수되었어요."
)
LAWFUL = {
    "campaign": CAMPAIGN,
    "by hand": BY_HAND,
    "civic": CIVIC,
    "greeting": GREETING,
    "turnout": TURNOUT,
    "report": REPORT,
    "kakao first": KAKAO_FIRST,
    "advert": ADVERT,
    "notice": NOTICE,
}


def candidacy(**changes):
    return {"candidacy": replace(CANDIDACY, **changes)}


# rule, send, change, level
BROKEN = [
    ("E-01", BY_HAND, {"people": 21}, "label"),
    ("E-01", BY_HAND, {"origin": Origin.SELECTION, "people": 1}, "label"),
    ("E-02", CAMPAIGN, {"candidacy": None}, "block"),
    ("E-02", CAMPAIGN, candidacy(status=Status.WITHDRAWN), "block"),
    ("E-02", CAMPAIGN, candidacy(status=Status.INVALID), "block"),
    ("E-02", CAMPAIGN, candidacy(proven=False), "block"),
    ("E-02", CAMPAIGN, candidacy(registered_on=date(2027, 1, 23)), "block"),
    ("E-02", CAMPAIGN, {"starts_at": at("2027-04-08"), **candidacy(status=Status.CANDIDATE)}, "block"),
    ("D-09", CAMPAIGN, {"candidacy": None, "starts_at": at("2026-12-07")}, "block"),
    ("E-03", CAMPAIGN, candidacy(broadcasts=8), "block"),
    ("law.six", CAMPAIGN, candidacy(broadcasts=5), "warn"),
    ("law.six", CAMPAIGN, candidacy(broadcasts=7), "warn"),
    ("E-05", CAMPAIGN, {"sender": "0212345679"}, "block"),
    ("E-05", CAMPAIGN, candidacy(reported_number=""), "block"),
    ("E-06", CAMPAIGN, candidacy(receipt=""), "block"),
    ("E-06", CAMPAIGN, candidacy(reported_at=None), "block"),
    ("E-06", CAMPAIGN, candidacy(reported_at=at("2027-01-22", 9)), "block"),
    ("E-07", CAMPAIGN, candidacy(receipt=""), "warn"),
    ("E-08", BY_HAND, {"chained": 9}, "block"),
    ("E-08", BY_HAND, {"by_hand": 9}, "hold"),
    ("E-09", CAMPAIGN, {"origin": Origin.AUTOMATION}, "block"),
    ("E-10", CAMPAIGN, {"starts_at": at("2027-04-07"), **candidacy(status=Status.CANDIDATE)}, "hold"),
    ("E-12", CAMPAIGN, {"channel": "ars"}, "block"),
    ("E-13", CAMPAIGN, {"attested": False}, "block"),
    ("E-15", CAMPAIGN, {"tenant_kind": "sales"}, "block"),
    ("E-15", REPORT, {"tenant_kind": "sales"}, "block"),
    ("E-17", CAMPAIGN, {"text": CAMPAIGN.text + " 당내 경선"}, "hold"),
    ("E-18", CAMPAIGN, candidacy(calendar=ElectionCalendar(date(2028, 4, 12), Office.PROPORTIONAL)), "block"),
    ("E-19", CAMPAIGN, {"starts_at": at("2027-03-19", 19)}, "block"),
    ("E-19", CAMPAIGN, {"starts_at": at("2027-03-19", 17), "ends_at": at("2027-03-19", 19)}, "block"),
    ("C-01", CAMPAIGN, {"text": CAMPAIGN.text.replace("(선거운동정보) ", "")}, "block"),
    ("C-01", CAMPAIGN, {"subject": "통학로"}, "block"),
    ("C-02", CAMPAIGN, {"text": CAMPAIGN.text.replace("02-1234-5678", "02-1234-5679")}, "block"),
    ("C-03", CAMPAIGN, {"text": CAMPAIGN.text.replace("118", "182")}, "block"),
    ("C-04", CAMPAIGN, {"text": CAMPAIGN.text.replace("무료수신거부", "문의")}, "block"),
    ("C-05", CAMPAIGN, candidacy(refusal="01023456789"), "block"),
    ("C-10", KAKAO_FIRST, candidacy(broadcasts=8), "block"),
    ("T-01", REPORT, {"channel": "alimtalk"}, "block"),
    ("T-04", CIVIC, {"text": "한 표 부탁드려요."}, "hold"),
    ("T-04", REPORT, {"text": "다시 출마합니다."}, "hold"),
    ("T-05", GREETING, {"starts_at": at("2027-01-30")}, "warn"),
    ("T-06", TURNOUT, {"text": "한서윤과 함께 투표해요."}, "hold"),
    ("T-07", CIVIC, {"text": "한서윤 사무소 안내예요."}, "hold"),
    ("T-08", ADVERT, {"text": ADVERT.text.replace("새 제품", "한서윤의 책")}, "block"),
    ("T-09", CIVIC, {"text": "지지 서명을 모아요."}, "block"),
    ("T-10", CAMPAIGN, {"channel": "mms", "generated": True}, "block"),
    ("T-10", CAMPAIGN, {"channel": "mms", "generated": True, "starts_at": at("2026-12-20")}, "label"),
    ("T-11", CAMPAIGN, {"text": CAMPAIGN.text + " 오민재 후보의 비리"}, "hold"),
    ("T-12", CIVIC, {"text": "병신 같은"}, "hold"),
    ("T-13", CIVIC, {"text": "여론조사에서 41.2%"}, "hold"),
    (
        "T-13",
        CAMPAIGN,
        {"text": CAMPAIGN.text + " 지지율 1위", "starts_at": before(6), **candidacy(status=Status.CANDIDATE)},
        "block",
    ),
    ("T-14", CIVIC, {"text": "설문: 한서윤을 아시나요?"}, "hold"),
    ("T-15", CIVIC, {"text": "커피 쿠폰을 드려요."}, "block"),
    ("T-16", CIVIC, {"text": "출판기념회에 오세요."}, "block"),
    ("T-17", CIVIC, {"text": "당원집회를 열어요.", "starts_at": before(30)}, "hold"),
    ("T-17", CIVIC, {"text": "입당하세요.", "starts_at": before(13)}, "hold"),
    ("A-03", ADVERT, {"starts_at": at("2027-01-22", 21)}, "block"),
    ("A-03", ADVERT, {"starts_at": at("2027-01-22", 7)}, "block"),
    ("A-03", ADVERT, {"night": True}, "label"),
    ("A-04", ADVERT, {"text": ADVERT.text.replace("(광고)", "(광 고)")}, "block"),
    ("A-04", ADVERT, {"advert": None}, "block"),
    ("A-05", ADVERT, {"text": ADVERT.text.replace("무료", "")}, "block"),
    ("A-09", ADVERT, {"certificate_until": None}, "block"),
    ("A-09", ADVERT, {"certificate_until": date(2027, 1, 21)}, "block"),
    ("A-11", ADVERT, {"text": ADVERT.text.replace("새 제품", "카지노 초대권")}, "block"),
    ("A-11", ADVERT, {"text": ADVERT.text.replace("새 제품", "대출 상품")}, "hold"),
    ("K-01", NOTICE, {"text": "지금 사면 할인해요."}, "block"),
    ("K-01", NOTICE, {"message_class": MessageClass.COMMERCIAL_AD}, "block"),
    ("K-05", ADVERT, {"channel": "brand", "starts_at": at("2027-01-22", 20)}, "block"),
    ("K-07", KAKAO_FIRST, {"kakao_approval": ""}, "block"),
    ("P-05", CIVIC, {"text": "900101-1234567 님"}, "block"),
    ("P-09", CIVIC, {"starts_at": at("2027-04-08")}, "hold"),
]


def levels_of(facts, rule):
    return [verdict.level for verdict in judge(facts) if verdict.rule == rule]


@pytest.mark.parametrize("name", LAWFUL)
def test_a_lawful_send_of_each_kind_is_neither_blocked_nor_held(name):
    assert [v for v in judge(LAWFUL[name]) if v.level in {"block", "hold"}] == []


@pytest.mark.parametrize(
    ("rule", "facts", "change", "level"),
    BROKEN,
    ids=[f"{row[0]}-{number}" for number, row in enumerate(BROKEN)],
)
def test_a_rule_speaks_when_it_is_broken_and_only_then(rule, facts, change, level):
    spoken = levels_of(facts, rule)
    assert spoken in ([], ["label"], ["warn"])
    assert levels_of(replace(facts, **change), rule) == [level]
    assert spoken != [level]


SHIFTS = (
    timedelta(0),
    timedelta(days=7),
    timedelta(days=10, hours=2),
)  # within hours, before every window's day


def rows_of(rule):
    return [(facts, change, level) for one, facts, change, level in BROKEN if one == rule]


@pytest.mark.parametrize("rule", sorted(JUDGES))
def test_a_lawful_send_is_left_alone_whenever_it_goes(rule):
    """The negative of each rule, with a shifted clock."""
    for facts, _, _ in rows_of(rule):
        for shift in SHIFTS:
            assert levels_of(replace(facts, starts_at=facts.starts_at + shift), rule) in (
                [],
                ["label"],
                ["warn"],
            )


@pytest.mark.parametrize("rule", sorted(JUDGES))
def test_a_broken_send_is_found_whenever_it_goes(rule):
    """The positive of each rule, with a shifted clock: by a row that breaks it at any time, or by one about the time itself."""
    timeless = 0
    for facts, change, level in rows_of(rule):
        if "starts_at" in change:
            timeless += levels_of(facts, rule) != [level]  # the day alone made it one
            continue
        found = [
            levels_of(replace(facts, **change, starts_at=facts.starts_at + shift), rule) for shift in SHIFTS
        ]
        timeless += found == [[level]] * len(SHIFTS)
    assert timeless


def test_every_judge_has_a_broken_send_here_and_every_rule_a_place():
    assert {row[0] for row in BROKEN} == set(JUDGES)
    assert set(JUDGES) | ELSEWHERE == set(BY_ID)
    assert len(BY_ID) == len(RULES)
    assert not set(BY_ID) & set(LEFT_OUT)


# Windows: the day before, the first day, the last day.
@pytest.mark.parametrize(
    ("rule", "facts", "change", "first"),
    [
        ("T-01", REPORT, {"channel": "alimtalk"}, 90),
        ("T-07", CIVIC, {"text": "한서윤 사무소 안내예요."}, 120),
        ("T-08", ADVERT, {"text": ADVERT.text.replace("새 제품", "한서윤의 책")}, 90),
        ("T-16", CIVIC, {"text": "출판기념회에 오세요."}, 90),
        ("T-17", CIVIC, {"text": "당원집회를 열어요."}, 30),
    ],
)
def test_a_window_opens_on_its_day_and_ends_with_the_election(rule, facts, change, first):
    on = {
        left: bool(levels_of(replace(facts, **change, starts_at=before(left)), rule))
        for left in (first + 1, first, 0, -1)
    }
    assert on == {first + 1: False, first: True, 0: True, -1: False}


def test_A03_by_night_adverts_are_for_who_agreed_to_that_and_closed_while_something_else_blocks_them():
    def of_adverts(**changes):
        lines = what_may_be_sent(replace(ADVERT, **changes))
        (line,) = [one for one in lines if one.kind.message_class is MessageClass.COMMERCIAL_AD]
        return line.verdict, line.rule

    assert of_adverts() == ("open", "")
    assert of_adverts(starts_at=at("2027-01-22", 22)) == ("conditional", "A-03")
    assert of_adverts(starts_at=at("2027-01-22", 22), advert=None)[0] == "closed"


def test_a_send_that_runs_into_a_window_is_in_it():
    evening = replace(CIVIC, text="출판기념회에 오세요.", starts_at=before(91, 23))
    assert levels_of(evening, "T-16") == []
    assert levels_of(replace(evening, ends_at=before(90, 1)), "T-16") == ["block"]


def test_E08_twenty_by_hand_need_no_candidacy_and_no_notice():
    assert {v.rule for v in judge(replace(BY_HAND, people=20))} == {"E-08"}
    assert {v.rule for v in judge(replace(BY_HAND, people=21)) if v.level == "block"} >= {"E-02"}


@given(
    st.sampled_from(sorted(LAWFUL)),
    st.sampled_from([row[2] for row in BROKEN]),
    st.dictionaries(st.sampled_from(sorted(BY_ID)), st.sampled_from(["ok", "warn"])),
)
def test_no_switch_silences_a_statute(name, change, levels):
    facts = replace(LAWFUL[name], **change)
    before_switch = [v for v in judge(facts) if not BY_ID[v.rule].switchable]
    assert [v for v in judge(facts, levels) if not BY_ID[v.rule].switchable] == before_switch


def test_a_product_rule_can_be_made_milder_or_silent():
    facts = replace(CAMPAIGN, starts_at=at("2027-04-07"), **candidacy(status=Status.CANDIDATE))
    assert levels_of(facts, "E-10") == ["hold"]
    assert [v.level for v in judge(facts, {"E-10": "warn"}) if v.rule == "E-10"] == ["warn"]
    assert [v for v in judge(facts, {"E-10": "ok"}) if v.rule == "E-10"] == []


@given(st.sampled_from(BROKEN))
def test_a_rehearsal_says_what_the_real_send_would_meet(row):
    _, facts, change, _ = row
    real, practised = replace(facts, **change), replace(facts, **change, rehearse=True)
    assert {v.rule for v in judge(real)} == {v.rule for v in judge(practised)}
    assert {v.rule for v in judge(practised) if v.level in {"block", "hold"}} <= {"E-15", "P-05"}


@given(
    st.sampled_from(sorted(LAWFUL)),
    st.dates(date(2026, 10, 1), date(2027, 6, 1)),
    st.integers(0, 23),
    st.sampled_from(["sms", "lms", "mms", "alimtalk", "brand"]),
)
def test_a_campaign_text_never_passes_without_a_candidacy_that_is_valid(name, day, hour, channel):
    facts = replace(
        LAWFUL[name],
        message_class=MessageClass.CAMPAIGN,
        tenant_kind="camp",
        channel=channel,
        starts_at=at(day, hour),
    )
    if facts.automatic and not (facts.candidacy and facts.candidacy.valid_at(facts.starts_at)):
        assert any(verdict.level == "block" for verdict in judge(facts))
