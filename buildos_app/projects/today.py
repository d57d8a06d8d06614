"""What a person has to do now: late, today, in the next seven days, by the calendar of their own zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import zone
from buildos_app.models.brain_dump import BrainDump
from buildos_app.models.project import Project, Task, TaskStatus
from buildos_app.projects.queries import TaskView, select_tasks

DAYS_AHEAD = 7
MOST = 300


@dataclass(frozen=True)
class TodayView:
    """The three lists, each by date; `is_new` when the person has neither projects nor dumps."""

    past_due: list[TaskView]
    today: list[TaskView]
    upcoming: list[TaskView]
    is_new: bool


async def read_today(session: AsyncSession, timezone: str, now: datetime) -> TodayView:
    """The lists of a person at a moment. A task's date is its due date if there is one, else its start
    (behaviour.md 1.5); what was done today stays in sight."""
    midnight = now.astimezone(zone(timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = _next_midnight(midnight, 1)
    end = _next_midnight(midnight, 1 + DAYS_AHEAD)
    when = sa.func.coalesce(col(Task.due_date), col(Task.start_date))
    is_open = sa.and_(col(Task.status) != TaskStatus.DONE, when < end)
    done_today = sa.and_(col(Task.status) == TaskStatus.DONE, col(Task.completed_at) >= midnight)
    query = (
        select_tasks().where(sa.or_(is_open, done_today)).order_by(when.asc().nulls_last(), col(Task.id)).limit(MOST)
    )
    tasks = [TaskView(*row) for row in await session.execute(query)]
    return TodayView(
        past_due=[task for task in tasks if not _is_done(task) and _when(task, midnight) < midnight],
        today=[task for task in tasks if _is_done(task) or midnight <= _when(task, midnight) < tomorrow],
        upcoming=[task for task in tasks if not _is_done(task) and _when(task, midnight) >= tomorrow],
        is_new=not tasks and await _has_nothing(session),
    )


def _next_midnight(midnight: datetime, days: int) -> datetime:
    return (midnight.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=midnight.tzinfo)


def _is_done(task: TaskView) -> bool:
    return task.status == TaskStatus.DONE


def _when(task: TaskView, fallback: datetime) -> datetime:
    return task.due_date or task.start_date or fallback


async def _has_nothing(session: AsyncSession) -> bool:
    exists = sa.select(sa.or_(sa.exists(sa.select(col(Project.id))), sa.exists(sa.select(col(BrainDump.id)))))
    return not (await session.execute(exists)).scalar_one()
