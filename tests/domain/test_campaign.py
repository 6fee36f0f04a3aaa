"""Verdicts before launch."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.audience import AudienceFacts, MonthUse, audience_verdicts, over_the_edge
from pabal.domain.campaign import (
    CLASS_LABELS,
    REASON_LABELS,
    MessageClass,
    SendFacts,
    Verdict,
    becomes_lms,
    fallback_verdicts,
    of_steps,
    send_verdicts,
)
from pabal.domain.message import SkipReason
from pabal.domain.window import KST, SendWindow

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=KST)
FACTS = SendFacts(
    message_class=MessageClass.CIVIC,
    tenant_kind="camp",
    rehearse=False,
    channel="sms",
    body="#{이름}님, 설명회에 초대합니다.",
    subject="",
    starts_at=NOON,
    not_after=None,
    sender_ready=True,
    sandbox=False,
)


def verdicts(**changes):
    return {v.rule: v.level for v in send_verdicts(replace(FACTS, **changes))}


def worst(**changes):
    return send_verdicts(replace(FACTS, **changes))[0].level


def test_every_class_and_skip_reason_has_words():
    assert set(CLASS_LABELS) == set(MessageClass)
    assert list(REASON_LABELS) == [reason.value for reason in SkipReason]  # same order: first reason first


def test_a_plain_notice_passes():
    assert worst() == "ok"


def test_a_class_belongs_to_a_kind_of_tenant():
    assert worst(message_class=MessageClass.TRANSACTIONAL, tenant_kind="sales") == "ok"
    assert worst(message_class=MessageClass.TRANSACTIONAL, tenant_kind="camp") == "block"


@pytest.mark.parametrize(
    ("changes", "rule", "level"),
    [
        ({"body": "  "}, "text.empty", "block"),
        ({"body": "안녕 😀"}, "text.not_encodable", "block"),
        ({"body": "가" * 1001}, "text.too_long", "block"),
        ({"body": "안녕 #{"}, "text.variables", "block"),
        ({"sender_ready": False}, "N-01", "block"),
        ({"sandbox": True}, "sender.sandbox", "warn"),
        ({"not_after": NOON - timedelta(hours=1)}, "time.not_after", "block"),
        ({"starts_at": NOON.replace(hour=21)}, "time.night", "warn"),
        ({"starts_at": NOON.replace(hour=7, minute=59)}, "time.night", "warn"),
    ],
)
def test_each_rule_speaks_for_itself(changes, rule, level):
    assert verdicts(**changes)[rule] == level


@pytest.mark.parametrize("days", [0, 100, 400])
def test_N01_without_a_registered_number_nothing_goes_at_any_time(days):
    assert verdicts(sender_ready=False, starts_at=NOON + timedelta(days=days))["N-01"] == "block"


@pytest.mark.parametrize("days", [0, 100, 400])
def test_N01_a_registered_number_stops_nothing(days):
    assert verdicts(starts_at=NOON + timedelta(days=days)).get("N-01", "ok") == "ok"


def test_day_is_not_night():
    assert "time.night" not in verdicts(starts_at=NOON.replace(hour=8))
    assert "time.night" not in verdicts(starts_at=NOON.replace(hour=20, minute=59))


KAKAO = {"channel": "alimtalk", "body": "#{이름}님, 접수되었습니다."}


@pytest.mark.parametrize(
    ("changes", "rule", "level"),
    [
        ({}, "N-01", "ok"),
        ({"template_chosen": False, "body": ""}, "kakao.template", "block"),
        ({"left_out": "아직 승인되지 않았어요", "sender_ready": False}, "kakao.left_out", "warn"),
        ({"body": "가" * 1301}, "text.too_long", "block"),
    ],
)
def test_what_an_alimtalk_step_needs(changes, rule, level):
    assert verdicts(**{**KAKAO, **changes})[rule] == level


def test_an_alimtalk_is_not_judged_as_a_text_message():
    assert worst(**{**KAKAO, "body": "안녕 😀"}) == "ok"  # no CP949 on this channel


def test_what_is_left_out_blocks_nothing():
    assert worst(channel="alimtalk", body="", sender_ready=False, left_out="심사 중") == "warn"


@given(
    st.lists(
        st.lists(
            st.builds(Verdict, st.sampled_from("ab"), st.sampled_from(["block", "ok"]), st.sampled_from("xy"))
        ),
        min_size=1,
        max_size=3,
    )
)
def test_no_word_about_a_step_is_lost_or_softened(found):
    told = of_steps(found)
    if len(found) == 1:
        assert told == found[0]
        return
    for number, verdict in ((n, v) for n, verdicts in enumerate(found, start=1) for v in verdicts):
        named = replace(verdict, message=f"{number}단계: {verdict.message}")
        everywhere = all(verdict in verdicts for verdicts in found)
        assert (verdict if everywhere else named) in told
        assert (named if everywhere else verdict) not in told


@pytest.mark.parametrize(
    ("sandbox", "may_overlap", "rule", "level"),
    [
        ([], False, "fallback.nothing_left", "block"),
        ([True, False], False, "fallback.mixed", "block"),
        ([False, False], True, "fallback.overlap", "warn"),
        ([True, True], False, "fallback.certain", "ok"),
    ],
)
def test_what_goes_from_one_step_to_the_next_is_said(sandbox, may_overlap, rule, level):
    assert [(v.rule, v.level) for v in fallback_verdicts(sandbox, may_overlap=may_overlap)] == [(rule, level)]


def test_one_step_has_nothing_to_go_on_to():
    assert fallback_verdicts([False], may_overlap=False) == ()


@pytest.mark.parametrize(
    ("channel", "body", "subject", "lms"),
    [
        ("sms", "가" * 45, "", False),
        ("sms", "가" * 45 + "#{이름}", "", False),
        ("sms", "가" * 45 + ".", "", True),
        ("sms", "가", "제목", True),
        ("lms", "가", "", True),
        ("alimtalk", "가" * 46, "", False),
    ],
)
def test_what_goes_as_lms_for_everyone(channel, body, subject, lms):
    assert becomes_lms(channel, body, subject) is lms


AUDIENCE = AudienceFacts(audience=10, sendable=8, quota_remaining=100, lms=0, finish_at=NOON, not_after=None)


@pytest.mark.parametrize(
    ("changes", "rule", "level"),
    [
        ({"audience": 0, "sendable": 0}, "audience.empty", "block"),
        ({"sendable": 0}, "audience.empty", "block"),
        ({}, "audience.excluded", "ok"),
        ({"quota_remaining": 7}, "quota.short", "warn"),
        ({"quota_remaining": 8, "most_units": 16}, "quota.short", "warn"),
        ({"lms": 3}, "text.some_lms", "warn"),
        ({"not_after": NOON - timedelta(minutes=1)}, "time.not_after", "warn"),
    ],
)
def test_figures_speak_too(changes, rule, level):
    assert {v.rule: v.level for v in audience_verdicts(replace(AUDIENCE, **changes))}[rule] == level


def test_a_rehearsal_needs_no_quota():
    assert not [
        v for v in audience_verdicts(replace(AUDIENCE, quota_remaining=None)) if v.rule == "quota.short"
    ]


def test_what_the_old_month_cannot_grant_is_taken_from_the_new_one():
    before, then = over_the_edge(MonthUse("2026-12", 5, 3), MonthUse("2027-01", 4, 5))
    assert (before.units, then.units, then.short) == (3, 6, 1)
    (found,) = [v for v in audience_verdicts(replace(AUDIENCE, months=(before, then))) if "quota" in v.rule]
    assert found.rule == "quota.short"
    assert "3건은 12월 한도에서, 6건은 1월 한도에서" in found.message
    assert "1월 한도가 1건 모자라요" in found.message


class TestHours:
    """Its hours against the time of its start and the time when it must be over."""

    DAY = SendWindow(time(9), time(20))

    def test_inside_nothing_is_said(self):
        assert "time.window" not in verdicts(window=self.DAY)

    def test_outside_it_says_when_it_begins(self):
        late = NOON.replace(hour=22)
        found = [
            v for v in send_verdicts(replace(FACTS, window=self.DAY, starts_at=late)) if "time" in v.rule
        ]
        message = "보내는 시간대(09:00~20:00)가 아니라서 11월 25일 (수) 09:00에 보내기 시작해요."
        assert found == [
            Verdict("time.window", "warn", message)
        ]  # and nothing about the night: it goes out by day

    def test_hours_at_night_are_still_night(self):
        night = SendWindow(time(5), time(7))
        assert verdicts(window=night)["time.night"] == "warn"

    @pytest.mark.parametrize(("minutes", "level"), [(-1, "block"), (0, "block"), (1, "warn")])
    def test_over_before_its_hours_begin_reaches_nobody(self, minutes, level):
        begins = NOON.replace(day=25, hour=9)
        facts = {"starts_at": NOON.replace(hour=22), "not_after": begins + timedelta(minutes=minutes)}
        assert verdicts(window=self.DAY, **facts)["time.window"] == level
