"""A book of synthetic people, written set-wise: for tests whose subject is not the import."""

from uuid import UUID

from pabal.contacts import Blinder, Card
from pabal.domain.ids import new_id
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

FAMILY = ("김", "이", "박", "최", "정", "강", "조", "윤")
GIVEN = ("하늘", "바다", "가람", "누리", "다솜", "라온", "마루", "보람", "새롬", "아름")


def person(number: int) -> Card:
    """The n-th synthetic person: distinct numbers in 010-2000-0000 and up, no real ones known to us."""
    name = FAMILY[number % len(FAMILY)] + GIVEN[number // len(FAMILY) % len(GIVEN)]
    return Card(name=name, phones=(f"010{20_000_000 + number:08d}",))


async def fill_book(rt: Runtime, tenant_id: UUID, people: list[Card]) -> list[UUID]:
    """Insert contacts and their phone identities; ids in the order of `people`."""
    blinder = Blinder(await rt.keys.of(rt.pool, tenant_id))
    ids = [new_id() for _ in people]
    phones = [
        (contact, blinder.value_key("phone", phone), blinder.address_key("phone", phone), position)
        for contact, card in zip(ids, people, strict=True)
        for position, phone in enumerate(card.phones)
    ]
    async with tenant_tx(rt, tenant_id) as conn:
        await conn.execute(
            """
            INSERT INTO contacts (tenant_id, id, pii, basis, source)
            SELECT %s, id, app.encrypt(pii), 'consent', 'test' FROM unnest(%s::uuid[], %s::text[]) AS v (id, pii)
            """,
            (
                tenant_id,
                ids,
                [card.seal(tenant_id, contact) for contact, card in zip(ids, people, strict=True)],
            ),
        )
        await conn.execute(
            """
            INSERT INTO identities (tenant_id, contact_id, kind, value_key, address_key, position)
            SELECT %s, contact, 'phone', value, address, position
            FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::smallint[]) AS v (contact, value, address, position)
            """,
            (tenant_id, *[list(column) for column in zip(*phones, strict=True)]),
        )
    return ids
