"""What the check foretells is what happens: excluded people by reason, kinds of message and bytes, for random campaigns.

The book has everything that a gate or a rendering can stumble over; each campaign is checked, launched and claimed to its
end, and the ledger is compared with the check. Of campaigns with several steps the check says the worst, so the carrier
refuses every try but the last step's. Some are adverts, which only who agreed may get, with the notices that go into them.
"""

import contextlib
import random
import sys
from collections import Counter
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from tests.support.browsers import log_in
from tests.support.campaigns import check, launch
from tests.support.law import move_clock

from pabal import dispatch, quota
from pabal.accounts.tenants import create_tenant
from pabal.contacts import Blinder, suppress
from pabal.contacts.actions import Draft, create_contact
from pabal.contacts.consents import record_consent
from pabal.dispatch.claim import claim_chunk
from pabal.dispatch.fence import mark_calling
from pabal.dispatch.outcome import commit_outcome
from pabal.domain.ids import parse_attempt_id
from pabal.domain.message import AttemptState, FailureClass
from pabal.domain.news import News
from pabal.kit.db import tenant_tx
from pabal.kit.http.errors import Problem
from pabal.templates import ensure_rehearsal_kit

CAMPAIGNS = 6
PEOPLE = 60
NAMES = [
    "김하늘",
    "남궁서연",
    "Kim",
    "이 바다",
    "박노을👍",
    "뷁",
    "😀",
    " ",
    "a" * 60,
    "선거 Ⅲ호",
    "한가온2",
    "ｱｲｳ",
    "café",
]
PLACES = ["마포구", "서대문구", "", "망원제1동", "가" * 45, "Seoul 1", "3.14", "👍"]
DISTRICTS = ["", "마포구", "서대문구 홍제제1동", "종로구 ‘평창’"]
TEXTS = [
    "안녕하세요 #{이름}님",
    "#{지역} 이웃 #{이름}님",
    "#{이름}",
    "#{동네} 소식",
    "#{이름}님, #{동네}에서 뵙겠습니다. ",
    "설명회에 초대해요",
    "#{없는것}",
]
TAGS = ["당원", "청년", "봉사"]
PROFILE = {"advertSender": "푸른상사", "advertContact": "02-1234-5678", "advertRefusal": "080-123-4567"}
ADVERTS = [(3, "commercial_ad"), (4, "commercial_ad")]
DAY = "2026-12-01T11:00:00+09:00"  # adverts rest at night


async def make_people(rt, tenant, rng):
    """Some share a handset, some have a landline or nothing, some have opted out, some are gone."""
    blinder = Blinder(await rt.keys.of(rt.pool, tenant))
    made: list[UUID] = []
    mobiles: set[str] = set()
    async with tenant_tx(rt, tenant) as conn:
        await ensure_rehearsal_kit(conn, rt, tenant)
        await quota.set_limit(conn, tenant, 1_000_000)
        for number in range(PEOPLE):
            mobile = f"0102345{rng.randrange(PEOPLE // 2):04d}"
            phones = rng.choice(
                [[mobile], [mobile], [mobile, f"0109999{number:04d}"], [f"02323{number:05d}"], []]
            )
            draft = Draft(
                name=rng.choice(NAMES),
                phones=phones,
                emails=[] if phones else [f"person-{number}@example.com"],
                attributes={"동네": rng.choice(PLACES)} | ({"지역": "적은 곳"} if rng.random() < 0.2 else {}),
                district=rng.choice(DISTRICTS),
                basis="동의",
                source="시험",
                tags=rng.sample(TAGS, rng.randrange(3)),
            )
            mobiles.update(phones[:1] if phones and phones[0] == mobile else ())
            with contextlib.suppress(Problem):  # the same name and number as somebody before
                made.append((await create_contact(conn, tenant, blinder, draft)).id)
        # By the numbers, not by their keys: those lie in another order under each camp's own key, so another four would be meant.
        keys = [blinder.address_key("phone", one) for one in sorted(mobiles)]
        await suppress(
            conn,
            tenant,
            kind="phone",
            address_keys=rng.sample(keys, 4),
            channels=["all"],
            reason="요청",
            source="manual",
        )
    return made


async def a_company(rt):
    """Adverts aren't for camps."""
    made = await create_tenant(
        rt,
        name="푸른상사",
        kind="sales",
        owner_email="owner@blue.test",
        owner_password=None,
        owner_name="소유자",
    )
    return made.tenant_id


async def say_something_about_adverts(rt, tenant, rng, people):
    """Some agreed, some too long ago, some took it back, most said nothing; about the night they say it apart."""
    async with tenant_tx(rt, tenant) as conn:
        for purpose, one in product(("marketing", "marketing_night"), people):
            words = rng.choice(
                [
                    [],
                    [("granted", 9)],
                    [("granted", 9)],
                    [("granted", 731)],
                    [("granted", 9), ("withdrawn", 3)],
                ]
            )
            for state, days in words:
                await record_consent(
                    conn,
                    tenant,
                    one,
                    channel=rng.choice(["sms", "all"]),
                    purpose=purpose,
                    state=state,
                    at=rt.clock.now() - timedelta(days=days),
                    evidence="동의서",
                    created_by=None,
                )


