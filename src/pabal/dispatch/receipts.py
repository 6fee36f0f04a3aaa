"""Receipts: stored raw before they are believed, applied by a worker in batches, by rank.

A webhook binds neither body nor time (the secret is static), so it is a hint: it can only move attempts that are ours, and
only forwards. What webhooks miss, `poll` finds.
"""

import json
from collections import defaultdict
from datetime import timedelta
from typing import Any, LiteralString
from uuid import UUID

import structlog

from pabal.channels.registry import webhooks
from pabal.contacts import Blinder
from pabal.dispatch.ledger import apply_news, lock_send
from pabal.dispatch.live import announce
from pabal.dispatch.members import as_news
from pabal.dispatch.optouts import address_keys, refuse_texts
from pabal.domain.ids import SendId, new_id, parse_attempt_id
from pabal.domain.message import AttemptState, FailureClass
from pabal.domain.news import News
from pabal.kit import turns
from pabal.kit.db import Conn, tenant_at_once, tenant_tx
from pabal.kit.turns import Line, Turn
from pabal.runtime import Runtime

log = structlog.get_logger(__name__)

BATCH = 40  # raw bodies per transaction; a webhook carries up to 100 receipts
KEEP_WAITING = timedelta(days=7)  # receipts for rows that we don't have yet (a restore, a race)


_STORE: LiteralString = """
    INSERT INTO receipts (tenant_id, id, account_id, body)
    VALUES (%(tenant)s, %(id)s, %(account)s, app.encrypt(%(body)s)) RETURNING id
"""


async def store_receipt(rt: Runtime, tenant_id: UUID, account_id: UUID, body: bytes) -> None:
    """Commit the raw body, then ring. The caller answers 200 only after this returns."""
    given = {
        "tenant": tenant_id,
        "id": new_id(),
        "account": account_id,
        "body": body.decode("utf-8", errors="replace").replace("\x00", ""),
    }
    await tenant_at_once(rt, tenant_id, [(_STORE, given)], keyed=True)
    await turns.ring(rt.redis, Turn(Line.RECEIPTS, "receipts", str(tenant_id), str(tenant_id)))


async def apply_receipts(rt: Runtime, tenant_id: UUID) -> bool:
    """Apply one batch of due raw receipts. True if there may be more."""
    changed: set[SendId] = set()
    blinder = Blinder(await rt.keys.of(rt.pool, tenant_id))
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            """
            SELECT r.id, a.carrier, app.decrypt(r.body), r.received_at < clock_timestamp() - %s,
                   a.sandbox AND EXISTS (SELECT FROM carrier_accounts o
                                         WHERE o.tenant_id = a.tenant_id AND NOT o.sandbox AND o.state = 'active')
            FROM receipts r JOIN carrier_accounts a ON a.tenant_id = r.tenant_id AND a.id = r.account_id
            WHERE r.tenant_id = %s AND r.state IN ('new', 'waiting') AND r.due_at <= clock_timestamp()
            ORDER BY r.due_at LIMIT 40  -- BATCH; a bound limit spoils the plan
            FOR NO KEY UPDATE OF r SKIP LOCKED
            """,
            (KEEP_WAITING, tenant_id),
        )
        raw = await cursor.fetchall()
        by_send: dict[SendId, list[tuple[UUID, News]]] = defaultdict(list)
        opted_out: list[tuple[SendId, int]] = []
        refusing: set[str] = set()
        for receipt_id, carrier, body, _, playing in raw:
            batch, numbers = _parse(rt, carrier, body)
            for send_id, news, opt_out in batch:
                by_send[send_id].append((receipt_id, news))
                if opt_out:
                    opted_out.append((send_id, news.seq))
            refusing.update(() if playing else numbers)  # a rehearsal beside a live account changes nothing
        # This takes the gate, so before any row lock of a send.
        keys = await _addresses(conn, tenant_id, opted_out)
        await refuse_texts(conn, tenant_id, sorted({*keys, *address_keys(blinder, refusing)}))
        waiting: set[UUID] = set()
        for send_id in sorted(by_send):
            items = by_send[send_id]
            send = await lock_send(conn, tenant_id, send_id)
            if send is None:
                waiting.update(receipt_id for receipt_id, _ in items)
                continue
            applied = await apply_news(conn, send, [news for _, news in items])
            if applied.unmatched:
                lost = set(applied.unmatched)
                waiting.update(receipt_id for receipt_id, news in items if news in lost)
            if applied.changed:
                changed.add(send_id)
        await _settle_raw(conn, tenant_id, raw, waiting)
    for send_id in changed:
        await announce(rt, tenant_id, send_id)
    return len(raw) == BATCH


