"""A book of random people with everything that can be filtered and searched, and the same people as Python values.

What a filter or a search must find is decided on these values; the book is only what PostgreSQL is asked about.
"""

import itertools
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.support.random_activity import Passed, draw_passed, write_activity
from typing_extensions import override

from pabal.contacts import Blinder, Card, is_mobile, suppress
from pabal.domain.identity import IdentityKind, canonical
from pabal.domain.ids import new_id
from pabal.domain.law import lists
from pabal.domain.name import clean_name
from pabal.domain.search import attribute_value
from pabal.kit.clock import KST
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime

TODAY = date(2026, 11, 22)
# 00:00 in Seoul is 15:00 UTC of the day before: moments on both sides of a Korean midnight.
MOMENTS = [
    datetime(2026, 11, day, hour, minute, tzinfo=UTC)
    for day in (1, 15, 20, 21)
    for hour, minute in ((14, 59), (15, 0), (23, 30), (3, 0))
]
NAMES = [
    "", "김철수", "김청수", "김하늘", "남궁민수", "박초롱", "이영희", "이응", "강가람", "ㄱㄱㅇ", "Anna Kim",
    "aNNa", "철수맘", "캠프2026", "황 보라", "㈜푸른상사", "최ㄱ", "金哲洙",
]  # fmt: skip
PHONES = [
    "01093082906", "01093082907", "01029069308", "01045672345", "01043211234", "0212345678", "023234567",
    "0311234567", "0112345678", "15881234", "05052234567", "07043215678",
]  # fmt: skip
EMAILS = [
    "kms@naver.com", "kmsoo@hanmail.net", "k.m.s@gmail.com", "kms+news@gmail.com", "ab@daum.net", "anna.kim@korea.kr",
    "naver@kakao.com", "anna@sub.naver.com", "01093082906@naver.com",
]  # fmt: skip
KAKAO_IDS = ["kms940420", "anna", "abc", "kmsoo", "ann_a.k"]
DISTRICTS = ["", "마포구", "마포구 공덕동", "강남구", "Gangnam-gu", "100% 서울", "a'b\\c", "_"]
SOURCES = ["간담회", "웹폼", "web form", ""]
BASES = ["동의", "수집·이용 동의"]
TAGS = ["당원", "청년", "VIP", "vip", "a'b"]
PURPOSES = ["news", "survey"]
AGE_BANDS = ["", "20", "40", "80"]
JOBS = ["", "회사원", "의사", "Teacher", "회사원 (서울)", "x" * 61]
GROUPS = ["산악회", "teacher"]
REFUSED_CHANNELS = ["all", "sms", "alimtalk"]
TAG_IDS = {name: UUID(int=1000 + number) for number, name in enumerate(TAGS)}
IMPORT_IDS = [UUID(int=2000 + number) for number in range(2)]


class OneOf:
    """A field with several values behind a keyed hash: equal to whatever reads as one of them."""

    def __init__(self, values: set[Any], read: Callable[[str], Any]) -> None:
        self.values, self.read = values, read

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self.read(other) in self.values

    __hash__ = None  # type: ignore[assignment]  # equality isn't transitive


