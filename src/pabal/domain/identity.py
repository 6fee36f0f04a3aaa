"""Contact values: phone, e-mail and Kakao ID in one canonical form each, whichever column they were typed
into.

Canonical forms make equality mean "the same handset, mailbox or account": gmail ignores dots and +tags,
hanmail.net and daum.net are one namespace, Kakao IDs ignore case. Domain slips that can only mean one thing
(naver.con) are mended.
"""

# ruff: noqa: SIM905  (word lists read better as one string)

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from pabal.domain.korean import fold
from pabal.domain.phone import BLANK_WORDS, Owner, PhoneCell, PhoneKind, PhoneProblem, parse_cell


class IdentityKind(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    KAKAO = "kakao"


class Identity(NamedTuple):
    """One value of one person. `usable` is False for a relative's number: kept, shown, never matched or sent
    to.
    """

    kind: IdentityKind
    value: str  # canonical
    shown: str  # as people write it; equals value most of the time
    mobile: bool = False
    usable: bool = True
    mended: str = ""


class Problem(NamedTuple):
    """What is wrong with a cell, in words, and what to do about it."""

    code: str
    message: str
    mend: str


class Reading(NamedTuple):
    identities: tuple[Identity, ...] = ()
    problems: tuple[Problem, ...] = ()
    blank: bool = False  # empty, or a word that means so


BAD_EMAIL: Final = Problem("email_invalid", "이메일 주소가 끝까지 적혀 있지 않아요", "주소를 확인해 주세요")
BAD_KAKAO: Final = Problem(
    "kakao_invalid", "카카오 ID로 읽을 수 없어요", "영문·숫자로 된 ID인지 확인해 주세요"
)
_BLANK: Final = Reading(blank=True)

_DOMAINS: Final = frozenset(
    "naver.com gmail.com hanmail.net daum.net nate.com kakao.com hotmail.com outlook.com "
    "yahoo.com yahoo.co.kr icloud.com korea.kr lycos.co.kr empas.com paran.com dreamwiz.com "
    "hanmir.com chol.com korea.com me.com live.com msn.com googlemail.com".split()
)
_DOMAIN_SLIPS: Final = {
    **dict.fromkeys(
        "naver.con naver.co naver.cm naver.om naver.vom naver.comm naver.cpm naver.net "
        "naver.xom never.com navet.com navr.com nave.com nver.com naver.kr navre.com naver.cmo "
        "naer.com naber.com naver".split(),
        "naver.com",
    ),
    **dict.fromkeys(
        "gamil.com gmial.com gmail.con gmai.com gmail.co gmail.cm gmail.om gmail.net gmil.com "
        "gmali.com gmail.comm gmal.com gmaill.com gmail.vom gmaul.com gimail.com gmail.kr gmail".split(),
        "gmail.com",
    ),
    **dict.fromkeys(
        "hanmail.com hanmial.net hamail.net hanmail.ney hanmail.ner hanmai.net hanmil.net "
        "hanmail.nte hanmail.con hanmail.ne hanmaill.net hnamail.net hanmail hanmal.net".split(),
        "hanmail.net",
    ),
    **dict.fromkeys(
        "daum.com duam.net daum.ner daum.ney daum.ne daum.con dauml.net daun.net daum".split(), "daum.net"
    ),
    **dict.fromkeys("nate.con naet.com nate.co nate.net nate.vom nete.com nate".split(), "nate.com"),
    **dict.fromkeys("kakao.con kakao.co kakako.com kakao.net kakao".split(), "kakao.com"),
}
_EMAIL = re.compile(r"[a-z0-9_%+\-][a-z0-9._%+\-]*@(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+[a-z]{2,}")
_EMBEDDED_EMAIL = re.compile(r"[a-z0-9_%+\-][a-z0-9._%+\-]*\s*@\s*[a-z0-9][a-z0-9.,\-]*", re.IGNORECASE)
_FAST_EMAIL = re.compile(
    r"[a-z0-9_\-][a-z0-9._\-]*@([a-z0-9](?:[a-z0-9\-]*[a-z0-9])?(?:\.[a-z0-9]+)*\.[a-z]{2,})"
)
_NOT_FAST: Final = frozenset({"gmail.com", "googlemail.com", "hanmail.net"})  # canonical forms of their own
_PLACEHOLDER_LOCALS: Final = frozenset(
    "test none no a aa aaa aaaa abc x xx xxx null na n/a example sample noemail nomail email "
    "mail asdf qwer 1 123 1234 없음".split()
)
_KAKAO = re.compile(r"[a-z0-9][a-z0-9._\-]{2,39}")
_FAST_KAKAO = re.compile(r"[a-z][a-z0-9._\-]{2,39}")
_KAKAO_PREFIX = re.compile(
    r"^(?:카카오톡|카카오|카톡|kakaotalk|kakao|id|아이디)?\s*(?:id|아이디)?\s*[:：=)]?\s*@?", re.IGNORECASE
)
_KAKAO_PLACEHOLDERS: Final = frozenset(
    "카톡 카카오톡 카카오 있음 kakao kakaotalk yes y o 0 예 사용 사용함 미사용".split()
)


def read_phones(cell: str) -> Reading:
    """A phone cell. An e-mail that slipped in here is used as what it is."""
    parsed = parse_cell(cell)
    if parsed.problems and "@" in cell:
        email = read_email(cell)
        if email.identities:
            return email
    return _from_phone_cell(parsed)


def _from_phone_cell(parsed: PhoneCell) -> Reading:
    if parsed.phones:
        return Reading(
            tuple(
                Identity(
                    IdentityKind.PHONE,
                    phone.digits,
                    phone.digits,
                    phone.kind is PhoneKind.MOBILE,
                    phone.owner is Owner.SELF,
                    phone.mended,
                )
                for phone in parsed.phones
            )
        )
    return Reading((), tuple(_problem(problem) for problem in parsed.problems), not parsed.problems)


def _problem(problem: PhoneProblem) -> Problem:
    return Problem(problem.code, problem.message, problem.mend)


def read_email(cell: str) -> Reading:
    """An e-mail cell; a phone number that slipped in here is used as what it is."""
    if is_canonical_email(cell):
        return Reading((Identity(IdentityKind.EMAIL, cell, cell),))
    return _read_email_slowly(cell)


def is_canonical_email(text: str) -> bool:
    """A plain address that is its own canonical form: nine of ten, told by one regex. False says nothing."""
    match = _FAST_EMAIL.fullmatch(text)
    if match is None:
        return False
    domain = match[1]
    if domain in _NOT_FAST or domain in _DOMAIN_SLIPS:
        return False
    local = text[: -len(domain) - 1]
    return local not in _PLACEHOLDER_LOCALS and local != domain.partition(".")[0]


@lru_cache(maxsize=8192)
def _read_email_slowly(cell: str) -> Reading:
    text = fold(cell).strip()
    if not text or re.sub(r"[\s\-.@?]+", "", text).lower() in BLANK_WORDS | {""}:
        return _BLANK
    found = _EMBEDDED_EMAIL.findall(text)
    if not found:
        parsed = parse_cell(cell)
        if parsed.phones:
            return _from_phone_cell(parsed)
        if "@" in text and text.partition("@")[0] in _PLACEHOLDER_LOCALS:
            return _BLANK
        return Reading(problems=(BAD_EMAIL,))
    read = [canonical_email(text=hit) for hit in found]
    kept = tuple(dict.fromkeys(item for item in read if item is not None and item.usable))
    if kept:
        return Reading(kept)
    return _BLANK if any(item is not None for item in read) else Reading(problems=(BAD_EMAIL,))


def canonical_email(text: str) -> Identity | None:
    """Canonical mailbox; None when it isn't an address; `usable` False for placeholders (test@test.com)."""
    address = fold(text).lower().replace(" ", "").removeprefix("mailto:").strip(".,;:)<>\"'")
    local, _, domain = address.partition("@")
    domain = domain.replace(",", ".").strip(".")
    mended = ""
    if domain in _DOMAIN_SLIPS:
        domain, mended = _DOMAIN_SLIPS[domain], "도메인 오타를 고침"
    shown = f"{local}@{domain}"
    if not _EMAIL.fullmatch(shown):
        return None
    placeholder = local in _PLACEHOLDER_LOCALS or local == domain.partition(".")[0]
    canonical_domain = {"hanmail.net": "daum.net", "googlemail.com": "gmail.com"}.get(domain, domain)
    if canonical_domain == "gmail.com":
        local = local.partition("+")[0].replace(".", "")
    return Identity(
        IdentityKind.EMAIL, f"{local}@{canonical_domain}", shown, usable=not placeholder, mended=mended
    )


def read_kakao(cell: str) -> Reading:
    """A Kakao ID cell. "번호동일" is blank; a phone number or an e-mail in here is used as what it is."""
    if _FAST_KAKAO.fullmatch(cell) and cell not in _KAKAO_PLACEHOLDERS and cell not in BLANK_WORDS:
        return Reading((Identity(IdentityKind.KAKAO, cell, cell),))
    return _read_kakao_slowly(cell)


@lru_cache(maxsize=8192)
def _read_kakao_slowly(cell: str) -> Reading:
    text = fold(cell).strip()
    squeezed = re.sub(r"[\s\-.]+", "", text).lower()
    if not squeezed or squeezed in BLANK_WORDS or squeezed in _KAKAO_PLACEHOLDERS:
        return _BLANK
    parsed = parse_cell(cell)
    if parsed.phones:
        return _from_phone_cell(parsed)
    if "@" in text[1:]:
        email = read_email(cell)
        if email.identities:
            return email
    value = _KAKAO_PREFIX.sub("", text).strip().lower()
    if not value or value in _KAKAO_PLACEHOLDERS or value in BLANK_WORDS:
        return _BLANK
    if not _KAKAO.fullmatch(value):
        return Reading(problems=(BAD_KAKAO,))
    return Reading((Identity(IdentityKind.KAKAO, value, value),))


def canonical(kind: IdentityKind, text: str) -> Identity | None:
    """One value of a known kind, as suppressions and forms need it; None when it can't be read."""
    reading = {
        IdentityKind.PHONE: read_phones,
        IdentityKind.EMAIL: read_email,
        IdentityKind.KAKAO: read_kakao,
    }[kind](text)
    return next((identity for identity in reading.identities if identity.kind is kind), None)


def mask_email(value: str) -> str:
    local, _, domain = value.partition("@")
    return f"{local[:2]}***@{domain}"


def mask_kakao(value: str) -> str:
    return f"{value[:2]}***"
