"""From facts to verdicts: one function per rule, each of which says why or nothing. Pure; the clock is a fact.

The same call stands behind the check, the launch, the claim of a scheduled send and the page that tells what may be sent
today, so that they can't disagree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pabal.domain.campaign import LEVEL_ORDER, Level
from pabal.domain.law import adverts, campaigning, content, notices
from pabal.domain.law.facts import LawFacts
from pabal.domain.law.rules import RULES_VERSION, Finding, Judge, Rule

RULES: Final = (*campaigning.RULES, *notices.RULES, *content.RULES, *adverts.RULES)
BY_ID: Final = MappingProxyType({rule.id: rule for rule in RULES})
JUDGES: Final[Mapping[str, Judge]] = MappingProxyType(
    {**campaigning.JUDGES, **notices.JUDGES, **content.JUDGES, **adverts.JUDGES}
)


@dataclass(frozen=True, slots=True)
class LawVerdict:
    rule: str
    level: Level
    message: str
    article: str
    version: int = RULES_VERSION


REHEARSED: Final = "예행연습이라 보내지만, 실제 발송은 안 돼요."
# Whoever isn't entitled isn't made so by practising; everything else that the law forbids reaches nobody in a rehearsal.
_ALSO_IN_REHEARSALS: Final = frozenset({"E-15", "P-05"})


def judge(facts: LawFacts, levels: Mapping[str, Level] | None = None) -> tuple[LawVerdict, ...]:
    """Every rule that has something to say, worst first. `levels`: what an owner made of product rules."""
    found = [verdict for rule in RULES if (verdict := _verdict(rule, facts, levels or {})) is not None]
    return tuple(sorted(found, key=lambda verdict: LEVEL_ORDER.index(verdict.level)))


def _verdict(rule: Rule, facts: LawFacts, levels: Mapping[str, Level]) -> LawVerdict | None:
    if rule.id not in JUDGES or not rule.concerns(facts.message_class, facts.channel, facts.tenant_kind):
        return None
    found = JUDGES[rule.id](facts)
    if found is None:
        return None
    finding = Finding(found) if isinstance(found, str) else found
    level = finding.level or rule.level
    if rule.switchable:
        level = levels.get(rule.id, level)
        if level == "ok":
            return None  # switched off
    message = finding.message
    if facts.rehearse and level in {"block", "hold"} and rule.id not in _ALSO_IN_REHEARSALS:
        level, message = "warn", f"{REHEARSED} {message}"
    return LawVerdict(rule.id, level, message, rule.article)


# Kept where people, lists and proof are: the gate's SQL, imports, the bundle.
ELSEWHERE: Final = frozenset(
    {
        "C-06",
        "C-07",
        "C-08",
        "C-13",
        "T-03",
        "T-19",
        "T-20",
        "A-01",
        "A-02",
        "A-06",
        "A-07",
        "N-01",
        "P-01",
        "P-04",
        "P-07",
        "P-08",
    }
)
