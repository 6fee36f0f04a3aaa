"""What Solapi checks on one message before it takes it in. Pure: the documents' rules, no hub code.

The hub counts bytes too; this is the independent second count that would catch its mistakes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pabal.sandbox.solapi.codes import BRAND_TYPES, KAKAO_TYPES, TEXT_TYPES, TYPES

SMS_BYTES = 90
LMS_BYTES = 2000
TITLE_BYTES = 40
ALIMTALK_CHARS = 1300  # 1,000 in the documents of 2022; raised to 1,300 on 2025-10-28
CTI_CHARS = 400
BRAND_CHARS = 1300

_TO_KOREA = re.compile(r"^(0\d{8,11}|1\d{7})$")
_TO_ABROAD = re.compile(r"^\d{5,15}$")
_FROM = re.compile(r"^\d{8,12}$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # all but tab and line ends
_VARIABLE = re.compile(r"#\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Template:
    code: str
    state: str
    content: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What depends on the account; lookups are functions so that this module stays without I/O."""

    sender_ok: Callable[[str], bool] = lambda _number: True
    opted_out: Callable[[str], bool] = lambda _number: False
    blocked: Callable[[str], bool] = lambda _number: False
    image_known: Callable[[str], bool] = lambda _file_id: True
    template: Callable[[str], Template | None] = lambda _code: None
    strict_templates: bool = False
    forced: Callable[[str], str | None] = lambda _number: None  # a refusal that the behaviour wants


@dataclass(frozen=True, slots=True)
class Checked:
    """One message as taken in, or refused with `code`."""

    to: str
    from_: str
    type: str
    country: str
    text: str
    code: str | None = None
    template_code: str | None = None
    custom: dict[str, str] = field(default_factory=dict)


def check(message: dict[str, Any], to: Any, rules: Rules) -> Checked:
    number, sender = _digits(to), _digits(message.get("from"))
    country = str(message.get("country") or "82")
    text = message.get("text") if isinstance(message.get("text"), str) else ""
    assert isinstance(text, str)
    kakao = message.get("kakaoOptions")
    kakao = kakao if isinstance(kakao, dict) else {}
    type_ = detect_type(message, text, kakao)
    template_code = kakao.get("templateId") if isinstance(kakao.get("templateId"), str) else None
    template = rules.template(template_code) if template_code else None
    if not text and template is not None:
        text, missing = render(template.content, kakao.get("variables"))
    else:
        missing = False
    custom, custom_bad = _custom_fields(message.get("customFields"))
    code = (
        ("1032" if custom_bad else None)
        or _addresses(to, number, sender, rules, country=country, type_=type_)
        or _content(message, type_, text, kakao, rules)
        or (_alimtalk(text, kakao, template, rules) if type_ == "ATA" else None)
        or ("1043" if missing else None)
        or _recipient(number, type_, rules)
    )
    return Checked(number, sender, type_, country, text, code, template_code, custom)


def detect_type(message: dict[str, Any], text: str, kakao: dict[str, Any]) -> str:
    """An explicit type stands; without one the carrier decides from options, image, subject and bytes."""
    given = message.get("type")
    if isinstance(given, str) and given:
        return given
    if kakao.get("templateId") and not kakao.get("bms"):
        return "ATA"
    if isinstance(kakao.get("bms"), dict):
        return "BMS_" + str(kakao["bms"].get("chatBubbleType") or "TEXT")
    if kakao.get("pfId"):
        return "CTI" if kakao.get("imageId") else "CTA"
    if message.get("imageId"):
        return "MMS"
    if message.get("autoTypeDetect", True) and (message.get("subject") or byte_length(text) > SMS_BYTES):
        return "LMS"
    return "SMS"


def byte_length(text: str) -> int:
    """Bytes on the air: CP949, one per ASCII, two per Hangul; what can't be encoded counts two here."""
    try:
        return len(text.encode("cp949"))
    except UnicodeEncodeError:
        return sum(len(char.encode("cp949")) if encodable(char) else 2 for char in text)


