"""How lists write people down: formats, slips, stand-ins, wrong columns.

Beside the cells stands what a careful reader can still make of them (`Readable`): a reversible format is
undone, a typo is what it says, a stand-in is nothing. The labels are computed from that alone.
"""

import random
import re
from dataclasses import dataclass, field
from enum import StrEnum

from pabal.rehearsal.hangul import passport_surname, romanise, slip
from pabal.rehearsal.people import Person

FIELDS = (
    "name",
    "phone",
    "phone2",
    "email",
    "kakao",
    "address",
    "tags",
    "birth",
    "memo",
    "consent",
    "source",
)
_TITLES = "위원장 부위원장 회장 총무 통장 반장 대표 교수 목사 집사 권사 선생 원장 국장 고문 이사 과장".split()  # noqa: SIM905
_NICKS = "햇살가득 행복한우리집 둥이엄마 푸른바다 들꽃향기 동네한바퀴 하얀구름 새벽별 꽃길만걷자 만두사랑 늘처음처럼".split()  # noqa: SIM905
_ORGANISATIONS = "한결건설 대성상사 우리마트 새봄약국 청솔학원 하나세탁소 제일부동산 미래카센터".split()  # noqa: SIM905
_NO_NAME = ("없음", "미상", "-", "?", "홍길동", "익명", "이름없음", "테스트")
_NO_PHONE = (
    "010-0000-0000",
    "-",
    "없음",
    "010-1234-5678",
    "0",
    "000",
    "01000000000",
    "미기재",
    "010-1111-1111",
)
_NO_MAIL = ("없음", "-", "test@test.com", "x", "none@none.com", "@")
_NO_KAKAO = ("없음", "-", "카톡", "x", "있음", "모름")
_HOST_SLIPS = {
    "naver.com": ("naver.con", "never.com", "naver.co"),
    "gmail.com": ("gamil.com", "gmail.con", "gmial.com"),
    "hanmail.net": ("hanmail.com", "hamail.net"),
    "daum.net": ("daum.com", "duam.net"),
}
_MOBILE = re.compile(r"010[2-9]\d{7}|01[16789]\d{7,8}")
_FULL_WIDTH = str.maketrans("0123456789-@", "０１２３４５６７８９－＠")


class NameKind(StrEnum):
    FULL = "full"
    ROMAN = "roman"
    PARTIAL = "partial"  # a surname and a title
    NONE = "none"  # missing, a stand-in, a nickname, an organisation


@dataclass
class Readable:
    """What a careful reader makes of a record."""

    name: str = ""  # in Hangul; of a partial one the surname
    kind: NameKind = NameKind.NONE
    mobiles: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)  # a digit lost or doubled
    landlines: set[str] = field(default_factory=set)
    email: str = ""
    kakao: str = ""
    born: int | None = None
    birthday: tuple[int, int] | None = None
    dong: str = ""


@dataclass(eq=False)
class Record:
    person: int
    cells: dict[str, str]
    says: Readable


@dataclass(frozen=True)
class Habit:
    """One kind of list: how often a field is filled, how carelessly it was typed."""

    name: str
    mobile: float
    landline: float
    email: float
    kakao: float
    birth: float
    address: float
    care: float  # below 1: careless
    titles: float = 0.02
    nicks: float = 0.0
    latin: float = 0.01


HABITS = (
    Habit("당원 명부", 0.96, 0.15, 0.3, 0.06, 0.9, 0.9, 2.0),
    Habit("행사 접수", 0.93, 0.05, 0.15, 0.06, 0.2, 0.4, 0.45, titles=0.1),
    Habit("웹 신청", 0.9, 0.02, 0.85, 0.3, 0.5, 0.5, 1.0),
    Habit("단톡방", 0.5, 0.0, 0.12, 0.95, 0.05, 0.2, 1.0, nicks=0.15),
    Habit("지역 조직", 0.88, 0.4, 0.08, 0.05, 0.25, 0.8, 0.7, titles=0.35),
    Habit("동문회", 0.9, 0.08, 0.6, 0.12, 0.6, 0.3, 1.2, titles=0.06, latin=0.08),
)
HABIT_WEIGHTS = (26, 20, 18, 10, 18, 8)


def canonical_mail(address: str) -> str:
    local, _, host = address.lower().partition("@")
    if host == "gmail.com":
        local = local.partition("+")[0].replace(".", "")
    return f"{local}@{host.replace('hanmail.net', 'daum.net')}"


