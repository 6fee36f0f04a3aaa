"""What passed between a camp and the people of a random book: received, clicked, replied, and what is known of it in Python."""

import random
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tests.support.carriers import solapi_account

from pabal.contacts import Blinder
from pabal.domain.identity import IdentityKind
from pabal.domain.ids import new_id
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime

CAMPAIGNS = [UUID(int=3000 + number) for number in range(3)]
REHEARSED = CAMPAIGNS[2]
STATES = ("delivered", "accepted", "failed", "skipped", "queued")


class Passed:
    """Of one person."""

    def __init__(self) -> None:
        self.received: dict[UUID, datetime] = {}  # rehearsals too
        self.reached: list[datetime] = []  # for real
        self.clicked: dict[UUID, datetime] = {}
        self.replied: list[datetime] = []


def draw_passed(
    chance: random.Random, moments: Sequence[datetime]
) -> tuple[Passed, dict[UUID, tuple[str, datetime]]]:
    """And the messages to write: campaign → (state, when)."""
    passed = Passed()
    messages: dict[UUID, tuple[str, datetime]] = {}
    for campaign in chance.sample(CAMPAIGNS, chance.randint(0, 3)):
        state, at = chance.choice(STATES), chance.choice(moments)
        messages[campaign] = (state, at)
        if state in ("delivered", "accepted"):
            passed.received[campaign] = at
            if campaign != REHEARSED:
                passed.reached.append(at)
            if chance.random() < 0.5:
                passed.clicked[campaign] = chance.choice(moments)
    return passed, messages


async def write_activity(
    rt: Runtime,
    tenant: UUID,
    people: Sequence[tuple[UUID, Passed, dict[UUID, tuple[str, datetime]]]],
    replies: Sequence[tuple[str, datetime]],
) -> None:
    """`replies`: (phone, when). Clicks are a person's; a machine's beside them must not count."""
    account = await solapi_account(rt, tenant)
    blinder = Blinder(await rt.keys.of(rt.pool, tenant))
    async with tenant_tx(rt, tenant) as conn:
        sends = {campaign: await _campaign(conn, tenant, campaign) for campaign in CAMPAIGNS}
        for seq, (contact, passed, messages) in enumerate(people, start=1):
            for campaign, (state, at) in messages.items():
                send, link = sends[campaign]
                await conn.execute(
                    "INSERT INTO messages (tenant_id, send_id, seq, contact_id, state, contacted_at)"
                    " VALUES (%s, %s, %s, %s, %s, %s)",
                    (tenant, send, seq, contact, state, None if campaign == REHEARSED else at),
                )
                kinds = ["bot", *(["human"] if campaign in passed.clicked else [])]
                for kind in kinds:
                    await conn.execute(
                        "INSERT INTO clicks (tenant_id, id, send_id, link_id, seq, class) VALUES (%s, %s, %s, %s, %s, %s)",
                        (tenant, new_id(), send, link, seq, kind),
                    )
            if passed.clicked:
                await conn.execute(
                    "INSERT INTO contact_activity (tenant_id, contact_id, last_clicked) VALUES (%s, %s, %s)",
                    (tenant, contact, max(passed.clicked.values())),
                )
        for phone, at in replies:
            await conn.execute(
                "INSERT INTO inbound_messages (tenant_id, id, account_id, channel, provider_id, from_key, pii, said_at,"
                " opt_out, rehearsal) VALUES (%s, %s, %s, 'sms', %s, %s, app.encrypt('{}'), %s, false, true)",
                (
                    tenant,
                    new_id(),
                    account,
                    str(new_id()),
                    blinder.value_key(IdentityKind.PHONE.value, phone),
                    at,
                ),
            )


async def _campaign(conn: Conn, tenant: UUID, campaign: UUID) -> tuple[UUID, UUID]:
    """(send, link) of a campaign that was launched."""
    send, link = new_id(), new_id()
    await conn.execute(
        "INSERT INTO campaigns (tenant_id, id, name, message_class, audience, steps, state, send_id)"
        " VALUES (%s, %s, '안내', 'civic', '{}', '[]', 'launched', %s)",
        (tenant, campaign, send),
    )
    await conn.execute(
        "INSERT INTO sends (tenant_id, id, kind, campaign_id, state, steps, selection, rehearse)"
        " VALUES (%s, %s, 'campaign', %s, 'running', '[]', '{}', %s)",
        (tenant, send, campaign, campaign == REHEARSED),
    )
    await conn.execute(
        "INSERT INTO links (tenant_id, id, send_id, key, url, expires_at)"
        " VALUES (%s, %s, %s, '', 'https://camp.example', '2030-01-01')",
        (tenant, link, send),
    )
    return send, link