def encodable(text: str) -> bool:
    try:
        text.encode("cp949")
    except UnicodeEncodeError:
        return False
    return True


def placeholders(content: str) -> list[str]:
    return list(dict.fromkeys(_VARIABLE.findall(content)))


def render(content: str, variables: Any) -> tuple[str, bool]:
    """An approved template with its variables put in (with or without #{}), and whether one is missing."""
    values = variables if isinstance(variables, dict) else {}
    plain = {str(name).removeprefix("#{").removesuffix("}"): str(value) for name, value in values.items()}
    text = _VARIABLE.sub(lambda match: plain.get(match[1], match[0]), content)
    return text, any(name not in plain for name in placeholders(content))


def _addresses(to: Any, number: str, sender: str, rules: Rules, *, country: str, type_: str) -> str | None:
    if not number:
        return "1010" if not to else "1011"
    if not (_TO_KOREA if country == "82" else _TO_ABROAD).match(number):
        return "1011"
    if type_ not in TYPES:
        return "1025"
    if not sender:
        return "1010" if type_ in TEXT_TYPES else None
    if not _FROM.match(sender):
        return "1011"
    return None if rules.sender_ok(sender) else "1062"


def _content(
    message: dict[str, Any], type_: str, text: str, kakao: dict[str, Any], rules: Rules
) -> str | None:
    subject = message.get("subject")
    subject = subject if isinstance(subject, str) else ""
    if type_ in TEXT_TYPES:
        image = message.get("imageId")
        if not text and not (type_ == "MMS" and image):
            return "1010"
        if subject and type_ == "SMS":
            return "1013"
        for part in (text, subject):
            if _CONTROL.search(part):
                return "1028"
            if not encodable(part):
                return "1029"
        if subject and byte_length(subject) > TITLE_BYTES:
            return "1014"
        if byte_length(text) > (SMS_BYTES if type_ == "SMS" else LMS_BYTES):
            return "1031"
        if type_ == "MMS":
            return "1034" if not image else None if rules.image_known(str(image)) else "1023"
        return None
    if type_ in KAKAO_TYPES and not kakao.get("pfId"):
        return "1041"
    if type_ in BRAND_TYPES and len(text) > (CTI_CHARS if type_ == "CTI" else BRAND_CHARS):
        return "1031"
    return None


def _alimtalk(text: str, kakao: dict[str, Any], template: Template | None, rules: Rules) -> str | None:
    if not kakao.get("templateId"):
        return "1042"
    if template is None:
        return "1042" if rules.strict_templates else "1031" if len(text) > ALIMTALK_CHARS else None
    if template.state != "APPROVED":
        return "1042"
    if len(text) > ALIMTALK_CHARS:
        return "1031"
    return None if matches_template(text, template.content) else "1043"


def matches_template(text: str, content: str) -> bool:
    """True when the text is the template with something in each variable's place."""
    pattern = "(?s:.+?)".join(re.escape(piece) for piece in _VARIABLE.split(content)[::2])
    return not content or re.fullmatch(pattern, text) is not None


def _recipient(number: str, type_: str, rules: Rules) -> str | None:
    if rules.blocked(number):
        return "1060"
    # AlimTalk is information by law and not covered by the 080 opt-out.
    if type_ != "ATA" and rules.opted_out(number):
        return "1061"
    return rules.forced(number)


def _digits(value: Any) -> str:
    text = value.replace("-", "").strip() if isinstance(value, str) else ""
    return text if text.isascii() and text.isdigit() else ""


def _custom_fields(value: Any) -> tuple[dict[str, str], bool]:
    """Solapi's limits: a string map, keys ≤ 30, values ≤ 100 characters."""
    if value is None:
        return {}, False
    if not isinstance(value, dict):
        return {}, True
    bad = any(not isinstance(item, str) or len(name) > 30 or len(item) > 100 for name, item in value.items())
    return ({} if bad else dict(value)), bad
