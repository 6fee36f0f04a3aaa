"""Results of a campaign over HTTP, against counting the ledger's rows one by one."""

import io
import random
import re
import zipfile
from collections import Counter, defaultdict
from datetime import timedelta
from uuid import UUID

import pytest
from tests.support.book import fill_book, person
from tests.support.browsers import log_in
from tests.support.carriers import solapi_account

from pabal.dispatch.plan import launch_send
from pabal.domain.ids import new_id
from pabal.kit.db import tenant_tx
from pabal.links import make_links
from pabal.templates import ensure_rehearsal_kit

PEOPLE = 120
UNDER_WAY = {"queued", "sending", "accepted"}


@pytest.fixture
async def owner(app, rt, tenant):
    async with log_in(app, rt, tenant, "owner") as browser:
        yield browser


async def launched(rt, tenant, owner, *, variants=(), people=PEOPLE):
    """A frozen campaign of two steps; nobody has been sent to."""
    async with tenant_tx(rt, tenant) as conn:
        await ensure_rehearsal_kit(conn, rt, tenant)
    await fill_book(rt, tenant, [person(n) for n in range(people)])
    steps = [{"channel": "sms", "body": "첫 글"}, {"channel": "lms", "body": "둘째 글"}]
    body = {"name": "소식", "messageClass": "civic", "filter": {}, "steps": steps, "variants": list(variants)}
    made = await owner.post("/api/campaigns", json=body)
    assert made.status_code == 201, made.text
    campaign = made.json()["id"]
    answer = await owner.post(f"/api/campaigns/{campaign}/launch", json={})
    assert answer.status_code == 200, answer.text
    send = UUID(answer.json()["sendId"])
    await launch_send(rt, tenant, send)
    return campaign, send


async def fare(rt, tenant, send, dice, *, people=PEOPLE):
    """Let everybody fare at random: the rows that dispatch would have written."""
    account = await solapi_account(rt, tenant)
    requests = [new_id(), new_id()]
    messages, tries, clicks = [], [], []
    for seq in range(1, people + 1):
        state = dice.choice(
            [
                "queued",
                "sending",
                "accepted",
                "delivered",
                "delivered",
                "failed",
                "skipped",
                "cancelled",
                "uncertain",
            ]
        )
        count = 0 if state in {"queued", "skipped", "cancelled"} else dice.choice([1, 1, 2])
        reason = dice.choice(["3058", "3059"]) if state == "failed" else {"skipped": "suppressed"}.get(state)
        messages.append((seq, state, reason, count, dice.choice([0, 1])))
        for n in range(1, count + 1):
            last = n == count
            how = {
                "delivered": "delivered",
                "failed": "failed",
                "uncertain": "uncertain",
                "accepted": "accepted",
            }.get(state, "intent")
            tries.append((seq, n, requests[n - 1], how if last else "failed", "lms" if n == 2 else "sms"))
        if state == "delivered":
            clicks += [
                (seq, dice.choice(["human", "bot", "prefetch"])) for _ in range(dice.choice([0, 0, 1, 3]))
            ]
    async with tenant_tx(rt, tenant) as conn:
        for step, request in enumerate(requests):
            await conn.execute(
                "INSERT INTO requests (tenant_id, send_id, id, chunk_no, epoch, step, channel, account_id, request_key,"
                " state, size, owner) VALUES (%s, %s, %s, 0, 1, %s, 'sms', %s, %s, 'answered', 1, 'test')",
                (tenant, send, request, step, account, str(request)),
            )
        async with conn.cursor() as cursor:
            await cursor.executemany(
                "UPDATE messages SET state = %s, reason = %s, attempts = %s, variant = %s WHERE send_id = %s AND seq = %s",
                [
                    (state, reason, count, variant, send, seq)
                    for seq, state, reason, count, variant in messages
                ],
            )
            await cursor.executemany(
                "INSERT INTO attempts (tenant_id, send_id, seq, n, request_id, state, channel, provider_id, quota_state,"
                " failure_class, code) VALUES (%s, %s, %s, %s, %s, %s, %s, 'p', %s, %s, %s)",
                [
                    (tenant, send, seq, n, request, state, channel)
                    + (("settled",) if state in {"delivered", "accepted", "failed"} else ("reserved",))
                    + (("final", "3058") if state == "failed" else (None, None))
                    for seq, n, request, state, channel in tries
                ],
            )
            links = await make_links(
                conn,
                tenant,
                send,
                base="x",
                urls={"": "https://camp.example/"},
                variables=[],
                now=rt.clock.now(),
            )
            assert links.numbers == {}
            (link,) = await (
                await conn.execute("SELECT id FROM links WHERE send_id = %s", (send,))
            ).fetchone()
            await cursor.executemany(
                "INSERT INTO clicks (tenant_id, id, send_id, link_id, seq, class) VALUES (%s, %s, %s, %s, %s, %s)",
                [(tenant, new_id(), send, link, seq, kind) for seq, kind in clicks],
            )
    return messages, tries, clicks


