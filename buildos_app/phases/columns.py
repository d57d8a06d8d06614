"""A project's phases as columns of tasks: true counts of every one, and as many rows as a page may hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.models.phase import PhaseTask
from buildos_app.models.project import Task, TaskStatus, TaskType
from buildos_app.projects.lists import FAR_AWAY, WHEN, Which, condition
from buildos_app.projects.queries import VISIBLE, TaskView, select_tasks

MOST_ROWS: Final = 100
"""Of all columns together, and of one that is opened by itself."""
BACKLOG: Final = "backlog"
REPEATING: Final = "repeating"
"""The columns beside those of the phases: tasks in no phase, and those of them that repeat."""
MOST_DAYS: Final = 200
SHOWN: Final = (Which.ACTIVE, Which.SCHEDULED, Which.OVERDUE, Which.RECURRING, Which.DONE)

Cursor = tuple[bool, str, UUID]
Filters = Mapping[str, Which | None]
"""Which tasks a column shows, by its id; None is every task. The key "" is for all columns without one of their own."""

_DONE: Any = col(Task.status) == TaskStatus.DONE
_NO_PHASE: Any = sa.case((col(Task.task_type) == TaskType.RECURRING, REPEATING), else_=BACKLOG)
_COLUMN: Any = sa.func.coalesce(sa.cast(col(PhaseTask.phase_id), sa.Text), _NO_PHASE)
_ORDER: tuple[Any, ...] = (_DONE, sa.func.coalesce(WHEN, FAR_AWAY), col(Task.id))


@dataclass
class Column:
    """The tasks of a phase, or in no phase. `found` counts what the filter lets through, `tasks` are the first of
    these."""

    count: int = 0
    done: int = 0
    found: int = 0
    late: int = 0
    tasks: list[TaskView] = field(default_factory=list)


@dataclass(frozen=True)
class DatedTasks:
    """What lies on one day of a phase: a title and how many there are."""

    phase_id: UUID
    day: date
    title: str
    count: int
    done: int


@dataclass(frozen=True)
class ColumnPage:
    """Some rows of one column, and where the next ones begin; None where there are no more."""

    tasks: list[TaskView]
    cursor: Cursor | None


async def count_columns(
    session: AsyncSession, project_id: UUID, midnight: datetime, which: Filters, phase_ids: Sequence[UUID]
) -> dict[str, Column]:
    """The counts by the id of each phase, BACKLOG and REPEATING, in one query. `midnight` begins the person's day."""
    counts: tuple[Any, ...] = (
        sa.func.count(),
        sa.func.count().filter(_DONE),
        sa.func.count().filter(_filter(which, midnight)),
        sa.func.count().filter(condition(Which.OVERDUE, midnight)),
    )
    query = _placed(sa.select(_COLUMN, *counts)).where(col(Task.project_id) == project_id, *VISIBLE)
    columns = {key: Column() for key in (*map(str, phase_ids), BACKLOG, REPEATING)}
    return columns | {row[0]: Column(*row[1:]) for row in await session.execute(query.group_by(_COLUMN))}


async def read_columns(
    session: AsyncSession, project_id: UUID, midnight: datetime, which: Filters, phase_ids: Sequence[UUID]
) -> dict[str, Column]:
    """The counts and the first rows of every column: together at most MOST_ROWS rows, each column about as many, in two
    queries."""
    columns = await count_columns(session, project_id, midnight, which, phase_ids)
    rank = sa.func.row_number().over(partition_by=_COLUMN, order_by=_ORDER)
    ranked = (
        _placed(sa.select(col(Task.id), _COLUMN.label("place"), rank.label("rank")))
        .where(col(Task.project_id) == project_id, _filter(which, midnight), *VISIBLE)
        .subquery()
    )
    query = select_tasks(ranked.c.place).join(ranked, ranked.c.id == col(Task.id))
    query = query.where(ranked.c.rank <= _share([column.found for column in columns.values()]))
    for row in await session.execute(query.order_by(ranked.c.rank).limit(MOST_ROWS)):
        if row[-1] in columns:  # a phase may have come in between
            columns[row[-1]].tasks.append(TaskView(*row[:-1]))
    return columns


async def read_column(
    session: AsyncSession,
    project_id: UUID,
    midnight: datetime,
    which: Filters,
    column: str,
    after: Cursor | None,
) -> ColumnPage:
    """A page of one column; `after` is the cursor of the page before."""
    query = _placed(select_tasks(sa.cast(_ORDER[1], sa.Text))).where(
        col(Task.project_id) == project_id, column == _COLUMN, _filter(which, midnight)
    )
    if after is not None:
        moment = sa.cast(sa.literal(after[1]), sa.DateTime(timezone=True))
        there = sa.tuple_(sa.literal(after[0]), moment, sa.literal(after[2], sa.Uuid()))
        query = query.where(sa.tuple_(*_ORDER) > there)
    rows = (await session.execute(query.order_by(*_ORDER).limit(MOST_ROWS + 1))).all()
    tasks = [TaskView(*row[:-1]) for row in rows[:MOST_ROWS]]
    last = (tasks[-1].is_done, rows[MOST_ROWS - 1][-1], tasks[-1].id) if len(rows) > MOST_ROWS else None
    return ColumnPage(tasks, last)


async def list_dates(session: AsyncSession, project_id: UUID, now: datetime) -> list[DatedTasks]:
    """The days of the tasks in phases, for the timeline: one entry for a day of a phase, at most MOST_DAYS of them."""
    day = sa.cast(sa.func.timezone(str(now.tzinfo), WHEN), sa.Date)
    columns = (
        col(PhaseTask.phase_id),
        day,
        sa.func.left(sa.func.min(col(Task.title)), 80),
        sa.func.count(),
        sa.func.count().filter(_DONE),
    )
    query = _placed(sa.select(*columns)).where(
        col(Task.project_id) == project_id, col(PhaseTask.phase_id).is_not(None), WHEN.is_not(None), *VISIBLE
    )
    rows = await session.execute(query.group_by(col(PhaseTask.phase_id), day).order_by(day).limit(MOST_DAYS))
    return [DatedTasks(*row) for row in rows]


def _placed(query: sa.Select[Any]) -> sa.Select[Any]:
    """Tasks with the phase that each is in."""
    return query.outerjoin_from(Task, PhaseTask, col(PhaseTask.task_id) == col(Task.id))


def _filter(which: Filters, midnight: datetime) -> Any:
    conditions = {key: condition(each, midnight) if each else sa.true() for key, each in which.items()}
    rest = conditions.pop("", sa.true())
    return sa.case(*((key == _COLUMN, each) for key, each in conditions.items()), else_=rest) if conditions else rest


def _share(sizes: Sequence[int]) -> int:
    """How many rows each column may show: the largest number with which all stay below MOST_ROWS."""
    share = MOST_ROWS
    while share > 1 and sum(min(size, share) for size in sizes) > MOST_ROWS:
        share -= 1
    return share
