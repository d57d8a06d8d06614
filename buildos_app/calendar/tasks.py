"""The tasks behind a calendar's events: which of them belong there, read and locked together with their links."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.calendar.content import SCHEDULE, Content, keep_foreign_rule, of_task
from buildos_app.clock import zone
from buildos_app.models.calendar import Calendar, CalendarConnection, CalendarLink, LinkStatus, ProjectCalendar
from buildos_app.models.project import Task, TaskStatus, TaskType
from buildos_app.models.task import InstanceStatus, TaskInstance
from buildos_app.models.user import User
from buildos_app.projects.queries import VISIBLE

MOST_TASKS = 5000
CLOSED = (InstanceStatus.COMPLETED, InstanceStatus.SKIPPED, InstanceStatus.CANCELLED, InstanceStatus.DELETED)


@dataclass
class Pair:
    """An event of ours and its task, if that is still there."""

    link: CalendarLink
    task: Task | None

    @property
    def base(self) -> Content | None:
        """What both sides agreed on last."""
        return Content.from_json(self.link.base.get("content", {}))

    @property
    def gone(self) -> set[str]:
        """The dates of a series that neither side has any more."""
        return set(self.link.base.get("gone", []))

    def ours(self, zone_info: ZoneInfo) -> Content | None:
        """What our side says now; None where the task shall have no event."""
        content = content_of(self.task, zone_info)
        return keep_foreign_rule(content, self.link.base) if content else None

    def gone_under(self, content: Content) -> set[str]:
        """What is `gone` of a series that says this from now on: with another schedule all its dates are back."""
        return set() if self._is_new_schedule(content) else self.gone

    def agree(self, content: Content, *, gone: Iterable[str] | None = None) -> None:
        """Both sides agree on this from now on. What becomes of moved dates of a series with another schedule is up to
        the calendar: `look` says that a push has to look."""
        kept = {name: self.link.base[name] for name in ("foreign", "look") if self.link.base.get(name)}
        if self._is_new_schedule(content):
            kept["look"] = True
        days = sorted(self.gone_under(content) if gone is None else gone)
        self.link.base = {"content": content.as_json(), "gone": days, **kept}

    def _is_new_schedule(self, content: Content) -> bool:
        return self.base is not None and bool(self.base.rule) and not content.same(self.base, SCHEDULE)


def content_of(task: Task | None, zone_info: ZoneInfo) -> Content | None:
    """What the event of a task should say; None for a task that belongs into no calendar."""
    if task is None or task.deleted_at is not None or task.outdated or task.status == TaskStatus.DONE:
        return None
    return of_task(task, zone_info)


async def person_zone(session: AsyncSession) -> ZoneInfo:
    """The zone of the session's person."""
    query = sa.select(col(User.timezone)).where(col(User.id) == sa.func.app_user_id())
    return zone((await session.execute(query)).scalar_one())


async def pairs_of(session: AsyncSession, calendar_id: UUID, event_ids: Iterable[str] | None = None) -> list[Pair]:
    """The links of a calendar with their tasks, locked: first the tasks, in order, then the links.

    With `event_ids` only those, and the instances that belong to one of them.
    """
    which = [col(CalendarLink.calendar_id) == calendar_id]
    if event_ids is not None:
        wanted = list(event_ids)
        which.append(sa.or_(col(CalendarLink.event_id).in_(wanted), col(CalendarLink.series_event_id).in_(wanted)))
    ids = sa.select(col(CalendarLink.task_id)).where(*which)
    tasks = sa.select(Task).where(col(Task.id).in_(ids)).order_by(col(Task.id)).with_for_update()
    fresh = {"populate_existing": True}
    found = {task.id: task for task in (await session.execute(tasks, execution_options=fresh)).scalars()}
    links = sa.select(CalendarLink).where(*which).order_by(col(CalendarLink.id)).with_for_update()
    rows = (await session.execute(links, execution_options=fresh)).scalars()
    return [Pair(link, found.get(link.task_id) if link.task_id else None) for link in rows]


async def pair_of_link(session: AsyncSession, link_id: UUID) -> Pair | None:
    """One link and its task, locked."""
    fresh = {"populate_existing": True}
    link = (
        await session.execute(sa.select(CalendarLink).where(col(CalendarLink.id) == link_id), execution_options=fresh)
    ).scalar_one_or_none()
    if link is None:
        return None
    pairs = await pairs_of(session, link.calendar_id, [link.event_id])
    return next((pair for pair in pairs if pair.link.id == link_id), None)


async def unlinked_tasks(session: AsyncSession, calendar: Calendar, at: datetime) -> list[Task]:
    """Tasks that belong into this calendar and have no event yet; what is over stays out. They are locked as links to
    them need it, so that their calendar is locked after all of them."""
    own = sa.select(col(ProjectCalendar.calendar_id)).where(col(ProjectCalendar.project_id) == col(Task.project_id))
    target = own.scalar_subquery()
    here = sa.or_(target == calendar.id, sa.and_(target.is_(None), sa.literal(calendar.is_primary)))
    auto = sa.select(col(CalendarConnection.auto_schedule)).scalar_subquery()
    linked = sa.select(col(CalendarLink.task_id)).where(col(CalendarLink.task_id).is_not(None))
    is_ahead = sa.or_(
        col(Task.start_date) + sa.func.make_interval(0, 0, 0, 1) > at,
        sa.and_(
            col(Task.task_type) == TaskType.RECURRING,
            sa.or_(col(Task.recurrence_ends).is_(None), col(Task.recurrence_ends) >= at.date()),
        ),
    )
    query = sa.select(Task).where(
        auto, here, is_ahead, col(Task.status) != TaskStatus.DONE, col(Task.id).not_in(linked), *VISIBLE
    )
    query = query.order_by(col(Task.id)).limit(MOST_TASKS).with_for_update(read=True, key_share=True)
    return list((await session.execute(query)).scalars())


async def closed_dates(session: AsyncSession, pairs: list[Pair]) -> dict[UUID, set[str]]:
    """The dates of each series that shall have no event: done, left out, or moved to an event of their own.

    A date that was moved and whose task is the same instance of the series stays.
    """
    series = {pair.task.id: pair for pair in pairs if pair.task is not None and pair.task.recurrence_pattern}
    if not series:
        return {}
    day, task_id = col(TaskInstance.instance_date), col(TaskInstance.task_id)
    query = sa.select(task_id, day).where(task_id.in_(list(series)), col(TaskInstance.status).in_(CLOSED))
    found: dict[UUID, set[str]] = {key: set() for key in series}
    for key, closed in await session.execute(query):
        if series[key].link.since is None or closed >= _since(series[key].link):
            found[key].add(closed.isoformat())
    kept: Any = sa.select(col(Task.series_id), col(Task.series_date)).join(
        CalendarLink, col(CalendarLink.task_id) == col(Task.id)
    )
    kept = kept.where(col(Task.series_id).in_(list(series)), col(CalendarLink.series_event_id) != "")
    moved = kept.where(col(CalendarLink.status) != LinkStatus.OFF)
    for key, day_moved in await session.execute(moved):
        found[key].discard(day_moved.isoformat())
    return found


def _since(link: CalendarLink) -> date:
    return link.since or date.min
