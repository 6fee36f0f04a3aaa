"""Records of a running hub, and kill -9 of what serves them: every change that fits has exactly one message at the carrier.

Three links on one table: each new record; each that becomes 상담; and for records of another table a message that is repeated
once, while an outside cron asks for due repeats as often as it can.
"""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.support.installation import Installation
from tests.support.processes import wait_until

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(240)]

IMPORTED, PATCHED, POSTED = 4_450, 400, 150
SEED = 41
PARTS = ("worker", "scheduler", "api", "worker")  # the first two while forms come in
FIELDS = [
    {"key": "name", "label": "이름", "type": "text"},
    {"key": "phone", "label": "전화", "type": "phone", "isPhone": True},
    {"key": "status", "label": "상태", "type": "select", "options": ["신규", "상담", "보류"]},
]
LINKS = "/api/alimtalk/template-links"


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    patience = {"PABAL_LEASE_SECONDS": 5, "PABAL_HTTP_TIMEOUT_SECONDS": 3, "PABAL_FIRST_POLL_SECONDS": 1}
    installation = Installation(tmp_path_factory.mktemp("hub") / "data", "--workers", "1", **patience)
    installation.start()
    yield installation
    assert installation.stop() == 0


def phone(n: int) -> str:
    return f"010{40_000_000 + n:08}"


def table(hub: Installation, name: str) -> str:
    return str(hub.post("/api/partitions", {"name": name, "fields": FIELDS})["id"])


def link(hub: Installation, table_id: str, trigger: str, **more: object) -> None:
    template = hub.get("/api/templates?channel=alimtalk")["items"][0]["id"]
    body = {"partitionId": table_id, "templateId": template, "triggerType": trigger, "cooldownHours": 0}
    hub.post(LINKS, {**body, **more})


def certainly(hub: Installation, method: str, path: str, body: object) -> dict[str, Any]:
    """As a form's server does it: again with the same key until there is an answer, whoever dies in between."""
    key = {"Idempotency-Key": str(uuid4())}
    done: list[httpx.Response] = []

    def answered() -> bool:
        try:
            answer = hub.client.request(method, path, json=body, headers=key)
        except httpx.TransportError:
            return False
        if answer.is_success:
            done.append(answer)
        else:
            assert answer.status_code >= 500 or answer.status_code == 409, answer.text
        return bool(done)

    wait_until(answered, seconds=60, every=0.1)
    return dict(done[0].json())


def settled(hub: Installation, wanted: Counter[str], *, seconds: float = 100) -> Counter[str]:
    """What the carrier has been given of these people, once it is enough or the time is over."""
    got: Counter[str] = Counter()

    def enough() -> bool:
        got.clear()
        got.update(line["to"] for line in hub.ledger() if line["to"] in wanted)
        return sum(got.values()) >= sum(wanted.values())

    wait_until(enough, seconds=seconds, every=0.5)
    return got


def test_whoever_is_killed_every_change_that_fits_has_one_message(hub):
    hub.tenant("자동 캠프")
    dice = random.Random(SEED)
    people, reminded = table(hub, "명단"), table(hub, "상담 신청")
    link(hub, people, "on_create")
    became = {"field": "status", "operator": "changed_to", "value": "상담"}
    link(hub, people, "on_update", triggerCondition=became)
    stop = {"field": "status", "operator": "eq", "value": "보류"}
    once_more = {"intervalHours": 0.001, "maxRepeat": 1, "stopCondition": stop}
    link(hub, reminded, "on_create", repeatConfig=once_more)

    rows = "".join(f"손님{n},{phone(n)},신규\n" for n in range(IMPORTED))
    listed = {"file": ("명단.csv", ("이름,전화,상태\n" + rows).encode(), "text/csv")}
    asked = {"partitionId": people, "fireOnCreate": "true", "messages": str(IMPORTED)}
    imported = hub.client.post("/api/records/import", data=asked, files=listed)
    assert imported.json()["created"] == IMPORTED, imported.text
    hub.kill("worker")  # with thousands of changes in its hands
    ids: list[tuple[str, int]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = hub.get(
            f"/api/records?partitionId={people}&limit=200" + (f"&cursor={cursor}" if cursor else "")
        )
        ids += [(one["id"], int(str(one["data"]["name"])[2:])) for one in page["items"]]
        cursor = page["nextCursor"]
    assert len(ids) == IMPORTED

    wanted = Counter({phone(n): 1 for n in range(IMPORTED)})
    jobs: list[tuple[str, str, dict[str, Any]]] = []
    for record, n in dice.sample(ids, PATCHED):
        state = dice.choice(("상담", "상담", "보류"))
        wanted[phone(n)] += state == "상담"
        jobs.append(("PATCH", f"/api/records/{record}", {"data": {"status": state}}))
    for n in range(IMPORTED, IMPORTED + POSTED):
        wanted[phone(n)] = 2  # the message and its repeat
        data = {"name": f"신청{n}", "phone": phone(n), "status": "신규"}
        jobs.append(("POST", "/api/records", {"partitionId": reminded, "data": data}))
    # Forms come before the first death of the API: a key whose call died is taken over only after a minute.
    forms = [job for job in jobs if job[0] == "POST"]
    patches = [job for job in jobs if job[0] == "PATCH"]
    dice.shuffle(patches)
    jobs = forms + patches

    done = threading.Semaphore(0)
    over = threading.Event()

    def act(job: tuple[str, str, dict[str, Any]]) -> None:
        certainly(hub, *job)
        done.release()

    def cron() -> None:
        while not over.is_set():
            certainly(hub, "POST", "/api/alimtalk/automation/process-repeats", None)
            over.wait(0.5)

    early = dice.sample(range(20, POSTED), 2)
    moments = sorted(early + dice.sample(range(POSTED + 20, len(jobs) - 20), len(PARTS) - 2))
    with ThreadPoolExecutor(6) as pool:
        outside = pool.submit(cron)
        changes = [pool.submit(act, job) for job in jobs]
        reached = 0
        for moment, part in zip(moments, PARTS, strict=True):
            for _ in range(moment - reached):
                assert done.acquire(timeout=60)
            reached = moment
            hub.kill(part)
        for change in changes:
            change.result()
        got = settled(hub, wanted)
        over.set()
        outside.result()
    assert got == wanted, f"lost {len(wanted - got)}, doubled {len(got - wanted)}"
    queue = hub.get("/api/alimtalk/automation/queue?limit=200&status=pending")
    assert queue["items"] == []


def test_a_carrier_that_is_away_all_the_time_costs_no_record_and_no_message(hub):
    """Every answer is a success at the first try, and everything arrives when the carrier is back."""
    hub.tenant("먹통 캠프")
    made = table(hub, "명단")
    link(hub, made, "on_create")
    assert httpx.put(f"{hub.sandbox}/_sandbox/behaviour", json={"outage": True}, trust_env=False).is_success
    numbers = range(90_000, 90_100)
    codes: Counter[int] = Counter()
    for n in numbers:
        data = {"name": f"손님{n}", "phone": phone(n)}
        codes[hub.client.post("/api/records", json={"partitionId": made, "data": data}).status_code] += 1
    assert codes == {201: len(numbers)}
    waiting = hub.get("/api/alimtalk/logs?limit=200")["items"]
    assert {line["status"] for line in waiting} <= {"pending"}
    assert httpx.put(f"{hub.sandbox}/_sandbox/behaviour", json={}, trust_env=False).is_success
    wanted = Counter({phone(n): 1 for n in numbers})
    assert settled(hub, wanted) == wanted
