"""Why a send is held, in words: what the carrier's code means and what somebody should do before letting it go on."""

from collections.abc import Mapping
from uuid import UUID

from pabal.dispatch.burst import HOLD
from pabal.dispatch.intent import ACCOUNT_CAP
from pabal.dispatch.products import meaning, products_of
from pabal.kit.db import Conn

_CARRIER = "carrier:"
_GO_ON = "고친 뒤 이어 보내면 남은 사람부터 나가요."
# Reasons without a carrier's code; `quota` and those of a schedule are said by the screen itself.
_WORDS: Mapping[str, str] = {
    ACCOUNT_CAP: "발송사 계정의 이번 달 한도를 다 썼어요. 한도를 올리거나 달이 바뀌면 저절로 이어 보내요.",
    "account_disabled": f"발송사 계정이 꺼져 있어요. 계정을 켠 뒤 이어 보내 주세요. {_GO_ON}",
    "account_channel": f"이 발송사 계정으로는 이 채널을 보낼 수 없어요. {_GO_ON}",
    "missing_variable": f"글에 넣을 값이 없는 사람이 있어요. 연락처를 채워 주세요. {_GO_ON}",
    "carrier:unclear": "다섯 번 보내도 접수되지 않았고 발송사가 까닭을 말하지 않아요. 발송사에 확인한 뒤 이어 보내 주세요.",
}


async def hold_text(conn: Conn, tenant_id: UUID, send_id: UUID, reason: str) -> str:
    """Korean; "" for reasons that name nothing beyond themselves."""
    if reason in _WORDS:
        return _WORDS[reason]
    if not reason.startswith((HOLD, _CARRIER)):
        return ""
    kind, _, code = reason.partition(":")
    found = meaning((await products_of(conn, tenant_id, [send_id])).get(send_id, ()), code)
    said = f"발송사 코드 {code}" if found is None else f"{found.meaning_ko.rstrip('.')} (코드 {code})"
    mend = f" {found.mend_ko}" if found is not None and found.mend_ko else ""
    begin = "같은 까닭의 실패가 이어져 저절로 멈췄어요" if kind == "errors" else "발송사가 받지 않아 멈췄어요"
    return f"{begin}: {said}.{mend} {_GO_ON}"
