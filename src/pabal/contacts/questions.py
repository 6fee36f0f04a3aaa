"""Why two contacts may be one person, in words: every reason that an import writes, its place in the queue, what to do.

The one place of these words; screens show them as they are (other languages translate by code).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Group = Literal["same_value", "same_person", "nameless", "one_slip"]
Decision = Literal["merge", "separate", "shared"]

GROUPS: Final[Mapping[Group, str]] = {
    "same_value": "같은 번호, 비슷한 이름",
    "same_person": "이름과 생년이 같음",
    "nameless": "이름 없는 줄",
    "one_slip": "번호 한 자리 차이",
}


@dataclass(frozen=True)
class Question:
    """One reason: its group, a few words for the list, the sentence under the title, what it suggests by itself."""

    group: Group
    label: str
    asked: str
    suggests: Decision | None = None


QUESTIONS: Final[Mapping[str, Question]] = {
    "same_value_birth_conflict": Question(
        "same_value",
        "같은 이름, 다른 생년",
        "번호와 이름은 같지만 생년이 크게 달라 묻습니다. 이름이 같은 가족이거나 새 주인에게 넘어간 번호일 수 있어요.",
    ),
    "same_value_near_name_birth": Question(
        "same_value",
        "비슷한 이름, 다른 생년",
        "번호는 같지만 이름과 생년이 달라 묻습니다. 한집에서 같이 쓰는 번호일 수 있어요.",
        "shared",
    ),
    "same_value_other_name": Question(
        "same_value",
        "같은 번호, 다른 이름",
        "번호는 같은데 이름이 달라 묻습니다. 한집에서 같이 쓰거나 이름을 바꾼 사람일 수 있어요.",
        "shared",
    ),
    "crowded_value_same_name": Question(
        "same_value",
        "여럿이 쓰는 번호",
        "여러 사람이 적어 낸 번호라, 이름이 같아도 같은 사람이라고 할 수 없어 묻습니다.",
    ),
    "landline_same_name_birth": Question(
        "same_value",
        "같은 유선전화",
        "집이나 사무실 전화와 이름은 같지만 생년이 달라 묻습니다.",
    ),
    "merge_undone": Question("same_value", "되돌린 합침", "한 번 합쳤다가 되돌린 두 사람이라 다시 묻습니다."),
    "same_name_birth_date": Question(
        "same_person",
        "이름과 생년월일이 같음",
        "같은 연락처는 없지만 이름과 생년월일이 같아 묻습니다. 번호를 바꾼 사람일 수 있어요.",
        "merge",
    ),
    "same_name_birth_year_district": Question(
        "same_person",
        "이름, 출생연도, 동네가 같음",
        "같은 연락처는 없지만 이름과 출생연도와 동네가 같아 묻습니다. 이름이 같은 이웃일 수도 있어요.",
    ),
    "same_value_nameless_many": Question(
        "nameless",
        "번호에 이름이 둘 이상",
        "이름 없는 줄인데, 이 번호를 쓰는 사람이 둘 이상이라 묻습니다.",
    ),
    "same_value_nameless": Question(
        "nameless",
        "이름 없는 줄",
        "번호는 같은데 한쪽에 온전한 이름이 없어 묻습니다.",
        "merge",
    ),
    "near_phone_birth": Question(
        "one_slip",
        "번호 한 자리 차이, 다른 생년",
        "이름이 같고 번호가 한 자리만 다르지만 생년이 달라 묻습니다.",
    ),
    "old_prefix_unsure": Question(
        "one_slip",
        "010으로 바뀐 옛 번호",
        "이름이 같고 01x 번호의 뒤 일곱 자리가 같아 묻습니다. 번호를 010으로 바꾼 사람일 수 있어요.",
        "merge",
    ),
    "near_email_same_name": Question(
        "one_slip",
        "이메일 한 글자 차이",
        "이름이 같고 이메일이 한 글자만 달라 묻습니다.",
        "merge",
    ),
    "near_kakao_same_name": Question(
        "one_slip",
        "카카오 ID 한 글자 차이",
        "이름이 같고 카카오 ID가 한 글자만 달라 묻습니다.",
        "merge",
    ),
}
# Why an import took rows and contacts for one person without asking (imports/match).
JOINTS: Final[Mapping[str, str]] = {
    "same_value_same_name": "연락처와 이름이 같음",
    "same_value_near_name": "연락처가 같고 이름이 한 글자 차이",
    "same_value_romanised": "연락처가 같고 로마자로 쓴 같은 이름",
    "landline_same_name": "유선전화와 이름이 같음",
    "near_phone_same_name": "이름이 같고 번호가 한 자리 차이",
    "old_prefix_same_name": "이름이 같고 010으로 바뀐 번호",
    "same_value_nameless": "연락처가 같고 이름 없는 줄",
    "near_id_same_name": "이름이 같고 이메일이나 카카오 ID가 한 글자 차이",
}
UNKNOWN: Final = Question("same_value", "비슷한 두 사람", "같은 사람일 수 있어 묻습니다.")


def question_of(reason: str) -> Question:
    """A reason that a newer import knows and this version doesn't is still a question."""
    return QUESTIONS.get(reason, UNKNOWN)
