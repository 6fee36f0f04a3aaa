"""A search through the API finds exactly those whose decrypted card `Query.matches`: no hit lost to tokens, walk or pages."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.features.conftest import Camp
from tests.support import random_book
from tests.support.random_book import Book, write_random_book
from typing_extensions import override

from pabal.contacts import open_card
from pabal.domain.korean import choseong
from pabal.domain.search import Searchable, parse_q
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

FULL = [name for name in random_book.NAMES if name]


def stretch(texts: list[str]) -> st.SearchStrategy[str]:
    """Any part of any of the texts."""
    return st.sampled_from(texts).flatmap(
        lambda text: st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))).map(
            lambda at: text[at[0] : at[0] + at[1]]
        )
    )


@st.composite
def initials(draw: st.DrawFn) -> str:
    """A part of a name, some of its syllables as initials only: 김ㅊㅅ."""
    return "".join(draw(st.sampled_from((char, choseong(char)))) for char in draw(stretch(FULL)))


def start(texts: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(texts).flatmap(
        lambda text: st.integers(1, len(text)).map(lambda size: text[:size])
    )


def hyphens(digits: str) -> str:
    return f"{digits[:3]}-{digits[3:-4]}-{digits[-4:]}"


WORDS = st.one_of(
    stretch(FULL),
    initials(),
    initials(),
    stretch(random_book.PHONES),
    st.sampled_from(random_book.PHONES).map(hyphens),
    start(random_book.EMAILS),
    st.sampled_from(random_book.EMAILS).map(lambda address: address[address.index("@") :]),
    st.sampled_from(random_book.EMAILS).map(lambda address: address.partition("@")[2]),
    start(random_book.KAKAO_IDS),
    st.sampled_from(["KMS", "ＫＭＳ", "김", "ㄱ", "+82 10-9308-2906", "naver", "없는말", "9999", "ㅋㅋ"]),
)
QUERIES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


@pytest.fixture(params=[3, 4])
async def book(rt: Runtime, camp: Camp, request: pytest.FixtureRequest) -> Book:
    return await write_random_book(rt, camp.id, request.param, size=60)


class Opened(dict[str, Searchable]):
    """Doesn't print itself into every report of Hypothesis."""

    @override
    def __repr__(self) -> str:
        return f"Opened({len(self)})"


@pytest.fixture
async def opened(rt: Runtime, camp: Camp, book: Book) -> Opened:
    """Everybody as the database has them, newest first."""
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT id, app.decrypt(pii) FROM contacts ORDER BY id DESC")
        found = await cursor.fetchall()
    assert len(found) == len(book)
    return Opened((str(one), open_card(plain, camp.id, one).searchable()) for one, plain in found)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(q=QUERIES, limit=st.sampled_from([3, 10, 100]))
@example(q="ㄱㄱ", limit=10)  # a name of initials only
@example(q="naver.com", limit=10)  # the whole of a domain
@example(q="010-9308-2906", limit=3)  # also somebody's mailbox
@example(q="021-234-5678", limit=3)  # digits of a landline, divided otherwise
async def test_search_is_a_scan_of_the_decrypted_book(camp: Camp, opened: Opened, q: str, limit: int) -> None:
    query = parse_q(q)
    wanted = [one for one, card in opened.items() if query is None or query.matches(card)]
    found: list[str] = []
    params: dict[str, str | int] = {"q": q, "limit": limit}
    while True:
        page = (await camp.owner.get("/api/contacts", params=params)).json()
        found += [item["id"] for item in page["items"]]
        if "cursor" not in params:
            total = page["total"]
            assert (
                total["value"] == len(wanted) if total["relation"] == "eq" else total["value"] <= len(wanted)
            )
        if page["nextCursor"] is None:
            break
        params["cursor"] = page["nextCursor"]
    assert [opened[one] for one in found] == [opened[one] for one in wanted]
    assert found == wanted
