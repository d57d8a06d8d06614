"""Reading projects and their tasks, in a session of the person whose they are."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.errors import NotFound
from buildos_app.models.brain_dump import BrainDump
from buildos_app.models.project import Note, Project, ProjectStatus, Task, TaskStatus

VISIBLE = (col(Task.deleted_at).is_(None), col(Task.outdated).is_(False))
DELETED = (col(Task.deleted_at).is_not(None),)


@dataclass(frozen=True)
class ProjectView:
    """A project with the counts of its tasks."""

    id: UUID
    name: str
    description: str
    status: str
    start_date: date | None
    end_date: date | None
    updated_at: datetime
    task_count: int
    done_count: int


@dataclass(frozen=True)
class ProjectHead:
    """All that a project's own page says about it, with its counts."""

    id: UUID
    name: str
    description: str
    executive_summary: str
    context: str
    status: str
    tags: list[str]
    start_date: date | None
    end_date: date | None
    updated_at: datetime
    task_count: int
    done_count: int
    note_count: int


@dataclass(frozen=True)
class TaskView:
    """A task with the name of its project and the day of the dump that it was found in.

    One date of a recurring task is a TaskView too: `instance_date` names it, and start, status and completion are its
    own. `clash` is the title of an event at that time, where it was looked for (clashes.py).
    """

    id: UUID
    title: str
    details: str
    status: str
    priority: str
    start_date: datetime | None
    start_has_time: bool
    due_date: datetime | None
    due_has_time: bool
    duration_minutes: int | None
    recurrence_pattern: str | None
    recurrence_rule: str | None
    recurrence_ends: date | None
    completed_at: datetime | None
    deleted_at: datetime | None
    version: int
    project_id: UUID | None
    project_name: str | None
    found_at: datetime | None
    instance_date: date | None = None
    clash: str = ""

    @property
    def is_done(self) -> bool:
        """Is there nothing left to do?"""
        return self.status == TaskStatus.DONE

    @property
    def moment(self) -> datetime | None:
        """What late, today and upcoming are judged by: the due date if there is one, else the start."""
        return self.due_date or self.start_date

    @property
    def has_time(self) -> bool:
        """Did the person name a time for that moment?"""
        return self.due_has_time if self.due_date else self.start_has_time


@dataclass(frozen=True)
class NoteView:
    """A note of a project."""

    id: UUID
    title: str
    content: str
    created_at: datetime


def select_projects() -> sa.Select[Any]:
    """Projects with their counts, in one query; only the rows of a page are counted."""
    tasks = sa.select(sa.func.count()).where(col(Task.project_id) == col(Project.id), *VISIBLE)
    done = tasks.where(col(Task.status) == TaskStatus.DONE)
    columns: tuple[Any, ...] = (
        col(Project.id),
        col(Project.name),
        col(Project.description),
        col(Project.status),
        col(Project.start_date),
        col(Project.end_date),
        col(Project.updated_at),
        tasks.correlate(Project).scalar_subquery(),
        done.correlate(Project).scalar_subquery(),
    )
    return sa.select(*columns)


def select_tasks(*extra: Any, deleted: bool = False) -> sa.Select[Any]:
    """Tasks that are neither deleted nor outdated (or the deleted ones), as TaskView's columns and then `extra`."""
    columns = [getattr(Task, name) for name in list(TaskView.__dataclass_fields__)[:-4]]
    return (
        sa.select(*columns, col(Project.name), col(BrainDump.created_at), *extra)
        .outerjoin(Project, col(Project.id) == col(Task.project_id))
        .outerjoin(BrainDump, col(BrainDump.id) == col(Task.brain_dump_id))
        .where(*(DELETED if deleted else VISIBLE))
    )


async def list_projects(
    session: AsyncSession, *, limit: int = 50, before: tuple[datetime, UUID] | None = None
) -> list[ProjectView]:
    """Projects that are not archived, the latest changed first; `before` is (updated_at, id) of the last one seen."""
    query = select_projects().where(col(Project.status) != ProjectStatus.ARCHIVED)
    if before is not None:
        query = query.where(sa.tuple_(col(Project.updated_at), col(Project.id)) < before)
    rows = await session.execute(query.order_by(col(Project.updated_at).desc(), col(Project.id).desc()).limit(limit))
    return [ProjectView(*row) for row in rows]


async def list_project_names(session: AsyncSession, *, limit: int = 500) -> dict[UUID, str]:
    """The names of the projects that are not archived, the latest changed first."""
    query = sa.select(col(Project.id), col(Project.name)).where(col(Project.status) != ProjectStatus.ARCHIVED)
    rows = await session.execute(query.order_by(col(Project.updated_at).desc()).limit(limit))
    return {row.id: row.name for row in rows}


async def get_project(session: AsyncSession, project_id: UUID) -> ProjectView:
    """One project. Raises NotFound."""
    row = (await session.execute(select_projects().where(col(Project.id) == project_id))).one_or_none()
    if row is None:
        raise NotFound("That project does not exist, or it is not yours.")
    return ProjectView(*row)


async def get_project_head(session: AsyncSession, project_id: UUID) -> ProjectHead:
    """One project with all its texts and counts, in one query. Raises NotFound."""
    columns = [getattr(Project, name) for name in list(ProjectHead.__dataclass_fields__)[:-3]]
    tasks = sa.select(sa.func.count()).where(col(Task.project_id) == project_id, *VISIBLE)
    done = tasks.where(col(Task.status) == TaskStatus.DONE)
    notes = sa.select(sa.func.count()).where(col(Note.project_id) == project_id)
    counts = [query.scalar_subquery() for query in (tasks, done, notes)]
    query: sa.Select[Any] = sa.select(*columns, *counts).where(col(Project.id) == project_id)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("That project does not exist, or it is not yours.")
    return ProjectHead(*row)


async def list_next_tasks(session: AsyncSession, project_id: UUID, *, limit: int) -> list[TaskView]:
    """The open tasks of a project that come first."""
    when = sa.func.coalesce(col(Task.due_date), col(Task.start_date))
    is_open = sa.and_(col(Task.project_id) == project_id, col(Task.status) != TaskStatus.DONE)
    query = select_tasks().where(is_open).order_by(when.asc().nulls_last(), col(Task.id)).limit(limit)
    return [TaskView(*row) for row in await session.execute(query)]


async def get_task(session: AsyncSession, task_id: UUID, *, lock: bool = False) -> TaskView:
    """One task, locked for a change if asked. Raises NotFound."""
    query = select_tasks().where(col(Task.id) == task_id)
    query = query.with_for_update(of=Task) if lock else query
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("That task no longer exists.")
    return TaskView(*row)


async def list_project_notes(session: AsyncSession, project_id: UUID, *, limit: int = 50) -> list[NoteView]:
    """The notes of a project, the newest first."""
    columns = (col(Note.id), col(Note.title), col(Note.content), col(Note.created_at))
    query = sa.select(*columns).where(col(Note.project_id) == project_id).order_by(col(Note.id).desc()).limit(limit)
    return [NoteView(*row) for row in await session.execute(query)]
