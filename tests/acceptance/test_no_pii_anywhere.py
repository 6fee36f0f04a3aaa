"""Ten people go the whole way (upload, search, campaign, sandbox, receipts), and then they are looked for.

Looked for: a full dump taken by the superuser, every file of the data folder (tables, write-ahead log, logs, sandbox,
Redis), everything that was said to Redis meanwhile, all command lines. The same search must find them where they may be
seen, or it would prove nothing.
"""

import csv
import io
import json
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil
import pytest
import redis
from tests.support.installation import Installation
from tests.support.needles import Needles

from pabal.cli.hub import note_path
from pabal.kit.embedded import PostgresServer

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(400)]

# Rare syllables: nothing else on the machine is called like this. Nobody here exists.
NAMES = ("뷁도훈", "탁쵸월", "갈뮈채", "쀼소람", "푱하늘", "켤누리", "뛸바다", "쫑라온", "쒜가람", "퀭보람")
PEOPLE = [
    {
        "이름": name,
        "휴대폰": f"010-{7391 + 97 * n}-{4826 - 211 * n}",
        "이메일": f"zq{n}-geheim@wjx-post.kr",
        "카카오ID": f"kq{n}xzvthalt",
        "주소": f"뷁뷁시 쀼쀼동 {7400 + n}-{18273 + n}번지",
        "메모": f"쪽지쁇{n}쎏쎏: 아무도 보면 안 되는 말",
    }
    for n, name in enumerate(NAMES)
]
PHONES = [person["휴대폰"].replace("-", "") for person in PEOPLE]
WORDS = [person[key] for person in PEOPLE for key in ("이름", "이메일", "카카오ID", "주소", "메모")]
NEEDLES = Needles.of(WORDS, PHONES)


def as_csv(encoding: str, people: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(people[0]))
    writer.writeheader()
    writer.writerows(people)
    return out.getvalue().encode(encoding)


@dataclass
class Watch:
    """Everything said to Redis and every command line, while the hub works."""

    url: str
    root: psutil.Process
    said: list[bytes] = field(default_factory=list)
    lines: set[bytes] = field(default_factory=set)

    def __enter__(self) -> Self:
        self._stop = threading.Event()
        self._client = redis.Redis.from_url(self.url, socket_timeout=0.5)
        self._threads = [threading.Thread(target=self._listen), threading.Thread(target=self._look)]
        self._listening = threading.Event()
        for thread in self._threads:
            thread.start()
        assert self._listening.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._client.close()

    def _listen(self) -> None:
        connection = self._client.connection_pool.get_connection()
        try:
            connection.send_command("MONITOR")
            connection.read_response()
            self._listening.set()
            while not self._stop.is_set():
                try:
                    self.said.append(bytes(connection.read_response(disconnect_on_error=False)))
                except redis.TimeoutError:
                    continue
        finally:
            connection.disconnect()

    def _look(self) -> None:
        while not self._stop.wait(0.05):
            for process in [self.root, *self.root.children(recursive=True)]:
                try:
                    self.lines.add("\0".join(process.cmdline()).encode())
                except psutil.Error:
                    continue


def everything_in_redis(url: str) -> bytes:
    seen = []
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter():
            kind = client.type(key)
            value: object = {
                b"string": client.get,
                b"hash": client.hgetall,
                b"list": lambda k: client.lrange(k, 0, -1),
                b"set": client.smembers,
                b"zset": lambda k: client.zrange(k, 0, -1),
                b"stream": client.xrange,
            }[kind](key)
            seen.append(key + b" " + repr(value).encode())
    return b"\n".join(seen)


@dataclass(frozen=True)
class Afterwards:
    """What is left when the campaign is over."""

    hub: Installation
    dump: bytes
    redis: bytes
    watch: Watch
    shown: bytes


@pytest.fixture(scope="module")
def afterwards(tmp_path_factory):
    hub = Installation(tmp_path_factory.mktemp("pii") / "data", "--workers", "1")
    hub.start()
    try:
        hub.tenant("뒤짐캠프")
        redis_url = json.loads(note_path(hub.data).read_text(encoding="utf-8"))["redis_url"]
        assert hub.process is not None
        with Watch(redis_url, psutil.Process(hub.process.pid)) as watch:
            shown = the_whole_way(hub)
        yield Afterwards(hub, dump_of(hub.data), everything_in_redis(redis_url), watch, shown)
    finally:
        hub.stop()


