"""Korean telephone numbers: every form a list holds, and the ones that must be refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.phone import (
    _FAST,
    Owner,
    Phone,
    PhoneKind,
    PhoneProblem,
    _parse_slowly,
    format_phone,
    mask_phone,
    mask_resident_numbers,
    parse_cell,
    parse_phone,
)

MOBILE = "01093082906"
SAME_MOBILE = """010-9308-2906|01093082906|010.9308.2906|010 9308 2906|+82-10-9308-2906|+82 10 9308 2906|82 10 9308 2906
|821093082906|+82 010-9308-2906|82-010-9308-2906|00821093082906|0082 10 9308 2906|1093082906|1093082906.0|1.093082906E+09
|０１０－９３０８－２９０６|(010)9308-2906|010)9308-2906|'01093082906|010–9308–2906|T. 010-9308-2906|HP:010-9308-2906|H.P 010-9308-2906
|☎010-9308-2906|휴)010-9308-2906| 010-9308-2906 |010-9308-2906(본인)|010-9308-2906 문자만|0 1 0 9308 2906|010-9308-2906 (2)
|O1O-93O8-29O6|olo 9308 2906|홍길동 010-9308-2906|010 - 9308 - 2906|\u200b010-9308-2906|010-9308-2906\u3000""".replace(
    "\n", ""
).split("|")


@pytest.mark.parametrize("cell", SAME_MOBILE)
def test_every_spelling_of_a_mobile_is_one_number(cell: str) -> None:
    phone = parse_phone(cell)
    assert isinstance(phone, Phone)
    assert (phone.digits, phone.kind, phone.owner) == (MOBILE, PhoneKind.MOBILE, Owner.SELF)


@pytest.mark.parametrize(
    ("cell", "digits", "kind"),
    [
        ("011-234-5678", "0112345678", PhoneKind.MOBILE),
        ("112345678", "0112345678", PhoneKind.MOBILE),
        ("019-9234-5678", "01992345678", PhoneKind.MOBILE),
        ("02-323-4567", "023234567", PhoneKind.LANDLINE),
        ("+82-2-323-4567", "023234567", PhoneKind.LANDLINE),
        ("+82 2 323 4567", "023234567", PhoneKind.LANDLINE),
        ("82 2 323 4567", "023234567", PhoneKind.LANDLINE),
        ("82-2-323-4567", "023234567", PhoneKind.LANDLINE),
        ("822-323-4567", "023234567", PhoneKind.LANDLINE),
        ("8223234567", "023234567", PhoneKind.LANDLINE),
        ("8223234567.0", "023234567", PhoneKind.LANDLINE),
        ("(82) 2 323 4567", "023234567", PhoneKind.LANDLINE),
        ("82(2)323-4567", "023234567", PhoneKind.LANDLINE),
        ("８２ ２ ３２３ ４５６７", "023234567", PhoneKind.LANDLINE),
        ("사무실 82 2 323 4567", "023234567", PhoneKind.LANDLINE),
        ("82 (0)2 323 4567", "023234567", PhoneKind.LANDLINE),
        ("82 2 3234 5678", "0232345678", PhoneKind.LANDLINE),
        ("82 31 323 4567", "0313234567", PhoneKind.LANDLINE),
        ("82 70 4567 8901", "07045678901", PhoneKind.LANDLINE),
        ("82 505 323 4567", "05053234567", PhoneKind.LANDLINE),
        ("82 1588 1234", "15881234", PhoneKind.LANDLINE),
        ("82 11 234 5678", "0112345678", PhoneKind.MOBILE),
        ("82 011 9234 5678", "01192345678", PhoneKind.MOBILE),
        ("(031) 323-4567", "0313234567", PhoneKind.LANDLINE),
        ("313234567", "0313234567", PhoneKind.LANDLINE),
        ("070-4567-8901", "07045678901", PhoneKind.LANDLINE),
        ("0505-323-4567", "05053234567", PhoneKind.LANDLINE),
        ("1588-1234", "15881234", PhoneKind.LANDLINE),
    ],
)
def test_old_prefixes_and_landlines(cell: str, digits: str, kind: PhoneKind) -> None:
    phone = parse_phone(cell)
    assert isinstance(phone, Phone)
    assert (phone.digits, phone.kind) == (digits, kind)


@pytest.mark.parametrize(
    "cell",
    [
        "010-9308-2906/02-323-4567",
        "010-9308-2906, 02-323-4567",
        "010-9308-2906\n02-323-4567",
        "01093082906;023234567",
        "010-9308-2906(02-323-4567)",
        "82 10 9308 2906 / 82 2 323 4567",
        "010-9308-2906, 82 2 323 4567",
        "010-9308-2906 02-323-4567",
        "+82 10 9308 2906 / 02 323 4567",
    ],
)
def test_two_numbers_in_a_cell(cell: str) -> None:
    assert [phone.digits for phone in parse_cell(cell).phones] == [MOBILE, "023234567"]


@pytest.mark.parametrize("cell", ["010-9308-2906(배우자)", "010-9308-2906 (아들)", "010-9308-2906(처)"])
def test_a_relatives_number_is_marked(cell: str) -> None:
    phone = parse_phone(cell)
    assert isinstance(phone, Phone)
    assert phone.owner is Owner.RELATIVE


@pytest.mark.parametrize(
    "cell",
    [
        "", " ", "-", "없음", "x", "미기재", "000", "0", "010-", "010-0000-0000", "01000000000", "010-1234-5678",
        "010-1111-1111", "010-9999-9999", "010-0000-0001", "02-000-0000", "82 2 000 0000", "번호동일", "해당 없음",
    ],
)  # fmt: skip
def test_placeholders_are_blank_and_no_problem(cell: str) -> None:
    assert parse_phone(cell) is None


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1.01E+09", "phone_excel"),
        ("1.01031E+09", "phone_excel"),
        ("1.01031e9", "phone_excel"),
        ("010-938-2906", "phone_short"),
        ("010-2214-", "phone_short"),
        ("010-93082-2906", "phone_long"),
        ("9308-2906", "phone_no_prefix"),
        ("010-0308-2906", "phone_exchange"),
        ("82 31 323 456", "phone_unknown"),
        ("82 10 9308 290", "phone_short"),
        ("82 10 9308 29", "phone_unknown"),
        ("82 323 4567", "phone_unknown"),
        ("82 2 023 4567", "phone_unknown"),
        ("82 2 23 4567", "phone_unknown"),
        ("8232 3456", "phone_no_prefix"),
        ("hello", "phone_unknown"),
        ("O10-0000-0000", "phone_unknown"),
        ("O1O-9308-29B6", "phone_no_prefix"),
        ("800101-1234567", "resident_number"),
        ("8001011234567", "resident_number"),
    ],
)
def test_what_cannot_be_mended_is_refused_with_words(cell: str, code: str) -> None:
    problem = parse_phone(cell)
    assert isinstance(problem, PhoneProblem)
    assert problem.code == code
    assert problem.message
    assert problem.mend


def test_thirteen_digits_with_country_code_are_a_phone_unless_the_check_digit_says_otherwise() -> None:
    assert isinstance(parse_phone("8201023456789"), Phone)
    assert isinstance(parse_phone("+8201023456789"), Phone)
    assert parse_phone("820102-3456789") == parse_phone("800101-1234567")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("주민번호 800101-1234567 임", 1),
        ("8001011234567", 1),
        ("８００１０１－１２３４５６７", 1),
        ("800101 - 1234567, 900202-2345678", 2),
        ("010-9308-2906/010-2222-3333", 0),
        ("801301-1234567", 0),  # no such month
        ("1234567890123456", 0),
        ("짧다", 0),
    ],
)
def test_resident_numbers_are_blotted_out(text: str, count: int) -> None:
    masked, found = mask_resident_numbers(text)
    assert found == count
    assert ("●" in masked) == bool(count)
    if count:
        assert "1234567" not in masked
    else:
        assert masked == text


mobiles = st.one_of(
    st.builds(lambda a, b: f"010{a}{b:07d}", st.integers(2, 9), st.integers(0, 9_999_999)),
    st.builds(
        lambda p, n: f"01{p}{n}",
        st.sampled_from("16789"),
        st.integers(2_000_000, 9_999_999) | st.integers(20_000_000, 99_999_999),
    ),
).filter(lambda digits: len(set(digits[3:])) > 1)


def _spellings(digits: str) -> list[str]:
    a, b, c = digits[:3], digits[3:-4], digits[-4:]
    return [
        digits, f"{a}-{b}-{c}", f"{a}.{b}.{c}", f"{a} {b} {c}", f"({a}){b}-{c}", f"+82{digits[1:]}", f"+82-{a[1:]}-{b}-{c}",
        f"82{digits[1:]}", f"0082{digits[1:]}", digits[1:], f" {a}–{b}–{c} ",
        digits.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ]  # fmt: skip


@given(mobiles, st.integers(0, 11))
def test_any_mobile_in_any_spelling_reads_back(digits: str, spelling: int) -> None:
    phone = parse_phone(_spellings(digits)[spelling])
    assert isinstance(phone, Phone)
    assert phone.digits == digits


landlines = st.one_of(
    st.builds(
        lambda area, n: f"0{area}{n}",
        st.sampled_from([2, 31, 32, 33, 41, 42, 43, 44, 51, 52, 53, 54, 55, 61, 62, 63, 64]),
        st.integers(1_000_000, 99_999_999),
    ),
    st.builds(lambda n: f"070{n}", st.integers(20_000_000, 99_999_999)),
).filter(lambda digits: len(set(digits[-8 if len(digits) >= 11 else -7 :])) > 1)


@given(
    landlines,
    st.sampled_from(["", " ", "-", "."]),
    st.sampled_from(["+82", "82", "0082", "(82)", "+82 ", "82 "]),
)
def test_any_landline_with_a_country_code_reads_back(digits: str, glue: str, code: str) -> None:
    area, middle, last = format_phone(digits).split("-")
    phone = parse_phone(glue.join([code, area[1:], middle, last]))
    assert isinstance(phone, Phone)
    assert (phone.digits, phone.kind) == (digits, PhoneKind.LANDLINE)


@given(mobiles, mobiles, st.sampled_from(["/", ", ", "\n", " / ", ";", " ", "|"]))
def test_two_mobiles_read_back(first: str, second: str, glue: str) -> None:
    cell = parse_cell(f"{format_phone(first)}{glue}{format_phone(second)}")
    assert [phone.digits for phone in cell.phones] == list(dict.fromkeys([first, second]))


@given(st.text())
def test_no_text_breaks_the_parser_and_results_are_canonical(text: str) -> None:
    for phone in parse_cell(text).phones:
        again = parse_phone(phone.digits)
        assert isinstance(again, Phone)
        assert again.digits == phone.digits


def test_masks_and_formats() -> None:
    assert format_phone("0212345678") == "02-1234-5678"
    assert format_phone("05053234567") == "0505-323-4567"
    assert mask_phone(MOBILE) == "010-****-2906"
    assert mask_phone("15881234") == "1588-****-1234"[:5] + "****-1234"


@given(st.from_regex(_FAST, fullmatch=True))
def test_the_quick_way_reads_what_the_long_way_reads(text: str) -> None:
    assert parse_cell(text) == _parse_slowly(text)
