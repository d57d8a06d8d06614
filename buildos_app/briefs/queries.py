"""Reading briefs, in a session of the person whose they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.briefs.facts import TaskFact
from buildos_app.models.brief import DailyBrief, ProjectDailyBrief
from buildos_app.models.email import Email
from buildos_app.models.project import Task, TaskStatus
from buildos_app.models.queue import JobStatus, QueueJob
from buildos_app.models.task import InstanceStatus, TaskInstance
from buildos_app.projects.queries import VISIBLE

_IS_THERE = sa.or_(col(DailyBrief.job_id).is_not(None), col(DailyBrief.completed_at).is_not(None))
"""Not deleted: a deleted brief leaves its day."""
_LIVE = (JobStatus.PENDING, JobStatus.PROCESSING, JobStatus.RETRYING)


@dataclass(frozen=True)
class BriefView:
    """A brief, how far its writing is, and what became of its mail."""

    id: UUID
    brief_date: date
    timezone: str
    title: str
    summary: str
    markdown: str
    content: dict[str, Any]
    engine: str
    planned_for: datetime | None
    completed_at: datetime | None
    job_id: UUID | None
    job_status: str | None
    progress: dict[str, Any] | None
    error: str | None
    mail: str | None
    mail_error: str | None

    @property
    def state(self) -> str:
        """waiting for its time, running (also once more), ready, failed, cancelled, or none after it was deleted."""
        if self.job_id is None and self.completed_at is None:
            return "none"
        if self.job_status == JobStatus.PENDING and self.planned_for is not None and self.completed_at is None:
            return "waiting"
        if self.job_status in _LIVE and not (self.completed_at and self.planned_for):
            return "running"
        if self.completed_at is not None:
            return "ready"
        return "cancelled" if self.job_status == JobStatus.CANCELLED else "failed"

    @property
    def last_try_failed(self) -> bool:
        """Did writing it once more fail, while the older one is still there?"""
        return self.completed_at is not None and self.job_status == JobStatus.FAILED


@dataclass(frozen=True)
class BriefLine:
    """A brief in a list."""

    brief_date: date
    title: str
    summary: str
    completed_at: datetime | None
    job_status: str | None


@dataclass(frozen=True)
class Stats:
    """How many whole briefs there are, and for how many days in a row up to today or yesterday."""

    total: int = 0
    week: int = 0
    month: int = 0
    streak: int = 0


@dataclass(frozen=True)
class PlannedBrief:
    """A brief that is written down for its time and not begun."""

    brief_date: date
    planned_for: datetime
    timezone: str


async def list_planned(session: AsyncSession) -> list[PlannedBrief]:
    """What waits for its time, the soonest first."""
    columns = [getattr(DailyBrief, name) for name in PlannedBrief.__dataclass_fields__]
    query = (
        sa.select(*columns)
        .join(QueueJob, col(QueueJob.id) == col(DailyBrief.job_id))
        .where(col(DailyBrief.completed_at).is_(None), col(QueueJob.status) == JobStatus.PENDING)
        .where(col(DailyBrief.planned_for).is_not(None))
        .order_by(col(DailyBrief.planned_for))
        .limit(10)
    )
    return [PlannedBrief(*row) for row in await session.execute(query)]


async def get_brief(session: AsyncSession, brief_date: date) -> BriefView | None:
    """The brief of a day, or None."""
    own = list(BriefView.__dataclass_fields__)[:11]
    mail = (
        sa.select(col(Email.status), col(Email.error))
        .where(col(Email.daily_brief_id) == col(DailyBrief.id))
        .order_by(col(Email.id).desc())
        .limit(1)
        .lateral()
    )
    query = (
        sa.select(
            *(getattr(DailyBrief, name) for name in own),
            col(QueueJob.status),
            col(QueueJob.progress),
            col(QueueJob.error_message),
            mail.c.status,
            mail.c.error,
        )
        .outerjoin(QueueJob, col(QueueJob.id) == col(DailyBrief.job_id))
        .outerjoin(mail, sa.true())
        .where(col(DailyBrief.brief_date) == brief_date)
    )
    row = (await session.execute(query)).one_or_none()
    return BriefView(*tuple(row)) if row is not None else None


async def list_briefs(
    session: AsyncSession, *, before: date | None = None, search: str = "", limit: int = 20
) -> list[BriefLine]:
    """Briefs, the newest first, older than the cursor `before`; `search` is looked for in all that they say."""
    query = (
        sa.select(
            col(DailyBrief.brief_date),
            col(DailyBrief.title),
            col(DailyBrief.summary),
            col(DailyBrief.completed_at),
            col(QueueJob.status),
        )
        .outerjoin(QueueJob, col(QueueJob.id) == col(DailyBrief.job_id))
        .where(_IS_THERE)
        .order_by(col(DailyBrief.brief_date).desc())
    )
    if before is not None:
        query = query.where(col(DailyBrief.brief_date) < before)
    if words := search.strip():
        query = query.where(col(DailyBrief.markdown).icontains(words, autoescape=True))
    return [BriefLine(*row) for row in await session.execute(query.limit(limit))]


async def list_project_briefs(
    session: AsyncSession, project_id: UUID, *, before: date | None = None, limit: int = 20
) -> list[tuple[date, dict[str, Any]]]:
    """What briefs said about a project, the newest first."""
    query = sa.select(col(ProjectDailyBrief.brief_date), col(ProjectDailyBrief.content)).where(
        col(ProjectDailyBrief.project_id) == project_id
    )
    if before is not None:
        query = query.where(col(ProjectDailyBrief.brief_date) < before)
    rows = await session.execute(query.order_by(col(ProjectDailyBrief.brief_date).desc()).limit(limit))
    return [(row[0], row[1]) for row in rows]


async def read_stats(session: AsyncSession, today: date) -> Stats:
    """Counts of whole briefs up to a day of the person's calendar."""
    query = sa.select(col(DailyBrief.brief_date)).where(
        col(DailyBrief.completed_at).is_not(None), col(DailyBrief.brief_date) <= today
    )
    days = set((await session.execute(query)).scalars())
    monday = today - timedelta(days=today.weekday())
    return Stats(
        total=len(days),
        week=sum(day >= monday for day in days),
        month=sum(day >= today.replace(day=1) for day in days),
        streak=streak(days, today),
    )


