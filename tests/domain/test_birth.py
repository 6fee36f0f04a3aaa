"""Births as lists write them."""

import pytest

from pabal.domain.birth import age_band, birth_date, birth_said, birth_year


@pytest.mark.parametrize(
    ("text", "year", "date"),
    [
        ("1978-03-01", 1978, "19780301"),
        ("1978. 3. 1", 1978, "19780301"),
        ("19780301", 1978, "19780301"),
        ("780301", 1978, "19780301"),
        ("78년 3월 1일", None, "19780301"),
        ("78년생", 1978, ""),
        ("'78", 1978, ""),
        ("65", 1965, ""),
        ("27", 1927, ""),
        ("26", 2026, ""),
        ("00", 2000, ""),
        ("200312", 2020, "20200312"),  # six digits are a day, whatever they begin with
        ("190203", 2019, "20190203"),
        ("1999년생", 1999, ""),
        ("미상", None, ""),
        ("1.97E+03", None, ""),
    ],
)
def test_forms_of_a_birth(text: str, year: int | None, date: str) -> None:
    assert (birth_year(text, 2026), birth_date(text, 2026)) == (year, date)


def test_two_digits_move_with_the_year() -> None:
    assert [birth_year("27", year) for year in (2026, 2027)] == [1927, 2027]


@pytest.mark.parametrize(("born", "band"), [(1978, "40"), (1936, "80"), (2017, ""), (1900, ""), (None, "")])
def test_age_bands(born: int | None, band: str) -> None:
    assert age_band(born, 2026) == band


def test_a_card_keeps_two_digits_with_their_century() -> None:
    """In 2030 `29` would be read as a child's."""
    assert [
        birth_said(text, birth_year(text, 2026)) for text in ("29", "01", "1984", "780301", "??", "모름")
    ] == [
        "1929",
        "2001",
        "1984",
        "780301",
        "??",
        "모름",
    ]
