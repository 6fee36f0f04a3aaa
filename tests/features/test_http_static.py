"""The browser files: how addresses are resolved, what may be cached, which scripts may run."""

import base64
import gzip
import hashlib
from pathlib import Path

import httpx
import pytest
from tests.support.browser import browser

from pabal.api import create_app
from pabal.kit.http.static import IMMUTABLE, REVALIDATE, UiFiles, content_policy

INLINE = "self.__next_f=self.__next_f||[];self.__next_f.push([0])"
PAGE = f'<!doctype html><script src="/_next/static/chunks/a.js"></script><script>{INLINE}</script>%s'


@pytest.fixture
def build(tmp_path):
    folder = tmp_path / "dist"
    files = {
        "index.html": PAGE % "home",
        "404.html": PAGE % "missing",
        "contacts.html": PAGE % "contacts",
        "contacts.txt": "contacts payload",
        "contacts/_.html": PAGE % "one contact",
        "contacts/_.txt": "one contact payload",
        "contacts/imports/_.html": PAGE % "one import",
        "contacts/duplicates.html": PAGE % "duplicates",
        "campaigns/_.html": PAGE % "one campaign",
        "campaigns/_.txt": "one campaign payload",
        "campaigns/_/__next._tree.txt": "tree",
        "campaigns/_/__next.campaigns.$d$id.txt": "segment",
        "campaigns/new.html": PAGE % "new campaign",
        "settings/index.html": PAGE % "settings",
        "records/_/index.html": PAGE % "records",
        "_next/static/chunks/a.js": "console.log(1);" * 200,
        "icon.svg": "<svg></svg>",
        "favicon.ico": "an icon",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
async def ui(rt, build):
    async with browser(create_app(rt, ui_folder=build)) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "home"),
        ("/contacts", "contacts"),
        ("/contacts/", "contacts"),
        ("/contacts.txt", "contacts payload"),
        ("/contacts/0190", "one contact"),
        ("/contacts/0190.txt", "one contact payload"),
        ("/contacts/duplicates", "duplicates"),
        ("/contacts/imports/7", "one import"),
        ("/campaigns/new", "new campaign"),
        ("/campaigns/42", "one campaign"),
        ("/campaigns/42.txt", "one campaign payload"),
        ("/campaigns/42/__next._tree.txt", "tree"),
        ("/campaigns/42/__next.campaigns.$d$id.txt", "segment"),
        ("/settings", "settings"),
        ("/records/customers", "records"),
        ("/records/%ED%91%9C", "records"),
    ],
)
async def test_addresses_find_their_file(ui, path, expected):
    answer = await ui.get(path)
    assert answer.status_code == 200
    assert answer.text.endswith(expected)


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/campaigns/42/edit",
        "/contacts/imports/7/8",
        "/../pyproject.toml",
        "/%2e%2e/%2e%2e/etc/passwd",
    ],
)
async def test_other_addresses_are_404_with_our_page(ui, path):
    answer = await ui.get(path)
    assert answer.status_code == 404
    assert answer.text.endswith("missing")


async def test_head_is_answered_like_get_without_a_body(ui):
    get, head = await ui.get("/campaigns/42"), await ui.head("/campaigns/42")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["etag"] == get.headers["etag"]


async def test_caching(ui):
    assert (await ui.get("/_next/static/chunks/a.js")).headers["cache-control"] == IMMUTABLE
    for path in ("/", "/contacts.txt", "/icon.svg"):
        assert (await ui.get(path)).headers["cache-control"] == REVALIDATE
    etag = (await ui.get("/")).headers["etag"]
    again = await ui.get("/", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_icon_that_browsers_ask_for_by_themselves_is_there_for_a_day(ui):
    answer = await ui.get("/favicon.ico")
    assert (answer.status_code, answer.text) == (200, "an icon")
    assert answer.headers["content-type"].startswith("image/")
    assert answer.headers["cache-control"] == "public, max-age=86400"
    # What the build puts there: an icon file of pictures for 16, 32 and 48 points, small enough for every first visit.
    icon = (Path(__file__).parents[2] / "web" / "public" / "favicon.ico").read_bytes()
    assert icon[:6] == b"\0\0\1\0\3\0"
    assert [icon[6 + 16 * n] for n in range(3)] == [16, 32, 48]
    assert len(icon) < 5_000


async def test_text_is_sent_compressed_to_those_who_take_it(ui, build):
    plain = (build / "_next/static/chunks/a.js").read_bytes()
    async with ui.stream("GET", "/_next/static/chunks/a.js") as answer:
        assert answer.headers["content-encoding"] == "gzip"
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert gzip.decompress(raw) == plain
    answer = await ui.get("/_next/static/chunks/a.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.content == plain


async def test_only_the_inline_scripts_of_the_build_may_run(ui):
    policy = (await ui.get("/campaigns/42")).headers["content-security-policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    digest = base64.b64encode(hashlib.sha256(INLINE.encode()).digest()).decode()
    assert directives["script-src"] == f"'self' 'sha256-{digest}'"
    assert directives["style-src"] == "'self'"
    assert directives["default-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy
    assert "style-src-attr" not in directives  # style-src stands for it


def test_every_inline_script_gets_its_hash():
    page = '<script>a<b&&"</p>"</script><SCRIPT async>two</SCRIPT><script src="x"></script><style>p{}</style>'
    policy = content_policy(page)
    for text in ('a<b&&"</p>"', "two", "p{}"):
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy
    assert policy.count("sha256-") == 3


async def test_the_api_is_never_answered_with_a_page(ui):
    answer: httpx.Response = await ui.get("/api/campaigns/none/such")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_without_a_build_the_page_says_how_to_build(rt, tmp_path):
    async with browser(create_app(rt, ui_folder=tmp_path / "none")) as client:
        answer = await client.get("/")
    assert answer.status_code == 200
    assert "make setup" in answer.text
    assert UiFiles.load(tmp_path / "none") is None