@dataclass
class Someone:
    id: UUID
    card: Card
    district: str
    age_band: str
    basis: str
    collected_for: tuple[str, ...]
    source: str
    created_at: datetime
    updated_at: datetime
    tags: set[str]
    consents: list[tuple[str, str, str, datetime]] = field(default_factory=list)  # in order of recording
    imports: set[UUID] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)  # channels that an address of theirs is refused on
    passed: Passed = field(default_factory=Passed)
    messages: dict[UUID, tuple[str, datetime]] = field(default_factory=dict)
    doubtful: bool = False

    def row(self) -> dict[str, Any]:
        """The contact as `domain.filters.evaluate` sees it."""

        def held(kind: IdentityKind, values: Sequence[str]) -> OneOf | None:
            read = {found.value for text in values if (found := canonical(kind, text)) is not None}
            return OneOf(read, lambda text: getattr(canonical(kind, text), "value", None)) if read else None

        card, key = self.card, clean_name(self.card.name).key
        newest = {
            (channel, purpose): state
            for channel, purpose, state, _ in sorted(self.consents, key=lambda c: c[3])
        }
        granted = {pair for pair, state in newest.items() if state == "granted"}
        withdrawn = newest.keys() - granted

        def last(moments: Iterable[datetime]) -> date | None:
            return max((at.astimezone(KST).date() for at in moments), default=None)

        def attribute(name: str) -> OneOf | None:
            value = attribute_value(card.attributes.get(name, ""))
            return OneOf({value}, lambda text: attribute_value(text) or None) if value else None

        channels = {"sms" if is_mobile(phone) else "landline" for phone in card.phones}
        channels |= {"email"} if card.emails else set()
        channels |= {"kakao"} if card.kakao_ids else set()
        return {
            "district": self.district,
            "ageBand": self.age_band,
            "source": self.source,
            "basis": self.basis,
            "purpose": set(self.collected_for),
            "tag": self.tags | {str(TAG_IDS[name]) for name in self.tags},
            "channel": channels,
            "consent": {purpose for _, purpose in granted} | {":".join(pair) for pair in granted},
            "consentWithdrawn": {purpose for _, purpose in withdrawn}
            | {":".join(pair) for pair in withdrawn},
            "suppressed": bool(self.refused),
            "optOut": self.refused,
            "contact": OneOf({self.id}, lambda text: UUID(text) if text else None),
            "duplicate": self.doubtful,
            "lastContact": last(self.passed.reached),
            "lastClick": last(self.passed.clicked.values()),
            "lastReply": last(self.passed.replied),
            "received": set(map(str, self.passed.received)),
            "clicked": set(map(str, self.passed.clicked)),
            "attribute:직업": attribute("직업"),
            "attribute:모임": attribute("모임"),
            "import": OneOf(self.imports, lambda text: UUID(text) if text else None)
            if self.imports
            else None,
            "createdAt": self.created_at.astimezone(KST).date(),
            "updatedAt": self.updated_at.astimezone(KST).date(),
            "phoneCount": len(card.phones),
            "tagCount": len(self.tags),
            "name": OneOf({key}, lambda text: clean_name(text).key or None) if key else None,
            "phone": held(IdentityKind.PHONE, card.phones),
            "email": held(IdentityKind.EMAIL, card.emails),
            "kakaoId": held(IdentityKind.KAKAO, card.kakao_ids),
        }


class Book(list[Someone]):
    """A list that doesn't print itself into every report of Hypothesis."""

    @override
    def __repr__(self) -> str:
        return f"Book({len(self)})"


def some(chance: random.Random, values: Sequence[str], most: int) -> tuple[str, ...]:
    return tuple(chance.sample(values, chance.randint(0, most)))


def mailboxes(chance: random.Random) -> tuple[str, ...]:
    """One spelling per mailbox, as `with_identities` keeps them."""
    return tuple({canonical(IdentityKind.EMAIL, text): text for text in some(chance, EMAILS, 2)}.values())


def draw_person(chance: random.Random) -> Someone:
    created = chance.choice(MOMENTS)
    passed, messages = draw_passed(chance, MOMENTS)
    attributes = {"직업": chance.choice(JOBS), "모임": chance.choice(GROUPS)}
    return Someone(
        id=new_id(),
        card=Card(
            name=chance.choice(NAMES),
            phones=some(chance, PHONES, 3),
            emails=mailboxes(chance),
            kakao_ids=some(chance, KAKAO_IDS, 1),
            attributes=dict(chance.sample(sorted(attributes.items()), chance.randint(0, 2))),
        ),
        district=chance.choice(DISTRICTS),
        age_band=chance.choice(AGE_BANDS),
        basis=chance.choice(BASES),
        collected_for=tuple(sorted(chance.sample([*lists.PURPOSES], chance.choice((0, 0, 1, 2))))),
        source=chance.choice(SOURCES),
        created_at=created,
        updated_at=created + timedelta(hours=chance.choice((0, 1, 30))),
        tags=set(some(chance, TAGS, 3)),
        consents=[
            (
                chance.choice(("sms", "email")),
                chance.choice(PURPOSES),
                chance.choice(("granted", "withdrawn")),
                at,
            )
            for at in sorted(chance.sample(MOMENTS, chance.randint(0, 4)))
        ],
        imports=set(chance.sample(IMPORT_IDS, chance.choice((0, 0, 1, 2)))),
        passed=passed,
        messages=messages,
    )


