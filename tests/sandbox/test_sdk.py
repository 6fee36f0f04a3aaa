"""The carrier's own Python SDK against a running sandbox: what it accepts, a client of the real service would."""

from pathlib import Path

import pytest
from solapi import SolapiMessageService
from solapi.error.MessageNotReceiveError import MessageNotReceivedError
from solapi.model import KakaoOption, RequestMessage, SendRequestConfig
from solapi.model.request.groups.get_groups import GetGroupsRequest
from solapi.model.request.messages.get_messages import GetMessagesRequest
from solapi.model.webhook.single_report import SingleReportPayload
from tests.sandbox.process import SENDER, Client, Receiver


@pytest.fixture
def sdk(client: Client) -> SolapiMessageService:
    service = SolapiMessageService("SDKKEY0123456789", "SDKSECRET")
    service.base_url = client.url
    return service


def one(number: int = 1, **fields: object) -> RequestMessage:
    return RequestMessage(**{"from_": SENDER, "to": f"010{number:08d}", "text": "안녕하세요", **fields})


def test_send_one(sdk: SolapiMessageService, client: Client) -> None:
    answer = sdk.send(one())
    assert answer.group_info.count.registered_success == 1
    assert answer.failed_message_list == []
    (line,) = client.ledger()
    assert (line["to"], line["from"], line["text"], line["channel"]) == (
        "01000000001",
        SENDER,
        "안녕하세요",
        "sms",
    )
    assert line["requestId"] == answer.group_info.group_id


def test_send_many_with_one_refused(sdk: SolapiMessageService) -> None:
    answer = sdk.send(
        [one(1, custom_fields={"attemptId": "s.1.1"}), one(2), one(1)],
        SendRequestConfig(show_message_list=True),
    )
    assert [failed.status_code for failed in answer.failed_message_list or []] == ["1026"]
    assert answer.message_list is not None
    assert [item.status_code for item in answer.message_list] == ["2000", "2000"]
    assert answer.message_list[0].custom_fields == {"attemptId": "s.1.1"}


def test_all_refused_raises_with_the_codes(sdk: SolapiMessageService, client: Client) -> None:
    with pytest.raises(MessageNotReceivedError) as raised:
        sdk.send([one(1, text="🎉"), one(2, text="🎉")])
    assert [failed.status_code for failed in raised.value.failed_messages] == ["1029", "1029"]
    assert client.ledger() == []


def test_long_texts_become_lms(sdk: SolapiMessageService, client: Client) -> None:
    sdk.send(one(1, text="가" * 46))
    assert client.ledger()[0]["channel"] == "lms"


def test_alimtalk(sdk: SolapiMessageService, client: Client) -> None:
    option = KakaoOption(
        pf_id="KA01PF1", template_id="KA01TP1", variables={"이름": "김하나"}, disable_sms=True
    )
    sdk.send(one(1, text=None, kakao_options=option))
    (line,) = client.ledger()
    assert (line["channel"], line["templateCode"]) == ("alimtalk", "KA01TP1")


def test_groups_and_their_messages(sdk: SolapiMessageService) -> None:
    ids = [sdk.send([one(1), one(2)]).group_info.group_id for _ in range(3)]
    listed = sdk.get_groups(GetGroupsRequest(limit=2))
    assert list(listed.group_list) == [ids[2], ids[1]]
    assert listed.next_key == ids[0]
    assert list(sdk.get_groups(GetGroupsRequest(group_id=ids[0])).group_list) == [ids[0]]
    assert sdk.get_group(ids[0]).count.total == 2
    assert {row.to for row in sdk.get_group_messages(ids[0]).message_list.values()} == {
        "01000000001",
        "01000000002",
    }


def test_search_of_messages(sdk: SolapiMessageService) -> None:
    group_id = sdk.send([one(1), one(2)]).group_info.group_id
    found = sdk.get_messages(GetMessagesRequest(to="01000000002"))
    assert [row.group_id for row in found.message_list.values()] == [group_id]
    message_id = next(iter(found.message_list))
    assert list(sdk.get_messages(GetMessagesRequest(message_id=message_id)).message_list) == [message_id]
    assert list(sdk.get_messages(GetMessagesRequest(message_ids=[message_id])).message_list) == [message_id]
    assert (
        sdk.get_messages(GetMessagesRequest(start_date="2020-01-01", end_date="2020-01-02")).message_list
        == {}
    )
    today = sdk.get_messages(GetMessagesRequest(group_id=group_id, start_date="2020-01-01T00:00:00+09:00"))
    assert len(today.message_list) == 2


def test_a_schedule_in_the_past_goes_out_at_once(sdk: SolapiMessageService, client: Client) -> None:
    answer = sdk.send(one(), SendRequestConfig(scheduled_date="2026-01-01T00:00:00+09:00"))
    client.until(lambda: sdk.get_group(answer.group_info.group_id).status == "COMPLETE")
    assert len(client.ledger()) == 1


def test_cancel_of_a_schedule(sdk: SolapiMessageService, client: Client) -> None:
    client.control("PUT", "/clock", {"at": "2026-06-01T09:00:00+09:00"})
    answer = sdk.send(one(), SendRequestConfig(scheduled_date="2026-07-01T09:00:00+09:00"))
    assert answer.group_info.status == "SCHEDULED"
    assert sdk.cancel_scheduled_message(answer.group_info.group_id).status == "FAILED"
    assert client.ledger() == []


def test_balance(sdk: SolapiMessageService, client: Client) -> None:
    client.other("SDKKEY0123456789", "SDKSECRET").register(balance=1000)
    sdk.send(one())
    assert sdk.get_balance().balance == 982


def test_upload(sdk: SolapiMessageService, tmp_path: Path) -> None:
    image = tmp_path / "a.jpg"
    image.write_bytes(b"\xff\xd8\xff" + b"0" * 100)
    uploaded = sdk.upload_file(str(image))
    assert uploaded.file_id.startswith("ST01FP")
    assert sdk.send(one(1, image_id=uploaded.file_id)).group_info.count.registered_success == 1


def test_an_image_nobody_uploaded_is_refused(sdk: SolapiMessageService) -> None:
    with pytest.raises(MessageNotReceivedError) as raised:
        sdk.send(one(1, image_id="ST01FPNONE"))
    assert raised.value.failed_messages[0].status_code == "1023"


def test_errors_carry_code_and_message(sdk: SolapiMessageService, client: Client) -> None:
    client.other("SDKKEY0123456789", "ANOTHERSECRET").register()
    with pytest.raises(Exception, match="SignatureDoesNotMatch"):
        sdk.get_balance()


def test_an_error_that_is_not_json_is_an_unknown_one(sdk: SolapiMessageService, client: Client) -> None:
    client.behave(http503Rate=1)
    with pytest.raises(Exception, match="UnknownError"):
        sdk.send(one())


def test_the_webhook_body_fits_the_sdks_model(
    sdk: SolapiMessageService, client: Client, receiver: Receiver
) -> None:
    client.other("SDKKEY0123456789", "SDKSECRET").register(webhookUrl=receiver.url, webhookSecret="s")
    sdk.send(one(1, custom_fields={"attemptId": "s.1.1"}))
    (report,) = SingleReportPayload.model_validate(receiver.next().body).root
    assert (report.data.status_code, report.data.custom_fields) == ("4000", {"attemptId": "s.1.1"})
