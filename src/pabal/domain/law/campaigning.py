"""Who may campaign by text, how often, from which number (공직선거법 제59조 and around): E rows.

Each row of data stands above the function that judges it. Pure.
"""

from collections.abc import Mapping
from typing import Final

from pabal.domain.campaign import CLASS_LABELS, MessageClass
from pabal.domain.law import words
from pabal.domain.law.election import (
    KNOWN_ELECTIONS,
    MANUAL_LIMIT,
    MAX_BROADCASTS,
    WARN_BROADCASTS,
    ElectionCalendar,
    report_deadline,
)
from pabal.domain.law.facts import LawFacts, Origin, Status
from pabal.domain.law.labels import digits
from pabal.domain.law.rules import CAMPAIGN, SALES, TEXTS, Finding, Judge, Rule, naming
from pabal.domain.window import KST, when

RULES: Final = (
    Rule(
        "E-01",
        "20명을 넘거나 프로그램이 받는 사람을 고르면 자동 동보로 봐요",
        "공직선거법 제59조 2호",
        "H",
        "label",
        classes=CAMPAIGN,
        channels=TEXTS,
    ),
    Rule(
        "E-02",
        "등록한 예비후보자·후보자만 선거운동정보를 자동 동보로 보내요",
        "공직선거법 제59조 2호",
        "H",
        "block",
        classes=CAMPAIGN,
    ),
    Rule(
        "E-03",
        "자동 동보 8회를 넘으면 막아요",
        "공직선거법 제59조 2호",
        "H",
        "block",
        stages=("check", "claim"),
        classes=CAMPAIGN,
        channels=TEXTS,
    ),
    Rule(
        "E-05",
        "신고한 번호가 아니면 막아요",
        "공직선거법 제59조 2호, 규칙 제25조의10",
        "H",
        "block",
        classes=CAMPAIGN,
        channels=TEXTS,
    ),
    Rule(
        "E-06",
        "번호는 보내는 날 전날까지 신고하고 접수증이 있어야 해요",
        "규칙 제25조의10",
        "H",
        "block",
        classes=CAMPAIGN,
        channels=TEXTS,
    ),
    Rule(
        "E-07",
        "신고를 받는 시간이 언제 끝나는지 알려요",
        "규칙 제26조 8항",
        "H",
        "warn",
        classes=CAMPAIGN,
        channels=TEXTS,
    ),
    Rule(
        "E-08",
        "한 명씩 고른 20명 이하는 횟수에 들지 않아요. 이어서 되풀이하면 막거나 승인을 받아요",
        "공직선거법 제59조 2호",
        "H",
        "warn",
        classes=CAMPAIGN,
        channels=TEXTS,
    ),
    Rule(
        "E-09",
        "자동화로 선거운동정보 보내기를 막아요",
        "공직선거법 제59조 2호 (해석)",
        "H",
        "block",
        classes=CAMPAIGN,
    ),
    Rule(
        "E-10",
        "선거일 당일은 승인을 받아요",
        "파발 기준 (법에 문자 금지는 없음)",
        "M",
        "hold",
        origin="product",
        classes=CAMPAIGN,
    ),
    Rule(
        "E-12",
        "ARS·자동 전화·팩스로 선거운동정보 보내기를 막아요",
        "공직선거법 제59조 4호, 제109조 1항",
        "H",
        "block",
        classes=CAMPAIGN,
        channels=frozenset({"ars", "voice", "fax"}),
    ),
    Rule(
        "E-13",
        "선거운동을 할 수 있다는 확인에 서명한 사람만 보내요",
        "공직선거법 제60조 1항",
        "H",
        "block",
        classes=CAMPAIGN,
    ),
    Rule(
        "E-15",
        "회사나 단체 이름으로 선거운동하는 것을 막아요",
        "공직선거법 제87조 1항, 제85조 3항",
        "H",
        "block",
        tenants=SALES,
    ),
    Rule(
        "E-17",
        "당내 경선을 말하는 글은 승인을 받아요",
        "공직선거법 제57조의3 1항",
        "H",
        "hold",
        classes=CAMPAIGN,
    ),
    Rule(
        "E-18",
        "비례대표에는 예비후보자가 없어요",
        "공직선거법 제60조의2 1항",
        "H",
        "block",
        classes=CAMPAIGN,
    ),
    Rule(
        "E-19",
        "후보자 등록이 끝나면 예비후보자 자격이 끝나요",
        "공직선거법 제60조의2 7항",
        "H",
        "block",
        classes=CAMPAIGN,
    ),
    Rule(
        "D-09",
        "등록할 수 있는 후보자 자격이 없을 때 선거운동정보를 막아요",
        "공직선거법 제60조의2 1항 (셈)",
        "M",
        "block",
        classes=CAMPAIGN,
    ),
    Rule(
        "law.six",
        "6회째부터 남은 횟수를 크게 알려요",
        "파발 기준",
        "L",
        "warn",
        origin="product",
        classes=CAMPAIGN,
        channels=TEXTS,
    ),
)


