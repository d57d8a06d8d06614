"""The single dates of recurring tasks: made some weeks ahead when somebody looks, each with a status of its own."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import local_now
from buildos_app.models.project import Task, TaskStatus, TaskType
from buildos_app.models.task import InstanceStatus, TaskInstance
from buildos_app.models.user import User
from buildos_app.phrases.wall_clock import at_local
from buildos_app.projects.queries import VISIBLE, TaskView, select_tasks
from buildos_app.projects.recurrence import occurrences, rule_of

DAYS_AHEAD = 30
"""How far dates are made ahead (behaviour.md 1.5)."""
DAYS_IN_SIGHT = 8
"""How far ahead dates must be there: as far as Today looks."""
DAYS_BACK = 60
"""Dates that were missed longer ago are not made any more: nobody does them."""
MOST_SERIES = 500


async def person_now(session: AsyncSession) -> datetime:
    """The present moment in the zone of the session's person."""
    person = sa.select(col(User.timezone)).where(col(User.id) == sa.func.app_user_id())
    return local_now((await session.execute(person)).scalar_one())


_MOVE = sa.text(
    "UPDATE tasks SET"
    " start_date = CASE WHEN start_has_time AND task_type = 'one_off' THEN start_date"
    " ELSE start_date AT TIME ZONE :before AT TIME ZONE :after END,"
    " due_date = CASE WHEN due_has_time THEN due_date ELSE due_date AT TIME ZONE :before AT TIME ZONE :after END"
    " WHERE user_id = app_user_id() AND status <> 'done'"
    " AND (task_type = 'recurring' OR (start_date IS NOT NULL AND NOT start_has_time)"
    " OR (due_date IS NOT NULL AND NOT due_has_time))"
)


async def move_to_zone(session: AsyncSession, before: str, after: str) -> None:
    """A person moves from one timezone to another: days stay days and repetitions keep the time that their clock shows.
    What was planned once for a time stays at that moment, as a call with somebody elsewhere does."""
    if before != after:
        await session.execute(_MOVE, {"before": before, "after": after})


async def ensure_instances(session: AsyncSession, today: date, *, task_id: UUID | None = None) -> None:
    """Make the dates of a person's recurring tasks up to 30 days ahead, where they do not reach far enough.

    `today` is the date in the person's zone. Twice at the same moment does no harm. With `task_id` only that task's.
    """
    is_short = sa.or_(
        col(Task.instances_until).is_(None), col(Task.instances_until) < today + timedelta(days=DAYS_IN_SIGHT)
    )
    query = sa.select(Task).where(
        col(Task.task_type) == TaskType.RECURRING, col(Task.status) != TaskStatus.DONE, *VISIBLE
    )
    query = query.where(col(Task.id) == task_id) if task_id else query.where(is_short)
    tasks = (await session.execute(query.limit(MOST_SERIES).with_for_update(of=Task))).scalars().all()
    if not tasks:
        return
    zone_now = await person_now(session)
    rows = [row for task in tasks for row in _rows_to_make(task, zone_now, today)]
    if rows:
        await session.execute(insert(TaskInstance).on_conflict_do_nothing(), rows)
    await session.execute(
        sa.update(Task)
        .where(col(Task.id).in_([task.id for task in tasks]))
        .values(instances_until=today + timedelta(days=DAYS_AHEAD))
        .execution_options(synchronize_session=False)
    )


def _rows_to_make(task: Task, zone_now: datetime, today: date) -> list[dict[str, Any]]:
    start = first_date(task, zone_now)
    until = min(today + timedelta(days=DAYS_AHEAD), task.recurrence_ends or date.max)
    earliest = today - timedelta(days=DAYS_BACK)
    after = max(task.instances_until or start - timedelta(days=1), earliest)
    days = occurrences(effective_rule(task, zone_now), start, after=after, until=until)
    return [{"user_id": task.user_id, "task_id": task.id, "instance_date": day} for day in days]


def first_date(task: Task | TaskView, zone_now: datetime) -> date:
    """The date on which a recurring task begins, in the person's calendar."""
    return _start(task).astimezone(zone_now.tzinfo).date()


def effective_rule(task: Task | TaskView, zone_now: datetime) -> str:
    """The rule of a recurring task: its own, or that of its pattern."""
    return task.recurrence_rule or rule_of(str(task.recurrence_pattern), first_date(task, zone_now))


