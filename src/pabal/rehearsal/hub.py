"""A hub of the rehearsal's own: `pabal up` in a temporary folder on free ports, spoken to over HTTP as a browser does."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx

from pabal.kit.embedded.spawn import die_with_parent

_READY_SECONDS = 300  # first start on a busy two-core machine with demo data; 15 s when idle
IMPORT_ENDS = frozenset({"completed", "failed", "cancelled"})


class RehearsalError(Exception):
    """Something that keeps the rehearsal from measuring, in words."""


class Api:
    """A signed-in client of one tenant."""

    def __init__(self, base: str, email: str, password: str) -> None:
        self.http = httpx.Client(base_url=base, timeout=120, trust_env=False)
        answer = self.http.post("/api/auth/login", json={"email": email, "password": password})
        self.http.headers["X-CSRF-Token"] = str(self._good(answer)["csrfToken"])

    def get(self, path: str, **query: object) -> Any:
        return self._good(self.http.get(path, params={name: str(value) for name, value in query.items()}))

    def post(self, path: str, body: object = None) -> Any:
        return self._good(self.http.post(path, json=body))

    def text(self, path: str) -> str:
        answer = self.http.get(path)
        self._good(answer, read=False)
        return answer.text

    @staticmethod
    def _good(answer: httpx.Response, *, read: bool = True) -> Any:
        if not answer.is_success:
            # The body may quote what was sent; status and path say enough, and hold no personal data.
            path = answer.request.url.path
            raise RehearsalError(f"{answer.request.method} {path}: HTTP {answer.status_code}")
        return answer.json() if read and answer.content else None

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            page = self.get(path, limit=200, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page["nextCursor"]
            if not cursor:
                return

    def import_csv(self, body: bytes, tell: Callable[[int, int], None]) -> dict[str, Any]:
        """Upload, start as guessed, wait; `tell(rows done, rows in all)` on the way."""
        answer = self.http.post("/api/imports", files={"file": ("list.csv", body, "text/csv")})
        uploaded = self._good(answer)
        start = {"mapping": uploaded["mapping"], "policy": "merge", "basis": "예행연습", "source": "예행연습"}
        self.post(f"/api/imports/{uploaded['id']}/start", start)
        while True:
            now: dict[str, Any] = self.get(f"/api/imports/{uploaded['id']}")
            tell(now["rowsDone"], max(now["rowsTotal"], now["rowsDone"], 1))
            if now["state"] in IMPORT_ENDS:
                if now["state"] != "completed":
                    raise RehearsalError(f"import {now['state']}")
                return now
            time.sleep(0.2)

    def homes(self, import_id: str) -> list[str]:
        """Per row of an import, the contact that it belongs to now; "" for a refused row."""
        lines = self.text(f"/api/imports/{import_id}/rows.csv").splitlines()[1:]
        rows = sorted((int(no), contact) for no, contact, _ in (line.split(",") for line in lines))
        return [contact for _, contact in rows]


class Hub:
    """The running installation. Leaving the `with` block stops it and removes its folder, Ctrl-C included."""

    def __init__(self, *, workers: int = 2) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pabal-rehearsal-"))
        self._data = self._folder / "data"
        self._workers = workers
        self._process: subprocess.Popen[str] | None = None
        self.base = self.sandbox = ""

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _start(self) -> None:
        # PABAL_* of the shell may name a real installation: nothing of it reaches this hub.
        environment = _clean_environment()
        with (self._folder / "up.log").open("wb") as log:
            self._process = subprocess.Popen(
                [*_pabal(), "up", "--data", str(self._data), "--port", "0", "--sandbox-port", "0",
                 "--workers", str(self._workers)],
                stdout=subprocess.PIPE, stderr=log, text=True, env=environment,
                start_new_session=True,  # a Ctrl-C is ours to handle
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509  no thread is running yet
            )  # fmt: skip
        assert self._process.stdout is not None
        with self._process.stdout as said:
            line = said.readline()
        if not line.startswith("ready "):
            tail = (self._folder / "up.log").read_text(encoding="utf-8", errors="replace")[-2000:]
            raise RehearsalError(f"파발이 시작되지 않았습니다:\n{tail}")
        self.base = line.split()[1]
        note = json.loads((self._data / ".hub.json").read_text(encoding="utf-8"))
        self.sandbox = f"http://127.0.0.1:{note['sandbox_port']}"

    def _stop(self) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def tenant(self, name: str) -> Iterator[Api]:
        """A new camp, signed in as its owner."""
        email, password = f"owner-{secrets.token_hex(4)}@example.kr", secrets.token_urlsafe(12)
        command = [
            *_pabal(),
            "tenants",
            "create",
            name,
            "--owner-email",
            email,
            "--quota",
            "1000000",
            "--json",
        ]
        made = subprocess.run(
            [*command, "--data", str(self._data)], capture_output=True, text=True, check=False,
            env={**_clean_environment(), "PABAL_OWNER_PASSWORD": password},
        )  # fmt: skip
        if made.returncode != 0:
            raise RehearsalError(f"테넌트를 만들지 못했습니다: {made.stderr[-500:]}")
        api = Api(self.base, email, password)
        try:
            yield api
        finally:
            api.http.close()

    def ledger(self) -> list[dict[str, Any]]:
        """What the carrier accepted: the evidence."""
        answer = httpx.get(f"{self.sandbox}/_sandbox/ledger?format=jsonl", timeout=120, trust_env=False)
        return [json.loads(line) for line in answer.text.splitlines() if line]

    def behave(self, **switches: object) -> None:
        httpx.put(
            f"{self.sandbox}/_sandbox/behaviour", json=switches, timeout=30, trust_env=False
        ).raise_for_status()


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PABAL_")}


def _pabal() -> list[str]:
    return [sys.executable, "-m", "pabal"]
