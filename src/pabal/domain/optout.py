"""Is a reply, as a whole, a refusal? Exact words only: a sentence that mentions one goes to a person in the inbox.

The list holds what Korean recipients answer to the opt-out line of a text (수신거부, 무료거부 are its very words, 080 is the
number beside them, STOP comes from foreign senders' texts). What could be the answer to a question (아니요, 그만, 취소) is
left out, and so are the endings of bare 거부: "거부합니다" may turn down an offer.
"""

import re
from itertools import product
from typing import Final

from pabal.domain.korean import fold

_ALONE: Final = frozenset({"거부", "080", "stop", "unsubscribe", "optout"})
_REFUSALS: Final = (
    "수신거부",
    "수신거절",
    "수신차단",
    "무료거부",
    "무료수신거부",
    "문자거부",
    "문자수신거부",
    "080수신거부",
)
# The same words, said politely.
_ENDINGS: Final = (
    "",
    "요",
    "요청",
    "신청",
    "합니다",
    "할게요",
    "해주세요",
    "부탁드립니다",
    "부탁드려요",
    "바랍니다",
)
WORDS: Final = _ALONE | {word + ending for word, ending in product(_REFUSALS, _ENDINGS)}

_NO_WORD = re.compile(r"[^0-9a-z가-힣]+")


def is_opt_out(text: str) -> bool:
    """Spaces, punctuation, case and full-width letters don't count: " 수신 거부!! " is one."""
    if len(text) > 100:  # no refusal is a letter; and nobody makes us fold one
        return False
    return _NO_WORD.sub("", fold(text).casefold()) in WORDS
