"""What may be said, and when (공직선거법 제58조 and after): T rows.

Each row of data stands above the function that judges it. Pure.
"""

from collections.abc import Mapping
from typing import Final

from pabal.domain.campaign import MessageClass
from pabal.domain.law import words
from pabal.domain.law.election import greeting_around
from pabal.domain.law.facts import LawFacts
from pabal.domain.law.rules import ADVERT, CAMP, OTHERS, Finding, Judge, Rule, naming

RULES: Final = (
    Rule(
        "T-01",
        "선거일 전 90일부터 의정활동보고는 문자·이메일·인터넷으로만 보내요",
        "공직선거법 제111조 1항",
        "H",
        "block",
        classes=frozenset({MessageClass.COUNCIL_REPORT}),
        window="report",
    ),
    Rule(
        "T-03",
        "선거구민이 아닌 사람이 섞인 의정활동보고는 승인을 받아요",
        "공직선거법 제111조 1항",
        "H",
        "hold",
        classes=frozenset({MessageClass.COUNCIL_REPORT}),
    ),
    Rule(
        "T-04",
        "선거운동으로 읽힐 수 있는 말은 승인을 받아요",
        "공직선거법 제58조 1항",
        "H",
        "hold",
        classes=OTHERS,
    ),
    Rule(
        "T-05",
        "명절 인사는 명절 앞뒤 7일에 보내요",
        "공직선거법 제58조 1항 6호 (기간은 파발 기준)",
        "M",
        "warn",
        origin="product",
        classes=frozenset({MessageClass.GREETING}),
    ),
    Rule(
        "T-06",
        "투표참여 권유에 후보자나 정당 이름이 있으면 승인을 받아요",
        "공직선거법 제58조의2 3호",
        "H",
        "hold",
        classes=frozenset({MessageClass.TURNOUT}),
    ),
    Rule(
        "T-07",
        "선거일 전 120일부터 후보자나 정당 이름이 든 글은 승인을 받아요",
        "공직선거법 제93조 1항",
        "H",
        "hold",
        classes=OTHERS,
        window="documents",
    ),
    Rule(
        "T-08",
        "선거일 전 90일부터 광고에 후보자나 정당 이름을 쓸 수 없어요",
        "공직선거법 제93조 2항",
        "H",
        "block",
        classes=ADVERT,
        window="adverts",
    ),
    Rule(
        "T-09",
        "지지 서명이나 서약을 모으는 글을 막아요",
        "공직선거법 제93조 3항, 제107조",
        "H",
        "block",
        tenants=CAMP,
    ),
    Rule(
        "T-10",
        "선거일 전 90일부터 AI로 만든 영상·음성을 막고, 그 밖에는 표시해요",
        "공직선거법 제82조의8",
        "H",
        "block",
        channels=frozenset({"mms", "brand"}),
        window="deepfake",
    ),
    Rule(
        "T-11",
        "다른 후보자를 비난하는 글은 승인을 받아요",
        "공직선거법 제82조의4 2항·3항, 제110조",
        "H",
        "hold",
        tenants=CAMP,
    ),
    Rule(
        "T-12",
        "지역·성별·장애를 깎아내리는 말은 승인을 받아요",
        "공직선거법 제110조 2항",
        "H",
        "hold",
        tenants=CAMP,
    ),
    Rule(
        "T-13",
        "여론조사 결과는 선거일 전 6일부터 막고, 그 전에는 승인을 받아요",
        "공직선거법 제108조 1항·6항",
        "H",
        "hold",
        window="poll_results",
    ),
    Rule(
        "T-14",
        "후보자나 정당을 묻는 조사는 승인을 받아요",
        "공직선거법 제108조 2항·3항",
        "H",
        "hold",
        window="poll_names",
    ),
    Rule(
        "T-15",
        "선거구민에게 물건을 준다는 말을 막아요",
        "공직선거법 제112조~제114조",
        "H",
        "block",
        tenants=CAMP,
    ),
    Rule(
        "T-16",
        "선거일 전 90일부터 출판기념회 안내를 막아요",
        "공직선거법 제103조 5항",
        "H",
        "block",
        tenants=CAMP,
        window="books",
    ),
    Rule(
        "T-17",
        "당원 모집은 선거기간에, 당원집회는 선거일 전 30일부터 승인을 받아요",
        "공직선거법 제144조 1항, 제141조 1항",
        "H",
        "hold",
        tenants=CAMP,
        window="meetings",
    ),
    Rule(
        "T-19",
        "휴대전화 가상번호가 든 명단을 막아요",
        "공직선거법 제57조의8 9항·10항",
        "H",
        "block",
        stages=("list",),
    ),
    Rule(
        "T-20",
        "선거인명부·세대주명단은 문자를 보내는 데 쓸 수 없어요",
        "공직선거법 제46조 4항",
        "H",
        "block",
        stages=("list", "claim"),
    ),
)


