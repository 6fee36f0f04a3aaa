"""A small book and what a camp needs to send to it, made through the features' own doors; check and launch over HTTP."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from pabal.contacts import Blinder, suppress
from pabal.contacts.actions import Draft, create_contact
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime
from pabal.senders import register_tenant_at_sandbox
from pabal.templates import RehearsalKit, ensure_rehearsal_kit

PEOPLE = (
    ("김하늘", "010-2345-0001", "마포구"),
    ("이바다", "010-2345-0002", "마포구"),
    ("박노을", "010-2345-0003", "서대문구"),
    ("최가람", "010-2345-0004", "마포구"),
    ("정나래", "010-2345-0001", "마포구"),  # 김하늘's handset
    ("강번호없음", "", "마포구"),
)


@dataclass(frozen=True)
class Book:
    """Six people: two share a handset, one has no number, one (이바다) opted out."""

    tenant_id: UUID
    contacts: dict[str, UUID]
    sender_id: UUID


async def make_book(rt: Runtime, tenant_id: UUID) -> Book:
    keys = await rt.keys.of(rt.pool, tenant_id)
    blinder = Blinder(keys)
    async with tenant_tx(rt, tenant_id) as conn:
        kit = await ensure_rehearsal_kit(conn, rt, tenant_id)
        assert kit is not None
        contacts = {}
        for name, phone, district in PEOPLE:
            draft = Draft(
                name=name,
                phones=[phone] if phone else [],
                emails=[] if phone else ["nobody@example.com"],
                district=district,
                basis="동의",
                source="시험",
                tags=["당원"] if district == "마포구" else [],
            )
            contacts[name] = (await create_contact(conn, tenant_id, blinder, draft)).id
    await opt_out(rt, tenant_id, contacts["이바다"])
    return Book(tenant_id, contacts, kit.phone_sender_id)


async def kit_at_simulator(rt: Runtime, tenant_id: UUID) -> RehearsalKit:
    """What a tenant rehearses with, known to the simulator too."""
    async with tenant_tx(rt, tenant_id) as conn:
        kit = await ensure_rehearsal_kit(conn, rt, tenant_id)
    assert kit is not None
    assert await register_tenant_at_sandbox(rt, tenant_id)
    return kit


async def add_contact(
    rt: Runtime, tenant_id: UUID, name: str, phone: str, tags: tuple[str, ...] = ()
) -> UUID:
    blinder = Blinder(await rt.keys.of(rt.pool, tenant_id))
    async with tenant_tx(rt, tenant_id) as conn:
        draft = Draft(name=name, phones=[phone], basis="동의", source="시험", tags=tags)
        return (await create_contact(conn, tenant_id, blinder, draft)).id


async def opt_out(rt: Runtime, tenant_id: UUID, contact_id: UUID) -> None:
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            "SELECT address_key FROM identities WHERE contact_id = %s AND kind = 'phone'", (contact_id,)
        )
        keys = [row[0] for row in await cursor.fetchall()]
        await suppress(
            conn, tenant_id, kind="phone", address_keys=keys, channels=["all"], reason="요청", source="manual"
        )


async def check(browser: httpx.AsyncClient, campaign: dict[str, Any], **body: object) -> dict[str, Any]:
    answer = await browser.post(f"/api/campaigns/{campaign['id']}/check", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def launch(browser: httpx.AsyncClient, campaign: dict[str, Any], **body: object) -> httpx.Response:
    return await browser.post(f"/api/campaigns/{campaign['id']}/launch", json=body)


def levels(found: dict[str, Any], rule: str) -> list[str]:
    """Of every verdict of one rule, in the check's order."""
    return [verdict["level"] for verdict in found["verdicts"] if verdict["rule"] == rule]
