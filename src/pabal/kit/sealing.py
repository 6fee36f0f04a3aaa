"""An encrypted, authenticated stream with named entries: the container of backups.

AES-256-GCM in chunks of 1 MiB (the STREAM construction: counter and end mark are authenticated, so that
chunks can't be dropped, swapped or cut off at the end). The key comes from the recovery key (HKDF) or from a
passphrase (scrypt).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

_MAGIC = b"PABAL-BACKUP-1\n"
_CHUNK = 1024 * 1024
_ENTRY, _DATA, _END = b"E", b"D", b"Z"


class SealError(Exception):
    """Not such a file, another key, or damaged; the text is for a person."""


class SealedWriter:
    """Writes entries one after the other; `close` makes the file complete."""

    def __init__(self, file: IO[bytes], secret: bytes, *, passphrase: bool) -> None:
        self._file = file
        salt = os.urandom(16)
        prefix = os.urandom(7)
        self._header = _MAGIC + (b"P" if passphrase else b"K") + salt + prefix
        self._cipher = AESGCM(_key(secret, salt, passphrase=passphrase))
        self._prefix = prefix
        self._count = 0
        file.write(self._header)

    def entry(self, name: str, chunks: Iterable[bytes]) -> None:
        self._write(_ENTRY + json.dumps({"name": name}).encode(), last=False)
        for chunk in chunks:
            for start in range(0, len(chunk), _CHUNK):
                self._write(_DATA + chunk[start : start + _CHUNK], last=False)

    def close(self) -> None:
        self._write(_END, last=True)
        self._file.flush()
        os.fsync(self._file.fileno())

    def _write(self, frame: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._prefix, self._count, last=last), frame, self._header)
        self._file.write(len(sealed).to_bytes(4, "big") + sealed)
        self._count += 1


class SealedReader:
    """Reads entries in order. Nothing that it yields is unauthenticated; a cut file is noticed at its end."""

    def __init__(self, file: IO[bytes], secret: bytes) -> None:
        self._file = file
        self._header = file.read(len(_MAGIC) + 24)
        if not self._header.startswith(_MAGIC) or len(self._header) != len(_MAGIC) + 24:
            raise SealError("not a Pabal backup")
        rest = self._header[len(_MAGIC) :]
        self._cipher = AESGCM(_key(secret, rest[1:17], passphrase=rest[:1] == b"P"))
        self._prefix = rest[17:]
        self._count = 0

    def entries(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield (name, its data); each entry's data has to be used up before the next entry is asked for."""
        frame = self._read()
        while frame[:1] == _ENTRY:
            name = str(json.loads(frame[1:])["name"])
            following: list[bytes] = []
            yield name, self._data(following)
            frame = following[0]

    def _data(self, following: list[bytes]) -> Iterator[bytes]:
        while True:
            frame = self._read()
            if frame[:1] != _DATA:
                following.append(frame)
                return
            yield frame[1:]

    def _read(self) -> bytes:
        length = int.from_bytes(self._file.read(4), "big")
        if not 0 < length <= _CHUNK + 64:
            raise SealError("the backup is cut off or damaged")
        sealed = self._file.read(length)
        for last in (False, True):
            try:
                frame = self._cipher.decrypt(
                    _nonce(self._prefix, self._count, last=last), sealed, self._header
                )
            except InvalidTag:
                continue
            if last != (frame == _END):
                break
            self._count += 1
            return frame
        if self._count == 0:
            raise SealError("another key or passphrase, or a damaged backup")
        raise SealError("the backup is cut off or damaged")


def needs_passphrase(file: IO[bytes]) -> bool:
    """Tell how a backup was sealed; leaves the file at its beginning."""
    head = file.read(len(_MAGIC) + 1)
    file.seek(0)
    if not head.startswith(_MAGIC):
        raise SealError("not a Pabal backup")
    return head.endswith(b"P")


def _key(secret: bytes, salt: bytes, *, passphrase: bool) -> bytes:
    if passphrase:
        return Scrypt(salt=salt, length=32, n=2**16, r=8, p=1).derive(secret)
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"pabal backup").derive(secret)


def _nonce(prefix: bytes, count: int, *, last: bool) -> bytes:
    return prefix + count.to_bytes(4, "big") + (b"\x01" if last else b"\x00")
