"""The client that the running hub passes to adapters keeps the promises of `wire`."""

import pytest
from tests.channels.carrier_server import answer, carrier_server, reset

from pabal.channels.base import Unknown
from pabal.channels.wire import Answer, call
from pabal.config import Settings
from pabal.runtime import open_runtime


@pytest.mark.parametrize(
    "behaviour", [reset, answer(503, "busy"), answer(307, "", headers={"Location": "/again"})]
)
async def test_the_hubs_own_client_writes_once(settings: Settings, server, monkeypatch, behaviour):
    async with carrier_server() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        server.plan(behaviour, answer(200, {}))
        async with open_runtime(settings, name="tests") as rt:
            outcome = await call(rt.http, "POST", server.url + "/x", headers={}, payload={})
        assert isinstance(outcome, Unknown | Answer)
        assert (len(server.seen), len(proxy.seen)) == (1, 0)
