"""The facts of a brief out of SQL, in a session of the person: the same few queries whatever there is."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.briefs.facts import BriefFacts, NoteFact, PhaseFact, ProjectFact, TaskFact, Yesterday
from buildos_app.briefs.sentences import AHEAD_DAYS
from buildos_app.clock import zone
from buildos_app.models.phase import Phase
from buildos_app.models.project import Note, Project, ProjectStatus, Task, TaskStatus, TaskType
from buildos_app.models.task import InstanceStatus, TaskDependency, TaskInstance
from buildos_app.models.user import User
from buildos_app.projects.instances import ensure_instances
from buildos_app.projects.queries import VISIBLE

MOST_TASKS = 1000
NOTES_PER_PROJECT = 5
_WHEN = sa.func.coalesce(col(Task.due_date), col(Task.start_date))


@dataclass(frozen=True)
class Day:
    """A day of a person's calendar and its bounds in their zone."""

    date: date
    zone: ZoneInfo

    def starts(self, after: int = 0) -> datetime:
        """Midnight of the day that is `after` days later, as the clocks there show it."""
        return datetime.combine(self.date + timedelta(days=after), time(), self.zone).astimezone(UTC)


async def load_facts(
    session: AsyncSession,
    user_id: UUID,
    brief_date: date,
    timezone: str,
    *,
    is_reengagement: bool = False,
    days_away: int = 0,
    only: list[UUID] | None = None,
    without: list[UUID] | None = None,
) -> BriefFacts:
    """Everything that the brief of a day may say. `only` and `without` choose among the active projects."""
    day = Day(brief_date, zone(timezone))
    await ensure_instances(session, brief_date)
    projects = await _load_projects(session, day, only, without)
    tasks = await _load_tasks(session, day, {project.id for project in projects}, with_loose=only is None)
    name = (await session.execute(sa.select(col(User.name)).where(col(User.id) == user_id))).scalar_one()
    return BriefFacts(
        brief_date=brief_date,
        timezone=timezone,
        name=name,
        projects=projects,
        tasks=tasks,
        yesterday=await _load_yesterday(session, day),
        is_reengagement=is_reengagement,
        days_away=days_away,
    )


async def _load_projects(
    session: AsyncSession, day: Day, only: list[UUID] | None, without: list[UUID] | None
) -> list[ProjectFact]:
    counts = sa.select(
        sa.func.count(col(Task.id)).label("task_count"),
        sa.func.count(col(Task.id)).filter(col(Task.status) == TaskStatus.DONE).label("done_count"),
    ).where(col(Task.project_id) == col(Project.id), *VISIBLE)
    inner = counts.lateral()
    columns: tuple[Any, ...] = (col(Project.id), col(Project.name), col(Project.description), inner.c[0], inner.c[1])
    query = sa.select(*columns).join(inner, sa.true()).where(col(Project.status) == ProjectStatus.ACTIVE)
    query = query if only is None else query.where(col(Project.id).in_(only))
    query = query if not without else query.where(col(Project.id).not_in(without))
    rows = (await session.execute(query.order_by(col(Project.name), col(Project.id)))).all()
    ids = [row[0] for row in rows]
    phases, notes = await _load_phases(session, day, ids), await _load_notes(session, day, ids)
    return [
        ProjectFact(
            id=id,
            name=name,
            description=description,
            task_count=task_count,
            done_count=done_count,
            phase=next((phase for phase in phases[id] if phase.start_date <= day.date <= phase.end_date), None),
            has_phases=bool(phases[id]),
            notes=notes[id],
        )
        for id, name, description, task_count, done_count in rows
    ]


async def _load_phases(session: AsyncSession, day: Day, projects: list[UUID]) -> dict[UUID, list[PhaseFact]]:
    names = ("name", "description", "start_date", "end_date")
    query = sa.select(col(Phase.project_id), *(getattr(Phase, name) for name in names))
    query = query.where(col(Phase.project_id).in_(projects)).order_by(col(Phase.order))
    found: dict[UUID, list[PhaseFact]] = defaultdict(list)
    for project_id, *values in await session.execute(query):
        found[project_id].append(PhaseFact(**dict(zip(names, values, strict=True))))
    return found


async def _load_notes(session: AsyncSession, day: Day, projects: list[UUID]) -> dict[UUID, list[NoteFact]]:
    query = (
        sa.select(col(Note.project_id), col(Note.title), sa.func.left(col(Note.content), 80), col(Note.created_at))
        .where(col(Note.project_id).in_(projects), col(Note.created_at) >= day.starts(-7))
        .order_by(col(Note.id).desc())
    )
    found: dict[UUID, list[NoteFact]] = defaultdict(list)
    for project_id, title, content, at in await session.execute(query):
        if len(found[project_id]) < NOTES_PER_PROJECT:
            found[project_id].append(NoteFact(title=title or content, day=at.astimezone(day.zone).date()))
    return found


