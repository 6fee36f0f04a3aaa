"""Codes of NHN Cloud SMS: answers to requests (negative) and delivery results. Meanings are the carrier's, classes ours.

Missing on purpose, so that they are unknown and the engine asks: -9995 … -9999 except "no such API" (system faults may
come after the intake) and -2021 "queue insert failed": the text says it wasn't taken, but a failure inside the carrier
is no proof.
"""

from pabal.channels.codes import (
    ADDRESS,
    ASK_CARRIER,
    LATER,
    OURS,
    RESPECT,
    SENDER,
    TEXT,
    Code,
)
from pabal.domain.message import FailureClass as F

_KEY = "앱 키와 비밀키를 확인해 주세요."
_LIMIT = "NHN Cloud에 월 발송 한도를 늘려 달라고 하거나, 다음 달에 이어서 보내 주세요."
_OPTOUT_LINE = "문구를 (광고)로 시작하고 무료수신거부 080 번호로 끝내 주세요."

ERRORS: dict[str, Code] = {
    "4": Code("요청 형식이 잘못됐어요", F.CONFIGURATION, mend_ko=OURS),
    "-1000": Code("앱 키가 잘못됐어요", F.CONFIGURATION, mend_ko=_KEY),
    "-1001": Code("없는 앱 키예요", F.CONFIGURATION, mend_ko=_KEY),
    "-1002": Code("사용이 끝난 앱 키예요", F.CONFIGURATION, mend_ko=_KEY),
    "-1004": Code(
        "허용되지 않은 IP예요", F.CONFIGURATION, mend_ko="NHN Cloud 콘솔에서 이 서버의 IP를 허용해 주세요."
    ),
    "-1005": Code("조회 조건이 잘못됐어요", F.CONFIGURATION, mend_ko=OURS),
    "-1006": Code("메시지 종류가 잘못됐어요", F.CONFIGURATION, mend_ko=OURS),
    "-1008": Code("차단된 프로젝트예요", F.CONFIGURATION, mend_ko=ASK_CARRIER),
    "-2000": Code("날짜 형식이 잘못됐어요", F.CONFIGURATION, mend_ko=OURS),
    "-2001": Code("수신자가 없어요", F.CONFIGURATION, mend_ko=OURS),
    "-2014": Code("문구가 비었어요", F.CONTENT, mend_ko=TEXT),
    "-2015": Code("문구가 너무 길어요", F.CONTENT, mend_ko=TEXT),
    "-2016": Code("한 번에 보낼 수 있는 수신자 수를 넘었어요", F.CONFIGURATION, mend_ko=OURS),
    "-2018": Code("수신번호가 비었어요", F.FINAL, mend_ko=ADDRESS, one_of_them=True),
    "-2019": Code("수신번호 형식이 잘못됐어요", F.FINAL, mend_ko=ADDRESS, one_of_them=True),
    "-2022": Code("예약 시각이 지났어요", F.CONFIGURATION, mend_ko=OURS),
    "-2023": Code("보낼 수 없는 글자가 있어요", F.CONTENT, mend_ko=TEXT),
    "-2024": Code("해외로는 장문을 보낼 수 없어요", F.FINAL, mend_ko=ADDRESS, one_of_them=True),
    "-2052": Code("통신사의 월 발송 한도를 다 썼어요", F.CONFIGURATION, mend_ko=_LIMIT),
    "-2312": Code("등록되지 않은 발신번호예요", F.CONFIGURATION, mend_ko=SENDER),
    "-2313": Code("차단된 발신번호예요", F.CONFIGURATION, mend_ko=SENDER),
    "-6000": Code(
        "080 수신거부 서비스를 쓰고 있지 않아요",
        F.CONFIGURATION,
        mend_ko="통신사에서 080 번호를 신청해 주세요.",
    ),
    # Whether an opted-out recipient refuses the whole request or only that row is not said: both are read.
    "-6001": Code("080 수신거부 번호예요", F.POLICY, mend_ko=RESPECT, opt_out=True, one_of_them=True),
    "-6003": Code("광고 문구에 수신거부 안내가 없어요", F.CONTENT, mend_ko=_OPTOUT_LINE),
    "-6004": Code("등록되지 않은 080 번호예요", F.CONFIGURATION, mend_ko=_OPTOUT_LINE),
    "-8000": Code("인증 문자에 인증 낱말이 없어요", F.CONTENT, mend_ko=TEXT),
    "-9998": Code("없는 API예요", F.CONFIGURATION, mend_ko="발송사 주소를 확인해 주세요."),
    **{
        str(code): Code("템플릿에 문제가 있어요", F.CONFIGURATION, mend_ko=OURS)
        for code in range(-2117, -2099)
    },
}

