"""A text added on the way says its words on the steps that the send has, whatever was left out at the launch."""

from types import SimpleNamespace
from typing import Any

import pytest

from pabal.campaigns.variants import _place_of
from pabal.kit.http.errors import Problem


def step(channel, code=""):
    return SimpleNamespace(channel=channel, template_code=code, asked=channel, code=code)


WRITTEN: Any = SimpleNamespace(steps=[step("alimtalk", "A"), step("alimtalk", "B"), step("sms")])


@pytest.mark.parametrize(
    ("sent", "places"),
    [
        ([step("alimtalk", "A"), step("alimtalk", "B"), step("lms")], [0, 1, 2]),
        ([step("alimtalk", "B"), step("sms")], [1, 2]),
        ([step("alimtalk", "A"), step("sms")], [0, 2]),
        ([step("sms")], [2]),
    ],
    ids=["all", "the second Kakao alone", "the first alone", "texts alone"],
)
def test_each_step_of_a_send_finds_the_words_written_for_it(sent, places):
    found, place = [], -1
    for one in sent:
        place = _place_of(one, WRITTEN, place + 1)
        found.append(place)
    assert found == places


def test_a_template_that_changed_its_code_is_not_guessed():
    with pytest.raises(Problem):
        _place_of(step("alimtalk", "C"), WRITTEN, 0)
