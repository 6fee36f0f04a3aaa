"""Every NHN path the sandbox serves. SMS writes `appKeys`, Kakao `appkeys`."""

from pabal.sandbox.context import Call, Endpoint, Reply, Tx
from pabal.sandbox.nhn import kakao, kakao_queries, kakao_services, sms, sms_queries, sms_services
from pabal.sandbox.nhn.common import refuse

SMS_PREFIX = "/sms/v3.0/appKeys/{app_key}"

SMS = (
    Endpoint("POST", "/sender/sms", sms.send_sms, "direct"),
    Endpoint("POST", "/sender/mms", sms.send_mms, "direct"),
    Endpoint("POST", "/sender/ad-sms", sms.send_ad_sms, "direct"),
    Endpoint("POST", "/sender/ad-mms", sms.send_ad_mms, "direct"),
    Endpoint("POST", "/sender/auth/sms", sms.send_auth, "direct"),
    Endpoint("GET", "/sender/sms", sms_queries.list_sms),
    Endpoint("GET", "/sender/mms", sms_queries.list_mms),
    Endpoint("GET", "/sender/auth/sms", sms_queries.list_auth),
    Endpoint("GET", "/sender/{kind:str}/{request_id}", sms_queries.one),
    Endpoint("GET", "/message-results", sms_queries.results),
    Endpoint("GET", "/sendNos", sms_services.send_numbers),
    Endpoint("GET", "/blockservice/unsubscribe-nos", sms_services.unsubscribe_numbers),
    Endpoint("GET", "/blockservice/recipients", sms_services.recipients),
    Endpoint("POST", "/blockservice/recipients", sms_services.add_recipients),
    Endpoint("DELETE", "/blockservice/recipients/removes", sms_services.remove_recipients),
)

ALIMTALK_PREFIX = "/alimtalk/v2.3/appkeys/{app_key}"
_TEMPLATES = "/senders/{sender_key}/templates"

ALIMTALK = (
    Endpoint("POST", "/messages", kakao.send, "direct"),
    Endpoint("POST", "/raw-messages", kakao.send_raw, "direct"),
    Endpoint("GET", "/messages", kakao_queries.list_messages),
    Endpoint("GET", "/messages/{request_id}/{recipient_seq}", kakao_queries.one),
    Endpoint("GET", "/message-results", kakao_queries.results),
    Endpoint("GET", "/senders", kakao_services.senders),
    Endpoint("GET", "/senders/{sender_key}", kakao_services.sender),
    Endpoint("GET", "/template/categories", kakao_services.categories),
    Endpoint("GET", _TEMPLATES, kakao_services.templates),
    Endpoint("POST", _TEMPLATES, kakao_services.create),
    Endpoint("GET", _TEMPLATES + "/{template_code}", kakao_services.template),
    Endpoint("PUT", _TEMPLATES + "/{template_code}", kakao_services.update),
    Endpoint("DELETE", _TEMPLATES + "/{template_code}", kakao_services.delete),
    Endpoint("POST", _TEMPLATES + "/{template_code}/comments", kakao_services.comment),
)


def unknown(_tx: Tx, _call: Call) -> Reply:
    raise refuse("-9998", "No such API.")