class Writer:
    """Writes one person into one list."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice

    def write(self, person: Person, habit: Habit, *, early: bool) -> Record:
        dice = self._dice
        cells, says = dict.fromkeys(FIELDS, ""), Readable()
        cells["name"] = self._name(person, habit, says)
        number = person.old_mobile if early and person.old_mobile else dice.choice(person.mobiles)
        if dice.random() < habit.mobile:
            cells["phone"] = self._phone_cell(person, number, habit, says)
        self._fixed_line(person, habit, cells, says)
        if person.emails and dice.random() < habit.email:
            cells["email"] = self._mail(dice.choice(person.emails), habit, says)
        elif dice.random() < 0.05:
            cells["email"] = dice.choice(_NO_MAIL)
        if person.kakao and dice.random() < habit.kakao:
            cells["kakao"] = self._kakao(person.kakao, habit, says)
        elif dice.random() < 0.05:
            cells["kakao"] = dice.choice(_NO_KAKAO)
        if not (says.mobiles or says.landlines or says.email or says.kakao or says.broken):
            cells["phone"] = self._number(number, habit, says)  # lists rarely keep whom nobody can reach
        elif not cells["phone"] and dice.random() < 0.4:
            cells["phone"] = dice.choice(_NO_PHONE)
        self._wrong_column(cells)
        self._rest(person, habit, cells, says)
        return Record(person.no, cells, says)

    def copy(self, record: Record) -> Record:
        """The same line pasted again."""
        return Record(record.person, dict(record.cells), record.says)

    def _name(self, person: Person, habit: Habit, says: Readable) -> str:
        dice, name, chance = self._dice, person.name, self._dice.random()
        if chance < 0.02 / habit.care or dice.random() < habit.nicks:
            says.kind = NameKind.NONE
            return dice.choice(("", *_NO_NAME) if not habit.nicks else _NICKS)
        if chance < 0.025 / habit.care:
            return dice.choice(_ORGANISATIONS)
        if dice.random() < 0.012 / habit.care and len(person.given) > 1:
            at = dice.randint(len(person.surname), len(name) - 1)
            name = name[:at] + slip(name[at], dice.randint(0, 9)) + name[at + 1 :]
        says.name, says.kind = name, NameKind.FULL
        if dice.random() < habit.latin:
            says.kind = NameKind.ROMAN
            return self._latin(person.surname, name)
        if dice.random() < habit.titles:
            title = dice.choice(_TITLES)
            if dice.random() < 0.06:
                says.name, says.kind = person.surname, NameKind.PARTIAL
                return f"{person.surname}{dice.choice(('', ' '))}{title}{dice.choice(('', '님'))}"
            return dice.choice(
                (
                    f"{name} {title}",
                    f"{name}{title}",
                    f"{title} {name}",
                    f"{name}({title})",
                    f"{name}/{title}",
                )
            )
        given = name[len(person.surname) :]
        usual = (name,) * 30
        return dice.choice(
            (
                *usual,
                f"{person.surname} {given}",
                " ".join(name),
                f"{name}님",
                f"{name} 님",
                f" {name}",
                f"{name}\u3000",
            )
        )

    def _latin(self, surname: str, name: str) -> str:
        dice, family = self._dice, passport_surname(surname)
        parts = romanise(name[len(surname) :], loose=dice.random() < 0.4)
        given = dice.choice(("", "-", " ")).join(parts)
        given = given[:1].upper() + given[1:]
        return dice.choice(
            (
                f"{family.upper()} {given}",
                f"{given} {family}",
                f"{family}, {given}",
                f"{family} {given}".lower(),
            )
        )

    def _slipped(self, number: str) -> str:
        dice, at = self._dice, self._dice.randint(4, len(number) - 2)
        chance = dice.random()
        if chance < 0.7:
            return number[:at] + str((int(number[at]) + dice.randint(1, 9)) % 10) + number[at + 1 :]
        if chance < 0.85:
            return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        return number[:at] + number[at + 1 :]

    def _number(self, number: str, habit: Habit, says: Readable) -> str:
        dice = self._dice
        if dice.random() < 0.01 / habit.care and number.startswith("010"):
            number = self._slipped(number)
        if number.startswith("01"):
            (says.mobiles if _MOBILE.fullmatch(number) else says.broken).add(number)
        else:
            says.landlines.add(number)
        return self._shape(number)

    def _shape(self, number: str) -> str:
        dice = self._dice
        area = 2 if number.startswith("02") else 3
        a, b, c = number[:area], number[area:-4], number[-4:]
        shapes = [f"{a}-{b}-{c}"] * 24 + [number] * 9
        shapes += [
            f"{a}.{b}.{c}",
            f"{a} {b} {c}",
            f"({a}) {b}-{c}",
            f"{a}-{b}-{c}".translate(_FULL_WIDTH),
            f"{a}–{b}–{c}",
        ]
        shapes += [
            f"+82-{a[1:]}-{b}-{c}",
            f"+82 {a[1:]} {b} {c}",
            f"82{number[1:]}",
            f"'{number}",
            f" {a}-{b}-{c} ",
            f"HP) {a}-{b}-{c}",
        ]
        shapes += [number[1:]] * 3 if number.startswith("010") and len(number) == 11 else []
        return dice.choice(shapes)

    def _phone_cell(self, person: Person, number: str, habit: Habit, says: Readable) -> str:
        dice, chance = self._dice, self._dice.random()
        second = next((one for one in (*person.mobiles, person.landline) if one and one != number), "")
        if chance < 0.025 and second:
            one, two = self._number(number, habit, says), self._number(second, habit, says)
            return dice.choice((f"{one}/{two}", f"{one}, {two}", f"{one}\n{two}", f"{two} / {one}"))
        if chance < 0.03 and person.family:
            relative = dice.choice(person.family).mobiles[0]
            return f"{relative[:3]}-{relative[3:7]}-{relative[7:]}({dice.choice(('배우자', '아들', '딸'))})"
        if chance < 0.036:
            return f"{int(number) / 10 ** (len(number) - 2):.4f}E+{len(number) - 2:02d}"  # a spreadsheet ate the rest
        return self._number(number, habit, says) + (
            dice.choice(("(본인)", " 문자만")) if dice.random() < 0.015 else ""
        )

    def _fixed_line(self, person: Person, habit: Habit, cells: dict[str, str], says: Readable) -> None:
        dice = self._dice
        line = (
            person.landline
            if dice.random() < habit.landline
            else person.office
            if dice.random() < 0.6
            else ""
        )
        if line:
            says.landlines.add(line)
            cells["phone2" if cells["phone"] else "phone"] = f"{line[:-7]}-{line[-7:-4]}-{line[-4:]}"
        elif dice.random() < 0.03:
            cells["phone2"] = dice.choice(("-", "없음", "02-000-0000"))

    def _mail(self, address: str, habit: Habit, says: Readable) -> str:
        dice = self._dice
        local, _, host = address.partition("@")
        if dice.random() < 0.007 / habit.care and len(local) > 5:
            at = dice.randint(1, len(local) - 1)
            local = local[:at] + dice.choice("aeiost01") + local[at + 1 :]
        says.email = canonical_mail(f"{local}@{host}")
        if host == "gmail.com" and dice.random() < 0.15 and len(local) > 4:
            local = dice.choice((f"{local[:3]}.{local[3:]}", f"{local}+list"))
        elif host in ("hanmail.net", "daum.net") and dice.random() < 0.1:
            host = "daum.net" if host == "hanmail.net" else "hanmail.net"
        if dice.random() < 0.02 / habit.care and host in _HOST_SLIPS:
            host = dice.choice(_HOST_SLIPS[host])
        text = f"{local}@{host}"
        return dice.choice(
            (
                *(text,) * 24,
                text.upper(),
                text.title(),
                f" {text}",
                f"{local} @ {host}",
                f"{text};",
                f"{local}＠{host}",
            )
        )

    def _kakao(self, handle: str, habit: Habit, says: Readable) -> str:
        dice = self._dice
        if dice.random() < 0.007 / habit.care and len(handle) > 5:
            at = dice.randint(1, len(handle) - 1)
            handle = handle[:at] + dice.choice("aeiost01") + handle[at + 1 :]
        says.kakao = handle
        return dice.choice(
            (
                *(handle,) * 16,
                handle.upper(),
                handle.capitalize(),
                f"@{handle}",
                f"ID: {handle}",
                f" {handle}",
            )
        )

    def _wrong_column(self, cells: dict[str, str]) -> None:
        """One record in eighty was typed one cell off."""
        dice = self._dice
        if dice.random() > 0.0125:
            return
        for one, other in dice.sample(
            (("phone", "email"), ("email", "kakao"), ("phone", "kakao"), ("phone", "phone2")), 4
        ):
            if cells[one] and not cells[other]:
                cells[one], cells[other] = "", cells[one]
                return

    def _rest(self, person: Person, habit: Habit, cells: dict[str, str], says: Readable) -> None:
        dice = self._dice
        if dice.random() < habit.birth:
            year, month, day = person.born
            year += dice.choice((-1, 1, 10)) if dice.random() < 0.006 / habit.care else 0
            says.born = year
            if dice.random() < 0.5:
                says.birthday = (month, day)
                cells["birth"] = dice.choice(
                    (f"{year}-{month:02d}-{day:02d}", f"{year}.{month}.{day}", f"{year}{month:02d}{day:02d}")
                )
            else:
                cells["birth"] = dice.choice((f"{year}", f"{year}", f"{year % 100:02d}년생", f"{year}년"))
        if dice.random() < habit.address:
            full, short, town, dong, rest = person.place
            shapes = (
                f"{full} {town} {dong} {rest}",
                f"{town} {dong}",
                dong,
                f"{short} {town} {dong}",
                f"{short} {town}",
            )
            cells["address"] = dice.choice(shapes)
            says.dong = dong if dong in cells["address"] else ""
        if person.opted_out and dice.random() < 0.6:
            cells["consent"] = dice.choice(("거부", "N", "수신거부"))
        elif dice.random() < 0.5:
            cells["consent"] = dice.choice(("Y", "동의", "예"))
        cells["tags"] = dice.choice(("", "", "당원", "자원봉사", "학부모, 상인회", "청년/봉사"))
        cells["memo"] = dice.choice(("",) * 20 + ("통화 안 됨", "공약 문의", "댁에 안 계심\n다음 주 재방문"))
        cells["source"] = habit.name
