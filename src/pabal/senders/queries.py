"""Reads of carrier accounts and senders. Decrypted credentials only leave in `AccountForDispatch`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row

from pabal.channels.base import CarrierAccount, Credentials, masked
from pabal.kit.clock import KST
from pabal.kit.db import Conn, Database, system_at_once
from pabal.kit.http.who import token_hash


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A carrier account as people see it: the key is masked, the secrets are absent."""

    id: UUID
    carrier: str
    name: str
    base_url: str
    channels: list[str]
    rate_per_second: int | None
    monthly_cap: int | None
    duplicate_filter_minutes: int
    mode: str
    sandbox: bool
    fenced: bool
    state: str
    created_at: datetime
    last_check: dict[str, Any] | None
    api_key_hint: str
    hook_token: str


@dataclass(frozen=True, slots=True)
class AccountForDispatch:
    """Everything the engine needs of an account. Holds secrets: keep it for the length of a job, log none
    of it."""

    account: CarrierAccount
    channels: tuple[str, ...]
    rate_per_second: int | None
    monthly_cap: int | None
    duplicate_filter_minutes: int
    mode: str
    sandbox: bool
    fenced: bool
    state: str
    hook_token: str


@dataclass(frozen=True, slots=True)
class SenderRow:
    """A sender number (digits) or a Kakao profile id, at one account."""

    id: UUID
    kind: str
    value: str
    name: str
    account_id: UUID
    state: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class HookAccount:
    tenant_id: UUID
    account_id: UUID
    carrier: str


def _account(row: dict[str, Any]) -> AccountRow:
    secrets = json.loads(row.pop("plain"))
    return AccountRow(**row, api_key_hint=masked(secrets["apiKey"]), hook_token=secrets["hookToken"])


async def list_accounts(conn: Conn, *, before: UUID | None = None, limit: int = 50) -> list[AccountRow]:
    """Newest first."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            """
            SELECT id, carrier, name, base_url, channels, rate_per_second, monthly_cap,
            duplicate_filter_minutes, mode, sandbox, fenced, state, created_at, last_check, app.decrypt(credentials) AS
            plain FROM carrier_accounts WHERE %(before)s::uuid IS NULL OR id < %(before)s ORDER BY id DESC
            LIMIT %(limit)s
            """,
            {"before": before, "limit": limit},
        )
        return [_account(row) for row in await cursor.fetchall()]


async def list_account_ids(conn: Conn) -> list[UUID]:
    cursor = await conn.execute("SELECT id FROM carrier_accounts ORDER BY id DESC")
    return [row[0] for row in await cursor.fetchall()]


async def find_account(conn: Conn, account_id: UUID) -> AccountRow | None:
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            """
            SELECT id, carrier, name, base_url, channels, rate_per_second, monthly_cap,
            duplicate_filter_minutes, mode, sandbox, fenced, state, created_at, last_check, app.decrypt(credentials) AS
            plain FROM carrier_accounts WHERE id = %(id)s
            """,
            {"id": account_id},
        )
        row = await cursor.fetchone()
    return None if row is None else _account(row)


async def account_for_dispatch(conn: Conn, account_id: UUID) -> AccountForDispatch | None:
    """An account with its secrets, in whatever state; the caller looks at `state`."""
    cursor = await conn.execute(
        """
        SELECT carrier, base_url, app.decrypt(credentials), channels, rate_per_second, monthly_cap,
               duplicate_filter_minutes, mode, sandbox, fenced, state
        FROM carrier_accounts WHERE id = %(id)s
        """,
        {"id": account_id},
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    secrets = json.loads(row[2])
    credentials = Credentials(secrets["apiKey"], secrets["apiSecret"], secrets.get("webhookSecret", ""))
    return AccountForDispatch(
        account=CarrierAccount(str(account_id), row[0], row[1], credentials),
        channels=tuple(row[3]),
        rate_per_second=row[4],
        monthly_cap=row[5],
        duplicate_filter_minutes=row[6],
        mode=row[7],
        sandbox=row[8],
        fenced=row[9],
        state=row[10],
        hook_token=secrets["hookToken"],
    )


async def used_this_month(conn: Conn, tenant_id: UUID, account_id: UUID, now: datetime) -> int:
    """Messages that went, or may have gone, through an account since the month began (KST). A new organisation may send
    5,000 a month at NHN; parallel claims can pass the cap by a chunk each, the carrier's own refusal is the hard stop.

    Asked by every claim of a capped account: a range of `requests_by_account`. 5,000 requests of one person each, the most
    that such a cap allows, took 27 ms under EXPLAIN ANALYZE on two busy cores; a request usually holds up to 500 people.
    """
    cursor = await conn.execute(
        """
        SELECT coalesce(sum(size), 0)::bigint FROM requests
        WHERE tenant_id = %s AND account_id = %s AND created_at >= %s AND state <> 'voided'
        """,
        (tenant_id, account_id, month_start(now)),
    )
    row = await cursor.fetchone()
    return 0 if row is None else int(row[0])


async def used_by_account(conn: Conn, tenant_id: UUID, now: datetime) -> dict[UUID, int]:
    """The same for all accounts of a tenant at once; one that nothing went through is absent."""
    cursor = await conn.execute(
        """
        SELECT account_id, sum(size)::bigint FROM requests
        WHERE tenant_id = %s AND created_at >= %s AND state <> 'voided' GROUP BY account_id
        """,
        (tenant_id, month_start(now)),
    )
    return dict(await cursor.fetchall())


def month_start(now: datetime) -> datetime:
    """Caps of accounts count Korean months."""
    return now.astimezone(KST).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


async def account_by_hook(db: Database, token: str) -> HookAccount | None:
    """Whose webhook address this is; asks as the system, because the tenant is what we look for."""
    rows = await system_at_once(
        db, "SELECT tenant_id, id, carrier FROM app.account_by_hook(%s)", (token_hash(token),)
    )
    return HookAccount(*rows[0]) if rows else None


async def sandbox_account(conn: Conn) -> UUID | None:
    """The tenant's rehearsal account: its oldest active one at the sandbox."""
    cursor = await conn.execute(
        "SELECT id FROM carrier_accounts WHERE sandbox AND state = 'active' ORDER BY id LIMIT 1"
    )
    row = await cursor.fetchone()
    return None if row is None else row[0]


async def list_senders(
    conn: Conn,
    *,
    kind: str | None = None,
    state: str | None = None,
    account_id: UUID | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> Sequence[SenderRow]:
    """Newest first."""
    async with conn.cursor(row_factory=class_row(SenderRow)) as cursor:
        await cursor.execute(
            """
            SELECT id, kind, value, name, account_id, state, created_at FROM senders
            WHERE (%(kind)s::text IS NULL OR kind = %(kind)s)
              AND (%(state)s::text IS NULL OR state = %(state)s)
              AND (%(account_id)s::uuid IS NULL OR account_id = %(account_id)s)
              AND (%(before)s::uuid IS NULL OR id < %(before)s)
            ORDER BY id DESC LIMIT %(limit)s
            """,
            {"kind": kind, "state": state, "account_id": account_id, "before": before, "limit": limit},
        )
        return await cursor.fetchall()


async def find_sender(conn: Conn, sender_id: UUID) -> SenderRow | None:
    async with conn.cursor(row_factory=class_row(SenderRow)) as cursor:
        await cursor.execute(
            "SELECT id, kind, value, name, account_id, state, created_at FROM senders WHERE id = %s",
            (sender_id,),
        )
        return await cursor.fetchone()
