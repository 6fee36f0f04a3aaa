"""Which column is what: by its header, else by what stands in it. The guess is shown with its reason and
can be changed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from pabal.domain.identity import read_email
from pabal.domain.korean import fold
from pabal.domain.name import NameKind, clean_name
from pabal.domain.phone import parse_cell


class Target(StrEnum):
    """What a column can become."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    KAKAO = "kakaoId"
    ADDRESS = "address"
    DISTRICT = "district"
    BIRTH = "birth"
    TAGS = "tags"
    CONSENT = "consent"  # 동의 여부: N, X, 거부 mean an opt-out
    REFUSAL = "refusal"  # 거부 여부: Y, O mean an opt-out
    MEMO = "memo"
    SOURCE = "source"
    DATE = "date"
    ATTRIBUTE = "attribute"
    IGNORE = "ignore"


CONTACT_TARGETS = frozenset({Target.PHONE, Target.EMAIL, Target.KAKAO})
ALIASES: Mapping[str, Target] = {
    "phones": Target.PHONE,
    "emails": Target.EMAIL,
    "kakao": Target.KAKAO,
    "kakaoids": Target.KAKAO,
    "kakaoid": Target.KAKAO,
    "tag": Target.TAGS,
    "note": Target.MEMO,
    "optout": Target.REFUSAL,
    "attributes": Target.ATTRIBUTE,
}

_HEADERS: Sequence[tuple[Target, str]] = (
    (Target.IGNORE, "성향|지지|정당|political"),
    (Target.IGNORE, "주민등?록?번호|^주민$|^오류$|^(?:no\\.?|#|연번|순번|일련번호|번)$"),
    # Numbers that aren't telephones, and telephones of somebody else.
    (
        Target.ATTRIBUTE,
        "(?:당원|회원|고객|접수|우편|등록|관리|사업자|계좌|차량|사번|학번|수험).{0,2}번호|학번|사번",
    ),
    (
        Target.ATTRIBUTE,
        "배우자|보호자|비상|추천인|소개자|가족|대리인|법인명|회사명|성별|나이|연령|직업|직책|직위",
    ),
    (Target.REFUSAL, "거부|opt-?out|unsubscribe"),
    (Target.CONSENT, "동의|수신|consent|agree"),
    (Target.EMAIL, "e-?mail|이메일|메일|전자우편"),
    (Target.KAKAO, "카카오|카톡|kakao"),
    (
        Target.PHONE,
        "휴대|핸드폰|휴폰|연락|전화|자택|유선|phone|mobile|tel|cell|^hp\\d?$|^h\\.p|손전화|문자번호|번호$",
    ),
    (
        Target.NAME,
        "이름|성명|성함|^name|fullname|고객명|회원명|당원명|신청인|신청자|참석자|참여자|후원자|당원$|담당자",
    ),
    (Target.BIRTH, "생년|생일|출생|birth|^dob$"),
    (Target.ADDRESS, "주소|읍면동|거주|거소|address|사는|소재지"),
    (Target.DISTRICT, "지역|선거구|행정동|^동$|시군구|district|region"),
    (Target.TAGS, "태그|구분|그룹|분류|유형|소속|tag|group|category"),
    (Target.SOURCE, "출처|경로|source"),
    (Target.DATE, "등록일|작성일|입력일|가입일|일자|created|date"),
    (Target.MEMO, "메모|비고|특이|참고|의견|내용|memo|note|remark|comment"),
)
_COMPILED = [(target, re.compile(pattern)) for target, pattern in _HEADERS]
_SENSITIVE = re.compile("성향|지지|정당")
_TELEPHONE = re.compile("전화|휴대|핸드폰|연락|문자")
_HOUSE = re.compile(r"\d-\d|아파트|빌라|\d+동\s*\d+호|(?:로|길)\s*\d")


class Why(StrEnum):
    """What a guess rests on; screens have the words."""

    LOOKS = "looks"  # the cells look like what the column holds
    HEADER = "header"
    SENSITIVE = "sensitive"  # 개인정보 보호법 제23조: not without a consent of its own
    REFUSED = "refused"  # never taken in, like resident registration numbers
    ERROR_COLUMN = "error_column"  # our own column of an error file that came back
    NAME_TAKEN = "name_taken"
    NOT_A_PHONE = "not_a_phone"
    HOUSES = "houses"
    UNKNOWN = "unknown"


