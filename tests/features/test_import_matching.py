"""Who is who: every reason to join, and every reason not to."""

from random import Random

import pytest
from tests.features.conftest import Camp
from tests.support.imports import book, bring_in, rows_of, sheet

from pabal.domain.identity import read_phones
from pabal.domain.ids import new_id
from pabal.domain.name import NameKind, clean_name
from pabal.imports.doubt import questions_of
from pabal.imports.evidence import Candidate
from pabal.imports.match import assign, groups_of, match
from pabal.imports.merge import EMPTY, Policy, join_row, settle, syllables_of
from pabal.imports.people import Doubt, Reason
from pabal.imports.stage import Row
from pabal.kit.db import tenant_tx
from pabal.runtime import Runtime

HANDSET, MAILBOX, OTHER, LINE = 1, 2, 3, 9


def row(name: str = "", *values: int, born: int | None = None) -> Candidate:
    read = clean_name(name)
    key = hash(read.key) if read.kind in (NameKind.FULL, NameKind.ROMAN) else None
    return Candidate(key, values or (HANDSET,), frozenset({LINE} & set(values)), read, born)


def caller(name: str, mobile: str, *, born: int | None = None, district: str = "") -> Candidate:
    return row(name, int(mobile), born=born)._replace(mobiles=[mobile], district=district)


def writer(name: str, email: str, born: int | None = None) -> Candidate:
    return row(name, hash(email), born=born)._replace(mailboxes=[email])


def bare(name: str, birth_date: str, district: str = "") -> Candidate:
    """Nothing reaches this one."""
    return row(name, born=int(birth_date[:4]))._replace(
        values=(), birth_date=birth_date, district=district, bare=True
    )


def asked(*rows: Candidate, apart: tuple[tuple[int, int], ...] = ()) -> list[Doubt]:
    return [one.doubt for one in questions_of(match(rows, apart), len(rows))]


def people(*rows: Candidate) -> list[list[int]]:
    return [list(group.rows) for group in assign(rows, {})]


def reasons(*rows: Candidate) -> tuple[Reason, ...]:
    (group,) = assign(rows, {})
    return group.reasons


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([row("김민수"), row("김민수")], Reason.SAME_NAME),
        ([row("김민수"), row("김만수")], Reason.NEAR_NAME),
        ([row("김민수"), row("Minsu Kim")], Reason.ROMANISED),
        ([row("김민수"), row("")], Reason.NAMELESS),
        ([row("김민수"), row("김 위원장")], Reason.NAMELESS),
        ([row("햇살맘"), row("")], Reason.NAMELESS),
        ([row("김민수", LINE), row("김민수", LINE)], Reason.LANDLINE),
        ([row("김민수", LINE, born=1970), row("김만수", LINE, born=1970)], Reason.LANDLINE),
        ([caller("김민수", "01051002233"), caller("김민수", "01051002234")], Reason.NEAR_PHONE),
        ([caller("김민수", "01051002233"), caller("김민수", "01051002323")], Reason.NEAR_PHONE),
        ([caller("김민수", "01051073233"), caller("김민수", "01051037233")], Reason.NEAR_PHONE),
        ([caller("김민수", "01051027933"), caller("김민수", "01051072933")], Reason.NEAR_PHONE),
        ([writer("김민수", "minsu78@a.kr", 1978), writer("김민수", "minsu87@a.kr", 1978)], Reason.NEAR_ID),
        ([bare("김민수", "19780301"), bare("김민수", "19780301")], Reason.NO_VALUE),
        (
            [caller("김민수", "0115102233", born=1970), caller("김민수", "01095102233", born=1970)],
            Reason.OLD_PREFIX,
        ),
        (
            [
                caller("김민수", "0115102233", district="마포구 공덕동"),
                caller("김민수", "01095102233", district="마포구 공덕동"),
            ],
            Reason.OLD_PREFIX,
        ),
    ],
)
def test_a_joint_says_why(rows, reason):
    assert reasons(*rows) == (reason,)


@pytest.mark.parametrize(
    "rows",
    [
        [row("김민수"), row("이영희")],  # a couple
        [row("김민수", born=1950), row("김민수", born=1980)],  # father and son of one name
        [row("김민수", born=1978), row("김만수", born=1981)],  # brothers
        [row("김민수"), row("이 위원장")],
        [row("이 총무"), row("김 위원장")],
        [row("김민수", born=1950), row("", born=1980)],
        [row("김민수", LINE), row("", LINE)],
        [row("김민수", LINE, born=1950), row("김민수", LINE, born=1952)],
        [row("김민수", LINE), row("김만수", LINE)],
        [row("김민수", HANDSET), row("김민수", OTHER)],  # namesakes
        [caller("김민수", "01051002233", born=1970), caller("김민수", "01051002234", born=1975)],
        [caller("김민수", "01051002233"), caller("김만수", "01051002234")],  # brothers who bought together
        [caller("김민수", "01051002233"), caller("김민수", "01051003344")],
        [caller("김민수", "0115102233"), caller("김민수", "01095102233")],  # nothing else speaks for it
    ],
)
def test_what_speaks_against_it_keeps_them_apart(rows):
    assert people(*rows) == [[0], [1]]


