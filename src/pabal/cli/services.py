"""One command per process of the hub. `pabal up` runs them as children; a larger installation runs them
itself.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typing_extensions import override

from pabal.kit.embedded.files import private_folder

if TYPE_CHECKING:
    from pabal.config import Settings

FdOption = Annotated[
    int | None, typer.Option("--fd", hidden=True, help="Listening socket inherited from pabal up")
]


AfterOption = Annotated[int | None, typer.Option("--after", hidden=True, help="Pipe that ends when to begin")]


def api(fd: FdOption = None, after: AfterOption = None) -> None:
    """JSON API, live events, webhooks and the web UI."""
    with _made_to_stay():
        from pabal.api import create_app
        from pabal.config import load_settings

        settings = load_settings()
        application = create_app(settings)
    if after is not None:
        os.read(after, 1)
        os.close(after)
    _serve(application, settings.host, settings.port, fd)


def worker() -> None:
    """Take turns: sending, receipts, imports, exports, repeats, roll-ups."""
    with _made_to_stay():
        from pabal.worker import run

    _run(run)


def scheduler() -> None:
    """Ask the ledger what is due or stale and issue turns."""
    with _made_to_stay():
        from pabal.scheduler import run

    _run(run)


def sandbox(fd: FdOption = None) -> None:
    """Run the carrier simulator (development, rehearsal, tests)."""
    with _made_to_stay():
        from pabal.config import Mode, load_settings
        from pabal.sandbox.app import create_app
        from pabal.sandbox.config import SandboxConfig
        from pabal.sandbox.server import SandboxProtocol

    settings = load_settings()
    config = SandboxConfig(
        data_dir=private_folder(settings.data_dir / "sandbox"),
        host=settings.sandbox_host,
        port=settings.sandbox_port,
        token=settings.sandbox_token,
        accept_any=settings.mode is not Mode.PRODUCTION,
    )
    _serve(create_app(config), config.host, config.port, fd, http=SandboxProtocol, date_header=False)


@contextmanager
def _made_to_stay() -> Iterator[None]:
    """No collections meanwhile nor of it later: what imports make stays, and looking through it as it grew took a tenth of
    the CPU of a start.
    """
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


def _serve(
    application: Any,
    host: str,
    port: int,
    fd: int | None,
    *,
    http: Any = "httptools",
    date_header: bool = True,
) -> None:
    import uvicorn

    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        loop="uvloop",
        http=http,
        date_header=date_header,
        # Paths and queries may carry what people typed; our own log writes route names.
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=5,
        lifespan="on",
    )

    class Server(uvicorn.Server):
        """Tells the open event streams to end: a browser never hangs up, and would hold the stop for 5 s."""

        @override
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            events = getattr(application.state, "events", None)
            if events is not None:
                events.close()
            super().handle_exit(sig, frame)

    server = Server(config)
    server.run(sockets=[socket.socket(fileno=fd)] if fd is not None else None)


def _run(entry: Callable[[Settings], Any]) -> None:
    import uvloop

    from pabal.config import load_settings

    result = entry(load_settings())
    if inspect.isawaitable(result):

        async def wait() -> None:
            await result

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(wait())
