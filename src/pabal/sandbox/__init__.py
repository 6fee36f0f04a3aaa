"""The carrier simulator: a server of its own, with its own ledger, that judges the hub.

It imports nothing of the hub's features, kit or channels: a judge that shares code with the judged shares
its bugs.
"""

from pabal.sandbox.config import SandboxConfig, SandboxConfigError

__all__ = ["SandboxConfig", "SandboxConfigError"]
