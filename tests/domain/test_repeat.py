"""A rule replayed over what happened: cooldown, repeats, night, and the promise of 1 + maxRepeat."""

import itertools
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.repeat import Change, Repeats, Rule, replay
from pabal.domain.window import SendWindow

RECORD = UUID(int=1)
NOON = datetime(2026, 11, 2, 3, tzinfo=UTC)  # 12:00 in Korea
NEW = {"status": "신규", "phone": "01023450001"}
IS_NEW = {"field": "status", "operator": "eq", "value": "신규"}
STOP = {"field": "status", "operator": "eq", "value": "완료"}


def hours(n: float) -> datetime:
    return NOON + timedelta(hours=n)


def changed(at: float, after, before=None, kind="updated"):
    return Change(RECORD, hours(at), kind, after, before or NEW)


def outcomes(rule, changes, until: float):
    return [(one.at, one.trigger, one.outcome) for one in replay(rule, changes, "phone", hours(until))]


def test_the_cooldown_counts_from_the_last_message():
    rule = Rule("on_update", IS_NEW, timedelta(hours=2))
    found = outcomes(rule, [changed(at, NEW) for at in (0, 1, 2, 3.9, 4)], 10)
    assert [outcome for _, _, outcome in found] == ["sent", "cooldown", "sent", "cooldown", "sent"]


def test_repeats_end_with_the_stop_condition_or_the_most():
    rule = Rule("on_create", repeats=Repeats(24, 3, STOP))
    born = Change(RECORD, NOON, "created", NEW, None)
    assert [trigger for _, trigger, _ in outcomes(rule, [born], 1000)] == [
        "auto",
        "repeat",
        "repeat",
        "repeat",
    ]
    done = changed(30, {**NEW, "status": "완료"})
    assert [at for at, _, _ in outcomes(rule, [born, done], 1000)] == [NOON, hours(24)]


def test_a_changed_number_or_a_deletion_ends_the_repeats():
    rule = Rule("on_create", repeats=Repeats(24, 3, STOP))
    born = Change(RECORD, NOON, "created", NEW, None)
    for end in (changed(1, {**NEW, "phone": "01099990000"}), Change(RECORD, hours(1), "deleted", None, NEW)):
        assert [trigger for _, trigger, _ in outcomes(rule, [born, end], 1000)] == ["auto"]


def test_the_night_moves_to_the_morning():
    rule = Rule("on_create", window=SendWindow(time(8), time(21)))
    late = Change(RECORD, hours(10), "created", NEW, None)  # 22:00
    assert outcomes(rule, [late], 1000) == [(hours(20), "auto", "moved")]


def test_without_a_number_nothing_goes_out_and_no_cooldown_is_used_up():
    rule = Rule("on_update", IS_NEW, timedelta(hours=5))
    found = outcomes(rule, [changed(0, {"status": "신규"}), changed(1, NEW)], 10)
    assert [outcome for _, _, outcome in found] == ["no_phone", "sent"]


@given(
    times=st.lists(st.floats(0, 500), min_size=1, max_size=20),
    states=st.lists(st.sampled_from(["신규", "상담", "완료"]), min_size=20, max_size=20),
    most=st.integers(1, 10),
    every=st.floats(0.5, 50),
)
def test_in_all_one_plus_most_a_trigger_and_never_closer_than_the_cooldown(times, states, most, every):
    rule = Rule("on_update", IS_NEW, timedelta(hours=1), Repeats(every, most, STOP))
    changes = [
        changed(at, {**NEW, "status": state}) for at, state in zip(sorted(times), states, strict=False)
    ]
    found = replay(rule, changes, "phone", hours(10_000))
    autos = [one for one in found if one.trigger == "auto" and one.outcome == "sent"]
    repeats = [one for one in found if one.trigger == "repeat"]
    assert len(repeats) <= most * len(autos)
    assert all(b.at - a.at >= timedelta(hours=1) for a, b in itertools.pairwise(autos))
