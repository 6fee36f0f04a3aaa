"""The rehearsal kit of a tenant: what `senders` makes, plus one approved AlimTalk template."""

from dataclasses import dataclass
from uuid import UUID

from pabal.accounts import SystemActor
from pabal.domain.ids import TenantId
from pabal.kit.db import Conn
from pabal.runtime import Runtime
from pabal.senders import carrier_id, ensure_rehearsal_senders
from pabal.templates import actions
from pabal.templates.queries import list_templates

BODY = "안녕하세요, #{이름}님.\n신청하신 내용이 접수되었습니다.\n문의가 있으시면 이 채널로 알려 주세요."


@dataclass(frozen=True, slots=True)
class RehearsalKit:
    account_id: UUID
    phone_sender_id: UUID
    kakao_sender_id: UUID
    template_id: UUID


async def ensure_rehearsal_kit(conn: Conn, rt: Runtime, tenant_id: UUID) -> RehearsalKit | None:
    """Account, number, profile and template to rehearse with; None in production. Idempotent.

    After the commit: `senders.register_tenant_at_sandbox(rt, tenant_id)`.
    """
    senders = await ensure_rehearsal_senders(conn, rt, tenant_id)
    if senders is None:
        return None
    known = await list_templates(conn, channel="alimtalk", limit=500)
    mine = next((t for t in known if t.sender_id == senders.kakao_sender_id and t.state == "approved"), None)
    if mine is not None:
        template_id = mine.id
    else:
        new = actions.NewTemplate(
            channel="alimtalk",
            name="연습용 알림톡",
            body=BODY,
            state="approved",
            carrier_state="APPROVED",
            code=carrier_id("TP"),
            sender_id=senders.kakao_sender_id,
        )
        template_id = await actions.create_template(conn, SystemActor(TenantId(tenant_id)), new)
    return RehearsalKit(senders.account_id, senders.phone_sender_id, senders.kakao_sender_id, template_id)
