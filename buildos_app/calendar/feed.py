"""A secret address at which any calendar program reads a person's tasks, without Google (RFC 5545)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from icalendar import Calendar as ICalendar
from icalendar import Event as IEvent
from icalendar import vRecur
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.calendar import rules
from buildos_app.calendar.content import Content, of_task, span
from buildos_app.calendar.tasks import CLOSED, person_zone
from buildos_app.clock import now
from buildos_app.models.calendar import CalendarFeed
from buildos_app.models.project import Task, TaskStatus
from buildos_app.models.task import TaskInstance
from buildos_app.models.user import User
from buildos_app.projects.queries import VISIBLE
from buildos_app.secrets import is_signed, signature
from buildos_app.settings import get_settings

_PURPOSE = "calendar feed"
BACK = timedelta(days=30)
MOST_TASKS = 2000


async def feed_address(session: AsyncSession, user_id: UUID) -> str:
    """The person's address; empty while the feed is off."""
    row = (await session.execute(sa.select(CalendarFeed))).scalar_one_or_none()
    if row is None or not row.is_on:
        return ""
    return f"{get_settings().base_url}/api/calendar/feed/{_token(user_id, row.generation)}.ics"


async def turn_feed(session: AsyncSession, user_id: UUID, *, on: bool) -> None:
    """Turn the feed on, with a new address, or off. An old address ends with the next request."""
    row = (await session.execute(sa.select(CalendarFeed).with_for_update())).scalar_one_or_none()
    if row is None:
        session.add(CalendarFeed(user_id=user_id, is_on=on))
        return
    row.is_on, row.generation = on, row.generation + 1


def owner_of(token: str) -> tuple[UUID, int] | None:
    """The person of an address, and its generation; None for an address that we never made. Asks no database."""
    value, _, given = token.partition(".")
    if not is_signed(_PURPOSE, value, given):
        return None
    user_id, _, generation = urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode().partition(" ")
    return UUID(user_id), int(generation)


@dataclass(frozen=True)
class FeedTasks:
    """What a feed shows: tasks, and of each series the dates that it leaves out."""

    tasks: list[Task]
    closed: dict[UUID, list[date]]
    zone: ZoneInfo


async def read_feed(session: AsyncSession, user_id: UUID, generation: int) -> FeedTasks | None:
    """What the feed shows, in a session of its person; None for an address that has ended."""
    query = sa.select(CalendarFeed).join(User, col(User.id) == col(CalendarFeed.user_id))
    mine = query.where(col(CalendarFeed.user_id) == user_id, ~col(User.access_restricted))
    row = (await session.execute(mine)).scalar_one_or_none()
    if row is None or not row.is_on or row.generation != generation:
        return None
    tasks_shown = sa.select(Task).where(
        col(Task.user_id) == user_id,
        col(Task.status) != TaskStatus.DONE,
        sa.or_(col(Task.start_date) > now() - BACK, col(Task.recurrence_pattern).is_not(None)),
        *VISIBLE,
    )
    tasks = list((await session.execute(tasks_shown.order_by(col(Task.start_date)).limit(MOST_TASKS))).scalars())
    series = [task.id for task in tasks if task.recurrence_pattern]
    return FeedTasks(tasks, await _closed(session, series), await person_zone(session))


def as_ics(shown: FeedTasks) -> str:
    """Tasks as a calendar. Pure; for a full feed it takes a while, so it has a thread of its own in a server."""
    calendar = ICalendar()
    calendar.add("prodid", "-//BuildOS//Tasks//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "BuildOS")
    calendar.add("x-wr-timezone", shown.zone.key)
    for task in shown.tasks:
        content = of_task(task, shown.zone)
        if content is not None:
            calendar.add_component(_event(task, content, shown.closed.get(task.id, []), shown.zone))
    calendar.add_missing_timezones()
    return str(calendar.to_ical().decode())


def _event(task: Task, content: Content, closed: list[date], zone: ZoneInfo) -> IEvent:
    event = IEvent()
    event.add("uid", f"{task.id}@buildos")
    event.add("dtstamp", task.updated_at.astimezone(UTC))
    event.add("summary", content.title)
    event.add("url", f"{get_settings().base_url}/?task={task.id}")
    start, end = span(content, zone)
    event.add("dtstart", start)
    event.add("dtend", end)
    if content.rule.startswith("FREQ="):
        [line] = rules.write(content.rule, content.ends, content.moment(zone), all_day=content.is_all_day, zone=zone)
        event.add("rrule", vRecur.from_ical(line.removeprefix("RRULE:")))
        for day in closed:
            at = day if content.is_all_day else datetime.fromisoformat(content.start_on(day, zone)).astimezone(zone)
            event.add("exdate", at)
    return event


async def _closed(session: AsyncSession, series: list[UUID]) -> dict[UUID, list[date]]:
    columns = (col(TaskInstance.task_id), col(TaskInstance.instance_date))
    query = sa.select(*columns).where(col(TaskInstance.task_id).in_(series), col(TaskInstance.status).in_(CLOSED))
    found: dict[UUID, list[date]] = {}
    for task_id, day in await session.execute(query):
        found.setdefault(task_id, []).append(day)
    return found


def _token(user_id: UUID, generation: int) -> str:
    value = urlsafe_b64encode(f"{user_id} {generation}".encode()).decode().rstrip("=")
    return f"{value}.{signature(_PURPOSE, value)}"
