"""A tenant's carrier accounts, sender numbers and Kakao profiles. Credentials are ciphertext and never
leave."""

from pabal.senders.prices import read_price_book
from pabal.senders.queries import (
    AccountForDispatch,
    SenderRow,
    account_by_hook,
    account_for_dispatch,
    find_sender,
    list_account_ids,
    list_senders,
    sandbox_account,
    used_by_account,
    used_this_month,
)
from pabal.senders.rehearsal import (
    RehearsalSenders,
    carrier_id,
    ensure_rehearsal_senders,
    register_all_at_sandbox,
    register_at_sandbox,
    register_tenant_at_sandbox,
)

__all__ = [
    "AccountForDispatch",
    "RehearsalSenders",
    "SenderRow",
    "account_by_hook",
    "account_for_dispatch",
    "carrier_id",
    "ensure_rehearsal_senders",
    "find_sender",
    "list_account_ids",
    "list_senders",
    "read_price_book",
    "register_all_at_sandbox",
    "register_at_sandbox",
    "register_tenant_at_sandbox",
    "sandbox_account",
    "used_by_account",
    "used_this_month",
]
