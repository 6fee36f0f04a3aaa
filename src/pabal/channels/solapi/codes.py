"""Solapi's codes: what each one proves, why it happened, who can mend it.

`certain` = the code proves that this message will not reach the person (or, for request errors, that the
call had no effect). Codes that are missing here count as `configuration`: that class is not in the default
fallback list and makes somebody look, whereas guessing "no such user" could send a second message past an
opt-out. First digit: 1 refused at intake, 2000 accepted, 2xxx platform, 3000 handed to the carrier, 3xxx
carrier, 4000 done. Several intake codes have a twin at processing: 1062 and 2062, and so on.
"""

from pabal.channels.codes import ADDRESS as _ADDRESS
from pabal.channels.codes import BALANCE as _BALANCE
from pabal.channels.codes import LATER as _LATER
from pabal.channels.codes import OURS as _OURS
from pabal.channels.codes import PROFILE as _PROFILE
from pabal.channels.codes import RESPECT as _RESPECT
from pabal.channels.codes import SENDER as _SENDER
from pabal.channels.codes import TEMPLATE as _TEMPLATE
from pabal.channels.codes import TEXT as _TEXT
from pabal.channels.codes import Code
from pabal.domain.message import FailureClass as F

ACCEPTED = frozenset({"2000", "3000"})
DELIVERED = "4000"
DUPLICATE = "1026"

