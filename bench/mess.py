"""Mess that the labelled lists lack, for a generator of such lists that takes `--mess bench/mess.py:TYPE,TYPE`.

Every change can be read back by a careful human, so the truth stays what it was: decomposed Hangul (files from a Mac),
hyphens of other alphabets, invisible characters, letters typed for digits, Hanja after a name, numbered names, a mailbox as
a mail program writes it, a number in the column of names. Written without looking at what the reader does with them.
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from random import Random
from typing import Any

SHARE = 0.02  # of the rows, each type
_PLAIN = re.compile(r"01\d-\d{3,4}-\d{4}")
_NAME = re.compile(r"[가-힣]{2,4}")
_MAIL = re.compile(r"[\w.+-]+@[\w.-]+")


def _number(change: Callable[[str, Random], str]) -> Callable[[dict[str, str], Random], bool]:
    def mutate(raw: dict[str, str], random: Random) -> bool:
        if not _PLAIN.fullmatch(raw["tel"]):
            return False
        raw["tel"] = change(raw["tel"], random)
        return True

    return mutate


def _name(change: Callable[[str, Random], str]) -> Callable[[dict[str, str], Random], bool]:
    def mutate(raw: dict[str, str], random: Random) -> bool:
        if not _NAME.fullmatch(raw["name"]):
            return False
        raw["name"] = change(raw["name"], random)
        return True

    return mutate


def _mailbox(raw: dict[str, str], random: Random) -> bool:
    if not _MAIL.fullmatch(raw["mail"]):
        return False
    shapes = (
        f"mailto:{raw['mail']}",
        f"<{raw['mail']}>",
        f"{raw['name']} <{raw['mail']}>",
        f"{raw['mail']} (개인)",
    )
    raw["mail"] = random.choice(shapes)
    return True


def _in_name(raw: dict[str, str], random: Random) -> bool:
    if not (_PLAIN.fullmatch(raw["tel"]) and _NAME.fullmatch(raw["name"])):
        return False
    raw["name"] = random.choice((f"{raw['name']} {raw['tel']}", f"{raw['name']}({raw['tel']})"))
    raw["tel"] = ""
    return True


TYPES: dict[str, Callable[[dict[str, str], Random], bool]] = {
    "tel_0082": _number(lambda tel, _: f"0082-{tel[1:]}"),
    "tel_slash": _number(lambda tel, random: tel.replace("-", random.choice("/_·,"))),
    "tel_minus": _number(lambda tel, random: tel.replace("-", random.choice("‐‑−─ー"))),
    "tel_invisible": _number(lambda tel, random: random.choice("\u200b\ufeff\u2060").join((tel[:4], tel[4:]))),
    "tel_letters": _number(lambda tel, _: tel.replace("010", "O1O", 1)),
    "tel_label": _number(lambda tel, random: random.choice(("본인 ", "연락처: ", "개인폰)")) + tel),
    "name_decomposed": _name(lambda name, _: unicodedata.normalize("NFD", name)),
    "name_hanja": _name(lambda name, random: f"{name}({''.join(random.choice('金李朴崔鄭姜民秀英') for _ in name)})"),
    "name_numbered": _name(lambda name, random: f"{random.randint(1, 400)}. {name}"),
    "name_nbsp": _name(lambda name, _: f"{name[0]}\u00a0{name[1:]}"),
    "name_slash_sex": _name(lambda name, random: f"{name}/{random.choice(('남', '여'))}"),
    "mail_shapes": _mailbox,
    "tel_in_name": _in_name,
}  # fmt: skip


class Mess:
    """What the generator calls: once with its world, then for every row it writes."""

    def __init__(self, types: Collection[str]) -> None:
        self._types = list(TYPES) if "all" in types else [one for one in TYPES if one in types]

    def world(self, world: Any, random: Random) -> None:
        """Nothing of its own: people, households and offices are the generator's."""

    def mutate(self, row: Any, _: Any, random: Random) -> None:
        for name in self._types:
            if random.random() < SHARE and TYPES[name](row.raw, random):
                row.mess.append(name)
