"""Monthly quota: one row per tenant and Korean month, whose CHECK no sender can get past, and an entry for
every movement of units. Others reserve, settle and release here; nobody else writes these tables.
"""

from pabal.quota.actions import change_limit, ensure_limit, ensure_month, release, reserve, set_limit, settle
from pabal.quota.queries import QuotaOverview, overview, remaining

__all__ = [
    "QuotaOverview",
    "change_limit",
    "ensure_limit",
    "ensure_month",
    "overview",
    "release",
    "remaining",
    "reserve",
    "set_limit",
    "settle",
]
