"""Adverts (정보통신망법 제50조), sender numbers, Kakao's contract, people and lists (개인정보 보호법): A, N, K and P rows.

Each row of data stands above the function that judges it. Pure.
"""

from collections.abc import Callable, Mapping
from datetime import time
from typing import Final

from pabal.domain.campaign import MessageClass
from pabal.domain.law import words
from pabal.domain.law.election import d_day
from pabal.domain.law.facts import LawFacts
from pabal.domain.law.labels import advert_gaps
from pabal.domain.law.rules import ADVERT, CAMP, CAMPAIGN, KAKAO, SALES, TEXTS, Finding, Judge, Rule, naming
from pabal.domain.window import KST, SendWindow

RULES: Final = (
    Rule(
        "A-01",
        "광고 수신에 동의한 사람에게만 보내요",
        "정보통신망법 제50조 1항",
        "H",
        "block",
        stages=("check", "claim"),
        classes=ADVERT,
    ),
    Rule(
        "A-02",
        "수신 거부하거나 동의를 거둔 사람에게 보내지 않아요",
        "정보통신망법 제50조 2항",
        "H",
        "block",
        stages=("check", "claim"),
        classes=ADVERT,
    ),
    Rule(
        "A-03",
        "밤 9시부터 아침 8시까지는 따로 동의한 사람에게만 광고를 보내요",
        "정보통신망법 제50조 3항",
        "H",
        "block",
        stages=("check", "claim"),
        classes=ADVERT,
    ),
    Rule(
        "A-04",
        "맨 앞에 (광고)와 보내는 이를 넣어요",
        "정보통신망법 제50조 4항, 시행령 별표 6",
        "H",
        "label",
        stages=("check", "claim"),
        classes=ADVERT,
    ),
    Rule(
        "A-05",
        "끝에 무료 수신거부 방법을 넣어요",
        "정보통신망법 제50조 4항·6항",
        "H",
        "label",
        stages=("check", "claim"),
        classes=ADVERT,
    ),
    Rule(
        "A-06",
        "동의·거부·철회의 처리 결과를 14일 안에 알리도록 일러요",
        "정보통신망법 제50조 7항",
        "H",
        "warn",
        stages=("inbound",),
        tenants=SALES,
    ),
    Rule(
        "A-07",
        "2년마다 동의를 다시 확인하지 않은 사람은 빠져요",
        "정보통신망법 제50조 8항",
        "H",
        "block",
        stages=("check", "claim"),
        classes=ADVERT,
    ),
    Rule(
        "A-09",
        "전송자격인증을 받은 발송사로만 광고를 보내요",
        "정보통신망법 제50조의3 1항",
        "H",
        "block",
        classes=ADVERT,
    ),
    Rule(
        "A-11",
        "법이 금하는 물건과 서비스의 광고를 막아요",
        "정보통신망법 제50조의8",
        "H",
        "block",
        classes=ADVERT,
    ),
    Rule(
        "N-01",
        "등록이 끝난 발신번호로만 보내요",
        "전기통신사업법 제84조의2 1항·2항",
        "H",
        "block",
        channels=TEXTS,
    ),
    Rule(
        "K-01",
        "알림톡에 홍보로 읽힐 수 있는 말을 막아요",
        "카카오 운영정책 (법 아님)",
        "M",
        "block",
        origin="platform",
        channels=frozenset({"alimtalk"}),
    ),
    Rule(
        "K-05",
        "카카오 광고는 아침 8시부터 저녁 8시까지만 보내요",
        "카카오 운영정책 (법 아님)",
        "M",
        "block",
        origin="platform",
        classes=ADVERT,
        channels=KAKAO,
    ),
    Rule(
        "K-07",
        "서면 승인 없이 선거운동정보를 카카오로 보내지 않아요",
        "카카오 운영정책 (법 아님)",
        "M",
        "block",
        origin="platform",
        classes=CAMPAIGN,
        channels=KAKAO,
    ),
    Rule(
        "P-01",
        "근거와 출처가 없는 명단을 막아요",
        "개인정보 보호법 제15조 1항·2항",
        "H",
        "block",
        stages=("list",),
    ),
    Rule(
        "P-04",
        "민감한 태그로 고르면 동의한 사람만 보내요",
        "개인정보 보호법 제23조 1항",
        "H",
        "block",
        stages=("check", "list"),
    ),
    Rule(
        "P-05",
        "주민등록번호를 받지 않고 가려요",
        "개인정보 보호법 제24조의2",
        "H",
        "block",
        stages=("check", "list", "inbound"),
    ),
    Rule(
        "P-07",
        "받은 목적과 다른 발송에서는 그 사람을 빼요. 목적이 적히지 않은 사람은 몇 명인지 알려요",
        "개인정보 보호법 제18조 1항·제19조",
        "H",
        "block",
        stages=("check", "claim", "list"),
    ),
    Rule(
        "P-08",
        "번호를 어떻게 알았는지 바로 답해요",
        "개인정보 보호법 제20조 1항",
        "H",
        "label",
        stages=("proof",),
    ),
    Rule(
        "P-09",
        "선거가 끝나면 명단을 정리하고, 다음 날부터 보내기를 멈춰요",
        "개인정보 보호법 제21조",
        "H",
        "hold",
        stages=("check", "list"),
        tenants=CAMP,
    ),
)


