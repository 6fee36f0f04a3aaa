"""Who may get a second message, and who never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.fallback import (
    LISTABLE,
    End,
    EndReason,
    Failed,
    Hold,
    Next,
    Silence,
    Step,
    decide,
    hold_seconds,
    problems,
)
from pabal.domain.message import FailureClass as F

KAKAO_THEN_SMS = (Step("alimtalk"), Step("sms", after_seconds=30))

steps_strategy = st.lists(
    st.builds(
        Step,
        st.sampled_from(["sms", "lms", "mms", "alimtalk", "brand"]),
        st.none() | st.frozensets(st.sampled_from(list(F))),
        st.integers(0, 10_000),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize(
    ("outcome", "overlap", "decision"),
    [
        (Failed(F.FINAL, certain=True, code="3104"), False, Next(1, 30, overlap=False)),
        (Failed(F.RETRYABLE, certain=True), False, Next(1, 30, overlap=False)),
        (Failed(F.CONFIGURATION, certain=True), False, End(EndReason.NOT_LISTED)),
        (Failed(F.POLICY, certain=True, code="1061"), True, End(EndReason.POLICY)),
        (Failed(F.DUPLICATE, certain=True, code="1026"), True, End(EndReason.DUPLICATE)),
        (Failed(F.RETRYABLE, certain=False, code="3040"), False, End(EndReason.PRESUMED)),
        (Failed(F.RETRYABLE, certain=False, code="3040"), True, Next(1, 30, overlap=True)),
        (Silence(10), False, Hold(72 * 3600 - 10)),
        (Silence(72 * 3600), False, End(EndReason.PRESUMED)),
        (Silence(10), True, Hold(20)),
        (Silence(30), True, Next(1, 0, overlap=True)),
    ],
)
def test_decisions(outcome, overlap, decision):
    assert decide(KAKAO_THEN_SMS, 0, outcome, may_overlap=overlap) == decision


def test_the_list_may_stand_on_either_step():
    failure = Failed(F.CONTENT, certain=True)
    listed = frozenset({F.CONTENT})
    assert isinstance(decide((Step("alimtalk", listed), Step("sms")), 0, failure), Next)
    assert isinstance(decide((Step("alimtalk"), Step("sms", listed)), 0, failure), Next)
    assert isinstance(decide((Step("alimtalk", frozenset()), Step("sms", frozenset())), 0, failure), End)


@pytest.mark.parametrize(("channel", "hours"), [("sms", 25), ("lms", 80), ("mms", 80), ("alimtalk", 72)])
def test_open_states_hold_as_long_as_the_carrier(channel, hours):
    assert hold_seconds(channel) == hours * 3600


def test_overlap_without_a_delay_waits_for_the_carrier():
    steps = (Step("sms"), Step("alimtalk"))
    assert decide(steps, 0, Silence(1), may_overlap=True) == Hold(25 * 3600 - 1)


@given(steps_strategy, st.data(), st.sampled_from([F.POLICY, F.DUPLICATE]), st.booleans(), st.booleans())
def test_policy_and_duplicates_never_fall_back(steps, data, failure_class, certain, overlap):
    at = data.draw(st.integers(0, len(steps) - 1))
    outcome = Failed(failure_class, certain=certain)
    assert isinstance(decide(steps, at, outcome, may_overlap=overlap), End)


@given(steps_strategy, st.data(), st.sampled_from(list(F)), st.floats(0, 1e6))
def test_without_the_flag_nobody_gets_both(steps, data, failure_class, seconds):
    at = data.draw(st.integers(0, len(steps) - 1))
    for outcome in (Failed(failure_class, certain=False), Silence(seconds)):
        assert not isinstance(decide(steps, at, outcome), Next)


@given(steps_strategy, st.data(), st.sampled_from(list(F)), st.booleans(), st.booleans())
def test_steps_only_go_forward_and_end(steps, data, failure_class, certain, overlap):
    at = data.draw(st.integers(0, len(steps) - 1))
    decision = decide(steps, at, Failed(failure_class, certain=certain), may_overlap=overlap)
    if isinstance(decision, Next):
        assert decision.step == at + 1 < len(steps)
        assert decision.overlap is (not certain)
        assert failure_class in LISTABLE
    else:
        assert isinstance(decision, End)  # a failure is never held


def test_problems_name_what_cannot_be_listed():
    assert problems((Step("sms"),)) == ()
    assert len(problems(())) == 1
    assert "수신거부" in problems((Step("alimtalk", frozenset({F.POLICY})), Step("sms")))[0]
    assert len(problems((Step("sms", after_seconds=-1),))) == 1
    assert len(problems((Step("sms"),), may_overlap=True)) == 1
