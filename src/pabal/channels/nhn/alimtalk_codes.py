"""Codes of NHN's AlimTalk: answers to requests (negative) and delivery results. Another table than the SMS product's.

Missing on purpose, so that they are unknown and the engine asks: -7000 (upstream failed), -9996 … -9999 (system), and
-1005 (this key was used: the first copy is in).
"""

from pabal.channels.codes import (
    ADDRESS,
    ASK_CARRIER,
    LATER,
    OURS,
    PROFILE,
    TEMPLATE,
    TEXT,
    Code,
)
from pabal.domain.message import FailureClass as F

KEY_REUSED = "-1005"
_KEY = "앱 키와 비밀키를 확인해 주세요."

ERRORS: dict[str, Code] = {
    "4": Code("요청 형식이 잘못됐어요", F.CONFIGURATION, mend_ko=OURS),
    "-1000": Code("앱 키가 잘못됐어요", F.CONFIGURATION, mend_ko=_KEY),
    "-1001": Code("비밀키가 잘못됐어요", F.CONFIGURATION, mend_ko=_KEY),
    "-1003": Code("대체 발송의 발신번호가 잘못됐어요", F.CONFIGURATION, mend_ko=OURS),
    "-1016": Code("없는 메시지예요", F.CONFIGURATION, mend_ko=OURS),
    "-1024": Code("그룹 프로필로는 보낼 수 없어요", F.CONFIGURATION, mend_ko=PROFILE),
    "-1027": Code("차단된 발신프로필이에요", F.CONFIGURATION, mend_ko=PROFILE),
    "-1028": Code("새 발신프로필은 변수에 짧은 글만 넣을 수 있어요", F.CONTENT, mend_ko=TEXT),
    # Every recipient failed, and the answer needn't say why: content, because that class makes somebody look.
    "-1031": Code("받는 사람 모두에게 보낼 수 없었어요", F.CONTENT, mend_ko=TEMPLATE),
    **{
        str(code): Code("요청 항목의 길이나 값이 잘못됐어요", F.CONFIGURATION, mend_ko=OURS)
        for code in range(-2005, -1999)
    },
    "-2017": Code("없는 발신프로필이에요", F.CONFIGURATION, mend_ko=PROFILE),
    "-2019": Code("변수를 채운 글이 1,300자를 넘어요", F.CONTENT, mend_ko=TEXT),
    "-2025": Code("예약 시각이 지났어요", F.CONFIGURATION, mend_ko=OURS),
    "-2026": Code("예약 시각이 너무 멀어요", F.CONFIGURATION, mend_ko=OURS),
    "-2027": Code("예약 시각을 읽을 수 없어요", F.CONFIGURATION, mend_ko=OURS),
    "-2502": Code("대체 발송이 설정되지 않았어요", F.CONFIGURATION, mend_ko=OURS),
    "-3003": Code("없는 템플릿이에요", F.CONFIGURATION, mend_ko=TEMPLATE),
    "-3004": Code("템플릿 변수가 맞지 않아요", F.CONTENT, mend_ko=TEMPLATE, one_of_them=True),
    "-3005": Code("승인되지 않은 템플릿이에요", F.CONFIGURATION, mend_ko=TEMPLATE),
    "-3006": Code("버튼 링크의 형식이 잘못됐어요", F.CONTENT, mend_ko=TEMPLATE),
    "-3007": Code("앱 링크 규칙에 맞지 않아요", F.CONTENT, mend_ko=TEMPLATE),
    "-3010": Code("승인된 템플릿과 내용이 달라요", F.CONTENT, mend_ko=TEMPLATE, one_of_them=True),
    "-3011": Code("버튼이 승인된 템플릿과 달라요", F.CONTENT, mend_ko=TEMPLATE),
    "-3048": Code("변수의 값이 너무 길어요", F.CONTENT, mend_ko=TEXT, one_of_them=True),
    "-3049": Code("템플릿 변수가 맞지 않아요", F.CONTENT, mend_ko=TEMPLATE, one_of_them=True),
    "-3301": Code("수신을 거부한 번호가 있어요", F.POLICY, one_of_them=True),
    "-4003": Code("조회 기간이 너무 길어요", F.CONFIGURATION, mend_ko=OURS),
    "-4017": Code("조회할 수 있는 기간이 지났어요", F.CONFIGURATION, mend_ko=OURS),
    "-4019": Code("수신번호가 잘못됐어요", F.FINAL, mend_ko=ADDRESS, one_of_them=True),
    "-5000": Code("수신번호가 잘못됐어요", F.FINAL, mend_ko=ADDRESS, one_of_them=True),
    "-8006": Code("인증 메시지에 인증 낱말이 없어요", F.CONTENT, mend_ko=TEXT),
    "-8008": Code("쓸 수 없는 낱말이 있어요", F.CONTENT, mend_ko=TEXT),
    # Template management.
    "-3001": Code("같은 코드의 템플릿이 이미 있어요", F.CONFIGURATION, mend_ko=TEMPLATE),
    "-3008": Code("버튼 이름에는 변수를 쓸 수 없어요", F.CONTENT, mend_ko=TEMPLATE),
    "-3012": Code("지금은 고칠 수 없는 템플릿이에요", F.CONFIGURATION, mend_ko=TEMPLATE),
    "-3013": Code("고치는 중인 템플릿이에요", F.CONFIGURATION, mend_ko=LATER),
    "-3034": Code("3일 안에 쓴 템플릿은 지울 수 없어요", F.CONFIGURATION, mend_ko=LATER),
}

