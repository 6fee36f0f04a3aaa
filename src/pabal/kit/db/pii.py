"""Keys of ciphertext and blind tokens.

One random 256-bit data key, index key and suppression key per tenant, each wrapped by AES-GCM under a key derived from the
master key, with tenant and purpose as associated data: a wrapped key copied to another tenant's row does not unwrap.
The master key is a 0600 file outside the database. Index and suppression keys are apart from the data key, because the
suppression key must outlive every rotation: the addresses behind suppressions are gone, only their keyed hashes remain.
"""

import base64
import hashlib
import hmac
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pabal.kit.db.pool import Pool

_KINDS = ("data", "index", "suppression")
_CACHE_SECONDS = 300.0


def sealed_key_kinds() -> tuple[str, ...]:
    return _KINDS


@dataclass(frozen=True)
class TenantKeys:
    """Unwrapped keys of one tenant; never printed."""

    dek: str = field(repr=False)  # base64 of 32 random bytes: pgcrypto takes text
    index: bytes = field(repr=False)
    suppression: bytes = field(repr=False)


def token(key: bytes, text: str) -> int:
    """Search token: keyed 32-bit hash as signed int4. Truncation is no defence; hits are re-checked after decryption."""
    return int.from_bytes(hashlib.blake2b(text.encode(), key=key, digest_size=4).digest(), "big", signed=True)


def value_key(key: bytes, kind: str, value: str) -> int:
    """Keyed 64-bit hash of a normalised phone, e-mail or Kakao ID as signed int8, for equality only.

    With the index key it finds identities, with the suppression key it is the address key of suppressions and messages.
    Collision odds for 1M values are 3e-8.
    """
    data = f"{kind}\0{value}".encode()
    return int.from_bytes(hashlib.blake2b(data, key=key, digest_size=8).digest(), "big", signed=True)


class MasterKeyError(Exception):
    """The master key file is missing, unreadable or not the one this database was made with."""


def create_master_key(path: Path) -> None:
    """Write a fresh master key, 0600, atomically; refuses to overwrite."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(os.urandom(32)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    os.link(temporary, path)  # fails if the key exists
    temporary.unlink()


def read_master_key(path: Path) -> bytes:
    try:
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except (OSError, ValueError) as error:
        raise MasterKeyError(f"master key file {path.name} can't be read") from error
    if len(key) != 32:
        raise MasterKeyError(f"master key file {path.name} doesn't hold 32 bytes")
    return key


class KeyRing:
    """Unwraps and caches tenant keys. One per process."""

    def __init__(self, master: bytes) -> None:
        self._wrapping = AESGCM(_derive(master, b"pabal wrapping key"))
        self.installation_dek = base64.b64encode(_derive(master, b"pabal installation data key")).decode()
        self.installation_index = _derive(master, b"pabal installation index key")
        self.link_key = _derive(master, b"pabal link code key")  # short links name no tenant (domain/links)
        self._cache: dict[UUID, tuple[float, TenantKeys]] = {}

    async def of(self, pool: Pool, tenant_id: UUID) -> TenantKeys:
        """Keys of a tenant. LookupError when there is no such tenant."""
        cached = self._cache.get(tenant_id)
        if cached is not None and cached[0] > time.monotonic():
            return cached[1]
        async with pool.connection() as conn, conn.transaction():
            await conn.execute("SELECT set_config('app.tenant', %s, true)", (str(tenant_id),))
            cursor = await conn.execute(
                "SELECT dek_wrapped, index_key_wrapped, suppression_key_wrapped FROM tenants"
            )
            row = await cursor.fetchone()
        if row is None:
            raise LookupError("no such tenant")
        data, index, suppression = (
            self._unwrap(tenant_id, kind, wrapped) for kind, wrapped in zip(_KINDS, row, strict=True)
        )
        keys = TenantKeys(dek=base64.b64encode(data).decode(), index=index, suppression=suppression)
        self._cache[tenant_id] = (time.monotonic() + _CACHE_SECONDS, keys)
        return keys

    def forget(self, tenant_id: UUID) -> None:
        self._cache.pop(tenant_id, None)

    def new_tenant_keys(self, tenant_id: UUID) -> dict[str, bytes]:
        """Three fresh wrapped keys by kind (data, index, suppression), for the tenant's row."""
        return {kind: self._wrap(tenant_id, kind, os.urandom(32)) for kind in _KINDS}

    def email_key(self, email: str) -> bytes:
        """Keyed hash of a login address (lower-cased by the caller): finds users without storing addresses."""
        return hmac.digest(self.installation_index, email.encode(), "sha256")[:16]

    def _wrap(self, tenant_id: UUID, kind: str, key: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._wrapping.encrypt(nonce, key, _purpose(tenant_id, kind))

    def _unwrap(self, tenant_id: UUID, kind: str, wrapped: bytes) -> bytes:
        try:
            return self._wrapping.decrypt(wrapped[:12], wrapped[12:], _purpose(tenant_id, kind))
        except InvalidTag as error:
            raise MasterKeyError("this master key doesn't open the keys in this database") from error


def _purpose(tenant_id: UUID, kind: str) -> bytes:
    return f"pabal/{tenant_id}/{kind}".encode()


def _derive(master: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master)