def _e01(facts: LawFacts) -> str | None:
    if not facts.automatic:
        return None
    who = "프로그램이 받는 사람을 골라서" if facts.origin is not Origin.HAND else f"{MANUAL_LIMIT}명을 넘어서"
    return (
        f"{who} 자동 동보예요. 시작하면 1회를 써요. 멈췄다가 이어 보내면 새로 쓰지 않고, 실패한 사람에게 다시 보내는"
        " 것은 새 1회예요."
    )


def _e02(facts: LawFacts) -> str | None:
    if not facts.automatic:
        return None
    candidacy = facts.candidacy
    if candidacy is None:
        return "‘선거운동정보’는 등록된 예비후보자·후보자만 여러 사람에게 보낼 수 있어요. 후보자 정보를 등록해 주세요."
    if candidacy.status in {Status.WITHDRAWN, Status.INVALID}:
        return "사퇴했거나 등록이 무효가 된 후보자는 선거운동정보를 여러 사람에게 보낼 수 없어요."
    if not candidacy.proven:
        return "후보자 등록을 증명하는 파일이 없어요. ‘선거법’에서 올려 주세요."
    if facts.day < candidacy.registered_on:
        return f"등록일({candidacy.registered_on:%Y-%m-%d})보다 앞선 날이에요."
    if facts.day > candidacy.calendar.day:
        return "선거일이 지났어요."
    return None


def _d09(facts: LawFacts) -> str | None:
    if not facts.automatic or facts.candidacy is not None:
        return None
    openings = sorted(
        opening
        for known in KNOWN_ELECTIONS
        if known.day >= facts.day
        for office in known.offices
        if (opening := ElectionCalendar(known.day, office).opening) is not None
    )
    if not openings or openings[0] <= facts.day:
        return None
    return f"지금은 등록할 수 있는 후보자 자격이 없어요. 다음 예비후보자 등록은 {openings[0]:%Y년 %-m월 %-d일}부터예요."


def _e18(facts: LawFacts) -> str | None:
    candidacy = facts.candidacy
    if (
        candidacy is None
        or candidacy.status is not Status.PRELIMINARY
        or candidacy.calendar.opening is not None
    ):
        return None
    return "비례대표에는 예비후보자가 없어요. 후보자 등록을 마친 뒤에 보낼 수 있어요."


def _e19(facts: LawFacts) -> str | None:
    candidacy = facts.candidacy
    if not facts.automatic or candidacy is None or candidacy.status is not Status.PRELIMINARY:
        return None
    if max(facts.starts_at, facts.ends_at or facts.starts_at) <= candidacy.calendar.preliminary_ends:
        return None
    ends = when(candidacy.calendar.preliminary_ends)
    return f"예비후보자 자격이 {ends}에 끝나요. 후보자로 등록했다면 ‘선거법’에서 상태를 바꿔 주세요."


def _e03(facts: LawFacts) -> str | None:
    if not facts.automatic or facts.candidacy is None or facts.candidacy.broadcasts < MAX_BROADCASTS:
        return None
    return f"자동 동보 {MAX_BROADCASTS}회를 모두 썼어요. 이번 선거에서는 더 보낼 수 없어요."


def _six(facts: LawFacts) -> str | None:
    if not facts.automatic or facts.candidacy is None:
        return None
    used = facts.candidacy.broadcasts
    if not WARN_BROADCASTS - 1 <= used < MAX_BROADCASTS:
        return None
    left = MAX_BROADCASTS - used - 1
    return f"시작하면 {used + 1}회째예요. {MAX_BROADCASTS}회 가운데 {left}회가 남아요."


