"""What a person has to do now: late, today, in the next seven days, by the calendar of their own zone."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.models.brain_dump import BrainDump
from buildos_app.models.project import Project, Task, TaskStatus, TaskType
from buildos_app.phrases.wall_clock import at_local
from buildos_app.projects.clashes import with_clashes
from buildos_app.projects.instances import ensure_instances, list_instances
from buildos_app.projects.queries import TaskView, select_tasks

DAYS_AHEAD = 7
MOST_PAST_DUE = 50
MOST_IN_SIGHT = 100
MOST_WITHOUT_A_DATE = 20

ONE_OFF = col(Task.task_type) == TaskType.ONE_OFF
OPEN = sa.and_(ONE_OFF, col(Task.status) != TaskStatus.DONE)


@dataclass(frozen=True)
class TodayView:
    """The lists, each by date. A recurring task stands in them by its dates; of the missed ones only the latest.

    `missed` says how many earlier dates of a task were missed, `past_due_count` how many tasks are late in all.
    `without_a_date` are open tasks of no project, which no other list shows. `is_new`: neither tasks nor projects nor
    dumps yet.
    """

    past_due: list[TaskView]
    past_due_count: int
    today: list[TaskView]
    upcoming: list[TaskView]
    without_a_date: list[TaskView]
    missed: dict[str, int] = field(default_factory=dict)
    is_new: bool = False


async def read_today(session: AsyncSession, zone_now: datetime) -> TodayView:
    """The lists of the session's person at a moment in their zone.

    A task's date is its due date if there is one, else its start (behaviour.md 1.5); what was done today stays in
    sight.
    """
    midnight = at_local(zone_now.date(), time(), zone_now)
    tomorrow = at_local(zone_now.date() + timedelta(days=1), time(), zone_now)
    end = at_local(zone_now.date() + timedelta(days=1 + DAYS_AHEAD), time(), zone_now)
    await ensure_instances(session, zone_now.date())
    late, late_count = await _past_due(session, midnight)
    tasks = await _in_sight(session, midnight, end)
    last_day = zone_now.date() + timedelta(days=DAYS_AHEAD)
    dates = await list_instances(session, zone_now, until=last_day, done_since=midnight, limit=3 * MOST_IN_SIGHT)
    missed, missed_counts = _latest_missed(dates, midnight)
    coming = sorted(
        [*tasks, *(each for each in dates if each.is_done or _when(each, midnight) >= midnight)],
        key=lambda task: (_when(task, midnight), str(task.id)),
    )
    coming = await with_clashes(session, zone_now, coming)
    undated = await _without_a_date(session)
    is_empty = not (coming or late or missed or undated)
    return TodayView(
        past_due=sorted([*late, *missed], key=lambda task: _when(task, midnight)),
        past_due_count=late_count + len(missed),
        today=[task for task in coming if task.is_done or _when(task, midnight) < tomorrow][:MOST_IN_SIGHT],
        upcoming=[task for task in coming if not task.is_done and _when(task, midnight) >= tomorrow][:MOST_IN_SIGHT],
        without_a_date=undated,
        missed=missed_counts,
        is_new=is_empty and await _has_nothing(session),
    )


async def _past_due(session: AsyncSession, midnight: datetime) -> tuple[list[TaskView], int]:
    when = sa.func.coalesce(col(Task.due_date), col(Task.start_date))
    query = select_tasks(sa.func.count().over()).where(OPEN, _before(midnight))
    rows = (await session.execute(query.order_by(when.desc(), col(Task.id)).limit(MOST_PAST_DUE))).all()
    return [TaskView(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


async def _in_sight(session: AsyncSession, midnight: datetime, end: datetime) -> list[TaskView]:
    when = sa.func.coalesce(col(Task.due_date), col(Task.start_date))
    is_open = sa.and_(OPEN, _before(end), when >= midnight)
    done_today = sa.and_(ONE_OFF, col(Task.completed_at) >= midnight, col(Task.status) == TaskStatus.DONE)
    query = select_tasks().where(sa.or_(is_open, done_today)).order_by(when.asc().nulls_last(), col(Task.id))
    return [TaskView(*row) for row in await session.execute(query.limit(2 * MOST_IN_SIGHT))]


def _before(moment: datetime) -> Any:
    """Said so that the indexes on both dates serve it."""
    return sa.or_(col(Task.due_date) < moment, sa.and_(col(Task.due_date).is_(None), col(Task.start_date) < moment))


async def _without_a_date(session: AsyncSession) -> list[TaskView]:
    nothing = sa.and_(col(Task.due_date).is_(None), col(Task.start_date).is_(None), col(Task.project_id).is_(None))
    query = select_tasks().where(OPEN, nothing).order_by(col(Task.id).desc()).limit(MOST_WITHOUT_A_DATE)
    return [TaskView(*row) for row in await session.execute(query)]


def _latest_missed(dates: list[TaskView], midnight: datetime) -> tuple[list[TaskView], dict[str, int]]:
    """The latest missed date of each task, and how many were missed before it."""
    latest: dict[str, TaskView] = {}
    earlier: dict[str, int] = {}
    for each in dates:
        if each.is_done or _when(each, midnight) >= midnight:
            continue
        key = str(each.id)
        earlier[key] = earlier.get(key, -1) + 1
        latest[key] = each
    return list(latest.values()), {key: count for key, count in earlier.items() if count}


def _when(task: TaskView, fallback: datetime) -> datetime:
    return task.moment or fallback


async def _has_nothing(session: AsyncSession) -> bool:
    anything = (sa.exists(sa.select(col(table.id))) for table in (Project, BrainDump, Task))
    return not (await session.execute(sa.select(sa.or_(*anything)))).scalar_one()
