"""Passwords: argon2id, hashed beside the event loop, at most two at a time (each takes 64 MiB)."""

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from comeback.merchants.rules import PASSWORD_MAX

_HASHER = PasswordHasher()  # RFC 9106 §4, the second recommended option: 3 passes, 64 MiB, 4 lanes
_POOL = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


@cache
def _nobody() -> str:
    """A hash that nothing matches: an unknown address costs the same time as a known one."""
    return _HASHER.hash("nobody")


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password) if len(password) <= PASSWORD_MAX else ""


def _verify(stored: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(stored or _nobody(), _plain(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


async def hash_password(password: str) -> str:
    """The argon2id text form of a password."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, _HASHER.hash, _plain(password))


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password belongs to the stored hash; takes the same time when there is none."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, _verify, stored, password)


def outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)
