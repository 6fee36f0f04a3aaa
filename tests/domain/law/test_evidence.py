"""Each rule of the law that is enforced has a positive and a negative test named after it; and no rule changes without its version.

Rules with a judge are broken and kept by `test_judge.BROKEN` (test ids carry the rule's). Those that are kept where people and
lists are have their tests named here.
"""

import ast
import hashlib
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from tests.domain.law.test_judge import BROKEN, SHIFTS

from pabal.domain.law import judge
from pabal.domain.law.judge import BY_ID, ELSEWHERE, JUDGES, RULES
from pabal.domain.law.rules import LEFT_OUT, NOT_YET, RULES_VERSION

TESTS = Path(__file__).parents[2]
VERSIONS = Path(__file__).with_name("versions.toml")
LAW = Path(judge.__file__).parent
# What decides: the pages and forms of the law beside it don't.
DECIDING = (
    "adverts", "campaigning", "chains", "content", "election", "facts", "holidays", "judge", "labels", "lists", "notices", "words"
)  # fmt: skip

# rule → (says no, leaves alone)
EVIDENCE = {
    "C-06": (
        "test_C06_whoever_refused_by_any_way_is_left_out",
        "test_C06_whoever_refused_nothing_or_took_it_back_gets_it",
    ),
    "C-07": (
        "test_C07_no_import_in_whatever_spelling_clears_a_refusal",
        "test_C07_an_import_of_somebody_else_leaves_them_reachable",
    ),
    "C-08": (
        "test_C08_numbers_in_rows_stop_a_send_until_an_owner_stands_for_the_list",
        "test_C08_an_ordinary_list_stops_nothing",
    ),
    "C-13": (
        "test_E03_C13_the_ninth_is_refused_and_the_proof_tells_of_eight",
        "test_C13_where_nobody_opted_out_the_proof_says_none",
    ),
    "T-03": (
        "test_T03_whoever_lives_elsewhere_holds_a_report_and_constituents_alone_dont",
        "test_T03_a_report_asks_who_the_constituents_are",
    ),
    "T-19": ("test_T19_T20_a_list_of_that_origin_never_starts", "test_T19_T20_another_origin_is_no_fault"),
    "T-20": ("test_T19_T20_a_list_of_that_origin_never_starts", "test_T19_T20_another_origin_is_no_fault"),
    "A-01": (
        "test_A01_A02_A07_only_who_agreed_in_the_last_two_years_gets_one",
        "test_A01_a_test_reaches_ones_own_handset_and_contacts_who_agreed",
    ),
    "A-02": (
        "test_A02_a_withdrawal_before_the_claim_is_kept",
        "test_A01_A02_A07_only_who_agreed_in_the_last_two_years_gets_one",
    ),
    "A-06": (
        "test_A06_urgent_from_the_tenth_day_and_late_after_the_fourteenth",
        "test_A06_whoever_was_told_is_owed_nothing_and_the_log_says_how",
    ),
    "A-07": (
        "test_A01_A02_A07_only_who_agreed_in_the_last_two_years_gets_one",
        "test_A07_a_consent_counts_until_the_two_years_are_over",
    ),
    "N-01": (
        "test_N01_without_a_registered_number_nothing_goes_at_any_time",
        "test_N01_a_registered_number_stops_nothing",
    ),
    "P-01": (
        "test_P01_a_list_without_basis_or_source_is_refused",
        "test_P01_a_list_with_basis_and_source_comes_in_whatever_the_year",
    ),
    "P-04": (
        "test_P04_who_is_picked_by_a_political_tag_must_have_agreed_to_it",
        "test_P04_somebody_outside_the_selection_who_has_not_agreed_stops_nothing",
    ),
    "P-07": (
        "test_P07_whoever_was_told_something_else_is_left_out_at_check_launch_and_claim",
        "test_P07_whoever_was_told_it_or_nothing_gets_it_whatever_the_day",
    ),
    "P-08": (
        "test_P08_how_a_number_is_known_is_answered_from_what_is_on_record",
        "test_P08_nobody_is_told_of_somebody_who_is_gone",
    ),
}


@cache
def names_of_tests() -> frozenset[str]:
    return frozenset(
        node.name
        for path in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


@pytest.mark.parametrize("rule", sorted(rule.id for rule in RULES if rule.confidence == "H"))
def test_every_rule_read_in_a_statute_has_both_tests(rule):
    if rule in JUDGES:
        assert rule in {row[0] for row in BROKEN}
        assert len(SHIFTS) > 1  # test_judge runs each of them at other times
        return
    says_no, leaves_alone = EVIDENCE[rule]
    assert says_no != leaves_alone
    for name in (says_no, leaves_alone):
        assert rule.replace("-", "") in name
        assert name in names_of_tests(), name


def test_no_rule_is_proved_that_isnt_kept_and_none_is_promised():
    assert set(EVIDENCE) == ELSEWHERE
    assert not NOT_YET
    assert not set(LEFT_OUT) & set(BY_ID)


# The survey of statutes and policies that the rules were made from: section and how many rows it has.
SURVEY = {"E": 19, "C": 13, "T": 25, "A": 14, "N": 5, "K": 9, "P": 25, "D": 9}


def test_every_row_of_the_survey_is_a_rule_or_left_out_with_its_reason():
    rows = {f"{section}-{no:02}" for section, most in SURVEY.items() for no in range(1, most + 1)}
    assert rows == {one for one in BY_ID if one[1] == "-"} | set(LEFT_OUT)
    assert all(len(why) > 5 for why in LEFT_OUT.values())


def decided() -> str:
    """A fingerprint of everything that decides, without comments, docstrings and blanks: the same under every Python."""
    parts = []
    for name in DECIDING:
        text = (LAW / f"{name}.py").read_text(encoding="utf-8")
        text = re.sub(r'"""(?:.|\n)*?"""', "", text)
        text = re.sub(r"(?m)(^|\s)#.*$", "", text)
        parts.append(re.sub(r"\s+", "", text))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def test_no_rule_changes_without_its_version():
    """Verdicts are kept with the version that said so. When this fails: raise RULES_VERSION and add a line to versions.toml; while
    nothing of a version was released, its own line is written anew."""
    known = tomllib.loads(VERSIONS.read_text(encoding="utf-8"))
    assert known.get(str(RULES_VERSION)) == decided()
    assert max(map(int, known)) == RULES_VERSION
    assert len(set(known.values())) == len(known)
