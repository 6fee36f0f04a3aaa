"""The carrier account behind a step, with its secrets, for the length of a call."""

from uuid import UUID

from pabal.channels.base import CarrierAccount
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime
from pabal.senders import account_for_dispatch


class NoAccountError(LookupError):
    """The account of a frozen step was deleted or disabled."""


async def carrier_account(rt: Runtime, tenant_id: UUID, account_id: UUID) -> CarrierAccount:
    async with tenant_tx(rt, tenant_id) as conn:
        found = await account_for_dispatch(conn, account_id)
    if found is None:
        raise NoAccountError
    return found.account
