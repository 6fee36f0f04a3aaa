import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.alike import ALIKE, likeness

NOTICE = "#{이름}님, 11월 28일(토) 오후 2시 망원1동 주민센터에서 주민 설명회를 열어요. 많이 와 주세요. 문의 02-1234-5678"


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (NOTICE, True),
        (NOTICE.replace("#{이름}", "#{성함}"), True),
        (NOTICE.replace("11월 28일(토)", "11월 29일(일)"), True),
        (NOTICE.replace(" ", ""), True),
        ("#{이름}님, 통학길 개선안을 정리했어요. 자료를 읽고 의견을 보내 주세요. 문의 02-1234-5678", False),
        ("", False),
    ],
)
def test_a_corrected_notice_is_alike_and_another_is_not(other, alike):
    assert (likeness(NOTICE, other) >= ALIKE) is alike


@given(st.text(), st.text())
def test_it_is_a_share_and_the_same_both_ways(one, other):
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
