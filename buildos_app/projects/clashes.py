"""What else a person has at the time of a task: busy events of the copy of their calendars."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.models.calendar import Calendar, CalendarEvent, CalendarLink
from buildos_app.ports import BUSY_KNOWN
from buildos_app.projects.queries import TaskView

DEFAULT_MINUTES = 60
"""How long a task with a time takes when nobody said so (behaviour.md 4.6)."""
MOST_EVENTS = 1000


@dataclass(frozen=True)
class BusyTime:
    """A stretch of an event that takes up time."""

    title: str
    starts_at: datetime
    ends_at: datetime


def is_no_task() -> sa.ColumnElement[bool]:
    """Of events: those that are not the event of a task, nor one date of a task's series."""
    ours = sa.select(col(CalendarLink.id)).where(
        col(CalendarLink.user_id) == col(CalendarEvent.user_id),
        col(CalendarLink.calendar_id) == col(CalendarEvent.calendar_id),
        col(CalendarLink.event_id).in_([col(CalendarEvent.event_id), col(CalendarEvent.series_event_id)]),
        col(CalendarLink.task_id).is_not(None),
    )
    return ~ours.exists()


def select_busy(after: Any, before: Any) -> sa.Select[Any]:
    """The busy events that touch a span of time, as BusyTime's columns."""
    event = CalendarEvent
    columns: tuple[Any, ...] = (col(event.title), col(event.starts_at), col(event.ends_at))
    return (
        sa.select(*columns)
        .join(Calendar, col(Calendar.id) == col(event.calendar_id))
        .where(col(Calendar.is_chosen), col(event.is_busy), is_no_task())
        .where(col(event.starts_at) < before, col(event.ends_at) > after)
        .order_by(col(event.starts_at), col(event.id))
        .limit(MOST_EVENTS)
    )


def first_clash(start: datetime, minutes: int | None, busy: Iterable[BusyTime]) -> str:
    """The title of the first event during a task that starts then; empty when the time is free."""
    end = start + timedelta(minutes=minutes or DEFAULT_MINUTES)
    return next((each.title for each in busy if each.starts_at < end and each.ends_at > start), "")


async def with_clashes(session: AsyncSession, zone_now: datetime, tasks: list[TaskView]) -> list[TaskView]:
    """The tasks, where those with a time that is not over say what clashes with them: one query for all."""
    timed = [each.start_date for each in tasks if each.start_date is not None and _can_clash(each, zone_now)]
    if not timed:
        return tasks
    query = select_busy(min(timed), max(timed) + timedelta(days=1))
    busy = [BusyTime(*row) for row in await session.execute(query)]
    if not busy:
        return tasks
    return [
        replace(each, clash=first_clash(each.start_date, each.duration_minutes, busy))
        if each.start_date is not None and _can_clash(each, zone_now)
        else each
        for each in tasks
    ]


def _can_clash(task: TaskView, zone_now: datetime) -> bool:
    if task.start_date is None or not task.start_has_time or task.is_done:
        return False
    end = task.start_date + timedelta(minutes=task.duration_minutes or DEFAULT_MINUTES)
    return end > zone_now and task.start_date < zone_now + BUSY_KNOWN
