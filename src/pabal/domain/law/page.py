"""The tables of docs/compliance.md: what is enforced, how sure we are of it, and what is left out and why."""

from collections.abc import Mapping
from typing import Final

from pabal.domain.campaign import CLASS_LABELS
from pabal.domain.law.judge import ELSEWHERE, RULES
from pabal.domain.law.rules import LEFT_OUT, NOT_YET, RULES_VERSION, STATUTE_AS_OF, Rule

BEGIN: Final = "<!-- rules: written by scripts/compliance-page.py -->"
END: Final = "<!-- end of rules -->"
_ORIGINS: Final = {"statute": "law", "platform": "carrier's contract", "product": "ours"}


def tables() -> str:
    """Markdown."""
    rows = "\n".join(_row(rule) for rule in RULES)
    kept = len(RULES) - len(NOT_YET)
    elsewhere = len(ELSEWHERE - set(NOT_YET))
    return f"""Version {RULES_VERSION} of the rules, 공직선거법 as in force on {STATUTE_AS_OF}: {kept} rules are kept,
{elsewhere} of them where people, lists and proof are (the gate's SQL, imports, the bundle), the others by pure functions
before every launch.
Confidence: **H** read in the statute, **M** official guidance or a vendor's page, **L** from memory, never shown as law.

| rule | what the hub does | from | confidence | whose | level | where | for whom |
|---|---|---|---|---|---|---|---|
{rows}

{_not_yet()}### Left out, or kept without a rule of their own

{_table(LEFT_OUT)}
"""


def _not_yet() -> str:
    return f"### Not kept yet\n\n{_table(NOT_YET)}\n\n" if NOT_YET else ""


def _table(rows: Mapping[str, str]) -> str:
    return "\n".join(
        ["| rule | why |", "|---|---|", *(f"| `{rule}` | {why} |" for rule, why in sorted(rows.items()))]
    )


def _row(rule: Rule) -> str:
    classes = "" if rule.classes is None else ", ".join(sorted(CLASS_LABELS[one] for one in rule.classes))
    whom = [
        classes if rule.classes is None or len(rule.classes) <= 3 else "all but 선거운동정보",
        "" if rule.channels is None else ", ".join(sorted(rule.channels)),
        "" if rule.tenants is None else ", ".join(sorted(rule.tenants)),
    ]
    cells = (
        f"`{rule.id}`",
        rule.does,
        rule.article,
        rule.confidence,
        _ORIGINS[rule.origin],
        "not yet" if rule.id in NOT_YET else rule.level,
        ", ".join(rule.stages),
        "; ".join(part for part in whom if part) or "all",
    )
    return f"| {' | '.join(cells)} |"
