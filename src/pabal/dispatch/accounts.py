"""The carrier account behind a step, with its secrets, for the length of a call."""

from uuid import UUID

from pabal.channels.base import CarrierAccount
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime
from pabal.senders import AccountForDispatch, account_for_dispatch


class NoAccountError(LookupError):
    """The account of a frozen step was deleted or disabled."""


async def account_for(rt: Runtime, tenant_id: UUID, account_id: UUID) -> AccountForDispatch | None:
    async with tenant_tx(rt, tenant_id) as conn:
        return await account_for_dispatch(conn, account_id)


async def carrier_account(rt: Runtime, tenant_id: UUID, account_id: UUID) -> CarrierAccount:
    found = await account_for(rt, tenant_id, account_id)
    if found is None:
        raise NoAccountError
    return found.account