def test_a_nameless_row_on_a_shared_handset_stays_alone():
    assert people(row("김민수"), row("이영희"), row("")) == [[0], [1], [2]]


def test_a_nameless_row_between_two_people_stays_alone():
    assert people(row("김민수", HANDSET), row("이영희", MAILBOX), row("", HANDSET, MAILBOX)) == [
        [0],
        [1],
        [2],
    ]


def test_a_switchboard_joins_nobody_but_the_same_row_again():
    crowd = [
        row(name, HANDSET, 100 + n)
        for n, name in enumerate(["김민수", "이영희", "박철호", "최보라", "정한별"])
    ]
    assert len(people(*crowd, row("김민수", HANDSET, MAILBOX))) == 6
    assert len(people(*crowd, row("김민수", HANDSET, 100))) == 5


def test_numbers_in_sequence_say_nothing():
    """A company's handsets, or a made list: every namesake has neighbours."""
    sequence = [caller("김민수", f"0105100{number:04d}") for number in range(30)]
    assert len(people(*sequence)) == 30
    pairs = [caller(f"김{first}{last}", f"0105{n:03d}224{slip}") for slip in (0, 1)
             for n, (first, last) in enumerate(zip("가나다라마바사아자", "기니디리미비시이지", strict=True))]  # fmt: skip
    assert len(people(*pairs)) == 18


def test_a_chain_never_brings_two_names_together():
    """김만수 is one slip away from 김민수 and from 김만구, who are two people."""
    for group in people(row("김민수"), row("김만수"), row("김만구")):
        assert not {0, 2} <= set(group)


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_rows_changes_nothing(seed):
    dice = Random(seed)
    names = ["김민수", "김만수", "이영희", "Minsu Kim", "", "김 위원장", "햇살맘"]
    rows = [
        row(dice.choice(names), *{dice.choice((HANDSET, MAILBOX, OTHER, LINE)) for _ in range(2)})
        for _ in range(12)
    ]
    order = list(range(12))
    before = {frozenset(group) for group in people(*rows)}
    dice.shuffle(order)
    after = {frozenset(order[n] for n in group) for group in people(*(rows[n] for n in order))}
    assert after == before


def test_contacts_of_the_book_join_oldest_first():
    old, young = sorted((new_id(), new_id()))
    found = assign(
        [row("김민수", HANDSET, MAILBOX)], {young: row("김민수", MAILBOX), old: row("김민수", HANDSET)}
    )
    assert [(list(group.rows), group.contacts) for group in found] == [([0], [old, young])]


async def test_a_later_list_finds_its_people_and_the_book_says_why(rt: Runtime, camp: Camp) -> None:
    header = ("이름", "전화", "이메일", "생년")
    await bring_in(
        rt,
        camp,
        sheet(
            ("김민수", "010-2222-3334", "", "1970"),
            ("이영희", "010-5555-6667", "", ""),
            ("박철호", "010-7777-8889", "", "1950"),
            ("Jung Hanbyul", "", "byul@naver.com", ""),
            ("최보라", "010-8888-1234", "", ""),
            header=header,
        ),
    )
    kim, lee, park, jung, choi = [one["id"] for one in await book(camp)]
    second = await bring_in(
        rt,
        camp,
        sheet(
            ("김만수", "01022223334", "minsu@naver.com", ""),
            ("이 총무", "010.5555.6667", "lee@naver.com", ""),
            ("박철호", "+82 10-7777-8889", "", "1982"),  # his son
            ("정한별", "byul@NAVER.com", "", ""),  # in the wrong column
            ("최보라", "010-8888-1243", "bora@naver.com", ""),
            header=header,
        ),
    )
    homes = [one["contactId"] for one in await rows_of(camp, second["id"])]
    assert (homes[0], homes[1], homes[3], homes[4]) == (kim, lee, jung, choi)
    assert homes[2] != park
    assert next(one["name"] for one in await book(camp) if one["id"] == jung) == "정한별"
    async with tenant_tx(rt, camp.id) as conn:
        cursor = await conn.execute("SELECT survivor_id, reason -> 'rules' FROM merges")
        rules = {str(survivor): found for survivor, found in await cursor.fetchall()}
    assert rules == {
        kim: [Reason.NEAR_NAME],
        lee: [Reason.NAMELESS],
        jung: [Reason.ROMANISED],
        choi: [Reason.NEAR_PHONE],
    }


