"""kill -9 of the API while people follow their links: whoever was led on has a row."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.support.book import fill_book, person
from tests.support.carriers import solapi_account
from tests.support.installation import free_port
from tests.support.processes import wait_until

from pabal.dispatch import FrozenStep, Selection, create_send, link_send
from pabal.dispatch.plan import launch_send
from pabal.domain.links import write_code
from pabal.kit.db import tenant_tx
from pabal.links import make_links

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]

PEOPLE = 3000
KILLS = 3
VISITORS = 8


@pytest.fixture
async def codes(rt, tenant):
    """A link of their own for everybody, by their place in the send."""
    await fill_book(rt, tenant, [person(n) for n in range(PEOPLE)])
    account = await solapi_account(rt, tenant)
    step = FrozenStep(channel="sms", body="#{링크}", sender_number="0212345678", account_id=account)
    async with tenant_tx(rt, tenant) as conn:
        send = await create_send(
            conn, tenant, kind="campaign", campaign_id=None, steps=[step], selection=Selection(filter={})
        )
        links = await make_links(
            conn,
            tenant,
            send,
            base="https://pabal.example/l/",
            urls={"": "https://camp.example/"},
            variables=["링크"],
            now=rt.clock.now(),
        )
        await link_send(conn, tenant, send, links)
    await launch_send(rt, tenant, send)
    return {seq: write_code(rt.keys.link_key, links.numbers["링크"], seq) for seq in range(1, PEOPLE + 1)}


async def test_no_click_that_was_answered_is_lost(rt, tenant, codes, start):
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    waiting, answered, lock = list(codes), set(), threading.Lock()
    up = threading.Event()

    def follow() -> None:
        """Person after person; one whose connection broke isn't asked again, so that every row has one reason."""
        agent = {"User-Agent": "Mozilla/5.0 (Linux; Android 16) Mobile Safari/537.36"}
        with httpx.Client(base_url=base, trust_env=False, headers=agent, timeout=10) as visitor:
            while True:
                up.wait()
                with lock:
                    if not waiting:
                        return
                    seq = waiting.pop()
                try:
                    answer = visitor.get(f"/l/{codes[seq]}")
                except httpx.TransportError:
                    continue
                assert answer.status_code == 302, answer.text
                with lock:
                    answered.add(seq)

    def ready() -> bool:
        try:
            return httpx.get(f"{base}/healthz", trust_env=False, timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    with ThreadPoolExecutor(VISITORS) as crowd:
        visitors = [crowd.submit(follow) for _ in range(VISITORS)]
        try:
            for kill in range(KILLS + 1):
                api = start("api", PABAL_PORT=port)
                wait_until(ready)
                up.set()
                if kill < KILLS:
                    enough = len(answered) + PEOPLE // (2 * KILLS)
                    wait_until(lambda enough=enough: len(answered) >= enough, every=0.01)
                    api.kill()
                    up.clear()
            for visitor in visitors:
                visitor.result(60)
        finally:
            waiting.clear()
            up.set()
    async with tenant_tx(rt, tenant) as conn:
        stored = {row[0] for row in await (await conn.execute("SELECT seq FROM clicks")).fetchall()}
    assert len(answered) > PEOPLE / 2
    assert answered <= stored, f"{len(answered - stored)} answered clicks have no row"
