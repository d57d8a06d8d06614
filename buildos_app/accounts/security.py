"""What a person does about their own sign-in: change the password, see and end sessions."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.accounts.accounts import TRIES, TRY_WINDOW, TooManyTries
from buildos_app.accounts.passwords import check_password, hash_password, verify_password
from buildos_app.db.session import public_session, user_session
from buildos_app.errors import InvalidInput, NotFound
from buildos_app.models.user import User, UserSession

MOST_SESSIONS = 50

_FIND = sa.text("SELECT password_hash FROM find_account(:email)")
_COUNT_TRY = sa.text("SELECT count_sign_in_try(:key, :limit, :window)")
_FORGET_TRIES = sa.text("SELECT forget_sign_in_tries(:key)")
_CHANGE = sa.text("SELECT change_password(:password_hash, :keep)")
_END = sa.text("SELECT end_sessions(:user_id, :session_id, :but)").bindparams(
    sa.bindparam("session_id", type_=sa.Uuid), sa.bindparam("but", type_=sa.LargeBinary)
)
_CURRENT = sa.text("SELECT session_id FROM resolve_session(:token_hash, interval '100 years')")


@dataclass(frozen=True)
class SessionView:
    """A browser that is signed in."""

    id: UUID
    user_agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime


async def confirm_password(user_id: UUID, password: str) -> None:
    """Raise InvalidInput unless this is the person's password; TooManyTries after ten wrong ones in 15 minutes."""
    key = hashlib.sha256(f"confirm\0{user_id}".encode()).digest()
    async with user_session(user_id) as session:
        email = (await session.execute(sa.select(col(User.email)).where(col(User.id) == user_id))).scalar_one()
    async with public_session() as session:
        limit = {"key": key, "limit": TRIES, "window": TRY_WINDOW}
        wait: int = (await session.execute(_COUNT_TRY, limit)).scalar_one()
        password_hash = (await session.execute(_FIND, {"email": email})).scalar_one_or_none()
    if wait:
        raise TooManyTries(wait)
    if not await verify_password(password_hash or "", password):
        raise InvalidInput("This is not your present password. Nothing was changed.")
    async with public_session() as session:
        await session.execute(_FORGET_TRIES, {"key": key})


async def change_password(user_id: UUID, *, current: str, new: str, keep: bytes) -> int:
    """Change the password and end every session but the one whose token has this hash; how many ended.

    Raises InvalidInput when the present password is wrong or the new one will not do.
    """
    check_password(new)
    await confirm_password(user_id, current)
    password_hash = await hash_password(new)
    async with user_session(user_id) as session:
        ended: int = (await session.execute(_CHANGE, {"password_hash": password_hash, "keep": keep})).scalar_one()
    return ended


async def list_sessions(session: AsyncSession, user_id: UUID) -> list[SessionView]:
    """Where a person is signed in, the last seen first."""
    columns = [getattr(UserSession, name) for name in SessionView.__dataclass_fields__]
    query = sa.select(*columns).where(col(UserSession.user_id) == user_id, col(UserSession.expires_at) > sa.func.now())
    rows = await session.execute(query.order_by(col(UserSession.last_seen_at).desc()).limit(MOST_SESSIONS))
    return [SessionView(*row) for row in rows]


async def current_session_id(token_hash: bytes) -> UUID | None:
    """Which of them a token's hash belongs to."""
    async with public_session() as session:
        found: UUID | None = (await session.execute(_CURRENT, {"token_hash": token_hash})).scalar_one_or_none()
    return found


async def end_session(session: AsyncSession, user_id: UUID, session_id: UUID) -> None:
    """End one session of a person. Raises NotFound when there is none."""
    if not await _end(session, user_id, session_id=session_id):
        raise NotFound("This session has ended already.")


async def end_other_sessions(session: AsyncSession, user_id: UUID, *, keep: bytes | None) -> int:
    """End every session of a person but the one with this token's hash; how many ended."""
    return await _end(session, user_id, but=keep)


async def _end(
    session: AsyncSession, user_id: UUID, *, session_id: UUID | None = None, but: bytes | None = None
) -> int:
    ended: int = (await session.execute(_END, {"user_id": user_id, "session_id": session_id, "but": but})).scalar_one()
    return ended
