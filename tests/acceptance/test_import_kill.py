"""An import whose runner is killed twice leaves the same book as one that nobody disturbed."""

import asyncio
import csv
import hashlib
import io
import json

import httpx
import psutil
import pytest
from tests.support.book import FAMILY, GIVEN, person

from pabal.contacts import open_card
from pabal.imports.actions import start_import
from pabal.imports.report import read_import, rows_csv
from pabal.imports.upload import take_upload
from pabal.kit.db import tenant_tx

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(400)]

ROWS = 30_000  # six chunks: two kills leave some on either side


@pytest.fixture
def redis_url(services):
    """Apart from test runs beside this one: their workers would take its turns."""
    return f"{services.valkey.url}?db=15"


def people() -> bytes:
    """Among them people who come again in another chunk, households, refused rows, opt-outs."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["이름", "휴대폰", "읍면동", "수신동의"])
    for number in range(ROWS):
        card = person(number if number % 10 else number // 2)
        name = card.name if number % 7 else FAMILY[number % 5] + GIVEN[number % 9]
        phone = card.phones[0] if number % 101 else "1.01E+09"
        writer.writerow([name, phone, "역삼동", "거부" if number % 500 == 0 else "동의"])
    return out.getvalue().encode()


async def begin(rt, tenant, body):
    """Uploaded and started, as the routes do it; the scheduler finds it."""
    form = httpx.Request("POST", "http://hub", files={"file": ("명단.csv", body, "text/csv")})

    async def stream():
        yield form.read()

    import_id, _ = await take_upload(
        rt,
        tenant,
        content_type=form.headers["content-type"],
        stream=stream(),
        limit=rt.settings.upload_limit_bytes,
        created_by=None,
    )
    async with tenant_tx(rt, tenant) as conn:
        await start_import(
            conn, import_id, mapping=None, policy="merge", tags=["가을"], basis="동의", source="시험"
        )
    return import_id


async def until(rt, tenant, import_id, met):
    """Poll the ledger: the runner is another process."""
    while True:
        async with tenant_tx(rt, tenant) as conn:
            found = await read_import(conn, import_id)
        if met(found):
            return found
        assert found.state != "failed", found.problem
        await asyncio.sleep(0.02)


def runner_of(worker, import_id):
    for child in psutil.Process(worker.process.pid).children(recursive=True):
        if str(import_id) in child.cmdline():
            return child
    return None


async def outcome(rt, tenant, import_id):
    """What must not depend on kills: the book, the counts, and which rows became the same person."""
    async with tenant_tx(rt, tenant) as conn:
        found = await read_import(conn, import_id)
        cursor = await conn.execute(
            """
            SELECT c.id, app.decrypt(c.pii), c.district, ARRAY(
                       SELECT t.name FROM contact_tags ct JOIN tags t ON t.tenant_id = ct.tenant_id AND t.id = ct.tag_id
                       WHERE ct.tenant_id = c.tenant_id AND ct.contact_id = c.id ORDER BY 1)
            FROM contacts c WHERE c.merged_into IS NULL AND c.erased_at IS NULL
            """
        )
        book = []
        for one, plain, district, tags in await cursor.fetchall():
            card = open_card(plain, tenant, one)
            book.append((card.name, card.phones, district, tags))
        cursor = await conn.execute(
            "SELECT (SELECT count(*) FROM suppressions), (SELECT count(*) FROM identities), (SELECT count(*) FROM import_files)"
        )
        beside = await cursor.fetchone()
    text = b"".join([part async for part in rows_csv(rt, tenant, found)]).decode()
    first: dict[str, str] = {}
    rows = [
        (row["row"], row["outcome"], row["contactId"] and first.setdefault(row["contactId"], row["row"]))
        for row in csv.DictReader(io.StringIO(text))
    ]
    counts = (found.rows_done, found.created, found.updated, found.merged, found.rejected, found.skipped)
    return {
        "state": found.state,
        "counts": counts,
        "beside": beside,
        "people": len(book),
        "book": hashlib.sha256(json.dumps(sorted(book)).encode()).hexdigest(),
        "rows": len(rows),
        "outcomes": hashlib.sha256(json.dumps(rows).encode()).hexdigest(),
    }


async def test_a_runner_killed_twice_leaves_the_book_of_an_undisturbed_one(rt, tenant, other_tenant, start):
    body = people()
    start("scheduler")
    worker = start("worker")
    undisturbed = await begin(rt, other_tenant, body)
    await until(rt, other_tenant, undisturbed, lambda one: one.state == "completed")

    disturbed = await begin(rt, tenant, body)
    reached = 0
    killed: set[int] = set()
    while len(killed) < 2:
        seen = await until(
            rt, tenant, disturbed, lambda one, past=reached: one.state != "running" or one.rows_done > past
        )
        assert seen.state == "running", "the runner was faster than the kill"
        runner = runner_of(worker, disturbed)
        if runner is None or runner.pid in killed:
            continue
        runner.kill()
        killed.add(runner.pid)
        reached = seen.rows_done + 5_000
    end = await until(rt, tenant, disturbed, lambda one: one.state != "running")
    assert end.state == "completed"
    assert end.rows_done == ROWS

    wanted = await outcome(rt, other_tenant, undisturbed)
    assert wanted["people"] > ROWS / 2
    assert wanted["counts"][4] == len(range(0, ROWS, 101))
    assert await outcome(rt, tenant, disturbed) == wanted
