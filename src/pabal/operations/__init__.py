"""What the operator sees of the running installation: is it alive, what waits, how carriers answer. No content, no people."""

from pabal.operations.health import Health, read_health
from pabal.operations.workers import Taken, forget_workers, keep_beating

__all__ = ["Health", "Taken", "forget_workers", "keep_beating", "read_health"]
