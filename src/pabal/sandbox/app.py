"""Composition of the sandbox: an explicit list of protocols, and the control API."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from pabal.sandbox.behaviour import Behaviour
from pabal.sandbox.clock import Clock
from pabal.sandbox.config import SandboxConfig
from pabal.sandbox.context import Endpoint, Handler, State
from pabal.sandbox.control import Control
from pabal.sandbox.crypt import Box, load_key
from pabal.sandbox.delivery import Courier
from pabal.sandbox.ledger import Connection, Ledger, load_setting
from pabal.sandbox.nhn import routes as nhn_routes
from pabal.sandbox.nhn.common import NhnProtocol
from pabal.sandbox.solapi import routes as solapi_routes
from pabal.sandbox.solapi.auth import SolapiProtocol
from pabal.sandbox.wire import CarrierEndpoint, CarrierProtocol


def create_app(config: SandboxConfig) -> Starlette:
    """Opens the ledger now, so that a wrong key or a second process is said at once."""
    config.check()
    state = open_state(config)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        timeout = httpx.Timeout(config.webhook_timeout)
        async with httpx.AsyncClient(timeout=timeout, trust_env=False) as client:
            courier = asyncio.create_task(Courier(state, client).run())
            try:
                yield
            finally:
                courier.cancel()
                await asyncio.gather(courier, return_exceptions=True)
                state.ledger.close()

    return Starlette(routes=[*Control(state).routes(), *_nhn(state), *_solapi(state)], lifespan=lifespan)


def open_state(config: SandboxConfig) -> State:
    config.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    ledger = Ledger(config.ledger_file, config.lock_file, Box(load_key(config.key_file)))

    def load(conn: Connection) -> State:
        saved = load_setting(conn, ledger.box, "behaviour") or {"rules": {}, "base": 0}
        turns = conn.execute("SELECT coalesce(max(id), 0) FROM requests").fetchone()[0] - saved["base"]
        return State(
            config=config,
            ledger=ledger,
            clock=Clock(load_setting(conn, ledger.box, "clock") or 0.0),
            behaviour=Behaviour.model_validate(saved["rules"]),
            turn=turns,
        )

    return ledger.run_now(load)


def _nhn(state: State) -> list[BaseRoute]:
    """Two products with code tables of their own: a wrong secret is -1000 at SMS (assumed), -1001 at Kakao."""
    routes: list[BaseRoute] = []
    products = (
        (nhn_routes.SMS_PREFIX, nhn_routes.SMS, "-1000"),
        (nhn_routes.ALIMTALK_PREFIX, nhn_routes.ALIMTALK, "-1001"),
    )
    for prefix, endpoints, wrong_secret in products:
        protocol = NhnProtocol(accept_any=state.config.accept_any, wrong_secret=wrong_secret)
        routes += _served(state, protocol, endpoints, nhn_routes.unknown, prefix)
    return routes


def _solapi(state: State) -> list[BaseRoute]:
    """Last in the list: it answers every path that nobody else has, as the real host does."""
    protocol = SolapiProtocol(accept_any=state.config.accept_any)
    return _served(state, protocol, solapi_routes.ENDPOINTS, solapi_routes.unknown)


def _served(
    state: State,
    protocol: CarrierProtocol,
    endpoints: Iterable[Endpoint],
    unknown: Handler,
    prefix: str = "",
) -> list[BaseRoute]:
    """A carrier's paths, and after them its word for every other path below `prefix`."""
    rest = Endpoint("GET POST PUT DELETE PATCH", "/{rest:path}", unknown)
    return [
        Route(
            prefix + one.path,
            CarrierEndpoint(state, protocol, step=one.step, handler=one.handler),
            methods=one.method.split(),
        )
        for one in (*endpoints, rest)
    ]
