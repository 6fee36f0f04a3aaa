"""Names: what is shown, what is compared, and which cells hold no person's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.name import Agreement, NameKind, clean_name, mask_name, names_agree, says_more

SAME = """김철수|김 철 수|김 철수| 김철수 |김철수님|김철수 위원장|김철수위원장님|위원장 김철수|김철수(위원장)|김철수/총무|김철수 씨
|17. 김철수|3)김철수|김철수/남|김철수 - 남자|김철수(남)|김철수*|김철수(85)|김철수(박영희 처)|㈜한빛건설 김철수|(주)우리마트 김철수|김철수 귀하|김철수\u3000|\u200b김철수""".replace(
    "\n", ""
).split("|")


@pytest.mark.parametrize("cell", SAME)
def test_every_spelling_of_a_name_has_one_key(cell: str) -> None:
    name = clean_name(cell)
    assert (name.key, name.kind) == ("김철수", NameKind.FULL)


def test_decomposed_hangul_is_the_same_name() -> None:
    assert clean_name("\u1100\u1175\u11b7\u110e\u1165\u11af\u1109\u116e").key == "김철수"


@pytest.mark.parametrize(
    "cell", ["", " ", "-", "?", "없음", "미상", "홍길동", "익명", "테스트", ".", "이름없음", "김"]
)
def test_placeholders_are_nameless(cell: str) -> None:
    assert clean_name(cell).kind is NameKind.NONE


@pytest.mark.parametrize(
    ("cell", "kind", "key"),
    [
        ("김 위원장", NameKind.PARTIAL, ""),
        ("김위원장님", NameKind.PARTIAL, ""),
        ("남궁회장", NameKind.PARTIAL, ""),
        ("햇살맘", NameKind.NICK, ""),
        ("철수아빠", NameKind.NICK, ""),
        ("(주)한빛건설", NameKind.NICK, ""),
        ("행복12", NameKind.NICK, ""),
        ("남궁민수", NameKind.FULL, "남궁민수"),
        ("이이", NameKind.FULL, "이이"),
        ("KIM MIN-SU", NameKind.ROMAN, "kimminsu"),
        ("金哲洙", NameKind.FULL, "金哲洙"),
    ],
)
def test_kinds(cell: str, kind: NameKind, key: str) -> None:
    name = clean_name(cell)
    assert (name.kind, name.key) == (kind, key)


@pytest.mark.parametrize(
    ("a", "b", "agreement"),
    [
        ("김철수", "김철수 총무", Agreement.SAME),
        ("김철수", "이영희", Agreement.DIFFERENT),
        ("김철수", "", Agreement.OPEN),
        ("햇살맘", "김철수", Agreement.OPEN),
        ("김 위원장", "김철수", Agreement.OPEN),
        ("박 위원장", "김철수", Agreement.DIFFERENT),
    ],
)
def test_agreement(a: str, b: str, agreement: Agreement) -> None:
    assert names_agree(clean_name(a), clean_name(b)) is agreement
    assert names_agree(clean_name(b), clean_name(a)) is agreement


@given(st.text())
def test_cleaning_never_fails_and_a_key_is_stable(text: str) -> None:
    name = clean_name(text)
    if name.kind is NameKind.FULL:
        assert clean_name(name.display).key == name.key


def test_masks() -> None:
    assert [mask_name(name) for name in ("김철수", "김철", "남궁민수", "김", "")] == [
        "김*수",
        "김*",
        "남**수",
        "김",
        "",
    ]


@pytest.mark.parametrize(
    ("new", "old", "more"),
    [
        ("김철수", "", True),
        ("김철수", "김 위원장", True),
        ("김철수", "Kim Chulsoo", True),
        ("Kim Chulsoo", "김철수", False),
        ("김철수", "김철호", False),
        ("소나무", "김철수", False),
        ("", "김철수", False),
    ],
)
def test_which_name_says_more(new: str, old: str, more: bool) -> None:
    assert says_more(clean_name(new), clean_name(old)) == more
