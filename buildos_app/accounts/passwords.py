"""Passwords: argon2id, off the event loop, a few at a time; a weak one is refused with a reason."""

import asyncio
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from buildos_app.errors import Busy, InvalidInput

Answer = TypeVar("Answer")

SHORTEST, LONGEST = 8, 256
COMMON = 10_000

_hasher = PasswordHasher()
_AT_ONCE, _MOST_WAITING = 2, 50


class _Turns:
    """One hash costs 64 MiB and about 0.2 s: without limits, signing in is a way to take the server down."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def run(self, work: Callable[..., Answer], *arguments: str) -> Answer:
        """Work in a thread when it is its turn. Raises Busy when too many wait already."""
        if self._waiting >= _MOST_WAITING:
            raise Busy("Many people sign in at this moment. Try again in a few seconds.")
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work, *arguments)
        finally:
            self._waiting -= 1


_turns = cache(_Turns)


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
    return await _turns().run(_hasher.hash, password)


async def verify_password(password_hash: str, password: str) -> bool:
    """Is it the right one? An empty hash (no such account, no password) takes the same time and is never right."""
    return await _turns().run(_verify, password_hash, password)


def _verify(password_hash: str, password: str) -> bool:
    try:
        _hasher.verify(password_hash or _hash_of_nothing(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return bool(password_hash)
