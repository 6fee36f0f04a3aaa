"""New people of one row are written without a card in between: the same lines as by way of one."""

import struct
from collections.abc import Sequence
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from pabal.contacts import Blinder, Filing
from pabal.imports.compose import Job, compose
from pabal.imports.guess import Target
from pabal.imports.match import Group
from pabal.imports.merge import Policy
from pabal.imports.stage import Plan, read_row
from pabal.imports.wire import Writer, is_plain
from pabal.kit.db import TenantKeys

BLINDER = Blinder(TenantKeys(dek="", index=b"i" * 32, suppression=b"s" * 32))
JOB = Job(UUID(int=7), UUID(int=8), Policy.MERGE, ["명단"], "consent", "행사", None, 1_700_000_000_000)
MAPPING = {
    "이름": Target.NAME,
    "휴대폰": Target.PHONE,
    "이메일": Target.EMAIL,
    "카톡": Target.KAKAO,
    "주소": Target.ADDRESS,
    "생년": Target.BIRTH,
    "태그": Target.TAGS,
    "메모": Target.MEMO,
    "출처": Target.SOURCE,
    "모임": Target.ATTRIBUTE,
    "소개": Target.ATTRIBUTE,
}
PLAN = Plan.of(list(MAPPING), MAPPING, [], 2026)

cells = st.tuples(
    st.sampled_from(
        ["김하늘", "김 위원장", "박서준 부장", "Kim Minsu", "한빛건설", "", '이"슬\\', "남궁민수"]
    ),
    st.sampled_from(["010-2345-6789", "1023456789", "02-555-1234", "01012345678", "070 1234 5678", ""]),
    st.sampled_from(["kim@naver.com", "Kim@Naver.com", "a.b@gmail.com", "lee@hanmail.net", "ab@x.kr", ""]),
    st.sampled_from(["sky_77", "SKY77", "abc", ""]),
    st.sampled_from(["서울시 강남구 역삼1동", "전주시\n완산구", ""]),
    st.sampled_from(["1977", "77", "770101", "1977-03-02", ""]),
    st.sampled_from(["당원", "당원, 봉사", ""]),
    st.sampled_from(["탭\t줄\n\\N", "", "메모"]),
    st.sampled_from(["지역 모임", ""]),
    st.sampled_from(["동문회", "", "ㅁ" * 80]),
    st.sampled_from(["소개3", ""]),
).map(list)


def tuples(lines: bytes) -> list[list[bytes | None]]:
    """Binary COPY, read: the fields of each tuple."""
    at = 0
    found: list[list[bytes | None]] = []
    while at < len(lines):
        (count,) = struct.unpack_from(">h", lines, at)
        at += 2
        found.append([])
        for _ in range(count):
            (size,) = struct.unpack_from(">i", lines, at)
            at += 4
            found[-1].append(None if size < 0 else lines[at : at + size])
            at += max(size, 0)
    return found


def tokens(field: bytes | None) -> set[bytes]:
    assert field is not None
    dimensions, _, kind = struct.unpack_from(">3i", field)
    assert kind == 23  # int4
    if dimensions == 0:
        return set()
    assert struct.unpack_from(">2i", field, 12) == ((len(field) - 20) // 8, 1)
    return {field[at : at + 8] for at in range(20, len(field), 8)}


def tag_set(writer: Writer, field: bytes | None) -> frozenset[str]:
    assert field is not None
    (number,) = struct.unpack(">i", field)
    return next(names for names, one in writer.sets.items() if one == number)


@given(st.lists(cells, min_size=1, max_size=6))
def test_a_row_alone_is_written_as_its_card_would_be(records: Sequence[list[str]]) -> None:
    rows = [read_row(no, list(record), PLAN, BLINDER) for no, record in enumerate(records, start=1)]
    good = [row for row in rows if row.rejected is None]
    groups = [Group((at,), ()) for at in range(len(good))]
    people, outcomes, _ = compose(JOB, groups, good, {}, {})
    quick, slow = Writer(JOB, BLINDER, Filing(BLINDER)), Writer(JOB, BLINDER, Filing(BLINDER))
    for group, row, person in zip(groups, good, people, strict=True):
        if not is_plain(group, good):
            continue
        key, line = quick.plain(row)
        other = slow.composed(person, BLINDER.derive(person.card))
        assert UUID(bytes=key) == outcomes[row.no][1]
        assert sorted(tuples(line.identities)) == sorted(tuples(other.identities))
        [mine], [theirs] = tuples(line.contact), tuples(other.contact)
        assert tokens(mine[2]) == tokens(theirs[2])
        assert mine[:2] + mine[3:10] == theirs[:2] + theirs[3:10]
        assert tag_set(quick, mine[10]) == tag_set(slow, theirs[10]) == frozenset({"명단", *row.tags})
