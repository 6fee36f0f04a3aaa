"""A whole installation, as a user starts it: `pabal up` in a folder of its own, spoken to over HTTP."""

import contextlib
import csv
import io
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import psutil
from tests.support.book import person
from tests.support.processes import wait_until

from pabal.kit.embedded.spawn import die_with_parent

PASSWORD = "correct-horse-7"  # of a tenant that lives as long as one test


def free_port() -> int:
    """One that nobody listens on, below those which the system hands out: a port of its own choice may belong to somebody's
    outgoing connection a moment later, and several workers of one run ask at once."""
    while True:
        number = random.SystemRandom().randrange(12_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", number))
            return number


def people_csv(count: int, start: int = 0) -> bytes:
    """A list as camps have them: Korean headers, UTF-8 with BOM."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["이름", "휴대폰", "읍면동"])
    for number in range(start, start + count):
        card = person(number)
        writer.writerow([card.name, card.phones[0], "역삼동"])
    return ("\ufeff" + out.getvalue()).encode()


class Installation:
    """Start, stop, kill -9 parts of it; a signed-in client of one camp."""

    def __init__(self, data: Path, *options: str, **env: object) -> None:
        self.data = data
        self.port, self.sandbox_port = free_port(), free_port()
        self.options = options
        self.env = {key: str(value) for key, value in env.items()}
        self.process: subprocess.Popen[str] | None = None
        self.base = f"http://127.0.0.1:{self.port}"
        self.sandbox = f"http://127.0.0.1:{self.sandbox_port}"
        self.client = httpx.Client(base_url=self.base, timeout=60, trust_env=False)
        self.csrf = ""

    def start(self) -> float:
        """Seconds until `ready`."""
        began = time.monotonic()
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PABAL_")}
        command = [sys.executable, "-m", "pabal", "up", "--data", str(self.data), "--port", str(self.port)]
        command += ["--sandbox-port", str(self.sandbox_port), "--no-demo", *self.options]
        with (self.data.parent / f"{self.data.name}.up.log").open("ab") as errors:
            self.process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**inherited, **self.env},
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509  one prctl; else a cut run leaves a hub
            )
        assert self.process.stdout is not None
        with self.process.stdout as out:
            line = out.readline()
        assert line == f"ready {self.base}\n", line
        return time.monotonic() - began

    def stop(self) -> int:
        self.client.close()
        return self.stop_keep_client()

    def stop_keep_client(self) -> int:
        """Stop the hub; a later `start` goes on with the same session."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def kill_supervisor(self) -> None:
        assert self.process is not None
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        self.process.wait()
        psutil.wait_procs(children, timeout=30)

    def children(self, word: str) -> list[psutil.Process]:
        """Our own children whose command line has this word (api, worker, postgres, valkey-server …)."""
        assert self.process is not None
        found = []
        for child in psutil.Process(self.process.pid).children():
            try:
                if any(word == Path(part.split(" ")[0]).name for part in child.cmdline()[:5]):
                    found.append(child)
            except psutil.Error:
                continue
        return found

    def kill(self, word: str) -> None:
        """kill -9 one child and wait until the supervisor has put another in its place."""
        victim = self.children(word)[0]
        victim.kill()
        wait_until(lambda: any(child.pid != victim.pid for child in self.children(word)), seconds=30)

    def tenant(self, name: str = "시험캠프", quota: int = 1_000_000) -> dict[str, Any]:
        """`pabal tenants create` on the running hub, then log in as its owner."""
        email = f"owner-{free_port()}@example.kr"
        command = [sys.executable, "-m", "pabal", "tenants", "create", name, "--kind", "camp", "--json"]
        command += ["--owner-email", email, "--owner-password", PASSWORD, "--quota", str(quota)]
        command += ["--data", str(self.data)]
        made = subprocess.run(command, capture_output=True, text=True, check=True)
        self.login(email)
        return dict(json.loads(made.stdout))

    def login(self, email: str) -> None:
        answer = self.client.post("/api/auth/login", json={"email": email, "password": PASSWORD})
        answer.raise_for_status()
        self.csrf = answer.json()["csrfToken"]
        self.client.headers["X-CSRF-Token"] = self.csrf

    def get(self, path: str) -> Any:
        answer = self.client.get(path)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.client.post(path, json=body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def import_csv(
        self, body: bytes, *, tags: tuple[str, ...] = (), seconds: float = 120, every: float = 0.05
    ) -> dict[str, Any]:
        """Upload, start, wait for the end; the import as the API shows it. `every`: seconds between two looks."""
        answer = self.client.post("/api/imports", files={"file": ("명단.csv", body, "text/csv")})
        assert answer.is_success, answer.text
        uploaded = answer.json()
        start = {"mapping": uploaded["mapping"], "policy": "merge", "tags": list(tags)}
        self.post(
            f"/api/imports/{uploaded['id']}/start", {**start, "basis": "consent", "source": "시험 명단"}
        )
        seen: dict[str, Any] = {}

        def over() -> bool:
            seen.update(self.get(f"/api/imports/{uploaded['id']}"))
            return seen["state"] in {"completed", "failed", "cancelled"}

        wait_until(over, seconds=seconds, every=every)
        return seen

    def campaign(self, **fields: Any) -> str:
        """A draft of one SMS step to everyone."""
        sender = next(s for s in self.get("/api/senders")["items"] if s["kind"] == "phone")
        body = {
            "name": "정기 안내",
            "messageClass": "civic",
            "filter": {},
            "steps": [
                {"channel": "sms", "senderId": sender["id"], "body": "#{이름}님, 주민 설명회에 초대해요."}
            ],
            **fields,
        }
        return str(self.post("/api/campaigns", body)["id"])

    def progress(self, campaign: str) -> dict[str, Any]:
        """The live counts, once the API answers (it may be on its way back from a kill)."""
        while True:
            try:
                answer = self.client.get(f"/api/campaigns/{campaign}/progress")
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            if answer.status_code < 500:
                answer.raise_for_status()
                return dict(answer.json())
            time.sleep(0.1)

    def until(self, campaign: str, met: Any, *, seconds: float = 120) -> dict[str, Any]:
        """Poll until met; every snapshot's counts sum to the audience."""
        deadline = time.monotonic() + seconds
        while True:
            snapshot = self.progress(campaign)
            assert sum(snapshot["counts"].values()) == snapshot["audience"], snapshot
            if met(snapshot):
                return snapshot
            assert time.monotonic() < deadline, snapshot
            time.sleep(0.1)

    def ledger(self) -> list[dict[str, Any]]:
        answer = httpx.get(f"{self.sandbox}/_sandbox/ledger?format=jsonl", timeout=60, trust_env=False)
        return [json.loads(line) for line in answer.text.splitlines() if line]