def moment_on(task: Task | TaskView, day: date, zone_now: datetime) -> datetime:
    """When the task begins on one of its dates: the wall clock shows what it shows at the start of the series."""
    return at_local(day, _start(task).astimezone(zone_now.tzinfo).time(), zone_now)


def _start(task: Task | TaskView) -> datetime:
    if task.start_date is None:
        raise ValueError("the table refuses a recurring task without a start")
    return task.start_date


def as_instance(task: TaskView, day: date, status: str, completed_at: datetime | None, zone_now: datetime) -> TaskView:
    """One date of a recurring task as a task of its own."""
    done = status == InstanceStatus.COMPLETED
    return replace(
        task,
        instance_date=day,
        start_date=moment_on(task, day, zone_now),
        due_date=None,
        status=TaskStatus.DONE if done else task.status,
        completed_at=completed_at,
    )


async def list_instances(
    session: AsyncSession, zone_now: datetime, *, until: date, done_since: datetime, limit: int
) -> list[TaskView]:
    """The open dates up to and including `until`, and those completed since `done_since`, the oldest first."""
    instance = (col(TaskInstance.instance_date), col(TaskInstance.status), col(TaskInstance.completed_at))
    is_open = sa.and_(col(TaskInstance.status) == InstanceStatus.SCHEDULED, col(TaskInstance.instance_date) <= until)
    query = (
        select_tasks(*instance)
        .join(TaskInstance, col(TaskInstance.task_id) == col(Task.id))
        .where(sa.or_(is_open, col(TaskInstance.completed_at) >= done_since), col(Task.status) != TaskStatus.DONE)
        .order_by(col(TaskInstance.instance_date), col(Task.id))
        .limit(limit)
    )
    found = []
    for row in await session.execute(query):
        day, status, completed_at = row[-3:]
        found.append(as_instance(TaskView(*row[:-3]), day, status, completed_at, zone_now))
    return found


async def next_open_date(session: AsyncSession, task_id: UUID, today: date) -> date | None:
    """The date that "done" means when no date is named: the latest open one up to today, else the next one."""
    open_dates = sa.select(col(TaskInstance.instance_date)).where(
        col(TaskInstance.task_id) == task_id, col(TaskInstance.status) == InstanceStatus.SCHEDULED
    )
    day = col(TaskInstance.instance_date)
    for query in (
        open_dates.where(day <= today).order_by(day.desc()),
        open_dates.where(day > today).order_by(day),
    ):
        found: date | None = (await session.execute(query.limit(1))).scalar_one_or_none()
        if found is not None:
            return found
    return None


async def with_next_dates(session: AsyncSession, tasks: list[TaskView], zone_now: datetime) -> list[TaskView]:
    """The tasks, where a recurring one begins on its next open date, or else on the latest that was missed."""
    recurring = [task.id for task in tasks if task.recurrence_pattern]
    if not recurring:
        return tasks
    await ensure_instances(session, zone_now.date())
    day = col(TaskInstance.instance_date)
    shown = sa.func.coalesce(sa.func.min(day).filter(day >= zone_now.date()), sa.func.max(day))
    query = (
        sa.select(col(TaskInstance.task_id), shown)
        .where(col(TaskInstance.task_id).in_(recurring), col(TaskInstance.status) == InstanceStatus.SCHEDULED)
        .group_by(col(TaskInstance.task_id))
    )
    dates = {task_id: found for task_id, found in await session.execute(query)}  # noqa: C416 - rows are no pairs to mypy
    return [
        replace(task, start_date=moment_on(task, dates[task.id], zone_now)) if task.id in dates else task
        for task in tasks
    ]


async def forget_dates(session: AsyncSession, task_id: UUID, since: date) -> None:
    """Take back the open dates from `since` on, so that they are made again by the task's present rule."""
    await session.execute(
        sa.delete(TaskInstance).where(
            col(TaskInstance.task_id) == task_id,
            col(TaskInstance.status) == InstanceStatus.SCHEDULED,
            col(TaskInstance.instance_date) >= since,
        )
    )
    await session.execute(
        sa.update(Task).where(col(Task.id) == task_id).values(instances_until=since - timedelta(days=1))
    )
