"""Wrong sends are found in the carrier's ledger, whatever the hub believes."""

from datetime import UTC, datetime

from pabal.rehearsal.report import Criterion, all_passed, as_json
from pabal.rehearsal.send import Sent, guests, judge, lags, misses

NOON = datetime(2026, 6, 1, 3, tzinfo=UTC)


def line(guest, *, text=None, second=0.0, state="delivered"):
    at = datetime.fromtimestamp(NOON.timestamp() + second, UTC).isoformat()
    return {"to": guest.phone, "text": text or guest.text, "acceptedAt": at, "finalState": state}


def test_every_kind_of_wrong_send_is_counted():
    people = guests(40)
    refused, late, twice, garbled = people[1], people[2], people[3], people[4]
    stranger = guests(200)[150]
    sent = Sent(people, {refused.phone}, {late.phone: NOON.timestamp()})
    sent.ledger = [
        line(people[0]),
        line(refused),
        line(late, second=30),
        line(twice),
        line(twice),
        line(garbled, text=people[0].text),
        line(stranger),
    ]
    found = misses(sent)
    assert (found.stranger, found.wrong_text, found.after_refusal, found.twice) == (1, 1, 2, 1)
    assert found.total == 5


def test_either_member_of_a_household_may_get_the_one_message():
    people = guests(60)
    first, second = people[48], people[49]
    assert first.phone == second.phone
    for receiver in (first, second):
        assert misses(Sent(people, set(), ledger=[line(receiver)])).total == 0
    assert misses(Sent(people, set(), ledger=[line(first), line(second)])).twice == 1


def test_what_was_on_the_wire_when_somebody_refused_is_no_miss():
    people = guests(5)
    sent = Sent(people, set(), {people[0].phone: NOON.timestamp()}, [line(people[0], second=1.0)])
    assert misses(sent).after_refusal == 0


def test_a_screen_that_never_counts_is_endlessly_late():
    people = guests(5)
    sent = Sent(people, set(), ledger=[line(one) for one in people])
    assert lags(sent) == [float("inf")]
    sent.seen = [(NOON.timestamp() + 0.5, 5)]
    assert lags(sent) == [0.5]


def test_nothing_sent_is_nothing_passed():
    assert not any(one.passed for one in judge(Sent(guests(5), set())))
    assert not all_passed([])
    failed = as_json([Criterion("a", "b", "c", passed=False)], seconds=1, quick=True, seed=1)
    assert failed["pass"] is False
