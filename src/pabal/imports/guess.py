"""Which column is what: by its header, else by what stands in it. The guess is shown with its reason and
can be changed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

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
    (Target.REFUSAL, "거부|opt-?out|unsubscribe"),
    (Target.CONSENT, "동의|수신|consent|agree"),
    (Target.EMAIL, "e-?mail|이메일|메일|전자우편"),
    (Target.KAKAO, "카카오|카톡|kakao"),
    (Target.PHONE, "휴대|핸드폰|연락처|전화|집전화|자택|유선|phone|mobile|tel|cell|^hp$|h\\.p|번호$"),
    (Target.NAME, "^이름|성명|성함|^name|full ?name|고객명|회원명|당원명|참석자"),
    (Target.BIRTH, "생년|생일|출생|birth"),
    (Target.ADDRESS, "주소|읍면동|거주|address|사는"),
    (Target.DISTRICT, "지역|선거구|행정동|^동$|시군구|district|region"),
    (Target.TAGS, "태그|구분|그룹|분류|tag|group"),
    (Target.SOURCE, "출처|경로|source"),
    (Target.DATE, "등록일|작성일|입력일|가입일|일자|created|date"),
    (Target.MEMO, "메모|비고|특이|참고|memo|note|remark"),
)
_COMPILED = [(target, re.compile(pattern)) for target, pattern in _HEADERS]
_SENSITIVE = re.compile("성향|지지|정당")


@dataclass(frozen=True)
class Column:
    """One column of the file as the mapping screen shows it."""

    index: int
    name: str  # unique within the file
    target: Target
    confidence: float  # never 1: it is a guess
    reason: str


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
    for index, record in enumerate(records[:10]):
        filled = [cell for cell in record if cell.strip()]
        if any(parse_cell(cell).phones or read_email(cell).identities for cell in filled):
            break
        score = sum(1 for cell in filled if by_header(cell) is not None and len(cell) <= 30)
        if score > best_score:
            best, best_score = index, score
    if best is not None:
        return best
    first = records[0] if records else ()
    is_data = any(parse_cell(cell).phones or read_email(cell).identities for cell in first if cell.strip())
    return None if is_data else 0


def guess_columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Column]:
    """A target for every column, with the reason in words."""
    columns = []
    taken: set[Target] = set()
    for index, name in enumerate(names):
        values = [row[index] for row in rows if index < len(row) and row[index].strip()]
        column = _guess(index, name, values)
        if column.target is Target.NAME and Target.NAME in taken:
            column = Column(index, name, Target.ATTRIBUTE, 0.5, "이름 열이 이미 있음")
        taken.add(column.target)
        columns.append(column)
    return columns


def _guess(index: int, name: str, values: Sequence[str]) -> Column:
    phones = _share(values, lambda value: bool(parse_cell(value).phones))
    emails = _share(values, lambda value: "@" in value and bool(read_email(value).identities))
    names = _share(values, lambda value: clean_name(value).kind is NameKind.FULL)
    target = by_header(name)
    if target is Target.IGNORE and _SENSITIVE.search(name):
        return Column(index, name, target, 0.9, "민감정보: 별도 동의 없이는 넣을 수 없음")
    if target is Target.PHONE and values and phones < 0.2 <= emails:
        target = Target.EMAIL
    if target is not None:
        by_content = {Target.PHONE: phones, Target.EMAIL: emails, Target.NAME: names}.get(target)
        if by_content is None or not values:
            return Column(index, name, target, 0.9, "열 이름")
        words = {Target.PHONE: "번호 모양", Target.EMAIL: "@ 모양", Target.NAME: "한글 이름"}[target]
        return Column(index, name, target, min(0.99, 0.5 + by_content / 2), f"{words} {by_content:.0%}")
    for share, found, words in (
        (phones, Target.PHONE, "번호 모양"), (emails, Target.EMAIL, "@ 모양"), (names, Target.NAME, "한글 이름")
    ):  # fmt: skip
        if share >= 0.6 and len(values) >= 1:
            return Column(index, name, found, min(0.95, share), f"{words} {share:.0%}")
    return Column(index, name, Target.ATTRIBUTE, 0.5, "그대로 보관")


def _share(values: Sequence[str], holds: Callable[[str], bool]) -> float:
    sample = values[:40]
    return sum(1 for value in sample if holds(value)) / len(sample) if sample else 0.0


class MappingError(ValueError):
    """The mapping names a column or a target that doesn't exist. `path` and a Korean message."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def read_mapping(given: Mapping[str, object], names: Sequence[str]) -> dict[str, Target]:
    """`{column: target}` (also by index, also `{target: column}`), checked. Columns left out are ignored."""
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
    if not CONTACT_TARGETS & set(out.values()):
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


def consent_polarity(target: Target, values: Sequence[str]) -> Target:
    """A column headed 거부 whose cells say 동의, 수신 or 거부 in words is about consent: there Y means yes, N means
    no.
    """
    words = {fold(value).strip() for value in values}
    if target is Target.REFUSAL and words & {"동의", "수신", "거부", "수신거부", "예"}:
        return Target.CONSENT
    return target
