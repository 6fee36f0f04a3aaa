"""Notices that the law wants in a text: put in by the system, looked for again in what each person gets. Pure.

선거운동정보: 공직선거법 제82조의5 2항, 규칙 제45조의4 (C-01 to C-05). Adverts: 정보통신망법 제50조 4항, 시행령 별표 6 (A-04,
A-05).
The number for reporting illegally collected data is practice (118), not law, and therefore a value here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pabal.domain.template import Variable, parse
from pabal.domain.text import normalise

REPORT_NUMBER: Final = "118"  # KISA 개인정보침해신고센터; the law names none (C-03: M)
CAMPAIGN_MARK: Final = "(선거운동정보)"
ADVERT_MARK: Final = "(광고)"

_FILLERS: Final = ("", "0", "가")
_OPENS_CAMPAIGN: Final = re.compile(r"\s*[(\[【<〔]?\s*선거운동정보")
_PHONE: Final = re.compile(r"(?<!\d)\d[\d\-. )]{5,}\d")
_REFUSAL: Final = re.compile(r"(?:수신|무료)\s*거부[^\n]{0,12}?(080[-\d ]{7,}\d|https://\S+)")
_FREE_REFUSAL: Final = re.compile(r"무료\s*(?:수신\s*)?거부[^\n]{0,12}?(080[-\d ]{7,}\d|https://\S+)")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with its notices. Templates keep their variables: nothing here touches them."""

    body: str
    subject: str


@dataclass(frozen=True, slots=True)
class CampaignNotice:
    """What a campaign text of one candidacy must say."""

    number: str  # as reported to the election commission, digits
    refusal: str  # 080 number in digits, or an https address: free for whoever refuses (C-05)
    report: str = REPORT_NUMBER


@dataclass(frozen=True, slots=True)
class AdvertNotice:
    sender: str  # name of the company
    contact: str  # its number, digits
    refusal: str


Notice = CampaignNotice | AdvertNotice


def notice_of(data: dict[str, str] | None) -> Notice | None:
    """Back from JSON."""
    if data is None:
        return None
    return CampaignNotice(**data) if "number" in data else AdvertNotice(**data)


def gaps(body: str, subject: str, notice: Notice) -> tuple[str, ...]:
    """What a finished text lacks of its notice."""
    if isinstance(notice, CampaignNotice):
        return campaign_gaps(body, subject, notice)
    return advert_gaps(body, subject, notice)


def free_of_charge(refusal: str) -> bool:
    """C-05: refusing must cost nothing: an 080 number or a link. Answering by text costs the price of one."""
    return refusal.startswith("https://") or bool(re.fullmatch(r"080\d{7,8}", digits(refusal)))


def campaign_text(body: str, subject: str, notice: CampaignNotice) -> Labelled:
    """The text with what it lacks: idempotent, and what its author wrote already stays where it stands."""
    lacking = _lacking(lambda form: campaign_gaps(form, subject, notice), body)
    if "C-01" in lacking:
        body = _marked(CAMPAIGN_MARK, body, _OPENS_CAMPAIGN)
        subject = _marked(CAMPAIGN_MARK, subject, _OPENS_CAMPAIGN) if subject.strip() else subject
    foot = []
    if "C-02" in lacking:
        foot.append(f"문의 {dashed(notice.number)}")
    if "C-03" in lacking:
        foot.append(f"불법수집정보 신고 {notice.report}")
    if "C-04" in lacking:
        foot.append(f"무료수신거부 {shown(notice.refusal)}")
    return Labelled("\n".join([body.rstrip(), *foot]) if foot else body, subject)


def campaign_gaps(body: str, subject: str, notice: CampaignNotice) -> tuple[str, ...]:
    """Ids of the rules whose notice is missing in a text, as somebody reads it (no zero-width signs, C-07)."""
    body, subject = normalise(body), normalise(subject)
    gaps = []
    if not _OPENS_CAMPAIGN.match(body) or (subject.strip() and not _OPENS_CAMPAIGN.match(subject)):
        gaps.append("C-01")
    if digits(notice.number) not in _numbers(body):
        gaps.append("C-02")
    if not re.search(rf"불법\s*수집[^\n]{{0,12}}{re.escape(notice.report)}(?!\d)", body):
        gaps.append("C-03")
    if notice.refusal not in _refusals(body, _REFUSAL):
        gaps.append("C-04")
    return tuple(gaps)


def advert_text(body: str, subject: str, notice: AdvertNotice) -> Labelled:
    """(광고), name and number in front, free refusal in the last line; what is there stays."""
    lacking = _lacking(lambda form: advert_gaps(form, subject, notice), body)
    if "A-04" in lacking:
        rest = body.lstrip().removeprefix(ADVERT_MARK).lstrip()
        opening = f"{ADVERT_MARK}{notice.sender} {dashed(notice.contact)}"
        named = notice.sender in rest.partition("\n")[0] and digits(notice.contact) in _numbers(rest)
        body = f"{ADVERT_MARK}{rest}" if named else f"{opening}\n{rest}"
        if subject.strip() and not subject.startswith(ADVERT_MARK):
            subject = ADVERT_MARK + subject.strip()
    if "A-05" in lacking:
        body = f"{body.rstrip()}\n무료수신거부 {shown(notice.refusal)}"
    return Labelled(body, subject)


def advert_gaps(body: str, subject: str, notice: AdvertNotice) -> tuple[str, ...]:
    """`(광 고)` or `[광고]` are no marks (별표 6)."""
    body, subject = normalise(body), normalise(subject)
    first = body.partition("\n")[0]
    last = body.rstrip().rpartition("\n")[2]
    gaps = []
    marked = body.startswith(ADVERT_MARK) and (not subject.strip() or subject.startswith(ADVERT_MARK))
    if not (marked and notice.sender in first and digits(notice.contact) in _numbers(body)):
        gaps.append("A-04")
    if notice.refusal not in _refusals(last, _FREE_REFUSAL):
        gaps.append("A-05")
    return tuple(gaps)


def _lacking(missing: Callable[[str], tuple[str, ...]], body: str) -> frozenset[str]:
    """What may be missing whatever stands for the variables: `문의 02-123-4567#{층}` names another number for somebody."""
    parts = parse(body).parts
    forms = ("".join(filler if isinstance(part, Variable) else part for part in parts) for filler in _FILLERS)
    return frozenset(gap for form in forms for gap in missing(form))


def _marked(mark: str, text: str, there: re.Pattern[str]) -> str:
    return text if there.match(normalise(text)) else f"{mark} {text.lstrip()}"


def _numbers(text: str) -> frozenset[str]:
    """Digits of everything in a text that looks like a phone number."""
    return frozenset(digits(found) for found in _PHONE.findall(text))


def _refusals(text: str, pattern: re.Pattern[str]) -> frozenset[str]:
    return frozenset(
        found if found.startswith("https://") else digits(found) for found in pattern.findall(text)
    )


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def shown(refusal: str) -> str:
    return refusal if refusal.startswith("https://") else dashed(refusal)


def dashed(number: str) -> str:
    """As people read it: `010-2345-6789`, `02-123-4567`, `080-123-4567`; what has another form stays as it is."""
    found = re.fullmatch(r"(02|0\d{2})(\d{3,4})(\d{4})", digits(number))
    return "-".join(found.groups()) if found else number
