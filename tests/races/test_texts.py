"""Texts changed while workers claim: nobody gets two, and nothing of a retired text is claimed after the decision."""

import asyncio
import re
from collections import Counter
from uuid import UUID

import pytest
from tests.support.book import fill_book, person
from tests.support.browsers import log_in
from tests.support.carriers import facing
from tests.support.hub import is_over, running_hub, until

from pabal.api import create_app
from pabal.campaigns.queries import lock_campaign
from pabal.dispatch import lock_texts
from pabal.dispatch.claim import claim_chunk
from pabal.dispatch.plan import launch_send
from pabal.kit.db import tenant_tx
from pabal.senders import register_tenant_at_sandbox
from pabal.templates import ensure_rehearsal_kit

PEOPLE = 400


@pytest.fixture
def settings(settings, carrier):
    return facing(settings, carrier)


@pytest.fixture
async def owner(rt, tenant):
    async with log_in(create_app(rt), rt, tenant, "owner") as browser:
        yield browser


async def launched(rt, tenant, owner, texts, *, rate=40, further=()):
    async with tenant_tx(rt, tenant) as conn:
        await ensure_rehearsal_kit(conn, rt, tenant)
    await register_tenant_at_sandbox(rt, tenant)
    await fill_book(rt, tenant, [person(n) for n in range(PEOPLE)])
    body = {
        "name": "소식",
        "messageClass": "civic",
        "filter": {},
        "steps": [{"channel": "sms", "body": "처음 글"}, *further],
        "variants": [
            {"key": key, "share": share, "steps": [{"body": f"글 {key}"}]} for key, share in texts.items()
        ],
        "ratePerSecond": rate,
    }
    made = await owner.post("/api/campaigns", json=body)
    assert made.status_code == 201, made.text
    answer = await owner.post(f"/api/campaigns/{made.json()['id']}/launch", json={})
    assert answer.status_code == 200, answer.text
    return answer.json()["id"], answer.json()["sendId"]


async def change(owner, campaign, **body):
    return await owner.post(f"/api/campaigns/{campaign}/variants", json=body)


async def claims(rt, tenant):
    """(seq, variant, when its first intent was written)."""
    async with tenant_tx(rt, tenant) as conn:
        cursor = await conn.execute(
            """
            SELECT m.seq, m.variant, min(a.created_at) FROM messages m JOIN attempts a USING (tenant_id, send_id, seq)
            GROUP BY 1, 2
            """
        )
        return await cursor.fetchall()


async def decided_at(rt, tenant):
    async with tenant_tx(rt, tenant) as conn:
        return [
            r[0]
            for r in await (
                await conn.execute("SELECT decided_at FROM variant_decisions ORDER BY id")
            ).fetchall()
        ]


@pytest.mark.parametrize("moment", [0.15, 0.4, 0.7])
async def test_retiring_while_claiming_leaves_everybody_one_text(rt, tenant, owner, carrier, moment):
    async with running_hub(rt, owner="one"), running_hub(rt, owner="two"):
        campaign, send = await launched(rt, tenant, owner, {"A": 50, "B": 50}, rate=150)
        await until(rt, tenant, send, lambda p: p.counts["queued"] < PEOPLE * (1 - moment) and p.audience > 0)
        retired = await change(owner, campaign, action="retire", keys=["B"], reason="클릭이 낮아요")
        assert retired.status_code == 200, retired.text
        done = await until(rt, tenant, send, is_over)
    assert done.counts["delivered"] == PEOPLE
    sent = carrier.ledger()
    assert Counter(m["to"] for m in sent).most_common(1)[0][1] == 1
    (at,) = await decided_at(rt, tenant)
    found = await claims(rt, tenant)
    assert len(found) == PEOPLE
    assert all(variant == 0 or when < at for _, variant, when in found)
    assert Counter(m["text"] for m in sent) == Counter(f"글 {'AB'[variant]}" for _, variant, _ in found)
    assert 0 < sum(variant for _, variant, _ in found) < PEOPLE


async def test_a_retired_text_that_was_claimed_and_never_called_is_given_anew(rt, tenant, owner, carrier):
    """The worker died between its commit and the carrier: nothing went out, so nobody has that text."""
    campaign, send = await launched(rt, tenant, owner, {"A": 50, "B": 50}, rate=100)
    await launch_send(rt, tenant, UUID(send))
    claimed = await claim_chunk(rt, tenant, UUID(send), "dies-here")
    assert claimed.people == 100
    assert (await change(owner, campaign, action="retire", keys=["B"])).status_code == 200
    async with tenant_tx(rt, tenant) as conn:  # the lease runs out
        await conn.execute("UPDATE chunks SET lease_until = clock_timestamp()")
    async with running_hub(rt):
        await until(rt, tenant, send, is_over)
    assert {m["text"] for m in carrier.ledger()} == {"글 A"}
    assert len(carrier.ledger()) == PEOPLE


async def test_two_people_retire_at_once_and_one_text_is_left(rt, tenant, owner):
    campaign, send = await launched(rt, tenant, owner, {"A": 50, "B": 50})

    await launch_send(rt, tenant, UUID(send))
    answers = await asyncio.gather(*[change(owner, campaign, action="retire", keys=[key]) for key in "AB"])
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (refused,) = [answer.json() for answer in answers if answer.status_code == 409]
    assert refused["code"] == "last_text"


