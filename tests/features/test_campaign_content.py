"""Links and several texts in a campaign over HTTP: what may be written, what the check says, what goes out."""

import re
from collections import Counter

import pytest
from tests.support.book import fill_book, person
from tests.support.browsers import log_in
from tests.support.campaigns import check, launch, levels, make_book
from tests.support.carriers import facing
from tests.support.hub import is_over, running_hub, until

from pabal.domain.variants import pick
from pabal.kit.db import tenant_tx
from pabal.senders import register_tenant_at_sandbox
from pabal.templates import ensure_rehearsal_kit

BASE = "https://pabal.example"
LINKS = [{"key": "", "url": "https://camp.example/plan"}]
TEXT = {"channel": "sms", "body": "가나다 #{링크}"}
TWO = [
    {"key": "가", "name": "짧게", "share": 70, "steps": [{"body": "짧은 소식"}]},
    {"key": "나", "name": "길게", "share": 30, "steps": [{"body": "조금 더 긴 소식을 전해요"}]},
]


@pytest.fixture
def public_url():
    return BASE


@pytest.fixture
def settings(settings, public_url):
    return settings.model_copy(update={"public_url": public_url})


@pytest.fixture
async def book(rt, tenant):
    return await make_book(rt, tenant)


@pytest.fixture
async def owner(app, rt, tenant, book):
    async with log_in(app, rt, tenant, "owner") as browser:
        yield browser


async def create(browser, step=TEXT, **changes):
    body = {"name": "소식", "messageClass": "civic", "filter": {}, "steps": [step]} | changes
    return await browser.post("/api/campaigns", json=body)


async def made(browser, step=TEXT, **changes):
    answer = await create(browser, step, **changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_links_and_texts_round_trip(owner):
    one = await made(owner, links=LINKS, variants=TWO)
    assert one["links"] == LINKS
    assert [(v["key"], v["share"], v["steps"][0]["body"]) for v in one["variants"]] == [
        ("가", 70, "짧은 소식"),
        ("나", 30, "조금 더 긴 소식을 전해요"),
    ]
    named = await owner.patch(f"/api/campaigns/{one['id']}", json={"name": "새 이름"})
    assert (named.json()["links"], len(named.json()["variants"])) == (LINKS, 2)
    none = await owner.patch(f"/api/campaigns/{one['id']}", json={"links": [], "variants": []})
    assert (none.json()["links"], none.json()["variants"]) == ([], [])


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"variants": TWO[:1]}, "variants"),
        ({"variants": [TWO[0], TWO[1] | {"share": 20}]}, "variants"),
        ({"variants": [TWO[0], TWO[1] | {"key": "가"}]}, "variants"),
        ({"variants": TWO, "messageClass": "campaign"}, "variants"),
        ({"variants": [TWO[0], TWO[1] | {"steps": [None, {"body": "둘째"}]}]}, "variants[1].steps[1]"),
        ({"links": [LINKS[0], LINKS[0]]}, "links"),
        ({"links": [{"key": "가.나", "url": ""}]}, "links[0].key"),
    ],
)
async def test_what_no_text_could_mend_is_refused_with_its_field(owner, changes, path):
    answer = await create(owner, **changes)
    assert answer.status_code == 422
    assert [error["path"] for error in answer.json()["errors"]] == [path]


async def test_the_class_campaign_has_one_text_and_says_why(owner):
    answer = await create(owner, variants=TWO, messageClass="campaign")
    assert "문안마다 한 번의 발송" in answer.json()["errors"][0]["message"]


async def test_a_link_is_weighed_to_the_byte(owner):
    found = await check(owner, await made(owner, links=LINKS))
    assert found["bytes"]["min"] == found["bytes"]["max"] == 7 + len(BASE + "/l/") + 11


@pytest.mark.parametrize(
    ("changes", "rule", "level"),
    [
        ({}, "link.undefined", "block"),
        ({"links": [{"key": "", "url": ""}]}, "link.undefined", "block"),
        ({"links": [{"key": "지도", "url": "https://camp.example"}]}, "link.unused", "warn"),
        ({"links": [{"key": "", "url": "http://camp.example/"}]}, "link.target", "block"),
        ({"links": [{"key": "", "url": "https://user:pw@camp.example/"}]}, "link.target", "block"),
        ({"links": [{"key": "", "url": "https://192.0.2.1/"}]}, "link.target", "block"),
        ({"links": [{"key": "", "url": "javascript:alert(1)"}]}, "link.target", "block"),
        ({"links": [{"key": "", "url": "https://camp.example/?who=#{이름}"}]}, "link.target", "block"),
        ({"links": LINKS}, "link.any_site", "warn"),
    ],
)
async def test_the_check_says_what_is_wrong_with_a_link(owner, changes, rule, level):
    assert levels(await check(owner, await made(owner, **changes)), rule) == [level]


