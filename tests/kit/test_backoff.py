"""Waits grow to a limit and differ from each other."""

from pabal.kit.backoff import again_after, spread, window


def test_the_window_doubles_up_to_the_limit():
    windows = [window(tries, base=3, limit=60) for tries in range(1, 9)]
    assert windows == [3, 6, 12, 24, 48, 60, 60, 60]
    assert window(0, base=3, limit=60) == 3
    assert window(10_000, base=3, limit=60) == 60


def test_waits_are_spread_over_the_whole_window_and_never_nothing():
    waits = [spread(10) for _ in range(2000)]
    assert min(waits) >= 1
    assert max(waits) <= 10
    tenths = {int(wait) for wait in waits}
    assert tenths >= set(range(1, 10))


def test_nobody_comes_sooner_than_the_carrier_asked_for():
    waits = [again_after(1, base=3, limit=60, asked_for=30) for _ in range(200)]
    assert min(waits) > 30
    assert max(waits) <= 33
