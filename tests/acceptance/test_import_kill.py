"""An import whose runner or writers are killed at random moments leaves the book of one that nobody disturbed. Three fixed
seeds here, twenty in `make chaos`."""

import pytest
from tests.support.import_chaos import disturbed, people, undisturbed
from tests.support.installation import Installation

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(400)]

ROWS = 15_500  # four chunks: a kill leaves some on either side
SEEDS = (3, 5, 8)


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    installation = Installation(tmp_path_factory.mktemp("hub") / "data", "--workers", "1")
    installation.start()
    yield installation
    assert installation.stop() == 0


@pytest.fixture(scope="module")
def wanted(hub):
    return undisturbed(hub, people(ROWS))


def test_the_book_has_everybody(wanted):
    book, _ = wanted
    rows, created, updated, merged, rejected, _ = book.counts
    assert (rows, rejected) == (ROWS, len(range(0, ROWS, 101)))
    assert created + updated + merged + rejected == ROWS
    assert book.people == created > ROWS / 2
    suppressed, *_, parts = book.beside
    assert suppressed > 10
    assert parts == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_import_ends_in_the_same_book(hub, wanted, seed):
    book, usual = wanted
    found, kills = disturbed(hub, people(ROWS), seed, usual)
    assert kills, "the runner was faster than the kill"
    assert found == book, kills
