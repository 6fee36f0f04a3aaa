"""The hub's listening sockets, and what is asked through them from the same machine."""

import asyncio
import socket
import time

from pabal.kit.embedded.files import EmbeddedError


def listen(host: str, port: int) -> socket.socket:
    """Bind now, for a clear error; a predecessor that was just killed may hold the port for some
    milliseconds.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    deadline = time.monotonic() + 3
    while True:
        one = socket.socket(family, socket.SOCK_STREAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((host, port))
            one.listen(1024)
        except OSError as error:
            one.close()
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"{host}:{port} 을(를) 열 수 없습니다 ({error.strerror}): 다른 프로그램이 쓰고 있으면 "
                    f"--port 로 바꾸십시오"
                ) from error
            time.sleep(0.05)
        else:
            return one


def owner_needed(listening: socket.socket) -> bool:
    """Ask the api whether anybody lives here. A hint for a person: no answer is a no."""
    import httpx  # a tenth of a second that the start doesn't wait for

    host, port = _address_of(listening)
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}/api/setup/status"
    try:
        return bool(httpx.get(url, timeout=5, trust_env=False).json()["ownerNeeded"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return False


async def is_ready(listening: socket.socket) -> bool:
    """Ask /readyz over HTTP."""
    host, port = _address_of(listening)
    try:
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(f"GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            status = (await reader.readline()).split()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return status[1:2] == [b"200"]


def _address_of(listening: socket.socket) -> tuple[str, int]:
    """Where we reach it: a socket that listens everywhere listens here."""
    host, port = listening.getsockname()[:2]
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port  # noqa: S104  compared, not bound
