"""`pabal up` as a process: killed, its children killed, stopped, started twice. Children are stand-ins
(stub_hub).
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from pabal.kit.embedded import PostgresServer
from pabal.kit.procid import owner_name

STUB = Path(__file__).with_name("stub_hub.py")
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PABAL_")} | {
    "PYTHONPATH": os.pathsep.join(str(Path(__file__).parents[2] / part) for part in ("src", ".")),
    "PABAL_API_PROCESSES": "2",
}
CHILDREN = {"api", "worker", "scheduler", "sandbox", "postgres", "valkey"}


class Up:
    """One running supervisor and what can be seen of it from outside."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [
                sys.executable,
                STUB,
                "up",
                "--data",
                data,
                "--port",
                "0",
                "--sandbox-port",
                "0",
                "--workers",
                "2",
            ],
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.ready_line = self.process.stdout.readline().strip()

    def children(self) -> list[psutil.Process]:
        """Everything that it started and that isn't a mere backend of the database."""
        return psutil.Process(self.process.pid).children()

    def child(self, name: str) -> psutil.Process | None:
        return self.child_but(name, set())

    def child_but(self, name: str, known: set[int]) -> psutil.Process | None:
        """One of this kind that isn't among those."""
        for process in self.children():
            with contextlib.suppress(psutil.Error):
                alive = process.pid not in known and process.status() != psutil.STATUS_ZOMBIE
                if alive and kind(process) == name:
                    return process
        return None

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        server = PostgresServer(self.data)
        with psycopg.connect(server.dsn("pabal_app", "pabal"), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate()
        return self.process.returncode


def kind(process: psutil.Process) -> str:
    words = process.cmdline()
    for name in ("postgres", "valkey-server"):
        if words and Path(words[0].split(" ")[0]).name == name:
            return name.removesuffix("-server")
    return words[2] if len(words) > 2 else ""


def eventually(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + 60  # generous: says "never", not "late"
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    hub = Up(tmp_path / "data")
    assert hub.ready_line.startswith("ready http://127.0.0.1:"), hub.process.communicate()
    yield hub
    if hub.process.poll() is None:
        hub.stop()
    hub.process.communicate()


def test_starts_every_process_and_a_clean_stop_leaves_none(up):
    processes = up.children()
    assert {kind(process) for process in processes} == CHILDREN
    assert len([process for process in processes if kind(process) == "worker"]) == 2
    assert len([process for process in processes if kind(process) == "api"]) == 2
    backends = psutil.Process(up.process.pid).children(recursive=True)
    assert up.stop() == 0
    assert [process for process in backends if process.is_running()] == []
    log = (up.data / "logs" / "postgres.log").read_text(encoding="utf-8")
    assert "database system is shut down" in log


def test_killed_children_are_replaced(up):
    for name in sorted(CHILDREN):
        several = [process for process in up.children() if kind(process) == name]
        several[0].kill()
        known = {process.pid for process in several}
        eventually(lambda: up.child_but(name, known) is not None, f"{name} stayed away")  # noqa: B023
    eventually(PostgresServer(up.data).is_ready, "the database stayed away")


def test_kill_9_of_the_supervisor_takes_every_child_along_and_the_next_start_has_all_rows(up):
    up.sql("INSERT INTO stub.leases VALUES ('a committed row')")
    everything = psutil.Process(up.process.pid).children(recursive=True)
    up.process.kill()
    up.process.communicate()
    _, alive = psutil.wait_procs(everything, timeout=60)
    assert alive == []
    again = Up(up.data)
    try:
        assert again.ready_line.startswith("ready ")
        assert again.sql("SELECT count(*) FROM stub.leases WHERE owner = 'a committed row'") == [(1,)]
    finally:
        assert again.stop() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to be somebody else")
def test_the_database_behind_a_user_namespace_dies_with_the_supervisor_too(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    hub = Up(closed / "data")
    postgres = hub.child("postgres")
    assert postgres is not None
    assert postgres.uids().real == 0
    hub.process.kill()
    hub.process.communicate()
    _, alive = psutil.wait_procs([postgres], timeout=60)
    assert alive == []


def test_a_reaped_worker_is_reported_to_the_ledger(up):
    worker = up.child("worker")
    name = owner_name(worker.pid)
    eventually(lambda: up.sql("SELECT 1 FROM stub.leases WHERE owner = '" + name + "'"), "no lease")
    worker.kill()
    eventually(
        lambda: up.sql("SELECT gone FROM stub.leases WHERE owner = '" + name + "'") == [(True,)],
        "not reported",
    )


def test_a_stopped_worker_whose_lease_ran_out_is_killed_and_reported(up):
    worker = up.child("worker")
    name = owner_name(worker.pid)
    eventually(lambda: up.sql("SELECT 1 FROM stub.leases WHERE owner = '" + name + "'"), "no lease")
    worker.suspend()
    up.sql("UPDATE stub.leases SET stale = true WHERE owner = '" + name + "'")
    eventually(
        lambda: up.sql("SELECT gone FROM stub.leases WHERE owner = '" + name + "'") == [(True,)],
        "not reported",
    )
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE


def test_a_worker_of_an_earlier_run_is_reported_as_gone_but_a_stranger_is_not(up):
    dead = owner_name().rsplit(":", 1)[0] + ":1"
    up.sql("INSERT INTO stub.leases VALUES ('" + dead + "', true), ('another-host:1:2:3', true)")
    eventually(
        lambda: up.sql("SELECT gone FROM stub.leases WHERE owner = '" + dead + "'") == [(True,)],
        "not reported",
    )
    assert up.sql("SELECT gone FROM stub.leases WHERE owner = 'another-host:1:2:3'") == [(False,)]


def test_a_second_supervisor_on_the_same_data_is_refused_and_says_who_holds_it(up):
    second = Up(up.data)
    _, said = second.process.communicate()
    assert second.process.returncode == 1
    assert f"pid {up.process.pid}" in said
    assert up.process.poll() is None


def test_children_get_no_login_but_the_applications(up):
    environment = up.child("worker").environ()
    assert "user=pabal_app" in environment["PABAL_DATABASE_URL"]
    assert "password" not in environment["PABAL_DATABASE_URL"]
    assert not [name for name in environment if "OWNER_DATABASE" in name]
