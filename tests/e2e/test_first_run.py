"""A fresh installation: the first owner, a checklist that can wait, and what still keeps a real message back."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import OpenPage
from tests.support.installation import Installation

pytestmark = pytest.mark.e2e


@pytest.fixture
def fresh(tmp_path: Path):
    installation = Installation(tmp_path / "fresh", "--workers", "1")
    installation.start()
    yield installation
    assert installation.stop() == 0


def test_the_first_person_becomes_owner_and_may_leave_everything_for_later(
    fresh: Installation, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(f"{fresh.base}/")
    page.wait_for_url(f"{fresh.base}/setup")  # by way of the login page, which knows that nobody lives here

    page.get_by_role("button", name="시작하기").click()
    expect(page.get_by_text("조직 이름을 적어 주세요")).to_be_visible()
    page.get_by_label("조직 이름").fill("마포을 캠프")
    page.get_by_label("이름", exact=True).fill("윤가람")
    page.get_by_label("이메일").fill("garam@example.kr")
    page.get_by_label("비밀번호").fill("correct-horse-7")
    page.get_by_role("button", name="시작하기").click()

    expect(page.get_by_role("heading", name="차근차근 준비해요")).to_be_visible()
    expect(page.get_by_text("실제로 보내기까지")).to_be_visible()
    page.get_by_role("button", name="나중에 하기").click()
    page.get_by_role("button", name="공개 주소").wait_for()
    page.get_by_role("button", name="저장하고 다음").click()  # polling, as preset

    # Left and taken up again: what was done stays done, what was put off stays put off.
    page.reload()
    expect(page.get_by_role("heading", name="발송사 계정")).to_be_visible()
    for _ in range(3):
        page.get_by_role("button", name="나중에 하기").click()
    page.get_by_role("link", name="오늘 화면으로").click()
    expect(page.get_by_role("heading", name="윤가람 님")).to_be_visible()
    expect(page.get_by_text("첫 발송까지 세 걸음")).to_be_visible()


def test_the_recovery_key_comes_as_a_file_after_the_password(
    fresh: Installation, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(f"{fresh.base}/setup")
    page.get_by_label("조직 이름").fill("마포을 캠프")
    page.get_by_label("이름", exact=True).fill("윤가람")
    page.get_by_label("이메일").fill("garam@example.kr")
    page.get_by_label("비밀번호").fill("correct-horse-7")
    page.get_by_role("button", name="시작하기").click()
    page.get_by_label("비밀번호 한 번 더").fill("correct-horse-7")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="복구 키 받기").click()
    assert waiting.value.suggested_filename == "pabal-recovery-key.txt"
