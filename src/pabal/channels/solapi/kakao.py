"""AlimTalk templates at Solapi: store, ask for review, list. Paths of the current SDKs (v2)."""

from typing import Any
from urllib.parse import quote

import httpx

from pabal.channels.base import CarrierAccount, CarrierTemplate, Failure, TemplatePage
from pabal.channels.reading import kakao_emphasis, kakao_extras
from pabal.channels.solapi.line import following, read_refusal, solapi_line
from pabal.channels.wire import WALL_SECONDS, Answer

TEMPLATES = "/kakao/v2/templates"
OTHER_CATEGORY = "999999"  # "기타": always there, lowest review priority


class SolapiTemplates:
    """See `TemplateReview`."""

    def __init__(self, http: httpx.AsyncClient, *, wall_seconds: float = WALL_SECONDS) -> None:
        self._line = solapi_line(http, wall_seconds)

    async def store(self, account: CarrierAccount, template: CarrierTemplate) -> CarrierTemplate | Failure:
        body: dict[str, Any] = {
            "name": template.name,
            "content": template.content,
            "buttons": [dict(button) for button in template.buttons],
            "messageType": template.message_type,
            "emphasizeType": template.emphasis.get("type", "NONE"),
        }
        if template.emphasis:
            body["emphasizeTitle"] = template.emphasis.get("title", "")
            body["emphasizeSubTitle"] = template.emphasis.get("subtitle", "")
        if template.code:
            return await self._one(account, "PUT", f"{TEMPLATES}/{quote(template.code, safe='')}", body)
        fixed = {"categoryCode": OTHER_CATEGORY}
        return await self._one(account, "POST", TEMPLATES, {"channelId": template.pf_id, **body, **fixed})

    async def inspect(self, account: CarrierAccount, code: str) -> CarrierTemplate | Failure:
        return await self._one(account, "PUT", f"{TEMPLATES}/{quote(code, safe='')}/inspection", {})

    async def list_templates(
        self, account: CarrierAccount, cursor: str | None = None
    ) -> TemplatePage | Failure:
        params = {"limit": "100"} | ({"startKey": cursor} if cursor else {})
        answer = await self._line.call(account, "GET", TEMPLATES, params=params)
        if not isinstance(answer, Answer):
            return answer
        rows = answer.mapping.get("templateList")
        if answer.status != 200 or not isinstance(rows, list):
            return read_refusal(answer)
        found = tuple(one for row in rows if (one := _template(row)))
        return TemplatePage(found, following(answer, cursor))

    async def _one(
        self, account: CarrierAccount, method: str, path: str, body: Any
    ) -> CarrierTemplate | Failure:
        answer = await self._line.call(account, method, path, body)
        if not isinstance(answer, Answer):
            return answer
        found = _template(answer.body) if answer.status == 200 else None
        return found or read_refusal(answer)


def _template(row: Any) -> CarrierTemplate | None:
    if not isinstance(row, dict):
        return None
    words = {name: row.get(name) for name in ("templateId", "status", "content")}
    if not all(isinstance(word, str) for word in words.values()) or not words["templateId"]:
        return None
    buttons, comment = kakao_extras(row)
    return CarrierTemplate(
        code=str(words["templateId"]),
        name=str(row.get("name") or words["templateId"]),
        content=str(words["content"]),
        state=str(words["status"]),
        pf_id=str(row.get("channelId") or ""),
        buttons=buttons,
        comment=comment,
        emphasis=kakao_emphasis(
            row, "emphasizeType", "emphasizeTitle", "emphasizeSubtitle"
        ),  # requests: SubTitle
        message_type=str(row.get("messageType") or "BA"),
    )
