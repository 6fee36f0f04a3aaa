"""Sealing of personal data in the sandbox's ledger.

Rehearsals run on real contact lists, so numbers and texts are ciphertext at rest. One sealed blob per row
(AES-256-GCM) and one keyed token per number, by which rows can be found without opening them.
"""

import hashlib
import hmac
import json
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_encode = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would build an encoder for each row


class Box:
    """Seals JSON values and makes keyed tokens of numbers; both keys are derived from one file."""

    def __init__(self, master: bytes) -> None:
        self._aead = AESGCM(hmac.digest(master, b"pabal sandbox seal", "sha256"))
        token_key = hmac.digest(master, b"pabal sandbox token", "sha256")
        # Sender numbers repeat in every row; 4096 entries cover them without keeping a whole list in memory.
        self.token = lru_cache(maxsize=4096)(lambda number: _token(token_key, number))

    def seal(self, value: Any) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._aead.encrypt(nonce, _encode(value).encode(), None)

    def open(self, sealed: bytes) -> Any:
        return json.loads(self._aead.decrypt(sealed[:_NONCE], sealed[_NONCE:], None))


def _token(key: bytes, number: str) -> bytes:
    return hashlib.blake2b(number.encode(), key=key, digest_size=12).digest()


def load_key(path: Path) -> bytes:
    """Read the key, or make it at the first start: created 0600 from the first byte, synced before use."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        key = secrets.token_bytes(32)
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    if len(key) != 32:
        raise ValueError(f"{path.name} is not a 32 byte key")
    return key