DELIVERED = "1000"
# Sent, receipt unknown, may arrive within three days; still being processed. Neither is a failure yet.
OPEN = frozenset({"3005", "4161"})

CODES: dict[str, Code] = {
    "1003": Code("발신프로필 키가 잘못됐어요", F.CONFIGURATION, mend_ko=PROFILE),
    "1006": Code("삭제된 발신프로필이에요", F.CONFIGURATION, mend_ko=PROFILE),
    "1007": Code("차단된 발신프로필이에요", F.CONFIGURATION, mend_ko=PROFILE),
    **{
        str(code): Code("쓸 수 없는 카카오 채널이에요", F.CONFIGURATION, mend_ko=PROFILE)
        for code in (1021, 1022, 1023, 1024, 1025, 1027)
    },
    "1028": Code("허용되지 않은 발송 대상이에요", F.CONFIGURATION, mend_ko=PROFILE),
    "1030": Code("요청 항목이 잘못됐어요", F.CONFIGURATION, mend_ko=OURS),
    # "Unexpected error": nothing says that it wasn't shown to the person.
    **{
        str(code): Code("카카오의 오류예요", F.RETRYABLE, certain=False, mend_ko=LATER)
        for code in (2001, 3000, 3006, 3010, 3012, 4000, 4001, 9998, 9999)
    },
    "3008": Code("수신번호가 잘못됐어요", F.FINAL, mend_ko=ADDRESS),
    "3013": Code("글이 비었어요", F.CONTENT, mend_ko=TEXT),
    "3014": Code("글이 너무 길어요", F.CONTENT, mend_ko=TEXT),
    "3015": Code("템플릿을 찾을 수 없어요", F.CONFIGURATION, mend_ko=TEMPLATE),
    "3016": Code("승인된 템플릿과 내용이 달라요", F.CONTENT, mend_ko=TEMPLATE),
    "3018": Code("카카오톡으로 받을 수 없는 번호예요", F.FINAL),
    "3019": Code("카카오톡 사용자가 아니에요", F.FINAL),
    # The channel is closed, the person didn't refuse us: the carrier's own fallback starts from it too.
    "3020": Code("알림톡을 받지 않는 사용자예요", F.FINAL),
    "3021": Code("카카오톡이 너무 오래됐어요", F.FINAL),
    "3022": Code("보낼 수 있는 시간이 아니에요", F.POLICY, mend_ko="보낼 수 있는 시간에 다시 보내 주세요."),
    "3024": Code("이미지를 보낼 수 없어요", F.CONTENT, mend_ko=TEXT),
    "3025": Code("변수의 값이 너무 길어요", F.CONTENT, mend_ko=TEXT),
    **{str(code): Code("승인된 템플릿과 달라요", F.CONTENT, mend_ko=TEMPLATE) for code in range(3027, 3043)},
    "3050": Code("이 카카오톡에서는 볼 수 없는 메시지예요", F.FINAL, verified=False),
    "4131": Code("같은 요청이 이미 들어갔어요", F.DUPLICATE),
    "4133": Code("중지된 템플릿이에요", F.CONFIGURATION, mend_ko=TEMPLATE),
    "4134": Code("바뀐 템플릿이에요", F.CONFIGURATION, mend_ko=TEMPLATE),
    "4138": Code("보낼 수 있는 수를 넘었어요", F.CONFIGURATION, mend_ko=ASK_CARRIER),
    "4156": Code("보낼 수 있는 수를 넘었어요", F.CONFIGURATION, mend_ko=ASK_CARRIER),
}
