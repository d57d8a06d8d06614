"""Administrators, and what they may do to accounts. Nobody is one by default; the command line makes the first."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.db.session import service_session, user_session
from buildos_app.errors import NotFound, NotPermitted
from buildos_app.models.user import User, UserSession
from buildos_app.notifications.listen import USER_EVENTS

_END_SESSIONS = sa.text("SELECT end_sessions(:user_id)")


@dataclass(frozen=True)
class PersonView:
    """An account as administrators see it."""

    id: UUID
    email: str
    name: str
    is_admin: bool
    access_restricted: bool
    created_at: datetime
    last_visit: datetime | None
    deletion_due_at: datetime | None
    sessions: int


async def is_admin(user_id: UUID) -> bool:
    """May this person see the admin pages? Asked at each of their events."""
    async with user_session(user_id) as session:
        return bool((await session.execute(sa.select(col(User.is_admin)).where(col(User.id) == user_id))).scalar())


async def set_admin(email: str, *, admin: bool) -> None:
    """Make somebody an administrator, or no longer; their open tabs show it. Raises NotFound for an address without an
    account."""
    async with service_session("grant admin" if admin else "revoke admin") as session:
        change = sa.update(User).where(col(User.email) == email.strip().lower()).values(is_admin=admin)
        user_id = (await session.execute(change.returning(col(User.id)))).scalar_one_or_none()
        if user_id is None:
            raise NotFound(f"There is no account with the address {email}.")
        news = json.dumps({"user_id": str(user_id)})
        await session.execute(sa.select(sa.func.pg_notify(USER_EVENTS, news)))


async def list_admins() -> list[str]:
    """The addresses of all administrators."""
    async with service_session("list admins") as session:
        query = sa.select(col(User.email)).where(col(User.is_admin)).order_by(col(User.email))
        return list((await session.execute(query)).scalars())


async def list_people(
    session: AsyncSession, *, search: str = "", limit: int, before: UUID | None = None
) -> list[PersonView]:
    """Accounts whose address or name contains `search`, the newest first; in a session of the service role."""
    sessions = (
        sa.select(sa.func.count())
        .where(col(UserSession.user_id) == User.id, col(UserSession.expires_at) > sa.func.now())
        .scalar_subquery()
    )
    names = [name for name in PersonView.__dataclass_fields__ if name != "sessions"]
    query = sa.select(*(getattr(User, name) for name in names), sessions)
    if search.strip():
        words = search.strip()[:100]
        query = query.where(
            col(User.email).icontains(words, autoescape=True) | col(User.name).icontains(words, autoescape=True)
        )
    if before is not None:
        query = query.where(col(User.id) < before)
    rows = await session.execute(query.order_by(col(User.id).desc()).limit(limit))
    return [PersonView(*tuple(row)) for row in rows]


async def restrict(session: AsyncSession, user_id: UUID, *, restricted: bool, by: UUID) -> None:
    """Shut somebody out, which ends their sessions and tokens at once, or let them in again.

    Raises NotPermitted for one's own account, NotFound for none.
    """
    if user_id == by:
        raise NotPermitted("You cannot shut yourself out.")
    values = {"access_restricted": restricted, "access_restricted_at": now() if restricted else None}
    change = sa.update(User).where(col(User.id) == user_id).values(values).returning(col(User.id))
    if (await session.execute(change)).scalar_one_or_none() is None:
        raise NotFound("This account is gone.")
    if restricted:
        await sign_out_everywhere(session, user_id)


async def sign_out_everywhere(session: AsyncSession, user_id: UUID) -> int:
    """End every session of a person; how many ended."""
    ended: int = (await session.execute(_END_SESSIONS, {"user_id": user_id})).scalar_one()
    return ended
