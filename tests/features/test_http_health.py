"""Liveness, readiness, metrics."""

from dataclasses import replace

import httpx
import psycopg
from redis.asyncio import Redis
from tests.support.browser import browser

from pabal.api import create_app
from pabal.config import Settings


async def test_healthy_and_ready(client):
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    answer = await client.get("/readyz")
    assert answer.status_code == 200, answer.text
    assert answer.json()["checks"] == {"database": True, "migrations": True, "redis": True}


async def test_not_ready_while_the_schema_is_older_or_newer(client, database):
    with psycopg.connect(database.owner_dsn, autocommit=True) as owner:
        owner.execute("UPDATE alembic_version SET version_num = 'another'")
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": True, "migrations": False, "redis": True}


async def test_not_ready_without_redis(rt, unused_tcp_port):
    nowhere: Redis = Redis(host="127.0.0.1", port=unused_tcp_port)
    async with nowhere, browser(create_app(replace(rt, redis=nowhere))) as client:
        answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["redis"] is False


async def test_metrics_are_for_this_machine_or_the_token(rt, app):
    async def status(settings: Settings, address: str, headers: dict[str, str]) -> int:
        async with browser(create_app(replace(rt, settings=settings)), address=address) as client:
            answer: httpx.Response = await client.get("/metrics", headers=headers)
            if answer.status_code == 200:
                assert "pabal_http_requests_total" in answer.text
            return answer.status_code

    open_hub = rt.settings
    guarded = open_hub.model_copy(update={"metrics_token": "let-me-in"})
    assert await status(open_hub, "127.0.0.1", {}) == 200
    assert await status(open_hub, "203.0.113.9", {}) == 404
    assert await status(open_hub, "127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}) == 404
    assert await status(guarded, "127.0.0.1", {}) == 401
    assert await status(guarded, "203.0.113.9", {"Authorization": "Bearer wrong"}) == 401
    assert await status(guarded, "203.0.113.9", {"Authorization": "Bearer let-me-in"}) == 200