CODES: dict[str, Code] = {
    # intake
    "1010": Code("필수 항목이 빠졌어요", F.CONFIGURATION, mend_ko=_OURS),
    "1011": Code("번호 형식이 잘못됐어요", F.FINAL, mend_ko=_ADDRESS),
    "1013": Code("단문에 제목이 있어요", F.CONTENT, mend_ko=_TEXT),
    "1014": Code("제목이 40바이트를 넘었어요", F.CONTENT, mend_ko=_TEXT),
    "1020": Code("통신사 계정이 잘못됐어요", F.CONFIGURATION, mend_ko="통신사 계정 설정을 확인해 주세요."),
    "1021": Code("메시지를 찾을 수 없어요", F.CONFIGURATION, mend_ko=_OURS),
    "1022": Code("그룹을 찾을 수 없어요", F.CONFIGURATION, mend_ko=_OURS),
    "1023": Code("이미지를 찾을 수 없어요", F.CONTENT, mend_ko="이미지를 다시 올려 주세요."),
    "1025": Code("메시지 종류가 잘못됐어요", F.CONFIGURATION, mend_ko=_OURS),
    # Only we fill a group, one row per number: a duplicate says that an earlier copy of our own call is in.
    DUPLICATE: Code("같은 수신번호가 이미 접수됐어요", F.DUPLICATE, certain=False),
    "1027": Code("글자 인코딩이 잘못됐어요", F.CONTENT, mend_ko=_OURS),
    "1028": Code("출력할 수 없는 글자가 있어요", F.CONTENT, mend_ko=_TEXT),
    "1029": Code("문자로 보낼 수 없는 글자가 있어요", F.CONTENT, mend_ko=_TEXT),
    "1030": Code("잔액이 부족해요", F.CONFIGURATION, mend_ko=_BALANCE),
    "1031": Code("문구가 너무 길어요", F.CONTENT, mend_ko=_TEXT),
    "1032": Code("사용자 정의 항목이 잘못됐어요", F.CONFIGURATION, mend_ko=_OURS),
    "1034": Code("이미지가 빠졌어요", F.CONTENT, mend_ko="이미지를 다시 올려 주세요."),
    "1041": Code("발신프로필이 잘못됐어요", F.CONFIGURATION, mend_ko=_PROFILE),
    "1042": Code("템플릿이 없거나 승인되지 않았어요", F.CONFIGURATION, mend_ko=_TEMPLATE),
    "1043": Code("승인된 템플릿과 내용이 달라요", F.CONTENT, mend_ko=_TEMPLATE),
    **{
        str(code): Code("버튼이 승인된 템플릿과 달라요", F.CONTENT, mend_ko=_TEMPLATE)
        for code in range(1044, 1053)
    },
    "1058": Code("전송 경로가 없어요", F.CONFIGURATION, mend_ko="통신사에 문의해 주세요."),
    "1060": Code("수신이 차단된 번호예요", F.POLICY, mend_ko=_RESPECT),
    "1061": Code("080 수신거부 번호예요", F.POLICY, mend_ko=_RESPECT, opt_out=True),
    "1062": Code("등록되지 않은 발신번호예요", F.CONFIGURATION, mend_ko=_SENDER),
    "1064": Code("규제 기관이 차단했어요", F.POLICY, mend_ko="통신사에 차단 사유를 문의해 주세요."),
    # platform, after intake
    "2024": Code("통신사 서버 오류", F.RETRYABLE, certain=False, mend_ko=_LATER),
    "2060": Code("수신이 차단된 번호예요", F.POLICY, mend_ko=_RESPECT),
    "2061": Code("080 수신거부 번호예요", F.POLICY, mend_ko=_RESPECT, opt_out=True),
    "2062": Code("등록되지 않은 발신번호예요", F.CONFIGURATION, mend_ko=_SENDER),
    "2063": Code("통신사 계정이 차단됐어요", F.CONFIGURATION, mend_ko="통신사에 문의해 주세요."),
    "2064": Code("규제 기관이 차단했어요", F.POLICY, mend_ko="통신사에 차단 사유를 문의해 주세요."),
    "2230": Code("잔액이 부족해요", F.CONFIGURATION, mend_ko=_BALANCE),
    "2254": Code("스팸으로 걸러졌어요", F.CONTENT, mend_ko=_TEXT),
    # carrier and handset
    "3010": Code("수신번호 형식이 잘못됐어요", F.FINAL, mend_ko=_ADDRESS),
    "3013": Code("발신번호 형식이 잘못됐어요", F.CONFIGURATION, mend_ko=_SENDER),
    "3024": Code("이동통신사 서버 오류", F.RETRYABLE, certain=False, mend_ko=_LATER),
    "3031": Code("보낼 수 없는 번호예요", F.FINAL, mend_ko=_ADDRESS),
    "3032": Code("가입자가 없는 번호예요", F.FINAL, mend_ko=_ADDRESS),
    "3040": Code("시간 안에 도착을 확인하지 못했어요", F.RETRYABLE, certain=False, mend_ko=_LATER),
    "3041": Code("단말기가 통화 중이었어요", F.RETRYABLE, mend_ko=_LATER),
    "3042": Code("음영 지역에 있었어요", F.RETRYABLE, mend_ko=_LATER),
    "3043": Code("단말기 전원이 꺼져 있었어요", F.RETRYABLE, mend_ko=_LATER),
    "3044": Code("단말기 저장 공간이 가득 찼어요", F.RETRYABLE, mend_ko=_LATER),
    "3045": Code("서비스가 정지된 번호예요", F.FINAL, mend_ko=_ADDRESS),
    "3046": Code("단말기 문제로 받지 못했어요", F.RETRYABLE, mend_ko=_LATER),
    "3047": Code("수신을 거절했어요", F.POLICY, mend_ko=_RESPECT),
    "3050": Code("문자를 받을 수 없는 단말기예요", F.FINAL, mend_ko=_ADDRESS),
    "3054": Code("스팸으로 걸러졌어요", F.CONTENT, mend_ko=_TEXT),
    "3055": Code("스팸 차단을 신청한 번호예요", F.POLICY, mend_ko=_RESPECT),
    "3056": Code("무선 구간 오류", F.RETRYABLE, mend_ko=_LATER),
    "3057": Code("무선 구간 오류", F.RETRYABLE, mend_ko=_LATER),
    "3059": Code("도용 방지 서비스에 막힌 발신번호예요", F.CONFIGURATION, mend_ko=_SENDER),
    # Kakao
    "3101": Code("발신프로필 키가 잘못됐어요", F.CONFIGURATION, mend_ko=_PROFILE),
    "3102": Code("채널 친구가 아니에요", F.FINAL),
    "3103": Code("승인된 템플릿과 내용이 달라요", F.CONTENT, mend_ko=_TEMPLATE),
    "3104": Code("카카오톡 사용자가 아니에요", F.FINAL),
    "3105": Code("등록되지 않은 템플릿이에요", F.CONFIGURATION, mend_ko=_TEMPLATE),
    # One code for "inactive for long" and "blocks AlimTalk": the channel is closed, the person did not
    # refuse us.
    "3107": Code("알림톡을 받지 않는 사용자예요", F.FINAL),
    "3108": Code("보낼 수 있는 시간이 아니에요", F.POLICY, mend_ko="보낼 수 있는 시간에 다시 보내 주세요."),
}