async def _settle_raw(conn: Conn, tenant_id: UUID, raw: list[Any], waiting: set[UUID]) -> None:
    expired = {receipt_id for receipt_id, _, _, old, _ in raw if old}
    states = [
        (
            receipt_id,
            "applied" if receipt_id not in waiting else "junk" if receipt_id in expired else "waiting",
        )
        for receipt_id, *_ in raw
    ]
    await conn.execute(
        """
        UPDATE receipts r
        SET state = v.state, tries = r.tries + 1,
            due_at = clock_timestamp() + make_interval(secs => least(3600, 2 * 2 ^ least(r.tries, 12)))
        FROM unnest(%s::uuid[], %s::text[]) AS v (id, state)
        WHERE r.tenant_id = %s AND r.id = v.id
        """,
        ([receipt_id for receipt_id, _ in states], [state for _, state in states], tenant_id),
    )


async def _addresses(conn: Conn, tenant_id: UUID, people: list[tuple[SendId, int]]) -> list[int]:
    """Of people to whom a carrier refused to send because they had said no there (080). Rehearsals change nothing."""
    if not people:
        return []
    cursor = await conn.execute(
        """
        SELECT m.address_key
        FROM unnest(%s::uuid[], %s::int[]) AS v (send_id, seq)
        JOIN messages m ON m.tenant_id = %s AND m.send_id = v.send_id AND m.seq = v.seq
        JOIN sends s ON s.tenant_id = m.tenant_id AND s.id = m.send_id
        WHERE m.address_key IS NOT NULL AND NOT s.rehearse
        """,
        ([send for send, _ in people], [seq for _, seq in people], tenant_id),
    )
    return [row[0] for row in await cursor.fetchall()]


def _parse(rt: Runtime, carrier: str, body: str) -> tuple[list[tuple[SendId, News, bool]], list[str]]:
    """(send, news, opted out at the carrier) of everything in a raw body that is about an attempt of ours; and numbers of
    people who refused there."""
    if body.startswith('{"outcome":'):
        return [(send_id, news, False) for send_id, news in _parse_own_outcome(body)], []
    batch = webhooks(carrier, rt.http).parse_receipts(body.encode())
    if batch.junk:
        log.warning("receipt rows that can't be read", carrier=carrier, rows=batch.junk)
    found: list[tuple[SendId, News, bool]] = []
    for item in batch.news:
        parsed = None if item.attempt_id is None else parse_attempt_id(item.attempt_id)
        if parsed is None:
            continue
        send_id, seq, n = parsed
        found.append((send_id, as_news(item, (seq, n), AttemptState(item.to_state)), item.opt_out))
    return found, [one.number for one in batch.opt_outs]


def _parse_own_outcome(body: str) -> list[tuple[SendId, News]]:
    """An outcome that a worker could not commit under its epoch any more (`outcome._keep_as_receipt`)."""
    return [
        (
            SendId(UUID(item["send"])),
            News(
                item["seq"],
                item["n"],
                AttemptState(item["state"]),
                presumed=item["presumed"],
                code=item["code"],
                failure_class=None if item["failureClass"] is None else FailureClass(item["failureClass"]),
                provider_id=item["providerId"],
            ),
        )
        for item in json.loads(body)["outcome"]
    ]
