"""Is a reply, as a whole, a refusal? Exact words only: a sentence that mentions one goes to a person in the inbox.

The list holds what Korean recipients answer to the opt-out line of a text (수신거부, 무료거부 are its very words, 080 is the
number beside them, STOP comes from foreign senders' texts). What could be the answer to a question (아니요, 그만, 취소) is
left out, and so are the endings of bare 거부: "거부합니다" may turn down an offer.
"""

import re
from itertools import product
from typing import Final, Literal

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


# A sentence with one of these may be a refusal; only a person can tell.
_SOUNDS: Final = re.compile(
    r"거부|거절|차단|그만|스팸|신고|해지|탈퇴|삭제|끊어|빼\s*(?:주|달|줘)|지워|안\s*받|받기\s*싫|받고\s*싶지|받지\s*않"
    r"|(?:보내|연락하|문자하|전화하)지\s*(?:마|말|않|좀)|필요\s*없|싫(?:어|습|다)"
    r"|(?<![a-z])(?:stop|unsubscribe|opt ?out)(?![a-z])"
)
# "제 번호는 어떻게 아셨나요": has to be answered at once (개인정보 보호법 제20조 1항).
_ASKS: Final = re.compile(
    r"(?:번호|연락처|전화|개인\s*정보|정보).{0,12}(?:어떻게|어디서|어디에서|누가|누구|왜|출처|경로)"
    r"|(?:어떻게|어디서|어디에서|누가|출처).{0,12}(?:번호|연락처|개인\s*정보)"
)
_LONGEST: Final = 2000

Unclear = Literal["refusal", "source"]


def what_unclear(text: str) -> Unclear | None:
    """Why somebody should read a reply that is no refusal word by word: it sounds like one, or asks where we know them from.

    >>> what_unclear("이제 그만 보내세요")
    'refusal'
    >>> what_unclear("제 번호는 어떻게 아셨나요?")
    'source'
    """
    folded = fold(text[:_LONGEST]).casefold()
    if _SOUNDS.search(folded):
        return "refusal"
    return "source" if _ASKS.search(folded) else None
