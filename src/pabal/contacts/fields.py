"""The one table of fields that contacts can be filtered by.

Plain by decision (docs/security.md): district, age band, tags, consent, channels, import, times, counts:
they can be ranged and searched in part. Names, phones, e-mails and Kakao IDs are ciphertext: equality only,
through keyed hashes. Everything else on the card is encrypted only and can't be filtered.
"""

from pabal.domain.filters import FieldSpec, FieldType

AGE_BANDS = ("10", "20", "30", "40", "50", "60", "70", "80")
CHANNELS = ("sms", "landline", "email", "kakao")

CONTACT_FIELDS: dict[str, FieldSpec] = {
    spec.key: spec
    for spec in (
        FieldSpec("district", "지역", FieldType.TEXT),
        FieldSpec("ageBand", "나이대", FieldType.CHOICE, AGE_BANDS),
        FieldSpec("tag", "태그", FieldType.SET),
        FieldSpec("channel", "닿는 채널", FieldType.SET, CHANNELS),
        FieldSpec("consent", "동의한 목적", FieldType.SET),
        FieldSpec("suppressed", "수신 거부", FieldType.BOOL),
        FieldSpec("import", "가져오기", FieldType.CHOICE),
        FieldSpec("source", "출처", FieldType.TEXT),
        FieldSpec("basis", "처리 근거", FieldType.TEXT),
        FieldSpec("createdAt", "만든 날", FieldType.DATE),
        FieldSpec("updatedAt", "고친 날", FieldType.DATE),
        FieldSpec("phoneCount", "번호 수", FieldType.NUMBER),
        FieldSpec("tagCount", "태그 수", FieldType.NUMBER),
        FieldSpec("name", "이름", FieldType.TOKEN),
        FieldSpec("phone", "전화번호", FieldType.TOKEN),
        FieldSpec("email", "이메일", FieldType.TOKEN),
        FieldSpec("kakaoId", "카카오 ID", FieldType.TOKEN),
    )
}
