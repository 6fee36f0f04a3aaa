from collections.abc import Iterator

import pytest
from tests.sandbox.process import Client, Receiver, SandboxProcess, sandbox_process, webhook_receiver


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """One process per test run: starting costs half a second. Tests that kill it start their own."""
    folder = tmp_path_factory.mktemp("sandbox")
    with sandbox_process(folder, "--webhook-backoff", "0.05,0.05,0.05,0.05") as sandbox:
        yield sandbox


@pytest.fixture
def client(carrier: Client) -> Client:
    """The simulator is what these tests are about, not somebody's carrier."""
    return carrier


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with webhook_receiver() as receiver:
        yield receiver