def _t01(facts: LawFacts) -> str | None:
    if "report" not in facts.windows or facts.channel in {"sms", "lms", "mms", "email"}:
        return None
    return "선거일 전 90일부터 의정활동보고는 문자·이메일·인터넷으로만 할 수 있어요."


def _t04(facts: LawFacts) -> str | None:
    return naming(
        facts,
        words.SUPPORT,
        "선거운동으로 읽힐 수 있는 말이 있어요: {words}. 선거운동이라면 분류를 바꿔야 해요.",
    )


def _t05(facts: LawFacts) -> str | None:
    if greeting_around(facts.day) is not None:
        return None
    return "설날·추석·부처님오신날·기독탄신일 앞뒤 7일이 아니에요. 인사로 읽힐지 한 번 더 봐 주세요."


def _t06(facts: LawFacts) -> str | None:
    hits = words.found(facts.content, (*sorted(facts.names), *words.SUPPORT))
    if not hits:
        return None
    return f"투표참여 권유에 후보자·정당 이름이나 지지하는 말이 있어요: {words.quoted(hits)}."


def _t07(facts: LawFacts) -> str | None:
    if "documents" not in facts.windows or facts.message_class is MessageClass.TURNOUT:
        return None
    hits = words.found(facts.content, sorted(facts.names))
    if not hits:
        return None
    return f"선거일 전 120일부터 후보자나 정당 이름이 든 글은 먼저 승인을 받아요: {words.quoted(hits)}."


def _t08(facts: LawFacts) -> str | None:
    hits = words.found(facts.content, sorted(facts.names)) if "adverts" in facts.windows else ()
    return f"선거일 전 90일부터 광고에 쓸 수 없는 이름이 있어요: {words.quoted(hits)}." if hits else None


def _t09(facts: LawFacts) -> str | None:
    return naming(facts, words.SIGNATURES, "선거운동으로 서명이나 서약을 모을 수 없어요: {words}.")


def _t10(facts: LawFacts) -> Finding | None:
    if not facts.generated:
        return None
    if "deepfake" in facts.windows:
        return Finding("선거일 전 90일부터는 AI로 만든 영상·음성·그림을 쓸 수 없어요.")
    return Finding("AI로 만든 것이라고 알아볼 수 있게 표시해 주세요.", "label")


def _t11(facts: LawFacts) -> str | None:
    rivals = words.found(facts.content, sorted(facts.rivals))
    hits = words.found(facts.content, words.ACCUSATION)
    if not rivals or not hits:
        return None
    return f"다른 후보자를 비난하는 글로 읽힐 수 있어요: {words.quoted((*rivals, *hits))}. 사실인지 두 사람이 확인해 주세요."


def _t12(facts: LawFacts) -> str | None:
    return naming(facts, words.INSULT, "지역·성별·장애를 깎아내리는 말이 있어요: {words}.")


def _t13(facts: LawFacts) -> Finding | None:
    hits = words.poll_words(facts.content)
    if not hits:
        return None
    if "poll_results" in facts.windows:
        return Finding(
            f"선거일 전 6일부터 투표가 끝날 때까지 여론조사 결과를 알릴 수 없어요: {words.quoted(hits)}.",
            "block",
        )
    return Finding(f"여론조사 결과라면 조사 기관·기간·표본오차를 함께 적어야 해요: {words.quoted(hits)}.")


def _t14(facts: LawFacts) -> str | None:
    hits = words.found(facts.content, words.SURVEY)
    named = words.found(facts.content, sorted(facts.names))
    if not hits or not (named or "지지" in facts.content):
        return None
    within = " 선거일 전 60일부터는 이름을 넣어 물을 수 없어요." if "poll_names" in facts.windows else ""
    return f"후보자나 정당을 묻는 조사는 이틀 전에 신고해야 해요: {words.quoted((*hits, *named))}.{within}"


def _t15(facts: LawFacts) -> str | None:
    return naming(
        facts,
        words.GIFTS,
        "선거구민에게 물건을 준다는 뜻으로 읽힐 수 있는 말이 있어요: {words}. 이 표현을 빼면 보낼 수 있어요.",
    )


def _t16(facts: LawFacts) -> str | None:
    if "books" not in facts.windows:
        return None
    return naming(
        facts, words.BOOKS, "선거일 전 90일부터 후보자와 관련된 출판기념회를 열 수 없어요: {words}."
    )


def _t17(facts: LawFacts) -> str | None:
    if "meetings" not in facts.windows and "recruiting" not in facts.windows:
        return None
    return naming(facts, words.PARTY, "선거가 가까워 당원 모집과 당원집회가 제한돼요: {words}.")


JUDGES: Final[Mapping[str, Judge]] = {
    "T-01": _t01,
    "T-04": _t04,
    "T-05": _t05,
    "T-06": _t06,
    "T-07": _t07,
    "T-08": _t08,
    "T-09": _t09,
    "T-10": _t10,
    "T-11": _t11,
    "T-12": _t12,
    "T-13": _t13,
    "T-14": _t14,
    "T-15": _t15,
    "T-16": _t16,
    "T-17": _t17,
}
