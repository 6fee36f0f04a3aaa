"""Solapi's status codes in its own words, types and nominal prices.

The first digit says where: 1 refused at intake, 2000 accepted, 2xxx platform, 3000 handed to the carrier,
3xxx carrier, 4000 done.
"""

STATUS = {
    "1010": "필수 입력값 누락",
    "1011": "데이터 형식 오류",
    "1013": "SMS에 제목을 넣을 수 없음",
    "1014": "제목이 40바이트를 초과",
    "1020": "잘못된 계정",
    "1021": "메시지 없음",
    "1022": "그룹 없음",
    "1023": "이미지 없음",
    "1025": "잘못된 메시지 타입",
    "1026": "수신번호 중복",
    "1027": "UTF-8 인코딩 오류",
    "1028": "출력할 수 없는 문자 포함",
    "1029": "EUC-KR로 변환할 수 없는 문자 포함",
    "1030": "잔액 부족",
    "1031": "메시지 길이 초과",
    "1032": "customFields 오류",
    "1034": "이미지 아이디 누락",
    "1041": "유효하지 않은 발신프로필",
    "1042": "유효하지 않은 템플릿",
    "1043": "템플릿과 내용이 다름",
    "1058": "전송경로 없음",
    "1060": "수신차단 번호",
    "1061": "080 수신거부 번호",
    "1062": "발신번호 미등록",
    "1064": "발신번호 규제 차단",
    "2000": "정상 접수(이통사로 접수 예정)",
    "2060": "수신차단 번호",
    "2061": "080 수신거부 번호",
    "2062": "발신번호 미등록",
    "2063": "계정 차단",
    "2064": "발신번호 규제 차단",
    "2230": "잔액 부족",
    "2254": "스팸 필터",
    "3000": "이통사로 접수됨",
    "3010": "수신번호 형식 오류",
    "3013": "발신번호 형식 오류",
    "3031": "전송 불가",
    "3032": "가입자 없음",
    "3040": "전송시간 초과",
    "3041": "단말기 통화중",
    "3042": "음영지역",
    "3043": "단말기 전원 꺼짐",
    "3044": "단말기 메시지 저장개수 초과",
    "3045": "서비스 일시 정지",
    "3046": "기타 단말기 문제",
    "3047": "착신 거절",
    "3050": "SMS 착신 불가 단말기",
    "3054": "스팸",
    "3055": "스팸 차단 목록 번호",
    "3056": "무선망 오류",
    "3057": "무선망 오류",
    "3059": "번호 도용",
    "3101": "유효하지 않은 발신프로필 키",
    "3102": "친구가 아님",
    "3103": "템플릿과 내용이 다름",
    "3104": "카카오톡 사용자가 아님",
    "3105": "등록되지 않은 템플릿",
    "3107": "알림톡 차단 또는 비활성 사용자",
    "3108": "발송 가능 시간이 아님",
    "4000": "수신완료",
}

# Never reported: the message stays "at the carrier" for as long as the outcome says so.
OPEN = frozenset({"2000", "3000"})
DELIVERED = "4000"

TEXT_TYPES = ("SMS", "LMS", "MMS")
BRAND_TYPES = ("CTA", "CTI", "BMS_TEXT", "BMS_IMAGE", "BMS_WIDE", "BMS_WIDE_ITEM_LIST", "BMS_CAROUSEL_FEED",
               "BMS_PREMIUM_VIDEO", "BMS_COMMERCE", "BMS_CAROUSEL_COMMERCE", "BMS_FREE")  # fmt: skip
KAKAO_TYPES = ("ATA", *BRAND_TYPES)
OTHER_TYPES = ("NSA", "RCS_SMS", "RCS_LMS", "RCS_MMS", "RCS_TPL", "RCS_ITPL", "RCS_LTPL", "FAX", "VOICE")
TYPES = frozenset((*TEXT_TYPES, *KAKAO_TYPES, *OTHER_TYPES))

# The 11 types that the Node SDK demands in countForCharge and app.profit.
CHARGED = ("sms", "lms", "mms", "ata", "cta", "cti", "nsa", "rcs_sms", "rcs_lms", "rcs_mms", "rcs_tpl")

# Won per message. Nominal: carriers agree on prices with each customer.
PRICES = {"SMS": 18.0, "LMS": 45.0, "MMS": 110.0, "ATA": 13.0, "CTA": 19.0, "CTI": 21.0}
DEFAULT_PRICE = 20.0

# What a stranger to the protocol calls it (the ledger's `channel`).
CHANNELS = {"SMS": "sms", "LMS": "lms", "MMS": "mms", "ATA": "alimtalk"}


def channel_of(type_: str) -> str:
    return CHANNELS.get(type_) or ("brand" if type_ in BRAND_TYPES else type_.lower())


def status_message(code: str) -> str:
    return STATUS.get(code, "기타 오류")


def price_of(type_: str) -> float:
    return PRICES.get(type_, DEFAULT_PRICE)
