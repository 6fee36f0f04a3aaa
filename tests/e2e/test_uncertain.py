"""The workbench of unknown results: found from the campaign, decided by keyboard, one by one and as a group, and what came of it."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Route, expect
from tests.e2e.camp import add_people, make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.support.doubt import PACE, SIGNED, carrier_that_behaves, carrier_that_forgets, unfenced_sender
from tests.support.installation import PASSWORD, Installation, free_port
from tests.support.processes import wait_until

pytestmark = pytest.mark.e2e

NAMES = ("김서연", "이하준", "박민호", "최보람", "정하은", "임수빈")
PHONES = [f"0104444000{number}" for number in range(len(NAMES))]
SILENT = 3  # of them nothing is ever heard


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A hub of its own: its carrier forgets people, and its patience is a test's."""
    installation = Installation(tmp_path_factory.mktemp("uncertain") / "hub", "--workers", "1", **PACE)
    installation.start()
    yield installation
    assert installation.stop() == 0


class Doubt:
    """A campaign of six of whom three are uncertain, all of one request."""

    def __init__(self, hub: Installation, name: str) -> None:
        self.hub = hub
        self.camp = make_camp(hub, name=name)
        add_people(hub, *zip(NAMES, PHONES, strict=True))
        sender, self.account = unfenced_sender(hub.post, hub.sandbox, key=f"appkey-{free_port()}")
        step = {"channel": "sms", "senderId": sender, "body": "주민 설명회에 초대해요."}
        self.campaign = hub.campaign(name="설명회 안내", steps=[step])
        carrier_that_forgets(hub.sandbox, PHONES[:SILENT])
        digest = hub.post(f"/api/campaigns/{self.campaign}/check", {})["digest"]
        hub.post(f"/api/campaigns/{self.campaign}/launch", {"digest": digest})
        hub.until(self.campaign, lambda seen: seen["counts"]["uncertain"] == SILENT, seconds=60)
        carrier_that_behaves(hub.sandbox)

    def counts(self) -> dict[str, Any]:
        return dict(self.hub.progress(self.campaign)["counts"])

    def late_reports(self) -> None:
        """The carrier remembers: everybody's first message did arrive."""
        first = [line for line in self.hub.ledger() if line["finalState"] is None and line["to"] in PHONES]
        hooks = [
            {
                "requestId": line["requestId"],
                "recipientSeq": line["seq"],
                "messageStatus": "COMPLETED",
                "resultCode": "1000",
                "recipientGroupingKey": line["recipientKey"],
            }
            for line in first
        ]
        body = {"event": "MESSAGE_RESULT_UPDATE", "hooks": hooks}
        answer = httpx.post(self.account["webhookUrl"], json=body, headers=SIGNED, trust_env=False)
        answer.raise_for_status()


def test_unknown_results_are_decided_by_keyboard_and_what_came_of_it_is_shown(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    doubt = Doubt(hub, "확인 캠프")
    page = open_page(bypass_csp=True)
    log_in(page, doubt.camp.email, home=True)
    expect(page.get_by_text(f"{SILENT}명이 받았는지 몰라요")).to_be_visible()

    # From the campaign to the people whom it couldn't account for.
    page.goto(f"{hub.base}/campaigns/{doubt.campaign}")
    page.get_by_role("link", name="정하러 가기").click()
    page.wait_for_url(f"**/sends/uncertain?campaign={doubt.campaign}")
    known = page.get_by_role("region", name="아는 것").first
    expect(known.get_by_role("heading", name=f"{SILENT}명이 받았는지 몰라요")).to_be_visible()
    expect(known).to_contain_text("발송사에 접수는 됐는데 이 사람만 보이지 않음")
    expect(known).to_contain_text("발송사가 오류로 답함 (503)")  # what the call and the questions came to
    expect(known).to_contain_text("발송사가 모르는 사람이 있음")
    expect(known).to_contain_text(f"{SILENT}건")
    expect(page.get_by_role("link", name="확인 필요")).to_contain_text(f"{SILENT}명 남음")
    expect(known.get_by_role("button", name="김서연 정하기")).to_be_visible()
    assert violations(page, "workbench") == []

    # A name opens the person's own story.
    known.get_by_role("button", name="김서연", exact=False).first.click()
    expect(page.get_by_role("dialog").get_by_text("갔는지 확인하지 못했어요")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(known.get_by_role("button", name="김서연", exact=False).first).to_be_focused()

    # One of them is sent to again. Without a reason nothing happens; the dialog says what it means.
    page.get_by_role("button", name="김서연 정하기").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("두 번 받을 수 있어요")
    assert violations(page, "decision") == []
    expect(dialog.get_by_role("radio", name="간 것으로", exact=False).first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("radio", name="다시 보내기")).to_be_checked()
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("다시 보내는 까닭을 적어 주세요")).to_be_visible()
    page.keyboard.type("전화로 확인: 못 받으셨대요")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("1명에게 다시 보내요")).to_be_visible()
    hub.until(doubt.campaign, lambda seen: seen["counts"]["uncertain"] == SILENT - 1)
    expect(known.get_by_role("heading", name=f"{SILENT - 1}명이 받았는지 몰라요")).to_be_visible()

    # The rest as a group: Enter asks, 3 would ask with the third answer chosen; nothing is decided by one key.
    page.locator("#main").focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("radio", name="간 것으로", exact=False).first).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.locator("#main").focus()
    page.keyboard.press("3")
    expect(dialog.get_by_role("radio", name="안 간 것으로 닫기")).to_be_checked()
    expect(dialog.get_by_role("radio", name="안 간 것으로 닫기")).to_be_focused()
    assert doubt.counts()["uncertain"] == SILENT - 1
    page.keyboard.press("Enter")
    expect(page.get_by_text("2명을 안 간 것으로 닫았어요")).to_be_visible()
    expect(page.get_by_text("확인이 필요한 사람이 없어요")).to_be_visible()
    done = hub.until(doubt.campaign, lambda seen: seen["state"] == "finished")["counts"]
    assert (done["delivered"], done["failed"], done["uncertain"]) == (len(NAMES) - SILENT + 1, SILENT - 1, 0)

    # The carrier remembers after all: who was sent to twice is on record with a name; who was closed did get it.
    doubt.late_reports()
    wait_until(lambda: bool(hub.get("/api/incidents")["items"]), seconds=30, every=0.2)
    hub.until(doubt.campaign, lambda seen: seen["counts"]["delivered"] == len(NAMES))
    page.get_by_role("radio", name="어긋난 기록").check(force=True)
    row = page.get_by_role("list", name="어긋난 기록").get_by_role("listitem")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("두 통이 모두 도착함")
    assert violations(page, "incidents") == []
    # Looked at: out of the list of what waits, still there among all of them, with who and when.
    row.first.get_by_role("button", name="확인했어요").click()
    expect(page.get_by_text("확인할 기록이 없어요")).to_be_visible()
    page.get_by_role("button", name="지난 기록 보기").click()
    expect(row.first).to_contain_text("확인, ")
    assert violations(page, "incidents that were looked at") == []
    row.first.get_by_role("button", name="되돌리기").click()
    expect(row.first.get_by_role("button", name="확인했어요")).to_be_visible()
    row.get_by_role("button", name="김서연", exact=True).click()
    expect(page.get_by_role("dialog").get_by_text("전화기에 도착했어요")).to_be_visible()


