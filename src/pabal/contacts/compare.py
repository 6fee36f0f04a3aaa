"""What speaks for and against two contacts being one person, read off both cards: pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

from pabal.contacts.card import Card, is_mobile
from pabal.contacts.questions import Decision, question_of
from pabal.contacts.replay import Look
from pabal.domain.birth import birth_year
from pabal.domain.likeness import Likeness, likeness, one_edit
from pabal.domain.name import clean_name

Weight = Literal["for", "weak", "against"]
NAMESAKE_YEARS = 10  # father and son of one name, as imports judge it


@dataclass(frozen=True)
class Evidence:
    """One thing that both have, or that tells them apart; `years` is how far births are apart."""

    weight: Weight
    code: str
    label: str
    years: int | None = None


def evidence_of(a: Look, b: Look, this_year: int) -> list[Evidence]:
    """Strongest first, what speaks against it last."""
    found = [*_values(a.card, b.card), *_names(a.card.name, b.card.name), *_births(a, b, this_year)]
    if a.district and a.district == b.district:
        found.append(Evidence("weak", "same_district", "같은 동네"))
    order = {"for": 0, "weak": 1, "against": 2}
    return sorted(found, key=lambda one: order[one.weight])


def _values(a: Card, b: Card) -> Iterator[Evidence]:
    phones = set(a.phones) & set(b.phones)
    if any(map(is_mobile, phones)):
        yield Evidence("for", "same_phone", "같은 번호")
    elif phones:
        yield Evidence("weak", "same_landline", "같은 유선전화")
    elif _near_phones(a.phones, b.phones):
        yield Evidence("weak", "near_phone", "번호 한 자리 차이")
    elif any(x[-7:] == y[-7:] for x, y in product(a.phones, b.phones) if is_mobile(x) and is_mobile(y)):
        yield Evidence("weak", "old_prefix", "010으로 바뀐 옛 번호")
    mailboxes = [{value for value, _ in card.searchable().emails} for card in (a, b)]
    if mailboxes[0] & mailboxes[1]:
        yield Evidence("for", "same_email", "같은 이메일")
    elif any(one_edit(x, y) for x, y in product(*mailboxes)):
        yield Evidence("weak", "near_email", "이메일 한 글자 차이")
    if set(a.kakao_ids) & set(b.kakao_ids):
        yield Evidence("for", "same_kakao", "같은 카카오 ID")
    elif any(one_edit(x, y) for x, y in product(a.kakao_ids, b.kakao_ids)):
        yield Evidence("weak", "near_kakao", "카카오 ID 한 글자 차이")


def _near_phones(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return any(one_edit(x, y) for x, y in product(a, b) if is_mobile(x) and is_mobile(y))


def _names(a: str, b: str) -> Iterator[Evidence]:
    match likeness(clean_name(a), clean_name(b)):
        case Likeness.SAME:
            yield Evidence("for", "same_name", "같은 이름")
        case Likeness.NEAR:
            yield Evidence("weak", "near_name", "이름 한 글자 차이")
        case Likeness.ROMANISED:
            yield Evidence("weak", "romanised_name", "로마자로 쓴 같은 이름")
        case Likeness.OTHER:
            yield Evidence("against", "other_name", "다른 이름")
        case Likeness.OPEN:
            yield Evidence("weak", "no_full_name", "한쪽에 이름 없음")


def _births(a: Look, b: Look, this_year: int) -> Iterator[Evidence]:
    years = birth_year(a.card.birth, this_year), birth_year(b.card.birth, this_year)
    if years[0] is None or years[1] is None:
        return
    apart = abs(years[0] - years[1])
    if apart:
        yield Evidence("against", "birth_apart", f"생년 불일치 {apart}년", apart)
    elif a.card.birth == b.card.birth and len(a.card.birth) > 5:
        yield Evidence("for", "same_birth_date", "같은 생년월일")
    else:
        yield Evidence("weak", "same_birth_year", "같은 출생연도")


def suggestion(reason: str, evidence: list[Evidence]) -> Decision | None:
    """What to propose; None where the evidence is even. Enter never decides, so a suggestion is only a colour."""
    codes = {one.code: one for one in evidence}
    apart = codes["birth_apart"].years if "birth_apart" in codes else 0
    shares = codes.keys() & {"same_phone", "same_email", "same_kakao", "same_landline"}
    if apart and apart >= NAMESAKE_YEARS and shares:
        return "shared"
    if apart and not shares:
        return "separate"
    if "other_name" in codes and len(shares) > 1:
        return None  # two values and another name: married, renamed, or a couple
    return question_of(reason).suggests
