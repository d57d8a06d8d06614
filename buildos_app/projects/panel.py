"""All that the panel of one task shows, read in one transaction."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.errors import NotFound
from buildos_app.models.phase import Phase, PhaseTask
from buildos_app.models.project import Project, Task
from buildos_app.models.task import InstanceStatus, TaskInstance
from buildos_app.projects.dependencies import Needed, list_choices, list_needed
from buildos_app.projects.history import Change, list_changes
from buildos_app.projects.instances import as_instance, effective_rule, ensure_instances, first_date, person_now
from buildos_app.projects.queries import TaskView, list_project_names, select_tasks
from buildos_app.projects.recurrence import next_dates
from buildos_app.projects.steps import Step, read_steps

DATES_SHOWN = 5


@dataclass(frozen=True)
class PanelView:
    """A task, or one of its dates, with all that hangs below it; its project bounds its dates."""

    task: TaskView
    zone_now: datetime
    steps: list[Step]
    needs: list[Needed]
    choices: list[Needed]
    dates: list[date]
    changes: list[Change]
    projects: dict[UUID, str]
    created_at: datetime
    brain_dump_id: UUID | None
    project_starts: date | None
    project_ends: date | None
    phase: str | None
    phase_starts: date | None
    phase_ends: date | None

    @property
    def is_outside_its_phase(self) -> bool:
        """Does its moment lie before or behind the phase that it is in?"""
        if self.phase_starts is None or self.phase_ends is None or self.task.moment is None:
            return False
        day = self.task.moment.astimezone(self.zone_now.tzinfo).date()
        return not self.phase_starts <= day <= self.phase_ends


async def read_panel(session: AsyncSession, task_id: UUID, on: date | None) -> PanelView:
    """Read a task for its panel; also one in the bin, so that it can be restored. Raises NotFound."""
    zone_now = await person_now(session)
    extra = (
        col(Task.task_steps),
        col(Task.created_at),
        col(Task.brain_dump_id),
        col(Project.start_date),
        col(Project.end_date),
        col(Phase.name),
        col(Phase.start_date),
        col(Phase.end_date),
    )
    row = None
    for deleted in (False, True):
        query = (
            select_tasks(*extra, deleted=deleted)
            .outerjoin(PhaseTask, col(PhaseTask.task_id) == col(Task.id))
            .outerjoin(Phase, col(Phase.id) == col(PhaseTask.phase_id))
            .where(col(Task.id) == task_id)
        )
        row = row or (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("That task does not exist, or it is not yours.")
    task = TaskView(*row[: -len(extra)])
    steps, created_at, brain_dump_id, *bounds = row[-len(extra) :]
    return PanelView(
        task=await _dated(session, task, on, zone_now),
        zone_now=zone_now,
        steps=read_steps(steps),
        needs=await list_needed(session, task_id),
        choices=await list_choices(session, task_id, task.project_id),
        dates=_next(task, zone_now),
        changes=await list_changes(session, task_id),
        projects=await list_project_names(session),
        created_at=created_at,
        brain_dump_id=brain_dump_id,
        project_starts=bounds[0],
        project_ends=bounds[1],
        phase=bounds[2],
        phase_starts=bounds[3],
        phase_ends=bounds[4],
    )


async def _dated(session: AsyncSession, task: TaskView, on: date | None, zone_now: datetime) -> TaskView:
    """One date of a recurring task as a task of its own; a date that the series does not have is left aside."""
    if on is None or task.recurrence_pattern is None:
        return task
    await ensure_instances(session, zone_now.date(), task_id=task.id)
    query = sa.select(col(TaskInstance.status), col(TaskInstance.completed_at)).where(
        col(TaskInstance.task_id) == task.id,
        col(TaskInstance.instance_date) == on,
        col(TaskInstance.status).in_([InstanceStatus.SCHEDULED, InstanceStatus.COMPLETED, InstanceStatus.SKIPPED]),
    )
    row = (await session.execute(query)).one_or_none()
    return as_instance(task, on, row.status, row.completed_at, zone_now) if row else task


def _next(task: TaskView, zone_now: datetime) -> list[date]:
    if task.recurrence_pattern is None:
        return []
    yesterday = zone_now.date() - timedelta(days=1)
    rule, start = effective_rule(task, zone_now), first_date(task, zone_now)
    return next_dates(rule, start, after=yesterday, count=DATES_SHOWN, ends=task.recurrence_ends)
