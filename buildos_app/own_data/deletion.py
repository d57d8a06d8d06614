"""The end of an account: asked for with the password, a week to think again, then really gone."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.accounts.security import confirm_password
from buildos_app.clock import now
from buildos_app.db.session import service_session, user_session
from buildos_app.models.user import User
from buildos_app.queue.client import begin_tick

logger = logging.getLogger(__name__)

DELAY = timedelta(days=7)
EVERY = timedelta(hours=1)

_DUE = sa.text("SELECT id FROM users WHERE deletion_due_at <= now() ORDER BY deletion_due_at LIMIT 100")
_END_SESSIONS = sa.text("SELECT end_sessions(:user_id)")
_FORGET_ERRORS = sa.text("DELETE FROM error_logs WHERE user_id = :user_id")
_OLD_FILES = sa.text("DELETE FROM data_files WHERE expires_at < now()")
_DELETE = sa.text("DELETE FROM users WHERE id = :user_id AND deletion_due_at <= now()")


async def request_deletion(user_id: UUID, password: str) -> datetime:
    """Let the account end in seven days; the moment. Raises InvalidInput when the password is wrong."""
    await confirm_password(user_id, password)
    due = now() + DELAY
    async with user_session(user_id) as session:
        await _set_due(session, user_id, due)
    return due


async def keep_account(session: AsyncSession, user_id: UUID) -> None:
    """The way back."""
    await _set_due(session, user_id, None)


async def deletion_due_at(session: AsyncSession, user_id: UUID) -> datetime | None:
    """When the account ends, if it was asked for."""
    query = sa.select(col(User.deletion_due_at)).where(col(User.id) == user_id)
    due: datetime | None = (await session.execute(query)).scalar_one()
    return due


LAST_WORDS: list[Callable[[UUID], Awaitable[None]]] = []
"""What others have to be told before an account is gone. Filled by the worker; none of them may fail."""


async def delete_due_accounts() -> None:
    """Once an hour, over all workers: delete the accounts whose week is over, with every row of theirs, by the foreign
    keys, after others were told. What is left is the entry of the audit trail."""
    async with service_session("look for accounts to delete") as session:
        if not await begin_tick(session, "delete_due_accounts", EVERY):
            return
        due = list((await session.execute(_DUE)).scalars())
    for user_id in due:
        for tell in LAST_WORDS:
            await tell(user_id)
        async with service_session("delete an account at its person's wish", user_id=user_id) as session:
            for statement in (_END_SESSIONS, _FORGET_ERRORS, _DELETE):
                await session.execute(statement, {"user_id": user_id})
        logger.info("deleted account %s at its person's wish", user_id)


async def delete_old_files() -> None:
    """Exports and imports go when their week is over."""
    async with service_session("delete old exports") as session:
        if await begin_tick(session, "delete_old_files", EVERY):
            await session.execute(_OLD_FILES)


async def _set_due(session: AsyncSession, user_id: UUID, due: datetime | None) -> None:
    await session.execute(sa.update(User).where(col(User.id) == user_id).values(deletion_due_at=due))