def some_campaign(rng, people, message_class="civic"):
    body = rng.choice(["", "(안내) ", "가" * 30, "가" * 41]) + "".join(
        rng.choices(TEXTS, k=rng.randrange(1, 3))
    )
    whom = rng.choice(
        [
            {"filter": {}},
            {"filter": {"field": "tag", "op": "has", "value": rng.choice(TAGS)}},
            {"contactIds": [str(one) for one in rng.sample(people, 25)]},
        ]
    )
    step = {"channel": rng.choice(["sms", "lms"]), "body": body}
    if rng.random() < 0.5:
        step |= {"missingPolicy": "default", "defaults": {"동네": "우리 동네", "없는것": "기본"}}
    rule = {"sharedNumbers": rng.choice(["first", "newest", "nobody"]), "night": rng.random() < 0.3}
    return {"name": "무작위", "messageClass": message_class, "steps": [step], **whom, **rule}


async def claim_all(rt, tenant, send_id):
    await dispatch.launch_send(rt, tenant, send_id)
    while await claim_chunk(rt, tenant, send_id, "nobody") is not None:
        pass
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute(
            "SELECT state, coalesce(reason, '') FROM messages WHERE send_id = %s", (send_id,)
        )
        rows = await cursor.fetchall()
        cursor = await conn.execute("SELECT channel, bytes FROM attempts WHERE send_id = %s", (send_id,))
        return rows, await cursor.fetchall()


@pytest.mark.parametrize(("seed", "message_class"), [*((seed, "civic") for seed in range(3)), *ADVERTS])
async def test_the_check_foretells_the_launch(app, rt, tenant, seed, message_class):
    rng = random.Random(seed)
    move_clock(rt, DAY)
    if message_class == "commercial_ad":
        tenant = await a_company(rt)
    people = await make_people(rt, tenant, rng)
    compared = 0
    reasons: Counter[str] = Counter()
    async with log_in(app, rt, tenant, "owner") as owner:
        if message_class == "commercial_ad":
            await say_something_about_adverts(rt, tenant, rng, people)
            assert (await owner.put("/api/law/profile", json=PROFILE)).is_success
        for gone in rng.sample(people, 3):
            assert (await owner.delete(f"/api/contacts/{gone}")).is_success
        async with tenant_tx(rt, tenant) as conn:
            baseless = random.Random(seed).sample(people, 5)
            await conn.execute("UPDATE contacts SET basis = '동의 철회' WHERE id = ANY(%s)", (baseless,))
            await conn.execute(
                "UPDATE contacts SET purposes = '{report,party}' WHERE id = ANY(%s)", (people[::4],)
            )
        for _ in range(CAMPAIGNS):
            asked = some_campaign(rng, people, message_class)
            made = await owner.post("/api/campaigns", json=asked)
            assert made.status_code == 201, made.text
            found = await check(owner, made.json())
            launched = await launch(owner, made.json(), digest=found["digest"])
            if launched.status_code == 409:
                assert any(verdict["level"] == "block" for verdict in found["verdicts"]), launched.text
                continue
            rows, tries = await claim_all(rt, tenant, UUID(launched.json()["sendId"]))
            compared += 1
            assert found["audience"] == len(rows), asked
            skipped = Counter(reason for state, reason in rows if state == "skipped")
            reasons += skipped
            assert {one["reason"]: one["count"] for one in found["excluded"]} == dict(skipped), asked
            assert found["sendable"] == len(tries), asked
            kinds = Counter(channel for channel, _ in tries)
            assert {one["channel"]: one["count"] for one in found["perChannel"]} == dict(kinds), asked
            if tries:
                weights = [weight for _, weight in tries]
                assert found["bytes"] == {"min": min(weights), "max": max(weights)}, asked
    assert compared > CAMPAIGNS // 3, "most of these campaigns can't be launched at all"
    assert {"no_address", "suppressed", "missing_variable", "same_address"} <= reasons.keys()
    assert ("no_consent" in reasons) == (message_class == "commercial_ad")
    assert "no_basis" in reasons
    assert ("other_purpose" in reasons) == (message_class != "commercial_ad")


