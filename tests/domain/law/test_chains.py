"""E-08: twenty after twenty of one message is one broadcast, however the text is dressed up in between."""

from dataclasses import replace
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.law.test_judge import BY_HAND

from pabal.domain.law.chains import Earlier, chain_of, plain, same_message
from pabal.domain.law.judge import judge

# What one candidate says in a fortnight: the same name, greeting and manner, another matter.
TEXTS = (
    "안녕하세요, 마포을 예비후보 한서윤입니다. 아이들이 걱정 없이 걷는 통학로를 만들겠습니다. 학교 앞 속도를 낮추고 보도를 넓히겠습니다.",
    "안녕하세요, 마포을 예비후보 한서윤입니다. 전통시장 주차장을 두 배로 늘리고 배송 센터를 세워 상인들과 함께 살리겠습니다.",
    "안녕하세요, 마포을 예비후보 한서윤입니다. 밤에도 열리는 어린이 병원을 우리 동네에 세우겠습니다. 야간 진료비도 돕겠습니다.",
    "마포을 한서윤입니다. 오래된 임대주택의 배관과 승강기를 먼저 고치겠습니다. 관리비가 새는 곳도 찾아내겠습니다.",
    "한서윤이 선거사무소 문을 엽니다. 이번 토요일 오후 두 시, 망원역 이번 출구 앞입니다. 오셔서 차 한잔 나누세요.",
)
DRESSES = st.lists(
    st.sampled_from(
        [
            lambda text: "#{이름}님, " + text,
            lambda text: "존경하는 주민 여러분! " + text,
            lambda text: text.replace(" ", ""),
            lambda text: text.replace(". ", "!! "),
            lambda text: text.replace("겠습니다", "겠읍니다"),
            lambda text: text.replace("안녕하세요", "반갑습니다"),
            lambda text: text + " 감사합니다. 한서윤 드림 ^^",
            lambda text: "(선거운동정보) " + text + "\n불법수집정보 신고 118\n무료수신거부 080-123-4567",
            lambda text: text + " https://example.kr/a1 12월 24일",
            "\u200b".join,
            lambda text: text[: len(text) * 4 // 5],
        ]
    ),
    min_size=1,
    max_size=4,
    unique_by=id,
)
PEOPLE = [f"person-{n}" for n in range(60)]


@given(text=st.sampled_from(TEXTS), dresses=DRESSES)
def test_E08_a_text_dressed_up_is_the_same_message(text, dresses):
    other = text
    for dress in dresses:
        other = dress(other)
    assert same_message(text, other)
    assert same_message(other, text)


@pytest.mark.parametrize(("one", "other"), list(combinations(TEXTS, 2)))
def test_E08_another_matter_of_the_same_candidate_is_another_message(one, other):
    assert not same_message(one, other)


@st.composite
def day(draw):
    """Hand-picked sends of one day: who sends, to whom, which message in which dress."""
    sends = []
    for _ in range(draw(st.integers(1, 12))):
        about = draw(st.integers(0, 1))
        text = TEXTS[about]
        for dress in draw(DRESSES):
            text = dress(text)
        people = draw(st.sets(st.sampled_from(PEOPLE), min_size=1, max_size=20))
        sends.append((UUID(int=draw(st.integers(1, 3))), about, text, frozenset(people)))
    return sends


def verdict(facts):
    return next(one.level for one in judge(facts) if one.rule == "E-08")


@given(sends=day())
def test_E08_no_message_reaches_more_than_twenty_by_hand_in_a_day(sends):
    gone: list[Earlier] = []
    reached: dict[int, set[str]] = {}
    mine: dict[UUID, set[str]] = {}
    for operator, about, text, people in sends:
        chain = chain_of([text], frozenset(), people, operator, gone)
        level = verdict(replace(BY_HAND, people=len(people), chained=chain.same, by_hand=chain.mine))
        together = reached.setdefault(about, set()) | people
        by_me = mine.setdefault(operator, set()) | people
        assert (level == "block") == (len(together) > 20 and together != people)
        if level == "block":
            continue
        assert (level == "hold") == (len(by_me) > 20)
        reached[about], mine[operator] = together, by_me
        gone.append(Earlier([text], frozenset(), operator, people))
    assert all(len(people) <= 20 for people in reached.values())


def test_E08_one_handset_tried_again_is_one_person_and_five_are_the_camps_own():
    tests = [Earlier([TEXTS[0]], frozenset(), None, frozenset("12345"), is_test=True) for _ in range(4)]
    assert chain_of([TEXTS[0]], frozenset(), frozenset("ab"), None, tests).same == 0
    more = Earlier([TEXTS[0]], frozenset(), None, frozenset("6789"), is_test=True)
    assert chain_of([TEXTS[0]], frozenset(), frozenset("ab"), None, [*tests, more]).same == 4


def test_E08_a_notice_in_front_hides_no_text_behind_it_on_its_line():
    one, other = (
        f"(선거운동정보) 무료수신거부 080-123-4567 안녕하세요 이번 토요일 망원시장에서 유세가 {end} 꼭 함께해 주세요"
        for end in ("있습니다", "있어요")
    )
    assert plain(one).startswith("이번토요일망원시장")
    assert same_message(one, other)
    assert plain("내일 뵐게요\n무료수신거부 080-123-4567\n불법수집 신고 118") == "내일뵐게요"
