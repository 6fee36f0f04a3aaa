"""Books of a send: which sums must be equal, and that one row out of place is always found."""

from dataclasses import replace
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.message import AttemptState, MessageState
from pabal.domain.reconcile import (
    AGES,
    OPEN,
    Ages,
    Check,
    Entry,
    People,
    Request,
    Sums,
    Tries,
    aged,
    balance,
    bucket,
    fits,
)

ONE, TWO = UUID(int=1), UUID(int=2)

# Two requests: of the first 3 arrived, 1 failed for certain, 1 was refused and waits again; the second was never called.
SUMS = Sums(
    audience=8,
    counters={
        ("delivered", ""): 3,
        ("failed", "3001"): 1,
        ("queued", ""): 1,
        ("sending", ""): 2,
        ("skipped", "suppressed"): 1,
    },
    people=[
        People(MessageState.DELIVERED, "", ONE, AttemptState.DELIVERED, presumed=False, tries=3, n=3),
        People(MessageState.FAILED, "3001", ONE, AttemptState.FAILED, presumed=False, tries=1, n=1),
        People(MessageState.QUEUED, "", ONE, AttemptState.ERRORED, presumed=False, tries=1, n=1),
        People(MessageState.SENDING, "", TWO, AttemptState.INTENT, presumed=False, tries=2, n=2),
        People(MessageState.SKIPPED, "suppressed", None, None, presumed=False, tries=0, n=1),
    ],
    tries=[
        Tries(ONE, AttemptState.DELIVERED, "settled", 3),
        Tries(ONE, AttemptState.FAILED, "settled", 1),
        Tries(ONE, AttemptState.ERRORED, "released", 1),
        Tries(TWO, AttemptState.INTENT, "reserved", 2),
    ],
    requests=[Request(ONE, over=True, size=5), Request(TWO, over=False, size=2)],
    entries=[Entry("reserve", None, 7), Entry("settle", ONE, 4), Entry("release", ONE, 1)],
)


def wrong(sums: Sums) -> set[Check]:
    return {one.check for one in balance(sums) if not one.equal}


def test_books_that_agree_agree_on_every_sum():
    assert wrong(SUMS) == set()
    assert [one.check for one in balance(SUMS)] == list(Check)
    assert all(one.left == one.right for one in balance(SUMS))


def test_every_person_is_in_exactly_one_bucket_and_open_means_not_terminal():
    open_states = {
        state
        for state, presumed in product(MessageState, (True, False))
        if bucket(state, presumed=presumed) in OPEN
    }
    assert open_states == {
        MessageState.QUEUED,
        MessageState.SENDING,
        MessageState.ACCEPTED,
        MessageState.UNCERTAIN,
    }


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"audience": 9}, {Check.EVERYBODY}),
        ({"counters": {**SUMS.counters, ("queued", ""): 2}}, {Check.COUNTERS}),
        # Both sums are 8: only cell by cell can it be seen.
        ({"counters": {**SUMS.counters, ("queued", ""): 2, ("sending", ""): 1}}, {Check.COUNTERS}),
        (
            {
                "people": [
                    *SUMS.people[:3],
                    replace(SUMS.people[3], newest=AttemptState.VOIDED),
                    SUMS.people[4],
                ]
            },
            {Check.NEWEST_TRY},
        ),
        ({"tries": SUMS.tries[:3]}, {Check.TRIES, Check.HANDED_OVER, Check.RESERVED}),
        (
            {"requests": [Request(ONE, over=True, size=4), Request(TWO, over=False, size=3)]},
            {Check.HANDED_OVER},
        ),
        ({"requests": [SUMS.requests[0], Request(TWO, over=True, size=2)]}, {Check.ANSWERED}),
        ({"entries": [Entry("reserve", None, 6), *SUMS.entries[1:]]}, {Check.RESERVED}),
        ({"entries": [SUMS.entries[0], Entry("settle", ONE, 3), SUMS.entries[2]]}, {Check.SETTLED}),
        # As many units, of the wrong request.
        (
            {"entries": [SUMS.entries[0], Entry("settle", ONE, 3), Entry("settle", TWO, 1), SUMS.entries[2]]},
            {Check.SETTLED},
        ),
        ({"entries": SUMS.entries[:2]}, {Check.RELEASED}),
        (
            {"tries": [replace(SUMS.tries[0], quota="reserved"), *SUMS.tries[1:]]},
            {Check.SETTLED, Check.KEPT},
        ),
    ],
)
def test_what_is_out_of_place_is_found_under_its_name(change, found):
    assert wrong(replace(SUMS, **change)) == found


def test_a_difference_says_in_which_request():
    sums = replace(SUMS, entries=[SUMS.entries[0], Entry("settle", TWO, 4), SUMS.entries[2]])
    (settled,) = [one for one in balance(sums) if not one.equal]
    assert (settled.left, settled.right, settled.wrong, settled.requests) == (4, 4, 8, (ONE, TWO))


@given(st.sampled_from(MessageState), st.sampled_from(AttemptState))
def test_in_flight_for_the_carrier_is_in_flight_for_the_person_and_the_other_way_round(state, newest):
    if fits(state, newest):
        assert (newest in {AttemptState.INTENT, AttemptState.UNKNOWN}) == (state is MessageState.SENDING)
        assert (newest is AttemptState.ACCEPTED) == (state is MessageState.ACCEPTED)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50))))
def test_ages_add_up_to_the_rows(brackets):
    total = Ages()
    for age, n in brackets:
        total += aged(age, n)
    assert sum(getattr(total, age) for age in AGES) == sum(n for _, n in brackets)
