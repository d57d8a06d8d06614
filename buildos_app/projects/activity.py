"""What happened in a project, the latest first: one query over tasks, notes, dumps and the project's own changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.models.brain_dump import BrainDump, BrainDumpStatus
from buildos_app.models.project import Note, Project, ProjectVersion, Task
from buildos_app.projects.queries import VISIBLE


@dataclass(frozen=True)
class Happening:
    """Something that happened: `kind` is project_made, project_changed, task_made, task_done, note_made or
    dump_applied; `title` names the row, or the version's number."""

    at: datetime
    kind: str
    id: UUID
    title: str


async def list_activity(
    session: AsyncSession, project_id: UUID, *, limit: int, before: tuple[datetime, UUID] | None = None
) -> list[Happening]:
    """A page of it; `before` is (at, id) of the last one seen."""
    parts = [_page(part, limit, before) for part in _parts(project_id)]
    everything = sa.union_all(*parts).subquery()
    query = sa.select(everything).order_by(everything.c.at.desc(), everything.c.id.desc()).limit(limit)
    return [Happening(*row) for row in await session.execute(query)]


def _page(part: sa.Select[Any], limit: int, before: tuple[datetime, UUID] | None) -> sa.Select[Any]:
    rows = part.subquery()
    query = sa.select(rows)
    if before is not None:
        query = query.where(sa.tuple_(rows.c.at, rows.c.id) < before)
    ordered = query.order_by(rows.c.at.desc(), rows.c.id.desc()).limit(limit).subquery()
    return sa.select(ordered)


def _parts(project_id: UUID) -> list[sa.Select[Any]]:
    version = sa.cast(col(ProjectVersion.version), sa.Text)
    dump_title = sa.func.coalesce(sa.func.nullif(col(BrainDump.title), ""), sa.func.left(col(BrainDump.content), 80))
    note_title = sa.func.coalesce(sa.func.nullif(col(Note.title), ""), sa.func.left(col(Note.content), 80))
    done = col(Task.completed_at).is_not(None)
    applied = col(BrainDump.status) == BrainDumpStatus.SAVED
    of_project = {table: col(table.project_id) == project_id for table in (Task, Note, BrainDump, ProjectVersion)}
    return [
        _part("project_made", Project.created_at, Project.id, col(Project.name)).where(col(Project.id) == project_id),
        _part("project_changed", ProjectVersion.created_at, ProjectVersion.id, version).where(
            of_project[ProjectVersion], col(ProjectVersion.version) > 1
        ),
        _part("task_made", Task.created_at, Task.id, col(Task.title)).where(of_project[Task], *VISIBLE),
        _part("task_done", Task.completed_at, Task.id, col(Task.title)).where(of_project[Task], *VISIBLE, done),
        _part("note_made", Note.created_at, Note.id, note_title).where(of_project[Note]),
        _part("dump_applied", BrainDump.updated_at, BrainDump.id, dump_title).where(of_project[BrainDump], applied),
    ]


def _part(kind: str, at: Any, row_id: Any, title: Any) -> sa.Select[Any]:
    return sa.select(col(at).label("at"), sa.literal(kind).label("kind"), col(row_id).label("id"), title.label("title"))
