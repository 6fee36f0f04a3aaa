"""A camp for one browser test: its owner, and lists as files."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.installation import PASSWORD, Installation, free_port, people_csv


@dataclass(frozen=True, slots=True)
class Camp:
    tenant_id: str
    email: str


def make_camp(hub: Installation, name: str = "마포을 캠프", quota: int = 100_000, kind: str = "camp") -> Camp:
    """On the running hub; the installation's own client is logged in as the owner, too."""
    email = f"owner-{free_port()}@example.kr"
    command = [sys.executable, "-m", "pabal", "tenants", "create", name, "--kind", kind, "--json"]
    command += ["--owner-email", email, "--owner-password", PASSWORD, "--quota", str(quota)]
    command += ["--data", str(hub.data)]
    made = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    hub.login(email)
    return Camp(str(made.get("id") or made.get("tenantId")), email)


def list_file(folder: Path, count: int, start: int = 0) -> Path:
    path = folder / "명단.csv"
    path.write_bytes(people_csv(count, start))
    return path
