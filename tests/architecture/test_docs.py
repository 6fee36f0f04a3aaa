"""Docs name what exists, and tracked files name no host or path that would only work on somebody's machine."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from pabal.domain.law.page import BEGIN, END, tables

CHECKOUT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
DOC_PATH = re.compile(r"(?<![\w./-])docs/[\w./-]*\w\.(?:md|svg)")
CODE_PATH = re.compile(
    r"`((?:src|tests|migrations|scripts|web|deploy|docs)/[\w./@()\[\]-]*[\w/])(?:::(\w+))?(?: \([^)]*\))?`"
)
# Made by a build or by a command, so it may be missing in a checkout.
MADE = ("src/pabal/ui/dist", "docs/benchmarks.md")


def tracked() -> list[Path]:
    """Files under version control; without git (an unpacked archive) the Markdown and source files there are."""
    if shutil.which("git") and (CHECKOUT / ".git").exists():
        # safe.directory: the checkout may belong to another account than the one that tests.
        said = subprocess.run(
            ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, check=True
        ).stdout
        names = [name for name in said.decode().split("\0") if name]
    else:
        folders = ("docs", "src", "tests", "migrations", "scripts", "web/src")
        found = [file for folder in folders for file in (CHECKOUT / folder).rglob("*")]
        names = [str(file.relative_to(CHECKOUT)) for file in [*found, *CHECKOUT.glob("*.*")]]
        names = [name for name in names if "node_modules" not in name and "ui/dist" not in name]
    return [CHECKOUT / name for name in names if (CHECKOUT / name).is_file()]


def read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


PAGES = sorted(file for file in tracked() if file.suffix == ".md")
NAMES = [str(page.relative_to(CHECKOUT)) for page in PAGES]


def anchors(text: str) -> set[str]:
    """Headings as links name them: lower case, signs gone, blanks as hyphens."""
    plain = (re.sub(r"[`*]|\]\([^)]*\)|\[", "", title) for title in HEADING.findall(FENCED.sub("", text)))
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in plain}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_relative_link_resolves(page):
    broken = []
    for target in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in anchors(there.read_text(encoding="utf-8"))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_files_and_tests_that_a_page_names_exist(page):
    missing = []
    for path, name in CODE_PATH.findall(page.read_text(encoding="utf-8")):
        if path.startswith(MADE) or "NNNN" in path:
            continue
        file = CHECKOUT / path
        if not file.exists() or (name and f"def {name}(" not in file.read_text(encoding="utf-8")):
            missing.append(f"{path}::{name}" if name else path)
    assert missing == []


def test_pages_that_code_refers_to_exist():
    missing = {}
    for file in tracked():
        if file.suffix in {".py", ".sql", ".sh", ".toml"} and (text := read(file)):
            gone = [
                path for path in DOC_PATH.findall(text) if path not in MADE and not (CHECKOUT / path).exists()
            ]
            if gone:
                missing[str(file.relative_to(CHECKOUT))] = gone
    assert missing == {}


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_the_readme_shows_both_commands_and_the_demo_logins(name):
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    from pabal.cli.demo import LOGINS, PASSWORD

    for line in ("make run", "make test"):
        assert re.search(rf"^{line}\b", text, re.MULTILINE), line
    for word in [PASSWORD, *(address for address, _ in LOGINS)]:
        assert f"`{word}`" in text, word


def test_the_page_of_the_rules_is_written_from_their_data():
    page = (CHECKOUT / "docs" / "compliance.md").read_text(encoding="utf-8")
    written = page.partition(BEGIN)[2].partition(END)[0].strip()
    assert written == tables().strip(), "run: .venv/bin/python scripts/compliance-page.py"


def test_the_page_of_error_codes_equals_the_registry():
    """In a process of its own, because tests declare codes too."""
    script = CHECKOUT / "scripts" / "error-codes.py"
    done = subprocess.run([sys.executable, script, "--check"], cwd=CHECKOUT, check=False)
    assert done.returncode == 0, "run: .venv/bin/python scripts/error-codes.py"


def test_decisions_are_numbered_without_gaps_and_all_in_the_index():
    folder = CHECKOUT / "docs" / "adr"
    pages = sorted(folder.glob("[0-9]*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    index = (folder / "README.md").read_text(encoding="utf-8")
    for page in pages:
        assert f"({page.name})" in index, page.name
        title = page.read_text(encoding="utf-8").splitlines()[0]
        assert title.startswith(f"# {int(page.name[:4])}. "), title
        assert title.partition(". ")[2] in index.replace("**", ""), title


def test_every_direct_dependency_has_its_sentence():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    web = json.loads((CHECKOUT / "web" / "package.json").read_text(encoding="utf-8"))
    python = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    direct = {re.split(r"[\[;<>=! ]", name)[0] for name in python}
    direct |= set(web["dependencies"]) | set(web["devDependencies"])
    page = (CHECKOUT / "docs" / "adr" / "0019-dependencies.md").read_text(encoding="utf-8")
    said = set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE))
    assert (direct - said, said - direct) == (set(), set()), "(without a sentence, no longer used)"


# Spelled in parts, so that this file passes its own test.
_HOSTS = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "yarn" + "pkg.com")
_HOMES = ("work", "root", "tmp", "Users", "home")
_HOST = re.compile("|".join(map(re.escape, _HOSTS)))
_MACHINE = re.compile(rf"(?<![\w.$}}>*~/:-])/(?:{'|'.join(_HOMES)})/\w")


def test_no_tracked_file_names_a_package_host_or_a_place_on_somebodys_machine():
    found = []
    for file in tracked():
        if file.name == "Dockerfile":  # its paths are the image's own
            continue
        text = read(file) if file.suffix not in {".woff2", ".png"} else None
        for number, line in enumerate((text or "").splitlines(), start=1):
            if _HOST.search(line) or _MACHINE.search(line):
                found.append(f"{file.relative_to(CHECKOUT)}:{number}: {line.strip()[:100]}")
    assert found == []
