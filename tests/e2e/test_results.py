"""Links and two texts from the composer to the results, on a desk; the results on a phone."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from tests.e2e.camp import make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.support.installation import Installation
from tests.support.processes import wait_until

pytestmark = pytest.mark.e2e

PEOPLE = 12
PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36"}


def drafts(hub: Installation) -> list[dict[str, Any]]:
    return [one for one in hub.get("/api/campaigns")["items"] if one["state"] == "draft"]


def write_two_texts(page: Page) -> None:
    page.keyboard.press("n")
    page.get_by_role("radio", name="민원·일정 안내").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    page.get_by_label("캠페인 이름").fill("간담회 소식")
    page.get_by_label("메시지", exact=True).fill("첫째 소식 ")
    page.get_by_role("button", name="링크 넣기").click()
    page.get_by_label("#{링크}이 열 주소").fill("https://camp.example/plan")
    page.get_by_role("switch", name="문안 나누어 보내기").click()
    page.get_by_label("문안 나의 글").fill("둘째 소식 #{링크}")
    page.get_by_label("문안 가의 몫(%)").fill("60")
    expect(page.get_by_text("몫을 더하면 100이어야 해요 (지금 110)", exact=False)).to_be_visible()
    page.get_by_label("문안 나의 몫(%)").fill("40")


def click_until_human(hub: Installation, campaign: str, paths: list[str]) -> None:
    """Handsets that were just sent to ring before anybody reads: clicks within two seconds aren't people's."""

    def clicked() -> bool:
        for path in paths:
            answer = httpx.get(f"{hub.base}{path}", headers=PHONE, trust_env=False)
            assert (answer.status_code, answer.headers["location"]) == (302, "https://camp.example/plan")
        return bool(hub.get(f"/api/analytics/campaigns/{campaign}")["funnel"]["clicked"] == len(paths))

    wait_until(clicked, every=0.5)


def test_links_and_two_texts_from_the_composer_to_the_results(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="결과 캠프")
    earlier = len(hub.ledger())  # of other camps, on the same handsets
    rows = "".join(f"김하늘,0107{number:07d}\n" for number in range(PEOPLE))
    hub.import_csv(("이름,휴대폰\n" + rows).encode())
    page = open_page(bypass_csp=True)  # axe comes in as a script of ours
    log_in(page, camp.email, home=True)
    write_two_texts(page)
    assert violations(page, "composer with links and texts") == []
    page.keyboard.press("Control+Enter")
    page.get_by_text("발송 점검").wait_for()
    (draft,) = drafts(hub)
    assert draft["links"] == [{"key": "", "url": "https://camp.example/plan"}]
    assert [(one["key"], one["share"]) for one in draft["variants"]] == [("가", 60), ("나", 40)]

    campaign = draft["id"]
    hub.post(f"/api/campaigns/{campaign}/launch", {"rehearse": True})
    hub.until(campaign, lambda snapshot: snapshot["state"] == "finished")
    texts = [line["text"] for line in hub.ledger()[earlier:] if line["to"].startswith("0107")]
    assert {text.split(" ")[0] for text in texts} <= {"첫째", "둘째"}
    paths = [text.split()[-1].removeprefix(hub.base) for text in texts]
    assert all(re.fullmatch(r"/l/\w{11}", path) for path in paths)
    click_until_human(hub, campaign, paths[:3])

    page.goto(f"{hub.base}/campaigns/{campaign}")
    page.get_by_role("link", name="결과 자세히").click()
    page.wait_for_url("**/results")
    figures = page.get_by_label("고른 사람에서 누른 사람까지")
    expect(figures).to_contain_text(str(PEOPLE))
    expect(figures).to_contain_text("25%")  # three of twelve
    expect(page.get_by_role("list", name="문안 비교").get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_text("고른 사람 모두 받았거나 받고 있어요")).to_be_visible()
    expect(page.get_by_text("오발송률 0.000%")).to_be_visible()
    assert violations(page, "results") == []
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV").click()
    assert waiting.value.suggested_filename.endswith(".csv")

    page.set_viewport_size({"width": 360, "height": 800})
    page.reload()
    expect(page.get_by_role("heading", name="오발송")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert violations(page, "results on a phone") == []
