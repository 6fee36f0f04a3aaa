"""What the operator sees: that parts are alive or away, what waits where and for how long, how carriers answer. No people."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.support.book import fill_book, person
from tests.support.browser import browser
from tests.support.carriers import solapi_account
from tests.support.hub import launch
from typer.testing import CliRunner

from pabal import __version__, scheduler, worker
from pabal.accounts import create_operator
from pabal.cli.operators import app as app_of_operators
from pabal.dispatch import Selection, breaker, fence, launch_send, store_receipt
from pabal.dispatch.claim import claim_chunk
from pabal.kit import turns
from pabal.kit.db import system_tx, tenant_tx
from pabal.kit.db.migrate import newest_revision
from pabal.kit.turns import Line, Turn
from pabal.operations import Taken, read_health, workers

PASSWORD = "a long enough password"
PEOPLE = 3
OWNER = "host:boot:1:2:3"


@pytest.fixture
async def operator(rt, app):
    await create_operator(rt, email="ops@hub.test", password=PASSWORD)
    async with browser(app, address="203.0.113.9") as someone:
        body = {"email": "ops@hub.test", "password": PASSWORD}
        answer = await someone.post("/api/operator/login", json=body)
        assert answer.status_code == 200
        someone.headers["X-CSRF-Token"] = answer.json()["csrfToken"]
        yield someone


async def look(operator):
    answer = await operator.get("/api/operator/health")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def sending(rt, camp):
    account = await solapi_account(rt, camp.id)
    cards = [person(n) for n in range(PEOPLE)]
    await fill_book(rt, camp.id, cards)
    send = await launch(rt, camp.id, account, Selection(filter={}))
    await launch_send(rt, camp.id, send)
    return camp, account, send, cards


async def test_a_quiet_installation_is_alive_and_has_nothing_to_show(rt, camp, operator):
    assert await scheduler._elected(rt, "the-scheduler")
    seen = await look(operator)
    assert seen["version"] == __version__
    assert [(one["line"], one["turns"]) for one in seen["lines"]] == [(line.value, 0) for line in Line]
    database = seen["database"]
    assert (database["revision"], database["current"]) == (newest_revision(), True)
    assert (database["scheduler"]["owner"], database["scheduler"]["alive"]) == ("the-scheduler", True)
    assert (database["load"], database["holders"], database["carriers"]) == ([], [], [])
    assert "tests" in {one["name"] for one in database["processes"]}


async def test_a_new_password_ends_what_the_old_one_opened(rt, app, operator):
    assert (await operator.get("/api/operator/health")).status_code == 200
    assert await create_operator(rt, email="other@hub.test", password=PASSWORD) is True
    assert (await operator.get("/api/operator/health")).status_code == 200, "somebody else's"
    assert await create_operator(rt, email="OPS@hub.test", password=f"{PASSWORD} 2") is False
    assert (await operator.get("/api/operator/health")).status_code == 401
    async with browser(app, address="203.0.113.9") as someone:
        for password, status in ((PASSWORD, 401), (f"{PASSWORD} 2", 200)):
            body = {"email": "ops@hub.test", "password": password}
            assert (await someone.post("/api/operator/login", json=body)).status_code == status


def test_a_short_password_is_refused_before_anything_is_opened():
    said = CliRunner().invoke(app_of_operators, ["create", "ops@hub.test", "--password", "short12"])
    assert said.exit_code == 2
    assert "8자" in said.output
    assert "short12" not in said.output


async def test_what_waits_is_counted_by_camp_with_how_long(rt, sending, operator):
    camp, account, *_ = sending
    before = await turns.length(rt.redis, Line.DISPATCH)
    assert await turns.issue(rt.redis, Turn(Line.DISPATCH, "lane", str(camp.id), "x"))
    await store_receipt(rt, camp.id, account, b"[]")
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE chunks SET due_at = clock_timestamp() - interval '1 hour'")
    seen = await look(operator)
    (load,) = seen["database"]["load"]
    assert (load["tenantId"], load["tenantName"]) == (str(camp.id), camp.name)
    assert (load["live"], load["held"], load["due"], load["leased"], load["receipts"]) == (1, 0, 1, 0, 1)
    assert load["oldestDue"] < load["oldestReceipt"]
    lengths = {one["line"]: one["turns"] for one in seen["lines"]}
    assert lengths["dispatch"] == before + 1


async def test_a_worker_that_holds_a_chunk_is_seen_and_so_is_one_whose_lease_ran_out(rt, sending, operator):
    camp, _, send, _ = sending
    assert await claim_chunk(rt, camp.id, send, OWNER) is not None
    (holder,) = (await look(operator))["database"]["holders"]
    assert (holder["owner"], holder["chunks"], holder["stale"]) == (OWNER, 1, False)
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE chunks SET lease_until = clock_timestamp() - interval '1 minute'")
    database = (await look(operator))["database"]
    assert database["holders"][0]["stale"] is True
    assert (database["load"][0]["stale"], database["load"][0]["leased"]) == (1, 0)


async def test_an_account_that_answers_unclearly_is_shown_with_its_rest(rt, sending, operator):
    camp, account, send, _ = sending
    claimed = await claim_chunk(rt, camp.id, send, OWNER)
    request = claimed.planned[0].request_id
    async with tenant_tx(rt, camp.id) as conn:
        await fence.mark_calling(conn, claimed.hold, request, "send", lease=10)
    (shown,) = (await look(operator))["database"]["carriers"]
    assert (shown["accountId"], shown["calls"], shown["unclear"], shown["restingSeconds"]) == (
        str(account),
        1,
        0,
        0,
    )
    async with tenant_tx(rt, camp.id) as conn:
        await fence.ask_at(conn, claimed.hold, request, seconds=1, note="timeout")
    for _ in range(breaker.TROUBLES):
        await breaker.note(rt.redis, account, trouble=True)
    (shown,) = (await look(operator))["database"]["carriers"]
    assert shown["unclear"] == 1
    assert 0 < shown["restingSeconds"] <= breaker.LONGEST_REST_SECONDS


async def test_an_hour_old_call_is_no_news_of_a_carrier(rt, sending, operator):
    camp, _, send, _ = sending
    await claim_chunk(rt, camp.id, send, OWNER)
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute(
            "UPDATE requests SET state = 'answered', created_at = created_at - %s", (timedelta(hours=1),)
        )
    assert (await look(operator))["database"]["carriers"] == []


async def test_nobodys_name_or_number_is_in_it(rt, sending, operator):
    camp, _, send, cards = sending
    await claim_chunk(rt, camp.id, send, OWNER)
    answer = (await operator.get("/api/operator/health")).text
    assert camp.name in answer
    assert not [card.name for card in cards if card.name in answer]
    assert not [card.phones[0][-8:] for card in cards if card.phones[0][-8:] in answer]


async def test_redis_away_is_said_and_the_rest_is_shown(rt, sending, operator, monkeypatch):
    async def away(*_):
        raise ConnectionError

    monkeypatch.setattr(turns, "length", away)
    found = await read_health(rt)
    assert found.lines is None
    assert found.database is not None
    assert found.database.load[0].tenant_id == sending[0].id


async def test_a_scheduler_whose_lease_is_over_is_not_alive(rt, camp, operator):
    assert await scheduler._elected(rt, str(uuid4()))
    async with system_tx(rt) as conn:
        await conn.execute(
            "UPDATE app.scheduler_lease SET lease_until = clock_timestamp() - interval '1 second'"
        )
    assert (await look(operator))["database"]["scheduler"]["alive"] is False


async def test_members_see_none_of_it(camp):
    for who in (camp.owner, camp.staff):
        assert (await who.get("/api/operator/health")).status_code in {401, 403}


async def _silent_for(rt, seconds):
    async with system_tx(rt) as conn:
        await conn.execute(
            "UPDATE app.workers SET seen_at = clock_timestamp() - %s", (timedelta(seconds=seconds),)
        )


async def test_a_worker_says_that_it_lives_and_what_it_took(rt, camp, operator):
    assert (await look(operator))["database"]["workers"] == []
    taken = Taken()
    taken.began(Line.DISPATCH)
    taken.began(Line.DISPATCH)
    taken.ended(None)
    await workers.beat(rt, OWNER, taken)
    (seen,) = (await look(operator))["database"]["workers"]
    assert (seen["owner"], seen["silent"], seen["busy"], seen["turns"]) == (OWNER, False, 1, {"dispatch": 2})
    await _silent_for(rt, 26)
    (silent,) = (await look(operator))["database"]["workers"]
    assert (silent["silent"], silent["mayBeDead"]) == (True, False)
    await workers.beat(rt, OWNER, taken)
    (back,) = (await look(operator))["database"]["workers"]
    assert (back["silent"], back["startedAt"]) == (False, seen["startedAt"])


async def test_a_worker_that_serves_beats_and_leaves_without_a_trace(rt, camp, operator):
    stop = asyncio.Event()
    serving = asyncio.create_task(worker.serve(rt, stop, owner=OWNER))
    try:
        async with asyncio.timeout(20):
            while not (await look(operator))["database"]["workers"]:  # noqa: ASYNC110  # asks the product
                await asyncio.sleep(0)
    finally:
        stop.set()
        await serving
    assert (await look(operator))["database"]["workers"] == []


async def test_a_worker_is_declared_dead_only_after_a_minute_of_silence(rt, sending, operator):
    camp, _, send, _ = sending
    assert await claim_chunk(rt, camp.id, send, OWNER) is not None
    await workers.beat(rt, OWNER, Taken())
    body = {"owner": OWNER}
    for silent in (0, 55):
        await _silent_for(rt, silent)
        refused = await operator.post("/api/operator/workers/dead", json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "worker_not_silent")
    assert (await operator.post("/api/operator/workers/dead", json={"owner": "somebody"})).status_code == 409
    await _silent_for(rt, 61)
    assert (await operator.post("/api/operator/workers/dead", json=body)).status_code == 204
    database = (await look(operator))["database"]
    assert (database["workers"], database["gone"]) == ([], 1)
    assert database["holders"][0]["stale"] is True
    assert (await operator.post("/api/operator/workers/dead", json=body)).status_code == 409, "said before"


async def test_members_declare_nobody_dead(camp):
    answer = await camp.owner.post("/api/operator/workers/dead", json={"owner": OWNER})
    assert answer.status_code in {401, 403}


async def test_the_upkeep_forgets_workers_of_yesterday(rt, camp, operator):
    await workers.beat(rt, OWNER, Taken())
    await _silent_for(rt, 23 * 3600)
    await scheduler.upkeep(rt)
    assert len((await look(operator))["database"]["workers"]) == 1
    await _silent_for(rt, 25 * 3600)
    await scheduler.upkeep(rt)
    assert (await look(operator))["database"]["workers"] == []
