"""What people write back. So far: refusals take effect, everything else is kept for the inbox."""

from pabal.inbox.actions import Inbound, take_inbound

__all__ = ["Inbound", "take_inbound"]
