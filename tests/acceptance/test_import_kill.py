"""An import whose runner or writers are killed at random moments leaves the book of one that nobody disturbed. Three fixed
seeds here, twenty in `make chaos`."""

import pytest
from tests.support.import_chaos import disturbed, people, undisturbed
from tests.support.installation import Installation

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]

ROWS = 15_500  # four chunks: a kill leaves some on either side
SEEDS = (3, 5, 8)


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    installation = Installation(tmp_path_factory.mktemp("hub") / "data", "--workers", "1")
    installation.start()
    yield installation
    assert installation.stop() == 0


def test_a_killed_import_ends_in_the_same_book(hub):
    """One test for all seeds: as a test each, every worker of a run made a hub and an undisturbed book for its own."""
    book, usual = undisturbed(hub, people(ROWS))
    rows, created, updated, merged, rejected, _ = book.counts
    assert (rows, rejected) == (ROWS, len(range(0, ROWS, 101)))
    assert created + updated + merged + rejected == ROWS
    assert book.people == created > ROWS / 2
    suppressed, *_, parts = book.beside
    assert suppressed > 10
    assert parts == 0
    for seed in SEEDS:
        found, kills = disturbed(hub, people(ROWS), seed, usual)
        assert kills, f"seed {seed}: the runner was faster than the kill"
        assert found == book, (seed, kills)
