"""How a query tells the index what to expect of it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from pabal.domain.identity import canonical_email
from pabal.domain.search import Query, Searchable, contact_tokens, parse_q


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


VALUES = st.text("12345 .-+@김가１２㉓①٣²ㄱ철수abc\u200b", max_size=12)


@settings(max_examples=300)
@given(
    q=st.sampled_from(["12345", "123451", "34512", "12345 김", "김 11234", "1234512345", "1234-5123"]),
    name=VALUES,
    phones=st.lists(st.text("12345", min_size=5, max_size=11), max_size=2),
    emails=st.lists(VALUES, max_size=2),
)
@example(q="12345", name="1 ２3 45", phones=[], emails=[])
@example(q="12345", name="", phones=[], emails=["１2345@a.kr", "12345@a.kr"])
def test_whoever_matches_is_plausible(q: str, name: str, phones: list[str], emails: list[str]) -> None:
    """Of a card only what people wrote is text: an address's canonical form is made when it is looked for."""
    query = asked(q)
    contact = Searchable(name, phones, [(_mailbox(shown), shown) for shown in emails])
    if query.matches(contact):
        text = to_json({"name": name, "phones": phones, "emails": emails}).decode()
        assert query.plausible(text)
        if query.loose:
            run, elsewhere = query.run
            assert run in text or elsewhere & set(contact_tokens(contact))


@given(q=st.text("김철수ㄱㅊㅅ", max_size=4), name=st.text("김철수아ㄱㅊㅅ ", max_size=6))
def test_of_a_sharp_query_whoever_carries_the_tokens_matches(q: str, name: str) -> None:
    query = parse_q(q)
    contact = Searchable(name)
    carried = set(contact_tokens(contact))
    if query is not None and query.sharp and all(group & carried for group in query.groups):
        assert query.matches(contact)


def _mailbox(shown: str) -> str:
    identity = canonical_email(shown)
    return shown if identity is None else identity.value


def test_a_part_of_a_number_rules_out_most() -> None:
    assert not asked("12345").plausible('{"name":"김철수","phones":["01055554444"],"emails":["kim1@a.kr"]}')
    assert asked("12345").plausible('{"name":"김철수","phones":["01011234567"]}')
