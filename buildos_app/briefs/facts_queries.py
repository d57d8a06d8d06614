"""The queries of a brief. Built once: what varies is a parameter, so that they run together in one round trip."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from buildos_app.models.base import Timestamp
from buildos_app.models.phase import Phase
from buildos_app.models.project import Note, Project, ProjectStatus, Task, TaskStatus, TaskType
from buildos_app.models.task import InstanceStatus, TaskDependency, TaskInstance
from buildos_app.models.user import User
from buildos_app.projects.clashes import select_busy
from buildos_app.projects.queries import VISIBLE

MOST_TASKS = 1000
_WHEN = sa.func.coalesce(col(Task.due_date), col(Task.start_date))
_ONLY = sa.bindparam("only", type_=ARRAY(sa.Uuid))
"""The projects that were asked for; null for all."""
_WITHOUT = sa.bindparam("without", type_=ARRAY(sa.Uuid))
_YESTERDAY, _TODAY, _A_WEEK_AGO = (sa.bindparam(name, type_=Timestamp) for name in ("yesterday", "today", "a_week_ago"))
_CHOSEN = sa.select(col(Project.id)).where(
    col(Project.status) == ProjectStatus.ACTIVE,
    sa.or_(_ONLY.is_(None), col(Project.id) == sa.any_(_ONLY)),
    col(Project.id) != sa.all_(_WITHOUT),
)


def _select_projects() -> sa.Select[Any]:
    counts = sa.select(
        sa.func.count(col(Task.id)).label("task_count"),
        sa.func.count(col(Task.id)).filter(col(Task.status) == TaskStatus.DONE).label("done_count"),
    ).where(col(Task.project_id) == col(Project.id), *VISIBLE)
    inner = counts.lateral()
    columns: tuple[Any, ...] = (col(Project.id), col(Project.name), col(Project.description), inner.c[0], inner.c[1])
    query = sa.select(*columns).join(inner, sa.true()).where(col(Project.id).in_(_CHOSEN))
    return query.order_by(col(Project.name), col(Project.id))


def _select_phases() -> sa.Select[Any]:
    columns = [getattr(Phase, name) for name in ("project_id", "name", "description", "start_date", "end_date")]
    return sa.select(*columns).where(col(Phase.project_id).in_(_CHOSEN)).order_by(col(Phase.order))


def _select_notes() -> sa.Select[Any]:
    beginning = sa.func.left(col(Note.content), sa.literal_column("80")).label("beginning")
    return (
        sa.select(col(Note.project_id), col(Note.title), beginning, col(Note.created_at))
        .where(col(Note.project_id).in_(_CHOSEN), col(Note.created_at) >= _A_WEEK_AGO)
        .order_by(col(Note.id).desc())
    )


def _select_tasks() -> sa.Select[Any]:
    """What is open, and what was done since yesterday; of a repetition its next open date, up to a week ahead."""
    names = ("id", "title", "project_id", "status", "priority", "start_date", "start_has_time", "due_date")
    columns = [getattr(Task, name) for name in (*names, "due_has_time", "duration_minutes", "completed_at")]
    is_open = col(Task.status) != TaskStatus.DONE
    done_lately = sa.and_(col(Task.status) == TaskStatus.DONE, col(Task.completed_at) >= _YESTERDAY)
    instance = _select_next_dates().subquery()
    return (
        sa.select(*columns, col(Project.name).label("project"), instance.c.instance_date)
        .outerjoin(Project, col(Project.id) == col(Task.project_id))
        .outerjoin(instance, instance.c.task_id == col(Task.id))
        .where(*VISIBLE, sa.or_(is_open, done_lately))
        .where(sa.or_(col(Task.task_type) == TaskType.ONE_OFF, instance.c.instance_date.is_not(None)))
        .where(sa.or_(col(Task.project_id).in_(_CHOSEN), sa.and_(col(Task.project_id).is_(None), _ONLY.is_(None))))
        .order_by(_WHEN.asc().nulls_last(), col(Task.id))
        .limit(sa.literal_column(str(MOST_TASKS)))
    )


def _select_next_dates() -> sa.Select[Any]:
    """The first date of each repetition that is still to be done."""
    first: Any = sa.func.min(col(TaskInstance.instance_date)).label("instance_date")
    return (
        sa.select(col(TaskInstance.task_id), first)
        .where(
            col(TaskInstance.status) == InstanceStatus.SCHEDULED,
            col(TaskInstance.instance_date) <= sa.bindparam("last_date", type_=sa.Date),
        )
        .group_by(col(TaskInstance.task_id))
    )


def _select_dependencies() -> sa.Select[Any]:
    """Which open task waits for which."""
    open_tasks = sa.select(col(Task.id)).where(col(Task.status) != TaskStatus.DONE, *VISIBLE)
    pair: tuple[Any, ...] = (col(TaskDependency.task_id), col(TaskDependency.needs_id))
    return sa.select(*pair).where(*(column.in_(open_tasks) for column in pair))


def _select_yesterday() -> sa.Select[Any]:
    """What was planned for yesterday, done yesterday (by `completed_at`, trap 21), and planned but still open."""
    planned = sa.and_(_WHEN >= _YESTERDAY, _WHEN < _TODAY)
    done = sa.and_(col(Task.completed_at) >= _YESTERDAY, col(Task.completed_at) < _TODAY)
    counts: tuple[Any, ...] = (
        sa.func.count().filter(planned).label("planned"),
        sa.func.count().filter(done).label("done"),
        sa.func.count().filter(planned, col(Task.status) != TaskStatus.DONE).label("slipped"),
    )
    return sa.select(*counts).where(*VISIBLE, col(Task.task_type) == TaskType.ONE_OFF, sa.or_(planned, done))


QUERIES: dict[str, sa.Select[Any]] = {
    "person": sa.select(col(User.name)).where(col(User.id) == sa.bindparam("person", type_=sa.Uuid)),
    "projects": _select_projects(),
    "phases": _select_phases(),
    "notes": _select_notes(),
    "tasks": _select_tasks(),
    "dependencies": _select_dependencies(),
    "yesterday": _select_yesterday(),
    "busy": select_busy(_TODAY, sa.bindparam("after_all", type_=Timestamp)),
}
"""Their parameters are those of `load_facts`."""
