"""Words that may raise the severity of a send, never lower it: software can't see its purpose (공직선거법 제58조 1항).

The lists are ours, short on purpose, and are shown to whoever they stop.
"""

import re
from collections.abc import Iterable
from typing import Final

from pabal.domain.phone import mask_resident_numbers

SUPPORT: Final = ("기호 ", "지지해", "지지를", "지지 부탁", "뽑아", "당선", "출마", "한 표", "예비후보")
PRIMARY: Final = ("경선",)  # E-17
POLL: Final = ("여론조사", "지지율")  # T-13
SURVEY: Final = ("설문", "조사에 응답", "누구를 지지")  # T-14
# T-09; no bare 날인: 어린이날인 오늘
SIGNATURES: Final = (
    "지지 서명",
    "추천인 서명",
    "서약서",
    "서명 날인",
    "서명날인",
    "날인해",
    "날인을",
    "날인하",
)
GIFTS: Final = ("쿠폰", "기프티콘", "경품", "사은품", "무료 증정")  # T-15
BOOKS: Final = ("출판기념회",)  # T-16
PARTY: Final = ("입당", "당원 모집", "당원모집", "당원교육", "당원집회")  # T-17
ACCUSATION: Final = ("비리", "뇌물", "전과", "불륜", "사기", "횡령", "탈세", "성추행")  # T-11
INSULT: Final = ("홍어", "전라디언", "개쌍도", "된장녀", "한남충", "병신", "애자")  # T-12
FORBIDDEN_GOODS: Final = (
    "카지노",
    "토토",
    "바카라",
    "도박",
    "작업대출",
    "작업 대출",
    "내구제",
    "마약",
    "성인약품",
)
LENDING: Final = ("대출",)  # lawful for who is registered as a lender, so a person looks
PROMOTION: Final = ("할인", "특가", "이벤트", "지지")  # K-01
ADVERT: Final = ("할인", "특가", "세일", "이벤트", "혜택", "선착순", "증정")
SENSITIVE: Final = (
    "지지",
    "반대",
    "당원",
    "후원",
    "성향",
    "찬성",
    "입당",
    "탈당",
)  # P-04: tags that say what somebody thinks

_PERCENT: Final = re.compile(r"\d+(?:\.\d+)?\s*%")
# Where the same letters are harmless, whatever stands around: a prize, a dish, a library.
_HARMLESS: Final = {
    "당선": re.compile(r"당선작|(?:공모|문예|백일장|콘테스트)[가-힣]{0,3} ?당선"),
    "홍어": re.compile(
        r"홍어\s*(?:회(?!원)|무침|삼합|찜|탕|애(?!들)|전(?!라)|축제|요리|정식|식당|시장|코스)"
    ),
    "대출": re.compile(
        r"(?:도서|책|장난감|자료)\s*대출|대출\s*(?:도서|증|반납|자료|권수|기한|이력)|최다\s*대출"
    ),
    "토토": re.compile(r"토토로"),
    "사기": re.compile(r"사기그릇|사기\s*(?:피해\s*)?예방"),
}
# Words that others contain: 안전과, 역사기념관, 가입당시, 김애자; 정당선거, 식당선택.
_NOT_AFTER: Final = {"전과": "가-힣", "사기": "가-힣", "입당": "가-힣", "애자": "가-힣", "당선": "식정"}


def found(content: str, words: Iterable[str]) -> tuple[str, ...]:
    """Those of `words` that stand in `content`, in the order of the list."""
    return tuple(word.strip() for word in words if _stands(word, content))


def _stands(word: str, content: str) -> bool:
    if word not in content:
        return False
    if word in _HARMLESS:
        content = _HARMLESS[word].sub("○", content)
        if word not in content:
            return False
    return word not in _NOT_AFTER or re.search(f"(?<![{_NOT_AFTER[word]}]){word}", content) is not None


def without(content: str, names: Iterable[str], words: Iterable[str]) -> str:
    """A candidate called 김경선 is no 경선: names that contain one of `words` aren't read as the word."""
    for name in names:
        if any(word in name and word != name for word in words):
            content = content.replace(name, "○")
    return content


def quoted(words: Iterable[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


def poll_words(content: str) -> tuple[str, ...]:
    """Figures count only beside the word: "30% 할인" is no poll."""
    hits = found(content, POLL)
    return (*hits, *_PERCENT.findall(content)) if hits else ()


def resident_number(content: str) -> bool:
    """P-05: thirteen digits with a birth date and a sex, as imports read them; an account of a supporters' group is none."""
    return mask_resident_numbers(content)[1] > 0
