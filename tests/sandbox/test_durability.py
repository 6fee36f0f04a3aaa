"""What the sandbox answered is true after a kill -9, and what was under way goes on."""

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from tests.sandbox.process import SENDER, Client, Receiver, SandboxProcess, message, sandbox_process

GROUPS = "/messages/v4/groups"


def test_pending_groups_messages_and_settings_survive_a_kill(tmp_path: Path) -> None:
    with sandbox_process(tmp_path) as sandbox:
        client = Client(sandbox.url)
        client.register()
        client.behave(deliverDelayMs=0, seed=9)
        client.control("PUT", "/clock", {"offsetSeconds": 100})
        group_id = client.group(message(1), message(2))
        sandbox.kill()
        client.close()
        client = Client(sandbox.start().url)
        assert client.control("GET", "/behaviour")["seed"] == 9
        assert client.control("GET", "/clock")["offsetSeconds"] == 100
        assert client.other(secret="WRONG").call("GET", GROUPS).status_code == 403
        assert client.read_group(group_id)["count"]["registeredSuccess"] == 2
        again = client.good("PUT", f"{GROUPS}/{group_id}/messages", {"messages": [message(1)]})
        assert again["resultList"][0]["statusCode"] == "1026"
        client.good("POST", f"{GROUPS}/{group_id}/send")
        assert len(client.ledger()) == 2
        client.close()


def test_due_receipts_are_delivered_after_a_kill(tmp_path: Path, receiver: Receiver) -> None:
    with sandbox_process(tmp_path) as sandbox:
        client = Client(sandbox.url)
        client.register(webhookUrl=receiver.url)
        client.behave(deliverDelayMs=1500)
        client.send(*(message(number) for number in range(30)))
        sandbox.kill()
        client.close()
        assert receiver.posted.empty()
        client = Client(sandbox.start().url)
        assert {data["to"] for data in receiver.reports(30)} == {
            message(number)["to"] for number in range(30)
        }
        client.close()


def test_a_webhook_under_repetition_goes_on_after_a_kill(tmp_path: Path, receiver: Receiver) -> None:
    with sandbox_process(tmp_path, "--webhook-backoff", "1,1,1,1") as sandbox:
        client = Client(sandbox.url)
        client.register(webhookUrl=receiver.url)
        client.behave(deliverDelayMs=0)
        receiver.answers += [500]
        client.send(message(1))
        first = receiver.next()
        sandbox.kill()
        client.close()
        sandbox.start()
        assert receiver.next().body[0]["eventDataId"] == first.body[0]["eventDataId"]


def test_every_answered_send_is_in_the_ledger_whenever_it_is_killed(tmp_path: Path) -> None:
    """Four clients send as fast as they can while the process is killed under them."""
    with sandbox_process(tmp_path) as sandbox:
        Client(sandbox.url).close()

        def send_until_death(worker: int) -> list[str]:
            answered = []
            client = Client(sandbox.url, key=f"KEY{worker}")
            try:
                for number in range(10_000):
                    if worker == 0 and number == 15:
                        sandbox.kill()
                    body = {"messages": [message(worker * 10_000 + number)]}
                    answer = client.good("POST", "/messages/v4/send-many/detail", body)
                    answered.append(str(answer["groupInfo"]["groupId"]))
            except httpx.TransportError:
                pass
            finally:
                client.close()
            return answered

        with ThreadPoolExecutor(4) as pool:
            answered = [group for groups in pool.map(send_until_death, range(4)) for group in groups]
        client = Client(sandbox.start().url)
        lines = client.ledger()
        client.close()
    kept = {line["requestId"] for line in lines}
    assert len(answered) >= 15
    assert set(answered) <= kept
    assert len(kept) == len(lines)
    assert len(kept) <= len(answered) + 4  # at most one unanswered request per client was carried out


