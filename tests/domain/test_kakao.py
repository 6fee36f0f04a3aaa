"""Buttons and emphasis of AlimTalk templates."""

import pytest

from pabal.domain.kakao import MAX_BUTTONS, around, button_faults, emphasis_faults

WEB = {"buttonType": "WL", "buttonName": "보기", "linkMo": "https://a.kr/x"}
CHANNEL = {"buttonType": "AC", "buttonName": "채널 추가"}


def button(kind, **fields):
    return {"buttonType": kind, "buttonName": "보기", **fields}


@pytest.mark.parametrize(
    ("buttons", "message_type", "paths"),
    [
        ([], "BA", []),
        ([WEB], "BA", []),
        ([WEB] * MAX_BUTTONS, "BA", []),
        ([WEB] * (MAX_BUTTONS + 1), "BA", ["buttons"]),
        ([button("WL")], "BA", ["buttons[0].linkMo"]),
        ([button("WL", linkMo="a.kr")], "BA", ["buttons[0].linkMo"]),
        ([button("WL", linkMo="https://a.kr/#{코드}"), button("WL", linkMo="#{주소}")], "BA", []),
        ([button("WL", linkMo="a.kr/#{코드}")], "BA", ["buttons[0].linkMo"]),
        ([button("AL", linkAnd="app://a", linkIos="app://a")], "BA", []),
        ([button("AL", linkAnd="app://a")], "BA", ["buttons[0].linkAnd"]),
        ([button("AL", linkAnd="열기", linkIos="app://a")], "BA", ["buttons[0].linkAnd"]),
        ([button("DS"), button("BK"), button("MD")], "BA", []),
        ([button("BK", linkMo="https://a.kr")], "BA", ["buttons[0].linkMo"]),
        ([button("WL", linkMo="https://a.kr", buttonName="#{이름}")], "BA", ["buttons[0].buttonName"]),
        ([CHANNEL], "AD", []),
        ([CHANNEL, WEB], "MI", []),
        ([WEB, CHANNEL], "MI", ["buttons[1].buttonType"]),
        ([CHANNEL], "BA", ["buttons[0].buttonType"]),
        ([button("AC")], "AD", ["buttons[0].buttonName"]),
        ([WEB], "AD", ["buttons"]),
        ([button("P1")], "BA", ["buttons[0].buttonType"]),
    ],
)
def test_buttons(buttons, message_type, paths):
    assert [path for path, _ in button_faults(buttons, message_type)] == paths


@pytest.mark.parametrize(
    ("emphasis", "paths"),
    [
        ({}, []),
        ({"type": "NONE"}, []),
        ({"type": "TEXT", "title": "설명회", "subtitle": "11월 28일"}, []),
        ({"type": "TEXT"}, ["emphasis.title", "emphasis.subtitle"]),
        ({"type": "TEXT", "title": "가" * 51, "subtitle": "나"}, ["emphasis.title"]),
        ({"type": "TEXT", "title": "#{이름}", "subtitle": "나"}, ["emphasis.title"]),
        ({"type": "IMAGE"}, ["emphasis.type"]),
    ],
)
def test_emphasis(emphasis, paths):
    assert [path for path, _ in emphasis_faults(emphasis)] == paths


def test_what_stands_around_the_body_is_told_where_it_names_variables():
    buttons = [button("WL", linkMo="https://a.kr/#{코드}", linkPc="https://a.kr"), WEB]
    assert (
        around(buttons, {"type": "TEXT", "title": "#{행사}", "subtitle": "안내"})
        == "https://a.kr/#{코드}\n#{행사}"
    )
    assert around([WEB], {}) == ""
