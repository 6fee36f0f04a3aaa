"""`pabal up`: the whole hub on one machine. Composition only; the mechanics are in `supervisor`, `stores` and
`reaper`.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pabal import __version__
from pabal.cli.hub import leave_note, note_path
from pabal.cli.listening import is_ready, listen, owner_needed
from pabal.cli.reaper import Reaper
from pabal.cli.stores import Stores, database_access, embedded_stores, ready_schema
from pabal.cli.supervisor import Child, Supervisor, say, until
from pabal.kit.embedded.bootstrap import APP, DATABASE
from pabal.kit.embedded.files import EmbeddedError, FileLock, data_folder, private_folder
from pabal.kit.embedded.spawn import Identity

if TYPE_CHECKING:
    from pabal.config import Settings

_STOP_ORDER = [["api"], ["worker", "scheduler"], ["sandbox"], ["demo"], ["valkey"], ["postgres"]]


def up(
    data: Annotated[Path | None, typer.Option("--data", help="데이터 폴더")] = None,
    port: Annotated[int | None, typer.Option(help="API와 화면의 포트 (0: 빈 포트)")] = None,
    sandbox_port: Annotated[
        int | None, typer.Option(help="가상 통신사(샌드박스)의 포트 (0: 빈 포트)")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="작업 프로세스 수")] = None,
    clock_offset: Annotated[
        int | None, typer.Option(help="규칙과 예약의 시계를 초 단위로 옮김 (개발용)")
    ] = None,
    no_demo: Annotated[bool, typer.Option("--no-demo", help="데모 데이터를 만들지 않음")] = False,
) -> None:
    """Start the whole hub on this machine, with its own PostgreSQL and Valkey in one data folder."""
    from pabal.config import Mode, load_settings

    settings = load_settings(
        data_dir=data.absolute() if data else None,
        port=port,
        sandbox_port=sandbox_port,
        workers=workers,
        clock_offset_seconds=clock_offset,
        demo=False if no_demo else None,
    )
    folder = data_folder(settings.data_dir)
    lock = FileLock(folder / ".lock", blocking=False)
    if not lock.acquire():
        holder = (folder / ".lock").read_text(encoding="ascii").strip()
        raise EmbeddedError(f"데이터 폴더 {folder} 은(는) 실행 중인 다른 파발이 쓰고 있습니다 (pid {holder})")
    lock.note(f"{os.getpid()}\n")
    hub = Hub(settings, folder, demo=settings.demo and settings.mode is not Mode.PRODUCTION)
    sys.exit(asyncio.run(hub.run()))


class Hub:
    """One running installation: its children and the sockets that outlive them."""

    def __init__(self, settings: Settings, folder: Path, *, demo: bool) -> None:
        self._settings = settings
        self._folder = folder
        self._demo = demo
        self._logs = private_folder(folder / "logs")
        self._children = Supervisor()
        self._stop = asyncio.Event()
        self._marker = folder / ".demo"
        self._setup_token = settings.setup_token or secrets.token_urlsafe(16)
        # Held by us, inherited by the children: a restarting api refuses nobody, and the port can't be lost.
        self._api_socket = listen(settings.host, settings.port)
        self._sandbox_socket = (
            listen(settings.sandbox_host, settings.sandbox_port) if _has("pabal.sandbox.app") else None
        )

    async def run(self) -> int:
        """Start everything, print the ready line, stay until a signal, stop everything. Returns the exit
        code.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._on_signal)
        tasks: list[asyncio.Task[None]] = []
        code = 0
        try:
            work = asyncio.create_task(self._start(tasks))
            stop = asyncio.create_task(self._stop.wait())
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
            else:
                work.cancel()
            while not self._stop.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), 30)
                self._children.rotate_logs()
        except EmbeddedError as error:
            say(f"pabal: {error}")
            code = 1
        finally:
            for task in tasks:
                task.cancel()
            await self._children.stop(_STOP_ORDER)
            note_path(self._folder).unlink(missing_ok=True)
        return code

    def _on_signal(self) -> None:
        if self._stop.is_set():
            self._children.kill_all()
        self._stop.set()

    async def _start(self, tasks: list[asyncio.Task[None]]) -> None:
        began = time.monotonic()
        stores = await asyncio.to_thread(embedded_stores, self._settings, self._folder)
        redis_url = stores.valkey.url if stores.valkey is not None else str(self._settings.redis_url)
        gate: Gate | None = None
        if stores.postgres is not None:
            # Importing the application takes as long as all the rest: the api begins now and waits at the
            # gate.
            gate = Gate()
            early = self._environment(stores.postgres.dsn(APP, DATABASE), redis_url)
            self._pabal(early, "api", fd=self._api_socket, gate=gate, stop_timeout=8.0)
        await self._start_stores(stores)
        access = await asyncio.to_thread(database_access, self._settings, stores.postgres, self._folder)
        await asyncio.to_thread(ready_schema, access, self._settings)
        environment = self._environment(access.app_dsn, redis_url)
        leave_note(self._folder, environment)
        self._start_reaper(access.app_dsn, tasks)
        if gate is not None:
            gate.open()
        else:
            self._pabal(environment, "api", fd=self._api_socket, stop_timeout=8.0)
        first = self._demo_is_missing()
        if first:
            self._start_sandbox(environment)  # the demo's tenants register there
        demo = await self._start_demo(environment) if first else None
        # Six Pythons importing at once on two cores: what people wait for goes first. The sandbox's socket
        # is open already, so that who calls it early waits instead of failing.
        await self._until_answering()
        if not first:
            self._start_sandbox(environment)
        self._start_workers(environment)
        if demo is not None:
            await demo
        host, port = self._api_socket.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        print(f"ready http://{shown}:{port}", flush=True)
        say(
            f"파발이 {time.monotonic() - began:.1f}초 만에 준비되었습니다. 데이터: {self._folder} · 기록: "
            f"{self._logs}"
        )
        if await asyncio.to_thread(owner_needed, self._api_socket):
            where = (self._settings.public_url or f"http://{shown}:{port}").rstrip("/")
            say(f"아직 소유자가 없습니다. 이 주소에서 만드십시오: {where}/setup#{self._setup_token}")
        if self._demo and _has("pabal.demo"):
            from pabal.cli.demo import LOGINS, PASSWORD

            say(
                "데모 계정 (암호 "
                + PASSWORD
                + "): "
                + ", ".join(f"{address} ({who})" for address, who in LOGINS)
            )

    async def _start_stores(self, stores: Stores) -> None:
        if stores.postgres is not None:
            postgres = stores.postgres
            child = self._children.start(
                Child(
                    "postgres",
                    # SIGINT when we die: a fast, clean shutdown that needs no recovery.
                    partial(postgres.launch, death_signal=signal.SIGINT),
                    postgres.log,
                    stop_signal=signal.SIGINT,
                    stop_timeout=20.0,
                    passing_fault=postgres.failed_in_passing,
                )
            )
            await self._until_store(child, postgres.is_ready, postgres.log_tail)
        if stores.valkey is not None:
            valkey = stores.valkey
            child = self._children.start(
                Child(
                    "valkey",
                    partial(valkey.launch, death_signal=signal.SIGKILL),
                    valkey.log,
                    stop_timeout=5.0,
                )
            )
            await self._until_store(child, valkey.is_ready, valkey.log_tail)

    async def _until_store(
        self, child: Child, is_ready: Callable[[], bool], log_tail: Callable[[], str]
    ) -> None:
        async def answers() -> bool:
            if child.failures > 3:
                raise EmbeddedError(f"{child.name} 이(가) 시작되지 않습니다:\n{log_tail()}")
            return await asyncio.to_thread(is_ready)

        # Recovery after a crash may replay up to max_wal_size; a minute is ten times what 2 GB took.
        if not await until(answers, timeout=120.0, interval=0.01):
            raise EmbeddedError(f"{child.name} 이(가) 2분 안에 응답하지 않았습니다:\n{log_tail()}")

    def _environment(self, app_dsn: str, redis_url: str) -> dict[str, str]:
        """What children see: addresses without secrets; an administrator's or owner's login stays with us."""
        passed_on = {
            "PABAL_DATA_DIR": str(self._folder),
            "PABAL_DATABASE_URL": app_dsn,
            "PABAL_REDIS_URL": redis_url,
            "PABAL_PORT": str(self._api_socket.getsockname()[1]),
            "PABAL_CLOCK_OFFSET_SECONDS": str(self._settings.clock_offset_seconds),
            "PABAL_WORKERS": str(self._settings.workers),
            "PABAL_SETUP_TOKEN": self._setup_token,
        }
        if self._sandbox_socket is not None:
            passed_on["PABAL_SANDBOX_PORT"] = str(self._sandbox_socket.getsockname()[1])
        inherited = {name: value for name, value in os.environ.items() if name != "PABAL_OWNER_DATABASE_URL"}
        return inherited | passed_on

    def _start_reaper(self, app_dsn: str, tasks: list[asyncio.Task[None]]) -> None:
        self._reaper = Reaper(app_dsn, self._kill_worker)
        tasks.append(asyncio.create_task(self._reaper.run()))

    def _start_workers(self, environment: dict[str, str]) -> None:
        # The first is up and answers. Whoever is idle accepts: forms that come 200 a second keep one busy for half the time.
        for number in range(2, self._settings.api_processes + 1):
            self._pabal(environment, "api", name=f"api-{number}", fd=self._api_socket, stop_timeout=8.0)
        for number in range(1, self._settings.workers + 1):
            if _has("pabal.worker"):
                self._pabal(environment, "worker", name=f"worker-{number}", reaped=self._reaper.report)
        if _has("pabal.scheduler"):
            self._pabal(environment, "scheduler", reaped=self._reaper.report)

    def _pabal(
        self,
        environment: dict[str, str],
        command: str,
        *,
        name: str | None = None,
        fd: socket.socket | None = None,
        gate: Gate | None = None,
        stop_timeout: float = 12.0,
        reaped: Callable[[str], None] | None = None,
    ) -> Child:
        log = self._logs / f"{name or command}.log"
        arguments = [*pabal_command(), command, *(["--fd", str(fd.fileno())] if fd is not None else [])]

        def launch() -> subprocess.Popen[bytes]:
            closed = gate is not None and not gate.is_open
            with log.open("ab") as file:
                return Identity().popen(
                    [*arguments, *(["--after", str(gate.reader)] if gate is not None and closed else [])],
                    env=environment,
                    log=file.fileno(),
                    death_signal=signal.SIGKILL,
                    pass_fds=[
                        *([fd.fileno()] if fd is not None else []),
                        *([gate.reader] if gate is not None and closed else []),
                    ],
                )

        return self._children.start(
            Child(name or command, launch, log, stop_timeout=stop_timeout, reaped=reaped)
        )

    def _kill_worker(self, owner: str) -> bool:
        child = self._children.by_owner(owner)
        if child is None or child.process is None:
            return False
        self._children.kill(child)
        return True

    def _start_sandbox(self, environment: dict[str, str]) -> None:
        if self._sandbox_socket is not None:
            self._pabal(environment, "sandbox", fd=self._sandbox_socket, stop_timeout=8.0)

    def _demo_is_missing(self) -> bool:
        """Tell whether to make the demo data: once per release and data folder (on a server of somebody
        else's, which may have been emptied, at every start).
        """
        if not self._demo or not _has("pabal.demo"):
            return False
        return self._settings.database_url is not None or not (
            self._marker.exists() and self._marker.read_text(encoding="ascii") == __version__
        )

    async def _start_demo(self, environment: dict[str, str]) -> Awaitable[None]:
        """Make the demo data in a process of its own, beside the start of the others."""
        with (self._logs / "demo.log").open("ab") as log:
            process = Identity().popen(
                [*pabal_command(), "demo", "--data", str(self._folder)],
                env=environment,
                log=log.fileno(),
                death_signal=signal.SIGKILL,
            )

        async def wait() -> None:
            async def ended() -> bool:
                return process.poll() is not None

            try:
                await until(ended, timeout=300)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
            if process.returncode == 0:
                self._marker.write_text(__version__, encoding="ascii")
            else:
                say(
                    f"데모 데이터를 만들지 못했습니다 (기록: {self._logs / 'demo.log'}); 허브는 그대로 씁니다"
                )

        return asyncio.create_task(wait())

    async def _until_answering(self) -> None:
        """Wait for the api. The sandbox isn't waited for: its socket is open already, so that who calls it
        early waits instead of failing.
        """
        ready = partial(is_ready, self._api_socket)
        if not await until(ready, timeout=30):
            say(f"아직 준비 중입니다. 기록: {self._logs}")
        while not await until(ready, timeout=60):
            pass


class Gate:
    """A pipe that a child reads from before it begins; it sees the end when we open the gate, or die."""

    def __init__(self) -> None:
        self.reader, self._writer = os.pipe()
        self.is_open = False

    def open(self) -> None:
        self.is_open = True
        os.close(self._writer)
        os.close(self.reader)


def pabal_command() -> list[str]:
    """How a child is called: shows up as `pabal …` in a process list."""
    script = Path(sys.executable).with_name("pabal")
    return [sys.executable, str(script)] if script.exists() else [sys.executable, "-m", "pabal"]


def _has(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