_IGNORED = {"오류": Why.ERROR_COLUMN, "주민등록번호": Why.REFUSED, "주민번호": Why.REFUSED}
_LOOKED_AT = 250  # cells of a column; a sample holds no more


@dataclass(frozen=True)
class Column:
    """One column of the file as the mapping screen shows it."""

    index: int
    name: str  # unique within the file
    target: Target
    confidence: float  # never 1: it is a guess
    why: Why
    share: float | None = None  # of the cells that look so, where that is the reason


def unique_names(header: Sequence[str]) -> tuple[str, ...]:
    """Header cells as names: blank ones get a number, repeated ones too."""
    out: list[str] = []
    for index, cell in enumerate(header):
        name = " ".join(fold(cell).split()) or f"{index + 1}열"
        candidate, n = name, 2
        while candidate in out:
            candidate, n = f"{name} ({n})", n + 1
        out.append(candidate)
    return tuple(out)


def by_header(name: str) -> Target | None:
    text = re.sub(r"\(\d+\)$", "", fold(name).lower()).replace(" ", "").replace("_", "")
    return next((target for target, pattern in _COMPILED if pattern.search(text)), None)


def find_header(records: Sequence[Sequence[str]]) -> int | None:
    """Index of the header among the first records; None when the file starts with data."""
    best, best_score = None, 0
    for index, record in enumerate(records[:15]):
        filled = [cell for cell in record if cell.strip()]
        if any(_reaches(cell) for cell in filled):
            break
        score = sum(1 for cell in filled if by_header(cell) is not None and len(cell) <= 30)
        if score > best_score:
            best, best_score = index, score
    if best is not None:
        return best
    first = records[0] if records else ()
    return None if any(_reaches(cell) for cell in first if cell.strip()) else 0


def _reaches(cell: str) -> bool:
    return bool(parse_cell(cell).phones or read_email(cell).identities)


@dataclass(frozen=True)
class _Content:
    """What share of a column's cells look like what."""

    filled: int
    phones: float
    emails: float
    names: float
    addresses: float

    @classmethod
    def of(cls, values: Sequence[str]) -> "_Content":
        values = values[:_LOOKED_AT]
        count = len(values)

        def share(holds: Callable[[str], object]) -> float:
            return sum(1 for value in values if holds(value)) / count if count else 0.0

        return cls(
            count,
            share(lambda value: parse_cell(value).phones),
            share(lambda value: "@" in value and read_email(value).identities),
            share(lambda value: clean_name(value).kind is NameKind.FULL),
            share(_HOUSE.search),
        )


def guess_columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Column]:
    """A target for every column, with the reason."""
    columns = []
    taken: set[Target] = set()
    for index, name in enumerate(names):
        content = _Content.of([row[index] for row in rows if index < len(row) and row[index].strip()])
        guess = _guess(name, content)
        if guess.target is Target.NAME and Target.NAME in taken:
            guess = _Guess(Target.ATTRIBUTE, 0.5, Why.NAME_TAKEN)
        taken.add(guess.target)
        columns.append(Column(index, name, *guess))
    return columns


class _Guess(NamedTuple):
    target: Target
    confidence: float
    why: Why
    share: float | None = None


def _guess(name: str, content: _Content) -> _Guess:
    """The header says what was meant, the cells say what is there: where they disagree clearly, the cells win."""
    target = by_header(name)
    if target is Target.IGNORE:
        if _SENSITIVE.search(name):
            return _Guess(target, 0.9, Why.SENSITIVE)
        return _Guess(target, 0.9, _IGNORED.get(fold(name).strip(), Why.HEADER))
    shown = _by_content(content)
    if target is None:
        return shown or _Guess(Target.ATTRIBUTE, 0.5, Why.UNKNOWN)
    if target is Target.ATTRIBUTE:
        return _Guess(target, 0.9, Why.HEADER)
    own = {Target.PHONE: content.phones, Target.EMAIL: content.emails, Target.NAME: content.names}.get(target)
    if shown is not None and _contradicts(target, shown.target, own, content.filled):
        return shown
    if target is Target.PHONE and content.filled and max(content.phones, content.emails) < 0.05:
        number = fold(name).strip()
        if number.endswith("번호") and not _TELEPHONE.search(number):
            return _Guess(Target.ATTRIBUTE, 0.6, Why.NOT_A_PHONE)
    if target is Target.DISTRICT and content.addresses >= 0.05:
        return _Guess(Target.ADDRESS, 0.9, Why.HOUSES)
    if own is None or not content.filled:
        return _Guess(target, 0.9, Why.HEADER)
    return _Guess(target, min(0.99, 0.5 + own / 2), Why.LOOKS, own)


