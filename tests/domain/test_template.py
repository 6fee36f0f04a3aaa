"""Rendering is pure: same content, same values, same text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.template import (
    ByteRange,
    Missing,
    MissingPolicy,
    Rendered,
    byte_range,
    contact_values,
    parse,
    problems,
    render,
    resolved,
)
from pabal.domain.text import byte_length, normalise

NAMES = st.text(alphabet="이름지역abc12_ ", min_size=1, max_size=8).map(str.strip).filter(bool)
LITERAL = st.text(alphabet="안녕하세요 님.!\nxyz{}#", max_size=20).filter(
    lambda s: "#{" not in s and s[-1:] != "#"
)
VALUE = st.text(alphabet="김철수 Q#{}이름12", min_size=1, max_size=10).filter(lambda s: bool(s.strip()))


@pytest.mark.parametrize(
    ("body", "variables", "faulty"),
    [
        ("#{이름}님, #{지역} 소식", ("이름", "지역"), False),
        ("#{이름} #{이름}", ("이름",), False),
        ("#{ 이름 }님", ("이름",), False),
        ("변수 없음", (), False),
        ("##{이름}", ("이름",), False),
        ("#{이름", (), True),
        ("#{} 빈 이름", (), True),
        ("#{ } 빈 이름", (), True),
        ("#{a.b}", ("a.b",), True),
        ("#{a\nb}", (), True),
        ("".join(f"#{{v{i}}}" for i in range(41)), tuple(f"v{i}" for i in range(41)), True),
    ],
)
def test_parse(body, variables, faulty):
    template = parse(body)
    assert template.variables == variables
    assert bool(problems(template)) is faulty


def test_values_are_not_expanded_again():
    assert render(parse("#{a}"), {"a": "#{b}", "b": "x"}) == Rendered("#{b}")


@pytest.mark.parametrize("blank", [None, "", "  ", "\u200b"])
@pytest.mark.parametrize(
    ("policy", "defaults", "expected"),
    [
        (MissingPolicy.SKIP, {"이름": "회원"}, Missing(("이름",), "skip")),
        (MissingPolicy.STOP, {"이름": "회원"}, Missing(("이름",), "stop")),
        (MissingPolicy.DEFAULT, {"이름": "회원"}, Rendered("회원님", ("이름",))),
        (MissingPolicy.DEFAULT, {}, Missing(("이름",), "skip")),
        (MissingPolicy.DEFAULT, {"이름": " "}, Missing(("이름",), "skip")),
    ],
)
def test_missing(blank, policy, defaults, expected):
    assert render(parse("#{이름}님"), {"이름": blank}, defaults=defaults, policy=policy) == expected


def test_a_value_wins_over_its_default():
    rendered = render(
        parse("#{이름}님"), {"이름": " 김철수 "}, defaults={"이름": "회원"}, policy=MissingPolicy.DEFAULT
    )
    assert rendered == Rendered("김철수님")


def test_resolved_values_for_alimtalk():
    assert resolved(parse("#{이름} #{금액}"), {"이름": "김", "금액": "₩1", "x": "y"}) == {
        "이름": "김",
        "금액": "￦1",
    }
    assert resolved(parse("#{이름}"), {}) == Missing(("이름",), "skip")


@given(st.lists(st.tuples(LITERAL, NAMES), max_size=6), st.data())
def test_render_is_substitution(pieces, data):
    body = "".join(f"{literal}#{{{name}}}" for literal, name in pieces)
    template = parse(body)
    assert set(template.variables) == {name for _, name in pieces}
    values = {name: data.draw(VALUE) for name in template.variables}
    rendered = render(template, values)
    assert isinstance(rendered, Rendered)
    expected = "".join(f"{literal}{values[name].strip()}" for literal, name in pieces)
    assert rendered.text == normalise(expected)


@given(st.lists(st.tuples(LITERAL, NAMES), max_size=6), st.data())
def test_the_byte_range_holds_every_text(pieces, data):
    template = parse("".join(f"{literal}#{{{name}}}" for literal, name in pieces))
    values = [{n: data.draw(VALUE) for n in template.variables} for _ in range(3)]
    spans = {
        n: (min(byte_length(v[n].strip()) for v in values), max(byte_length(v[n].strip()) for v in values))
        for n in template.variables
    }
    span = byte_range(template, spans)
    for chosen in values:
        rendered = render(template, chosen)
        assert isinstance(rendered, Rendered)
        assert span.min <= byte_length(rendered.text) <= span.max


def test_byte_range_counts_each_use():
    assert byte_range(parse("#{a}-#{a}"), {"a": (2, 8)}) == ByteRange(5, 17)


def test_a_contact_offers_its_name_and_attributes():
    pii = {
        "name": "김철수",
        "attributes": {"직업": "교사", "나이": 41, "동의": True, "목록": ["x"], "이름": "가짜"},
    }
    assert contact_values(pii) == {"직업": "교사", "나이": "41", "이름": "김철수"}
    assert contact_values({"name": " ", "attributes": None}) == {}


def test_a_contact_offers_its_district_before_an_attribute_of_that_name():
    pii = {"attributes": {"지역": "적은 곳"}}
    assert contact_values(pii | {"district": "마포구"}) == {"지역": "마포구"}
    assert contact_values(pii | {"district": " "}) == {"지역": "적은 곳"}