@pytest.mark.parametrize("seed", range(5))
async def test_every_part_is_what_counting_rows_says(rt, tenant, owner, seed):
    variants = [
        {"key": "가", "share": 50, "steps": [{"body": "글 가"}]},
        {"key": "나", "share": 50, "steps": [{"body": "글 나"}]},
    ]
    campaign, send = await launched(rt, tenant, owner, variants=variants)
    messages, tries, clicks = await fare(rt, tenant, send, random.Random(seed))
    answer = await owner.get(f"/api/analytics/campaigns/{campaign}")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    states = Counter(state for _, state, *_ in messages)
    clickers = {seq for seq, kind in clicks if kind == "human"}
    assert found["funnel"] | {"accepted": 0} == {
        "selected": PEOPLE,
        "excluded": states["skipped"],
        "sent": len({seq for seq, *_ in tries}),
        "accepted": 0,
        "delivered": states["delivered"],
        "clicked": len(clickers),
        "replied": 0,
        "optedOut": 0,
    }
    assert found["funnel"]["accepted"] == len(
        {seq for seq, _, _, state, _ in tries if state in {"accepted", "delivered", "failed"}}
    )
    assert sum(found["outcome"].values()) == PEOPLE
    assert found["outcome"]["underWay"] == sum(states[state] for state in UNDER_WAY)
    reasons = Counter(
        (state, reason or "") for _, state, reason, *_ in messages if state not in UNDER_WAY | {"delivered"}
    )
    assert {(row["state"], row["reason"]): row["people"] for row in found["missed"]} == reasons
    assert sum(row["people"] for row in found["failures"]) == states["failed"]
    kinds = Counter(kind for _, kind in clicks)
    assert [found["clicks"][kind] for kind in ("human", "bot", "prefetch")] == [
        kinds[kind] for kind in ("human", "bot", "prefetch")
    ]
    by_person = defaultdict(set)
    for seq, n, *_ in tries:
        by_person[seq].add(n - 1)
    for step in found["flow"]:
        assert step["tried"] == sum(step["step"] in steps for steps in by_person.values())
        assert step["tried"] == step["delivered"] + step["wentOn"] + step["underWay"] + step["ended"]
    for place, text in enumerate(found["texts"]):
        mine = [m for m in messages if m[4] == place]
        assert text["people"] == sum(count > 0 for _, _, _, count, _ in mine)
        assert text["delivered"] == sum(state == "delivered" for _, state, *_ in mine)
        assert text["clicked"] == sum(seq in clickers for seq, *_ in mine)
        assert text["clickRate"]["low"] <= text["clickRate"]["rate"] <= text["clickRate"]["high"]
    charged = Counter(channel for *_, state, channel in tries if state in {"delivered", "accepted", "failed"})
    assert {line["channel"]: line["count"] for line in found["cost"]["lines"]} == charged
    assert found["cost"]["won"] == sum(line["won"] for line in found["cost"]["lines"])
    assert sum(point["delivered"] for point in found["curve"]["points"]) == states["delivered"]
    assert sum(point["clicked"] for point in found["curve"]["points"]) == len(clickers)
    assert found["missent"] == {"people": 0, "rate": 0.0, "twice": 0, "refused": 0, "outside": 0}


