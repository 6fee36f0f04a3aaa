"""Hangul arithmetic, and search: tokens may give false positives, never false negatives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.korean import choseong, fold, jamo, matches
from pabal.domain.search import Searchable, contact_tokens, parse_q

KIM = Searchable("김철수", ["01093082906"], [("kms@daum.net", "kms@hanmail.net")], ["kms940420"])
LEE = Searchable("선우민호", ["0313234567"], [("leesora@gmail.com", "lee.sora@gmail.com")])


def test_choseong_and_jamo() -> None:
    assert choseong("김철수") == "ㄱㅊㅅ"
    assert choseong("김A1") == "ㄱA1"
    assert jamo("김빛나") == "ㄱㅣㅁㅂㅣㅊㄴㅏ"


def test_fold_brings_spellings_together() -> None:
    assert fold("ᄀᄎᄉ") == "ㄱㅊㅅ"  # conjoining jamo
    assert fold("ㄳ") == "ㄱㅅ"  # cluster made by an input method
    assert fold("Ａ１\u200b") == "A1"
    assert fold("\u1100\u1175\u11b7") == "김"


@pytest.mark.parametrize(
    "needle", ["김", "철수", "김철수", "ㄱㅊㅅ", "ㅊㅅ", "김ㅊㅅ", "김철ㅅ", "ㄱ철ㅅ", "ㄱ"]
)
def test_partial_names_match(needle: str) -> None:
    assert matches(needle, "김철수")


@pytest.mark.parametrize("needle", ["철김", "ㅅㄱ", "김ㅅ", "ㄱㅊㅅㅅ", "처"])
def test_other_names_do_not(needle: str) -> None:
    assert not matches(needle, "김철수")


HITS = """김철수|ㄱㅊㅅ|김ㅊㅅ|철수|김|ㄱ|2906|9308|93082|30829|08290|82906|01093|10930|09308|010930829|010-9308-2906|+82 10 9308 2906
|1093082906|김철수 2906|철수 9308 2906|kms|kms9|kms94042|kms@hanmail|kms@daum.net|hanmail.net|@daum.net|daum|ᄀᄎᄉ|KMS|김 철수""".replace(
    "\n", ""
).split("|")


def _carries(query: object, contact: Searchable) -> bool:
    tokens = set(contact_tokens(contact))
    return all(group & tokens for group in query.groups)  # type: ignore[attr-defined]  # Query


@pytest.mark.parametrize("q", HITS)
def test_queries_that_find(q: str) -> None:
    query = parse_q(q)
    assert query is not None
    assert query.matches(KIM)
    assert _carries(query, KIM)
    assert not query.matches(LEE)


@pytest.mark.parametrize(
    "q", ["김영희", "ㄱㅅㅊ", "0930", "906", "km@", "mail", "ms9", "@kms", "naver.com", "김철수 1234"]
)
def test_queries_that_do_not_find(q: str) -> None:
    query = parse_q(q)
    assert query is not None
    assert not query.matches(KIM)


def test_gmail_dots_do_not_matter_to_a_whole_address() -> None:
    for q in ("lee.sora@gmail.com", "leesora@gmail.com", "l.e.e.sora@gmail.com", "lee.s", "leeso"):
        query = parse_q(q)
        assert query is not None
        assert query.matches(LEE), q
        assert _carries(query, LEE), q


@pytest.mark.parametrize("q", ["", "  ", "\u200b"])
def test_nothing_to_search_for(q: str) -> None:
    assert parse_q(q) is None


syllables = st.sampled_from("김이박철수민영희궁남선우a1ㄱ")
contacts = st.builds(
    Searchable,
    st.text(syllables, max_size=5),
    st.lists(
        st.from_regex(r"\A010[2-9][0-9]{7}\Z|\A02[3-9][0-9]{6,7}\Z|\A011[2-9][0-9]{6}\Z", fullmatch=True),
        max_size=2,
    ),
    st.lists(
        st.from_regex(r"\A[a-c.1]{2,7}@(naver\.com|ab\.kr)\Z", fullmatch=True).map(
            lambda e: (e.replace(".", "", 1), e)
        ),
        max_size=2,
    ),
    st.lists(st.from_regex(r"\A[a-c1]{3,7}\Z", fullmatch=True), max_size=1),
)
noise = st.text(st.sampled_from("김이철수ㄱㅊㅅab10. @2-"), max_size=9)


@st.composite
def _query_near(draw: st.DrawFn) -> tuple[Searchable, str]:
    """A contact, and a query that is often cut out of it."""
    contact = draw(contacts)
    fields = [
        contact.name,
        choseong(contact.name),
        *contact.phones,
        *contact.kakao_ids,
        *(form for pair in contact.emails for form in pair),
    ]
    field = draw(st.sampled_from(fields))
    start = draw(st.integers(0, max(0, len(field) - 1)))
    size = draw(st.integers(1, 11))
    return contact, draw(st.sampled_from([field[start : start + size], field[:size], field[-4:]])) + draw(
        st.sampled_from(["", " ", " 김"])
    )


@given(_query_near() | st.tuples(contacts, noise))
def test_tokens_never_hide_a_match(case: tuple[Searchable, str]) -> None:
    contact, q = case
    query = parse_q(q)
    if query is not None and query.matches(contact):
        assert _carries(query, contact)


@given(st.text())
def test_no_query_breaks_the_parser(q: str) -> None:
    query = parse_q(q)
    assert query is None or query.groups
