"""Settings of the simulator process, apart from the hub's: the sandbox shares neither settings nor code."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path


class SandboxConfigError(ValueError):
    """The settings contradict each other; said before the port is opened."""


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8001
    token: str | None = None  # needed by /_sandbox as soon as the port is not loopback only
    accept_any: bool = True  # unknown API keys are let in unverified: development's default
    keep_days: int = 30  # a rehearsal uses real lists: its copy here must not live for ever
    webhook_timeout: float = 5.0  # one third party measured about 5 s at the real service
    webhook_backoff: tuple[float, ...] = (1.0, 3.0, 10.0, 30.0)  # 1 try + 4 repeats = Solapi's 5 calls

    @property
    def ledger_file(self) -> Path:
        return self.data_dir / "sandbox.sqlite3"

    @property
    def key_file(self) -> Path:
        return self.data_dir / "sandbox.key"

    @property
    def lock_file(self) -> Path:
        return self.data_dir / "sandbox.lock"

    @property
    def loopback_only(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def check(self) -> None:
        if not self.loopback_only and not self.token:
            raise SandboxConfigError(
                "the sandbox's control API shows every message text: a token is needed outside loopback"
            )
