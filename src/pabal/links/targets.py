"""Where a short link may lead: https, a host the tenant allows, nothing about a person in the address.

A tenant without a list may link anywhere and is told so in the check (docs/adr: short links); with a list, a host stands for
itself and everything below it.
"""

import re
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

MAX_URL = 2000
_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{2,59})")


def host_fault(host: str) -> str:
    """What is wrong with a line of the list, in Korean; "" if nothing is."""
    if _HOST.fullmatch(host) is None:
        return "camp.example처럼 주소 가운데 이름만 적어 주세요 (한글 주소는 xn-- 형식)"
    return ""


def target_fault(url: str, hosts: Sequence[str]) -> str:
    """Why a link may not lead there, in Korean; "" if it may."""
    if len(url) > MAX_URL:
        return f"주소가 너무 길어요 ({MAX_URL:,}자까지)"
    if not url.isascii() or not url.isprintable() or " " in url:
        return "주소에 한글이나 빈칸이 있으면 %로 바꾼 주소를 적어 주세요"
    if "#{" in url:
        return "주소에는 변수를 넣을 수 없어요. 받는 사람의 정보가 주소에 남으면 안 돼요"
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return "주소를 다시 확인해 주세요"
    if parts.scheme != "https":
        return "https://로 시작하는 주소만 쓸 수 있어요"
    if parts.username is not None or parts.password is not None:
        return "주소에 아이디나 비밀번호를 넣을 수 없어요"
    if port not in {None, 443} or _is_number(host) or _HOST.fullmatch(host) is None:
        return "누구나 여는 웹사이트 주소여야 해요"
    if hosts and not any(host == allowed or host.endswith(f".{allowed}") for allowed in hosts):
        return f"허용한 사이트가 아니에요: {host}. 설정의 허용 목록에 더하면 쓸 수 있어요"
    return ""


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
