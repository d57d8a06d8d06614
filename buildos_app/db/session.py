"""Transactions. Each takes its role when it begins and commits when its block ends; rooms never commit."""

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.db.engine import async_engine

logger = logging.getLogger(__name__)

WEB, WORKER = "buildos_web", "buildos_worker"

_TAKE_ROLE = sa.text(
    "SELECT set_config('role', :role, true), set_config('app.user_id', :user_id, true),"
    " set_config('statement_timeout', '30s', true), set_config('idle_in_transaction_session_timeout', '60s', true)"
)
_AUDIT = sa.text("INSERT INTO audit_trail (actor, reason, user_id) VALUES (:actor, :reason, :user_id)")


@asynccontextmanager
async def user_session(user_id: UUID, *, one_snapshot: bool = False) -> AsyncIterator[AsyncSession]:
    """A transaction under row level security as one person: it sees and writes that person's rows only.

    With `one_snapshot` every statement of it sees the rows as they were at its first one.
    """
    async with _transaction(WEB, str(user_id), one_snapshot=one_snapshot) as session:
        yield session


@asynccontextmanager
async def public_session() -> AsyncIterator[AsyncSession]:
    """A transaction of nobody yet: it sees no row and may call the functions of `alembic/sql/auth/` only."""
    async with _transaction(WEB, "") as session:
        yield session


@asynccontextmanager
async def service_session(reason: str, *, user_id: UUID | None = None, actor: str = "") -> AsyncIterator[AsyncSession]:
    """A transaction of the service role, which sees every row. Each use is written to the audit trail.

    `reason` says what for, `user_id` for whom if it is one person, `actor` who if it is not just this program.
    """
    async with _transaction(WORKER, "") as session:
        await session.execute(_AUDIT, {"actor": actor or _program(), "reason": reason, "user_id": user_id})
        yield session


@asynccontextmanager
async def queue_session() -> AsyncIterator[AsyncSession]:
    """A transaction of the service role for the queue's own functions, which leave their trail in `queue_jobs`."""
    async with _transaction(WORKER, "") as session:
        yield session


@asynccontextmanager
async def _transaction(role: str, user_id: str, *, one_snapshot: bool = False) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(async_engine(), expire_on_commit=False) as session, session.begin():
        if one_snapshot:
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        session.info.update(role=role, user_id=user_id)
        await session.execute(_TAKE_ROLE, session.info)
        yield session


def _program() -> str:
    return "worker" if Path(sys.argv[0]).parent.name == "worker" else Path(sys.argv[0]).name
