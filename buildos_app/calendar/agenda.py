"""What a person sees of some days: their tasks with a time, their events, and where these clash."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.accounts.working_hours import WorkingHours, get_working_hours
from buildos_app.calendar.slots import Refusal, Slot, Taken, find_slots
from buildos_app.calendar.window import EventView, list_events
from buildos_app.errors import InvalidInput
from buildos_app.models.calendar import CalendarConnection, CalendarLink, LinkStatus
from buildos_app.models.project import Priority, Task, TaskStatus
from buildos_app.projects.clashes import DEFAULT_MINUTES
from buildos_app.projects.instances import ensure_instances, list_instances, person_now
from buildos_app.projects.queries import TaskView, get_task, select_tasks
from buildos_app.projects.series import Scope, change_series
from buildos_app.projects.tasks import change_task

MOST_TASKS, MOST_UNPLANNED = 300, 50


@dataclass(frozen=True)
class Agenda:
    """Some days of a person."""

    now: datetime
    hours: WorkingHours
    tasks: list[TaskView]
    events: list[EventView]
    unplanned: list[TaskView]
    status: str


@dataclass(frozen=True)
class LinkView:
    """How a task stands in the calendar; `status` is none without an event."""

    connection: str = "none"
    status: str = "none"
    href: str = ""
    error: str = ""
    clashes: tuple[str, ...] = ()


async def read_agenda(session: AsyncSession, user_id: UUID, first: date | None, days: int) -> Agenda:
    """Everything on `days` days from `first` on, or from today, in few queries."""
    zone_now = await person_now(session)
    first = first or zone_now.date()
    after, before = (datetime.combine(day, time(), zone_now.tzinfo) for day in (first, first + timedelta(days=days)))
    await ensure_instances(session, zone_now.date())
    status = (await session.execute(sa.select(col(CalendarConnection.status)))).scalar_one_or_none()
    return Agenda(
        now=zone_now,
        hours=await get_working_hours(session, user_id),
        tasks=await _tasks(session, zone_now, after, before),
        events=await list_events(session, after, before),
        unplanned=await _unplanned(session),
        status=status or "none",
    )


async def suggest(session: AsyncSession, user_id: UUID, task_id: UUID) -> tuple[TaskView, list[Slot], list[Refusal]]:
    """When a task could be done in the next days, and why not on the others. Raises NotFound."""
    task = await get_task(session, task_id)
    agenda = await read_agenda(session, user_id, None, 8)
    taken = [each for each in taken_of(agenda) if each.task != task.id]
    minutes = min(task.duration_minutes or DEFAULT_MINUTES, 24 * 60)
    slots, refusals = find_slots(taken, minutes, agenda.hours, agenda.now, is_important=task.priority == Priority.HIGH)
    return task, slots, refusals


async def move_task(
    session: AsyncSession, task_id: UUID, on: date | None, start: datetime, minutes: int | None = None
) -> None:
    """Plan a task, or one date of a recurring one, for a moment. Raises NotFound, InvalidInput, Conflict."""
    if not 2000 <= start.year <= 2100:
        raise InvalidInput("That day is too far away.")
    changes = {"start_date": start, "start_has_time": True}
    task = await get_task(session, task_id)
    if task.duration_minutes is None or minutes is not None:
        changes["duration_minutes"] = minutes or DEFAULT_MINUTES
    if task.recurrence_pattern and on is not None:
        await change_series(session, task_id, on, Scope.THIS, changes)
        return
    await change_task(session, task_id, changes)


def taken_of(agenda: Agenda) -> list[Taken]:
    """Every stretch that is not free: busy events, and tasks with a time."""
    zone = agenda.now.tzinfo
    taken = [
        Taken(each.starts_at.astimezone(zone), each.ends_at.astimezone(zone), each.title)
        for each in agenda.events
        if each.is_busy
    ]
    for task in agenda.tasks:
        if task.start_date is not None and task.start_has_time and not task.is_done:
            start = task.start_date.astimezone(zone)
            end = start + timedelta(minutes=task.duration_minutes or DEFAULT_MINUTES)
            taken.append(Taken(start, end, task.title, task.id))
    return sorted(taken, key=lambda each: each.start)


async def link_of(session: AsyncSession, task_id: UUID) -> LinkView:
    """How a task stands in the calendar, and what clashes with it."""
    connection = (await session.execute(sa.select(col(CalendarConnection.status)))).scalar_one_or_none()
    if connection is None:
        return LinkView()
    query = sa.select(CalendarLink).where(col(CalendarLink.task_id) == task_id)
    link = (await session.execute(query)).scalar_one_or_none()
    task = (await session.execute(sa.select(Task).where(col(Task.id) == task_id))).scalar_one_or_none()
    clash: tuple[str, ...] = ()
    if task is not None and task.start_date is not None and task.start_has_time and task.status != TaskStatus.DONE:
        end = task.start_date + timedelta(minutes=task.duration_minutes or DEFAULT_MINUTES)
        events = await list_events(session, task.start_date, end, limit=3)
        clash = tuple(each.title for each in events if each.is_busy)
    if link is None:
        return LinkView(connection, clashes=clash)
    href = link.href if link.href.startswith("https://") else ""
    return LinkView(connection, link.status, href, link.error, clash)


async def set_in_calendar(session: AsyncSession, user_id: UUID, task_id: UUID, *, wanted: bool) -> None:
    """Take a task out of the calendar, or let it in again. The sync does the rest."""
    query = sa.select(CalendarLink).where(col(CalendarLink.task_id) == task_id)
    link = (await session.execute(query)).scalar_one_or_none()
    if link is not None and wanted and link.status == LinkStatus.OFF:
        if link.etag:  # its event is still there
            link.status = LinkStatus.SYNCED
        else:
            await session.delete(link)
    elif link is not None and not wanted:
        link.status = LinkStatus.OFF
    await session.flush()
    await session.execute(sa.text("SELECT want_calendar_sync(:user_id)"), {"user_id": user_id})


async def _tasks(session: AsyncSession, zone_now: datetime, after: datetime, before: datetime) -> list[TaskView]:
    start = col(Task.start_date)
    query = select_tasks().where(start >= after, start < before, col(Task.recurrence_pattern).is_(None))
    rows = await session.execute(query.order_by(start, col(Task.id)).limit(MOST_TASKS))
    tasks = [TaskView(*row) for row in rows]
    dated = await list_instances(
        session, zone_now, until=(before - timedelta(seconds=1)).date(), done_since=before, limit=MOST_TASKS
    )
    return tasks + [each for each in dated if each.start_date is not None and each.start_date >= after]


async def _unplanned(session: AsyncSession) -> list[TaskView]:
    query = select_tasks().where(col(Task.start_date).is_(None), col(Task.status) != TaskStatus.DONE)
    high = col(Task.priority) == Priority.HIGH
    order = (high.desc(), col(Task.due_date).asc().nulls_last(), col(Task.id).desc())
    return [TaskView(*row) for row in await session.execute(query.order_by(*order).limit(MOST_UNPLANNED))]