async def write_random_book(rt: Runtime, tenant_id: UUID, seed: int, *, size: int = 40) -> Book:
    chance = random.Random(seed)
    book = Book(draw_person(chance) for _ in range(size))
    blinder = Blinder(await rt.keys.of(rt.pool, tenant_id))
    async with tenant_tx(rt, tenant_id) as conn:
        await conn.cursor().executemany(
            "INSERT INTO tags (tenant_id, id, name) VALUES (%s, %s, %s)",
            [(tenant_id, tag, name) for name, tag in TAG_IDS.items()],
        )
        for number, one in enumerate(book):
            await _write(conn, tenant_id, blinder, one, row_no=number)
        refusals = [(chance.choice(PHONES), channel) for channel in REFUSED_CHANNELS]
        for phone, channel in refusals:
            await suppress(
                conn,
                tenant_id,
                kind="phone",
                address_keys={blinder.address_key("phone", phone)},
                channels=(channel,),
                reason="전화",
                source="manual",
                created_by=None,
            )
        for first, second in itertools.pairwise(sorted(chance.sample([some.id for some in book], size // 4))):
            state = chance.choice(("open", "separate"))
            await conn.execute(
                "INSERT INTO duplicate_pairs (tenant_id, id, contact_a, contact_b, reason, state)"
                " VALUES (%s, %s, %s, %s, 'same_name', %s)",
                (tenant_id, new_id(), first, second, state),
            )
            for someone in book:
                someone.doubtful |= state == "open" and someone.id in (first, second)
    replies = [(chance.choice(PHONES), chance.choice(MOMENTS)) for _ in range(5)]
    await write_activity(rt, tenant_id, [(one.id, one.passed, one.messages) for one in book], replies)
    for one in book:
        one.refused = {channel for phone, channel in refusals if phone in one.card.phones}
        one.passed.replied = [at for phone, at in replies if phone in one.card.phones]
    return book


async def _write(conn: Conn, tenant: UUID, blinder: Blinder, one: Someone, *, row_no: int) -> None:
    derived = blinder.derive(one.card)
    await conn.execute(
        """
        INSERT INTO contacts (tenant_id, id, pii, tokens, name_key, district, age_band, basis, source, purposes, created_at, updated_at)
        VALUES (%s, %s, app.encrypt(%s), %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            tenant, one.id, one.card.seal(tenant, one.id), derived.tokens, derived.name_key, one.district, one.age_band,
            one.basis, one.source, list(one.collected_for), one.created_at, one.updated_at,
        ),
    )  # fmt: skip
    cursor = conn.cursor()
    await cursor.executemany(
        "INSERT INTO identities (tenant_id, contact_id, kind, value_key, address_key, position, quality)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [(tenant, one.id, *row) for row in derived.identities],
    )
    await cursor.executemany(
        "INSERT INTO contact_tags (tenant_id, contact_id, tag_id) VALUES (%s, %s, %s)",
        [(tenant, one.id, TAG_IDS[name]) for name in sorted(one.tags)],
    )
    await cursor.executemany(
        "INSERT INTO consents (tenant_id, id, contact_id, channel, purpose, state, at) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [(tenant, new_id(), one.id, *consent) for consent in one.consents],
    )
    await cursor.executemany(
        "INSERT INTO import_rows (tenant_id, import_id, row_no, outcome, contact_id) VALUES (%s, %s, %s, 'merged', %s)",
        [(tenant, one_import, row_no, one.id) for one_import in one.imports],
    )