def _contradicts(header: Target, shown: Target, own: float | None, filled: int) -> bool:
    """A word of two syllables in a memo may look like a name (주차): names only outweigh headers of numbers."""
    if shown is header or header is Target.KAKAO or (own is not None and own >= 0.2):
        return False
    return shown is not Target.NAME or (header in CONTACT_TARGETS and filled >= 5)


def _by_content(content: _Content) -> _Guess | None:
    for share, found in (
        (content.phones, Target.PHONE), (content.emails, Target.EMAIL), (content.names, Target.NAME)
    ):  # fmt: skip
        if content.filled and share >= 0.6:
            return _Guess(found, min(0.95, share), Why.LOOKS, share)
    return None


class MappingError(ValueError):
    """The mapping names a column or a target that doesn't exist. `path` and a Korean message."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def read_mapping(
    given: Mapping[str, object], names: Sequence[str], *, partial: bool = False
) -> dict[str, Target]:
    """`{column: target}` (also by index, also `{target: column}`), checked. Columns left out are ignored.

    `partial`: it may still reach nobody, as one that is being made does.
    """
    by_name = {name: name for name in names} | {str(i): name for i, name in enumerate(names)}
    out: dict[str, Target] = dict.fromkeys(names, Target.IGNORE)
    for key, value in given.items():
        if key in by_name:
            out[by_name[key]] = _target(value, f"mapping.{key}")
        elif isinstance(value, list | str | int) and _is_target(key):
            for column in value if isinstance(value, list) else [value]:
                if str(column) not in by_name:
                    raise MappingError(f"mapping.{key}", "파일에 없는 열이에요")
                out[by_name[str(column)]] = _target(key, f"mapping.{key}")
        else:
            raise MappingError(f"mapping.{key}", "파일에 없는 열이에요")
    if not partial and not CONTACT_TARGETS & set(out.values()):
        raise MappingError("mapping", "전화번호, 이메일, 카카오 ID 가운데 하나는 있어야 해요")
    return out


def _is_target(text: str) -> bool:
    return text in set(Target) or text.lower() in ALIASES


def _target(value: object, path: str) -> Target:
    if value is None or value == "":
        return Target.IGNORE
    text = str(value)
    if text in set(Target):
        return Target(text)
    if text.lower() in ALIASES:
        return ALIASES[text.lower()]
    raise MappingError(path, f"'{text[:40]}'(이)라는 항목은 없어요")


# What the cells of a consent column mean. Small letters, no blanks.
REFUSES = frozenset("거부 수신거부 거절 n no x 아니오 아니요 미동의 비동의 false 0 해지 중단".split())  # noqa: SIM905
AGREES = frozenset("y yes o 예 네 동의 수신 true 1 ㅇ".split())  # noqa: SIM905
SAYS_NO = frozenset("거부 수신거부 거절 해지 중단".split())  # noqa: SIM905


def means_refusal(target: Target, cell: str) -> bool:
    """Does this cell of a consent or refusal column say that nothing may be sent?"""
    word = "".join(fold(cell).lower().split())
    if target is Target.CONSENT:
        return word in REFUSES
    return target is Target.REFUSAL and word in SAYS_NO | AGREES


def consent_polarity(target: Target, values: Sequence[str]) -> Target:
    """A column headed 거부 whose cells say 동의, 수신 or 거부 in words is about consent: there Y means yes, N means
    no.
    """
    words = {fold(value).strip() for value in values}
    if target is Target.REFUSAL and words & {"동의", "수신", "거부", "수신거부", "예"}:
        return Target.CONSENT
    return target
