"""Notices in texts: what is put in, and what counts as being there. The rule's id is in the test's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.law.labels import (
    AdvertNotice,
    CampaignNotice,
    advert_gaps,
    advert_text,
    campaign_gaps,
    campaign_text,
    dashed,
    free_of_charge,
)
from pabal.domain.template import parse

NOTICE = CampaignNotice(number="01023456789", refusal="0801234567")
ADVERT = AdvertNotice(sender="파발전자", contact="0212345678", refusal="0801234567")
WHOLE = "(선거운동정보) 마포구 예비후보 홍길동입니다.\n문의 010-2345-6789\n불법수집정보 신고 118\n무료수신거부 080-123-4567"
AD = "(광고)파발전자 02-1234-5678\n여름 할인을 시작해요.\n무료수신거부 080-123-4567"

bodies = st.text(
    st.sampled_from("가나다 선거운동정보(광고)무료수신거부080-123456718불법집신고문의#{이름}\n\u200b"),
    max_size=80,
)
subjects = st.one_of(st.just(""), st.text(st.sampled_from("가나 (광고)[선거운동정보]"), max_size=16))


def test_a_whole_text_lacks_nothing_and_stays_as_it_is():
    assert campaign_gaps(WHOLE, "", NOTICE) == ()
    assert campaign_text(WHOLE, "", NOTICE).body == WHOLE
    assert advert_gaps(AD, "", ADVERT) == ()
    assert advert_text(AD, "", ADVERT).body == AD


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("C-01", "(선거운동정보) ", ""),
        ("C-01", "(선거운동정보) 마포구", "마포구 (선거운동정보)"),
        ("C-02", "010-2345-6789", "010-2345-6780"),
        ("C-02", "010-2345-6789", "010-2345-67891"),
        ("C-03", "불법수집정보 신고 118", "신고 118"),
        ("C-03", "118", "1180"),
        ("C-04", "무료수신거부 080-123-4567", ""),
        ("C-04", "080-123-4567", "080-123-4568"),
        ("C-04", "무료수신거부 080-123-4567", "080-123-4567"),
        ("C-04", "080-123-4567", "문자로 회신"),
    ],
)
def test_a_missing_notice_is_found_and_put_in(rule, old, new):
    body = WHOLE.replace(old, new)
    assert campaign_gaps(body, "", NOTICE) == (rule,)
    assert campaign_gaps(campaign_text(body, "", NOTICE).body, "", NOTICE) == ()


@pytest.mark.parametrize(
    "mark", ["선거운동정보", "[선거운동정보]", "【선거운동정보】", "<선거운동정보>", " (선거운동정보)"]
)
def test_C01_any_bracket_opens(mark):
    assert campaign_gaps(WHOLE.replace("(선거운동정보)", mark), "", NOTICE) == ()


def test_C01_a_title_must_open_with_it_too():
    assert campaign_gaps(WHOLE, "봄 인사", NOTICE) == ("C-01",)
    found = campaign_text(WHOLE, "봄 인사", NOTICE)
    assert found.subject == "(선거운동정보) 봄 인사"
    assert found.body == WHOLE


def test_C07_a_zero_width_sign_hides_nothing_and_breaks_nothing():
    hidden = WHOLE.replace("선거운동정보", "선거\u200b운동정보").replace("무료수신거부", "무료\u2060수신거부")
    assert campaign_gaps(hidden, "", NOTICE) == ()


@pytest.mark.parametrize(
    ("refusal", "free"),
    [
        ("0801234567", True),
        ("080-123-4567", True),
        ("https://example.org/no", True),
        ("01023456789", False),
        ("http://example.org", False),
        ("", False),
    ],
)
def test_C05_refusing_costs_nothing(refusal, free):
    assert free_of_charge(refusal) is free


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("A-04", "(광고)", ""),
        ("A-04", "(광고)", "(광 고)"),
        ("A-04", "(광고)", "[광고]"),
        ("A-04", "파발전자 ", ""),
        ("A-04", "02-1234-5678", ""),
        ("A-05", "무료수신거부", "수신거부"),
        ("A-05", "080-123-4567", "02-123-4567"),
        ("A-05", "무료수신거부 080-123-4567", "무료수신거부 080-123-4567\n또 만나요"),
    ],
)
def test_an_advert_without_its_notice_is_found_and_mended(rule, old, new):
    body = AD.replace(old, new)
    assert advert_gaps(body, "", ADVERT) == (rule,)
    assert advert_gaps(advert_text(body, "", ADVERT).body, "", ADVERT) == ()


def test_A04_a_title_begins_with_it_too():
    assert advert_gaps(AD, "여름 할인", ADVERT) == ("A-04",)
    found = advert_text(AD, "여름 할인", ADVERT)
    assert found.subject == "(광고)여름 할인"
    assert found.body == AD


@given(bodies, subjects)
def test_whatever_was_written_the_finished_text_lacks_nothing(body, subject):
    found = campaign_text(body, subject, NOTICE)
    assert campaign_gaps(found.body, found.subject, NOTICE) == ()
    assert campaign_text(found.body, found.subject, NOTICE) == found
    ad = advert_text(body, subject, ADVERT)
    assert advert_gaps(ad.body, ad.subject, ADVERT) == ()
    assert advert_text(ad.body, ad.subject, ADVERT) == ad


@given(bodies)
def test_variables_of_the_author_survive(body):
    names = set(parse(body).variables)
    assert names <= set(parse(campaign_text(body, "", NOTICE).body).variables)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("01023456789", "010-2345-6789"),
        ("0212345678", "02-1234-5678"),
        ("021234567", "02-123-4567"),
        ("0801234567", "080-123-4567"),
        ("15881234", "15881234"),
    ],
)
def test_numbers_as_people_read_them(number, text):
    assert dashed(number) == text
