"""One call is one write, and what came of it is told honestly."""

import asyncio
import socket

import httpx
import pytest
from tests.channels.carrier_server import answer, carrier_server, close, half_an_answer, hang, reset

from pabal.channels import wire
from pabal.channels.base import NotSent, Unknown
from pabal.channels.wire import Answer, call, open_http


async def post(http, server, **extra):
    return await call(http, "POST", server.url + "/x", headers={}, payload={"text": "가나다"}, **extra)


@pytest.mark.parametrize(
    "behaviour", [reset, close, half_an_answer, answer(503, "busy"), answer(200, "<html>")]
)
async def test_nothing_is_ever_posted_again(http, server, behaviour):
    server.plan(behaviour, answer(200, {"groupId": "would be a second copy"}))
    outcome = await post(http, server)
    assert len(server.seen) == 1
    assert isinstance(outcome, Unknown) or outcome.body is None


async def test_a_kept_alive_connection_that_dies_is_not_repeated_either(http, server):
    server.plan(answer(200, {}), reset, answer(200, {}))
    assert isinstance(await post(http, server), Answer)
    outcome = await post(http, server)
    assert isinstance(outcome, Unknown)
    assert len(server.seen) == 2


async def test_a_connection_closed_in_between_is_replaced_before_writing(http, server):
    async def answer_and_close(writer, seen):
        await answer(200, {}, headers={"Connection": "close"})(writer, seen)
        writer.close()

    server.plan(answer_and_close, answer(200, {"n": 2}))
    await post(http, server)
    second = await post(http, server)
    assert isinstance(second, Answer)
    assert second.body == {"n": 2}


async def test_hanging_ends_at_the_wall(http, server):
    server.plan(hang)
    assert await post(http, server, wall_seconds=0.2) == Unknown("timeout")
    assert len(server.seen) == 1


async def test_a_dripping_answer_ends_at_the_wall_too(http, server):
    async def drip(writer, _seen):
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nDate: Sat, 21 Nov 2026 00:00:00 GMT\r\n\r\n"
        )
        while not writer.is_closing():  # each byte would restart a read time-out
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    server.plan(drip)
    outcome = await post(http, server, wall_seconds=0.3)
    assert isinstance(outcome, Unknown)
    assert (outcome.why, outcome.status) == ("timeout", 200)


async def test_refused_connection_is_not_sent(http):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    outcome = await call(http, "POST", f"http://127.0.0.1:{port}/", headers={}, payload={})
    assert outcome == NotSent("connect_error")


async def test_tls_failure_is_not_sent(http):
    async def no_tls(reader, writer):
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 this is not TLS\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(no_tls, "127.0.0.1", 0) as plain:
        port = plain.sockets[0].getsockname()[1]
        outcome = await call(http, "POST", f"https://127.0.0.1:{port}/", headers={}, payload={})
    assert outcome == NotSent("connect_error")


async def test_unknown_host_is_not_sent(http, monkeypatch):
    def fail(*_args, **_kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    outcome = await call(http, "POST", "http://carrier.test/", headers={}, payload={})
    assert outcome == NotSent("connect_error")


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "no-scheme", "http://[bad"])
async def test_an_address_that_is_none_is_not_sent(http, url):
    assert isinstance(await call(http, "POST", url, headers={}, payload={}), NotSent)


async def test_a_transport_that_proves_nothing_is_believed_nothing():
    def fail(_request):
        raise httpx.ReadError("boom")

    async with httpx.AsyncClient(transport=httpx.MockTransport(fail)) as mock:
        assert await call(mock, "POST", "http://127.0.0.1/", headers={}, payload={}) == Unknown("read_error")


async def test_no_free_connection_is_not_sent(server, monkeypatch):
    monkeypatch.setattr(wire, "CONNECT_SECONDS", 0.1)
    transport = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=1))
    server.plan(hang)
    async with httpx.AsyncClient(transport=transport, trust_env=False) as narrow:
        first = asyncio.create_task(post(narrow, server))
        await server.body_started.wait()
        assert await post(narrow, server) == NotSent("no_free_connection")
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    assert len(server.seen) == 1


async def test_proxies_of_the_environment_and_redirects_are_not_followed(server, monkeypatch):
    async with carrier_server() as other:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, other.url)
        server.plan(answer(307, "", headers={"Location": other.url + "/elsewhere"}))
        async with open_http() as client:
            outcome = await post(client, server)
        assert isinstance(outcome, Answer)
        assert outcome.status == 307
        assert (len(server.seen), len(other.seen)) == (1, 0)


async def test_an_endless_answer_is_cut(http, server, monkeypatch):
    monkeypatch.setattr(wire, "MAX_ANSWER_BYTES", 1000)
    server.plan(answer(200, {"pad": "x" * 2000}))
    outcome = await post(http, server)
    assert isinstance(outcome, Unknown)
    assert outcome.why == "answer_too_big"


async def test_date_and_retry_after(http, server):
    server.plan(
        answer(429, {}, headers={"Retry-After": "7"}),
        answer(429, {}, headers={"Retry-After": "Sat, 21 Nov 2026 00:00:00 GMT", "Date": "rubbish"}),
    )
    first, second = await post(http, server), await post(http, server)
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert first.retry_after == 7
    assert first.server_date is not None
    assert first.server_date.isoformat() == "2026-11-21T00:00:00+00:00"
    assert (second.retry_after, second.server_date) == (None, None)


async def test_the_gate_opens_after_half_the_body(http, server):
    halves = []

    async def gate() -> None:
        await server.body_started.wait()
        halves.append(server.partial)

    server.plan(answer(200, {}))
    assert isinstance(await post(http, server, body_gate=gate), Answer)
    [seen] = server.seen
    assert seen.json == {"text": "가나다"}
    assert seen.headers["content-length"] == str(len(seen.body))
    assert "transfer-encoding" not in seen.headers
    assert halves == [seen.body[: (len(seen.body) + 1) // 2]]


async def test_dying_at_the_gate_leaves_half_a_request(http, server):
    async def die() -> None:
        await server.body_started.wait()
        raise RuntimeError("killed")

    outcome = await post(http, server, body_gate=die)
    assert isinstance(outcome, Unknown)
    assert server.seen == []
    assert server.partial


async def test_cancellation_is_passed_on(http, server):
    task = asyncio.create_task(post(http, server))
    await server.body_started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
