"""Lists as camps upload them: two successive ones about the same people, with other headers and columns."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from pabal.rehearsal.people import World
from pabal.rehearsal.writing import FIELDS, HABIT_WEIGHTS, HABITS, Record, Writer

_HEADERS = (
    (
        "이름",
        "휴대폰",
        "집전화",
        "이메일",
        "카카오ID",
        "주소",
        "태그",
        "생년월일",
        "메모",
        "수신동의",
        "출처",
    ),
    (
        "성명",
        "연락처",
        "자택전화",
        "E-mail",
        "카톡 아이디",
        "거주지",
        "구분",
        "생년",
        "비고",
        "문자수신 동의",
        "명단출처",
    ),
    (
        "name",
        "핸드폰 번호",
        "전화2",
        "메일주소",
        "kakao_id",
        "읍면동",
        "그룹",
        "출생년도",
        "특이사항",
        "동의여부",
        "경로",
    ),
)
_ORDERS = (
    FIELDS,
    ("source", "name", "birth", "phone", "phone2", "kakao", "email", "address", "tags", "consent", "memo"),
    ("tags", "name", "address", "phone2", "phone", "email", "birth", "kakao", "memo", "source", "consent"),
)


@dataclass(frozen=True)
class Upload:
    records: Sequence[Record]
    body: bytes


def uploads(seed: int, rows: int) -> tuple[Upload, Upload]:
    """About `rows` records in two lists: seven tenths in the first, the later one newer."""
    world = World(seed)
    while len(world.people) < rows / 1.6:
        world.household()
    world.offices(max(1, rows // 900))
    world.reassign()
    dice, writer = world.dice, Writer(world.dice)
    first: list[Record] = []
    second: list[Record] = []
    for person in dice.sample(world.people, len(world.people)):
        last: Record | None = None
        for time in range(dice.choices((1, 2, 3, 4, 5, 6), (60, 22, 10, 5, 2, 1))[0]):
            early = dice.random() < (0.78 if time == 0 else 0.55)
            if last is not None and dice.random() < 0.08:
                last = writer.copy(last)
            else:
                last = writer.write(person, dice.choices(HABITS, HABIT_WEIGHTS)[0], early=early)
            (first if early else second).append(last)
    one, two = dice.sample(range(len(_HEADERS)), 2)
    return _upload(first, one, dice.randrange(3)), _upload(second, two, dice.randrange(3))


def _upload(records: list[Record], header: int, order: int) -> Upload:
    # Pasted together source by source, as a clerk would.
    records.sort(key=lambda record: record.cells["source"])
    return Upload(records, to_csv(records, header, order))


def to_csv(records: Sequence[Record], header: int = 0, order: int = 0) -> bytes:
    titles = dict(zip(FIELDS, _HEADERS[header], strict=True))
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow([titles[name] for name in _ORDERS[order]])
    sheet.writerows([record.cells[name] for name in _ORDERS[order]] for record in records)
    return ("\ufeff" + out.getvalue()).encode()
