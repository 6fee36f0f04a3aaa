"""Names as lists write them → what to show, and what to compare.

A cell holds a name, a name with a title, a title alone ("김 위원장"), a company, a nickname or nothing in
many words. Only a *full* name may say that two rows are the same person or different people; everything else
counts as nameless.
"""

# ruff: noqa: SIM905  (word lists read better as one string)

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from pabal.domain.korean import fold


class NameKind(StrEnum):
    FULL = "full"  # Hangul (or Hanja) surname + given name
    ROMAN = "roman"  # Latin letters
    PARTIAL = "partial"  # surname + title only
    NICK = "nick"  # a nickname, an organisation: words, but not a person's name
    NONE = "none"


class Name(NamedTuple):
    display: str  # what people see; "" when there is nothing worth showing
    key: str  # what is compared; "" unless FULL or ROMAN
    kind: NameKind
    title: str = ""
    surname: str = ""


NAMELESS: Final = Name("", "", NameKind.NONE)

SURNAMES: Final = frozenset(
    "김이박최정강조윤장임한오서신권황안송유전홍고문양손배백허남심노하곽성차주우구나민진지엄채원천방공현함"
    "변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용예봉사부가복태목형피두감호동음빈온경시"
    "대상범견갈좌팽승간단류라량려련"
)
COMPOUND_SURNAMES: Final = ("남궁", "황보", "제갈", "선우", "사공", "서문", "독고", "동방", "망절")
TITLES: Final = (
    "부위원장 위원장 수석부회장 부회장 회장 사무총장 사무국장 사무장 총무 통장 반장 이장 이사장 사장 "
    "대표이사 대표 교수 목사 집사 권사 장로 전도사 스님 신부님 선생 원장 국장 지회장 지부장 고문 팀장 "
    "동장 면장 읍장 구청장 시장 이사 부장 과장 차장 실장 본부장 단장 소장 관장 간사 의원 후보 박사 "
    "변호사 약사 기사 여사 어르신 조합장 감사 계장 대리 주임 점장 센터장"
).split()
_PLACEHOLDERS: Final = frozenset(
    "없음 없슴 미상 익명 무명 테스트 이름없음 이름 성명 홍길동 무 모름 미기재 미기입 비공개 "
    "해당없음 본인 고객 회원 참석자 test null none n/a na x xx xxx noname unknown 아무개 "
    "성명미상 이름미상".split()
)
_TITLE = "|".join(sorted(TITLES, key=len, reverse=True))
_HONORIFIC = re.compile(r"\s*(?:님|씨|귀하|貴下)+$")
_NUMBERED = re.compile(r"^\d{1,4}\s*[.)]\s*(?=[가-힣])")  # 17. 김민수
_SEX = re.compile(r"(?<=[가-힣])\s*[/,·\-]\s*[남여](?:자|성)?$")
_PARENTHESES = re.compile(r"[(\[{<（［〔【].*?(?:[)\]}>）］〕】]|$)")
_TITLE_AFTER = re.compile(rf"^(.*?[가-힣])\s*[/·,\-]?\s*({_TITLE})$")
_TITLE_BEFORE = re.compile(rf"^({_TITLE})\s+(.+)$")
_ORGANISATION = re.compile(r"^(?:\(주\)|㈜|\(유\)|\(사\)|주식회사|\(재\))\s*(\S+)(?:\s+(\S.*))?$")
_HANGUL = re.compile(r"[가-힣]+")
_HANJA = re.compile(r"[\u4e00-\u9fff]{2,4}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z .,'’\-]*")
_JUNK = re.compile(r"[*#★☆●○◆◇■□▲△♥♡!?~_=+|\\;:\"]+")
_NICK_ENDINGS = re.compile(r"(?:맘|아빠|엄마|사랑|지기|하늘|천사|공주|왕자|네|댁)\d*$")
_SIMPLE = re.compile(r"[가-힣]{3}")
# What shops, firms and clubs end in, beside the surnames they happen to begin with: 한빛건설, 대성상사, 명가식당.
_TRADE = re.compile(
    r"(?:건설|상사|상회|식당|세탁|세탁소|마트|슈퍼|약국|병원|의원|한의원|치과|학원|미용실|헤어|카페|다방|제과|정육|정육점"
    r"|부동산|공인중개사|철물|철물점|기획|산업|유통|물산|무역|통상|전기|전자|설비|통신|인쇄|꽃집|화원|문구|서점|안경|치킨"
    r"|반점|회관|종합|금속|공업|공사|개발|건재|주유소|세차장|카센터|정비|운수|택배|노래방|당구장|컴퓨터|가구|농장|목장|수산"
    r"|축산|농원|교회|성당|사찰|어린이집|유치원|상인회|부녀회|체육회|동문회|향우회|산악회|노인정|경로당|조합|협회|연합회)$"
)
# Words people call themselves in chats, whose first syllable is a surname as well.
_NICKNAMES: Final = frozenset(
    "소나무 한걸음 한마음 한사랑 한가위 한라산 한송이 은하수 은방울 은빛 민들레 진달래 봉선화 "
    "채송화 나팔꽃 도라지 두루미 강아지 고양이 고구마 나그네 방랑자 마당쇠 오뚜기 오솔길 오아시스 "
    "우주 우리집 우체통 왕눈이 왕초 공주님 왕자님 천리마 차도녀 남산골 백두산 지리산 설악산 백합 "
    "국화꽃 목련 단풍잎 단비 금잔디 금붕어 반딧불 반달 인절미 이슬비 이슬 하늘 하늘이 하얀손 "
    "노란꽃 노을 노을빛 여우비 여유 연꽃 연두 구름 구름이 소망 소풍 소리 채움 마중물 미소 "
    "미리내 여백 사랑이 최고야 안개꽃 안녕 양지 강물 강변 주황 길동무 길손 명랑 변덕쟁이 방긋 "
    "유채꽃 은행잎 이끼 정거장 조약돌 주춧돌 지렁이 차돌 표범 하마".split()
)


