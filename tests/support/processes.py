"""Real processes of the hub, as `pabal up` would start them, on a test's own database: to be killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from pabal.config import Settings
from pabal.kit.embedded.spawn import die_with_parent


def environment(settings: Settings, **extra: object) -> dict[str, str]:
    """The PABAL_ variables that make a child see the test's installation."""
    values = {
        "PABAL_DATA_DIR": settings.data_dir,
        "PABAL_DATABASE_URL": settings.database_url,
        "PABAL_OWNER_DATABASE_URL": settings.owner_database_url,
        "PABAL_REDIS_URL": settings.redis_url,
        "PABAL_SANDBOX_PORT": settings.sandbox_port,
        "PABAL_LEASE_SECONDS": settings.lease_seconds,
        "PABAL_HTTP_TIMEOUT_SECONDS": settings.http_timeout_seconds,
        "PABAL_FIRST_POLL_SECONDS": settings.first_poll_seconds,
        **extra,
    }
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PABAL_")}
    return {**inherited, **{key: str(value) for key, value in values.items()}}


class HubProcess:
    """`pabal worker`, `pabal scheduler` … as a child; its log goes to a file beside the data."""

    def __init__(self, name: str, env: dict[str, str], log: Path) -> None:
        self.name = name
        self._log = log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pabal", name],
            env=env,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
            # A run that is cut off must leave no worker behind that takes the next run's turns.
            preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509  one prctl, nothing is imported
        )

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def wait_dead(self, seconds: float = 30) -> int:
        return self.process.wait(seconds)

    def stop(self) -> None:
        """As an operator would; kill -9 if it doesn't listen."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
        self._log.close()


def wait_until(met, *, seconds: float = 60, every: float = 0.05) -> None:
    """Poll a condition of the outside world (another process): there is nothing to be notified by."""
    deadline = time.monotonic() + seconds
    while not met():
        if time.monotonic() > deadline:
            raise TimeoutError(f"condition not met in {seconds} s")
        time.sleep(every)
