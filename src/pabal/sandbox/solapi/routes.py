"""Every Solapi path the sandbox serves: method, path, handler, step (what faults may single out)."""

from pabal.sandbox.context import Call, CarrierError, Endpoint, Reply, Tx
from pabal.sandbox.solapi import groups, kakao, messages, queries, services

_GROUP = "/messages/v4/groups/{group_id}"
_TEMPLATE = "/kakao/v2/templates/{template_id}"

ENDPOINTS = (
    Endpoint("POST", "/messages/v4/groups", groups.create, "create"),
    Endpoint("PUT", f"{_GROUP}/messages", groups.add, "add"),
    Endpoint("POST", f"{_GROUP}/send", groups.send, "send"),
    Endpoint("POST", f"{_GROUP}/schedule", groups.schedule, "schedule"),
    Endpoint("DELETE", f"{_GROUP}/schedule", groups.unschedule, "schedule"),
    Endpoint("DELETE", f"{_GROUP}/messages", groups.remove_messages, "delete"),
    Endpoint("DELETE", _GROUP, groups.delete, "delete"),
    Endpoint("GET", "/messages/v4/groups", queries.list_groups),
    Endpoint("GET", _GROUP, groups.read),
    Endpoint("GET", f"{_GROUP}/messages", queries.group_messages),
    Endpoint("GET", "/messages/v4/list", queries.list_messages),
    Endpoint("GET", "/messages/v4/list-old", queries.list_messages),
    Endpoint("GET", "/messages/v4/statistics", queries.statistics),
    Endpoint("POST", "/messages/v4/send-many/detail", messages.send_detail, "direct"),
    Endpoint("POST", "/messages/v4/send-many", messages.send_many, "direct"),
    Endpoint("POST", "/messages/v4/send", messages.send_one, "direct"),
    Endpoint("GET", "/cash/v1/balance", services.balance),
    Endpoint("GET", "/iam/v1/black", services.black_list),
    Endpoint("GET", "/iam/v1/block/groups", services.block_groups),
    Endpoint("GET", "/iam/v1/block/numbers", services.block_numbers),
    Endpoint("GET", "/senderid/v1/numbers", services.sender_numbers),
    Endpoint("GET", "/senderid/v1/numbers/active", services.active_numbers),
    Endpoint("POST", "/storage/v1/files", services.upload),
    Endpoint("GET", "/webhook/v1/events", services.webhook_events),
    Endpoint("POST", "/webhook/v1/outgoing", services.register_webhook),
    Endpoint("GET", "/kakao/v2/channels", kakao.channels),
    Endpoint("GET", "/kakao/v2/channels/categories", kakao.channel_categories),
    Endpoint("GET", "/kakao/v2/channels/{channel_id}", kakao.channel),
    Endpoint("GET", "/kakao/v2/templates", kakao.templates),
    Endpoint("POST", "/kakao/v2/templates", kakao.create),
    Endpoint("GET", "/kakao/v2/templates/categories", kakao.template_categories),
    Endpoint("GET", _TEMPLATE, kakao.template),
    Endpoint("PUT", _TEMPLATE, kakao.update),
    Endpoint("DELETE", _TEMPLATE, kakao.delete),
    Endpoint("PUT", f"{_TEMPLATE}/inspection", kakao.inspect),
    Endpoint("PUT", "/kakao/v1/templates/{template_id}/inspection", kakao.inspect),
    Endpoint("PUT", f"{_TEMPLATE}/inspection/cancel", kakao.cancel_inspection),
)


def unknown(_tx: Tx, _call: Call) -> Reply:
    raise CarrierError(404, "ResourceNotFound", "존재하지 않는 경로입니다.")
