"""Notices and refusals of campaign texts (공직선거법 제82조의5): C rows.

Each row of data stands above the function that judges it. Pure.
"""

from collections.abc import Callable, Mapping
from typing import Final

from pabal.domain.law.election import MAX_BROADCASTS
from pabal.domain.law.facts import LawFacts
from pabal.domain.law.labels import campaign_gaps, free_of_charge
from pabal.domain.law.rules import CAMPAIGN, KAKAO, TEXTS, Finding, Judge, Rule

RULES: Final = (
    Rule(
        "C-01",
        "첫머리에 선거운동정보라고 넣어요",
        "공직선거법 제82조의5 2항 1호, 규칙 제45조의4",
        "H",
        "label",
        stages=("check", "claim"),
        classes=CAMPAIGN,
    ),
    Rule(
        "C-02",
        "신고한 전화번호를 넣어요",
        "공직선거법 제82조의5 2항 2호",
        "H",
        "label",
        stages=("check", "claim"),
        classes=CAMPAIGN,
        channels=TEXTS,
    ),
    Rule(
        "C-03",
        "불법수집정보 신고 전화를 넣어요",
        "공직선거법 제82조의5 2항 3호 (118은 관행)",
        "H",
        "label",
        stages=("check", "claim"),
        classes=CAMPAIGN,
    ),
    Rule(
        "C-04",
        "무료수신거부 방법을 넣어요",
        "공직선거법 제82조의5 2항 4호",
        "H",
        "label",
        stages=("check", "claim"),
        classes=CAMPAIGN,
    ),
    Rule(
        "C-05",
        "거부하는 데 돈이 드는 방법을 막아요",
        "공직선거법 제82조의5 5항",
        "H",
        "block",
        classes=CAMPAIGN,
    ),
    Rule(
        "C-06",
        "수신 거부한 사람은 언제나 빠져요",
        "공직선거법 제82조의5 1항",
        "H",
        "block",
        stages=("check", "claim"),
    ),
    Rule(
        "C-07",
        "보이지 않는 글자를 지우고, 다시 올려도 거부가 풀리지 않아요",
        "공직선거법 제82조의5 4항",
        "H",
        "block",
        stages=("check", "claim", "list"),
    ),
    Rule(
        "C-08",
        "번호가 잇달아 이어진 명단은 출처를 확인하기 전에 보내지 않아요",
        "공직선거법 제82조의5 6항",
        "H",
        "block",
        stages=("list", "check"),
    ),
    Rule(
        "C-10",
        "카카오 다음 단계가 문자면 한 회를 써요",
        "공직선거법 제59조 2호·3호 (셈)",
        "H",
        "warn",
        classes=CAMPAIGN,
        channels=KAKAO,
    ),
    Rule(
        "C-13",
        "보낸 증빙을 남겨요",
        "공직선거법 제260조",
        "H",
        "label",
        stages=("proof",),
        classes=CAMPAIGN,
    ),
)


_DOES: Final = {rule.id: rule.does for rule in RULES}


def _campaign_gap(rule: str) -> Callable[[LawFacts], Finding | None]:
    does = {
        "C-01": "첫머리에 (선거운동정보)를 넣었어요.",
        "C-02": "신고한 전화번호를 넣었어요.",
        "C-03": "불법수집정보 신고 전화를 넣었어요.",
        "C-04": "무료수신거부 번호를 넣었어요.",
    }[rule]

    def judged(facts: LawFacts) -> Finding | None:
        candidacy = facts.candidacy
        if not facts.automatic or candidacy is None or not candidacy.reported_number:
            return None
        if rule in campaign_gaps(facts.text, facts.subject, candidacy.notice):
            return Finding(f"{_DOES[rule]}. 지금 글에는 없어요.", "block")
        return Finding(does)

    return judged


def _c05(facts: LawFacts) -> str | None:
    candidacy = facts.candidacy
    if not facts.automatic or candidacy is None or free_of_charge(candidacy.refusal):
        return None
    return "수신거부는 받는 사람에게 돈이 들지 않아야 해요. 080 번호나 https 링크를 ‘선거법’에 적어 주세요."


def _c10(facts: LawFacts) -> Finding | None:
    candidacy = facts.candidacy
    if not facts.falls_back_to_text or candidacy is None:
        return None
    if candidacy.broadcasts >= MAX_BROADCASTS:
        return Finding(
            "카카오 다음 단계가 문자라서 1회를 쓰는데, 남은 횟수가 없어요. 문자 단계를 빼 주세요.", "block"
        )
    return Finding("카카오 다음 단계가 문자라서 시작할 때 1회를 써요.")


JUDGES: Final[Mapping[str, Judge]] = {
    "C-01": _campaign_gap("C-01"),
    "C-02": _campaign_gap("C-02"),
    "C-03": _campaign_gap("C-03"),
    "C-04": _campaign_gap("C-04"),
    "C-05": _c05,
    "C-10": _c10,
}