def test_the_dice_go_on_after_a_restart_instead_of_starting_over(tmp_path: Path) -> None:
    def run(client: Client, count: int) -> list[int]:
        return [client.call("GET", "/cash/v1/balance").status_code for _ in range(count)]

    with sandbox_process(tmp_path) as sandbox:
        client = Client(sandbox.url)
        client.behave(http503Rate=0.5, seed=5)
        unbroken = run(client, 30)
        client.behave(http503Rate=0.5, seed=5)
        before = run(client, 12)
        sandbox.kill()
        client.close()
        client = Client(sandbox.start().url)
        assert before + run(client, 18) == unbroken
        client.close()


def test_numbers_and_texts_are_ciphertext_at_rest(tmp_path: Path) -> None:
    with sandbox_process(tmp_path) as sandbox:
        client = Client(sandbox.url)
        client.register(senders=[SENDER], inboundUrl="http://127.0.0.1:9/in", unsubscribeNos=["0801234567"])
        client.behave(fixedOutcome={"01087654321": "4000"}, deliverDelayMs=0)
        client.until_complete(client.send(message(1, to="01087654321", text="BIG-SECRET-TEXT")))
        client.control("POST", "/reply", {"to": SENDER, "from": "01087654321", "text": "SECRET-ANSWER"})
        client.control("POST", "/optout", {"unsubscribeNo": "0801234567", "phone": "01087654321"})
        client.close()
        sandbox.kill()
        stored = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.name != "sandbox.key")
    for secret in (b"01087654321", b"BIG-SECRET-TEXT", b"SECRET-ANSWER", SENDER.encode(), b"TESTSECRET"):
        assert secret not in stored
    assert b"TESTKEY" in stored  # the search does find what is stored readable
    assert stat.S_IMODE((tmp_path / "sandbox.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "sandbox.sqlite3").stat().st_mode) == 0o600


def test_old_copies_of_peoples_data_are_purged(tmp_path: Path) -> None:
    with sandbox_process(tmp_path, "--keep-days", "30") as sandbox:
        client = Client(sandbox.url)
        client.behave(deliverDelayMs=0)
        client.until_complete(client.send(message(1)))
        client.control("PUT", "/clock", {"offsetSeconds": 29 * 86_400})
        client.until_complete(client.send(message(2)))
        assert len(client.ledger()) == 2
        client.control("PUT", "/clock", {"offsetSeconds": 31 * 86_400})
        client.until(lambda: [line["to"] for line in client.ledger()] == [message(2)["to"]])
        client.close()


def test_two_processes_do_not_share_a_ledger(tmp_path: Path) -> None:
    with sandbox_process(tmp_path):
        second = SandboxProcess(tmp_path)
        with pytest.raises(AssertionError, match="did not start"):
            second.start()
        assert second.reap() == 2


def test_it_stops_cleanly(tmp_path: Path) -> None:
    with sandbox_process(tmp_path) as sandbox:
        assert sandbox.stop() == 0


def test_a_port_open_to_others_needs_a_token(tmp_path: Path) -> None:
    open_to_all = SandboxProcess(tmp_path, "--host", "0.0.0.0")
    with pytest.raises(AssertionError, match="did not start"):
        open_to_all.start()
    assert open_to_all.reap() == 2


def test_the_ledger_is_wal_and_fully_synced(tmp_path: Path) -> None:
    from pabal.sandbox.crypt import Box
    from pabal.sandbox.ledger import Ledger

    ledger = Ledger(tmp_path / "l", tmp_path / "lock", Box(b"k" * 32))
    try:
        pragma = ledger.run_now(lambda conn: conn.execute("PRAGMA synchronous").fetchone()[0])
        mode = ledger.run_now(lambda conn: conn.execute("PRAGMA journal_mode").fetchone()[0])
    finally:
        ledger.close()
    assert (pragma, mode) == (2, "wal")  # 2 = FULL
    with sqlite3.connect(tmp_path / "l") as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    conn.close()
