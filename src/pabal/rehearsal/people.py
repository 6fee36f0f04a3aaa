"""Invented people: households with numbers, mailboxes and addresses. Nobody in it exists.

Surnames follow the shares of the 2015 census, rounded; given names follow a long tail, so that namesakes
occur as often as in a real constituency. How often families share a handset is an estimate.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from pabal.rehearsal.hangul import passport_surname, romanise

_SHARES = (
    "김2150 이1470 박840 최470 정430 강240 조210 윤205 장200 임170 한155 오155 서151 신149 권142 황140 안138 송137 전112 "
    "홍112 유97 고95 문93 양92 손91 배81 백77 허65 류60 남56 심55 노51 하46 곽41 성40 차40 주39 우39 구39 민35 진35 나32 "
    "지32 엄29 채26 원25 천24 방19 공18 현18 함16 변17 염14 여12 추12 도11 소10 석9 선8 설8 마8 길8 남궁4 황보3 제갈2 선우2"
)
SURNAMES = [share.rstrip("0123456789") for share in _SHARES.split()]
WEIGHTS = [int("".join(filter(str.isdigit, share))) for share in _SHARES.split()]
_OLD = {
    "F": ("영순정경명옥춘말금복", "자숙희순옥례남애임분"),
    "M": ("영정병종상광성재용창", "수호식철길만환구섭태"),
}
_MIDDLE = {
    "F": ("미은현혜선경지수영윤", "경숙정희영주진미란선"),
    "M": ("성상재동진종정태승기", "훈호진현수철민식우규"),
}
_YOUNG = {
    "F": ("지서민수하예유은다채", "은연민진윤현원빈영아"),
    "M": ("지민준현서도우승재건", "훈준우호민재혁현진성"),
}
_PURE = "하늘 보라 슬기 나래 가람 한별 새롬 아라 이슬 다솜 솔 빛나 초롱".split()  # noqa: SIM905  (a list)
_MAIL_HOSTS = (
    ["naver.com"] * 26 + ["gmail.com"] * 10 + ["hanmail.net"] * 7 + ["daum.net"] * 4 + ["nate.com"] * 2
)
_WORDS = ("happy", "sunny", "moon", "blue", "green", "river", "hana", "dream", "mirae", "nuri")
_TOWNS = {
    (
        "서울특별시",
        "서울",
        "마포구",
        "02",
    ): "공덕동 아현동 도화동 용강동 대흥동 신수동 서교동 합정동 망원1동 망원2동 연남동 상암동",
    (
        "부산광역시",
        "부산",
        "해운대구",
        "051",
    ): "우1동 우2동 중1동 중2동 좌1동 좌2동 송정동 반여1동 반송1동 재송1동",
    (
        "경기도",
        "경기",
        "수원시 영통구",
        "031",
    ): "매탄1동 매탄2동 원천동 영통1동 영통2동 망포1동 광교1동 광교2동",
}
_BUILDINGS = ("한빛", "푸른숲", "중앙", "현대", "신동아", "은하수", "대림")


@dataclass(eq=False)
class Person:
    """Somebody invented, with everything that lists may say about them."""

    no: int
    surname: str
    given: str
    sex: str
    born: tuple[int, int, int]
    mobiles: list[str]
    emails: list[str]
    kakao: str
    place: tuple[str, str, str, str, str]  # 시도, short, 시군구, 동, the rest
    landline: str = ""
    office: str = ""
    old_mobile: str = ""
    family: list["Person"] = field(default_factory=list)
    opted_out: bool = False

    @property
    def name(self) -> str:
        return self.surname + self.given


class World:
    """Hands out what must be unique, and makes households."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.people: list[Person] = []
        self._taken: set[str] = set()

    def unique(self, make: Callable[[], str]) -> str:
        while True:
            value = make()
            if value not in self._taken:
                self._taken.add(value)
                return value

    def mobile(self) -> str:
        dice = self.dice
        return self.unique(
            lambda: f"010{dice.randint(2, 9)}{dice.randint(101, 998):03d}{dice.randint(1, 9998):04d}"
        )

    def landline(self, area: str) -> str:
        dice = self.dice
        return self.unique(lambda: f"{area}{dice.randint(312, 898)}{dice.randint(1, 9998):04d}")

    def _given(self, sex: str, year: int) -> str:
        dice = self.dice
        if dice.random() < 0.02:
            return dice.choice(_PURE)
        first, second = (_OLD if year < 1962 else _MIDDLE if year < 1984 else _YOUNG)[sex]
        # Squared: the popular syllables come first, and the most popular names reach one in five hundred.
        one, two = first[int(dice.random() ** 1.3 * 10)], second[int(dice.random() ** 1.3 * 10)]
        return one + two if one != two else one + "영"

    def _person(self, sex: str, year: int, surname: str, place: tuple[str, str, str, str, str]) -> Person:
        dice = self.dice
        born = (year, dice.randint(1, 12), dice.randint(1, 28))
        given = self._given(sex, year)
        latin, initials = "".join(romanise(given)), "".join(part[:1] for part in romanise(given))
        family = passport_surname(surname).lower()
        short, day = f"{year % 100:02d}", f"{born[1]:02d}{born[2]:02d}"

        def handle() -> str:
            shapes = (
                f"{latin}{short}", f"{family}{latin}", f"{family[0]}{initials}{short}{day}", f"{latin}{day}",
                f"{dice.choice(_WORDS)}{dice.randint(10, 9999)}", f"{family}{initials}{dice.randint(1, 999)}",
            )  # fmt: skip
            return dice.choice(shapes)

        def mailbox() -> str:
            # hanmail.net and daum.net are one namespace of accounts
            return f"{handle()}@{dice.choice(_MAIL_HOSTS)}"

        online = 0.85 if year > 1965 else 0.5
        person = Person(
            len(self.people),
            surname,
            given,
            sex,
            born,
            mobiles=[self.mobile()],
            emails=[self._mailbox(mailbox)] if dice.random() < online else [],
            kakao=self.unique(handle) if dice.random() < online else "",
            place=place,
            opted_out=dice.random() < 0.025,
        )
        chance = dice.random()
        if chance < 0.06:
            person.mobiles.append(self.mobile())
        elif chance < 0.12:
            person.old_mobile = self.mobile()
        elif chance < 0.14:
            person.old_mobile = dice.choice(("011", "016", "017", "019")) + person.mobiles[0][-7:]
        self.people.append(person)
        return person

    def _mailbox(self, make: Callable[[], str]) -> str:
        while True:
            address = make()
            local, host = address.split("@")
            account = f"{local}@{host.replace('hanmail', 'daum')}"
            if account not in self._taken:
                self._taken.add(account)
                return address

    def surname(self) -> str:
        return self.dice.choices(SURNAMES, WEIGHTS)[0]

    def household(self) -> None:
        """One to four people under one roof; some share a handset, a mailbox, or numbers bought together."""
        dice = self.dice
        town = dice.choice(list(_TOWNS))
        building = f"{dice.choice(_BUILDINGS)}아파트 {dice.randint(101, 120)}동 {dice.randint(1, 20)}0{dice.randint(1, 6)}호"
        place = (
            *town[:3],
            dice.choice(_TOWNS[town].split()),
            f"{dice.randint(2, 300)}-{dice.randint(1, 50)} {building}",
        )
        year, sex = max(1935, min(2003, int(dice.gauss(1968, 15)))), dice.choice("FM")
        members = [self._person(sex, year, self.surname(), place)]
        size = dice.choices((1, 2, 3, 4), (58, 22, 12, 8))[0]
        if size > 1 and year < 1996:
            other = "M" if sex == "F" else "F"
            members.append(self._person(other, max(1932, year + dice.randint(-6, 6)), self.surname(), place))
        father = next((one for one in members if one.sex == "M"), members[0])
        while len(members) < size:
            child = (
                min(2007, year + dice.randint(25, 34))
                if year < 1978
                else max(1932, year - dice.randint(24, 32))
            )
            members.append(self._person(dice.choice("FM"), child, father.surname, place))
        home = self.landline(town[3]) if dice.random() < (0.5 if year < 1972 else 0.12) else ""
        for one in members:
            one.landline, one.family = home, [other for other in members if other is not one]
        if size > 1:
            self._share(members[0], members[1])

    def _share(self, a: Person, b: Person) -> None:
        dice, chance = self.dice, self.dice.random()
        if chance < 0.08:
            b.mobiles, b.old_mobile = [a.mobiles[0]], ""
        elif chance < 0.13:
            last = str((int(a.mobiles[0][-1]) + dice.randint(1, 8)) % 10)
            sibling = a.mobiles[0][:-1] + last
            if sibling not in self._taken:
                self._taken.add(sibling)
                b.mobiles, b.old_mobile = [sibling], ""
        if a.emails and dice.random() < 0.03:
            b.emails = [a.emails[0]]

    def offices(self, count: int) -> None:
        """Switchboards: one number on the cards of many people."""
        for _ in range(count):
            number = self.landline("02")
            for one in self.dice.sample(self.people, min(len(self.people), self.dice.randint(8, 30))):
                one.office = number

    def reassign(self) -> None:
        """Numbers given up by one person that belong to somebody else now."""
        gave_up = [one for one in self.people if one.old_mobile.startswith("010")]
        for one in gave_up[::10]:
            heir = self.dice.choice(self.people)
            if heir is not one and heir not in one.family and not heir.old_mobile:
                heir.mobiles = [one.old_mobile]
