"""What Kakao takes as buttons and emphasis of an AlimTalk template. Pure; limits as of 2026-11 (NHN Cloud and Solapi docs).

Only what an author here writes is judged: templates made in the vendor's console are taken in as the carrier holds them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

MAX_BUTTONS = 5
NAME_CHARS = 14
LINK_CHARS = 500
EMPHASIS_CHARS = 50  # title and subtitle, each
ADD_CHANNEL = "채널 추가"  # the name is Kakao's, not ours to choose

BUTTON_LABELS: Final[Mapping[str, str]] = {
    "WL": "웹 링크",
    "AL": "앱 링크",
    "DS": "배송 조회",
    "BK": "봇 키워드",
    "MD": "메시지 전달",
    "BC": "상담 연결",
    "BT": "챗봇 전환",
    "AC": "채널 추가",
}
MESSAGE_TYPES: Final[Mapping[str, str]] = {
    "BA": "기본형",
    "EX": "부가 정보형",
    "AD": "채널 추가형",
    "MI": "복합형",
}
_WITH_CHANNEL = frozenset({"AD", "MI"})
_WEB = re.compile(r"https?://[^\s/]+\S*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")
_LINKS = {"linkMo": "모바일 주소", "linkPc": "PC 주소", "linkAnd": "안드로이드 주소", "linkIos": "iOS 주소"}

Fault = tuple[str, str]  # (path inside the template, words)


def button_faults(buttons: Sequence[Mapping[str, Any]], message_type: str) -> list[Fault]:
    """Paths as the API names them: `buttons[0].linkMo`."""
    faults: list[Fault] = []
    if len(buttons) > MAX_BUTTONS:
        faults.append(("buttons", f"버튼은 {MAX_BUTTONS}개까지 넣을 수 있어요"))
    for number, button in enumerate(buttons):
        at = f"buttons[{number}]"
        faults += [(f"{at}.{field}", words) for field, words in _faults(button, number, message_type)]
    has_channel = any(button.get("buttonType") == "AC" for button in buttons)
    if message_type in _WITH_CHANNEL and not has_channel:
        faults.append(("buttons", "채널 추가형과 복합형에는 ‘채널 추가’ 버튼이 있어야 해요"))
    return faults


def _faults(button: Mapping[str, Any], number: int, message_type: str) -> Iterator[Fault]:
    kind, name = str(button.get("buttonType", "")), str(button.get("buttonName", ""))
    if kind not in BUTTON_LABELS:
        yield "buttonType", "이 화면에서 만들 수 없는 버튼이에요"
        return
    if "#{" in name:
        yield "buttonName", "버튼 이름에는 변수를 쓸 수 없어요"
    if kind == "AC":
        if name != ADD_CHANNEL:
            yield "buttonName", f"이름은 ‘{ADD_CHANNEL}’여야 해요"
        if message_type not in _WITH_CHANNEL:
            yield "buttonType", "‘채널 추가’ 버튼은 채널 추가형이나 복합형에만 넣을 수 있어요"
        if number > 0:
            yield "buttonType", "‘채널 추가’ 버튼은 맨 앞에 있어야 해요"
    links = {field: str(button.get(field) or "") for field in _LINKS}
    if kind == "WL" and not links["linkMo"]:
        yield "linkMo", "모바일 주소를 적어 주세요"
    if kind == "AL" and sum(bool(links[field]) for field in ("linkMo", "linkAnd", "linkIos")) < 2:
        yield "linkAnd", "안드로이드, iOS, 모바일 주소 가운데 둘은 적어 주세요"
    if kind not in {"WL", "AL"} and any(links.values()):
        yield "linkMo", "이 버튼에는 주소를 넣을 수 없어요"
    for field, link in links.items():
        if link.startswith("#{"):
            continue  # the whole address is a person's own
        if link and not (_WEB if field in {"linkMo", "linkPc"} else _SCHEME).fullmatch(link):
            yield (
                field,
                f"{_LINKS[field]}는 https://로 시작하는 주소여야 해요"
                if field
                in {
                    "linkMo",
                    "linkPc",
                }
                else f"{_LINKS[field]}는 app://처럼 시작하는 주소여야 해요",
            )


def around(buttons: Sequence[Mapping[str, Any]], emphasis: Mapping[str, Any]) -> str:
    """What stands around the body and names variables, a line each: their values go to the carrier with the body's."""
    texts = [str(button.get(field) or "") for button in buttons for field in ("buttonName", *_LINKS)]
    texts += [str(emphasis.get(field) or "") for field in ("title", "subtitle")]
    return "\n".join(text for text in texts if "#{" in text)


def emphasis_faults(emphasis: Mapping[str, Any]) -> list[Fault]:
    """`{}` is none. Only TEXT is written here; image and list types are made in the vendor's console."""
    kind = emphasis.get("type", "NONE")
    if kind == "NONE":
        return []
    if kind != "TEXT":
        return [("emphasis.type", "이미지와 목록 강조는 발송사 콘솔에서 만들어 가져와 주세요")]
    faults = []
    if not str(emphasis.get("title") or "").strip():
        faults.append(("emphasis.title", "강조할 제목을 적어 주세요"))
    if not str(emphasis.get("subtitle") or "").strip():
        faults.append(("emphasis.subtitle", "강조 제목 아래의 보조 문구를 적어 주세요"))
    for field, label in (("title", "강조 제목"), ("subtitle", "보조 문구")):
        text = str(emphasis.get(field) or "")
        if len(text) > EMPHASIS_CHARS:
            faults.append((f"emphasis.{field}", f"{label}은 {EMPHASIS_CHARS}자까지예요"))
        if "#{" in text:
            faults.append((f"emphasis.{field}", f"{label}에는 변수를 쓸 수 없어요"))
    return faults
