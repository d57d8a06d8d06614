"""One change for many tasks, in the caller's one transaction: all of them or none."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.errors import InvalidInput
from buildos_app.models.project import TaskStatus
from buildos_app.phrases.dates import resolve_when
from buildos_app.projects.tasks import MOST_AT_ONCE, change_task, delete_tasks, restore_tasks, set_task_status

_SET_STARTS = sa.text(
    "UPDATE tasks SET start_date = v.start, start_has_time = v.start IS NOT NULL"
    " FROM unnest(:ids, :starts) v (id, start) WHERE tasks.id = v.id AND tasks.task_type = 'one_off'"
).bindparams(sa.bindparam("ids", type_=ARRAY(sa.Uuid)), sa.bindparam("starts", type_=ARRAY(sa.DateTime(timezone=True))))


async def set_starts(session: AsyncSession, starts: Mapping[UUID, datetime | None]) -> None:
    """Give many tasks a start with its time, or none, in one statement; who repeats keeps theirs. That each lies within
    its project is the caller's to know."""
    if starts:
        await session.execute(_SET_STARTS, {"ids": list(starts), "starts": list(starts.values())})


async def change_many(
    session: AsyncSession, task_ids: Sequence[UUID], what: str, value: str, zone_now: datetime
) -> int:
    """Do `what` with each task: status, priority, project, date (words such as "by Friday", empty for none), delete or
    restore; how many there were. Raises InvalidInput, NotFound, Conflict; then nothing is changed.
    """
    if not 0 < len(task_ids) <= MOST_AT_ONCE:
        raise InvalidInput(f"Select between 1 and {MOST_AT_ONCE} tasks.")
    if what == "delete":
        return await delete_tasks(session, task_ids)
    if what == "restore":
        return await restore_tasks(session, task_ids)
    for task_id in task_ids:
        if what == "status":
            await set_task_status(session, task_id, _status(value))
        else:
            await change_task(session, task_id, _changes(what, value, zone_now))
    return len(task_ids)


def _status(value: str) -> TaskStatus:
    if value not in set(TaskStatus):
        raise InvalidInput("Choose a status of the list.")
    return TaskStatus(value)


def _changes(what: str, value: str, zone_now: datetime) -> dict[str, Any]:
    if what == "priority":
        return {"priority": value}
    if what == "project":
        return {"project_id": UUID(value) if value else None}
    if what == "date":
        return _moment(value, zone_now)
    raise InvalidInput("That cannot be done with several tasks.")


def _moment(words: str, zone_now: datetime) -> dict[str, Any]:
    nothing = {"start_date": None, "start_has_time": False, "due_date": None, "due_has_time": False}
    if not words.strip():
        return nothing
    when = resolve_when(words[:100], zone_now)
    if when is None or when.recurrence:
        raise InvalidInput(f"“{words[:60]}” could not be read as a date. Try “tomorrow”, “by Friday”, “3 December”.")
    if when.kind == "due":
        return {"due_date": when.at, "due_has_time": when.has_time}
    return {**nothing, "start_date": when.at, "start_has_time": when.has_time}
