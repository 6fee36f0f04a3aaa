"""Six fixed seeds of `make chaos` in every run of the tests, at its full size: each carrier, each order of channels, every part
killed, every fault of a carrier. Fewer people fit into one chunk, where a chunk that is opened again can't meet another."""

import pytest
from tests.support.chaos import PATIENCE, plan_of, run
from tests.support.installation import Installation

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(900)]

PEOPLE = 10_000
SEEDS = (72, 154, 192, 12, 10, 84)


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    installation = Installation(tmp_path_factory.mktemp("hub") / "data", "--workers", "2", **PATIENCE)
    installation.start()
    yield installation
    assert installation.stop() == 0


@pytest.mark.parametrize("seeds", [SEEDS[:3], SEEDS[3:]])
def test_whatever_is_killed_the_ledger_is_what_had_to_happen(hub, seeds):
    """Three on one hub: six tests were dealt out to four workers of a run, and each made a hub for its own."""
    for seed in seeds:
        verdict = run(hub, plan_of(seed, people=PEOPLE, start=SEEDS.index(seed) * PEOPLE))
        assert verdict.wrong == [], verdict.plan.describe()
