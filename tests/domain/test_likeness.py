"""How alike two names are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.likeness import Likeness, distinct, likeness, one_edit
from pabal.domain.name import clean_name

HANGUL = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("김민수", "김 민수 위원장", Likeness.SAME),
        ("김민수", "김만수", Likeness.NEAR),
        ("김민수", "김미수", Likeness.NEAR),
        ("김민수", "김민서", Likeness.NEAR),
        ("김민수", "김민성", Likeness.OTHER),
        ("김민수", "이민수", Likeness.OTHER),
        ("김민수", "Kim Min-su", Likeness.ROMANISED),
        ("김민수", "Minsoo Kim", Likeness.ROMANISED),
        ("김민수", "KIM, MIN SU", Likeness.ROMANISED),
        ("이정훈", "Lee Junghoon", Likeness.ROMANISED),
        ("이정훈", "Jeong-hun Yi", Likeness.ROMANISED),
        ("박영희", "Younghee Park", Likeness.ROMANISED),
        ("최은경", "Choi Eunkyung", Likeness.ROMANISED),
        ("노현우", "Roh Hyun Woo", Likeness.ROMANISED),
        ("안재현", "ahn jaehyun", Likeness.ROMANISED),
        ("남궁민", "Namgung Min", Likeness.ROMANISED),
        ("Kim Minsu", "minsoo kim", Likeness.ROMANISED),
        ("김민수", "Park Younghee", Likeness.OTHER),
        ("김민수", "Kim Younghee", Likeness.OTHER),
        ("Kim Minsu", "Park Minsu", Likeness.OTHER),
        ("김민수", "", Likeness.OPEN),
        ("김민수", "햇살맘", Likeness.OPEN),
        ("김민수", "김 위원장", Likeness.OPEN),
        ("김민수", "이 위원장", Likeness.OTHER),
        ("Kim Minsu", "김 위원장", Likeness.OPEN),
        ("Kim Minsu", "이 위원장", Likeness.OTHER),
        ("이 총무", "이 위원장", Likeness.OPEN),
        ("이 총무", "김 위원장", Likeness.OTHER),
    ],
)
def test_likeness_of_two_names(a, b, expected):
    assert likeness(clean_name(a), clean_name(b)) is expected
    assert likeness(clean_name(b), clean_name(a)) is expected


def test_near_spellings_are_one_person_on_a_value():
    assert distinct(map(clean_name, ["김민수", "김만수", "이영희", "Kim Minsu", "햇살맘", ""])) == 2


@given(HANGUL, st.integers(0, 3), HANGUL)
def test_one_edit_is_symmetric_and_holds_for_one_change(text, at, other):
    changed = text[:at] + other[:1] + text[at + 1 :]
    assert one_edit(text, changed)
    assert one_edit(text, text[:at] + text[at + 1 :])
    assert one_edit(text, other) == one_edit(other, text)
