"""Taking the last change back: what the tasks were before it, as long as nobody changed them since."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.errors import Conflict
from buildos_app.models.phase import Phase, PhaseTask
from buildos_app.models.project import Task, TaskType
from buildos_app.models.task import InstanceStatus, TaskInstance
from buildos_app.projects.fields import EDITABLE

COLUMNS = sorted(
    {*EDITABLE, "deleted_at", "completed_at", "task_type", "recurrence_end_source", "instances_until"} - {"details"}
)
CHANGED_SINCE = "It was changed once more since then, so it stays as it is now."


@dataclass
class Undo:
    """What to put back; the details only of a task that was edited by itself. `made` are tasks that the change made;
    undoing puts them away. `places` are the phases of tasks (and why) where the change could move these, `moved` where
    it put them. `phases` are all phases of a project before a change of these, `phases_since` after it."""

    tasks: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    dates: dict[UUID, dict[date, str]] = field(default_factory=dict)
    versions: dict[UUID, int] = field(default_factory=dict)
    made: list[UUID] = field(default_factory=list)
    places: dict[UUID, tuple[UUID, str]] | None = None
    moved: dict[UUID, tuple[UUID, str]] | None = None
    project_id: UUID | None = None
    phases: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    phases_since: dict[UUID, dict[str, Any]] = field(default_factory=dict)


@asynccontextmanager
async def remembered(
    session: AsyncSession, task_ids: Sequence[UUID], *, details: bool = False, places: bool = False
) -> AsyncIterator[Undo]:
    """Do a change inside; the value then knows how to take it back, with `places` also in which phases tasks were."""
    undo = Undo()
    names = [*COLUMNS, "details"] if details else COLUMNS
    tasks = sa.select(Task).where(col(Task.id).in_(task_ids)).order_by(col(Task.id)).with_for_update()
    for task in (await session.execute(tasks)).scalars():
        undo.tasks[task.id] = {name: getattr(task, name) for name in names}
    undo.places = await _places(session, task_ids) if places else None
    recurring = [key for key, before in undo.tasks.items() if before["task_type"] == TaskType.RECURRING]
    if recurring:
        undo.dates = {key: {} for key in recurring}
        columns = (col(TaskInstance.task_id), col(TaskInstance.instance_date), col(TaskInstance.status))
        query = sa.select(*columns).where(col(TaskInstance.task_id).in_(recurring))
        for task_id, day, status in await session.execute(query):
            undo.dates[task_id][day] = status
    yield undo
    undo.moved = await _places(session, task_ids) if places else None
    undo.versions = await _versions(session, [*undo.tasks, *undo.made])


@asynccontextmanager
async def remembered_phases(
    session: AsyncSession, project_id: UUID, *, emptied: UUID | None = None
) -> AsyncIterator[Undo]:
    """Do a change of a project's phases inside; the value then knows how to take it back, for a phase that is deleted
    (`emptied`) also which tasks were in it."""
    undo = Undo(project_id=project_id, phases=await _phases(session, project_id))
    if emptied is not None:
        query = sa.select(col(PhaseTask.task_id)).where(col(PhaseTask.phase_id) == emptied)
        undo.places = await _places(session, (await session.execute(query)).scalars().all())
    yield undo
    undo.moved = await _places(session, list(undo.places)) if undo.places is not None else None
    undo.phases_since = await _phases(session, project_id)


async def take_back(session: AsyncSession, undo: Undo) -> None:
    """Put everything back. Raises Conflict when one of the tasks or phases was changed since."""
    if await _versions(session, list(undo.versions)) != undo.versions:
        raise Conflict(CHANGED_SINCE)
    if undo.project_id is not None:
        await _put_phases_back(session, undo, undo.project_id)
    for task_id, before in undo.tasks.items():
        await session.execute(sa.update(Task).where(col(Task.id) == task_id).values(**before))
    if undo.places is not None:
        await _put_places_back(session, undo)
    for task_id, statuses in undo.dates.items():
        await _put_dates_back(session, task_id, statuses)
    if undo.made:
        await session.execute(sa.update(Task).where(col(Task.id).in_(undo.made)).values(deleted_at=now()))


async def _versions(session: AsyncSession, task_ids: list[UUID]) -> dict[UUID, int]:
    query = sa.select(col(Task.id), col(Task.version)).where(col(Task.id).in_(task_ids)).with_for_update()
    return {row.id: row.version for row in await session.execute(query)}


async def _places(session: AsyncSession, task_ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, str]]:
    columns = (col(PhaseTask.task_id), col(PhaseTask.phase_id), col(PhaseTask.assignment_reason))
    rows = await session.execute(sa.select(*columns).where(col(PhaseTask.task_id).in_(task_ids)))
    return {row[0]: (row[1], row[2]) for row in rows}


async def _phases(session: AsyncSession, project_id: UUID) -> dict[UUID, dict[str, Any]]:
    """The phases of a project, locked, by their ids."""
    query = sa.select(*Phase.__table__.columns).where(col(Phase.project_id) == project_id)  # type: ignore[attr-defined]
    rows = (await session.execute(query.order_by(col(Phase.id)).with_for_update())).mappings()
    return {row["id"]: {name: value for name, value in row.items() if name != "updated_at"} for row in rows}


async def _put_phases_back(session: AsyncSession, undo: Undo, project_id: UUID) -> None:
    """The phases as they were, with their ids. Raises Conflict when one was changed since."""
    if await _phases(session, project_id) != undo.phases_since:
        raise Conflict(CHANGED_SINCE)
    for phase_id, before in undo.phases.items():
        if phase_id not in undo.phases_since:
            await session.execute(sa.insert(Phase).values(before))
        elif before != undo.phases_since[phase_id]:
            await session.execute(sa.update(Phase).where(col(Phase.id) == phase_id).values(before))


async def _put_places_back(session: AsyncSession, undo: Undo) -> None:
    """Tasks back into their phases; a phase that is gone since leaves its tasks in the backlog, and a task that went to
    another project stays there. Raises Conflict when one was moved once more."""
    before = undo.places or {}
    ids = list(undo.tasks.keys() | before.keys())
    if await _places(session, ids) != undo.moved:
        raise Conflict(CHANGED_SINCE)
    await session.execute(sa.delete(PhaseTask).where(col(PhaseTask.task_id).in_(ids)))
    wanted = {place[0] for place in before.values()}
    there = await _projects_of(session, Phase, wanted)
    homes = await _projects_of(session, Task, before)
    owner = sa.func.app_user_id()
    rows = [
        {"user_id": owner, "task_id": key, "phase_id": phase, "assignment_reason": why}
        for key, (phase, why) in before.items()
        if phase in there and there[phase] == homes.get(key)
    ]
    if rows:
        await session.execute(sa.insert(PhaseTask).values(rows))


async def _projects_of(
    session: AsyncSession, table: type[Phase] | type[Task], ids: Collection[UUID]
) -> dict[UUID, UUID | None]:
    """The project of each of these phases or tasks that is there."""
    query = sa.select(col(table.id), col(table.project_id)).where(col(table.id).in_(ids))
    return {row[0]: row[1] for row in await session.execute(query)}


async def _put_dates_back(session: AsyncSession, task_id: UUID, statuses: dict[date, str]) -> None:
    """The dates as they were; those that the change took are made again, those that it made go."""
    query = sa.select(TaskInstance).where(col(TaskInstance.task_id) == task_id)
    there = {row.instance_date: row for row in (await session.execute(query)).scalars()}
    user_id = (await session.execute(sa.select(col(Task.user_id)).where(col(Task.id) == task_id))).scalar_one()
    for day, status in statuses.items():
        row = there.pop(day, None)
        if row is None:
            done_at = now() if status == InstanceStatus.COMPLETED else None
            session.add(
                TaskInstance(user_id=user_id, task_id=task_id, instance_date=day, status=status, completed_at=done_at)
            )
        elif row.status != status:
            row.status, row.completed_at = status, now() if status == InstanceStatus.COMPLETED else None
    for row in there.values():
        await session.delete(row)
    await session.flush()
