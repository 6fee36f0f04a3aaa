"""Imports whose runner is killed at moments that a seed decides, on a whole installation; what must not depend on them."""

import csv
import hashlib
import io
import json
import random
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psutil
import psycopg
from tests.support.book import FAMILY, GIVEN, person
from tests.support.installation import Installation
from tests.support.processes import wait_until

KILLS = 3  # as many as a runner may die without a chunk between them


def people(rows: int) -> bytes:
    """Among them people who come again in another chunk, households, refused rows, opt-outs."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["이름", "휴대폰", "읍면동", "태그", "수신동의"])
    for number in range(rows):
        card = person(number if number % 10 else number // 2)
        name = card.name if number % 7 else FAMILY[number % 5] + GIVEN[number % 9]
        phone = card.phones[0] if number % 101 else "1.01E+09"
        refuses = "거부" if number % 500 == 0 else "동의"
        writer.writerow([name, phone, "역삼동", ("당원", "봉사")[number % 2], refuses])
    return out.getvalue().encode()


@dataclass(frozen=True)
class Book:
    """An import's end, and the hash of the book it left."""

    counts: tuple[int, ...]
    beside: tuple[int, ...]
    people: int
    digest: str


def begin(hub: Installation, body: bytes) -> str:
    answer = hub.client.post("/api/imports", files={"file": ("명단.csv", body, "text/csv")})
    answer.raise_for_status()
    uploaded = answer.json()
    how = {
        "mapping": uploaded["mapping"],
        "policy": "merge",
        "tags": ["가을"],
        "basis": "동의",
        "source": "시험",
    }
    hub.post(f"/api/imports/{uploaded['id']}/start", how)
    return str(uploaded["id"])


def ended(hub: Installation, import_id: str) -> bool:
    return bool(hub.get(f"/api/imports/{import_id}")["state"] != "running")


def runners(hub: Installation, import_id: str) -> list[psutil.Process]:
    """The runner and the copies of it that write, the runner first."""
    assert hub.process is not None
    found = []
    for child in psutil.Process(hub.process.pid).children(recursive=True):
        try:
            if import_id in child.cmdline():
                found.append(child)
        except psutil.Error:
            continue
    return found


def undisturbed(hub: Installation, body: bytes) -> tuple[Book, float]:
    """The book as it has to be, and how long it took."""
    tenant = hub.tenant("아무도 방해하지 않은 캠프")
    began = time.monotonic()
    import_id = begin(hub, body)
    wait_until(lambda: ended(hub, import_id), seconds=300)
    return book_of(hub, tenant, import_id), time.monotonic() - began


def disturbed(hub: Installation, body: bytes, seed: int, usual: float) -> tuple[Book, list[str]]:
    """The book of an import that was killed, and by what; `usual` seconds are what one takes that nobody kills. Moments are
    parts of the work, not of that time: a machine may be busy with one of the two only."""
    rows = body.count(b"\n") - 1
    dice = random.Random(seed)  # repeatable on purpose
    tenant = hub.tenant(f"방해받은 캠프 {seed}")
    import_id = begin(hub, body)
    told = []
    for _ in range(dice.randint(1, KILLS)):
        wait_until(lambda: bool(runners(hub, import_id)) or ended(hub, import_id), seconds=60, every=0.01)
        # Below nought: while it reads; above: once that part of the rows is in.
        part = dice.uniform(-0.5, 0.5)
        if part < 0:
            time.sleep(min(0.5, usual) * -part)  # the moment is the dice's, nothing is waited for
        else:
            wait_until(
                lambda part=part: (
                    hub.get(f"/api/imports/{import_id}")["rowsDone"] >= part * rows or ended(hub, import_id)
                ),
                seconds=120,
                every=0.01,
            )
        alive = runners(hub, import_id)
        if not alive:
            break
        victim = dice.choice(alive)
        victim.kill()
        told.append(f"{'runner' if victim.pid == alive[0].pid else 'copy'}@{part:+.2f}")
        wait_until(lambda pid=victim.pid: not psutil.pid_exists(pid) or ended(hub, import_id), seconds=30)
    wait_until(lambda: ended(hub, import_id), seconds=300)
    return book_of(hub, tenant, import_id), told


def book_of(hub: Installation, tenant: dict[str, Any], import_id: str) -> Book:
    """People as the API tells them, which rows became the same one, and what stands beside them in the database."""
    done = hub.get(f"/api/imports/{import_id}")
    assert done["state"] == "completed", done
    book: list[list[Any]] = []
    cursor = ""
    while True:
        page = hub.get(f"/api/contacts?limit=200{cursor}")
        book += (
            [one["name"], one["phones"], one["district"], sorted(one["tags"]), one["suppressed"]]
            for one in page["items"]
        )
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    answer = hub.client.get(f"/api/imports/{import_id}/rows.csv")
    answer.raise_for_status()
    first: dict[str, str] = {}
    rows = [
        (row["row"], row["outcome"], row["contactId"] and first.setdefault(row["contactId"], row["row"]))
        for row in csv.DictReader(io.StringIO(answer.text))
    ]
    text = json.dumps([sorted(book), rows], ensure_ascii=False)
    return Book(
        tuple(done[name] for name in ("rowsDone", "created", "updated", "merged", "rejected", "review")),
        beside(hub, UUID(tenant["tenantId"])),
        len(book),
        hashlib.sha256(text.encode()).hexdigest(),
    )


def beside(hub: Installation, tenant: UUID) -> tuple[int, ...]:
    """Suppressed addresses, identities, tags on people, questions; and parts of files, of which none may be left."""
    sockets = next((hub.data / "run").rglob(".s.PGSQL.*[0-9]")).parent
    passfile = next((hub.data / "secrets").glob("pabal_owner.pgpass"))
    with psycopg.connect(
        f"host={sockets} port=5432 user=pabal_owner dbname=pabal passfile={passfile}"
    ) as conn:
        conn.execute("SELECT set_config('app.tenant', %s, true)", (str(tenant),))
        tables = ("suppressions", "identities", "contact_tags", "duplicate_pairs", "import_files")
        counted = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)
        row = conn.execute(f"SELECT {counted}").fetchone()
    assert row is not None
    return tuple(row)
