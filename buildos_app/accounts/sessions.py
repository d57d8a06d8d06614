"""Sessions: a 256-bit token in a cookie, only its SHA-256 in the database, read again at every event."""

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from starlette.requests import cookie_parser

from buildos_app.db.session import public_session
from buildos_app.settings import get_settings

LIFETIME, IDLE = timedelta(days=30), timedelta(days=7)
REMEMBERED_SECONDS = 5.0
CLOSED_CHANNEL = "session_closed"
_MOST_REMEMBERED = 10_000

_OPEN = sa.text("SELECT open_session(:user_id, :token_hash, :lifetime, :user_agent, :address)")
_RESOLVE = sa.text("SELECT user_id FROM resolve_session(:token_hash, :idle)")
_CLOSE = sa.text("SELECT close_session(:token_hash)")


@dataclass(frozen=True)
class _Remembered:
    user_id: UUID
    until: float


_remembered: dict[bytes, _Remembered] = {}


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host and to https; plain http in development cannot have it."""
    return "__Host-buildos_session" if get_settings().uses_tls else "buildos_session"


def hash_token(token: str) -> bytes:
    """What the database and the websocket know of a token."""
    return hashlib.sha256(token.encode()).digest()


def token_of(cookie_header: str) -> str | None:
    """The session token in a Cookie header, or None."""
    return cookie_parser(cookie_header).get(cookie_name())


async def open_session(user_id: UUID, *, user_agent: str, address: str) -> str:
    """Sign a browser in and return its new token, which is never seen again."""
    token = secrets.token_urlsafe(32)
    parameters = {
        "user_id": user_id,
        "token_hash": hash_token(token),
        "lifetime": LIFETIME,
        "user_agent": user_agent,
        "address": address,
    }
    async with public_session() as session:
        await session.execute(_OPEN, parameters)
    return token


async def resolve_session(token_hash: bytes) -> UUID | None:
    """The person behind a token's hash, or None. A yes is remembered for 5 s, a no never."""
    known = _remembered.get(token_hash)
    if known and known.until > time.monotonic():
        return known.user_id
    async with public_session() as session:
        row = (await session.execute(_RESOLVE, {"token_hash": token_hash, "idle": IDLE})).one_or_none()
    if row is None:
        _remembered.pop(token_hash, None)
        return None
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    _remembered[token_hash] = _Remembered(row.user_id, time.monotonic() + REMEMBERED_SECONDS)
    found: UUID = row.user_id
    return found


async def close_session(token: str) -> None:
    """End a session. Every web process forgets it at once, see `forget_session`."""
    forget_session(hash_token(token).hex())
    async with public_session() as session:
        await session.execute(_CLOSE, {"token_hash": hash_token(token)})


def forget_session(token_hash: str) -> None:
    """Drop what this process remembers of a session; called with the payload of CLOSED_CHANNEL (hexadecimal)."""
    _remembered.pop(bytes.fromhex(token_hash), None)
