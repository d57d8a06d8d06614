"""What was changed in a task, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.models.task import TaskChange

CAUSE = "brain_dump:"


@dataclass(frozen=True)
class Change:
    """One change of a task: {column: [before, after]}. The cause is empty for the person, else such as
    `brain_dump:<id>`."""

    at: datetime
    changes: dict[str, Any]
    cause: str


async def because(session: AsyncSession, cause: str) -> None:
    """Let every change of this transaction name its cause, such as `brain_dump:<id>`."""
    await session.execute(sa.text("SELECT set_config('app.cause', :cause, true)"), {"cause": cause[:200]})


async def list_changes(session: AsyncSession, task_id: UUID, *, limit: int = 20) -> list[Change]:
    """The latest changes of a task, the newest first."""
    columns = (col(TaskChange.created_at), col(TaskChange.changes), col(TaskChange.cause))
    query = sa.select(*columns).where(col(TaskChange.task_id) == task_id).order_by(col(TaskChange.id).desc())
    return [Change(*row) for row in await session.execute(query.limit(limit))]
