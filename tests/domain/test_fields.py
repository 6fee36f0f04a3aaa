"""Values of records: what people type, what is kept, what is refused and how it is mended."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pabal.domain.fields import Field, Kind, as_text, faults_of_fields, is_personal, masked, read_values

FIELDS = {kind: Field("x", "항목", kind, options=("가", "나", "다")) for kind in Kind}


def read(kind, raw):
    values, emptied, faults = read_values([FIELDS[kind]], {"x": raw})
    return faults[0].message if faults else values.get("x") if not emptied else None


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (Kind.TEXT, "  김하늘 ", "김하늘"),
        (Kind.TEXT, 12, "12"),
        (Kind.NUMBER, "1,200원", 1200),
        (Kind.NUMBER, "３.5", 3.5),
        (Kind.NUMBER, 7.0, 7),
        (Kind.DATE, "2026. 3. 1.", "2026-03-01"),
        (Kind.DATE, "2026년 3월 1일", "2026-03-01"),
        (Kind.DATE, "20260301", "2026-03-01"),
        (Kind.DATE, "2026-03-01T10:00:00+09:00", "2026-03-01"),
        (Kind.SELECT, " 가 ", "가"),
        (Kind.MULTI_SELECT, "나, 가, 나", ["나", "가"]),
        (Kind.MULTI_SELECT, ["다"], ["다"]),
        (Kind.PHONE, "+82 10-2345-0001", "01023450001"),
        (Kind.EMAIL, " hana@example.com ", "hana@example.com"),
        (Kind.CHECKBOX, "예", True),
        (Kind.CHECKBOX, False, False),
        (Kind.TEXT, "", None),
        (Kind.PHONE, None, None),
        (Kind.MULTI_SELECT, [], None),
    ],
)
def test_what_people_type(kind, raw, value):
    assert read(kind, raw) == value


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (Kind.NUMBER, "많이"),
        (Kind.NUMBER, float("nan")),
        (Kind.NUMBER, True),
        (Kind.DATE, "2026-02-30"),
        (Kind.SELECT, "라"),
        (Kind.MULTI_SELECT, "가, 라"),
        (Kind.PHONE, "12"),
        (Kind.PHONE, "010-2345-0001 / 010-2345-0002"),
        (Kind.EMAIL, "a@"),
        (Kind.CHECKBOX, "글쎄"),
        (Kind.USER, "나"),
        (Kind.TEXT, "x" * 2001),
        (Kind.TEXT, "a\0b"),
    ],
)
def test_what_is_refused_names_the_field(kind, raw):
    _, _, faults = read_values([FIELDS[kind]], {"x": raw})
    assert [fault.field for fault in faults] == ["x"]
    assert faults[0].message


def test_definitions_that_cannot_be_are_named():
    fields = [Field("a b", "x", Kind.TEXT), Field("k", "x", Kind.SELECT), Field("k", "x", Kind.TEXT)]
    assert [(place, member) for place, member, _ in faults_of_fields(fields)] == [
        (0, "key"),
        (1, "options"),
        (2, "key"),
    ]


def test_numbers_and_names_are_personal_without_being_asked():
    assert is_personal("tel", "전화", Kind.PHONE, False)
    assert is_personal("x", "이름", Kind.TEXT, None)
    assert not is_personal("x", "이름", Kind.TEXT, False)
    assert not is_personal("x", "비고", Kind.TEXT, None)
    assert not is_personal("name", "상태", Kind.SELECT, True)


@given(
    kind=st.sampled_from(list(Kind)), raw=st.text() | st.integers() | st.floats() | st.booleans() | st.none()
)
def test_anything_is_read_or_refused_and_what_is_read_reads_the_same_again(kind, raw):
    spec = FIELDS[kind]
    values, _, _ = read_values([spec], {"x": raw})
    if "x" in values:
        again, _, faults = read_values([spec], {"x": values["x"]})
        assert (again, faults) == (values, [])
        assert isinstance(as_text(spec, values["x"]), str)
        assert isinstance(masked(spec, values["x"]), str)
