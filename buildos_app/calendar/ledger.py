"""What was changed on both sides: both versions, and the other one with one click."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.calendar.content import Content, task_changes
from buildos_app.calendar.tasks import person_zone
from buildos_app.clock import now
from buildos_app.errors import Conflict, NotFound
from buildos_app.models.calendar import CalendarConflict, Side
from buildos_app.projects.tasks import change_task


@dataclass(frozen=True)
class ConflictView:
    """Two versions of a task. An empty one means: taken out of the calendar."""

    id: UUID
    task_id: UUID | None
    title: str
    ours: dict[str, Any]
    theirs: dict[str, Any]
    ours_at: datetime | None
    theirs_at: datetime | None
    winner: str
    taken_at: datetime | None
    created_at: datetime


async def list_conflicts(session: AsyncSession, *, limit: int = 50, before: UUID | None = None) -> list[ConflictView]:
    """The latest first; `before` is the id of the last one seen."""
    columns = [getattr(CalendarConflict, name) for name in ConflictView.__dataclass_fields__]
    query = sa.select(*columns).order_by(col(CalendarConflict.id).desc()).limit(limit)
    if before is not None:
        query = query.where(col(CalendarConflict.id) < before)
    return [ConflictView(*row) for row in await session.execute(query)]


async def take_other(session: AsyncSession, conflict_id: UUID) -> str:
    """Let the other version hold; the calendar follows. Which side holds now. Raises NotFound, Conflict."""
    query = sa.select(CalendarConflict).where(col(CalendarConflict.id) == conflict_id).with_for_update()
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None or row.task_id is None:
        raise NotFound("That task is gone, and with it the other version.")
    other = Side.OURS if row.winner == Side.THEIRS else Side.THEIRS
    content = Content.from_json(row.ours if other == Side.OURS else row.theirs)
    if content is None:
        if other == Side.THEIRS:
            await change_task(session, row.task_id, {"start_date": None, "start_has_time": False})
        else:
            raise Conflict("Here the task had been taken out of the calendar: delete or finish it to have that again.")
    else:
        zone = await person_zone(session)
        await change_task(session, row.task_id, task_changes(content, None, zone), outside_project=True)
    row.winner, row.taken_at = other, now()
    return other
