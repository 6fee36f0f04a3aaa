"""When to try again: exponential, with jitter, with a limit.

Without jitter everybody whom one outage stopped comes back in the same instant, and stops the carrier again ("full jitter":
a random moment of the whole window, https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
"""

import random

_LEAST_SHARE = 0.1  # of the window: trying again at once is no waiting


def window(tries: int, *, base: float, limit: float) -> float:
    """The longest wait after `tries` failures: base, twice the base …, at most the limit."""
    return min(limit, base * 2.0 ** min(max(0, tries - 1), 30))


def spread(longest: float) -> float:
    """A random moment of a window."""
    return longest * random.uniform(_LEAST_SHARE, 1.0)  # noqa: S311  # spreads, decides nothing


def again_after(tries: int, *, base: float, limit: float, asked_for: float | None = None) -> float:
    """Seconds to wait after `tries` failures; never sooner than the other side asked for."""
    return (asked_for or 0.0) + spread(window(tries, base=base, limit=limit))
