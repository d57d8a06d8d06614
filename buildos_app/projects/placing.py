"""A new task with a date belongs to the phase that has its day (behaviour.md 6.9)."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

_PLACE = sa.text(
    "INSERT INTO phase_tasks (user_id, task_id, phase_id, assignment_reason)"
    " SELECT DISTINCT ON (t.id) t.user_id, t.id, p.id, 'its date lies here'"
    " FROM tasks t JOIN users u ON u.id = t.user_id JOIN phases p ON p.project_id = t.project_id"
    " AND (coalesce(t.start_date, t.due_date) AT TIME ZONE u.timezone)::date BETWEEN p.start_date AND p.end_date"
    " WHERE t.id = ANY(:ids) AND t.recurrence_pattern IS NULL"
    ' ORDER BY t.id, p."order" ON CONFLICT (task_id) DO NOTHING'
).bindparams(sa.bindparam("ids", type_=ARRAY(sa.Uuid)))


async def place_by_date(session: AsyncSession, task_ids: Collection[UUID]) -> None:
    """Put tasks that are in no phase yet into the phase of their project that has the day on which they begin, or else
    are due; what repeats, has no date, or fits no phase stays in the backlog."""
    await session.execute(_PLACE, {"ids": list(task_ids)})
