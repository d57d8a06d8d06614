"""Changing a task. Every way of completing one leads through here, so that `completed_at` is always right."""

from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.errors import NotFound
from buildos_app.models.project import Task, TaskStatus
from buildos_app.projects.queries import VISIBLE, TaskView, get_task


async def set_task_status(session: AsyncSession, task_id: UUID, status: TaskStatus) -> None:
    """Set where a task stands. Raises NotFound."""
    done = status == TaskStatus.DONE
    completed_at = sa.func.coalesce(col(Task.completed_at), now()) if done else None
    statement = (
        sa.update(Task)
        .where(col(Task.id) == task_id, *VISIBLE)
        .values(status=status, completed_at=completed_at)
        .returning(col(Task.id))
    )
    if (await session.execute(statement)).one_or_none() is None:
        raise NotFound("That task no longer exists.")


async def toggle_task(session: AsyncSession, task_id: UUID) -> TaskView:
    """Complete an open task, reopen a done one; the task as it is then. Raises NotFound."""
    task = await get_task(session, task_id, lock=True)
    status = TaskStatus.BACKLOG if task.status == TaskStatus.DONE else TaskStatus.DONE
    await set_task_status(session, task_id, status)
    return replace(task, status=status)
