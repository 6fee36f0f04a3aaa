"""Where carriers call: receipts. The address carries a secret, the header proves a static one; neither binds the body, so
what comes in is stored raw, answered at once, and believed only as far as `receipts` lets it."""

from fastapi import APIRouter, Request, Response

from pabal.channels.registry import NoSuchCarrierError, webhooks
from pabal.dispatch.receipts import store_receipt
from pabal.kit.db import tenant_tx_piped
from pabal.kit.http.auth import Rt, public
from pabal.kit.http.errors import NOT_FOUND, Problem, declare
from pabal.senders import account_by_hook, account_for_dispatch

router = APIRouter(prefix="/hooks", tags=["hooks"], include_in_schema=False, dependencies=[public])

HOOK_REFUSED = declare("hook_refused", 401, "웹훅의 비밀 값이 맞지 않아요")


@router.post("/{account_token}/{carrier}", name="carrierWebhook")
async def carrier_webhook(account_token: str, carrier: str, request: Request, rt: Rt) -> Response:
    """200 once the raw body is committed; anything else makes the carrier call again."""
    hook = await account_by_hook(rt, account_token)
    if hook is None or hook.carrier != carrier:
        raise Problem(NOT_FOUND)
    try:
        adapter = webhooks(carrier, rt.http)
    except NoSuchCarrierError:
        raise Problem(NOT_FOUND) from None
    async with tenant_tx_piped(rt, hook.tenant_id) as conn:
        found = await account_for_dispatch(conn, hook.account_id)
    if found is None or not adapter.verify_webhook(request.headers, found.account.credentials.webhook_secret):
        raise Problem(HOOK_REFUSED)
    await store_receipt(rt, hook.tenant_id, hook.account_id, await request.body())
    return Response(status_code=200)
