"""Every NHN path the sandbox serves. SMS writes `appKeys`, Kakao `appkeys`."""

from collections.abc import Callable
from typing import NamedTuple

from pabal.sandbox.behaviour import Step
from pabal.sandbox.context import Call, Reply, Tx
from pabal.sandbox.nhn import sms, sms_queries, sms_services
from pabal.sandbox.nhn.common import refuse

Handler = Callable[[Tx, Call], Reply]


class Endpoint(NamedTuple):
    method: str
    path: str
    handler: Handler
    step: Step = "other"


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


def unknown(_tx: Tx, _call: Call) -> Reply:
    raise refuse("-9998", "No such API.")
