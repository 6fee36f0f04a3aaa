"""`pabal up`, a list of 10,000, and kill -9 of every part of the hub in the middle of the send."""

from collections import Counter

import pytest
from tests.support.book import person
from tests.support.installation import Installation, people_csv

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(400)]

PEOPLE = 10_000


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    installation = Installation(tmp_path_factory.mktemp("hub") / "data", "--workers", "2")
    installation.start()
    yield installation
    assert installation.stop() == 0


def test_a_list_becomes_messages_although_every_part_is_killed(hub):
    hub.tenant()
    imported = hub.import_csv(people_csv(PEOPLE))
    assert (imported["state"], imported["created"], imported["rejected"]) == ("completed", PEOPLE, 0)
    campaign = hub.campaign(ratePerSecond=500)
    hub.post(f"/api/campaigns/{campaign}/launch", {})
    for done, victim in [
        (0.05, "worker"),
        (0.15, "api"),
        (0.3, "valkey-server"),
        (0.4, "postgres"),
        (0.55, "scheduler"),
        (0.65, "worker"),
        (0.8, "sandbox"),
    ]:
        hub.until(
            campaign, lambda p, done=done: p["audience"] and p["counts"]["queued"] <= PEOPLE * (1 - done)
        )
        hub.kill(victim)
    end = hub.until(campaign, lambda p: p["state"] == "finished", seconds=200)
    assert end["counts"]["delivered"] == PEOPLE
    sent = Counter(line["to"] for line in hub.ledger())
    assert sent == Counter(person(n).phones[0] for n in range(PEOPLE))
    quota = hub.get("/api/quota")
    assert (quota["used"], quota["reserved"]) == (PEOPLE, 0)


def test_the_supervisor_itself_is_killed_and_started_again(hub):
    hub.tenant()
    hub.import_csv(people_csv(2000, start=50_000))
    campaign = hub.campaign(ratePerSecond=300)
    hub.post(f"/api/campaigns/{campaign}/launch", {})
    hub.until(campaign, lambda p: p["audience"] and p["counts"]["queued"] < 1500)
    hub.kill_supervisor()
    seconds = hub.start()
    assert seconds < 60
    end = hub.until(campaign, lambda p: p["state"] == "finished", seconds=120)
    assert end["counts"]["delivered"] == 2000
    sent = Counter(line["to"] for line in hub.ledger() if line["to"] >= "01020050000")
    assert sent == Counter(person(n).phones[0] for n in range(50_000, 52_000))
