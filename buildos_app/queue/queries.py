"""Reading jobs, in a session of the person whose jobs they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.models.queue import JobStatus, QueueJob

_RUNNING = (JobStatus.PENDING, JobStatus.PROCESSING, JobStatus.RETRYING)


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

    @property
    def is_live(self) -> bool:
        """Does it wait or run?"""
        return self.status in _RUNNING


_COLUMNS = [getattr(QueueJob, name) for name in JobView.__dataclass_fields__]


async def list_running_jobs(session: AsyncSession, *, limit: int = 5) -> list[JobView]:
    """The person's jobs that wait or run, the newest first."""
    return await _list(session, sa.select(*_COLUMNS).where(col(QueueJob.status).in_(_RUNNING)), limit)


async def find_latest_job(session: AsyncSession, job_type: str, payload: dict[str, Any]) -> JobView | None:
    """The person's newest job of a type whose payload contains these fields."""
    query = sa.select(*_COLUMNS).where(
        sa.type_coerce(col(QueueJob.job_type), sa.Text) == job_type, col(QueueJob.payload).contains(payload)
    )
    return next(iter(await _list(session, query, 1)), None)


async def _list(session: AsyncSession, query: sa.Select[Any], limit: int) -> list[JobView]:
    rows = await session.execute(query.order_by(col(QueueJob.id).desc()).limit(limit))
    return [JobView(*row) for row in rows]
