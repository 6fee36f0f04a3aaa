"""What the operator sees of the running installation: is it alive, what waits, how carriers answer. No content, no people."""

from pabal.operations.health import Health, read_health

__all__ = ["Health", "read_health"]
