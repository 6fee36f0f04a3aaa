"""From a code to where it leads. Links never change, so a process asks the ledger once for each."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pabal.domain.links import read_code
from pabal.kit.db import system_tx
from pabal.links.clicks import ClickWriter
from pabal.links.guard import Guard
from pabal.runtime import Runtime

_KEPT = 10_000  # links; some 500 bytes each


@dataclass(frozen=True, slots=True)
class Link:
    tenant_id: UUID
    id: UUID
    send_id: UUID
    url: str
    expires_at: datetime


class Redirector:
    """What a process keeps to answer short links. One per Runtime."""

    def __init__(self, rt: Runtime) -> None:
        self.rt = rt
        self.guard = Guard(rt.keys.link_key, rt.redis)
        self.writer = ClickWriter(rt)
        self._links: OrderedDict[int, Link] = OrderedDict()

    async def find(self, code: str) -> tuple[Link, int] | None:
        """The link and whose it is; None for a code that we never gave out."""
        read = read_code(self.rt.keys.link_key, code)
        if read is None:
            return None
        number, seq = read
        link = self._links.get(number)
        if link is None:
            async with system_tx(self.rt) as conn:
                cursor = await conn.execute(
                    "SELECT tenant_id, id, send_id, url, expires_at FROM app.link_by_no(%s)", (number,)
                )
                row = await cursor.fetchone()
            if row is None:
                return None
            link = self._links[number] = Link(*row)
            if len(self._links) > _KEPT:
                self._links.popitem(last=False)
        return link, seq
