"""Which column is what: the headers of Korean lists, and cells that disagree with their header. Pure."""

import pytest

from pabal.imports.guess import Target, Why, by_header, find_header, guess_columns

HEADERS = {
    Target.NAME: ["이름", "성명", "성 명", "성함", "name", "Full Name", "당원명", "신청자", "이름(한글)", "참석자 성명"],
    Target.PHONE: ["휴대폰", "연락처", "연락처(H.P)", "휴대전화번호", "핸드폰 번호", "전화번호", "전화2", "자택전화", "집전화", "HP", "H.P.", "Mobile", "Tel", "번호"],
    Target.EMAIL: ["이메일", "E-mail", "email", "전자우편", "메일주소"],
    Target.KAKAO: ["카카오ID", "카톡아이디", "카톡ID", "kakao_id"],
    Target.ADDRESS: ["주소", "읍면동", "거주지", "address"],
    Target.DISTRICT: ["지역구", "행정동", "동"],
    Target.BIRTH: ["생년", "생년월일", "출생년도", "생일", "birth"],
    Target.TAGS: ["태그", "구분", "그룹", "분류"],
    Target.CONSENT: ["수신동의", "문자수신", "동의여부", "마케팅 수신 동의"],
    Target.REFUSAL: ["수신거부", "거부여부"],
    Target.MEMO: ["비고", "메모", "특이사항", "memo"],
    Target.SOURCE: ["출처", "명단출처", "유입경로", "source"],
    Target.DATE: ["등록일", "작성일자", "created", "가입일"],
    Target.IGNORE: ["정치 성향", "지지정당", "주민등록번호", "연번", "No.", "순번", "오류"],
    Target.ATTRIBUTE: ["당원번호", "우편번호", "배우자 연락처", "추천인", "성별", "직책"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("target", "header"), [(target, one) for target, them in HEADERS.items() for one in them]
)
def test_headers_of_korean_lists(target: Target, header: str) -> None:
    assert by_header(header) is target


def guess(header: str, *cells: str) -> Target:
    (column,) = guess_columns([header], [[cell] for cell in cells])
    assert column.confidence < 1
    assert (column.why is Why.LOOKS) == (column.share is not None)
    return column.target


def test_cells_that_disagree_with_their_header_win() -> None:
    numbers = [f"010-3333-{i}" for i in range(1000, 1010)]
    assert guess("비고", *numbers) is Target.PHONE
    assert guess("당원 정보", *numbers) is Target.PHONE
    assert guess("연락처", *[f"kim{i}@naver.com" for i in range(10)]) is Target.EMAIL
    assert guess("휴대폰", "김철수", "이영희", "박민호", "최보람", "정하늘") is Target.NAME
    assert guess("읍면동", *["서울 마포구 공덕동 12-3 현대아파트 101동 1203호"] * 5) is Target.ADDRESS
    assert guess("지역", *["서울 마포구 공덕동 12-3 현대아파트 101동 1203호"] * 5) is Target.ADDRESS


def test_cells_that_only_look_a_little_like_something_else_lose() -> None:
    assert guess("비고", "주차", "동반", "이사") is Target.MEMO  # two syllables that begin with a surname
    assert guess("비고", "주차", "010-3333-4444로 연락", "", "재방문") is Target.MEMO
    assert guess("지역", "마포구", "은평구") is Target.DISTRICT
    assert (
        guess("카톡ID", "010-3333-4444", "010-3333-4445") is Target.KAKAO
    )  # its reader takes numbers as what they are
    assert guess("관리번호", "A-1", "A-2") is Target.ATTRIBUTE
    assert guess("번호", "1", "2", "3") is Target.ATTRIBUTE


def test_the_header_is_found_under_titles_and_missing_ones_are_noticed() -> None:
    titles = [
        ["2026 가을 간담회 참석자"],
        ["작성: 사무국", "", "대외비"],
        ["연번", "성명", "휴대폰"],
        ["1", "김철수", "010-2222-3334"],
    ]
    assert find_header(titles) == 2
    assert find_header([["김철수", "010-2222-3334"], ["이영희", "010-3333-4445"]]) is None
    assert find_header([["성함", "누구", "어디"], ["김철수", "-", "공덕"]]) == 0
