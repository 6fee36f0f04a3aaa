"""Idempotency-Key, on a probe route of the real application."""

import asyncio
from typing import Annotated, Any
from uuid import uuid4

import httpx
import pytest
from fastapi import Request, Response

from pabal.accounts import audit
from pabal.api import create_app
from pabal.kit.db import tenant_tx
from pabal.kit.http.auth import Principal, Rt, requires
from pabal.kit.http.errors import CONFLICT, Problem
from pabal.kit.http.idempotency import idempotent
from pabal.kit.http.upkeep import purge_old_keys


class Probe:
    """A route whose effect is one audit row; a test can hold it in the middle or make it refuse."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.refuse = False

    def mount(self, app: Any) -> None:
        async def act(
            body: dict[str, Any],
            request: Request,
            rt: Rt,
            who: Annotated[Principal, requires("contacts.write")],
        ) -> Response:
            async with idempotent(rt, who, request) as call:
                if call.replay is not None:
                    return call.replay
                self.entered.set()
                await self.may_go_on.wait()
                async with tenant_tx(rt, who.tenant_id) as conn:
                    await audit(conn, who, "probe.act")
                    answer = await call.answer(conn, {"echo": body, "번호": str(uuid4())}, status=201)
                    if self.refuse:
                        raise Problem(CONFLICT)
                return answer

        app.add_api_route("/probe", act, methods=["POST"])


@pytest.fixture
def app(rt):
    """Of each test's own: routes are added."""
    return create_app(rt)


@pytest.fixture
def probe(app):
    probe = Probe()
    probe.mount(app)
    return probe


async def count(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute("SELECT id FROM audit_log WHERE action = 'probe.act'")
        return len(await cursor.fetchall())


async def test_the_first_answer_is_replayed(rt, camp, probe):
    first = await camp.owner.post("/probe", json={"a": 1}, headers={"Idempotency-Key": "k"})
    again = await camp.owner.post("/probe", json={"a": 1}, headers={"Idempotency-Key": "k"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert await count(rt, camp.id) == 1


async def test_without_a_key_every_call_acts(rt, camp, probe):
    for _ in range(2):
        assert (await camp.owner.post("/probe", json={})).status_code == 201
    assert await count(rt, camp.id) == 2


async def test_another_body_or_caller_with_the_same_key_is_refused(rt, camp, probe):
    headers = {"Idempotency-Key": "k"}
    await camp.owner.post("/probe", json={"a": 1}, headers=headers)
    for other in (
        camp.owner.post("/probe", json={"a": 2}, headers=headers),
        camp.staff.post("/probe", json={"a": 1}, headers=headers),
    ):
        answer = await other
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert await count(rt, camp.id) == 1


async def test_keys_of_two_tenants_are_apart(rt, camp, other_camp, probe):
    headers = {"Idempotency-Key": "k"}
    first = await camp.owner.post("/probe", json={"a": 1}, headers=headers)
    second = await other_camp.owner.post("/probe", json={"a": 1}, headers=headers)
    assert second.status_code == 201
    assert second.json()["번호"] != first.json()["번호"]


async def test_two_at_once_act_once_and_get_the_same_answer(rt, camp, probe):
    probe.may_go_on.clear()
    headers = {"Idempotency-Key": "k"}
    calls = [asyncio.create_task(camp.owner.post("/probe", json={}, headers=headers)) for _ in range(5)]
    await probe.entered.wait()
    probe.may_go_on.set()
    answers = await asyncio.gather(*calls)
    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    assert await count(rt, camp.id) == 1


async def test_a_refusal_leaves_no_effect_and_frees_the_key(rt, camp, probe):
    headers = {"Idempotency-Key": "k"}
    probe.refuse = True
    assert (await camp.owner.post("/probe", json={}, headers=headers)).status_code == 409
    assert await count(rt, camp.id) == 0
    probe.refuse = False
    assert (await camp.owner.post("/probe", json={}, headers=headers)).status_code == 201
    assert await count(rt, camp.id) == 1


async def test_a_call_that_was_taken_over_commits_nothing(rt, camp, probe):
    """The first call hangs for more than a minute, its caller repeats, then the first comes back."""
    probe.may_go_on.clear()
    headers = {"Idempotency-Key": "k"}
    first = asyncio.create_task(camp.owner.post("/probe", json={}, headers=headers))
    await probe.entered.wait()
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE idempotency_keys SET taken_at = taken_at - interval '2 minutes'")
    probe.entered.clear()
    second = asyncio.create_task(camp.owner.post("/probe", json={}, headers=headers))
    await probe.entered.wait()
    probe.may_go_on.set()
    answers: list[httpx.Response] = list(await asyncio.gather(first, second))
    assert [a.status_code for a in answers] == [409, 201]
    assert answers[0].json()["code"] == "idempotency_taken_over"
    assert await count(rt, camp.id) == 1


async def test_after_a_day_the_key_is_new(rt, camp, probe):
    headers = {"Idempotency-Key": "k"}
    await camp.owner.post("/probe", json={"a": 1}, headers=headers)
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE idempotency_keys SET created_at = created_at - interval '25 hours'")
    assert (await camp.owner.post("/probe", json={"a": 2}, headers=headers)).status_code == 201
    async with tenant_tx(rt, camp.id) as conn:
        await conn.execute("UPDATE idempotency_keys SET created_at = created_at - interval '25 hours'")
    await purge_old_keys(rt)
    async with tenant_tx(rt, camp.id) as conn:
        row = await (await conn.execute("SELECT count(*) FROM idempotency_keys")).fetchone()
    assert row == (0,)


async def test_stored_answers_are_ciphertext(rt, camp, probe):
    await camp.owner.post("/probe", json={"name": "김하늘"}, headers={"Idempotency-Key": "k"})
    async with tenant_tx(rt, camp.id) as conn:
        row = await (await conn.execute("SELECT answer FROM idempotency_keys")).fetchone()
    assert row is not None
    assert "김하늘".encode() not in row[0]
