"""Six fixed seeds of `make chaos` in every run of the tests, at its full size: each carrier, each order of channels, every part
killed, every fault of a carrier. Fewer people fit into one chunk, where a chunk that is opened again can't meet another."""

import pytest
from tests.support.chaos import PATIENCE, plan_of, run
from tests.support.installation import Installation

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]

PEOPLE = 10_000
SEEDS = (72, 154, 192, 12, 10, 84)


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
