"""Who a tenant is in the eyes of the law, the eight broadcasts, rules that owners may change, verdicts that stopped a send.

What the rules say is in `domain.law`; here is what they look at and what they leave behind. Front door for features above.
"""

from pabal.compliance.broadcasts import BROADCASTS_USED, NewBroadcast, take_broadcast
from pabal.compliance.entitled import entitled_now
from pabal.compliance.facts import facts_of, with_notices
from pabal.compliance.queries import Around, has_attested, read_around
from pabal.compliance.retention import keep_retention, purge
from pabal.compliance.verdicts import log_verdicts

__all__ = [
    "BROADCASTS_USED",
    "Around",
    "NewBroadcast",
    "entitled_now",
    "facts_of",
    "has_attested",
    "keep_retention",
    "log_verdicts",
    "purge",
    "read_around",
    "take_broadcast",
    "with_notices",
]
