"""An incoming message becomes a row, once; a refusal also an opt-out, in the same transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from pabal.contacts import Blinder, close_gate, phones_beside, suppress
from pabal.domain.identity import Identity, IdentityKind, canonical
from pabal.domain.ids import new_id
from pabal.domain.optout import is_opt_out, what_unclear
from pabal.domain.phone import mask_resident_numbers
from pabal.kit.db import Conn

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class Inbound:
    """One message as a carrier told it."""

    channel: str
    sender: str
    to: str
    text: str
    at: datetime
    provider_id: str


async def take_inbound(
    conn: Conn, tenant_id: UUID, account_id: UUID, blinder: Blinder, message: Inbound
) -> UUID | None:
    """Store it and let a refusal take effect; the row's id, or None when this message is known already.

    Through the simulator a refusal takes effect only as long as the tenant has no real carrier account: from then on
    rehearsals change nothing about real people.
    """
    sandbox, is_live = await _where_from(conn, account_id)
    refuses = is_opt_out(message.text)
    sender = read_sender(message.channel, message.sender)
    # A refusal from an address that nobody can read, or that leads to no number, is a person's to settle too.
    numbers = await _numbers_of(conn, blinder, sender)
    unclear = not numbers if refuses else what_unclear(message.text) is not None
    effective = refuses and sender is not None and not (sandbox and is_live)
    if effective:
        await close_gate(conn, tenant_id)  # before any row lock
    text = mask_resident_numbers(message.text)[
        0
    ]  # never kept, whoever wrote it (개인정보 보호법 제24조의2, P-05)
    plain = json.dumps({"from": message.sender, "to": message.to, "text": text}, ensure_ascii=False)
    cursor = await conn.execute(
        """
        INSERT INTO inbound_messages
            (tenant_id, id, account_id, channel, provider_id, from_key, pii, said_at, opt_out, rehearsal,
             unclear)
        VALUES (%(tenant)s, %(id)s, %(account)s, %(channel)s, %(provider_id)s, %(from_key)s, app.encrypt(%(plain)s),
                %(at)s, %(opt_out)s, %(rehearsal)s, %(unclear)s)
        ON CONFLICT (tenant_id, account_id, provider_id) DO NOTHING
        RETURNING id
        """,
        {
            "tenant": tenant_id,
            "id": new_id(),
            "account": account_id,
            "channel": message.channel,
            "provider_id": message.provider_id,
            "from_key": None if sender is None else blinder.value_key(sender.kind.value, sender.value),
            "plain": plain,
            "at": message.at,
            "opt_out": refuses,
            "rehearsal": sandbox,
            "unclear": unclear and not (sandbox and is_live),
        },
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    if refuses and sender is None:
        log.warning("inbound.refusal_without_address", tenant=str(tenant_id), message=str(row[0]))
    if effective and sender is not None:
        # Every channel: whoever says "stop" does not mean "call it AlimTalk instead".
        await refuse(conn, tenant_id, blinder, sender, channels=("all",), reason="답장으로 수신거부")
    return UUID(str(row[0]))


async def refuse(
    conn: Conn,
    tenant_id: UUID,
    blinder: Blinder,
    sender: Identity,
    *,
    channels: Sequence[str],
    reason: str,
    by: UUID | None = None,
) -> bool:
    """Record that whoever wrote from there wants no more. False: no number is known for them, so nothing is stopped yet.

    Messages go to numbers. Somebody who refuses from a Kakao id refuses for the numbers of whoever holds that id.
    """
    numbers = await _numbers_of(conn, blinder, sender)
    own = blinder.address_key(sender.kind.value, sender.value)
    kinds = {sender.kind.value: [own], IdentityKind.PHONE.value: numbers}
    for kind, keys in kinds.items():
        if keys:
            await suppress(
                conn,
                tenant_id,
                kind=kind,
                address_keys=keys,
                channels=channels,
                reason=reason,
                source="reply",
                created_by=by,
            )
    return bool(numbers)


async def _numbers_of(conn: Conn, blinder: Blinder, sender: Identity | None) -> list[int]:
    if sender is None:
        return []
    if sender.kind is IdentityKind.PHONE:
        return [blinder.address_key(sender.kind.value, sender.value)]
    return await phones_beside(conn, blinder.value_key(sender.kind.value, sender.value))


def read_sender(channel: str, sender: str) -> Identity | None:
    """A telephone number; on Kakao perhaps an id."""
    found = canonical(IdentityKind.PHONE, sender)
    if found is None and channel == "kakao":
        found = canonical(IdentityKind.KAKAO, sender)
    return found


async def _where_from(conn: Conn, account_id: UUID) -> tuple[bool, bool]:
    """Is this account at the simulator, and does the tenant have a real one in use?"""
    cursor = await conn.execute(
        """
        SELECT sandbox, EXISTS (SELECT FROM carrier_accounts WHERE NOT sandbox AND state = 'active')
        FROM carrier_accounts WHERE id = %s
        """,
        (account_id,),
    )
    row = await cursor.fetchone()
    return (True, True) if row is None else (row[0], row[1])
