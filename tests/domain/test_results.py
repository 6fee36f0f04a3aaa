"""What a campaign came to: every part against counting person by person."""

from collections import Counter
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.message import MessageState
from pabal.domain.results import (
    BUCKETS,
    MOST_BUCKETS,
    Group,
    bucket_for,
    flow,
    funnel,
    missed,
    outcome,
)

STEPS = 3
PERSON = st.tuples(
    st.sampled_from(sorted(MessageState)),
    st.sampled_from(["", "suppressed", "3058"]),
    st.sampled_from([None, 0, 1]),
    st.sets(st.integers(0, STEPS - 1)),
    st.booleans(),
    st.booleans(),
)


def grouped(people):
    """As the database groups them; somebody delivered arrived on the last step tried."""
    counts: Counter[Any] = Counter()
    for state, reason, variant, steps, accepted, clicked in people:
        tried = sum(1 << step for step in steps)
        arrived = 1 << max(steps) if state == MessageState.DELIVERED and steps else 0
        counts[state, reason, variant, tried, arrived, accepted, clicked] += 1
    return [Group(*cast("Any", (*key, people))) for key, people in counts.items()]


@given(st.lists(PERSON, max_size=60))
def test_every_part_sums_and_is_what_counting_people_says(people):
    groups = grouped(people)
    whole, parts = funnel(groups), outcome(groups)
    assert whole.selected == len(people)
    assert parts.delivered + parts.under_way + parts.not_reached == len(people)
    assert whole.delivered == parts.delivered == sum(p[0] == "delivered" for p in people)
    assert whole.sent == sum(bool(p[3]) for p in people)
    rows = missed(groups)
    assert sum(row.people for row in rows) == parts.not_reached
    brute = Counter(
        (p[0], p[1]) for p in people if p[0] not in {"delivered", "queued", "sending", "accepted"}
    )
    assert {(row.state, row.reason): row.people for row in rows} == brute


@given(st.lists(PERSON, max_size=60))
def test_each_steps_parts_sum_to_who_was_tried_on_it(people):
    for one in flow(grouped(people), STEPS):
        assert one.tried == one.delivered + one.went_on + one.under_way + one.ended
        assert one.tried == sum(one.step in p[3] for p in people)
        here = [p for p in people if p[0] == "delivered" and p[3] and max(p[3]) == one.step]
        assert one.delivered == len(here)


@given(st.floats(0, 60 * 86_400))
def test_a_curve_never_has_more_points_than_it_can_show(seconds):
    size = bucket_for(seconds)
    assert size in BUCKETS
    assert seconds / size <= MOST_BUCKETS or size == BUCKETS[-1]