@pytest.mark.parametrize(
    ("rows", "doubt"),
    [
        ([row("김민수", born=1950), row("김민수", born=1980)], Doubt.BIRTH_CONFLICT),
        ([row("김민수", born=1950), row("김만수", born=1980)], Doubt.NEAR_NAME_BIRTH),
        ([row("김민수", born=1978), row("김지훈", born=1978)], Doubt.OTHER_NAME),
        ([row("김민수", HANDSET, MAILBOX), row("박지훈", HANDSET, MAILBOX)], Doubt.OTHER_NAME),
        ([row("김민수", LINE, born=1950), row("김민수", LINE, born=1980)], Doubt.LANDLINE_BIRTH),
        (
            [caller("김민수", "01051002233", born=1950), caller("김민수", "01051002234", born=1980)],
            Doubt.NEAR_PHONE_BIRTH,
        ),
        ([caller("김민수", "0115102233"), caller("김민수", "01095102233")], Doubt.OLD_PREFIX),
        ([writer("김민수", "minsu.kim@a.kr"), writer("김민수", "minsukim@a.kr")], Doubt.NEAR_EMAIL),
        ([bare("김민수", "19780301"), bare("김민수", "19780301", "마포구 공덕동")], Doubt.BIRTH_DATE),
    ],
)
def test_what_only_a_person_can_decide_is_asked_and_not_joined(rows, doubt):
    assert len(people(*rows)) == 2
    assert asked(*rows) == [doubt]


@pytest.mark.parametrize(
    "rows",
    [
        [row("김민수"), row("박지훈")],  # a couple's handset
        [row("김민수", 1), row("김민수", 2)],  # namesakes
        [row(name) for name in ("김민수", "박지훈", "최영희", "정하늘", "오세라", "한가람")],  # a switchboard
        [bare("김민수", "19780301"), bare("박지훈", "19780301")],
        [writer("김민수", "kms620306@a.kr"), writer("김민수", "kms620206@a.kr")],  # birthdays, not slips
        [writer("김민수", "minsu78@a.kr"), writer("김민수", "minsu87@a.kr")],
    ],
)
def test_what_nobody_would_ask_is_not_asked(rows):
    assert asked(*rows) == []


def test_the_nameless_are_asked_about_when_the_list_says_so():
    rows = [row("김민수"), row("")]
    matched = match(rows, ask_nameless=True)
    assert [list(group.rows) for group in groups_of(matched.people, 2, [])] == [[0], [1]]
    assert [one.doubt for one in questions_of(matched, 2)] == [Doubt.NAMELESS_ASKED]


def test_people_told_apart_stay_apart_whoever_stands_between_them():
    rows = [row("김민수", HANDSET), row("김민수", HANDSET, MAILBOX), row("김민수", MAILBOX)]
    assert people(*rows) == [[0, 1, 2]]
    groups = groups_of(match(rows, [(0, 2)]).people, 3, [])
    assert not any({0, 2} <= set(group.rows) for group in groups)
    assert asked(*rows, apart=((0, 2),)) == [] or len(groups) == 2


def told(no: int, name: str, mobile: str, date: int = 0) -> Row:
    return Row(no, b"[]", name=clean_name(name), identities=read_phones(mobile).identities, date=date)


def settled(*rows: Row, others: tuple[Row, ...] = ()):
    card = EMPTY
    for one in rows:
        card = join_row(card, one, Policy.MERGE)
    return settle(card, EMPTY, rows, syllables_of([*rows, *others]))


def test_slips_are_outvoted_and_kept():
    card = settled(
        told(1, "김민수", "010-5100-2234"),
        told(2, "김민수", "010-5100-2233"),
        told(3, "김 민수", "010-5100-2233 (본인)"),
    )
    assert card.phones == ("01051002233", "01051002234")


def test_a_copied_row_votes_once():
    wrong = told(1, "김민수", "010-5100-2234", 20250301)
    card = settled(
        wrong, told(2, "김민수", "010-5100-2233", 20250101), told(3, "김민수", "010-5100-2234", 20250301)
    )
    assert card.phones == ("01051002233", "01051002234")  # one vote each: the older one


def test_the_same_number_taken_down_on_two_days_outvotes_a_slip():
    card = settled(
        told(1, "김민수", "010-5100-2233", 20250120),
        told(2, "김민수", "010-5100-2234", 20250122),
        told(3, "김민수", "010-5100-2233", 20260513),
    )
    assert card.phones == ("01051002233", "01051002234")


def test_a_new_number_comes_before_the_old_one():
    card = settled(told(1, "김민수", "010-5100-2233", 20240101), told(2, "김민수", "010-8765-4321", 20260101))
    assert card.phones == ("01087654321", "01051002233")


def test_between_two_spellings_the_one_of_common_syllables_stands():
    others = tuple(told(n, name, "") for n, name in enumerate(("박영순", "최인자", "오순자"), start=10))
    rows = (told(1, "김인슨", "010-5100-2233"), told(2, "김인순", "010-5100-2233"))
    assert settled(*rows, others=others).name == "김인순"
