"""Pictures of every page in both themes for docs/screens: `python -m tests.e2e.screens http://127.0.0.1:8000`.

The hub must run with its demo data (`make run`), one campaign sent and one list imported by hand are shown if they are there.
"""

import json
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from tests.support.chromium import FLAGS, find_chromium

TARGET = Path(__file__).resolve().parents[2] / "docs" / "screens"
LOGIN = {"email": "owner@demo.camp", "password": "pabal-demo"}


def pages(page: Page, base: str) -> dict[str, str]:
    def first(path: str, key: str = "id") -> str | None:
        items = page.request.get(base + path).json()["items"]
        return str(items[0][key]) if items else None

    found = {
        "overview": "/",
        "contacts": "/contacts",
        "imports": "/contacts/imports",
        "campaigns": "/campaigns",
        "campaign-new": "/campaigns/new",
        "phones": "/phones",
        "team": "/settings/team",
        "appearance": "/settings/appearance",
        "setup": "/setup",
    }
    contact, done, sent = (
        first("/api/contacts"),
        first("/api/imports"),
        first("/api/campaigns?state=finished"),
    )
    if contact:
        found["contact"] = f"/contacts?open={contact}"
    if done:
        found["import"] = f"/contacts/imports/{done}"
    if sent:
        found["campaign"] = f"/campaigns/{sent}"
    handset = first("/api/phones")
    if handset:
        found["phones"] = f"/phones?open={handset}"
    return found


def main(base: str) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for name, width, height, scheme in (
            ("light", 1440, 900, "light"),
            ("dark", 1440, 900, "dark"),
            ("phone", 360, 740, "light"),
        ):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]  # "light" or "dark"
                locale="ko-KR",
                timezone_id="Asia/Seoul",
            )
            page = context.new_page()
            page.goto(f"{base}/login")
            page.wait_for_timeout(800)
            page.screenshot(path=TARGET / f"login-{name}.png")
            page.request.post(
                f"{base}/api/auth/login", data=json.dumps(LOGIN), headers={"content-type": "application/json"}
            )
            for title, path in pages(page, base).items():
                page.goto(base + path)
                page.wait_for_timeout(1500)
                page.evaluate("document.fonts.ready")
                page.screenshot(path=TARGET / f"{title}-{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
