"""What the rehearsal expects of a machine, and how it counts: judged by readable values, never by who wrote them."""

import pytest

from pabal.rehearsal.hangul import one_edit, strokes
from pabal.rehearsal.labels import auto_groups, fans, would_merge
from pabal.rehearsal.score import score
from pabal.rehearsal.writing import NameKind, Readable, Record

PHONE = "01051002233"


def card(name: str = "", kind: NameKind = NameKind.FULL, phone: str = PHONE, **facts: object) -> Readable:
    return Readable(name, kind, mobiles={phone} if phone else set(), **facts)  # type: ignore[arg-type]


def record(person: int, says: Readable) -> Record:
    return Record(person, {}, says)


NAMELESS = card(kind=NameKind.NONE)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (card("김민수"), card("김민수"), True),
        (card("김민수", born=1950), card("김민수", born=1980), False),  # father and son of one name
        (card("김민수"), card("김민구"), True),
        (card("김민수", born=1980), card("김민구", born=1983), False),
        (card("김민수"), card("김민수", NameKind.ROMAN), True),
        (card("김민수"), card("이영희"), False),
        (card("김민수"), NAMELESS, True),
        (card("김민수"), card("김", NameKind.PARTIAL), True),
        (card("김민수"), card("이", NameKind.PARTIAL), False),
        (card("김민수"), card("김민수", phone="01051002234"), True),
        (card("김민수"), card("김민구", phone="01051002234"), False),
        (card("김민수", phone="0115102233"), card("김민수", phone="01095102233"), False),
        (card("김민수", phone="0115102233", born=1970), card("김민수", phone="01095102233", born=1970), True),
        (
            card("김민수", phone="", landlines={"025550000"}),
            card("김민수", phone="", landlines={"025550000"}),
            True,
        ),
        (
            card("김민수", phone="", email="minsu@naver.com"),
            card("김민수", phone="", email="minsoo@naver.com"),
            False,
        ),
    ],
)
def test_what_an_expert_would_merge(a, b, expected):
    fan = fans([record(1, a), record(1, b)])
    assert would_merge(a, b, fan) is expected
    assert would_merge(b, a, fan) is expected


def test_a_nameless_record_on_a_couples_handset_is_a_question():
    couple = [record(1, card("김민수")), record(2, card("이영희"))]
    fan = fans([*couple, record(1, NAMELESS)])
    assert not would_merge(couple[0].says, NAMELESS, fan)


def test_a_switchboard_identifies_nobody():
    crowd = [
        record(n, card(name)) for n, name in enumerate(["김민수", "이영희", "박철호", "최보라", "정한별"])
    ]
    again = record(0, card("김민수"))
    assert not would_merge(crowd[0].says, again.says, fans([*crowd, again]))


def test_expected_pairs_are_closed_over_the_person_and_never_cross_persons():
    """A third record connects two that share nothing; a stranger with the same name and number stays apart."""
    records = [
        record(1, card("김민수")),
        record(1, card("김민수", email="kim@naver.com")),
        record(1, card("김민수", phone="", email="kim@naver.com")),
        record(2, card("김민수")),
    ]
    groups = auto_groups(records)
    assert len({groups.find(n) for n in range(3)}) == 1
    assert groups.find(3) != groups.find(0)


def test_the_score_counts_pairs_found_and_pairs_wrongly_made():
    records = [record(1, card("김민수")) for _ in range(3)] + [record(2, card("이영희"))]
    found = score(records, auto_groups(records), ["a", "a", "", "a"])
    assert (found.pairs, found.found, found.made, found.wrong, found.mixed) == (3, 1, 3, 2, 1)
    assert found.recall == pytest.approx(1 / 3)
    assert found.precision == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("김민수", "김민수", True),
        ("김민수", "김만수", True),
        ("김민수", "김미수", True),
        ("김민수", "김영수", False),
    ],
)
def test_one_slip_of_the_finger(a, b, expected):
    assert one_edit(strokes(a), strokes(b)) is expected


def test_swapped_neighbours_are_one_slip():
    assert one_edit("01012345678", "01013245678")
    assert not one_edit("01012345678", "01018765432")
