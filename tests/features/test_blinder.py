"""Tokens beside the ciphertext are those that search asks for."""

from hypothesis import given
from hypothesis import strategies as st

from pabal.contacts import Blinder, Card
from pabal.domain.search import contact_tokens
from pabal.kit.db import TenantKeys
from pabal.kit.db.pii import token

KEYS = TenantKeys(dek="", index=b"i" * 32, suppression=b"s" * 32)
BLINDER = Blinder(KEYS)

cards = st.builds(
    Card,
    name=st.text("김이하늘은서Kim ㄱ", max_size=8),
    phones=st.lists(st.text("0123456789", min_size=8, max_size=12), max_size=3).map(tuple),
    emails=st.lists(
        st.from_regex(r"[A-Za-z0-9.+]{1,8}@(naver|gmail|daum)\.(com|net)", fullmatch=True), max_size=2
    ).map(tuple),
    kakao_ids=st.lists(st.text("abc123_", min_size=3, max_size=8), max_size=2).map(tuple),
)


@given(cards)
def test_a_card_is_filed_under_every_word_that_search_knows(card: Card) -> None:
    expected = {token(KEYS.index, word) for word in contact_tokens(card.searchable())}
    assert set(BLINDER.derive(card).tokens) == expected
