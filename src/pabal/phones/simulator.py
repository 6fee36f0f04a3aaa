"""The simulator's control API, as far as one tenant may reach it: always with the key of an account of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from pabal.config import Mode
from pabal.kit.db import Conn
from pabal.kit.http.errors import Problem, declare
from pabal.runtime import Runtime
from pabal.senders import account_for_dispatch, register_at_sandbox

PHONES_OFF = declare("phones_off", 404, "모의 전화기는 연습용 발송사가 있을 때만 쓸 수 있어요")
SIMULATOR_AWAY = declare("simulator_away", 503, "모의 통신사가 지금 답하지 않아요")
_SECONDS = 5.0


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One account of the tenant at the simulator."""

    account_id: UUID
    api_key: str


async def lines_of(conn: Conn, rt: Runtime) -> list[Line]:
    """Oldest first. Raises PHONES_OFF in production and for a tenant without an account there."""
    if rt.settings.mode is Mode.PRODUCTION:
        raise Problem(PHONES_OFF)
    cursor = await conn.execute("SELECT id FROM carrier_accounts WHERE sandbox ORDER BY id")
    lines = []
    for (account_id,) in await cursor.fetchall():
        found = await account_for_dispatch(conn, account_id)
        if found is not None:
            lines.append(Line(account_id, found.account.credentials.api_key))
    if not lines:
        raise Problem(PHONES_OFF)
    return lines


async def ask(rt: Runtime, line: Line, **query: Any) -> dict[str, Any]:
    """What arrived: `GET /_sandbox/phones`."""
    answer = await _call(rt, "GET", "/phones", params={"account": line.api_key, **query})
    if answer.status_code >= 300:
        raise Problem(SIMULATOR_AWAY)
    found: dict[str, Any] = answer.json()
    return found


async def tell(rt: Runtime, tenant_id: UUID, line: Line, path: str, body: Mapping[str, Any]) -> None:
    """Something that a person does. A simulator that has lost our account is told about it once more."""
    body = {**body, "account": line.api_key}
    answer = await _call(rt, "POST", path, json=body)
    if answer.status_code == 404 and await register_at_sandbox(rt, tenant_id, line.account_id):
        answer = await _call(rt, "POST", path, json=body)
    if answer.status_code >= 300:
        raise Problem(SIMULATOR_AWAY)


async def _call(rt: Runtime, method: str, path: str, **how: Any) -> httpx.Response:
    token = rt.settings.sandbox_token
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"{rt.settings.sandbox_url}/_sandbox{path}"
    try:
        return await rt.http.request(method, url, headers=headers, timeout=_SECONDS, **how)
    except (httpx.HTTPError, OSError) as error:
        raise Problem(SIMULATOR_AWAY) from error
