"""What news changes, in any order and number. The ledger's bookkeeping follows from these properties."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pabal.domain.fallback import Step
from pabal.domain.message import AttemptState, FailureClass, MessageState, can_move, rank
from pabal.domain.news import NOTHING, News, Standing, apply

SMS = [Step("sms")]
TWO = [Step("sms"), Step("alimtalk", frozenset({FailureClass.FINAL}))]
REFUTED = (AttemptState.VOIDED, AttemptState.ERRORED)
FRESH = Standing(
    AttemptState.INTENT, presumed=False, quota="reserved", message=MessageState.SENDING, latest=1, step=0
)

news_strategy = st.builds(
    News,
    seq=st.just(1),
    n=st.just(1),
    state=st.sampled_from([s for s in AttemptState if s is not AttemptState.INTENT]),
    presumed=st.just(False),
    code=st.sampled_from(["", "3032", "4000"]),
    failure_class=st.sampled_from([None, *FailureClass]),
) | st.builds(
    News,
    seq=st.just(1),
    n=st.just(1),
    state=st.just(AttemptState.FAILED),
    presumed=st.just(True),
    code=st.just("3040"),
)


def after(standing: Standing, change) -> Standing:
    news_presumed = standing.presumed
    return Standing(
        attempt=change.attempt or standing.attempt,
        presumed=news_presumed,
        quota=change.quota or standing.quota,
        message=change.message or standing.message,
        latest=standing.latest,
        step=standing.step,
    )


def play(items, steps=SMS):
    standing, story = FRESH, []
    for item in items:
        change = apply(standing, item, steps)
        following = after(standing, change)
        if change.attempt is not None:
            following = Standing(
                following.attempt,
                item.presumed,
                following.quota,
                following.message,
                following.latest,
                following.step,
            )
        story.append((standing, item, change, following))
        standing = following
    return standing, story


@given(st.lists(news_strategy, max_size=8))
@example([News(1, 1, AttemptState.UNKNOWN), News(1, 1, AttemptState.VOIDED)])
@example([News(1, 1, AttemptState.UNKNOWN), News(1, 1, AttemptState.ERRORED)])
def test_states_only_move_along_the_table_and_never_backwards(items):
    _, story = play(items)
    for before, _, change, now in story:
        if change.message is not None and change.message is not before.message:
            assert can_move(before.message, change.message)
        # dispatch.md: asking may find that an unknown attempt never reached the carrier, or was refused there.
        if before.attempt is not AttemptState.UNKNOWN or now.attempt not in REFUTED:
            assert rank(now.attempt, presumed=now.presumed) >= rank(before.attempt, presumed=before.presumed)


@given(st.lists(news_strategy, max_size=8))
def test_a_unit_is_settled_or_released_at_most_once(items):
    final, story = play(items)
    assert sum(change.quota is not None for _, _, change, _ in story) <= 1
    if final.attempt in {AttemptState.ACCEPTED, AttemptState.DELIVERED, AttemptState.FAILED}:
        assert final.quota == "settled"
    if final.attempt in {AttemptState.VOIDED, AttemptState.ERRORED}:
        assert final.quota == "released"
    if final.attempt in {AttemptState.UNKNOWN, AttemptState.UNCERTAIN}:
        assert final.quota == "reserved"


@given(st.lists(news_strategy, max_size=6))
def test_saying_everything_twice_changes_nothing_more(items):
    once, _ = play(items)
    twice, _ = play([item for item in items for _ in range(2)])
    assert twice == once


@given(
    st.permutations(
        [AttemptState.ACCEPTED, AttemptState.DELIVERED, AttemptState.UNKNOWN, AttemptState.DELIVERED]
    )
)
def test_the_order_of_receipts_does_not_matter(states):
    final, _ = play([News(1, 1, state) for state in states])
    assert (final.attempt, final.message, final.quota) == (
        AttemptState.DELIVERED,
        MessageState.DELIVERED,
        "settled",
    )


def test_a_presumed_failure_may_still_be_delivered_a_certain_one_is_an_incident():
    presumed = News(
        1, 1, AttemptState.FAILED, presumed=True, code="3040", failure_class=FailureClass.RETRYABLE
    )
    delivered = News(1, 1, AttemptState.DELIVERED)
    final, _ = play([presumed, delivered])
    assert final.message is MessageState.DELIVERED
    certain = News(1, 1, AttemptState.FAILED, code="3032", failure_class=FailureClass.FINAL)
    final, story = play([certain, delivered])
    assert final.message is MessageState.FAILED
    assert story[-1][2].incident == "contradicting_final"


def test_success_after_void_is_an_incident_and_moves_nothing():
    final, story = play([News(1, 1, AttemptState.VOIDED), News(1, 1, AttemptState.DELIVERED)])
    assert story[-1][2].incident == "maybe_twice"
    assert final.message is MessageState.QUEUED


def test_only_a_certain_failure_of_a_listed_class_starts_the_next_channel():
    certain = News(1, 1, AttemptState.FAILED, code="3032", failure_class=FailureClass.FINAL)
    change = apply(FRESH, certain, TWO)
    assert (change.message, change.retry_step) == (MessageState.QUEUED, 1)
    presumed = News(1, 1, AttemptState.FAILED, presumed=True, code="3040", failure_class=FailureClass.FINAL)
    assert apply(FRESH, presumed, TWO).message is MessageState.FAILED
    opt_out = News(1, 1, AttemptState.FAILED, code="2061", failure_class=FailureClass.POLICY)
    assert apply(FRESH, opt_out, TWO).message is MessageState.FAILED


def test_late_success_of_an_older_attempt_ends_a_waiting_fallback_or_shows_an_overlap():
    waiting = Standing(
        AttemptState.FAILED, presumed=True, quota="settled", message=MessageState.QUEUED, latest=2, step=1
    )
    change = apply(waiting, News(1, 1, AttemptState.DELIVERED), TWO)
    assert (change.message, change.drop_retry, change.incident) == (MessageState.DELIVERED, True, None)
    under_way = Standing(
        AttemptState.FAILED, presumed=True, quota="settled", message=MessageState.ACCEPTED, latest=2, step=1
    )
    change = apply(under_way, News(1, 1, AttemptState.DELIVERED), TWO)
    assert (change.message, change.incident) == (None, "overlap")


@pytest.mark.parametrize("word", [AttemptState.VOIDED, AttemptState.ERRORED, AttemptState.FAILED])
def test_whoever_an_older_try_has_reached_is_neither_failed_nor_tried_again_when_the_newest_ends(word):
    under_way = Standing(
        AttemptState.UNKNOWN, presumed=False, quota="reserved", message=MessageState.SENDING, latest=2, step=1
    )
    no = News(1, 2, word, code="3019", failure_class=FailureClass.RETRYABLE)
    assert apply(under_way, no, TWO).message in {MessageState.FAILED, MessageState.QUEUED}
    change = apply(replace(under_way, arrived=True), no, TWO)
    assert (change.attempt, change.message, change.retry_step) == (word, MessageState.DELIVERED, None)
    assert change.quota == ("settled" if word is AttemptState.FAILED else "released")


def test_a_late_word_about_a_try_leaves_what_was_decided_after_it():
    """Silence, or a person, has put her back into the queue; then the same try fails for certain."""
    waiting = Standing(
        AttemptState.FAILED, presumed=True, quota="settled", message=MessageState.QUEUED, latest=1, step=1
    )
    certain = News(1, 1, AttemptState.FAILED, code="3001", failure_class=FailureClass.FINAL)
    change = apply(waiting, certain, TWO, may_overlap=True)
    assert (change.attempt, change.message, change.retry_step) == (AttemptState.FAILED, None, None)


def test_a_refusal_that_may_pass_is_tried_again_five_times_at_most():
    refusal = News(1, 1, AttemptState.ERRORED, code="429", failure_class=FailureClass.RETRYABLE)
    assert (apply(FRESH, refusal, SMS).retry_after, apply(FRESH, refusal, SMS).spread) == (5, True)
    fifth = Standing(
        AttemptState.INTENT, presumed=False, quota="reserved", message=MessageState.SENDING, latest=5, step=0
    )
    last = News(1, 5, AttemptState.ERRORED, code="429", failure_class=FailureClass.RETRYABLE)
    assert apply(fifth, last, SMS).message is MessageState.FAILED


def test_old_news_is_nothing():
    delivered = Standing(
        AttemptState.DELIVERED,
        presumed=False,
        quota="settled",
        message=MessageState.DELIVERED,
        latest=1,
        step=0,
    )
    assert apply(delivered, News(1, 1, AttemptState.ACCEPTED), SMS) == NOTHING
