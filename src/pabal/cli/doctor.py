"""`pabal doctor`: what this machine lacks, and the line that mends it. Needs nothing but the standard
library.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from pabal.cli.hub import DataOption

# Shared library -> package, on Debian 12/13 and Ubuntu 22.04; Ubuntu 24.04 and Debian 13 renamed one for
# 64-bit times.
_PACKAGES = {
    "libssl.so.3": ("libssl3", "libssl3t64"),
    "libcrypto.so.3": ("libssl3", "libssl3t64"),
    "libzstd.so.1": ("libzstd1",),
    "liblz4.so.1": ("liblz4-1",),
    "libgssapi_krb5.so.2": ("libgssapi-krb5-2",),
    "libkrb5.so.3": ("libkrb5-3",),
    "libk5crypto.so.3": ("libk5crypto3",),
    "liblzma.so.5": ("liblzma5",),
    "libz.so.1": ("zlib1g",),
    "libstdc++.so.6": ("libstdc++6",),
    "libgcc_s.so.1": ("libgcc-s1",),
}
_DATABASE_LIBRARIES = re.compile(r"\s*(\S+) => not found")


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, whether it is fine, what to do about it."""

    subject: str
    fine: bool
    text: str
    fatal: bool = True
    packages: tuple[str, ...] = ()


def doctor(
    data: DataOption = None,
    packages_only: Annotated[bool, typer.Option("--packages", hidden=True)] = False,
) -> None:
    """Check this machine: libraries, time zones, accounts, disk, services."""
    findings = list(examine((data or Path(os.environ.get("PABAL_DATA_DIR", ".data"))).absolute()))
    packages = sorted({name for finding in findings if not finding.fine for name in finding.packages})
    if packages_only:  # for scripts/setup.sh
        typer.echo(" ".join(packages))
        return
    for finding in findings:
        typer.echo(
            f"{'ok  ' if finding.fine else 'FAIL' if finding.fatal else 'warn'}  {finding.subject}: "
            f"{finding.text}"
        )
    if packages:
        typer.echo(f"\napt-get install -y --no-install-recommends {' '.join(packages)}")
    if any(not finding.fine and finding.fatal for finding in findings):
        raise typer.Exit(1)


def examine(data_dir: Path) -> Iterator[Finding]:
    """Yield one finding per check; a check that can't be made is a finding too."""
    version = platform.python_version()
    yield Finding("python", sys.version_info >= (3, 11), f"{version} ({sys.executable})")
    yield from _server_libraries(data_dir)
    zone = Path("/usr/share/zoneinfo/Asia/Seoul")
    yield Finding(
        "time zones",
        zone.exists(),
        str(zone) if zone.exists() else "PostgreSQL needs the system's tzdata",
        packages=("tzdata",),
    )
    yield _valkey()
    for module in ("psycopg", "redis", "fastapi", "uvicorn", "cryptography"):
        found = importlib.util.find_spec(module) is not None
        yield Finding(f"module {module}", found, "installed" if found else "run `make setup`")
    nearest = next(folder for folder in (data_dir, *data_dir.parents) if folder.exists())
    free = shutil.disk_usage(nearest).free // 1024**3
    yield Finding("disk", free >= 2, f"{free} GiB free for {data_dir}", fatal=free < 1)
    yield Finding(
        "data folder",
        os.access(nearest, os.W_OK),
        f"{nearest} is writable" if os.access(nearest, os.W_OK) else f"{nearest} is not writable",
    )
    ui = Path(__file__).resolve().parents[1] / "ui" / "dist" / "index.html"
    yield Finding(
        "web UI",
        ui.exists(),
        "built" if ui.exists() else "not built: run `make setup` (the API works without)",
        fatal=False,
    )


def _server_libraries(data_dir: Path) -> Iterator[Finding]:
    try:
        from pabal.kit.embedded.postgres_binaries import find_binaries
    except ImportError as error:
        yield Finding("postgresql", False, f"{error}: run `make setup`")
        return
    missing = missing_libraries()
    if missing:
        packages = tuple(package for name in missing for package in package_of(name))
        yield Finding("shared libraries", False, f"missing: {', '.join(missing)}", packages=packages)
        return
    yield Finding("shared libraries", True, "all that the database server needs")
    try:
        binaries = find_binaries(data_dir, None)
    except RuntimeError as error:
        yield Finding("postgresql", False, str(error))
    else:
        yield Finding("postgresql", True, f"{binaries.version} in {binaries.bin}")


def missing_libraries() -> list[str]:
    """Return the libraries that the carried server asks for and the loader can't find; without unpacking for
    good.
    """
    from pabal.kit.embedded.postgres_binaries import unpacked_for_inspection

    missing: set[str] = set()
    with unpacked_for_inspection() as server:
        if server is None:
            return []
        for program in ("postgres", "initdb", "pg_dump", "pg_restore"):
            said = subprocess.run(
                ["ldd", server / "bin" / program],
                env={"PATH": os.defpath, "LD_LIBRARY_PATH": str(server / "lib"), "LC_ALL": "C"},
                capture_output=True,
                text=True,
                check=False,
            ).stdout
            missing |= set(_DATABASE_LIBRARIES.findall(said))
    return sorted(missing)


def package_of(library: str) -> tuple[str, ...]:
    """Return the name of the apt package that holds a library, as this release of the system calls it."""
    names = _PACKAGES.get(library, ())
    if len(names) < 2:
        return names or (f"(unknown package of {library})",)
    known = (
        subprocess.run(["apt-cache", "show", names[1]], capture_output=True, check=False)
        if shutil.which("apt-cache")
        else None
    )
    return (names[1],) if known is not None and known.returncode == 0 else (names[0],)


def _valkey() -> Finding:
    from pabal.kit.embedded.files import EmbeddedError

    try:
        from pabal.kit.embedded.valkey import valkey_binary

        binary = valkey_binary()
        said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False)
    except (ImportError, OSError, EmbeddedError) as error:
        return Finding("valkey", False, str(error))
    return Finding("valkey", said.returncode == 0, said.stdout.strip()[:40] or str(binary))
