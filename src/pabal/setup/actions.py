"""Writes of the set-up: where a step stands, and the address at which carriers reach the tenant."""

import ipaddress
from urllib.parse import urlsplit

from pabal.accounts import Actor, audit, set_public_url
from pabal.config import Settings
from pabal.kit.db import Conn
from pabal.kit.http.errors import INVALID, FieldError, Problem, declare
from pabal.setup.queries import NEED_FACTS, Facts, Step, StepState

PUBLIC_URL_FIXED = declare("public_url_fixed", 409, "공개 주소는 서버 설정에서 정해 두었어요")


async def mark_step(conn: Conn, who: Actor, facts: Facts, step: Step, state: StepState) -> None:
    """Remember where the tenant left a step; a "done" that nothing bears out is kept as "later"."""
    if state == "done" and step in NEED_FACTS and not facts.proves(step):
        state = "skipped"
    await conn.execute(
        """
        INSERT INTO setup_steps AS s (tenant_id, step, state, changed_by) VALUES (%s, %s, %s, %s)
        ON CONFLICT (tenant_id, step) DO UPDATE
        SET state = excluded.state, changed_by = excluded.changed_by, changed_at = clock_timestamp()
        WHERE s.state <> excluded.state
        """,
        (who.tenant_id, step, state, who.actor_id),
    )
    await audit(conn, who, "setup.step", "setup", step, detail={"state": state})


async def move_public_url(conn: Conn, who: Actor, settings: Settings, url: str | None) -> None:
    """None: no address, results are asked for."""
    if settings.public_url is not None:
        raise Problem(PUBLIC_URL_FIXED, detail="PABAL_PUBLIC_URL을 바꾸고 서버를 다시 켜야 해요.")
    await set_public_url(conn, who, None if url is None else checked_public_url(url))


def checked_public_url(url: str) -> str:
    """https, a host that the outside can know, nothing behind it."""
    try:
        parts = urlsplit(url.strip().rstrip("/"))
        good = (
            parts.scheme == "https"
            and _known_outside(parts.hostname or "")
            and parts.port != 0
            and not (parts.username or parts.password or parts.path or parts.query or parts.fragment)
        )
    except ValueError:
        good = False
    if not good:
        mend = "https://hub.example.kr처럼, 인터넷에서 열리는 주소를 써 주세요."
        raise Problem(INVALID, errors=[FieldError("publicUrl", "발송사가 닿을 수 없는 주소예요", mend)])
    return parts.geturl()


def _known_outside(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".local", ".localhost", ".internal"))
