"""Who gets which text, and how sure a difference is."""

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pabal.domain.variants import apportion, leader, pick, wilson

SEND = UUID("019a0000-0000-7000-8000-000000000001")
SHARES = st.lists(st.integers(0, 100), min_size=1, max_size=5).filter(any)


@given(st.uuids(), st.integers(0, 4_000_000), SHARES)
def test_everybody_has_one_text_that_takes_people_and_it_is_always_the_same(send, seq, shares):
    place = pick(send, seq, shares)
    assert shares[place] > 0
    assert pick(send, seq, list(shares)) == place


def test_shares_are_kept():
    got = Counter(pick(SEND, seq, [50, 30, 20]) for seq in range(20_000))
    assert [round(got[place] / 200) for place in range(3)] == [pytest.approx(n, abs=2) for n in (50, 30, 20)]


def test_another_send_deals_anew():
    other = UUID("019a0000-0000-7000-8000-000000000002")
    same = sum(pick(SEND, seq, [50, 50]) == pick(other, seq, [50, 50]) for seq in range(2000))
    assert 850 < same < 1150


def test_without_a_text_there_is_nothing_to_pick():
    with pytest.raises(ValueError, match="no text"):
        pick(SEND, 1, [0, 0])


@given(st.integers(0, 100_000), SHARES)
def test_apportioned_people_add_up_and_are_within_one_of_their_share(total, shares):
    counts = apportion(total, shares)
    assert sum(counts) == total
    assert all(
        abs(count - total * share / sum(shares)) < 1 for count, share in zip(counts, shares, strict=True)
    )


@pytest.mark.parametrize(
    ("hits", "tries", "low", "high"),
    [  # R: prop.test(x, n, correct = FALSE)$conf.int
        (655, 5796, 0.10511, 0.12142),
        (0, 10, 0.0, 0.27753),
        (10, 10, 0.72247, 1.0),
        (1, 2, 0.09453, 0.90547),
    ],
)
def test_wilsons_interval(hits, tries, low, high):
    found = wilson(hits, tries)
    assert (found.low, found.high) == (pytest.approx(low, abs=2e-4), pytest.approx(high, abs=2e-4))


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_the_rate_lies_in_its_interval(hits, tries):
    assume(hits <= tries)
    found = wilson(hits, tries)
    assert 0 <= found.low <= found.rate + 1e-12
    assert found.rate - 1e-12 <= found.high <= 1


def test_a_leader_is_above_every_other_interval():
    assert leader([wilson(655, 5796), wilson(871, 5801), wilson(688, 5789)]) == 1
    assert leader([wilson(10, 100), wilson(12, 100)]) is None
    assert leader([wilson(10, 100), None]) is None
