"""A real sandbox process on a free loopback port, and a client that signs as Solapi asks."""

import hashlib
import hmac
import json
import os
import queue
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from typing_extensions import override

SENDER = "0212345678"


class SandboxProcess:
    """Started with its data folder; `kill` is kill -9, `start` goes on from the folder."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        self.options = options
        self.url = ""
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> "SandboxProcess":
        command = [
            sys.executable,
            "-m",
            "pabal.sandbox",
            "--data",
            str(self.data),
            "--port",
            "0",
            *self.options,
        ]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("ready "), f"the sandbox did not start: {line!r}"
        self.url = line.split()[1]
        return self

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.reap()

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.reap()

    def reap(self) -> int:
        assert self.process is not None
        code = self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None
        return code


@contextmanager
def sandbox_process(data: Path, *options: str) -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(data, *options).start()
    try:
        yield sandbox
    finally:
        if sandbox.process is not None:
            sandbox.kill()


def signature(key: str, secret: str, *, date: str | None = None, salt: str | None = None) -> str:
    date = date or datetime.now(UTC).isoformat()
    salt = salt or uuid.uuid4().hex
    digest = hmac.new(secret.encode(), (date + salt).encode(), hashlib.sha256).hexdigest()
    return f"HMAC-SHA256 apiKey={key}, date={date}, salt={salt}, signature={digest}"


class Client:
    """One API key's view of a sandbox, and the control API beside it."""

    def __init__(self, url: str, key: str = "TESTKEY", secret: str = "TESTSECRET") -> None:
        self.url, self.key, self.secret = url, key, secret
        self.http = httpx.Client(base_url=url, timeout=20, trust_env=False)
        self._others: list[Client] = []

    def other(self, key: str | None = None, secret: str | None = None) -> "Client":
        """A client with a connection of its own, closed together with this one."""
        self._others.append(Client(self.url, key or self.key, secret or self.secret))
        return self._others[-1]

    def close(self) -> None:
        for one in (self, *self._others):
            one.http.close()

    def call(self, method: str, path: str, body: Any = None, **params: Any) -> httpx.Response:
        headers = {"Authorization": signature(self.key, self.secret), "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body)  # ASCII, so that escapes of any kind get through
        return self.http.request(method, path, headers=headers, content=content, params=params or None)

    def good(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        answer = self.call(method, path, body, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def control(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        answer = self.http.request(method, f"/_sandbox{path}", json=body, params=params or None)
        assert answer.status_code in {200, 202}, answer.text
        return answer.json()

    def behave(self, **rules: Any) -> None:
        self.control("PUT", "/behaviour", rules)

    def register(self, **fields: Any) -> Any:
        return self.control("POST", "/accounts", {"apiKey": self.key, "apiSecret": self.secret, **fields})

    def group(self, *messages: dict[str, Any], **options: Any) -> str:
        group_id = str(self.good("POST", "/messages/v4/groups", options)["groupId"])
        if messages:
            self.good("PUT", f"/messages/v4/groups/{group_id}/messages", {"messages": list(messages)})
        return group_id

    def send(self, *messages: dict[str, Any], **options: Any) -> str:
        group_id = self.group(*messages, **options)
        self.good("POST", f"/messages/v4/groups/{group_id}/send")
        return group_id

    def read_group(self, group_id: str) -> Any:
        return self.good("GET", f"/messages/v4/groups/{group_id}")

    def ledger(self) -> list[dict[str, Any]]:
        answer = self.http.get("/_sandbox/ledger", params={"format": "jsonl"})
        assert answer.status_code == 200
        return [json.loads(line) for line in answer.text.splitlines()]

    def requests(self, **params: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.control("GET", "/requests", None, limit=1000, **params)["items"]
        return items

    def until(self, true: Callable[[], bool], seconds: float = 15) -> None:
        """Poll for a state that the sandbox reaches by itself."""
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, "did not happen in time"
            time.sleep(0.02)

    def until_complete(self, group_id: str) -> Any:
        self.until(lambda: self.read_group(group_id)["status"] == "COMPLETE")
        return self.read_group(group_id)


def message(number: int = 1, text: str = "안녕하세요", **fields: Any) -> dict[str, Any]:
    return {"to": f"010{number:08d}", "from": SENDER, "text": text, "type": "SMS", **fields}


class Posted(NamedTuple):
    path: str
    headers: dict[str, str]
    body: Any


class Receiver:
    """A webhook endpoint; `answers` are the statuses of the next calls, then 200."""

    def __init__(
        self, server: ThreadingHTTPServer, posted: "queue.Queue[Posted]", answers: list[int]
    ) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.posted = posted
        self.answers = answers

    def next(self) -> Posted:
        return self.posted.get(timeout=15)

    def reports(self, count: int) -> list[dict[str, Any]]:
        """The data of the next `count` report items, unwrapped."""
        items: list[dict[str, Any]] = []
        while len(items) < count:
            items += [item.get("data", item) for item in self.next().body]
        return items


@contextmanager
def webhook_receiver() -> Iterator[Receiver]:
    posted: queue.Queue[Posted] = queue.Queue()
    answers: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            posted.put(Posted(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(answers.pop(0) if answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        @override
        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Receiver(server, posted, answers)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
