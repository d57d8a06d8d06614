"""Passwords: argon2id, off the event loop, a few at a time; a weak one is refused with a reason."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from buildos_app.errors import InvalidInput

SHORTEST, LONGEST = 8, 256
COMMON = 10_000

_hasher = PasswordHasher()
_AT_ONCE = 2


@cache
def _turns() -> asyncio.Semaphore:
    """One hash costs 64 MiB and about 0.2 s: without a limit, signing in is a way to take the server down."""
    return asyncio.Semaphore(_AT_ONCE)


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(FREQUENCY_LISTS["passwords"][:COMMON])


@cache
def _hash_of_nothing() -> str:
    return _hasher.hash("nobody has this password")


def check_password(password: str) -> None:
    """Raise InvalidInput unless a password is long enough and not among the 10,000 most common ones."""
    if len(password) < SHORTEST:
        raise InvalidInput(f"Choose a password of {SHORTEST} characters or more.")
    if len(password) > LONGEST:
        raise InvalidInput(f"Choose a password of at most {LONGEST} characters.")
    if password.lower() in _common_passwords():
        raise InvalidInput("This is one of the passwords that are tried first. Choose another one.")


async def hash_password(password: str) -> str:
    """The argon2id hash of a password, with the library's parameters."""
    async with _turns():
        return await asyncio.to_thread(_hasher.hash, password)


async def verify_password(password_hash: str, password: str) -> bool:
    """Is it the right one? An empty hash (no such account, no password) takes the same time and is never right."""
    async with _turns():
        return await asyncio.to_thread(_verify, password_hash, password)


def _verify(password_hash: str, password: str) -> bool:
    try:
        _hasher.verify(password_hash or _hash_of_nothing(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return bool(password_hash)
