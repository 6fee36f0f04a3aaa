"""The carrier's own Node SDK against a running sandbox. It checks every answer's shape at run time: the strictest client.

Installed from its lock file at the first run; without Node or a package registry these tests say so and are skipped.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.sandbox.process import SENDER, Client

from pabal.kit.embedded.files import FileLock

HERE = Path(__file__).parent / "sdk"
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "node-sdk"


@pytest.fixture(scope="session")
def installed() -> Path:
    """A folder with the SDK, made once per lock file."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("needs Node.js")
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / ".lock"):
        wanted = (HERE / "package-lock.json").read_text()
        stamp = CACHE / ".stamp"
        if not stamp.exists() or stamp.read_text() != wanted:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(HERE / name, CACHE / name)
            command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
            done = subprocess.run(
                command, cwd=CACHE, capture_output=True, text=True, timeout=240, check=False
            )
            if done.returncode:
                pytest.skip("the SDK can't be installed here")
            stamp.write_text(wanted)
        shutil.copy(HERE / "conformance.cjs", CACHE / "conformance.cjs")
    return CACHE


@pytest.fixture
def said(installed: Path, client: Client) -> dict[str, Any]:
    """What each call of the script said."""
    client.control(
        "PUT",
        "/accounts/NODEKEY0123456789",
        {"apiSecret": "NODESECRET", "senders": [SENDER], "balance": 100_000},
    )
    command = ["node", "conformance.cjs", client.url]
    done = subprocess.run(command, cwd=installed, capture_output=True, text=True, timeout=60, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.timeout(300)
def test_the_node_sdk_reads_every_answer(said: dict[str, Any], client: Client) -> None:
    refused = {name: answer["error"] for name, answer in said.items() if "error" in answer}
    assert set(refused) == {"allRefused", "sendGroupTwice", "addToRemoved"}, {n: said[n] for n in refused}
    assert refused["allRefused"] == "MessageNotReceivedError"
    assert said["sendOne"]["ok"]["groupInfo"]["count"]["registeredSuccess"] == 1
    (duplicate,) = said["sendMany"]["ok"]["failedMessageList"]
    assert duplicate["statusCode"] == "1026"
    assert len(said["groupMessages"]["ok"]["messageList"]) == 2
    assert said["removeGroup"]["ok"]["status"] == "DELETED"
    assert {line["to"] for line in client.ledger()} == {f"010{n:08d}" for n in (1, 2, 3, 5, 6)}
