"""Real browsers on a real hub: the built web UI, served by `pabal up`. A page that logs an error fails its test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from tests.e2e.camp import session_of
from tests.support.chromium import FLAGS, find_chromium
from tests.support.installation import Installation

from pabal.kit.http.auth import SESSION_COOKIE

UI = Path(__file__).resolve().parents[2] / "src" / "pabal" / "ui" / "dist" / "index.html"

# The browser's own words for answers that tests provoke on purpose: wrong password, no session yet; a file of a wrong kind;
# a pair that somebody else has settled. (And the API's 404 for a contact that was erased, or a month without a row; a missing file stays an error.)
EXPECTED = tuple(
    f"Failed to load resource: the server responded with a status of {code}" for code in (401, 409, 415)
)

OpenPage = Callable[..., Page]
LogIn = Callable[..., None]

expect.set_options(
    timeout=20_000
)  # milliseconds; two browsers, two hubs and whatever else runs share two cores


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules with a hub of their own come first: a test process that is done takes over what is last in another's row, and
    would start such a hub a second time (12 s of CPU)."""

    def has_hub(item: pytest.Item) -> bool:
        return item.path.parent == Path(__file__).parent and hasattr(getattr(item, "module", None), "hub")

    items.sort(key=has_hub, reverse=True)  # otherwise they stay in their order


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One hub for all tests; each test makes a camp of its own on it."""
    assert UI.is_file(), "the web UI is not built: run `make setup`"
    installation = Installation(tmp_path_factory.mktemp("e2e") / "hub", "--workers", "1")
    installation.start()
    yield installation
    assert installation.stop() == 0


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """`open_page(width=…, scheme=…)`: a page in a fresh profile, in Korea. Its errors fail the test at the end."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        address = message.location.get("url", "")
        gone = "status of 404" in message.text and (
            "/api/contacts/" in address or "/api/segments/" in address or "/api/quota/month?" in address
        )
        # A form that the server refuses on purpose: its fields say so.
        faulty = "status of 422" in message.text and (
            address.endswith(("/api/candidacies", "/api/settings/links")) or "/api/contacts/" in address
        )
        if message.type == "error" and not (gone or faulty) and not message.text.startswith(EXPECTED):
            errors.append(f"{message.text} ({address})")

    def make(
        *, width: int = 1440, height: int = 900, scheme: str = "light", bypass_csp: bool = False
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]  # "light" or "dark"
            locale="ko-KR",
            timezone_id="America/New_York",  # the screens speak Korean time wherever the browser stands
            bypass_csp=bypass_csp,
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", heard)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def log_in(hub: Installation) -> LogIn:
    """`log_in(page, email)`: a session in the browser's cookies, the page stays where it is; `home`: on to the overview. The
    form itself is for the tests of it: it costs two pages and a password's 0.3 s."""

    def enter(page: Page, email: str, *, home: bool = False) -> None:
        token = session_of(hub, email)
        page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": hub.base}])
        if home:
            page.goto(f"{hub.base}/")
            page.get_by_role("heading", name="님,").wait_for()

    return enter
