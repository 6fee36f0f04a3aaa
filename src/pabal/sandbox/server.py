"""The sandbox as a process: uvicorn plus the transport in the scope, so that faults can cut it."""

import signal
import socket
import sys
from collections.abc import Callable

import uvicorn
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from pabal.sandbox.app import create_app
from pabal.sandbox.config import SandboxConfig
from pabal.sandbox.wire import TRANSPORT


class SandboxProtocol(HttpToolsProtocol):
    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions: dict[str, dict[object, object]] = {TRANSPORT: {"transport": self.transport}}
        self.scope["extensions"] = extensions


class SandboxServer(uvicorn.Server):
    """Says when it can serve; the port is known by then, also when 0 was asked for."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._ready()


def run(config: SandboxConfig, announce: Callable[[str], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT. `announce` gets the address once the port answers."""
    config.check()
    listener = socket.create_server((config.host, config.port), family=_family(config.host), backlog=512)
    host = f"[{config.host}]" if ":" in config.host else config.host
    url = f"http://{host}:{listener.getsockname()[1]}"
    server = SandboxServer(
        uvicorn.Config(
            create_app(config),
            http=SandboxProtocol,
            ws="none",
            lifespan="on",
            access_log=False,  # paths are kept in the ledger; a second copy would only hold keys
            log_level="warning",
            timeout_keep_alive=30,
            timeout_graceful_shutdown=3,
            server_header=False,
            date_header=False,  # ours follows the sandbox clock
        ),
        ready=lambda: announce(url) if announce else None,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises a caught signal again after its shutdown; an orderly stop should end with 0.
        signal.signal(number, lambda *_: None)
    with listener:
        server.run(sockets=[listener])


def announce_on_stdout(url: str) -> None:
    sys.stdout.write(f"ready {url}\n")
    sys.stdout.flush()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