def lookup(code: str) -> Code:
    """The entry of a code; unlisted codes: 1xxx is certain (stored but never sent), anything later is not."""
    found = CODES.get(code)
    if found is not None:
        return found
    return Code(
        f"통신사 코드 {code}",
        F.CONFIGURATION,
        certain=code.startswith("1"),
        mend_ko="통신사에 코드의 뜻을 문의해 주세요.",
    )


# `errorCode` of a whole request. Listed = the call certainly had no effect; anything else is unknown.
# Not listed on purpose: DuplicatedSignature (somebody repeated our request: the first copy may be in),
# ScheduledGroup (we never schedule), FailedGroup (it went out and failed, or never did: ask),
# GroupInProcessing and AlreadySent (a yes to `send`; to anything else a contradiction).
ERRORS: dict[str, Code] = {
    "ValidationError": Code("요청 형식이 잘못됐어요", F.CONFIGURATION, mend_ko=_OURS),
    "ResourceNotFound": Code("통신사에 없는 항목이에요", F.CONFIGURATION),
    "Unauthorized": Code("통신사 인증에 실패했어요", F.CONFIGURATION, mend_ko="API 키를 확인해 주세요."),
    "InvalidAPIKey": Code("API 키가 잘못됐어요", F.CONFIGURATION, mend_ko="API 키를 확인해 주세요."),
    "SignatureDoesNotMatch": Code(
        "API 비밀키가 잘못됐어요", F.CONFIGURATION, mend_ko="API 비밀키를 확인해 주세요."
    ),
    "RequestTimeTooSkewed": Code(
        "서버 시계가 어긋났어요", F.CONFIGURATION, mend_ko="서버 시계를 맞춰 주세요."
    ),
    "Forbidden": Code("권한이 없어요", F.CONFIGURATION, mend_ko="API 키의 권한과 허용 IP를 확인해 주세요."),
    "NotEnoughBalance": Code("잔액이 부족해요", F.CONFIGURATION, mend_ko=_BALANCE),
    "BalanceInsufficient": Code("잔액이 부족해요", F.CONFIGURATION, mend_ko=_BALANCE),
    "InvalidAppId": Code("앱 아이디가 잘못됐어요", F.CONFIGURATION),
    "InactiveApp": Code("사용이 중지된 앱이에요", F.CONFIGURATION, mend_ko="통신사에 문의해 주세요."),
    "BlockedApp": Code("차단된 앱이에요", F.CONFIGURATION, mend_ko="통신사에 문의해 주세요."),
    "ImageNotFound": Code("이미지를 찾을 수 없어요", F.CONTENT, mend_ko="이미지를 다시 올려 주세요."),
    "InvalidStatus": Code("지금 상태에서는 할 수 없어요", F.CONFIGURATION),
    "NotOperationalStatus": Code("지금 상태에서는 할 수 없어요", F.CONFIGURATION),
    "DeletedGroup": Code("삭제된 그룹이에요", F.CONFIGURATION),
    "TooManyRequests": Code("요청이 너무 많아요", F.RETRYABLE, mend_ko=_LATER),
}
# To `send` these may also mean "it is not PENDING because it is going": ask.
DOUBTFUL_FOR_SEND = frozenset({"InvalidStatus", "NotOperationalStatus"})
ALREADY_GOING = frozenset({"AlreadySent", "GroupInProcessing"})
THROTTLED = Code("통신사가 속도를 제한했어요", F.RETRYABLE, mend_ko=_LATER)
