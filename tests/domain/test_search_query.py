"""How a query tells the index what to expect of it."""

import pytest

from pabal.domain.search import Query, parse_q


def asked(q: str) -> Query:
    query = parse_q(q)
    assert query is not None
    return query


@pytest.mark.parametrize(
    ("q", "middling"),
    [
        ("ㄱㅊㅅ", True),
        ("ㄱㅊㅅ 김", True),
        ("김", False),
        ("ㄱㅊ", False),
        ("김철수", False),
        ("ㄱㅊㅅ 5678", False),
    ],
)
def test_three_initials_alone_are_neither_rare_nor_common(q: str, middling: bool) -> None:
    assert asked(q).middling is middling


@pytest.mark.parametrize(
    ("q", "loose"),
    [("56781", True), ("김 0105678", True), ("5678", False), ("01023456789", False), ("김철수", False)],
)
def test_a_part_of_a_number_has_more_candidates_than_hits(q: str, loose: bool) -> None:
    assert asked(q).loose is loose
