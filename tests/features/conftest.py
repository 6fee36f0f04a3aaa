"""Fixtures of the feature tests: the real application, all middlewares on, spoken to over ASGI."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from pabal.api import create_app
from pabal.runtime import Runtime


@pytest.fixture
def app(rt: Runtime) -> FastAPI:
    return create_app(rt)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody: a browser that has not logged in."""
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://pabal.test") as browser:
        yield browser
