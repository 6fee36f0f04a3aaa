"""What every tenant gets for rehearsing: an account, a number and a Kakao profile at the simulator.

Rows first (in the tenant's transaction), the simulator afterwards and outside of it: it may not be up yet,
and its registration can be repeated at any time. An unregistered key works there too in development; what
is missing then are webhooks (polling finds the results) and the texts of templates.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import structlog

from pabal.accounts import SystemActor
from pabal.config import Mode, Settings
from pabal.domain.ids import TenantId, new_id
from pabal.kit.db import Conn, system_tx, tenant_tx
from pabal.runtime import Runtime
from pabal.senders import actions, queries

log = structlog.get_logger(__name__)

REHEARSAL_NUMBER = "0212345678"
REGISTER_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class RehearsalSenders:
    """What is there to rehearse with; `profile` is the Kakao profile's id at the carrier."""

    account_id: UUID
    phone_sender_id: UUID
    kakao_sender_id: UUID
    profile: str


async def ensure_rehearsal_senders(conn: Conn, rt: Runtime, tenant_id: UUID) -> RehearsalSenders | None:
    """Make the rehearsal account and its senders, or find them; None in production. Idempotent.

    Afterwards, outside this transaction: `register_at_sandbox`.
    """
    if rt.settings.mode is Mode.PRODUCTION:
        return None
    who = SystemActor(TenantId(tenant_id))
    # Two callers at once (command line and demo data): the second waits and finds the first one's rows.
    await conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('pabal rehearsal ' || %s, 0))", (str(tenant_id),)
    )
    account_id = await queries.sandbox_account(conn)
    if account_id is None:
        account_id = await actions.create_account(conn, rt.settings, who, _new_account(rt.settings))
    known = await queries.list_senders(conn, account_id=account_id, limit=500)
    phone = next((s for s in known if s.kind == "phone"), None)
    kakao = next((s for s in known if s.kind == "kakao"), None)
    profile = kakao.value if kakao else carrier_id("PF", account_id)
    phone_id = phone.id if phone else await _add(conn, who, account_id, "phone", REHEARSAL_NUMBER)
    kakao_id = kakao.id if kakao else await _add(conn, who, account_id, "kakao", profile)
    return RehearsalSenders(account_id, phone_id, kakao_id, profile)


def _new_account(settings: Settings) -> actions.NewAccount:
    return actions.NewAccount(
        carrier="solapi",
        name="연습용 발송사",
        base_url=settings.sandbox_url,
        api_key="PBL" + secrets.token_hex(8).upper(),
        api_secret=secrets.token_hex(16).upper(),
        webhook_secret=secrets.token_hex(16),
        channels=("sms", "lms", "alimtalk"),
        mode="webhook",
    )


async def _add(conn: Conn, who: SystemActor, account_id: UUID, kind: str, value: str) -> UUID:
    name = "연습용 발신번호" if kind == "phone" else "연습용 카카오 채널"
    return await actions.create_sender(
        conn, who, kind=kind, value=value, name=name, account_id=account_id, attested=True
    )


def carrier_id(kind: str, seed: UUID | None = None) -> str:
    """An id in the carrier's own shape: KA01PF… for profiles, KA01TP… for templates (32 characters)."""
    digest = hashlib.sha256(f"{kind}{seed or new_id()}".encode()).hexdigest()
    return f"KA01{kind}{digest[:26].upper()}"


def hook_url(settings: Settings, hook_token: str, carrier: str, *, public_url: str | None = None) -> str:
    """Our webhook address of an account, as the carrier must call it. The server's own public address goes before the
    tenant's; the simulator stands beside us and needs neither.
    """
    base = settings.public_url or public_url or settings.base_url
    return f"{base.rstrip('/')}/hooks/{hook_token}/{carrier}"


async def register_at_sandbox(rt: Runtime, tenant_id: UUID, account_id: UUID) -> bool:
    """Tell the simulator this account's key, webhook address and templates. Repeatable; never raises.

    False = nothing was registered: not a simulator account, or the simulator is not up (worth another try).
    Opens its own short transaction to read, and calls outside of it.
    """
    async with tenant_tx(rt, tenant_id) as conn:
        found = await queries.account_for_dispatch(conn, account_id)
        if found is None or not found.sandbox:
            return False
        templates = await _templates(conn, account_id)
    credentials = found.account.credentials
    body = {
        "carrier": found.account.carrier,
        "apiSecret": credentials.api_secret,
        "webhookUrl": hook_url(rt.settings, found.hook_token, found.account.carrier),
        "webhookSecret": credentials.webhook_secret or None,
        "inboundUrl": hook_url(rt.settings, found.hook_token, "inbound"),
        "templates": templates or None,
    }
    if found.mode != "webhook":
        body["webhookUrl"] = None
    return await _put(rt, credentials.api_key, body)


async def register_tenant_at_sandbox(rt: Runtime, tenant_id: UUID) -> bool:
    """Register all active simulator accounts of a tenant; True when the simulator took every one."""
    async with tenant_tx(rt, tenant_id) as conn:
        cursor = await conn.execute(
            "SELECT id FROM carrier_accounts WHERE sandbox AND state = 'active' ORDER BY id"
        )
        accounts = [row[0] for row in await cursor.fetchall()]
    results = [await register_at_sandbox(rt, tenant_id, account) for account in accounts]
    return all(results)


async def register_all_at_sandbox(rt: Runtime) -> bool:
    """Register every tenant's simulator accounts: for the start of a process, repeated until it is True.

    The simulator may have lost its folder, or have started later than the tenants were made.
    """
    if rt.settings.mode is Mode.PRODUCTION:
        return True
    async with system_tx(rt) as conn:
        cursor = await conn.execute("SELECT tenant_id FROM app.list_tenants()")
        tenants = [row[0] for row in await cursor.fetchall()]
    results = [await register_tenant_at_sandbox(rt, tenant) for tenant in tenants]
    return all(results)


async def _put(rt: Runtime, api_key: str, body: dict[str, Any]) -> bool:
    token = rt.settings.sandbox_token
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"{rt.settings.sandbox_url}/_sandbox/accounts/{api_key}"
    try:
        answer = await rt.http.put(url, json=body, headers=headers, timeout=REGISTER_SECONDS)
    except (httpx.HTTPError, OSError) as error:
        log.info("sandbox.not_registered", why=type(error).__name__)
        return False
    if answer.status_code >= 300:
        log.warning("sandbox.not_registered", status=answer.status_code)
    return answer.status_code < 300


async def _templates(conn: Conn, account_id: UUID) -> list[dict[str, Any]]:
    """Approved AlimTalk templates of this account's profiles, as the simulator wants them."""
    cursor = await conn.execute(
        """
        SELECT t.code, t.name, t.body, s.value, t.buttons
        FROM templates t JOIN senders s ON s.tenant_id = t.tenant_id AND s.id = t.sender_id
        WHERE t.channel = 'alimtalk' AND t.code <> '' AND t.state = 'approved' AND s.account_id = %(account)s
        ORDER BY t.id
        """,
        {"account": account_id},
    )
    return [
        {"templateId": row[0], "name": row[1], "content": row[2], "pfId": row[3], "buttons": row[4]}
        for row in await cursor.fetchall()
    ]