def the_whole_way(hub: Installation) -> bytes:
    """Import in both encodings, with rows that fail; search; mistakes in addresses; send. What the API showed."""
    broken = [{**PEOPLE[0], "휴대폰": "전화없음 쪽지쁇0쎏쎏"}]
    first = hub.import_csv(as_csv("utf-8-sig", PEOPLE[:5] + broken), tags=("당원",))
    second = hub.import_csv(as_csv("cp949", PEOPLE[5:]) if _fits_cp949() else as_csv("utf-8", PEOPLE[5:]))
    again = hub.import_csv(as_csv("utf-8", PEOPLE))
    assert (first["state"], second["state"], again["state"]) == ("completed",) * 3
    shown = [json.dumps(first, ensure_ascii=False).encode()]
    for word in (NAMES[0], PHONES[1], PHONES[2][-4:], PEOPLE[3]["이메일"], PEOPLE[4]["카카오ID"]):
        found = hub.client.get("/api/contacts", params={"q": word})
        assert found.json()["items"], "the search finds them"
        shown.append(found.content)
    for path in (f"/api/nothing/{NAMES[1]}", f"/{PHONES[1]}", f"/api/contacts/{PHONES[2]}"):
        assert hub.client.get(path, params={"q": NAMES[2], "phone": PHONES[3]}).status_code >= 400
    hub.client.post("/api/auth/login", json={"email": PEOPLE[1]["이메일"], "password": NAMES[3]})
    hub.client.post("/api/contacts", content=f'{{"name": "{NAMES[4]}", "phones": ["{PHONES[4]}"'.encode())
    hub.client.post("/api/contacts", json={"name": NAMES[5], "phones": [PHONES[5], {"no": PHONES[6]}]})
    errors = hub.client.get(f"/api/imports/{first['id']}/errors.csv")
    shown.append(errors.content)
    sender = next(s for s in hub.get("/api/senders")["items"] if s["kind"] == "phone")
    body = "#{이름}님, 주민 설명회에 초대해요."
    campaign = hub.campaign(steps=[{"channel": "sms", "senderId": sender["id"], "body": body}])
    hub.post(f"/api/campaigns/{campaign}/launch", {})
    end = hub.until(campaign, lambda p: p["state"] == "finished")
    assert end["counts"]["delivered"] == len(PEOPLE)
    shown.append(hub.client.get("/api/contacts", params={"limit": 50}).content)
    shown.append(json.dumps(hub.ledger(), ensure_ascii=False).encode())
    return b"\n".join(shown)


def _fits_cp949() -> bool:
    try:
        as_csv("cp949", PEOPLE[5:])
    except UnicodeEncodeError:
        return False
    return True


def dump_of(data: Path) -> bytes:
    """Everything the superuser can read, as text: row level security stops no one here."""
    server = PostgresServer(data)
    done = subprocess.run(
        [server.binaries.bin / "pg_dump", "--format=plain", f"--dbname={server.admin_dsn('pabal')}"],
        env=server.binaries.environment(),
        capture_output=True,
        check=True,
    )
    return done.stdout


def test_they_went_the_whole_way_and_the_search_would_find_them(afterwards, tmp_path):
    """Positive control: every name and every number is found where it may be seen."""
    found = NEEDLES.found_in(afterwards.shown)
    assert set(NAMES) <= found
    assert {phone[3:] for phone in PHONES} <= found
    for encoding in ("utf-8", "utf-16"):
        planted = tmp_path / f"{encoding}.log"
        planted.write_bytes(as_csv(encoding, PEOPLE))
        assert set(NEEDLES.found_below(tmp_path)) >= {planted.name}
        assert NEEDLES.found_in(planted.read_bytes().hex().encode()) >= set(NAMES)
    assert NEEDLES.found_in(json.dumps(PEOPLE).encode()) >= set(NAMES)
    assert b"COPY public.contacts" in afterwards.dump
    assert afterwards.dump.count(b"\\\\x") > 50, "the dump has ciphertext in it"


def test_not_in_a_full_dump(afterwards):
    found = NEEDLES.found_in(afterwards.dump)
    lines = [line for line in afterwards.dump.splitlines() if found and NEEDLES.found_in(line)]
    assert not found, f"{len(lines)} lines, the first: {lines[0][:200]!r}"


def test_not_in_any_file_of_the_data_folder(afterwards):
    files = [path for path in afterwards.hub.data.rglob("*") if path.is_file()]
    assert {"postgres", "logs", "valkey", "sandbox"} <= {path.name for path in afterwards.hub.data.iterdir()}
    assert len(files) > 1000
    assert NEEDLES.found_below(afterwards.hub.data) == {}


def test_not_in_the_logs_of_the_supervisor(afterwards):
    assert NEEDLES.found_in((afterwards.hub.data.parent / "data.up.log").read_bytes()) == set()


def test_not_in_redis_and_never_said_to_it(afterwards):
    assert len(afterwards.watch.said) > 50, "somebody listened"
    assert afterwards.redis, "turns and streams are there"
    assert NEEDLES.found_in(afterwards.redis) == set()
    assert NEEDLES.found_in(b"\n".join(afterwards.watch.said)) == set()


def test_not_on_a_command_line(afterwards):
    """`ps` shows them to everybody on the machine."""
    assert any(b"worker" in line for line in afterwards.watch.lines)
    assert any(b"imports" in line for line in afterwards.watch.lines), "the import process was seen"
    assert NEEDLES.found_in(b"\n".join(afterwards.watch.lines)) == set()
