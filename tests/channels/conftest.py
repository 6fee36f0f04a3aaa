from collections.abc import AsyncIterator

import httpx
import pytest
from tests.channels.carrier_server import CarrierServer, carrier_server

from pabal.channels.base import CarrierAccount, Credentials
from pabal.channels.solapi import SolapiCarrier
from pabal.channels.wire import open_http


@pytest.fixture
async def server() -> AsyncIterator[CarrierServer]:
    async with carrier_server() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with open_http() as client:
        yield client


@pytest.fixture
def solapi(http: httpx.AsyncClient) -> SolapiCarrier:
    return SolapiCarrier(http)


@pytest.fixture
def account(server: CarrierServer) -> CarrierAccount:
    return CarrierAccount(
        "a1", "solapi", server.url, Credentials("NCSKEY0123456789", "secret-secret", "test-secret")
    )
