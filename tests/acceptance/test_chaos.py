"""Two fixed seeds of `make chaos` in every run of the tests: a fallback each way, a carrier each, faults and kills."""

import pytest
from tests.support.chaos import PATIENCE, plan_of, run
from tests.support.installation import Installation

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(400)]

PEOPLE = 300
SEEDS = (10, 12)  # Solapi, Kakao before texts; NHN, texts before Kakao


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    installation = Installation(tmp_path_factory.mktemp("hub") / "data", "--workers", "2", **PATIENCE)
    installation.start()
    yield installation
    assert installation.stop() == 0


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_whatever_is_killed_the_ledger_is_what_had_to_happen(hub, number):
    verdict = run(hub, plan_of(SEEDS[number], people=PEOPLE, start=number * PEOPLE))
    assert verdict.wrong == [], verdict.plan.describe()
