"""What a task waits for. The database refuses circles; here the refusal gets its words."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from psycopg import errors
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.errors import InvalidInput, NotFound
from buildos_app.models.project import Task, TaskStatus
from buildos_app.models.task import TaskDependency
from buildos_app.projects.queries import VISIBLE

MOST_CHOICES = 100


@dataclass(frozen=True)
class Needed:
    """A task that another one waits for, or could wait for."""

    id: UUID
    title: str
    is_done: bool


async def add_dependency(session: AsyncSession, user_id: UUID, task_id: UUID, needs_id: UUID) -> None:
    """Let a task wait for another one. Twice is once. Raises InvalidInput for a circle, NotFound."""
    row = {"user_id": user_id, "task_id": task_id, "needs_id": needs_id}
    try:
        async with session.begin_nested():
            if await _has(session, task_id, needs_id):
                return
            await session.execute(sa.insert(TaskDependency), [row])
    except IntegrityError as error:
        if isinstance(error.orig, errors.CheckViolation):
            raise InvalidInput("That would be a circle: the other task waits for this one already.") from error
        raise NotFound("One of the two tasks no longer exists.") from error


async def remove_dependency(session: AsyncSession, task_id: UUID, needs_id: UUID) -> None:
    """Let a task not wait any more."""
    await session.execute(
        sa.delete(TaskDependency).where(
            col(TaskDependency.task_id) == task_id, col(TaskDependency.needs_id) == needs_id
        )
    )


async def list_needed(session: AsyncSession, task_id: UUID) -> list[Needed]:
    """What a task waits for, the oldest first; deleted tasks hold up nothing."""
    query = (
        sa.select(col(Task.id), col(Task.title), col(Task.status) == TaskStatus.DONE)
        .join(TaskDependency, col(TaskDependency.needs_id) == col(Task.id))
        .where(col(TaskDependency.task_id) == task_id, *VISIBLE)
        .order_by(col(TaskDependency.id))
    )
    return [Needed(*row) for row in await session.execute(query)]


async def list_choices(session: AsyncSession, task_id: UUID, project_id: UUID | None) -> list[Needed]:
    """The open tasks of the same project that a task could wait for without a circle."""
    waiting = (
        sa.select(col(TaskDependency.task_id).label("id"))
        .where(col(TaskDependency.needs_id) == task_id)
        .cte("waiting", recursive=True)
    )
    further = sa.select(col(TaskDependency.task_id)).join(waiting, col(TaskDependency.needs_id) == waiting.c.id)
    waiting = waiting.union(further)
    known = sa.select(col(TaskDependency.needs_id)).where(col(TaskDependency.task_id) == task_id)
    same = col(Task.project_id) == project_id if project_id else col(Task.project_id).is_(None)
    query = (
        sa.select(col(Task.id), col(Task.title), sa.false())
        .where(same, col(Task.id) != task_id, col(Task.status) != TaskStatus.DONE, *VISIBLE)
        .where(col(Task.id).not_in(sa.select(waiting.c.id)), col(Task.id).not_in(known))
        .order_by(col(Task.id).desc())
    )
    return [Needed(*row) for row in await session.execute(query.limit(MOST_CHOICES))]


async def _has(session: AsyncSession, task_id: UUID, needs_id: UUID) -> bool:
    query = sa.select(
        sa.exists().where(col(TaskDependency.task_id) == task_id, col(TaskDependency.needs_id) == needs_id)
    )
    return bool((await session.execute(query)).scalar_one())
