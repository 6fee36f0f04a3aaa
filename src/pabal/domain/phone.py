"""Korean telephone numbers: whatever a list holds → canonical national digits, or a problem in words.

Never guesses: a number is mended only where the mending is certain (lost leading zero, +82, punctuation,
full-width digits, an Excel float that kept every digit). A number Excel cut to 1.01E+09 is gone, and the
problem says how to get it back. Canonical: mobile `010` + 8 digits (first of them 2–9) or 011/016–019 + 7–8;
landline area code + 7–8. Resident registration numbers are found here too, because they hide in the same
cells (compliance P-05).
"""

# ruff: noqa: SIM905  (word lists read better as one string)

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from pabal.domain.korean import fold


class PhoneKind(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"  # area codes, 070, 050x, 080, 15xx/16xx/18xx: no text message arrives


class Owner(StrEnum):
    SELF = "self"
    RELATIVE = "relative"  # "010-…(배우자)": reachable through somebody else, never an identifier


# Tuples, not dataclasses: a frozen dataclass costs 1 µs to make, and an import makes millions.
class Phone(NamedTuple):
    digits: str
    kind: PhoneKind
    mended: str = ""  # what was mended, in words; empty when the cell was already right
    owner: Owner = Owner.SELF


class PhoneProblem(NamedTuple):
    code: str
    message: str
    mend: str


class PhoneCell(NamedTuple):
    """All numbers of one cell. Blank and placeholder cells have neither phones nor problems."""

    phones: tuple[Phone, ...] = ()
    problems: tuple[PhoneProblem, ...] = ()
    placeholder: bool = False


EXCEL_NUMBER: Final = PhoneProblem(
    "phone_excel",
    "엑셀이 번호의 뒷자리를 버리고 저장했어요",
    "원본에서 셀 서식을 '텍스트'로 바꾼 뒤 번호를 다시 넣어 주세요",
)
TOO_SHORT: Final = PhoneProblem("phone_short", "전화번호 자릿수가 모자라요", "빠진 숫자를 채워 주세요")
TOO_LONG: Final = PhoneProblem("phone_long", "전화번호 자릿수가 많아요", "더 들어간 숫자를 지워 주세요")
NO_PREFIX: Final = PhoneProblem(
    "phone_no_prefix", "010이나 지역번호가 없는 번호예요", "010 또는 지역번호를 앞에 붙여 주세요"
)
UNKNOWN: Final = PhoneProblem("phone_unknown", "전화번호로 읽을 수 없어요", "번호를 확인해 주세요")
RESIDENT_NUMBER: Final = PhoneProblem(
    "resident_number", "주민등록번호가 들어 있어 저장하지 않았어요", "주민등록번호를 지워 주세요"
)

BLANK_WORDS: Final = frozenset(
    "없음 없슴 무 미상 미기재 미기입 모름 해당없음 비공개 거부 공란 x xx xxx o n/a na null none nan nil "
    "전화번호와동일 번호동일 상동 동일 위와같음".split()
)
_AREA = "2|3[1-3]|4[1-4]|5[1-5]|6[1-4]"
_MOBILE = re.compile(r"010[2-9]\d{7}|01[16789]\d{7,8}")
_LANDLINE = re.compile(
    rf"0(?:{_AREA})[1-9]\d{{6,7}}|070[2-9]\d{{7}}|050\d[2-9]\d{{6,7}}|080[2-9]\d{{6,7}}|1[568][0-9]{{2}}\d{{4}}"
)
_PREFIX82 = re.compile(r"^(?:\+|00)?82[\s\-.)(]*")
_SEPARATORS = re.compile(r"[\s\-.()·‐-―−~_/,'`\"＇’‘]+")
_FAST = re.compile(r"(\+82[- ]?|0|)(1[016789])([- ]?)(\d{3,4})\3(\d{4})")
_FAST_MENDED: Final = {"0": "", "": "빠진 0을 앞에 붙임", "+": "국가번호 82를 떼고 읽음"}
_SCIENTIFIC = re.compile(r"([1-9])(?:\.(\d+))?e\+?(\d{1,2})")
_FLOAT = re.compile(r"(\d{8,12})\.0+")
_DIGITS = re.compile(r"\d+")
# O1O-2345-67I8 stays unread: only the letters that typewriters had for 0 and 1, and only in the shape of a mobile number.
_LETTERS = re.compile(r"(?=.*[ol])[0o][1l][016-9ol][\-. ]?[\dol]{3,4}[\-. ]?[\dol]{4}")
LETTERS_READ: Final = "글자 O와 l을 숫자로 읽음"
_RELATIVE = re.compile(
    r"배우자|아들|딸|가족|보호자|남편|아내|부인|와이프|어머니|아버지|엄마|아빠|부친|모친|자녀|며느리|사위|동생|누나|언니"
    r"|오빠|형님|\((?:처|부|모|자)\)"
)
# Numbers inside a longer text. The look-arounds keep it from cutting a piece out of a longer run of digits.
_EMBEDDED = re.compile(
    rf"(?<!\d)(?:(?:\+|00)?82[\s\-.)(]*)?\(?0?(?:10|1[16789]|{_AREA}|70|50\d|80)\)?"
    r"[\s\-.·‐-―−~]*\d{3,4}[\s\-.·‐-―−~]*\d{4}(?!\d)"
    r"|(?<!\d)1[568]\d{2}[\s\-.]?\d{4}(?!\d)"
)
_SPLIT = re.compile(r"[\n\r;/,|&]|(?<=\d)\s*\((?=[^)]*\d{3})|\s{2,}|\s(?=\(?\+?0)")
_RESIDENT = re.compile(
    r"(?<![\d+])(\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))([\s\-‐-―−]*)([1-8]\d{6})(?!\d)"
)
_SIX_DIGITS = re.compile(r"\d{6}")
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_MASK = "●●●●●●-●●●●●●●"


def parse_phone(text: str) -> Phone | PhoneProblem | None:
    """The one number of a text: None for blanks and placeholders, the first one when there are two."""
    cell = parse_cell(text)
    if cell.phones:
        return cell.phones[0]
    return cell.problems[0] if cell.problems else None


def parse_cell(text: str) -> PhoneCell:
    """Every number of a cell. One regex for the usual forms (1.8 µs), the long way and a cache for others."""
    match = _FAST.fullmatch(text)
    if match is not None and text.isascii():
        before, prefix, _, middle, last = match.groups()
        digits = f"0{prefix}{middle}{last}"
        if _MOBILE.fullmatch(digits) and not _is_placeholder(digits):
            return PhoneCell((Phone(digits, PhoneKind.MOBILE, _FAST_MENDED[before[:1]]),))
    return _parse_slowly(text)


@lru_cache(maxsize=16384)
def _parse_slowly(raw: str) -> PhoneCell:
    text = fold(raw).strip().lower()
    if _is_blank(text):
        return PhoneCell(placeholder=bool(text))
    scientific = _SCIENTIFIC.fullmatch(text.replace(" ", ""))
    if scientific is not None:
        decimals = scientific[2] or ""
        if len(decimals) != int(scientific[3]):
            return PhoneCell(problems=(EXCEL_NUMBER,))
        text = scientific[1] + decimals  # every digit survived: nothing is guessed
    float_like = _FLOAT.fullmatch(text)
    if float_like is not None:
        text = float_like[1]
    if _has_resident_number(text):
        return PhoneCell(problems=(RESIDENT_NUMBER,))
    if _LETTERS.fullmatch(text):
        mended = _of_words(text.replace("o", "0").replace("l", "1")).phones
        if mended:
            return PhoneCell(tuple(one._replace(mended=LETTERS_READ) for one in mended))
    return _of_words(text)


def _of_words(text: str) -> PhoneCell:
    owner = Owner.RELATIVE if _RELATIVE.search(text) else Owner.SELF
    whole = _one(text, owner)
    if isinstance(whole, Phone):
        return PhoneCell() if whole.digits == "" else PhoneCell((whole,))
    found = tuple(_many(text, owner))
    if found:
        return PhoneCell(found)
    if _placeholder_digits(text):
        return PhoneCell(placeholder=True)
    return PhoneCell(problems=(whole,))


def _one(text: str, owner: Owner) -> Phone | PhoneProblem:
    """Read the whole text as one number."""
    digits = _SEPARATORS.sub("", text)
    if not digits.isdigit():
        international = "+82" in digits
        digits = ("+" if international else "") + "".join(_DIGITS.findall(digits))
    national = _national(digits)
    kind = _kind(national)
    if kind is None or _is_placeholder(national):
        return _explain(national)
    return Phone(national, kind, _mended(text, national), owner)


def _many(text: str, owner: Owner) -> Iterator[Phone]:
    """Two numbers in a cell, or one number amid words and other digits."""
    seen: set[str] = set()
    for piece in _SPLIT.split(text):
        one = _one(piece, owner) if piece else UNKNOWN
        hits = [one] if isinstance(one, Phone) else [_one(hit, owner) for hit in _EMBEDDED.findall(piece)]
        for hit in hits:
            if isinstance(hit, Phone) and hit.digits not in seen:
                seen.add(hit.digits)
                yield Phone(hit.digits, hit.kind, "한 칸에서 번호를 골라 읽음", hit.owner)


def _national(digits: str) -> str:
    """Drop the country code, give back the zero a spreadsheet dropped."""
    bare = digits.lstrip("+")
    if digits.startswith("+") or bare.startswith("0082") or _is_country_code(bare):
        bare = _PREFIX82.sub("", digits)
        return bare if bare.startswith("0") or _kind(bare) is not None else "0" + bare
    if bare.startswith("0") or _kind(bare) is not None:
        return bare
    return "0" + bare if _kind("0" + bare) is not None and len(bare) >= 9 else bare


def _is_country_code(bare: str) -> bool:
    """Whether an 82 without plus is the country code. Eleven digits are: no area is called 082. So are ten, but only
    Seoul's (82 2 845 1774) and the nationwide ones (82 1588 1234) have so few; another area's ten lost a digit.
    """
    if not bare.startswith("82"):
        return False
    return len(bare) >= 11 or (len(bare) == 10 and (bare[2] == "2" or _kind(bare[2:]) is not None))


def _kind(national: str) -> PhoneKind | None:
    if _MOBILE.fullmatch(national):
        return PhoneKind.MOBILE
    return PhoneKind.LANDLINE if _LANDLINE.fullmatch(national) else None


def _mended(text: str, national: str) -> str:
    bare = text.replace("-", "").replace(" ", "")
    if bare == national:
        return ""
    if _PREFIX82.match(text.lstrip("( ")) and not national.startswith("82"):
        return "국가번호 82를 떼고 읽음"
    if "0" + bare == national:
        return "빠진 0을 앞에 붙임"
    return "숫자만 남김"


def _explain(digits: str) -> PhoneProblem:
    if not digits:
        return UNKNOWN
    if digits.startswith("010"):
        if len(digits) != 11:
            return TOO_SHORT if len(digits) < 11 else TOO_LONG
        return PhoneProblem("phone_exchange", "010 뒤에 쓰이지 않는 국번이에요", "번호를 확인해 주세요")
    if digits.startswith("0"):
        return TOO_SHORT if len(digits) < 9 else TOO_LONG if len(digits) > 11 else UNKNOWN
    if len(digits) in (7, 8):
        return NO_PREFIX
    return TOO_SHORT if len(digits) < 9 else TOO_LONG if len(digits) > 11 else UNKNOWN


def _is_blank(text: str) -> bool:
    squeezed = re.sub(r"[\s\-.?·,/@]+", "", text)
    return not squeezed or squeezed in BLANK_WORDS


def _is_placeholder(national: str) -> bool:
    """Same digit throughout (010-9999-9999, 02-000-0000): typed to get past a form, belongs to nobody."""
    subscriber = national[-8:] if len(national) >= 11 else national[-7:]
    return subscriber == subscriber[0] * len(subscriber)


def _placeholder_digits(text: str) -> bool:
    """`000`, `010-`, `010-0000-0001`, `010-1234-5678`: a stand-in, so blank rather than wrong."""
    digits = _national("".join(_DIGITS.findall(text)))
    if len(digits) <= 3:
        return not re.search(r"[가-힣a-z]{2,}", text)
    tail = digits.removeprefix("010")
    return (
        len(set(tail)) == 1
        or tail in ("12345678", "1234567", "87654321")
        or (len(tail) >= 7 and tail[:-1].strip("0") == "")
        or (digits.startswith("02") and len(set(digits[2:])) == 1)
    )


def _has_resident_number(text: str) -> bool:
    return any(_is_resident(match) for match in _RESIDENT.finditer(text))


def _is_resident(match: re.Match[str]) -> bool:
    """13 digits with a birth date and a sex digit. Only `82010…` written in one run is ambiguous (+82 010-…):
    the check digit decides, because every number of 1982 has one.
    """
    if match[2].strip() or not match[1].startswith("82010"):
        return True
    digits = [int(char) for char in match[1] + match[3]]
    return (11 - sum(d * w for d, w in zip(digits, _WEIGHTS, strict=False)) % 11) % 10 == digits[12]


def mask_resident_numbers(text: str) -> tuple[str, int]:
    """The text with every resident registration number blotted out, and how many there were.

    Two cheap looks first: length, and six digits in a row (full-width ones count).
    """
    if len(text) < 13 or not _SIX_DIGITS.search(text):
        return text, 0
    found = 0

    def blot(match: re.Match[str]) -> str:
        nonlocal found
        if not _is_resident(match):
            return match[0]
        found += 1
        return _MASK

    folded = fold(text)
    masked = _RESIDENT.sub(blot, folded)
    return (masked, found) if found else (text, 0)


def format_phone(digits: str) -> str:
    """01012345678 → 010-1234-5678; 0212345678 → 02-1234-5678."""
    if len(digits) == 8:
        return f"{digits[:4]}-{digits[4:]}"
    area = 2 if digits.startswith("02") else 4 if digits.startswith("050") else 3
    return f"{digits[:area]}-{digits[area:-4]}-{digits[-4:]}"


def mask_phone(digits: str) -> str:
    """010-****-5678: enough to recognise, not enough to call."""
    area, _, tail = format_phone(digits).partition("-")
    return f"{area}-****-{tail[-4:]}"