DELIVERED = "1000"
DUPLICATE = "E915"  # the console's duplicate filter: an identical text to this person went in before
ADVERT_WINDOW = "E919"

CODES: dict[str, Code] = {
    "1001": Code("이동통신사 서버가 바빠요", F.RETRYABLE, mend_ko=LATER),
    "1002": Code("수신번호 형식이 잘못됐어요", F.FINAL, mend_ko=ADDRESS),
    "1003": Code("발신번호 형식이 잘못됐어요", F.CONFIGURATION, mend_ko=SENDER),
    "1019": Code("정해진 시간 안에 보내지 못했어요", F.RETRYABLE, mend_ko=LATER),
    # 25 h for SMS, 80 h for LMS without news: silence, so a late receipt may still correct it.
    "2000": Code("시간 안에 도착을 확인하지 못했어요", F.RETRYABLE, certain=False, mend_ko=LATER),
    "2001": Code("무선 구간 오류", F.RETRYABLE, mend_ko=LATER),
    "2002": Code("무선 구간 오류", F.RETRYABLE, mend_ko=LATER),
    "2003": Code("단말기 전원이 꺼져 있었어요", F.RETRYABLE, mend_ko=LATER),
    "2004": Code("단말기 저장 공간이 가득 찼어요", F.RETRYABLE, mend_ko=LATER),
    "2005": Code("음영 지역에 있었어요", F.RETRYABLE, mend_ko=LATER),
    "2006": Code("메시지가 삭제됐어요", F.RETRYABLE, mend_ko=LATER),
    "2007": Code("단말기의 일시적인 문제예요", F.RETRYABLE, mend_ko=LATER),
    "3000": Code("보낼 수 없는 번호예요", F.FINAL, mend_ko=ADDRESS),
    "3001": Code("가입자가 없는 번호예요", F.FINAL, mend_ko=ADDRESS),
    "3003": Code("없는 번호예요", F.FINAL, mend_ko=ADDRESS),
    "3004": Code("서비스가 정지된 번호예요", F.FINAL, mend_ko=ADDRESS),
    "3005": Code("단말기가 통화 중이었어요", F.RETRYABLE, mend_ko=LATER),
    "3006": Code("수신을 거절했어요", F.POLICY, mend_ko=RESPECT),
    "3008": Code("단말기 문제로 받지 못했어요", F.RETRYABLE, mend_ko=LATER),
    "3009": Code("메시지 형식이 잘못됐어요", F.CONTENT, mend_ko=TEXT),
    "3010": Code("장문을 받을 수 없는 단말기예요", F.FINAL),
    "3011": Code("이동통신사 서버 오류", F.RETRYABLE, certain=False, mend_ko=LATER),
    "3012": Code("스팸으로 걸러졌어요", F.CONTENT, mend_ko=TEXT),
    # "service refused" may be the person's wish: read as a refusal, so that nothing else is sent after it.
    "3013": Code("서비스가 거부됐어요", F.POLICY, mend_ko=RESPECT, verified=False),
    "3015": Code("전송 경로가 없어요", F.CONFIGURATION, mend_ko=ASK_CARRIER),
    "3016": Code("첨부 파일이 너무 커요", F.CONTENT, mend_ko=TEXT),
    "3017": Code("발신번호 형식이 변작 방지에 걸렸어요", F.CONFIGURATION, mend_ko=SENDER),
    "3018": Code("도용 방지 서비스에 막힌 발신번호예요", F.CONFIGURATION, mend_ko=SENDER),
    "3019": Code("규제 기관이 차단한 발신번호예요", F.CONFIGURATION, mend_ko=SENDER),
    **{
        str(code): Code("국제 문자를 보내지 못했어요", F.FINAL, mend_ko=ADDRESS) for code in range(4001, 4011)
    },
    "E900": Code("기타 오류", F.RETRYABLE, mend_ko=LATER, verified=False),
    "E911": Code("첨부 파일의 종류가 잘못됐어요", F.CONTENT, mend_ko=TEXT),
    "E913": Code("첨부 파일이 비었어요", F.CONTENT, mend_ko=TEXT),
    DUPLICATE: Code("같은 문자가 이미 나갔어요", F.DUPLICATE),
    ADVERT_WINDOW: Code(
        "광고를 보낼 수 없는 시간이에요", F.POLICY, mend_ko="보낼 수 있는 시간에 다시 보내 주세요."
    ),
    "E999": Code("기타 오류", F.RETRYABLE, certain=False, mend_ko=LATER),
}
