"""What carriers' codes mean in a send: the same number means different things at different products, so those that the send's
steps go through are asked, in their order."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from pabal.channels.codes import Code
from pabal.channels.meaning import code_of
from pabal.kit.db import Conn

Products = tuple[tuple[str, str], ...]  # (carrier, channel) of each step


async def products_of(conn: Conn, tenant_id: UUID, send_ids: Sequence[UUID]) -> Mapping[UUID, Products]:
    cursor = await conn.execute(
        """
        SELECT s.id, a.carrier, st.step ->> 'channel'
        FROM sends s
        CROSS JOIN LATERAL jsonb_array_elements(s.steps) WITH ORDINALITY AS st (step, no)
        JOIN carrier_accounts a ON a.tenant_id = s.tenant_id AND a.id = (st.step ->> 'account_id')::uuid
        WHERE s.tenant_id = %s AND s.id = ANY(%s)
        ORDER BY s.id, st.no
        """,
        (tenant_id, list(send_ids)),
    )
    found: dict[UUID, Products] = {}
    for send_id, carrier, channel in await cursor.fetchall():
        found[send_id] = (*found.get(send_id, ()), (carrier, channel))
    return found


def meaning(products: Products, code: str) -> Code | None:
    """None: no product of the send lists it."""
    meanings = (code_of(carrier, channel, code) for carrier, channel in products)
    return next((one for one in meanings if one is not None), None)
