"""Passwords: argon2id in threads, a few at a time, and as slow for an address that nobody has as for a real
one.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

_hasher = PasswordHasher.from_parameters(
    RFC_9106_LOW_MEMORY
)  # 64 MiB, 3 passes: some 50 ms and no cheap GPU guesses
_threads = ThreadPoolExecutor(4, thread_name_prefix="argon2")  # 256 MiB at most, whoever hammers the login


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")


async def hash_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def verify_password(stored: str | None, password: str) -> bool:
    """True if it fits. Without a stored hash the same work is done in vain, so that timing tells nothing."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _verify, stored, password)


def _verify(stored: str | None, password: str) -> bool:
    try:
        _hasher.verify(stored if stored is not None else _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    return _hasher.check_needs_rehash(stored)
