"""A Chromium for browser tests: the system's, else the npm package that carries its binary, unpacked once into .cache."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "chromium"
PACKAGE = "@sparticuz/chromium@153.0.0"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

# A quiet browser: no sandbox (tests run as root in containers), nothing that calls home.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str:
    """Path of the binary. PABAL_TEST_CHROMIUM names one explicitly."""
    given = os.environ.get("PABAL_TEST_CHROMIUM")
    if given:
        return given
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    return _packed()


def _packed() -> str:
    CACHE.mkdir(parents=True, exist_ok=True)
    # Workers of one run ask at the same moment: one unpacks, the others wait. A binary that somebody still writes can't be started.
    with (CACHE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = CACHE / "path"
        if not (stamp.is_file() and Path(stamp.read_text()).is_file()):
            _unpack(stamp)
        return stamp.read_text()


def _unpack(stamp: Path) -> None:
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(
        ["npm", "install", "--prefix", str(CACHE), *quiet, PACKAGE], check=True, capture_output=True
    )
    # It unpacks into the temporary folder it is given; one of its own, because /tmp is cleaned.
    script = "import('@sparticuz/chromium').then(async (m) => process.stdout.write(await m.default.executablePath()))"
    made = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        cwd=CACHE,
        env={**os.environ, "TMPDIR": str(CACHE)},
        check=True,
        capture_output=True,
        text=True,
    )
    stamp.write_text(made.stdout)
