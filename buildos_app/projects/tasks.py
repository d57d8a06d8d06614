"""Making and changing tasks. Every way of completing one leads through `complete` (behaviour.md, defect 81)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.clock import now
from buildos_app.errors import Conflict, InvalidInput, NotFound
from buildos_app.models.project import Project, Task, TaskStatus, TaskType
from buildos_app.models.task import InstanceStatus, TaskInstance
from buildos_app.projects.fields import SCHEDULE, NewTask, clean, inside_project, recurring
from buildos_app.projects.instances import (
    as_instance,
    effective_rule,
    ensure_instances,
    first_date,
    forget_dates,
    next_open_date,
    person_now,
)
from buildos_app.projects.placing import place_by_date
from buildos_app.projects.queries import DELETED, VISIBLE, TaskView, get_task
from buildos_app.projects.recurrence import next_dates

MOST_AT_ONCE = 200
GONE = "That task no longer exists."


async def create_task(session: AsyncSession, user_id: UUID, new: NewTask) -> TaskView:
    """Make a task; with a date it is in the phase that has its day. Raises InvalidInput when its fields do not fit each
    other or its project, NotFound."""
    fields = await _whole(session, clean(asdict(new)))
    task = Task(user_id=user_id, **fields)
    session.add(task)
    await session.flush()
    await place_by_date(session, [task.id])
    return await get_task(session, task.id)


async def change_task(
    session: AsyncSession, task_id: UUID, changes: Mapping[str, Any], *, outside_project: bool = False
) -> TaskView:
    """Change some columns of a task; columns that are not named stay. Raises InvalidInput, NotFound.

    A new schedule counts from today on: dates that were missed or done before stay. With `outside_project` it may lie
    outside of the project's dates: where it was set elsewhere, that is what holds.
    """
    changes = clean(changes)
    task = await _locked(session, task_id)
    if task.task_type == TaskType.RECURRING and changes.get("status") == TaskStatus.DONE:
        raise InvalidInput("A task that repeats is done date by date. To stop it, let its repetition end.")
    if changes.keys() & (SCHEDULE | {"project_id"}):
        kept = {name: getattr(task, name) for name in (*SCHEDULE, "project_id", "recurrence_end_source")}
        if "recurrence_ends" in changes:
            kept["recurrence_end_source"] = None
        changes = {**changes, **await _whole(session, {**kept, **changes}, outside_project=outside_project)}
    await session.execute(sa.update(Task).where(col(Task.id) == task_id).values(**changes))
    if changes.keys() & SCHEDULE:
        today = (await person_now(session)).date()
        await forget_dates(session, task_id, today)
    return await get_task(session, task_id)


async def complete(session: AsyncSession, task_id: UUID, *, on: date | None = None) -> TaskView:
    """Do a task, or one date of a recurring one: `on`, else the latest open date up to today, else the next.

    Completing a date leaves out those that were missed before it. When no date is left the series itself is done.
    Raises NotFound, and Conflict when the date is not open.
    """
    return await _settle(session, task_id, on, InstanceStatus.COMPLETED)


async def skip(session: AsyncSession, task_id: UUID, *, on: date) -> TaskView:
    """Leave out one date of a recurring task. Raises NotFound, Conflict."""
    return await _settle(session, task_id, on, InstanceStatus.SKIPPED)


async def reopen(session: AsyncSession, task_id: UUID, *, on: date | None = None) -> TaskView:
    """Take a completion or a skipped date back. Raises NotFound, Conflict."""
    task = await _locked(session, task_id)
    if on is None or task.task_type != TaskType.RECURRING:
        await set_task_status(session, task_id, TaskStatus.BACKLOG)
        return await get_task(session, task_id)
    closed = [InstanceStatus.COMPLETED, InstanceStatus.SKIPPED]
    await _set_date(session, task_id, on, closed, status=InstanceStatus.SCHEDULED, completed_at=None)
    if task.status == TaskStatus.DONE:
        await set_task_status(session, task_id, TaskStatus.BACKLOG)
    return as_instance(await get_task(session, task_id), on, InstanceStatus.SCHEDULED, None, await person_now(session))


async def toggle_task(session: AsyncSession, task_id: UUID, *, on: date | None = None) -> TaskView:
    """Complete what is open, reopen what is done; the task, or its date, as it is then. Raises NotFound."""
    task = await get_task(session, task_id, lock=True)
    done = task.status == TaskStatus.DONE or (on is not None and await _date_is_closed(session, task_id, on))
    return await (reopen if done else complete)(session, task_id, on=on)


async def set_task_status(session: AsyncSession, task_id: UUID, status: TaskStatus) -> None:
    """Set where a task stands; done for a recurring task means its current date. Raises NotFound."""
    if status == TaskStatus.DONE:
        await complete(session, task_id)
        return
    await _update(session, task_id, status=status)


async def delete_tasks(session: AsyncSession, task_ids: Sequence[UUID]) -> int:
    """Put tasks into the bin, from which `restore_tasks` takes them; how many there were.

    Raises Conflict while an open task hangs below one of them, NotFound when none of them is there any more.
    """
    _not_too_many(task_ids)
    below = sa.select(col(Task.title)).where(
        col(Task.parent_task_id).in_(task_ids),
        col(Task.id).not_in(task_ids),
        col(Task.status) != TaskStatus.DONE,
        *VISIBLE,
    )
    if title := (await session.execute(below.limit(1))).scalar_one_or_none():
        raise Conflict(f"“{title[:60]}” is still open and belongs to it. Finish or delete that first.")
    return _some(await _update_many(session, task_ids, VISIBLE, deleted_at=now()))


async def restore_tasks(session: AsyncSession, task_ids: Sequence[UUID]) -> int:
    """Take tasks out of the bin; how many there were. Raises NotFound when none of them is in it."""
    _not_too_many(task_ids)
    return _some(await _update_many(session, task_ids, DELETED, deleted_at=None))


def _some(count: int) -> int:
    if not count:
        raise NotFound(GONE)
    return count


def _not_too_many(task_ids: Sequence[UUID]) -> None:
    if len(task_ids) > MOST_AT_ONCE:
        raise InvalidInput(f"At most {MOST_AT_ONCE} tasks at once. Select fewer.")


async def _settle(session: AsyncSession, task_id: UUID, on: date | None, status: InstanceStatus) -> TaskView:
    task = await _locked(session, task_id)
    if task.task_type != TaskType.RECURRING:
        await _update(session, task_id, status=TaskStatus.DONE)
        return await get_task(session, task_id)
    zone_now = await person_now(session)
    await ensure_instances(session, zone_now.date(), task_id=task_id)
    on = on or await next_open_date(session, task_id, zone_now.date())
    if on is None:
        raise Conflict("This repetition has no open date left.")
    completed_at = now() if status == InstanceStatus.COMPLETED else None
    await _set_date(session, task_id, on, [InstanceStatus.SCHEDULED], status=status, completed_at=completed_at)
    if status == InstanceStatus.COMPLETED:
        await _leave_out_before(session, task_id, min(on, zone_now.date()))
    await _finish_if_over(session, task, on)
    return as_instance(await get_task(session, task_id), on, status, completed_at, zone_now)


async def _set_date(
    session: AsyncSession, task_id: UUID, on: date, before: list[InstanceStatus], **values: Any
) -> None:
    statement = (
        sa.update(TaskInstance)
        .where(
            col(TaskInstance.task_id) == task_id,
            col(TaskInstance.instance_date) == on,
            col(TaskInstance.status).in_(before),
        )
        .values(**values)
        .returning(col(TaskInstance.id))
    )
    if (await session.execute(statement)).one_or_none() is None:
        raise Conflict("That date was completed, skipped or moved already.")


async def _leave_out_before(session: AsyncSession, task_id: UUID, on: date) -> None:
    await session.execute(
        sa.update(TaskInstance)
        .where(
            col(TaskInstance.task_id) == task_id,
            col(TaskInstance.instance_date) < on,
            col(TaskInstance.status) == InstanceStatus.SCHEDULED,
        )
        .values(status=InstanceStatus.SKIPPED)
    )


async def _finish_if_over(session: AsyncSession, task: Task, on: date) -> None:
    """A series whose last date is settled is done itself."""
    if task.recurrence_ends is None or await next_open_date(session, task.id, on):
        return
    zone_now = await person_now(session)
    start = first_date(task, zone_now)
    if not next_dates(effective_rule(task, zone_now), start, after=on, count=1, ends=task.recurrence_ends):
        await _update(session, task.id, status=TaskStatus.DONE)


async def _date_is_closed(session: AsyncSession, task_id: UUID, on: date) -> bool:
    query = sa.select(col(TaskInstance.status)).where(
        col(TaskInstance.task_id) == task_id, col(TaskInstance.instance_date) == on
    )
    status = (await session.execute(query)).scalar_one_or_none()
    return status in (InstanceStatus.COMPLETED, InstanceStatus.SKIPPED)


async def _whole(session: AsyncSession, fields: dict[str, Any], *, outside_project: bool = False) -> dict[str, Any]:
    """The fields with what follows from the project's dates and from the repetition."""
    zone = (await person_now(session)).tzinfo
    starts = ends = None
    if fields.get("project_id"):
        project = await session.get(Project, fields["project_id"])
        if project is None:
            raise NotFound("That project does not exist, or it is not yours.")
        starts, ends = project.start_date, project.end_date
    if not outside_project:
        inside_project(fields, zone, starts, ends)
    return {**fields, **recurring(fields, zone, ends)}


async def _locked(session: AsyncSession, task_id: UUID) -> Task:
    query = sa.select(Task).where(col(Task.id) == task_id, *VISIBLE).with_for_update()
    task = (await session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
    if task is None:
        raise NotFound(GONE)
    return task


async def _update(session: AsyncSession, task_id: UUID, **values: Any) -> None:
    if not await _update_many(session, [task_id], VISIBLE, **values):
        raise NotFound(GONE)


async def _update_many(session: AsyncSession, task_ids: Sequence[UUID], which: Any, **values: Any) -> int:
    statement = sa.update(Task).where(col(Task.id).in_(task_ids), *which).values(**values).returning(col(Task.id))
    return len((await session.execute(statement)).all())
