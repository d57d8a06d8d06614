"""Reading and resolving the error log and reading the audit trail, in sessions of the service role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.models.error_log import ErrorLog
from buildos_app.models.user import AuditEntry, User

LONGEST_NOTE = 500


@dataclass(frozen=True)
class ErrorView:
    """One failure. `email` is empty when its person is gone or there was none."""

    id: int
    at: datetime
    error_type: str
    message: str
    job_id: UUID | None
    job_type: str
    attempt: int | None
    outcome: str
    resolved_at: datetime | None
    note: str
    email: str


@dataclass(frozen=True)
class AuditView:
    """One use of the service role."""

    id: int
    at: datetime
    actor: str
    reason: str
    email: str


async def list_errors(
    session: AsyncSession, *, resolved: bool = False, error_type: str = "", limit: int, before: int | None = None
) -> list[ErrorView]:
    """Failures that are open, or resolved, the newest first."""
    names = [name for name in ErrorView.__dataclass_fields__ if name != "email"]
    query = (
        sa.select(*(getattr(ErrorLog, name) for name in names), sa.func.coalesce(col(User.email), ""))
        .join(User, col(User.id) == col(ErrorLog.user_id), isouter=True)
        .where(col(ErrorLog.resolved_at).is_not(None) if resolved else col(ErrorLog.resolved_at).is_(None))
    )
    if error_type:
        query = query.where(col(ErrorLog.error_type) == error_type)
    if before is not None:
        query = query.where(col(ErrorLog.id) < before)
    rows = await session.execute(query.order_by(col(ErrorLog.id).desc()).limit(limit))
    return [ErrorView(*row) for row in rows]


async def open_error_types(session: AsyncSession) -> list[str]:
    """The types of open failures, the most frequent first."""
    query = (
        sa.select(col(ErrorLog.error_type))
        .where(col(ErrorLog.resolved_at).is_(None))
        .group_by(col(ErrorLog.error_type))
        .order_by(sa.func.count().desc())
        .limit(50)
    )
    return list((await session.execute(query)).scalars())


async def resolve_errors(session: AsyncSession, ids: Sequence[int], by: UUID, note: str = "") -> int:
    """Mark open failures as dealt with; how many."""
    change = (
        sa.update(ErrorLog)
        .where(col(ErrorLog.id).in_(ids), col(ErrorLog.resolved_at).is_(None))
        .values(resolved_at=now(), resolved_by=by, note=" ".join(note.split())[:LONGEST_NOTE])
        .returning(col(ErrorLog.id))
    )
    return len((await session.execute(change)).all())


async def list_audit(session: AsyncSession, *, limit: int, before: int | None = None) -> list[AuditView]:
    """Uses of the service role, the newest first."""
    names = [name for name in AuditView.__dataclass_fields__ if name != "email"]
    query = sa.select(*(getattr(AuditEntry, name) for name in names), sa.func.coalesce(col(User.email), "")).join(
        User, col(User.id) == col(AuditEntry.user_id), isouter=True
    )
    if before is not None:
        query = query.where(col(AuditEntry.id) < before)
    rows = await session.execute(query.order_by(col(AuditEntry.id).desc()).limit(limit))
    return [AuditView(*tuple(row)) for row in rows]