async def test_a_new_text_is_checked_over_the_rest_and_reaches_only_them(rt, tenant, owner, carrier):
    """A send of one text gets a second, and loses its first."""
    new = {"key": "새", "name": "새 문안", "share": 100, "steps": [{"body": "새 글입니다"}]}
    async with running_hub(rt):
        campaign, send = await launched(rt, tenant, owner, {}, rate=100)
        await until(rt, tenant, send, lambda p: 0 < p.counts["queued"] < PEOPLE)
        await owner.post(f"/api/campaigns/{campaign}/pause")
        await until(rt, tenant, send, lambda p: p.counts["sending"] == p.counts["accepted"] == 0)
        looked = await change(owner, campaign, action="replace", keys=["처음"], variant=new)
        assert looked.status_code == 200, looked.text
        check = looked.json()["check"]
        assert looked.json()["applied"] is False
        before = carrier.ledger()
        assert check["people"] == PEOPLE - len(before)
        assert check["bytes"] == {"min": 11, "max": 11}
        wrong = await change(
            owner,
            campaign,
            action="replace",
            keys=["처음"],
            variant=new | {"name": "다른"},
            digest=check["digest"],
        )
        assert (wrong.status_code, wrong.json()["code"]) == (409, "content_changed")
        done = await change(
            owner, campaign, action="replace", keys=["처음"], variant=new, digest=check["digest"]
        )
        assert done.json()["applied"] is True, done.text
        await owner.post(f"/api/campaigns/{campaign}/resume")
        await until(rt, tenant, send, is_over)
    texts = Counter(m["text"] for m in carrier.ledger())
    assert texts == {"처음 글": len(before), "새 글입니다": PEOPLE - len(before)}
    listed = (await owner.get(f"/api/campaigns/{campaign}/variants")).json()
    assert [(one["key"], one["active"], one["delivered"]) for one in listed["items"]] == [
        ("처음", False, len(before)),
        ("새", True, PEOPLE - len(before)),
    ]
    (decision,) = listed["decisions"]
    assert (decision["action"], decision["keys"]) == ("replace", ["처음", "새"])
    assert decision["figures"][0]["delivered"] == len(before)
    late = await change(owner, campaign, action="retire", keys=["새"])
    assert (late.status_code, late.json()["code"]) == (409, "campaign_state")
    assert re.search("끝난", late.json()["detail"])


async def test_a_look_at_a_new_text_waits_for_nobody(rt, tenant, owner):
    """It reads everybody who is left; holding the send for so long would hold up claims, receipts and the pause button."""
    campaign, send = await launched(rt, tenant, owner, {})
    await launch_send(rt, tenant, UUID(send))
    new = {"key": "새", "share": 50, "steps": [{"body": "새 글입니다"}]}
    async with tenant_tx(rt, tenant) as conn, asyncio.timeout(30):
        await lock_campaign(conn, UUID(campaign))
        assert await lock_texts(conn, tenant, UUID(send)) is not None
        looked = await change(owner, campaign, action="add", variant=new)
    assert (looked.status_code, looked.json()["check"]["people"]) == (200, PEOPLE), looked.text


async def test_a_further_steps_words_are_replaced_too_and_weighed_over_the_same_people(rt, tenant, owner):
    campaign, send = await launched(rt, tenant, owner, {}, further=[{"channel": "lms", "body": "다음 글"}])
    await launch_send(rt, tenant, UUID(send))
    new = {"key": "새", "share": 100, "steps": [None, {"body": "새 다음 글"}]}
    check = (await change(owner, campaign, action="replace", keys=["처음"], variant=new)).json()["check"]
    assert [(one["bytes"]["max"], one["perChannel"]) for one in check["steps"]] == [
        (7, {"sms": PEOPLE}),
        (10, {"lms": PEOPLE}),
    ]
    done = await change(owner, campaign, action="replace", keys=["처음"], variant=new, digest=check["digest"])
    assert done.json()["applied"] is True, done.text
    listed = (await owner.get(f"/api/campaigns/{campaign}/variants")).json()["items"]
    assert [(one["active"], one["bodies"]) for one in listed] == [
        (False, ["처음 글", "다음 글"]),
        (True, ["처음 글", "새 다음 글"]),
    ]


async def test_a_send_that_began_without_the_district_takes_no_text_that_names_it(rt, tenant, owner):
    """Its people's snapshots hold none: everybody would be left out, or get what stands in for a missing one."""
    campaign, send = await launched(rt, tenant, owner, {})
    await launch_send(rt, tenant, UUID(send))
    new = {"key": "새", "share": 100, "steps": [{"body": "#{지역} 소식", "missingPolicy": "empty"}]}
    refused = await change(owner, campaign, action="replace", keys=["처음"], variant=new)
    assert refused.status_code == 422, refused.text
    assert "#{지역}" in refused.json()["errors"][0]["message"]
    plain = await change(owner, campaign, action="add", variant=new | {"steps": [{"body": "소식"}]})
    assert plain.status_code == 200, plain.text
