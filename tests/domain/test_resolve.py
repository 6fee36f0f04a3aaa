"""A person's decision: only about what is uncertain now, always a legal move, the unit settled once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.message import AttemptState, MessageState, can_move
from pabal.domain.news import NOTHING, News, Standing, apply
from pabal.domain.resolve import CLOSED, Decision, resolve

UNCERTAIN = Standing(
    AttemptState.UNCERTAIN, presumed=False, quota="reserved", message=MessageState.UNCERTAIN, latest=1, step=0
)

standings = st.builds(
    Standing,
    attempt=st.sampled_from(AttemptState),
    presumed=st.booleans(),
    quota=st.sampled_from(["none", "reserved", "settled", "released"]),
    message=st.sampled_from(MessageState),
    latest=st.integers(1, 3),
    step=st.integers(0, 1),
)


@given(standings, st.integers(1, 3), st.sampled_from(Decision))
def test_nothing_happens_to_what_is_not_uncertain_any_more(standing, n, decision):
    change = resolve(standing, n, decision)
    uncertain = standing.attempt == "uncertain" and standing.message == "uncertain" and standing.latest == n
    assert (change != NOTHING) == uncertain
    if uncertain:
        assert change.message is not None
        assert can_move(standing.message, change.message)
        assert change.quota == ("settled" if standing.quota == "reserved" else None)


def test_what_each_decision_means():
    assert resolve(UNCERTAIN, 1, Decision.ADOPT).message is MessageState.ACCEPTED
    again = resolve(UNCERTAIN, 1, Decision.RESEND)
    assert (again.message, again.retry_step) == (MessageState.QUEUED, 0)
    closed = resolve(UNCERTAIN, 1, Decision.CLOSE)
    assert (closed.message, closed.reason, closed.retry_step) == (MessageState.FAILED, CLOSED, None)


@pytest.mark.parametrize("decision", [Decision.ADOPT, Decision.CLOSE])
def test_a_late_receipt_still_tells_and_costs_nothing_more(decision):
    change = resolve(UNCERTAIN, 1, decision)
    assert change.attempt is not None
    assert change.message is not None
    presumed = decision is Decision.CLOSE
    standing = Standing(change.attempt, presumed, "settled", change.message, latest=1, step=0)
    told = apply(standing, News(1, 1, AttemptState.DELIVERED), [])
    assert (told.message, told.quota) == (MessageState.DELIVERED, None)


def test_a_late_receipt_of_the_first_try_ends_a_second_one_that_waits():
    standing = Standing(AttemptState.UNCERTAIN, False, "settled", MessageState.QUEUED, latest=1, step=0)
    told = apply(standing, News(1, 1, AttemptState.DELIVERED), [])
    assert (told.message, told.drop_retry) == (MessageState.DELIVERED, True)
