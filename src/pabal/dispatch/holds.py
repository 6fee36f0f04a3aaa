"""Why a send is held, in words: what the carrier's code means and what somebody should do before letting it go on."""

from collections.abc import Mapping
from uuid import UUID

from pabal.channels.codes import Code
from pabal.channels.meaning import code_of
from pabal.dispatch.burst import HOLD
from pabal.dispatch.intent import ACCOUNT_CAP
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
    found = await _code(conn, tenant_id, send_id, code)
    meaning = f"발송사 코드 {code}" if found is None else f"{found.meaning_ko.rstrip('.')} (코드 {code})"
    mend = f" {found.mend_ko}" if found is not None and found.mend_ko else ""
    begin = "같은 까닭의 실패가 이어져 저절로 멈췄어요" if kind == "errors" else "발송사가 받지 않아 멈췄어요"
    return f"{begin}: {meaning}.{mend} {_GO_ON}"


async def _code(conn: Conn, tenant_id: UUID, send_id: UUID, code: str) -> Code | None:
    """The same number means different things at different products: those that the send's steps go through are asked."""
    cursor = await conn.execute(
        """
        SELECT a.carrier, st.step ->> 'channel'
        FROM sends s
        CROSS JOIN LATERAL jsonb_array_elements(s.steps) WITH ORDINALITY AS st (step, no)
        JOIN carrier_accounts a ON a.tenant_id = s.tenant_id AND a.id = (st.step ->> 'account_id')::uuid
        WHERE s.tenant_id = %s AND s.id = %s
        ORDER BY st.no
        """,
        (tenant_id, send_id),
    )
    meanings = (code_of(carrier, channel, code) for carrier, channel in await cursor.fetchall())
    return next((one for one in meanings if one is not None), None)
