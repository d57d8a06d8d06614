"""Reading jobs, in a session of the person whose jobs they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.errors import NotFound
from buildos_app.models.queue import JobStatus, QueueJob

RUNNING = (JobStatus.PENDING, JobStatus.PROCESSING, JobStatus.RETRYING)
ENDED = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED)
LATELY = timedelta(minutes=30)


@dataclass(frozen=True)
class JobView:
    """A job as its person may see it."""

    id: UUID
    job_type: str
    status: str
    payload: dict[str, Any]
    progress: dict[str, Any]
    result: dict[str, Any] | None
    error_message: str | None
    attempts: int
    max_attempts: int
    scheduled_for: datetime
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    cancel_requested: bool

    @property
    def is_live(self) -> bool:
        """Does it wait or run?"""
        return self.status in RUNNING


_COLUMNS = [getattr(QueueJob, name) for name in JobView.__dataclass_fields__]


async def list_current_jobs(session: AsyncSession, *, limit: int = 20) -> list[JobView]:
    """The person's jobs that run, wait for a worker or for another try, or ended lately; the newest first."""
    live = (
        sa.select(*_COLUMNS)
        .where(col(QueueJob.status).in_(RUNNING), sa.or_(col(QueueJob.due), col(QueueJob.status) == JobStatus.RETRYING))
        .order_by(col(QueueJob.id).desc())
        .limit(limit)
    )
    ended = (
        sa.select(*_COLUMNS)
        .where(col(QueueJob.status).in_(ENDED), col(QueueJob.completed_at) > now() - LATELY)
        .order_by(col(QueueJob.id).desc())
        .limit(limit)
    )
    both = sa.union_all(live.subquery().select(), ended.subquery().select()).subquery()
    rows = await session.execute(both.select().order_by(both.c.id.desc()).limit(limit))
    return [JobView(*row) for row in rows]


async def list_jobs(
    session: AsyncSession,
    *,
    statuses: Sequence[str] = (),
    job_type: str | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[JobView]:
    """The person's jobs with one of these statuses (all when empty), older than the cursor `before`, newest first."""
    query = sa.select(*_COLUMNS)
    if statuses:
        query = query.where(col(QueueJob.status).in_(statuses))
    if job_type is not None:
        query = query.where(sa.type_coerce(col(QueueJob.job_type), sa.Text) == job_type)
    if before is not None:
        query = query.where(col(QueueJob.id) < before)
    return await _list(session, query, limit)


async def get_job(session: AsyncSession, job_id: UUID) -> JobView:
    """One of the person's jobs. Raises NotFound, also for somebody else's."""
    found = await _list(session, sa.select(*_COLUMNS).where(col(QueueJob.id) == job_id), 1)
    if not found:
        raise NotFound("That job does not exist any more.")
    return found[0]


async def count_jobs(session: AsyncSession, statuses: Sequence[str]) -> int:
    """How many of the person's jobs have one of these statuses."""
    query = sa.select(sa.func.count()).select_from(QueueJob).where(col(QueueJob.status).in_(statuses))
    return int((await session.execute(query)).scalar_one())


async def find_latest_job(session: AsyncSession, job_type: str, payload: dict[str, Any]) -> JobView | None:
    """The person's newest job of a type whose payload contains these fields."""
    query = sa.select(*_COLUMNS).where(
        sa.type_coerce(col(QueueJob.job_type), sa.Text) == job_type, col(QueueJob.payload).contains(payload)
    )
    return next(iter(await _list(session, query, 1)), None)


async def _list(session: AsyncSession, query: sa.Select[Any], limit: int) -> list[JobView]:
    rows = await session.execute(query.order_by(col(QueueJob.id).desc()).limit(limit))
    return [JobView(*row) for row in rows]