def test_on_a_phone_a_group_is_counted_as_sent_and_a_refusal_brings_it_back(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    doubt = Doubt(hub, "전화기 캠프")
    page = open_page(width=360, height=740, bypass_csp=True)
    log_in(page, doubt.camp.email)
    page.goto(f"{hub.base}/sends/uncertain")
    queue = page.get_by_role("navigation", name="정할 묶음")
    group = queue.get_by_role("button", name="NHN Cloud 문자")
    expect(group).to_contain_text(f"{SILENT}명")
    assert violations(page, "list on a phone") == []
    group.click()
    expect(page.get_by_role("button", name="김서연 정하기")).to_be_visible()
    assert violations(page, "group on a phone") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    # What the server refuses comes back to be decided; what was shown before it answered is not left standing.
    held: list[Route] = []
    page.route("**/resolve", lambda route: held.append(route))  # noqa: PLW0108  playwright marks its handler: no builtin
    page.get_by_role("button", name="간 것으로", exact=False).first.click()
    page.get_by_role("dialog").get_by_role("button", name=f"{SILENT}명 간 것으로 두기").click()
    expect(queue.get_by_text("저장하는 중")).to_be_visible()
    expect(queue.get_by_role("button", name="NHN Cloud 문자")).to_have_count(0)
    problem = {"code": "send_over", "title": "취소됐거나 기한이 지난 발송이라 다시 보낼 수 없어요"}
    held.pop().fulfill(status=409, json=problem, headers={"content-type": "application/problem+json"})
    expect(page.get_by_text("정하지 못했어요", exact=False)).to_be_visible()
    expect(group).to_contain_text(f"{SILENT}명")
    page.unroute("**/resolve")

    group.click()
    page.get_by_role("button", name="간 것으로", exact=False).first.click()
    page.get_by_role("dialog").get_by_role("button", name=f"{SILENT}명 간 것으로 두기").click()
    expect(page.get_by_text(f"{SILENT}명을 간 것으로 두었어요")).to_be_visible()
    assert doubt.counts()["uncertain"] == 0


def test_staff_see_who_is_uncertain_and_are_told_who_decides(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    Doubt(hub, "실무자 캠프")
    email = f"staff-{free_port()}@example.kr"
    made = hub.post("/api/invitations", {"email": email, "role": "staff"})
    token = str(made["url"]).rpartition("#")[2].rpartition("=")[2].rpartition("/")[2]
    joined = {"token": token, "name": "한실무", "password": PASSWORD}
    httpx.post(f"{hub.base}/api/invitations/accept", json=joined, trust_env=False).raise_for_status()
    page = open_page()
    log_in(page, email)
    page.goto(f"{hub.base}/sends/uncertain")
    expect(page.get_by_text("관리자나 소유자가 정할 수 있어요.")).to_be_visible()
    expect(page.get_by_text("이 묶음의 사람")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("정하기"))).to_have_count(0)
    page.locator("#main").focus()
    page.keyboard.press("1")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_with_nobody_uncertain_the_page_says_so(hub: Installation, open_page: OpenPage, log_in) -> None:
    camp = make_camp(hub, name="조용한 캠프")
    page = open_page()
    log_in(page, camp.email)
    page.goto(f"{hub.base}/sends/uncertain")
    expect(page.get_by_text("확인이 필요한 사람이 없어요")).to_be_visible()
    page.get_by_role("radio", name="어긋난 기록").check(force=True)
    expect(page.get_by_text("확인할 기록이 없어요")).to_be_visible()

    # And when it can't be read, it says that and offers to try again.
    refusal = {"code": "internal", "title": "읽지 못했어요"}
    page.route("**/api/uncertain?*", lambda route: route.fulfill(status=409, json=refusal))
    page.goto(f"{hub.base}/campaigns")
    page.goto(f"{hub.base}/sends/uncertain")
    expect(page.get_by_role("button", name="다시 시도")).to_be_visible(timeout=30_000)
    page.unroute("**/api/uncertain?*")
    page.get_by_role("button", name="다시 시도").click()
    expect(page.get_by_text("확인이 필요한 사람이 없어요")).to_be_visible()
