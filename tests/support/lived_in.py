"""A tenant that has been worked in: at least one of everything that an address can name. Needs a running simulator."""

from uuid import UUID

import httpx
from tests.sandbox.process import Client
from tests.support.campaigns import make_book

from pabal import dispatch
from pabal.campaigns.jobs import create_check_job
from pabal.dispatch.claim import claim_chunk
from pabal.domain.ids import new_id
from pabal.kit.db import Conn, tenant_tx
from pabal.runtime import Runtime
from pabal.senders import account_for_dispatch, register_tenant_at_sandbox, sandbox_account


async def live_in(rt: Runtime, tenant_id: UUID, owner: httpx.AsyncClient) -> dict[str, str]:
    """Ids by the name of the path parameter that takes them."""
    book = await make_book(rt, tenant_id)
    segment = await post(owner, "/api/segments", {"name": "당원", "filter": {}})
    campaign = await post(owner, "/api/campaigns", CAMPAIGN)
    checked = await post(owner, f"/api/campaigns/{campaign['id']}/check", {})
    launched = await post(owner, f"/api/campaigns/{campaign['id']}/launch", {"digest": checked["digest"]})
    send_id = UUID(launched["sendId"])
    await dispatch.launch_send(rt, tenant_id, send_id)
    claimed = await claim_chunk(rt, tenant_id, send_id, "nobody")
    assert claimed is not None
    sheet = "성명,휴대폰\n한가온,010-2345-0099\n".encode()
    files = {"file": ("명단.csv", sheet, "text/csv")}
    taken = (await owner.post("/api/imports", files=files)).json()
    await post(owner, "/api/invitations", {"email": "invited@blue.test", "role": "staff"})
    await post(owner, "/api/api-keys", {"name": "연동", "scopes": ["contacts:read"]})
    templates = (await owner.get("/api/templates")).json()["items"]
    columns = [{"key": "name", "label": "이름"}, {"key": "phone", "label": "전화", "type": "phone"}]
    partition = await post(owner, "/api/partitions", {"name": "상담 신청", "fields": columns})
    lead: dict[str, object] = {
        "partitionId": partition["id"],
        "data": {"name": "김하늘", "phone": "010-2345-0001"},
    }
    record = await post(owner, "/api/records", lead)
    kakao = next(one for one in templates if one["channel"] == "alimtalk")
    link: dict[str, object] = {
        "partitionId": partition["id"],
        "templateId": kakao["id"],
        "triggerType": "on_create",
    }
    template_link = await post(owner, "/api/alimtalk/template-links", link)
    async with tenant_tx(rt, tenant_id) as conn:
        job_id = await create_check_job(
            conn, tenant_id, UUID(campaign["id"]), rehearse=False, created_by=None
        )
        pair = await ask_about(conn, tenant_id, sorted(book.contacts.values())[:2])
    return {
        "contact_id": str(book.contacts["김하늘"]),
        "segment_id": segment["id"],
        "campaign_id": campaign["id"],
        "send_id": str(send_id),
        "request_id": str(claimed.planned[0].request_id),
        "message_id": f"{send_id}.1",
        "import_id": taken["id"],
        "template_id": templates[0]["id"],
        "partition_id": partition["id"],
        "record_id": record["id"],
        "link_id": template_link["id"],
        "job_id": str(job_id),
        "pair_id": str(pair),
        "thread": await receive_one(rt, tenant_id, owner),
        "candidacy_id": await a_candidacy(owner),
        "export_id": (await post(owner, "/api/exports", EXPORT))["id"],
        "edit_id": (await post(owner, "/api/contacts/bulk", {"filter": {}, "addTags": ["당원"]}))["editId"],
    }


async def ask_about(conn: Conn, tenant_id: UUID, pair: list[UUID]) -> UUID:
    """The question whether two people are one, as an import raises it."""
    pair_id = new_id()
    await conn.execute(
        "INSERT INTO duplicate_pairs (tenant_id, id, contact_a, contact_b, reason) VALUES (%s, %s, %s, %s, %s)",
        (tenant_id, pair_id, *pair, "same_name_birth_date"),
    )
    return pair_id


async def receive_one(rt: Runtime, tenant_id: UUID, owner: httpx.AsyncClient) -> str:
    """A message on the simulated handset of 김하늘; the handset's id."""
    async with tenant_tx(rt, tenant_id) as conn:
        account_id = await sandbox_account(conn)
        assert account_id is not None
        found = await account_for_dispatch(conn, account_id)
    assert found is not None
    assert await register_tenant_at_sandbox(rt, tenant_id), "no simulator at the settings' sandbox_port"
    credentials = found.account.credentials
    line = Client(rt.settings.sandbox_url, credentials.api_key, credentials.api_secret)
    line.send({"to": "01023450001", "from": "0212345678", "text": "김하늘님 2345-0001", "type": "SMS"})
    line.close()
    (handset,) = (await owner.get("/api/phones")).json()["items"]
    return str(handset["id"])


EXPORT: dict[str, object] = {
    "kind": "contacts",
    "format": "csv",
    "filter": {},
    "reason": "명부 대조에 쓸 파일",
}

CAMPAIGN: dict[str, object] = {
    "name": "주민 설명회",
    "messageClass": "civic",
    "filter": {},
    "steps": [{"channel": "sms", "body": "#{이름}님, 설명회에 초대합니다."}],
}


CANDIDACY: dict[str, object] = {
    "electionDay": "2026-06-03",
    "electionKind": "local",
    "office": "governor",
    "name": "한서윤",
    "status": "candidate",
    "registeredAt": "2026-02-10",
}


async def a_candidacy(owner: httpx.AsyncClient) -> str:
    candidacy_id = (await post(owner, "/api/candidacies", CANDIDACY))["id"]
    kept = await owner.put(f"/api/candidacies/{candidacy_id}/proof", content=b"%PDF-1.7")
    assert kept.status_code == 200, kept.text
    return candidacy_id


async def post(browser: httpx.AsyncClient, address: str, body: dict[str, object]) -> dict[str, str]:
    answer = await browser.post(address, json=body)
    assert answer.status_code in {200, 201}, f"{address}: {answer.text}"
    made: dict[str, str] = answer.json()
    return made
