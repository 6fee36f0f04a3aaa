"""Words that others contain stop nobody; names are no words; a stop's log names no candidate."""

from dataclasses import replace
from datetime import date

import pytest
from tests.domain.law.test_judge import ADVERT, BY_HAND, CAMPAIGN, CIVIC, at

from pabal.domain.law.election import ElectionCalendar, Office
from pabal.domain.law.judge import judge


def rules(facts):
    return {verdict.rule: verdict.level for verdict in judge(facts)}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("오늘은 어린이날인 만큼 아이들과 함께해요.", "T-09"),
        ("오민재 후보와 함께 안전과 돌봄을 이야기해요.", "T-11"),
        ("오민재 후보가 역사기념관에서 인사드려요.", "T-11"),
        ("사무장 김애자입니다.", "T-12"),
        ("가입당시 적은 주소로 보내요.", "T-17"),
        ("정당선거사무소가 문을 열어요.", "T-04"),
        ("후원 계좌 농협 3012991234561", "P-05"),
        ("청소년 백일장 당선작을 전시해요.", "T-04"),
        ("표어 공모 당선을 축하드려요.", "T-04"),
        ("나주 홍어 축제에 오세요. 홍어삼합도 있어요.", "T-12"),
    ],
)
def test_a_word_within_another_is_none(text, rule):
    assert rule not in rules(replace(CIVIC, text=text, starts_at=at("2027-03-30")))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("지지 서명을 받아요.", "T-09"),
        ("서명날인 부탁드려요.", "T-09"),
        ("오민재 후보는 전과 3범입니다.", "T-11"),
        ("오민재 후보의 사기 사건", "T-11"),
        ("입당해 주세요.", "T-17"),
        ("꼭 당선시켜 주세요.", "T-04"),
        ("공모 사업을 따낸 오민재 후보를 당선시켜 주세요.", "T-04"),
        ("홍어 전라도 사람들", "T-12"),
        ("홍어 애들", "T-12"),
        ("900101-1234567", "P-05"),
    ],
)
def test_the_word_itself_still_counts(text, rule):
    assert rule in rules(replace(CIVIC, text=text, starts_at=at("2027-03-30")))


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("도서 대출 안내를 드려요.", None),
        ("대출증을 새로 만들어 드려요.", None),
        ("토토로 인형이 나왔어요.", None),
        ("당일 대출 상품이 나왔어요.", "hold"),
        ("작업대출 도와드려요.", "block"),
        ("토토 사이트", "block"),
    ],
)
def test_A11_a_library_lends_books_and_a_lender_is_looked_at(text, level):
    said = ADVERT.text.replace("새 제품이 나왔어요.", text)
    assert rules(replace(ADVERT, text=said)).get("A-11") == level


def test_E17_a_candidate_called_kyungsun_holds_no_primary():
    named = replace(CAMPAIGN, names=frozenset({"김경선"}), text=CAMPAIGN.text + "\n김경선 드림")
    assert "E-17" not in rules(named)
    assert rules(replace(named, text=named.text + " 당내 경선")).get("E-17") == "hold"
    assert rules(replace(named, names=frozenset({"경선"}))).get("E-17") == "hold"


def test_E08_an_api_key_picks_nobody_by_hand():
    assert rules(BY_HAND).get("E-08") == "warn"
    assert rules(replace(BY_HAND, program=True)).get("E-08") == "block"


def test_P09_an_election_that_is_over_holds_until_the_next_one_is_named():
    over = replace(CIVIC, starts_at=at("2027-04-08"))
    assert rules(over).get("P-09") == "hold"
    ahead = replace(over, calendar=ElectionCalendar(date(2028, 4, 12), Office.ASSEMBLY))
    assert "P-09" not in rules(ahead)
    assert "P-09" not in rules(replace(over, starts_at=at("2027-04-07", 23)))
