"""A campaign of two steps, as staff write it: Kakao first, a text for who isn't there, and what each person got."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect
from tests.e2e.camp import add_people, make_camp
from tests.e2e.conftest import OpenPage
from tests.e2e.test_access import violations
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e

NOT_AT_KAKAO = "3104"
PEOPLE = {"김서연": "01055550001", "이하준": "01055550002", "박민호": "01055550003"}
ABSENT = "이하준"


@pytest.fixture
def absent(hub: Installation) -> Iterator[None]:
    """Kakao doesn't know one of the three; afterwards the carrier behaves again for the other tests."""

    def behave(rules: dict[str, object]) -> None:
        url = f"{hub.sandbox}/_sandbox/behaviour"
        httpx.put(url, json={"deliverDelayMs": 0, **rules}, trust_env=False).raise_for_status()

    behave({"channelOutcome": {"alimtalk": {PEOPLE[ABSENT]: NOT_AT_KAKAO}}})
    yield
    behave({})


def to_the_message(page: Page, base: str) -> None:
    page.goto(f"{base}/campaigns/new")
    page.get_by_role("radio", name="민원·일정 안내").check()
    page.get_by_role("button", name="메시지로").first.click()
    page.get_by_label("캠페인 이름").fill("접수 안내")


def write_two_steps(page: Page) -> None:
    page.get_by_role("radio", name="알림톡").check(force=True)
    page.get_by_label("알림톡 템플릿").select_option(label="연습용 알림톡")
    expect(page.get_by_text("신청하신 내용이 접수되었습니다.").first).to_be_visible()
    page.get_by_role("button", name="못 받은 사람에게 다음으로 보내기").click()
    second = page.get_by_role("region", name="2단계: 못 받은 사람에게")
    expect(second.get_by_label("발신번호")).not_to_have_value("")
    second.get_by_label("메시지", exact=True).fill("#{이름}님, 접수되었습니다.")


def test_kakao_first_and_a_text_for_who_is_not_there(
    hub: Installation, open_page: OpenPage, log_in, absent: None
) -> None:
    camp = make_camp(hub, name="두 단계 캠프")
    add_people(hub, *PEOPLE.items())
    page = open_page(bypass_csp=True)  # axe comes in as a script of ours
    log_in(page, camp.email)
    to_the_message(page, hub.base)
    write_two_steps(page)
    assert violations(page, "two steps") == []

    # What it would mean to let people get both is said before it is chosen; here nobody chooses it.
    expect(page.get_by_text("두 번 받지 않게 해요.")).to_be_visible()
    page.get_by_role("button", name="검토로").first.click()
    expect(page.get_by_text("보내는 순서")).to_be_visible()
    expect(page.get_by_text("많아야 3명")).to_be_visible()

    # It is all still there after a reload.
    page.reload()
    page.get_by_text("발송 점검").wait_for()
    page.get_by_role("button", name="메시지", exact=True).click()
    expect(page.get_by_role("region", name="2단계: 못 받은 사람에게")).to_be_visible()
    page.get_by_role("button", name="검토로").first.click()

    page.get_by_role("button", name="3명에게 보내기").click()
    page.get_by_role("dialog").get_by_role("button", name="3명에게 보내기").click()
    expect(page.get_by_text("발송 완료")).to_be_visible(timeout=60_000)
    steps = page.get_by_role("region", name="단계마다")
    expect(steps).to_contain_text("알림톡3건")
    expect(steps).to_contain_text("2단계문자1건")

    page.get_by_role("button", name=ABSENT).click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text("전화기에 도착했어요")).to_be_visible()
    expect(sheet.get_by_role("listitem").filter(has_text="1단계")).to_contain_text("실패")
    expect(sheet.get_by_role("listitem").filter(has_text="2단계")).to_contain_text("도달")

    got = [(entry["channel"], entry["to"]) for entry in hub.ledger() if entry["to"] in PEOPLE.values()]
    assert sorted(got) == sorted([*(("alimtalk", to) for to in PEOPLE.values()), ("sms", PEOPLE[ABSENT])])


def test_steps_change_places_and_each_is_seen_as_a_person_would_get_it(
    hub: Installation, open_page: OpenPage, log_in
) -> None:
    camp = make_camp(hub, name="자리 바꿈 캠프")
    add_people(hub, *PEOPLE.items())
    page = open_page(bypass_csp=True)
    log_in(page, camp.email)
    to_the_message(page, hub.base)
    write_two_steps(page)

    # Each step on the phone, with the values of whoever is chosen.
    phone = page.get_by_role("complementary", name="미리 보기")
    expect(phone.get_by_text("신청하신 내용이 접수되었습니다.")).to_be_visible()
    phone.get_by_role("radio", name="2단계").check(force=True)
    phone.get_by_label("누구에게 보이는 모습인가요").fill("박민")
    phone.get_by_role("button", name="박민호").click()
    expect(phone.get_by_text("박민호님, 접수되었습니다.")).to_be_visible()
    expect(phone.get_by_text("박민호 기준")).to_be_visible()
    assert violations(page, "the preview of a second step") == []

    # All three names have three syllables: the meter knows this list, and needs no range.
    meter = page.get_by_role("region", name="2단계: 못 받은 사람에게").get_by_text("90바이트 가운데 25바이트")
    expect(meter).to_be_attached()

    # The text goes first now, by keyboard; focus stays on the way back, and it is said aloud.
    up = page.get_by_role("button", name="2단계를 한 칸 앞으로")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="문자가 1단계가 되었어요")).to_be_attached()
    expect(page.get_by_label("메시지", exact=True)).to_have_value("#{이름}님, 접수되었습니다.")
    second = page.get_by_role("region", name="2단계: 못 받은 사람에게")
    expect(second.get_by_label("알림톡 템플릿")).not_to_have_value("")
    expect(up).to_be_focused()
    page.get_by_role("button", name="검토로").first.click()
    page.get_by_text("발송 점검").wait_for()
    (draft,) = [one for one in hub.get("/api/campaigns")["items"] if one["state"] == "draft"]
    assert [step["channel"] for step in draft["steps"]] == ["sms", "alimtalk"]


def test_two_steps_are_written_at_360_pixels_too(hub: Installation, open_page: OpenPage, log_in) -> None:
    camp = make_camp(hub, name="작은 화면 캠프")
    add_people(hub, ("김서연", "01066660001"))
    page = open_page(width=360, height=740, bypass_csp=True)
    log_in(page, camp.email)
    to_the_message(page, hub.base)
    write_two_steps(page)
    page.get_by_role("switch", name="겹쳐 받을 수 있음").click()
    expect(page.get_by_text("한 사람이 둘 다 받을 수 있어요.")).to_be_visible()
    assert violations(page, "two steps") == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    page.get_by_role("button", name="2단계 빼기").click()
    expect(page.get_by_role("switch", name="겹쳐 받을 수 있음")).to_have_count(0)
