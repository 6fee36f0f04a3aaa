"""The rehearsal as a user runs it: a hub of its own, a table, nothing left behind."""

import json
import os
import signal
import subprocess
import sys

import psutil
import pytest
from tests.support.processes import wait_until

COMMAND = [sys.executable, "-m", "pabal", "rehearse", "--quick"]


def environment(tmp_path) -> dict[str, str]:
    return {
        **os.environ,
        "TMPDIR": str(tmp_path),
        "PABAL_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    }


@pytest.mark.acceptance
@pytest.mark.timeout(600)
def test_a_quick_rehearsal_meets_every_criterion(tmp_path):
    """The shell's own installation (PABAL_*) is left alone: this hub has its own."""
    done = subprocess.run(
        [*COMMAND, "--json"], capture_output=True, text=True, check=False, env=environment(tmp_path)
    )
    report = json.loads(done.stdout)
    assert [one for one in report["criteria"] if not one["pass"]] == []
    assert report["pass"] is True
    assert done.returncode == 0
    assert list(tmp_path.glob("pabal-rehearsal-*")) == []


@pytest.mark.acceptance
@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_rehearsal_takes_its_hub_along(tmp_path, number):
    with subprocess.Popen(
        COMMAND, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(tmp_path)
    ) as running:
        wait_until(lambda: any("postgres" in one.name() for one in descendants(running.pid)), seconds=120)
        hub = descendants(running.pid)
        running.send_signal(number)
        running.communicate(timeout=120)
    assert running.returncode == 130
    _, alive = psutil.wait_procs(hub, timeout=30)
    assert alive == []
    assert list(tmp_path.glob("pabal-rehearsal-*")) == []


def descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