ADVERT_HOURS: Final = SendWindow(time(8), time(21))  # 정보통신망법 제50조 3항


def _a03(facts: LawFacts) -> Finding | str | None:
    if facts.night:
        return Finding("밤에도 보내요. 밤에 광고를 받겠다고 따로 동의한 사람에게만 가요.", "label")
    if ADVERT_HOURS.is_open(facts.starts_at):
        return None
    return (
        "밤 9시부터 아침 8시까지는 밤에 받겠다고 따로 동의한 사람에게만 광고를 보낼 수 있어요. 그 사람들에게 보내려면"
        " ‘밤에도 보내기’를 켜 주세요."
    )


_DOES: Final = {rule.id: rule.does for rule in RULES}


def _advert_gap(rule: str) -> Callable[[LawFacts], Finding | None]:
    does = {"A-04": "맨 앞에 (광고)와 보내는 이를 넣었어요.", "A-05": "끝에 무료 수신거부 방법을 넣었어요."}[
        rule
    ]

    def judged(facts: LawFacts) -> Finding | None:
        if facts.channel not in {"sms", "lms", "mms"}:
            return None
        if facts.advert is None:
            message = (
                "광고에 넣을 회사 이름·연락처·무료 수신거부 번호를 ‘설정’의 ‘보내는 규칙’에 적어 주세요."
            )
            return Finding(message, "block")
        if rule in advert_gaps(facts.text, facts.subject, facts.advert):
            return Finding(f"{_DOES[rule]}. 지금 글에는 없어요.", "block")
        return Finding(does)

    return judged


def _a09(facts: LawFacts) -> str | None:
    if facts.sandbox or (facts.certificate_until is not None and facts.certificate_until >= facts.day):
        return None
    if facts.certificate_until is not None:
        return f"발송사의 전송자격인증이 {facts.certificate_until:%Y-%m-%d}에 끝났어요. 새로 확인해 주세요."
    return "발송사의 전송자격인증 번호와 만료일을 ‘설정’의 ‘보내는 규칙’에 적어 주세요."


def _a11(facts: LawFacts) -> Finding | str | None:
    blocked = naming(
        facts, words.FORBIDDEN_GOODS, "광고할 수 없는 물건이나 서비스로 읽힐 수 있어요: {words}."
    )
    if blocked is not None:
        return blocked
    said = "대출 광고는 등록한 대부업자·금융회사만 할 수 있어요: {words}. 등록번호를 확인해 주세요."
    lending = naming(facts, words.LENDING, said)
    return None if lending is None else Finding(lending, "hold")


def _k01(facts: LawFacts) -> str | None:
    if facts.message_class is MessageClass.COMMERCIAL_AD:
        return "알림톡으로는 광고를 보낼 수 없어요. 문자로 바꿔 주세요."
    return naming(
        facts,
        words.PROMOTION,
        "알림톡에는 알리는 내용만 넣을 수 있어요. 홍보로 읽힐 수 있는 말: {words}.",
    )


def _k05(facts: LawFacts) -> str | None:
    at = facts.starts_at.astimezone(KST).time()
    if time(8) <= at < time(20):
        return None
    return "카카오 광고는 아침 8시부터 저녁 8시까지만 보낼 수 있어요."


def _k07(facts: LawFacts) -> str | None:
    if facts.kakao_approval:
        return None
    return "‘선거운동정보’는 카카오의 서면 승인 없이 카카오로 보낼 수 없어요. 문자로 바꿔 주세요."


def _p05(facts: LawFacts) -> str | None:
    if not words.resident_number(facts.content):
        return None
    return "글에 주민등록번호처럼 보이는 숫자가 있어요. 지워 주세요."


def _p09(facts: LawFacts) -> str | None:
    if facts.around is None or facts.day <= facts.around.day:
        return None
    return (
        f"선거가 끝났어요 ({d_day(facts.day, facts.around.day)}). 선거를 위해 모은 명단은 정리해야 해서, 보내려면 까닭이"
        " 있어야 해요."
    )


JUDGES: Final[Mapping[str, Judge]] = {
    "A-03": _a03,
    "A-04": _advert_gap("A-04"),
    "A-05": _advert_gap("A-05"),
    "A-09": _a09,
    "A-11": _a11,
    "K-01": _k01,
    "K-05": _k05,
    "K-07": _k07,
    "P-05": _p05,
    "P-09": _p09,
}