async def test_with_a_list_links_lead_there_and_below_it_alone(owner):
    await owner.put("/api/settings/links", json={"hosts": ["camp.example"]})
    for url, there in (
        ("https://camp.example/plan", True),
        ("https://www.camp.example/plan", True),
        ("https://notcamp.example/plan", False),
        ("https://camp.example.evil.example/", False),
    ):
        found = await check(owner, await made(owner, links=[{"key": "", "url": url}]))
        assert levels(found, "link.target") == ([] if there else ["block"]), url
        assert levels(found, "link.any_site") == []


@pytest.mark.parametrize("public_url", [None])
async def test_without_a_public_address_links_are_for_rehearsals(owner):
    one = await made(owner, links=LINKS)
    assert levels(await check(owner, one), "link.no_public_url") == ["block"]
    assert levels(await check(owner, one, rehearse=True), "link.no_public_url") == ["warn"]
    refused = await launch(owner, one)
    assert (refused.status_code, refused.json()["code"]) == (409, "rules_blocked")


async def test_the_check_weighs_every_text_and_sums_to_the_audience(owner):
    one = await made(owner, {"channel": "sms", "body": ""}, variants=TWO)
    found = await check(owner, one)
    assert found["audience"] == found["sendable"] + sum(row["count"] for row in found["excluded"])
    lengths = [len(v["steps"][0]["body"].encode("cp949")) for v in TWO]
    assert found["bytes"] == {"min": min(lengths), "max": max(lengths)}
    assert levels(found, "text.empty") == []


async def test_whoever_one_text_leaves_out_comes_to_no_later_step(owner):
    texts = [
        {
            "key": "가",
            "name": "",
            "share": 50,
            "steps": [{"body": "#{없는 값} 소식"}, {"body": "다시 알려요"}],
        },
        {"key": "나", "name": "", "share": 50, "steps": [{"body": "소식"}, {"body": "다시 알려요"}]},
    ]
    found = await check(
        owner, await made(owner, steps=[TEXT | {"body": "소식"}, TEXT | {"body": "다시"}], variants=texts)
    )
    first, second = found["steps"]
    assert 0 < first["people"] < 3
    assert second["people"] == first["people"]
    assert found["units"]["max"] == first["people"] + second["people"]


async def test_every_text_is_part_of_what_was_checked(owner):
    one = await made(owner, {"channel": "sms", "body": ""}, variants=TWO)
    seen = (await check(owner, one))["digest"]
    other = [TWO[0], TWO[1] | {"steps": [{"body": "다른 소식"}]}]
    await owner.patch(f"/api/campaigns/{one['id']}", json={"variants": other})
    refused = await launch(owner, one, digest=seen)
    assert (refused.status_code, refused.json()["code"]) == (409, "content_changed")


async def test_a_fault_of_one_text_names_it(owner):
    other = [TWO[0], TWO[1] | {"steps": [{"body": "우리 후보를 지지해 주세요"}]}]
    found = await check(owner, await made(owner, {"channel": "sms", "body": ""}, variants=other))
    (message,) = [v["message"] for v in found["verdicts"] if v["rule"] == "T-04"]
    assert message.startswith("문안 ‘길게’: ")


class TestSending:
    @pytest.fixture
    def settings(self, settings, carrier):
        return facing(settings, carrier, public_url=BASE)

    async def test_everybody_gets_one_text_by_share_with_a_link_of_their_own(self, app, rt, tenant, carrier):
        async with tenant_tx(rt, tenant) as conn:
            await ensure_rehearsal_kit(conn, rt, tenant)
        await register_tenant_at_sandbox(rt, tenant)
        await fill_book(rt, tenant, [person(n) for n in range(300)])
        texts = [
            {"key": "가", "share": 70, "steps": [{"body": "첫째 #{링크}"}]},
            {"key": "나", "share": 30, "steps": [{"body": "둘째 #{링크:지도}"}]},
        ]
        links = [*LINKS, {"key": "지도", "url": "https://map.example/"}]
        async with log_in(app, rt, tenant, "owner") as owner, running_hub(rt):
            one = await made(owner, {"channel": "sms", "body": ""}, links=links, variants=texts)
            answer = await launch(owner, one)
            assert answer.status_code == 200, answer.text
            send = answer.json()["sendId"]
            done = await until(rt, tenant, send, is_over)
        assert done.counts["delivered"] == 300
        sent = [m["text"] for m in carrier.ledger()]
        words = Counter(text.split()[0] for text in sent)
        assert words.total() == 300
        assert 180 < words["첫째"] < 240
        codes = [re.fullmatch(rf"\S+ {BASE}/l/(\w{{11}})", text)[1] for text in sent]
        assert len(set(codes)) == 300
        async with tenant_tx(rt, tenant) as conn:
            cursor = await conn.execute("SELECT send_id, seq, variant FROM messages")
            assert all(
                pick(send_id, seq, [70, 30]) == variant for send_id, seq, variant in await cursor.fetchall()
            )
