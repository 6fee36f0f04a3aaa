"""The intake rules of Solapi, as a table; and the byte count at its edges."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.sandbox.solapi.codes import STATUS
from pabal.sandbox.solapi.validate import Rules, Template, byte_length, check, matches_template, render

ATA = {"pfId": "KA01PF1", "templateId": "T1", "variables": {"#{이름}": "김하나"}}


def verdict(rules: Rules | None = None, **fields: Any) -> str | None:
    message = {"to": "01012345678", "from": "0212345678", "text": "안녕", **fields}
    return check(
        {name: value for name, value in message.items() if value is not None}, message["to"], rules or Rules()
    ).code


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        (None, {}),
        (None, {"to": "010-1234-5678"}),
        (None, {"to": "15881234"}),
        (None, {"to": "050712345678"}),
        ("1010", {"to": None}),
        ("1011", {"to": "전화"}),
        ("1011", {"to": "12"}),
        ("1011", {"to": "+821012345678"}),
        (None, {"to": "14155550123", "country": "1"}),
        ("1010", {"from": None}),
        ("1011", {"from": "123"}),
        ("1010", {"text": None}),
        ("1010", {"text": ""}),
        ("1025", {"type": "PIGEON"}),
        # 90 bytes are 45 Hangul; the 46th makes an SMS too long
        (None, {"type": "SMS", "text": "가" * 45}),
        ("1031", {"type": "SMS", "text": "가" * 46}),
        ("1031", {"type": "SMS", "text": "a" * 91}),
        (None, {"type": "LMS", "text": "가" * 1000}),
        ("1031", {"type": "LMS", "text": "가" * 1000 + "a"}),
        ("1013", {"type": "SMS", "subject": "제목"}),
        (None, {"type": "LMS", "subject": "가" * 20}),
        ("1014", {"type": "LMS", "subject": "가" * 20 + "a"}),
        ("1034", {"type": "MMS"}),
        # not in CP949: emoji, dashes, accents, decomposed Hangul, no-break space
        ("1029", {"text": "🎉"}),
        ("1029", {"text": "a – b"}),
        ("1029", {"text": "café"}),
        ("1029", {"text": "\u1112\u1161\u11ab"}),
        ("1029", {"text": "a\u00a0b"}),
        ("1029", {"type": "LMS", "subject": "✓"}),
        (None, {"text": "뷁 똠 € ★ ① ㈜"}),
        ("1028", {"text": "a\x07b"}),
        (None, {"text": "첫 줄\r\n둘째\t줄"}),
        ("1032", {"customFields": {"k" * 31: "v"}}),
        ("1032", {"customFields": {"k": "v" * 101}}),
        ("1032", {"customFields": {"k": 1}}),
        (None, {"customFields": {"attemptId": "v" * 100}}),
        ("1041", {"type": "ATA", "kakaoOptions": {"templateId": "T1"}}),
        ("1042", {"type": "ATA", "kakaoOptions": {"pfId": "KA01PF1"}}),
        (None, {"type": "ATA", "from": None, "text": "🎉 된다", "kakaoOptions": ATA}),
        ("1031", {"type": "ATA", "text": "가" * 1301, "kakaoOptions": ATA}),
        (None, {"type": "ATA", "text": None, "kakaoOptions": ATA}),
    ],
)
def test_a_message_is_judged_as_documented(code: str | None, fields: dict[str, Any]) -> None:
    assert verdict(**fields) == code


@pytest.mark.parametrize(
    ("code", "rules"),
    [
        ("1062", Rules(sender_ok=lambda number: number != "0212345678")),
        ("1061", Rules(opted_out=lambda number: number == "01012345678")),
        ("1060", Rules(blocked=lambda number: number == "01012345678")),
        ("1064", Rules(forced=lambda _number: "1064")),
    ],
)
def test_lists_of_the_account_refuse(code: str, rules: Rules) -> None:
    assert verdict(rules) == code


def test_an_opt_out_does_not_stop_alimtalk() -> None:
    opted_out = Rules(opted_out=lambda _number: True)
    assert verdict(opted_out, type="ATA", kakaoOptions=ATA) is None


@pytest.mark.parametrize(
    ("expected", "fields"),
    [
        ("SMS", {"text": "가" * 45}),
        ("LMS", {"text": "가" * 46}),
        ("LMS", {"subject": "제목"}),
        ("MMS", {"imageId": "ST01FP1"}),
        ("ATA", {"kakaoOptions": ATA}),
        ("CTA", {"kakaoOptions": {"pfId": "KA01PF1"}}),
        (
            "BMS_TEXT",
            {"kakaoOptions": {"pfId": "KA01PF1", "bms": {"targeting": "I", "chatBubbleType": "TEXT"}}},
        ),
    ],
)
def test_the_type_is_detected_when_none_is_given(expected: str, fields: dict[str, Any]) -> None:
    message = {"to": "01012345678", "from": "0212345678", "text": "안녕", **fields}
    checked = check(message, message["to"], Rules())
    assert (checked.type, checked.code) == (expected, None)


def known(content: str, state: str = "APPROVED") -> Rules:
    return Rules(template=lambda code: Template(code, state, content), strict_templates=True)


@pytest.mark.parametrize(
    ("code", "rules", "text", "variables"),
    [
        (None, known("#{이름}님 안녕하세요"), None, {"#{이름}": "김하나"}),
        (None, known("#{이름}님 안녕하세요"), None, {"이름": "김하나"}),
        ("1043", known("#{이름}님 안녕하세요"), None, {}),
        (None, known("#{이름}님 안녕하세요"), "김하나님 안녕하세요", {}),
        ("1043", known("#{이름}님 안녕하세요"), "김하나님 반갑습니다", {}),
        ("1042", known("#{이름}님", "INSPECTING"), None, {"이름": "김하나"}),
        ("1042", known("#{이름}님", "REJECTED"), None, {"이름": "김하나"}),
        ("1042", Rules(strict_templates=True), None, {"이름": "김하나"}),
    ],
)
def test_an_alimtalk_has_to_be_its_approved_template(
    code: str | None, rules: Rules, text: str | None, variables: dict[str, str]
) -> None:
    options = {"pfId": "KA01PF1", "templateId": "T1", "variables": variables}
    assert verdict(rules, type="ATA", text=text, kakaoOptions=options) == code


def test_the_carrier_writes_the_text_of_a_template() -> None:
    assert render("#{이름}님, #{곳}에서", {"#{이름}": "김하나", "곳": "시청"}) == (
        "김하나님, 시청에서",
        False,
    )
    assert matches_template("줄1\n줄2 김 끝", "줄1\n줄2 #{이름} 끝")


@pytest.mark.parametrize(
    ("text", "size"), [("", 0), ("abc", 3), ("가나", 4), ("뷁", 2), ("a\n가", 4), ("가🎉", 4)]
)
def test_bytes_are_counted_in_cp949(text: str, size: int) -> None:
    assert byte_length(text) == size


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.characters(categories=["Cs"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "to",
    "from",
    "text",
    "type",
    "subject",
    "country",
    "imageId",
    "kakaoOptions",
    "customFields",
    "autoTypeDetect",
)


@given(
    st.dictionaries(
        st.sampled_from(FIELDS), JSON | st.sampled_from(["01012345678", "SMS", "LMS", "ATA", "가"])
    )
)
def test_whatever_json_comes_gets_a_verdict(fields: dict[str, Any]) -> None:
    code = check(fields, fields.get("to"), known("#{이름}님")).code
    assert code is None or code in STATUS