@lru_cache(maxsize=131072)
def clean_name(raw: str) -> Name:
    """One name cell, read. `김철수 위원장님`, `김 철 수`, `김철수(남)` and `김철수` have the same key."""
    text = " ".join(fold(raw).replace("\u3000", " ").split())
    if (
        _SIMPLE.fullmatch(text)
        and text[0] in SURNAMES
        and text not in _PLACEHOLDERS
        and text not in _NICKNAMES
        and not _TRADE.search(text)
        and not _TITLE_AFTER.match(text)
    ):
        return Name(text, text, NameKind.FULL)
    return _read(text)


def _read(text: str) -> Name:
    organisation = _ORGANISATION.match(text.replace("(주)", "㈜", 1) if text.startswith("(주)") else text)
    if organisation is not None and not organisation[2]:
        return Name(text, "", NameKind.NICK)
    if organisation is not None:
        text = organisation[2]
    title = ""
    inside = "".join(re.findall(r"\(([^)]*)\)", text))
    if inside in TITLES:
        title = inside
    shown = text
    text = _SEX.sub("", _NUMBERED.sub("", text))
    text = " ".join(_JUNK.sub(" ", _PARENTHESES.sub(" ", text)).split())
    text = _HONORIFIC.sub("", text).strip(" .,-/·")
    if not text or text.lower().replace(" ", "") in _PLACEHOLDERS or len(text) == 1:
        return _lone(text, shown)
    before = _TITLE_BEFORE.match(text)
    if before is not None and _looks_full(before[2].replace(" ", "")):
        title, text = before[1], before[2]
    after = _TITLE_AFTER.match(text)
    if after is not None:
        stem = _HONORIFIC.sub("", after[1]).strip().replace(" ", "")
        if stem in SURNAMES or stem in COMPOUND_SURNAMES:
            return Name(shown.strip(), "", NameKind.PARTIAL, after[2], stem)
        if _looks_full(stem):
            title, text = after[2], stem
    if text in TITLES:
        return Name(shown.strip(), "", NameKind.NICK, text)
    return _judge(text, title)


def _lone(text: str, shown: str) -> Name:
    if len(text) == 1 and text in SURNAMES and _HONORIFIC.search(shown):
        return Name(shown.strip(), "", NameKind.PARTIAL, "", text)
    return NAMELESS


def _judge(text: str, title: str) -> Name:
    joined = text.replace(" ", "")
    parts = text.split()
    if joined in _NICKNAMES or (len(joined) > 3 and _TRADE.search(joined)):
        return Name(text, "", NameKind.NICK, title)
    if _looks_full(joined) and (len(parts) == 1 or all(len(part) <= 3 for part in parts)):
        if _NICK_ENDINGS.search(joined) and len(joined) > 3:
            return Name(text, "", NameKind.NICK, title)
        return Name(joined, joined, NameKind.FULL, title)
    if _HANJA.fullmatch(joined):
        return Name(joined, joined, NameKind.FULL, title)
    if _LATIN.fullmatch(text) and len(joined) >= 3:
        return Name(text, re.sub(r"[^a-z]", "", text.lower()), NameKind.ROMAN, title)
    return Name(text, "", NameKind.NICK, title)


def _looks_full(joined: str) -> bool:
    """Surname from the census list plus a given name of one or two syllables (one to three after a compound
    one).
    """
    if not _HANGUL.fullmatch(joined):
        return False
    if joined.startswith(COMPOUND_SURNAMES):
        return 3 <= len(joined) <= 5
    return (
        joined[0] in SURNAMES
        and 2 <= len(joined) <= 4
        and not (len(joined) == 4 and _NICK_ENDINGS.search(joined))
    )


class Agreement(StrEnum):
    SAME = "same"
    OPEN = "open"  # at least one side has no full name: nothing speaks against it
    DIFFERENT = "different"


def names_agree(a: Name, b: Name) -> Agreement:
    """Do two names allow one person? Romanised against Hangul is a question for the review queue."""
    if a.key and b.key:
        return Agreement.SAME if a.key == b.key else Agreement.DIFFERENT
    for one, other in ((a, b), (b, a)):
        if one.kind is NameKind.PARTIAL and other.key and not other.key.startswith(one.surname):
            return Agreement.DIFFERENT
    return Agreement.OPEN


def says_more(new: Name, old: Name) -> bool:
    """A full name after a nickname, and a Hangul one after Latin letters: it is what messages will say."""
    return bool(new.key) and (not old.key or (new.kind is NameKind.FULL and old.kind is NameKind.ROMAN))


def mask_name(display: str) -> str:
    """김철수 → 김*수, 김철 → 김*, Minsu Kim → M*******m."""
    if len(display) <= 1:
        return display
    if len(display) == 2:
        return display[0] + "*"
    return display[0] + "*" * (len(display) - 2) + display[-1]
