"""Which replies are refusals as they stand."""

import unicodedata

import pytest

from pabal.domain.optout import WORDS, is_opt_out, what_unclear


@pytest.mark.parametrize(
    "text",
    [
        "수신거부",
        " 수신 거부 ",
        "수신거부!!",
        "[수신거부]",
        "거부",
        "무료거부",
        "무료 수신거부",
        "080",
        "STOP",
        "Stop.",
        "ｓｔｏｐ",
        "수신거부 부탁드립니다.",
        "수신거부해 주세요",
        "수신\u200b거부",
        unicodedata.normalize("NFD", "수신거부"),  # as Apple's systems send it
        "\n수신거부\n",
    ],
)
def test_words_of_refusal(text):
    assert is_opt_out(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "아니요",
        "그만",
        "취소",
        "거부합니다",
        "수신거부는 어떻게 하나요?",
        "저는 수신거부 안 했는데요",
        "080-123-4567",
        "stop by my office",
        "nonstop",
        "거부" * 60,
    ],
)
def test_what_a_person_has_to_read(text):
    assert not is_opt_out(text)


def test_the_list_is_written_in_the_form_it_is_compared_in():
    assert all(is_opt_out(word) for word in WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "거부하고 싶은데 어떻게 하나요?",
        "이제 그만 보내세요",
        "문자 보내지 마세요!!",
        "제 번호 지워 주세요",
        "명단에서 빼 주세요",
        "스팸으로 신고합니다",
        "더는 받고 싶지 않아요",
        "please STOP texting me",
        "거부합니다",
    ],
)
def test_what_sounds_like_a_refusal_waits_for_a_person(text):
    assert not is_opt_out(text)
    assert what_unclear(text) == "refusal"


@pytest.mark.parametrize(
    "text", ["제 번호는 어떻게 아셨나요?", "어디서 제 연락처를 알았죠", "개인정보 출처가 어디인가요"]
)
def test_whoever_asks_where_we_know_them_from_waits_for_an_answer(text):
    assert what_unclear(text) == "source"


@pytest.mark.parametrize(
    "text", ["감사합니다", "응원해요!", "설명회는 몇 시예요?", "nonstop", "네 참석할게요", ""]
)
def test_an_ordinary_reply_waits_for_nobody(text):
    assert what_unclear(text) is None
