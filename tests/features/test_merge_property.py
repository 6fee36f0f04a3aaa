"""Merge, then undo, is the identity: whatever is merged, edited and undone in between, and in whatever order.

The model knows nothing of replaying: each person has what they began with and what was typed on whoever they were part of
as its survivor. When every merge is undone, that is what the book must say, with tokens, keys and identities to match.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pabal.contacts import Blinder, Card, Draft
from pabal.contacts.actions import change_contact, create_contact
from pabal.contacts.consents import record_consent
from pabal.contacts.history import read_standing, write_looks
from pabal.contacts.merging import merge_contacts, undo_merge
from pabal.contacts.queries import read_contacts
from pabal.contacts.replay import Look
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

PEOPLE = 4
CARDS = [
    Card(
        name="김서연", phones=("01028471193",), emails=("seoyeon84@naver.com",), birth="1984", memo="첫 번째"
    ),
    Card(
        name="Kim Seoyeon", phones=("01028471193", "01022223333"), birth="1991", attributes={"직업": "교사"}
    ),
    Card(
        name="서연맘",
        phones=("01033334444",),
        kakao_ids=("syeon",),
        address="망원동",
        attributes={"직업": "농부"},
    ),
    Card(phones=("01022223333",), emails=("Seoyeon84@naver.com", "other@daum.net"), title="회장"),
]
DISTRICTS = ["", "서교동", "연남동", ""]
TAGS = [["간담회"], ["간담회", "학부모"], ["학부모"], []]
START = datetime(2026, 11, 1, tzinfo=UTC)

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "merge",
                "merge",
                "merge",
                "undo",
                "name",
                "memo",
                "district",
                "phone",
                "drop",
                "tag",
                "untag",
                "grant",
                "withdraw",
            ]
        ),
        st.integers(0, 11),
        st.integers(0, 11),
    ),
    min_size=2,
    max_size=12,
)


@dataclass
class Own:
    """What is somebody's own: from the beginning, or typed while they were the survivor."""

    look: Look
    tags: set[str]
    said: list[tuple[str, datetime]] = field(default_factory=list)


@dataclass
class World:
    """The model beside the book."""

    rt: Runtime
    tenant: UUID
    blinder: Blinder
    ids: list[UUID]
    own: dict[UUID, Own]
    parent: dict[UUID, tuple[UUID, int]] = field(default_factory=dict)
    merges: dict[UUID, tuple[UUID, list[UUID], int]] = field(default_factory=dict)
    said_on: list[tuple[UUID, int, tuple[str, datetime]]] = field(default_factory=list)
    step: int = 0

    @property
    def living(self) -> list[UUID]:
        return [one for one in self.ids if one not in self.parent]

    async def shown(self, one: UUID) -> Any:
        async with tenant_tx(self.rt, self.tenant) as conn:
            return (await read_contacts(conn, self.tenant, [one]))[0]

    async def merge(self, a: int, b: int) -> None:
        living = self.living
        if len(living) < 2:
            return
        survivor = living[a % len(living)]
        others = [one for one in living if one != survivor]
        chosen = [survivor, others[b % len(others)], *([others[0]] if b > 9 else [])]
        fields = dict.fromkeys(("name", "birth"), chosen[(a + b) % 2]) if b % 2 else {}
        async with tenant_tx(self.rt, self.tenant) as conn:
            merge = await merge_contacts(
                conn,
                self.tenant,
                self.blinder,
                contact_ids=chosen,
                survivor_id=survivor,
                fields=fields,
                this_year=2026,
                created_by=None,
            )
        gone = sorted({*chosen} - {survivor})
        self.merges[merge] = (survivor, gone, self.step)
        self.parent |= dict.fromkeys(gone, (survivor, self.step))

    async def undo(self, which: int) -> None:
        if not self.merges:
            return
        merge = sorted(self.merges)[which % len(self.merges)]
        survivor, gone, since = self.merges.pop(merge)
        async with tenant_tx(self.rt, self.tenant) as conn:
            undone = await undo_merge(conn, self.tenant, self.blinder, merge, undone_by=None)
        assert undone.freed == gone
        above: UUID | None = survivor
        while above is not None:
            for where, at, words in list(self.said_on):
                if where == above and at > since and words[0] == "withdrawn":
                    for one in gone:
                        self.own[one].said.append(words)
                        self.said_on.append((one, at, words))
            above, since = self.parent.get(above, (None, 0))
        for one in gone:
            del self.parent[one]

    async def edit(self, kind: str, a: int, b: int) -> None:
        one = self.living[a % len(self.living)]
        own = self.own[one]
        shown = await self.shown(one)
        single, lists = own.look.scalars(), own.look.lists()
        match kind:
            case "name":
                single["name"] = name = "박" + chr(0xAC00 + self.step * 28) + chr(0xAC00 + b * 28)
                draft = Draft(name=name)
            case "memo":
                single["memo"] = memo = f"{self.step}번째 메모" if b % 3 and shown.card.memo else ""
                if memo == shown.card.memo:
                    return
                draft = Draft(memo=memo)
            case "district":
                single["district"] = f"{self.step}동"
                draft = Draft(district=single["district"])
            case "phone":
                phone = f"010{50_000_000 + self.step * 100 + b:08d}"
                lists["phones"] = (*lists["phones"], phone)
                draft = Draft(phones=[*shown.card.phones, phone])
            case "drop":
                if not shown.card.phones:
                    return
                phone = shown.card.phones[b % len(shown.card.phones)]
                lists["phones"] = tuple(x for x in lists["phones"] if x != phone)
                draft = Draft(phones=[x for x in shown.card.phones if x != phone])
            case _:
                name = ["간담회", "학부모", "새 태그"][b % 3]
                if kind == "tag":
                    own.tags |= {name} - set(shown.tags)
                    draft = Draft(tags=[*shown.tags, name])
                else:
                    own.tags.discard(name)
                    draft = Draft(tags=[x for x in shown.tags if x != name])
        own.look = Look.of(single, lists)
        async with tenant_tx(self.rt, self.tenant) as conn:
            await change_contact(conn, self.tenant, self.blinder, one, draft)

    async def consent(self, state: str, a: int) -> None:
        one = self.living[a % len(self.living)]
        words = (state, START + timedelta(hours=self.step))
        async with tenant_tx(self.rt, self.tenant) as conn:
            await record_consent(
                conn, self.tenant, one, channel="sms", purpose="news", state=words[0], at=words[1], evidence="", created_by=None
            )  # fmt: skip
        self.own[one].said.append(words)
        self.said_on.append((one, self.step, words))

    async def take(self, kind: str, a: int, b: int) -> None:
        self.step += 1
        match kind:
            case "merge":
                await self.merge(a, b)
            case "undo":
                await self.undo(a)
            case "grant":
                await self.consent("granted", a)
            case "withdraw":
                await self.consent("withdrawn", a)
            case _:
                await self.edit(kind, a, b)