async def claim_and_refuse_all(rt, tenant, send_id):
    """To the end of every step: each try is refused by the carrier for certain. Tries as (person, step, kind, bytes), and
    (person, state, reason) of everybody."""
    await dispatch.launch_send(rt, tenant, send_id)
    tries = []
    while True:
        claimed = await claim_chunk(rt, tenant, send_id, "nobody")
        if claimed is None:
            async with tenant_tx(rt, tenant) as conn:
                waiting = await conn.execute(
                    "UPDATE retries SET due_at = clock_timestamp() WHERE send_id = %s", (send_id,)
                )
            if waiting.rowcount == 0:
                break
            await dispatch.gather_retries(rt, tenant, send_id)
            continue
        for planned in claimed.planned:
            keys = [parse_attempt_id(message.attempt_id)[1:] for message in planned.messages]
            async with tenant_tx(rt, tenant) as conn:
                await mark_calling(conn, claimed.hold, planned.request_id, "submit", lease=12)
                cursor = await conn.execute(
                    "SELECT seq, channel, bytes FROM attempts WHERE send_id = %s AND request_id = %s",
                    (send_id, planned.request_id),
                )
                tries += [
                    (seq, claimed.hold.step, kind, weight) for seq, kind, weight in await cursor.fetchall()
                ]
            refused = [
                News(seq, n, AttemptState.ERRORED, code="3001", failure_class=FailureClass.FINAL)
                for seq, n in keys
            ]
            await commit_outcome(
                rt, claimed.hold, planned.request_id, planned.step.account_id, refused, release=False
            )
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute(
            "SELECT seq, state, coalesce(reason, '') FROM messages WHERE send_id = %s", (send_id,)
        )
        return tries, await cursor.fetchall()


def some_steps(rng, template):
    """Two or three, texts and AlimTalk in any order."""
    made = []
    for at in range(rng.choice([2, 2, 3])):
        if rng.random() < 0.4:
            made.append({"channel": "alimtalk", "templateId": template})
        else:
            made.append({"channel": rng.choice(["sms", "lms"]), "body": "".join(rng.choices(TEXTS, k=2))})
        if at and rng.random() < 0.5 and made[-1]["channel"] != "alimtalk":
            made[-1] |= {"missingPolicy": "default", "defaults": {"동네": "우리 동네", "없는것": "기본"}}
    return made


def two_texts(steps):
    """Texts of one length, so that it doesn't matter who gets which; templates are nobody's to write twice."""
    texts = [
        [{"body": step["body"] + mark} if step["channel"] != "alimtalk" else None for step in steps]
        for mark in "가나"
    ]
    return [
        {"key": key, "name": key, "share": share, "steps": text}
        for key, share, text in zip("가나", (70, 30), texts, strict=True)
    ]


@pytest.mark.parametrize("seed", range(3))
async def test_the_check_foretells_every_step_at_its_worst(app, rt, tenant, seed, monkeypatch):
    # Small audiences are counted by the ledger, large ones read one by one: both ways.
    if seed % 2:
        monkeypatch.setattr(sys.modules["pabal.dispatch.measure"], "COUNT_AT_ONCE", 0)
    rng = random.Random(100 + seed)
    people = await make_people(rt, tenant, rng)
    async with tenant_tx(rt, tenant) as conn:
        kit = await ensure_rehearsal_kit(conn, rt, tenant)
        cursor = await conn.execute(
            "SELECT DISTINCT address_key FROM identities WHERE kind = 'phone' ORDER BY 1"
        )
        keys = [row[0] for row in await cursor.fetchall()]
        for channel in ("sms", "alimtalk"):
            await suppress(
                conn,
                tenant,
                kind="phone",
                address_keys=rng.sample(keys, 6),
                channels=[channel],
                reason="요청",
                source="manual",
            )
    compared = 0
    async with log_in(app, rt, tenant, "owner") as owner:
        for _ in range(CAMPAIGNS):
            asked = some_campaign(rng, people) | {"steps": some_steps(rng, str(kit.template_id))}
            if rng.random() < 0.5:
                asked["variants"] = two_texts(asked["steps"])
            made = await owner.post("/api/campaigns", json=asked)
            assert made.status_code == 201, made.text
            found = await check(owner, made.json())
            launched = await launch(owner, made.json(), digest=found["digest"])
            if launched.status_code == 409:
                assert any(verdict["level"] == "block" for verdict in found["verdicts"]), launched.text
                continue
            compared += 1
            tries, rows = await claim_and_refuse_all(rt, tenant, UUID(launched.json()["sendId"]))
            assert found["audience"] == len(rows), asked
            reached = Counter(seq for seq, *_ in tries)  # how many steps somebody got
            for at, step in enumerate(found["steps"]):
                of_step = [(kind, weight) for _, no, kind, weight in tries if no == at]
                kinds = Counter(kind for kind, _ in of_step)
                assert {one["channel"]: one["count"] for one in step["perChannel"]} == dict(kinds), (
                    at,
                    asked,
                )
                if of_step:
                    weights = [weight for _, weight in of_step]
                    assert step["bytes"] == {"min": min(weights), "max": max(weights)}, (at, asked)
                ended = Counter(r for seq, state, r in rows if reached[seq] == at and state == "skipped")
                foretold = step["excluded"] if at else found["excluded"]
                assert {one["reason"]: one["count"] for one in foretold} == dict(ended), (at, asked)
            assert found["units"]["max"] == len(tries), asked
    assert compared > CAMPAIGNS // 3, "most of these campaigns can't be launched at all"