async def test_the_rate_of_wrong_sends_counts_each_person_once(rt, tenant, owner):
    campaign, send = await launched(rt, tenant, owner)
    await fare(rt, tenant, send, random.Random(1))
    async with tenant_tx(rt, tenant) as conn:
        row = await (
            await conn.execute(
                "SELECT m.seq, m.address_key FROM messages m JOIN attempts a USING (tenant_id, send_id, seq)"
                " WHERE a.n = 2 AND a.state = 'delivered' ORDER BY 1 LIMIT 1"
            )
        ).fetchone()
        seq, address = row
        await conn.execute("UPDATE attempts SET state = 'delivered' WHERE seq = %s AND n = 1", (seq,))
        await conn.execute(
            "INSERT INTO suppressions (tenant_id, address_key, kind, channel, id, reason, created_at)"
            " VALUES (%s, %s, 'phone', 'all', %s, '요청', %s)",
            (tenant, address, new_id(), rt.clock.now() - timedelta(days=30)),
        )
    found = (await owner.get(f"/api/analytics/campaigns/{campaign}")).json()
    assert {key: found["missent"][key] for key in ("people", "twice", "refused", "outside")} == {
        "people": 1,
        "twice": 1,
        "refused": 1,
        "outside": 0,
    }
    assert found["missent"]["rate"] == pytest.approx(1 / found["funnel"]["sent"])


async def test_who_answered_is_told_within_a_week(rt, tenant, owner):
    campaign, send = await launched(rt, tenant, owner)
    await fare(rt, tenant, send, random.Random(2))
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute(
            "SELECT address_key FROM messages WHERE attempts > 0 ORDER BY seq LIMIT 3"
        )
        keys = [row[0] for row in await cursor.fetchall()]
        for key, days in zip(keys, (1, 6, 8), strict=True):
            await conn.execute(
                "INSERT INTO suppressions (tenant_id, address_key, kind, channel, id, reason, source, created_at)"
                " VALUES (%s, %s, 'phone', 'all', %s, '답장', 'reply', %s)",
                (tenant, key, new_id(), rt.clock.now() + timedelta(days=days)),
            )
    found = (await owner.get(f"/api/analytics/campaigns/{campaign}")).json()
    assert found["funnel"]["optedOut"] == 2
    assert found["missent"]["refused"] == 0


async def test_before_launch_there_is_nothing_to_tell(rt, tenant, owner):
    body = {
        "name": "소식",
        "messageClass": "civic",
        "filter": {},
        "steps": [{"channel": "sms", "body": "글"}],
    }
    made = await owner.post("/api/campaigns", json=body)
    answer = await owner.get(f"/api/analytics/campaigns/{made.json()['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_launched")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_the_file_tells_the_same_figures(app, rt, tenant, owner, kind):
    campaign, send = await launched(rt, tenant, owner)
    await fare(rt, tenant, send, random.Random(3))
    found = (await owner.get(f"/api/analytics/campaigns/{campaign}")).json()
    answer = await owner.post(f"/api/analytics/campaigns/{campaign}/export?format={kind}")
    assert answer.status_code == 200
    if kind == "csv":
        lines = answer.content.decode("utf-8-sig").splitlines()
        assert lines[0] == "구분,항목,값,비율,설명"
        assert f"깔때기,도달,{found['funnel']['delivered']}," in answer.text
        assert not {"running", "finished", "sms"} & set(re.findall("[a-z]+", answer.text))  # for people
    else:
        sheet = zipfile.ZipFile(io.BytesIO(answer.content)).read("xl/worksheets/sheet1.xml").decode()
        total, delivered = found["funnel"]["selected"], found["funnel"]["delivered"]
        assert f'<v>{total}</v></c><c s="2"><v>1.0</v>' in sheet  # numbers, which a spreadsheet can add
        assert f"<v>{delivered}</v>" in sheet
    async with log_in(app, rt, tenant, "staff") as staff:
        refused = await staff.post(f"/api/analytics/campaigns/{campaign}/export")
        assert refused.status_code == 403
