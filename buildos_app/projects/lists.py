"""The tasks of a project as a list with filters, and as a board by status."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.models.project import Task, TaskStatus, TaskType
from buildos_app.projects.queries import DELETED, VISIBLE, TaskView, select_tasks

PAGE = 50
MOST_IN_A_COLUMN = 30
WHEN = sa.func.coalesce(col(Task.due_date), col(Task.start_date))
FAR_AWAY: Any = sa.literal_column("'infinity'::timestamptz")


class Which(StrEnum):
    """Which tasks a list shows."""

    ACTIVE = "active"
    SCHEDULED = "scheduled"
    OVERDUE = "overdue"
    RECURRING = "recurring"
    DONE = "done"
    DELETED = "deleted"


class Sort(StrEnum):
    """The order of a list; what has no date comes last."""

    DATE = "date"
    NEWEST = "newest"
    UPDATED = "updated"


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and where the next ones begin; None where there are no more."""

    tasks: list[TaskView]
    cursor: tuple[Any, UUID] | None


def condition(which: Which, midnight: datetime) -> Any:
    """What a task must be to be shown by a filter; `midnight` begins the person's day."""
    is_open = col(Task.status) != TaskStatus.DONE
    return {
        Which.ACTIVE: is_open,
        Which.SCHEDULED: sa.and_(is_open, WHEN.is_not(None)),
        Which.OVERDUE: sa.and_(is_open, midnight > WHEN, col(Task.task_type) == TaskType.ONE_OFF),
        Which.RECURRING: sa.and_(is_open, col(Task.task_type) == TaskType.RECURRING),
        Which.DONE: col(Task.status) == TaskStatus.DONE,
        Which.DELETED: sa.true(),
    }[which]


async def count_tasks(session: AsyncSession, project_id: UUID, midnight: datetime) -> dict[str, int]:
    """How many tasks of a project each filter shows, in one query. `midnight` begins the person's day."""
    counts = [
        sa.func.count()
        .filter(condition(which, midnight), *(DELETED if which == Which.DELETED else VISIBLE))
        .label(which)
        for which in Which
    ]
    row = (await session.execute(sa.select(*counts).where(col(Task.project_id) == project_id))).one()
    return dict(row._mapping)


async def list_tasks(
    session: AsyncSession,
    project_id: UUID,
    midnight: datetime,
    *,
    which: Which = Which.ACTIVE,
    sort: Sort = Sort.DATE,
    after: tuple[Any, UUID] | None = None,
) -> Page:
    """A page of a project's tasks; `after` is the cursor of the page before."""
    value: Any = {
        Sort.DATE: sa.func.coalesce(WHEN, FAR_AWAY),
        Sort.NEWEST: col(Task.created_at),
        Sort.UPDATED: col(Task.updated_at),
    }[sort]
    keys = (value, col(Task.id))
    order = keys if sort == Sort.DATE else tuple(key.desc() for key in keys)
    cursor_text = sa.cast(value, sa.Text).label("cursor")
    query = select_tasks(cursor_text, deleted=which == Which.DELETED).where(
        col(Task.project_id) == project_id, condition(which, midnight)
    )
    if after is not None:
        there = sa.tuple_(sa.cast(sa.literal(after[0]), sa.DateTime(timezone=True)), sa.literal(after[1], sa.Uuid()))
        query = query.where(sa.tuple_(*keys) > there if sort == Sort.DATE else sa.tuple_(*keys) < there)
    rows = (await session.execute(query.order_by(*order).limit(PAGE + 1))).all()
    tasks = [TaskView(*row[:-1]) for row in rows[:PAGE]]
    return Page(tasks, (rows[PAGE - 1][-1], tasks[-1].id) if len(rows) > PAGE else None)


async def board(session: AsyncSession, project_id: UUID) -> dict[TaskStatus, list[TaskView]]:
    """The tasks of a project by status, in one query: open ones by date, done ones by when they were completed."""
    rank = sa.func.row_number().over(
        partition_by=col(Task.status),
        order_by=(col(Task.completed_at).desc().nulls_last(), sa.func.coalesce(WHEN, FAR_AWAY), col(Task.id)),
    )
    ranked = sa.select(col(Task.id), rank.label("rank")).where(col(Task.project_id) == project_id, *VISIBLE).subquery()
    query = (
        select_tasks()
        .join(ranked, ranked.c.id == col(Task.id))
        .where(ranked.c.rank <= MOST_IN_A_COLUMN)
        .order_by(ranked.c.rank)
    )
    columns: dict[TaskStatus, list[TaskView]] = {status: [] for status in TaskStatus}
    for row in await session.execute(query):
        task = TaskView(*row)
        columns[TaskStatus(task.status)].append(task)
    return columns
