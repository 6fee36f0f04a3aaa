"""Where a test run keeps its servers' data and its temporary folders: in memory where there is enough of it.

A test's database is a clone of 650 files that is dropped again a second later. On ext4 that costs 0.4–0.7 s of kernel
time, because new files avoid the inodes of files deleted within the last minute; on tmpfs it costs 0.03 s. A run has a
folder of its own, named after the process that began it, and takes it away at its end.
"""

import os
import re
import shutil
import tempfile
from pathlib import Path

import psutil

FOLDER = "PABAL_TEST_FOLDER"  # set by the process that begins a run, inherited by its workers
_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 3 * 1024**3  # measured: a whole run uses 0.9 GB at most
_SPARE_BYTES = 6 * 1024**3
_NAME = re.compile(r"pabal-tests-(\d+)-\w+")


def begin() -> Path:
    """A fresh folder for this run; the folders of runs that were cut off are removed."""
    for old in (*_MEMORY.glob("pabal-tests-*"), *Path(tempfile.gettempdir()).glob("pabal-tests-*")):
        found = _NAME.fullmatch(old.name)
        if found and not psutil.pid_exists(int(found[1])):
            shutil.rmtree(old, ignore_errors=True)
    parent = _MEMORY if _has_room() else Path(tempfile.gettempdir())
    folder = Path(tempfile.mkdtemp(prefix=f"pabal-tests-{os.getpid()}-", dir=parent))
    folder.chmod(0o711)  # PostgreSQL runs as another account when the tests run as root
    os.environ[FOLDER] = str(folder)
    return folder


def folder() -> Path:
    return Path(os.environ[FOLDER])


def end() -> None:
    shutil.rmtree(folder(), ignore_errors=True)


def _has_room() -> bool:
    return (
        os.access(_MEMORY, os.W_OK)
        and shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES
        and psutil.virtual_memory().available >= _SPARE_BYTES
    )