async def _load_tasks(session: AsyncSession, day: Day, projects: set[UUID], *, with_loose: bool) -> list[TaskFact]:
    """What is open, and what was done since yesterday; of a repetition its next open date."""
    names = ("id", "title", "project_id", "status", "priority", "start_date", "start_has_time", "due_date")
    columns = [getattr(Task, name) for name in (*names, "due_has_time", "duration_minutes", "completed_at")]
    is_open = col(Task.status) != TaskStatus.DONE
    done_lately = sa.and_(col(Task.status) == TaskStatus.DONE, col(Task.completed_at) >= day.starts(-1))
    instance = _next_instances(day)
    query = (
        sa.select(*columns, col(Project.name).label("project"), instance.c.instance_date)
        .outerjoin(Project, col(Project.id) == col(Task.project_id))
        .outerjoin(instance, instance.c.task_id == col(Task.id))
        .where(*VISIBLE, sa.or_(is_open, done_lately))
        .where(sa.or_(col(Task.task_type) == TaskType.ONE_OFF, instance.c.instance_date.is_not(None)))
        .order_by(_WHEN.asc().nulls_last(), col(Task.id))
        .limit(MOST_TASKS)
    )
    rows = [
        row
        for row in (await session.execute(query)).mappings()
        if row["project_id"] in projects or (with_loose and row["project_id"] is None)
    ]
    blocks, waits_for = await _load_dependencies(session)
    return [_task(row, day, blocks[row["id"]], waits_for[row["id"]]) for row in rows]


def _next_instances(day: Day) -> sa.Subquery:
    """The first date of each repetition that is still to be done, up to a week ahead."""
    return (
        sa.select(col(TaskInstance.task_id), sa.func.min(col(TaskInstance.instance_date)).label("instance_date"))
        .where(
            col(TaskInstance.status) == InstanceStatus.SCHEDULED,
            col(TaskInstance.instance_date) <= day.date + timedelta(days=AHEAD_DAYS),
        )
        .group_by(col(TaskInstance.task_id))
        .subquery()
    )


async def _load_dependencies(session: AsyncSession) -> tuple[Counter[UUID], Counter[UUID]]:
    """How many open tasks wait for a task, and for how many open ones it waits itself."""
    open_tasks = sa.select(col(Task.id)).where(col(Task.status) != TaskStatus.DONE, *VISIBLE)
    query = sa.select(col(TaskDependency.task_id), col(TaskDependency.needs_id)).where(
        col(TaskDependency.task_id).in_(open_tasks), col(TaskDependency.needs_id).in_(open_tasks)
    )
    pairs = (await session.execute(query)).all()
    return Counter(needs_id for _, needs_id in pairs), Counter(task_id for task_id, _ in pairs)


def _task(row: Any, day: Day, blocks: int, waits_for: int) -> TaskFact:
    moment = row["due_date"] or row["start_date"]
    local = moment.astimezone(day.zone) if moment else None
    has_time = row["due_has_time"] if row["due_date"] else row["start_has_time"]
    done_at = row["completed_at"] if row["status"] == TaskStatus.DONE else None
    return TaskFact(
        id=row["id"],
        title=row["title"],
        project_id=row["project_id"],
        project=row["project"] or "",
        status=row["status"],
        priority=row["priority"],
        day=row["instance_date"] or (local.date() if local else None),
        is_due=row["due_date"] is not None and row["instance_date"] is None,
        at=f"{local:%H:%M}" if local and has_time else "",
        minutes=row["duration_minutes"] or 0,
        blocks=blocks,
        waits_for=waits_for,
        repeats=row["instance_date"] is not None,
        done_on=done_at.astimezone(day.zone).date() if done_at else None,
    )


async def _load_yesterday(session: AsyncSession, day: Day) -> Yesterday:
    """What was planned for yesterday, done yesterday (by `completed_at`, trap 21), and planned but still open."""
    yesterday, today = day.starts(-1), day.starts()
    planned = sa.and_(yesterday <= _WHEN, today > _WHEN)
    done = sa.and_(col(Task.completed_at) >= yesterday, col(Task.completed_at) < today)
    query = sa.select(
        sa.func.count().filter(planned),
        sa.func.count().filter(done),
        sa.func.count().filter(planned, col(Task.status) != TaskStatus.DONE),
    ).where(*VISIBLE, col(Task.task_type) == TaskType.ONE_OFF, sa.or_(planned, done))
    return Yesterday(**dict(zip(("planned", "done", "slipped"), (await session.execute(query)).one(), strict=True)))