def _e05(facts: LawFacts) -> str | None:
    candidacy = facts.candidacy
    if not facts.automatic or candidacy is None:
        return None
    if not candidacy.reported_number:
        return "선거관리위원회에 신고한 번호가 없어요. ‘선거법’에서 신고한 번호를 적어 주세요."
    if digits(facts.sender) != digits(candidacy.reported_number):
        return "신고한 번호로만 보낼 수 있어요. 보내는 번호를 신고한 번호로 바꿔 주세요."
    return None


def _e06(facts: LawFacts) -> str | None:
    candidacy = facts.candidacy
    if not facts.automatic or candidacy is None or not candidacy.reported_number:
        return None
    if candidacy.reported_at is None or not candidacy.receipt:
        return "번호 신고의 접수번호가 없어요. 접수증을 받은 뒤 ‘선거법’에 적어 주세요."
    if candidacy.reported_at.astimezone(KST).date() >= facts.day:
        return "번호는 보내는 날 전날까지 신고해야 해요. 내일부터 보낼 수 있어요."
    return None


def _e07(facts: LawFacts) -> str | None:
    if not facts.automatic or facts.candidacy is None or _e06(facts) is None:
        return None
    deadline = when(report_deadline(facts.day))
    return f"이날 보내려면 {deadline}까지 신고해야 해요. 선거관리위원회는 근무일 09~18시에 받아요."


def _e08(facts: LawFacts) -> Finding | None:
    if facts.automatic:
        return None
    if facts.program:
        message = "프로그램(API 키)이 고른 사람은 직접 고른 사람이 아니에요. 팀원이 직접 시작해 주세요."
        return Finding(message, "block")
    together = facts.chained + (facts.people or 0)
    if facts.chained and together > MANUAL_LIMIT:
        message = (
            f"지난 하루 동안 같은 글을 직접 골라 {facts.chained}명에게 보냈어요. 이어서 보내면 {together}명이 되어"
            " 자동 동보와 다르지 않아요. 인사말이나 띄어쓰기만 바꾼 글도 같은 글이에요."
        )
        return Finding(message, "block")
    together = facts.by_hand + (facts.people or 0)
    if facts.by_hand and together > MANUAL_LIMIT:
        message = (
            f"지난 하루 동안 직접 골라 {facts.by_hand}명에게 보냈어요. 이어서 보내면 {together}명이 되어 자동 동보로 보일 수"
            " 있어요. 사람마다 따로 쓴 글이면 까닭을 적고 보내 주세요."
        )
        return Finding(message, "hold")
    return Finding(
        f"직접 고른 {MANUAL_LIMIT}명 이하라 자동 동보로 세지 않아요. 한 명씩 골랐는지 확인해 주세요."
    )


def _e09(facts: LawFacts) -> str | None:
    if facts.origin is not Origin.AUTOMATION:
        return None
    return "자동화로는 선거운동정보를 보낼 수 없어요. 한 번 나갈 때마다 자동 동보 1회가 돼요."


def _e10(facts: LawFacts) -> str | None:
    if facts.around is None or facts.day != facts.around.day:
        return None
    return "선거일 당일이에요. 법에 문자 금지는 없지만, 한 번 더 확인하고 보내요."


def _e12(_: LawFacts) -> str:
    return "이 방법으로는 선거운동정보를 보낼 수 없어요."


def _e13(facts: LawFacts) -> str | None:
    if facts.attested:
        return None
    return "선거운동을 할 수 있다는 확인서에 아직 서명하지 않았어요. ‘선거법’에서 서명해 주세요."


_POLITICAL: Final = frozenset({MessageClass.CAMPAIGN, MessageClass.COUNCIL_REPORT, MessageClass.PARTY_NOTICE})


def _e15(facts: LawFacts) -> str | None:
    if facts.message_class not in _POLITICAL:
        return None
    return f"회사나 단체 이름으로는 ‘{CLASS_LABELS[facts.message_class]}’을 보낼 수 없어요."


def _e17(facts: LawFacts) -> str | None:
    return naming(facts, words.PRIMARY, "당내 경선에는 정해진 방법만 쓸 수 있어요: {words}.")


JUDGES: Final[Mapping[str, Judge]] = {
    "E-01": _e01,
    "E-02": _e02,
    "E-03": _e03,
    "E-05": _e05,
    "E-06": _e06,
    "E-07": _e07,
    "E-08": _e08,
    "E-09": _e09,
    "E-10": _e10,
    "E-12": _e12,
    "E-13": _e13,
    "E-15": _e15,
    "E-17": _e17,
    "E-18": _e18,
    "E-19": _e19,
    "D-09": _d09,
    "law.six": _six,
}
