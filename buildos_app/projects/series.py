"""Changing a recurring task from one of its dates: this one, this and the following, or all of them."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.errors import Conflict, NotFound
from buildos_app.models.project import Task, TaskType
from buildos_app.models.task import InstanceStatus, TaskInstance
from buildos_app.phrases.wall_clock import at_local
from buildos_app.projects.fields import clean
from buildos_app.projects.instances import (
    effective_rule,
    ensure_instances,
    first_date,
    forget_dates,
    moment_on,
    person_now,
)
from buildos_app.projects.queries import VISIBLE
from buildos_app.projects.tasks import change_task, delete_tasks

COPIED = (
    "user_id project_id title description details status priority duration_minutes task_steps source brain_dump_id "
    "start_has_time parent_task_id"
).split()


class Scope(StrEnum):
    """How far a change of a recurring task reaches."""

    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


async def make_date(session: AsyncSession, task_id: UUID, on: date) -> None:
    """Make the row of a date that lies further ahead than dates are made by themselves. Raises NotFound."""
    task = await _series(session, task_id)
    row = {"user_id": task.user_id, "task_id": task.id, "instance_date": on}
    await session.execute(insert(TaskInstance).values(row).on_conflict_do_nothing())


async def bring_back_date(session: AsyncSession, task_id: UUID, on: date) -> None:
    """A date that was deleted, skipped or taken out is open again."""
    await session.execute(
        sa.update(TaskInstance)
        .where(
            col(TaskInstance.task_id) == task_id,
            col(TaskInstance.instance_date) == on,
            col(TaskInstance.status) != InstanceStatus.COMPLETED,
        )
        .values(status=InstanceStatus.SCHEDULED)
    )


async def end_series(session: AsyncSession, task_id: UUID) -> None:
    """From today on the task no longer comes back; one that has not begun yet has no date any more. Raises NotFound."""
    task = await _series(session, task_id)
    zone_now = await person_now(session)
    today = zone_now.date()
    if first_date(task, zone_now) >= today:
        nothing = {"recurrence_pattern": None, "recurrence_rule": None, "recurrence_ends": None, "start_date": None}
        await change_task(session, task_id, {**nothing, "start_has_time": False}, outside_project=True)
        return
    ends = {"recurrence_ends": today - timedelta(days=1), "recurrence_end_source": "user_action"}
    await session.execute(sa.update(Task).where(col(Task.id) == task.id).values(**ends))
    await forget_dates(session, task.id, today)


async def change_series(
    session: AsyncSession, task_id: UUID, on: date, scope: Scope, changes: Mapping[str, Any]
) -> UUID:
    """Change a recurring task from its date `on`; the id of the task that now holds that date.

    A new start in `changes` says when that date begins; for all dates the series moves by as much. Raises NotFound,
    Conflict when the date is settled already, InvalidInput.
    """
    task = await _series(session, task_id)
    if scope == Scope.ALL:
        await change_task(session, task_id, await _moved(session, task, on, changes))
        return task_id
    if scope == Scope.FOLLOWING:
        return await _split(session, task, on, changes)
    return await _detach(session, task, on, changes)


async def delete_from_series(session: AsyncSession, task_id: UUID, on: date, scope: Scope) -> None:
    """Delete one date, the dates from `on` on, or the whole task. Raises NotFound, Conflict."""
    task = await _series(session, task_id)
    if scope == Scope.ALL:
        await delete_tasks(session, [task_id])
    elif scope == Scope.FOLLOWING:
        await _end_before(session, task, on)
    else:
        await _take_date(session, task_id, on, InstanceStatus.DELETED)


async def _series(session: AsyncSession, task_id: UUID) -> Task:
    query = sa.select(Task).where(col(Task.id) == task_id, *VISIBLE).with_for_update()
    task = (await session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
    if task is None or task.task_type != TaskType.RECURRING:
        raise NotFound("That repetition no longer exists.")
    await ensure_instances(session, (await person_now(session)).date(), task_id=task_id)
    return task


async def _detach(session: AsyncSession, task: Task, on: date, changes: Mapping[str, Any]) -> UUID:
    """One date becomes a task of its own."""
    zone_now = await person_now(session)
    await _take_date(session, task.id, on, InstanceStatus.CANCELLED)
    copy = Task(
        **{name: getattr(task, name) for name in COPIED},
        start_date=moment_on(task, on, zone_now),
        series_id=task.id,
        series_date=on,
    )
    session.add(copy)
    await session.flush()
    own = {name: value for name, value in changes.items() if not name.startswith("recurrence")}
    await change_task(session, copy.id, own)
    return copy.id


async def _split(session: AsyncSession, task: Task, on: date, changes: Mapping[str, Any]) -> UUID:
    """The series ends before `on`, and a new one goes on from there."""
    zone_now = await person_now(session)
    if on <= first_date(task, zone_now):
        await change_task(session, task.id, changes)
        return task.id
    copy = Task(
        **{name: getattr(task, name) for name in COPIED},
        task_type=TaskType.RECURRING,
        start_date=moment_on(task, on, zone_now),
        recurrence_pattern=task.recurrence_pattern,
        recurrence_rule=_kept_rule(task, effective_rule(task, zone_now), clean(changes)),
        recurrence_ends=task.recurrence_ends,
        recurrence_end_source=task.recurrence_end_source,
        series_id=task.id,
        series_date=on,
    )
    session.add(copy)
    await session.flush()
    await _hand_over(session, task.id, copy.id, on)
    await _end_before(session, task, on)
    await change_task(session, copy.id, changes)
    return copy.id


def _kept_rule(task: Task, rule: str, changes: Mapping[str, Any]) -> str | None:
    """The rule goes on as it was, so that the 31st stays the 31st when the new series begins on 30 June."""
    is_new = changes.keys() & {"start_date", "recurrence_pattern", "recurrence_rule"}
    return task.recurrence_rule if is_new else rule


async def _hand_over(session: AsyncSession, old: UUID, new: UUID, since: date) -> None:
    """What was done, skipped or detached ahead of time stays so in the new series."""
    await session.execute(
        sa.update(TaskInstance)
        .where(
            col(TaskInstance.task_id) == old,
            col(TaskInstance.instance_date) >= since,
            col(TaskInstance.status) != InstanceStatus.SCHEDULED,
        )
        .values(task_id=new)
    )


async def _end_before(session: AsyncSession, task: Task, on: date) -> None:
    if on <= first_date(task, await person_now(session)):
        await delete_tasks(session, [task.id])
        return
    ends = {"recurrence_ends": on - timedelta(days=1), "recurrence_end_source": "user_action"}
    await session.execute(sa.update(Task).where(col(Task.id) == task.id).values(**ends))
    await forget_dates(session, task.id, on)


async def _take_date(session: AsyncSession, task_id: UUID, on: date, status: InstanceStatus) -> None:
    statement = (
        sa.update(TaskInstance)
        .where(
            col(TaskInstance.task_id) == task_id,
            col(TaskInstance.instance_date) == on,
            col(TaskInstance.status) == InstanceStatus.SCHEDULED,
        )
        .values(status=status)
        .returning(col(TaskInstance.id))
    )
    if (await session.execute(statement)).one_or_none() is None:
        raise Conflict("That date was completed, skipped or moved already.")


async def _moved(session: AsyncSession, task: Task, on: date, changes: Mapping[str, Any]) -> dict[str, Any]:
    """A new start is that of the date `on`: the whole series moves by as many days, to the same time of day."""
    changed = dict(changes)
    start = changed.get("start_date")
    if start is not None:
        zone_now = await person_now(session)
        local = start.astimezone(zone_now.tzinfo)
        first = first_date(task, zone_now) + (local.date() - on)
        changed["start_date"] = at_local(first, local.time(), zone_now)
        if local.date() != on:
            changed.setdefault("recurrence_rule", None)
    return changed
