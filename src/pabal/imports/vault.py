"""Uploaded files as encrypted parts in the database: no plaintext of an upload ever lies on a disk.

AES-GCM under a key derived from the tenant's data key; tenant, import and part number are associated data,
so that parts can't be swapped or reordered. Parts go when the import has ended: the raw cells live on in
import_rows.
"""

import base64
import os
from collections.abc import Iterator
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pabal.kit.db import Database, TenantKeys, tenant_tx

PART_BYTES = 1 << 20


class Vault:
    """Seals and opens the parts of one tenant's uploads."""

    def __init__(self, tenant_id: UUID, keys: TenantKeys) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"pabal import file")
        self._cipher = AESGCM(derived.derive(base64.b64decode(keys.dek)))
        self._tenant = tenant_id

    def seal(self, import_id: UUID, part: int, body: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, body, self._label(import_id, part))

    def open(self, import_id: UUID, part: int, sealed: bytes) -> bytes:
        return self._cipher.decrypt(sealed[:12], sealed[12:], self._label(import_id, part))

    def _label(self, import_id: UUID, part: int) -> bytes:
        return self._tenant.bytes + import_id.bytes + part.to_bytes(4, "big")


async def store_part(db: Database, tenant_id: UUID, import_id: UUID, part: int, sealed: bytes) -> None:
    """One part in a transaction of its own: a slow upload holds no transaction open."""
    async with tenant_tx(db, tenant_id) as conn:
        await conn.execute(
            "INSERT INTO import_files (tenant_id, import_id, part, body) VALUES (%s, %s, %s, %s)",
            (tenant_id, import_id, part, sealed),
        )


async def load_parts(db: Database, tenant_id: UUID, import_id: UUID) -> list[bytes]:
    """The sealed parts in order (at most the upload limit; opened one at a time by `opened`)."""
    async with tenant_tx(db, tenant_id) as conn:
        cursor = await conn.execute(
            "SELECT body FROM import_files WHERE import_id = %s ORDER BY part", (import_id,)
        )
        return [row[0] for row in await cursor.fetchall()]


def opened(vault: Vault, import_id: UUID, sealed: list[bytes]) -> Iterator[bytes]:
    for part, body in enumerate(sealed):
        yield vault.open(import_id, part, body)


async def drop_parts(db: Database, tenant_id: UUID, import_id: UUID) -> None:
    async with tenant_tx(db, tenant_id) as conn:
        await conn.execute("DELETE FROM import_files WHERE import_id = %s", (import_id,))
