"""Which replies are refusals as they stand."""

import unicodedata

import pytest

from pabal.domain.optout import WORDS, is_opt_out


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
