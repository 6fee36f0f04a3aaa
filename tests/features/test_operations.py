"""What the operator sees: that parts are alive or away, what waits where and for how long, how carriers answer. No people."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.support.book import fill_book, person
from tests.support.browser import browser
from tests.support.carriers import solapi_account
from tests.support.hub import launch
from typer.testing import CliRunner

from pabal import __version__, scheduler
from pabal.accounts import create_operator
from pabal.cli.operators import app as app_of_operators
from pabal.dispatch import Selection, breaker, fence, launch_send, store_receipt
from pabal.dispatch.claim import claim_chunk
from pabal.kit import turns
from pabal.kit.db import system_tx, tenant_tx
from pabal.kit.db.migrate import newest_revision
from pabal.kit.turns import Line, Turn
from pabal.operations import read_health

PASSWORD = "a long enough password"
PEOPLE = 3
OWNER = "host:boot:1:2:3"


@pytest.fixture
async def operator(rt, app):
    await create_operator(rt, email="ops@hub.test", password=PASSWORD)
    async with browser(app, address="203.0.113.9") as someone:
        body = {"email": "ops@hub.test", "password": PASSWORD}
        assert (await someone.post("/api/operator/login", json=body)).status_code == 200
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
