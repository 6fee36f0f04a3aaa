"""Work beside one's own: a forked copy of this process computes a part, this one goes on and takes the results.

Reading and matching a file is pure Python on one core while the other has nothing to do. The copy shares everything that is
there already; what it finds comes back pickled through memory that has no name (no file: it is people). Only for the
runner's own process: elsewhere other threads might hold locks at the moment of the fork.
"""

import os
import pickle
import signal
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Generic, TypeVar

from pabal.kit.embedded.spawn import die_with_parent

_T = TypeVar("_T")


class Beside(Generic[_T]):
    """A copy at work. `results` waits for it; None if it died, for who can do the work himself."""

    def __init__(self, work: Callable[[], Iterable[_T]]) -> None:
        bind_to_parent = die_with_parent(signal.SIGKILL)
        self._memory = os.memfd_create("beside", os.MFD_CLOEXEC)
        with warnings.catch_warnings():
            # Python 3.12 warns of forks beside threads; the copy runs `work` alone and takes no lock of theirs.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()
        if self._pid == 0:
            code = 1
            try:
                bind_to_parent()
                with os.fdopen(self._memory, "wb") as out:
                    for found in work():
                        pickle.dump(found, out, pickle.HIGHEST_PROTOCOL)
                code = 0
            finally:
                os._exit(code)  # nothing of the parent's is closed or flushed twice

    def results(self) -> Iterator[_T] | None:
        """One by one: what is read isn't there twice."""
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        if status != 0:
            return None
        return self._read()

    def _read(self) -> Iterator[_T]:
        with os.fdopen(os.dup(self._memory), "rb") as kept:
            kept.seek(0)
            while True:
                try:
                    found = pickle.load(kept)  # noqa: S301  our own, from memory without a name
                except EOFError:
                    return
                yield found

    def close(self) -> None:
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._memory)


@contextmanager
def beside(work: Callable[[], Iterable[_T]], *, wanted: bool) -> Iterator[Beside[_T] | None]:
    """The copy, ended at the latest with the block; None where it isn't wanted or the system has no such memory."""
    if not wanted or not hasattr(os, "memfd_create"):
        yield None
        return
    copy = Beside(work)
    try:
        yield copy
    finally:
        copy.close()