def streak(days: Iterable[date], today: date) -> int:
    """How many days in a row have a brief, up to today, or to yesterday while today's is still to come."""
    known = set(days)
    day = today if today in known else today - timedelta(days=1)
    length = 0
    while day in known:
        length, day = length + 1, day - timedelta(days=1)
    return length


async def neighbours(session: AsyncSession, brief_date: date) -> tuple[date | None, date | None]:
    """The days of the brief before and of the brief after one."""
    day = col(DailyBrief.brief_date)
    edges = (sa.func.max(day).filter(day < brief_date), sa.func.min(day).filter(day > brief_date))
    query = sa.select(*edges).select_from(DailyBrief).where(_IS_THERE)
    before, after = (await session.execute(query)).one()
    return before, after


async def done_among(session: AsyncSession, tasks: list[TaskFact]) -> dict[UUID, bool]:
    """Which of these tasks, or of these dates of recurring ones, are done by now; deleted ones are missing."""
    dates = {task.id: task.day for task in tasks if task.repeats and task.day}
    done = sa.func.coalesce(col(TaskInstance.status) == InstanceStatus.COMPLETED, col(Task.status) == TaskStatus.DONE)
    of_that_date = sa.tuple_(col(TaskInstance.task_id), col(TaskInstance.instance_date)).in_(list(dates.items()))
    query = (
        sa.select(col(Task.id), done)
        .outerjoin(TaskInstance, sa.and_(col(TaskInstance.task_id) == col(Task.id), of_that_date))
        .where(col(Task.id).in_([task.id for task in tasks]), *VISIBLE)
    )
    return {row[0]: row[1] for row in await session.execute(query)}