async def make_world(rt: Runtime, tenant: UUID) -> World:
    blinder = Blinder(await rt.keys.of(rt.pool, tenant))
    looks = [Look(card, district) for card, district in zip(CARDS, DISTRICTS, strict=True)]
    ids: list[UUID] = []
    async with tenant_tx(rt, tenant) as conn:
        for number, tags in enumerate(TAGS):
            made = await create_contact(conn, tenant, blinder, Draft(name=f"사람{number}", tags=tags))
            ids.append(made.id)
        await write_looks(conn, tenant, blinder, dict(zip(ids, looks, strict=True)))
    own = {one: Own(look, set(tags)) for one, look, tags in zip(ids, looks, TAGS, strict=True)}
    return World(rt, tenant, blinder, ids, own)


async def check_everybody_is_themselves(world: World) -> None:
    async with tenant_tx(world.rt, world.tenant) as conn:
        standing = await read_standing(conn, world.tenant, world.ids)
        for one, own in world.own.items():
            derived = world.blinder.derive(own.look.card)
            cursor = await conn.execute(
                "SELECT tokens, name_key, merged_into FROM contacts WHERE id = %s", (one,)
            )
            tokens, name_key, merged_into = (await cursor.fetchall())[0]
            assert standing[one].look == own.look
            assert (sorted(tokens), name_key, merged_into) == (sorted(derived.tokens), derived.name_key, None)
            cursor = await conn.execute(
                "SELECT kind, value_key, address_key, position, quality FROM identities WHERE contact_id = %s",
                (one,),
            )
            assert sorted(await cursor.fetchall()) == sorted(map(tuple, derived.identities))
            cursor = await conn.execute(
                "SELECT t.name, ct.merge_id FROM contact_tags ct JOIN tags t ON t.id = ct.tag_id WHERE ct.contact_id = %s",
                (one,),
            )
            assert sorted(await cursor.fetchall()) == sorted((name, None) for name in own.tags)
            cursor = await conn.execute(
                "SELECT state, at, merge_id FROM consents WHERE contact_id = %s", (one,)
            )
            assert sorted(set(await cursor.fetchall())) == sorted({(*words, None) for words in own.said})


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS, order=st.lists(st.integers(0, 11), min_size=4, max_size=4))
async def test_merge_then_undo_is_the_identity(
    rt: Runtime, tenant: UUID, steps: list[tuple[str, int, int]], order: list[int]
) -> None:
    world = await make_world(rt, tenant)
    for step in steps:
        await world.take(*step)
    for which in order * PEOPLE:
        await world.take("undo", which, 0)
    assert not world.merges
    await check_everybody_is_themselves(world)
