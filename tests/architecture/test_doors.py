"""Who may open what: connections, the environment, other packages. Exceptions stand here by name, with their reason."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.support.sources import SOURCE, Module, modules

PYPROJECT = tomllib.loads((Path(SOURCE).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))

CONNECTS = {
    "kit/db/pool.py": "makes the pool",
    "kit/db/tx.py": "the two doors",
    "kit/db/pii.py": "reads the wrapped keys that tenant_tx needs; sets the tenant itself",
    "kit/db/migrate.py": "pabal_owner, before the hub serves",
    "kit/embedded/postgres.py": "asks whether the server answers",
    "kit/embedded/bootstrap.py": "an administrator's login: roles and database",
    "cli/backup.py": "a restore freezes sending before anything can connect",
    "cli/reaper.py": "the supervisor's own connection: calls two definer functions, opens no tenant",
}
ENVIRONMENT = {
    "config.py": "the reader",
    "cli/up.py": "hands its environment on to the processes it starts",
    "cli/doctor.py": "works when settings can't be read",
    "imports/jobs.py": "hands its environment on to the import process",
    "imports/forecasting.py": "hands its environment on to the dry run",
    "rehearsal/hub.py": "hands its environment on, without PABAL_*, to the hub that it starts",
    "kit/embedded/postgres_binaries.py": "PATH of server processes",
    "sandbox/__main__.py": "imports nothing of pabal, config neither",
}
# Composition roots may reach behind a front door, and only for this.
ROOTS = {
    "api": r"\.routes\w*$",
    "worker": r"\.jobs$",
    "setup": r"^pabal\.accounts\.routes$",  # logs the first owner in; a front door with routes brings FastAPI to workers
}
ABOVE_THE_LADDER = {
    "config": "values, imported by all",
    "runtime": "pools, imported by all",
    "sandbox": "its own world",
}


def ladder() -> list[str]:
    layers = PYPROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    return re.findall(r"pabal\.(\w+)", " ".join(layers))


def features() -> set[str]:
    order = ladder()
    between = order[order.index("worker") + 1 : order.index("channels")]
    return {
        name for name in between if (SOURCE / name).is_dir()
    }  # provision is one module: nothing to reach behind


def imports_of(source: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def offered_by(package: str) -> set[str]:
    """What a package's __init__.py imports or defines: its front door."""
    front = next(s for s in modules() if s.path == f"{package}/__init__.py")
    offered = {
        alias.asname or alias.name
        for n in front.tree.body
        if isinstance(n, ast.ImportFrom)
        for alias in n.names
    }
    return offered | {n.name for n in front.tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}


def is_module(parts: list[str]) -> bool:
    return SOURCE.joinpath(*parts).with_suffix(".py").exists() or SOURCE.joinpath(*parts).is_dir()


def dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            return f"{dotted(value)}.{attribute}"
    return ""


def connects(node: ast.AST) -> bool:
    """`pool.connection()`, `psycopg.connect(...)`, `AsyncConnection.connect(...)`, a pool of one's own."""
    if not isinstance(node, ast.Call):
        return False
    name = dotted(node.func)
    return bool(
        re.search(
            r"(\bpool\.(connection|getconn)|psycopg\.connect|psycopg\.(Async)?Connection\.connect)$", name
        )
        or re.search(r"^(Async)?Connection\.connect$|^(Async)?ConnectionPool$|^open_connection_pool$", name)
    )


def test_connections_are_opened_by_the_two_doors_alone():
    found = {s.path for s in modules() if s.package != "sandbox" and any(map(connects, ast.walk(s.tree)))}
    assert found - set(CONNECTS) == set(), "use tenant_tx or system_tx"


def test_the_tenant_of_a_transaction_is_set_by_the_doors_alone():
    """Whoever can write app.tenant can be any tenant."""
    found = {
        s.path
        for s in modules()
        for node in ast.walk(s.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "set_config('app." in node.value
    }
    assert found == {"kit/db/tx.py", "kit/db/pii.py"} | ({"accounts/tenants.py"} & found)


def test_the_environment_is_read_by_config_alone():
    found = {
        s.path
        for s in modules()
        for node in ast.walk(s.tree)
        if isinstance(node, ast.Attribute | ast.Name)
        and re.search(r"^os\.(environb?|getenvb?)$|^environ$", dotted(node))
    } | {s.path for s in modules() if any("BaseSettings" in name for _, name in imports_of(s))}
    assert found - set(ENVIRONMENT) == set(), "take the value from Settings"


def test_features_meet_at_their_front_doors():
    """`from pabal.quota import reserve`, never `from pabal.quota.actions import ...` from another package."""
    wrong = []
    for source in modules():
        for line, name in imports_of(source):
            parts = name.split(".")
            if (
                len(parts) < 3
                or parts[0] != "pabal"
                or parts[1] not in features()
                or parts[1] == source.package
            ):
                continue
            if parts[2] in offered_by(parts[1]) or not is_module(parts[1:]):
                continue
            if not re.search(ROOTS.get(source.package, "$^"), name):
                wrong.append(f"{source.path}:{line}: {name}")
    assert not wrong, "\n".join(wrong)


def test_workers_and_the_scheduler_carry_no_web_framework():
    """One import at a front door would bring it back: a quarter of the CPU of every start and every kill."""
    said = "import sys, pabal.worker, pabal.scheduler; sys.exit(bool({'fastapi', 'starlette'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", said], check=False).returncode == 0


def test_every_package_stands_on_the_ladder():
    """A package that import-linter doesn't know is one that it doesn't watch."""
    packages = {s.package for s in modules() if s.name not in {"", "__init__"}} - {""}
    assert packages - set(ladder()) == set(ABOVE_THE_LADDER)


def test_the_sandbox_is_forbidden_every_package():
    """Its contract names them one by one: import-linter can't say `all others`."""
    contract = next(
        c for c in PYPROJECT["tool"]["importlinter"]["contracts"] if c["name"].startswith("The sandbox")
    )
    named = {
        name.removeprefix("pabal.") for name in contract["forbidden_modules"] if name.startswith("pabal.")
    }
    packages = {s.package for s in modules() if s.name not in {"", "__init__"}} - {"", "sandbox"}
    assert packages <= named, f"add {packages - named} to the contract"


def test_the_domain_reads_no_clock_and_rolls_no_dice():
    impure = re.compile(
        r"(^|\.)(datetime\.now|datetime\.utcnow|date\.today|time\.\w+|random\.\w+|open|print|input)$"
    )
    found = {
        f"{s.path}: {dotted(node.func)}"
        for s in modules()
        if s.package == "domain"
        for node in ast.walk(s.tree)
        if isinstance(node, ast.Call) and impure.search(dotted(node.func))
    }
    assert found == set()
