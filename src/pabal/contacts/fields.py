"""The one table of fields that contacts can be filtered by.

Plain by decision (docs/security.md): district, age band, tags, consent, channels, import, times, counts, what was
received and clicked: they can be ranged and searched in part. Names, phones, e-mails, Kakao IDs and attributes are
ciphertext: equality only, through keyed hashes. Everything else on the card is encrypted only and can't be filtered.
"""

from collections.abc import Mapping

from pabal.domain.filters import MAX_TEXT, FieldSpec, FieldType, Op, storable
from pabal.domain.law.lists import PURPOSES
from pabal.domain.search import attribute_name

AGE_BANDS = ("10", "20", "30", "40", "50", "60", "70", "80")
CHANNELS: Mapping[str, str] = {
    "sms": "휴대폰 문자",
    "landline": "유선 전화",
    "email": "이메일",
    "kakao": "카카오 ID",
}
OPT_OUTS: Mapping[str, str] = {
    "all": "모든 채널",
    "sms": "문자",
    "alimtalk": "알림톡",
    "brand": "브랜드 메시지",
    "email": "이메일",
}
_AGE_LABELS = {band: f"{band}대" for band in AGE_BANDS[:-1]} | {"80": "80대 이상"}
_ONE_OF = frozenset({Op.EQ, Op.NE, Op.IN})
_AMONG = frozenset({Op.HAS, Op.HAS_NOT, Op.IN})

CONTACT_FIELDS: dict[str, FieldSpec] = {
    spec.key: spec
    for spec in (
        FieldSpec("tag", "태그", FieldType.SET, group="person", values_from="tags"),
        FieldSpec("district", "지역", FieldType.TEXT, group="person", values_from="values"),
        FieldSpec("ageBand", "나이대", FieldType.CHOICE, AGE_BANDS, group="person", labels=_AGE_LABELS),
        FieldSpec("name", "이름", FieldType.TOKEN, group="person"),
        FieldSpec("phone", "전화번호", FieldType.TOKEN, group="person"),
        FieldSpec("email", "이메일", FieldType.TOKEN, group="person"),
        FieldSpec("kakaoId", "카카오 ID", FieldType.TOKEN, group="person"),
        FieldSpec("contact", "고른 사람", FieldType.TOKEN, group="person", only=_ONE_OF),
        FieldSpec("channel", "닿는 채널", FieldType.SET, tuple(CHANNELS), group="reach", labels=CHANNELS),
        FieldSpec("consent", "동의한 목적", FieldType.SET, group="reach", values_from="values"),
        FieldSpec("consentWithdrawn", "동의를 거둔 목적", FieldType.SET, group="reach", values_from="values"),
        FieldSpec("suppressed", "수신 거부", FieldType.BOOL, group="reach"),
        FieldSpec(
            "optOut", "수신 거부한 채널", FieldType.SET, tuple(OPT_OUTS), group="reach", labels=OPT_OUTS
        ),
        FieldSpec("lastContact", "마지막으로 연락한 날", FieldType.DATE, group="activity"),
        FieldSpec("lastClick", "마지막으로 클릭한 날", FieldType.DATE, group="activity"),
        FieldSpec("lastReply", "마지막으로 답장한 날", FieldType.DATE, group="activity"),
        FieldSpec(
            "received", "받은 발송", FieldType.SET, only=_AMONG, group="activity", values_from="campaigns"
        ),
        FieldSpec(
            "clicked", "클릭한 발송", FieldType.SET, only=_AMONG, group="activity", values_from="campaigns"
        ),
        FieldSpec("import", "가져오기", FieldType.CHOICE, group="origin", values_from="imports"),
        FieldSpec("source", "출처", FieldType.TEXT, group="origin", values_from="values"),
        FieldSpec("basis", "처리 근거", FieldType.TEXT, group="origin", values_from="values"),
        FieldSpec("purpose", "받은 목적", FieldType.SET, tuple(PURPOSES), group="origin", labels=PURPOSES),
        FieldSpec("createdAt", "만든 날", FieldType.DATE, group="origin"),
        FieldSpec("updatedAt", "고친 날", FieldType.DATE, group="origin"),
        FieldSpec("phoneCount", "번호 수", FieldType.NUMBER, group="origin"),
        FieldSpec("tagCount", "태그 수", FieldType.NUMBER, group="origin"),
        FieldSpec("duplicate", "중복 의심", FieldType.BOOL, group="origin"),
    )
}
# Ids, whose form is checked before PostgreSQL sees them; and what a person calls a wrong one.
ID_FIELDS: Mapping[str, str] = {
    "import": "가져오기의 식별자가 아니에요",
    "contact": "연락처의 식별자가 아니에요",
    "received": "발송의 식별자가 아니에요",
    "clicked": "발송의 식별자가 아니에요",
}
ATTRIBUTE = "attribute:"


def contact_field(key: str) -> FieldSpec | None:
    """The field of this key; `attribute:직업` is any column of somebody's list, told apart by its name."""
    if not key.startswith(ATTRIBUTE):
        return CONTACT_FIELDS.get(key)
    name = attribute_name(key.removeprefix(ATTRIBUTE))
    if not name or len(name) > MAX_TEXT or not storable(name):
        return None
    return FieldSpec(ATTRIBUTE + name, name, FieldType.TOKEN, only=_ONE_OF, group="custom")
