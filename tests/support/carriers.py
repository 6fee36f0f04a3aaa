"""Carrier accounts of every kind at the simulator, made through the features' own doors."""

import secrets
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from tests.sandbox.process import Client

from pabal.accounts import SystemActor
from pabal.config import Settings
from pabal.domain.ids import TenantId
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime
from pabal.senders import ensure_rehearsal_senders, register_at_sandbox
from pabal.senders.actions import NewAccount, create_account


def facing(settings: Settings, carrier: Client, **changes: Any) -> Settings:
    """Settings of a hub whose simulator is this one, and whose patience fits a test's."""
    patience = {
        "first_poll_seconds": 0.2,
        "question_pace": 0.05,
        "http_timeout_seconds": 1.5,
        "lease_seconds": 5.0,
    }
    patience |= changes
    return settings.model_copy(update={"sandbox_port": urlsplit(carrier.url).port, **patience})


def behave(carrier: Client, **rules: object) -> None:
    """These rules and no others; receipts at once."""
    carrier.behave(**{"deliverDelayMs": 0, **rules})


async def solapi_account(rt: Runtime, tenant_id: UUID) -> UUID:
    """The account that every new tenant rehearses with."""
    async with tenant_tx(rt, tenant_id) as conn:
        return (await ensure_rehearsal_senders(conn, rt, tenant_id)).account_id


async def nhn_account(rt: Runtime, tenant_id: UUID, *channels: str, mode: str = "polling") -> UUID:
    """An account of one NHN product (`sms`, `lms` or `alimtalk`), registered at the simulator."""
    return await own_account(rt, tenant_id, "nhn", *channels, mode=mode)


async def own_account(
    rt: Runtime, tenant_id: UUID, carrier: str, *channels: str, mode: str = "polling"
) -> UUID:
    """As a tenant adds one, registered at the simulator, which knows its own templates there."""
    new = NewAccount(
        carrier=carrier,
        name="연습용",
        base_url=rt.settings.sandbox_url,
        api_key="PBL" + secrets.token_hex(6).upper(),
        api_secret=secrets.token_hex(12),
        webhook_secret=secrets.token_hex(12),
        channels=channels,
        mode=mode,
    )
    async with tenant_tx(rt, tenant_id) as conn:
        account_id = await create_account(conn, rt.settings, SystemActor(TenantId(tenant_id)), new)
    assert await register_at_sandbox(rt, tenant_id, account_id)
    return account_id


# A template of the simulator and what a launch needs to use it.
TEMPLATE = {"templateId": "PBTEST1", "content": "#{이름}님, 주민 설명회 안내입니다.", "pfId": "KA01PFTEST"}
ALIMTALK: dict[str, Any] = {
    "channel": "alimtalk",
    "body": TEMPLATE["content"],
    "step": {"template_code": "PBTEST1", "pf_id": "KA01PFTEST"},
}
