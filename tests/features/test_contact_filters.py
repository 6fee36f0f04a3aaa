"""Filters in SQL mean what `domain.filters.evaluate` says, for every field, operator and nesting."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from tests.support import random_book
from tests.support.book import fill_book, person
from tests.support.random_activity import CAMPAIGNS
from tests.support.random_book import IMPORT_IDS, TAG_IDS, TODAY, Book, write_random_book

from pabal.contacts import Blinder
from pabal.contacts.activity_sql import FilterContext, Span
from pabal.contacts.fields import AGE_BANDS, CHANNELS, CONTACT_FIELDS, contact_field
from pabal.contacts.filter_sql import compile_filter, parse_contact_filter
from pabal.contacts.queries import Total, page_of_contacts
from pabal.contacts.selection import both_ways
from pabal.contacts.ways import count_ways, newest_page
from pabal.domain.filters import FieldSpec, FieldType, FilterError, Op, evaluate
from pabal.domain.law.lists import PURPOSES
from pabal.kit.clock import KST
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

WITHOUT_VALUE = {Op.IS_EMPTY, Op.IS_NOT_EMPTY}
DATES = ["2026-11-01", "2026-11-02", "2026-11-15", "2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"]
NUMBERS = [-1, 0, 1, 1.5, 2, 3, 4, 1e15]
# Stretches of the values, other cases, LIKE's wildcards, quotes: what must not mean anything special.
TEXTS = [
    *filter(None, [*random_book.DISTRICTS, *random_book.SOURCES, *random_book.BASES]),
    "마포", "구", "GANGNAM", "gangnam-", "%", "_", "\\", "'", "100%", "b\\C", "form", "없는 곳", "마포구 ",
]  # fmt: skip
SPELLINGS = {
    "name": [*filter(None, random_book.NAMES), "김 철수 님", "철수", "anna kim", "???"],
    "phone": [*random_book.PHONES, "+82 10-9308-2906", "010.4567.2345", "없음", "12"],
    "email": [*random_book.EMAILS, "KMS@NAVER.COM", "kms@googlemail.com", "kmsoo@daum.net", "@"],
    "kakaoId": [*random_book.KAKAO_IDS, "KMS940420", "카톡: anna", "ㅋ"],
    "tag": [*TAG_IDS, *map(str, TAG_IDS.values()), "없는 태그"],
    "channel": [*CHANNELS],
    "consent": [*random_book.PURPOSES, "sms:news", "email:news", "email:survey", "fax:news"],
    "ageBand": [*AGE_BANDS],
    "purpose": [*PURPOSES],
    "consentWithdrawn": [*random_book.PURPOSES, "sms:news", "email:survey"],
    "optOut": [*random_book.REFUSED_CHANNELS, "email"],
    "contact": [str(UUID(int=1))],
    "received": [*map(str, CAMPAIGNS), str(UUID(int=1))],
    "clicked": [*map(str, CAMPAIGNS), str(UUID(int=1))],
    "attribute:직업": [*filter(None, random_book.JOBS), "TEACHER", " 회사원", "회사", "회사원  (서울)"],
    "attribute:모임": [*random_book.GROUPS, "없는 모임", "회사원"],
    "import": [*map(str, IMPORT_IDS), str(IMPORT_IDS[0]).upper(), str(UUID(int=1))],
}


FIELDS = {
    **CONTACT_FIELDS,
    **{key: spec for key in ("attribute:직업", "attribute:모임") if (spec := contact_field(key)) is not None},
}


def scalars(spec: FieldSpec) -> list[Any]:
    match spec.type:
        case FieldType.NUMBER:
            return NUMBERS
        case FieldType.DATE:
            return DATES
        case FieldType.BOOL:
            return [True, False]
        case _:
            return SPELLINGS.get(spec.key, TEXTS)


def values(spec: FieldSpec, op: Op) -> st.SearchStrategy[Any]:
    one = st.sampled_from(scalars(spec))
    match op:
        case Op.IN:
            return st.lists(one, min_size=1, max_size=4)
        case Op.BETWEEN:
            return st.lists(one, min_size=2, max_size=2).map(sorted)
        case Op.WITHIN_DAYS:
            return st.integers(1, 30)
        case _:
            return one


def condition(spec: FieldSpec, op: Op, *value: Any) -> dict[str, Any]:
    return {"field": spec.key, "op": op.value} | ({"value": value[0]} if value else {})


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    spec = draw(st.sampled_from(list(FIELDS.values())))
    op = draw(st.sampled_from(sorted(spec.ops)))
    return condition(spec, op) if op in WITHOUT_VALUE else condition(spec, op, draw(values(spec, op)))


FILTERS = st.recursive(
    conditions(),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda children: {"all": children}),
        st.lists(inner, min_size=1, max_size=3).map(lambda children: {"any": children}),
        inner.map(lambda child: {"not": child}),
    ),
    max_leaves=5,
)


async def compare(rt: Runtime, tenant: UUID, book: Book, written: list[dict[str, Any]]) -> None:
    """One statement a way asks PostgreSQL all filters about all contacts; NULL is no answer."""
    nodes = [parse_contact_filter(one) for one in written]
    blinder = Blinder(await rt.keys.of(rt.pool, tenant))
    noon = datetime.combine(TODAY, time(12), KST)
    async with tenant_tx(rt, tenant) as conn:
        plain = FilterContext(blinder, TODAY)
        asked = [("any", [compile_filter(node, plain) for node in nodes])]
        both = [await both_ways(conn, node, blinder, noon) for node in nodes]
        asked += [("walk", [ways.walk for ways in both]), ("whole", [ways.whole for ways in both])]
        # The contacts of a stretch are asked about its rows, the others about theirs.
        middle = sorted(one.id for one in book)[len(book) // 2]
        first, rest = Span(UUID(int=0), middle), Span(UUID(int=middle.int + 1), UUID(int=2**128 - 1))
        halves = "CASE WHEN {} THEN {} ELSE {} END"
        asked.append(
            (
                "stretches",
                [
                    sql.SQL(halves).format(first.holds("c.id"), ways.within(first), ways.within(rest))
                    for ways in both
                ],
            )
        )
        for way, answers in asked:
            together = sql.SQL(", ").join(answers)
            cursor = await conn.execute(sql.SQL("SELECT c.id, ARRAY[{}] FROM contacts c").format(together))
            found = dict(await cursor.fetchall())
            for one in book:
                wanted = [evaluate(node, one.row().get, today=TODAY) for node in nodes]
                pairs = zip(written, wanted, found[one.id], strict=True)
                different = [json for json, a, b in pairs if a is not b]
                assert different == [], (way, one)


@pytest.fixture(params=[1, 2])
async def book(rt: Runtime, tenant: UUID, request: pytest.FixtureRequest) -> Book:
    return await write_random_book(rt, tenant, request.param)


async def test_every_operator_of_every_field(rt: Runtime, tenant: UUID, book: Book) -> None:
    for spec in FIELDS.values():
        asked = [condition(spec, op) for op in spec.ops & WITHOUT_VALUE]
        for op in sorted(spec.ops - WITHOUT_VALUE - {Op.IN, Op.BETWEEN, Op.WITHIN_DAYS}):
            asked += [condition(spec, op, value) for value in scalars(spec)]
        await compare(rt, tenant, book, asked)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(written=st.lists(FILTERS, min_size=1, max_size=12))
async def test_nested_filters(rt: Runtime, tenant: UUID, book: Book, written: list[dict[str, Any]]) -> None:
    await compare(rt, tenant, book, written)


# Each way of counting and paging, for books of some dozens: both ends, stretches, one district, everybody.
SMALL = [
    {"COUNT_CAP": 3, "_SAMPLE": 4, "_DENSE": 0.04, "_WALK": 3, "_STRETCHES": (5, 12), "_OF_ONE_DISTRICT": 6},
    {
        "COUNT_CAP": 10_000,
        "_SAMPLE": 4,
        "_DENSE": 2,
        "_WALK": 1,
        "_STRETCHES": (2, 3),
        "_OF_ONE_DISTRICT": 100,
    },
    {"COUNT_CAP": 5, "_SAMPLE": 4, "_DENSE": 0.5, "_WALK": 100, "_STRETCHES": (2, 3), "_OF_ONE_DISTRICT": 2},
]
COUNTED = [
    condition(FIELDS["district"], Op.EQ, random_book.DISTRICTS[1]),
    condition(FIELDS["district"], Op.STARTS, random_book.DISTRICTS[1][:2]),
    condition(FIELDS["attribute:직업"], Op.EQ, random_book.JOBS[1]),
    condition(FIELDS["received"], Op.HAS, str(CAMPAIGNS[0])),
    condition(FIELDS["received"], Op.IN, [*map(str, CAMPAIGNS), str(UUID(int=1))]),
    condition(FIELDS["received"], Op.HAS, str(UUID(int=1))),
    condition(FIELDS["lastClick"], Op.IS_NOT_EMPTY),
    {
        "all": [
            condition(FIELDS["received"], Op.HAS, str(CAMPAIGNS[0])),
            {"not": condition(FIELDS["clicked"], Op.HAS, str(CAMPAIGNS[0]))},
        ]
    },
]


@pytest.mark.parametrize("small", SMALL)
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(written=st.lists(FILTERS, min_size=1, max_size=6))
async def test_counts_and_pages_find_all_whichever_way_they_go(
    rt: Runtime, tenant: UUID, book: Book, written: list[dict[str, Any]], small: dict[str, Any]
) -> None:
    blinder = Blinder(await rt.keys.of(rt.pool, tenant))
    noon = datetime.combine(TODAY, time(12), KST)
    cap = small["COUNT_CAP"]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in small.items():
            patch.setattr(f"pabal.contacts.ways.{name}", value)
        async with tenant_tx(rt, tenant) as conn:
            cursor = await conn.execute(
                "SELECT id FROM contacts WHERE merged_into IS NULL AND erased_at IS NULL"
            )
            living = {row[0] for row in await cursor.fetchall()}
            for one in [*COUNTED, *written]:
                node = parse_contact_filter(one)
                meant = [
                    who.id for who in book if who.id in living and evaluate(node, who.row().get, today=TODAY)
                ]
                ways = await both_ways(conn, node, blinder, noon)
                first = await newest_page(conn, tenant, ways=ways, after=None, limit=4)
                found = [who.id for who in first.items]
                page = first
                while page.next_before is not None:
                    page = await newest_page(conn, tenant, ways=ways, after=page.next_before, limit=4)
                    assert page.total is None
                    found += [who.id for who in page.items]
                assert found == sorted(meant, reverse=True), one
                total = Total(cap, "gte") if len(meant) > cap else Total(len(meant), "eq")
                assert (first.total, await count_ways(conn, ways)) == (total, total), one
                assert await count_ways(conn, ways, exact=True) == Total(len(meant), "eq"), one


async def test_people_of_an_import_are_found_where_they_were_merged_into(rt: Runtime, tenant: UUID) -> None:
    one, two, three, other = await fill_book(rt, tenant, [person(n) for n in range(4)])
    async with tenant_tx(rt, tenant) as conn:
        await conn.execute(
            "INSERT INTO import_rows (tenant_id, import_id, row_no, outcome, contact_id) VALUES (%s, %s, 1, 'created', %s)",
            (tenant, IMPORT_IDS[0], one),
        )
        for merged, survivor in ((one, two), (two, three)):
            await conn.execute("UPDATE contacts SET merged_into = %s WHERE id = %s", (survivor, merged))
    context = FilterContext(Blinder(await rt.keys.of(rt.pool, tenant)), TODAY)
    found = {}
    for op, *value in (
        ("eq", str(IMPORT_IDS[0])),
        ("ne", str(IMPORT_IDS[0])),
        ("is_not_empty",),
        ("is_empty",),
    ):
        node = parse_contact_filter(condition(CONTACT_FIELDS["import"], Op(op), *value))
        async with tenant_tx(rt, tenant) as conn:
            page = await page_of_contacts(
                conn, tenant, where=compile_filter(node, context), after=None, limit=9
            )
        found[op] = [contact.id for contact in page.items]
    assert found == {"eq": [three], "ne": [other], "is_not_empty": [three], "is_empty": [other]}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1e16])
def test_numbers_that_compare_as_nothing_are_refused(number: float) -> None:
    with pytest.raises(FilterError):
        parse_contact_filter({"field": "phoneCount", "op": "lt", "value": number})
