"""Phases by hand: making, editing, deleting, putting into another order, and moving tasks between them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from buildos_app.errors import Conflict, InvalidInput, NotFound
from buildos_app.models.phase import Phase, PhaseTask
from buildos_app.models.project import Project, Task, TaskStatus
from buildos_app.projects.instances import person_now
from buildos_app.projects.queries import get_task

GONE = "That phase no longer exists."
MOST_PHASES = 40

_RENUMBER = sa.text(
    'UPDATE phases SET "order" = n.number FROM (SELECT id, row_number() OVER (ORDER BY start_date, "order", id) number'
    ' FROM phases WHERE project_id = :project_id) n WHERE phases.id = n.id AND "order" <> n.number'
)


class PhaseFields(BaseModel):
    """What a person may write about a phase; both days are included."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=255)
    description: str = Field("", max_length=2000)
    start_date: date
    end_date: date


@dataclass(frozen=True)
class Moved:
    """A task that was moved. `start` is its start where that lies outside of the phase that it is in now."""

    title: str
    phase_name: str
    first: date | None = None
    last: date | None = None
    start: date | None = None


def read_fields(form: dict[str, Any]) -> PhaseFields:
    """A form's values. Raises InvalidInput, which says what to change."""
    try:
        fields = PhaseFields.model_validate({name: form.get(name, "") for name in PhaseFields.model_fields})
    except ValidationError as error:
        names = {str(problem["loc"][0]) for problem in error.errors()}
        if "name" in names:
            raise InvalidInput("Give the phase a name of at most 255 characters.") from None
        raise InvalidInput("Choose the first and the last day of the phase.") from None
    if fields.end_date < fields.start_date:
        raise InvalidInput("The phase ends before it starts. Move one of the two days.")
    return fields


async def get_phase(session: AsyncSession, phase_id: UUID) -> Phase:
    """A phase, locked for a change. Raises NotFound."""
    phase = await session.get(Phase, phase_id, with_for_update=True)
    if phase is None:
        raise NotFound(GONE)
    return phase


async def add_phase(session: AsyncSession, user_id: UUID, project_id: UUID, fields: PhaseFields) -> None:
    """A new phase, where its days put it. Raises InvalidInput when they lie outside of the project, NotFound."""
    await _inside_project(session, project_id, fields)
    count = sa.select(sa.func.count()).select_from(Phase).where(col(Phase.project_id) == project_id)
    if (number := (await session.execute(count)).scalar_one()) >= MOST_PHASES:
        raise InvalidInput(f"A project has at most {MOST_PHASES} phases. Delete one first.")
    session.add(Phase(user_id=user_id, project_id=project_id, order=number + 1, **fields.model_dump()))
    await _renumber(session, project_id)


async def edit_phase(session: AsyncSession, phase_id: UUID, fields: PhaseFields) -> None:
    """Change a phase; with other days it may come earlier or later. Raises InvalidInput, NotFound."""
    phase = await get_phase(session, phase_id)
    if (phase.start_date, phase.end_date) != (fields.start_date, fields.end_date):
        await _inside_project(session, phase.project_id, fields)
    for name, value in fields.model_dump().items():
        setattr(phase, name, value)
    await _renumber(session, phase.project_id)


async def delete_phase(session: AsyncSession, phase_id: UUID) -> str:
    """Delete a phase and say its name; its tasks go to the backlog. Raises NotFound."""
    phase = await get_phase(session, phase_id)
    await session.delete(phase)
    await _renumber(session, phase.project_id)
    return phase.name


async def shift_phase(session: AsyncSession, phase_id: UUID, step: int) -> str:
    """Let a phase change places with the one before it (-1) or after it (1), and say its name; each keeps its length,
    and what lies around the two stays. Raises Conflict where there is no such phase, or one of the two is over."""
    phase = await get_phase(session, phase_id)
    query = sa.select(Phase).where(col(Phase.project_id) == phase.project_id).order_by(col(Phase.order), col(Phase.id))
    phases = list((await session.execute(query.with_for_update())).scalars())
    at = phases.index(phase)
    first = min(at, at + step)
    if step not in (-1, 1) or not 0 <= first < len(phases) - 1:
        raise Conflict("There is no phase on that side.")
    one, two = phases[first], phases[first + 1]
    if min(one.end_date, two.end_date) < (await person_now(session)).date():
        raise Conflict("A phase that is over stays where it is.")
    gap, length = two.start_date - one.end_date, two.end_date - two.start_date
    start, end = one.start_date, two.end_date
    one.start_date, one.end_date = start + length + max(gap, timedelta(0)), max(end, start + length)
    two.start_date, two.end_date = start, start + length
    one.start_date = min(one.start_date, one.end_date)
    one.order, two.order = two.order, one.order
    await session.flush()
    await _renumber(session, phase.project_id)
    return phase.name


async def move_task(session: AsyncSession, user_id: UUID, task_id: UUID, phase_id: UUID | None) -> Moved:
    """Put a task into a phase of its project, or into the backlog (None). Raises NotFound, Conflict."""
    task = await get_task(session, task_id, lock=True)
    await session.execute(sa.delete(PhaseTask).where(col(PhaseTask.task_id) == task_id))
    if phase_id is None:
        return Moved(task.title, "the backlog")
    phase = await session.get(Phase, phase_id)
    if phase is None:
        raise NotFound(GONE)
    if phase.project_id != task.project_id:
        raise Conflict("That phase belongs to another project.")
    session.add(PhaseTask(user_id=user_id, phase_id=phase_id, task_id=task_id, assignment_reason="moved by hand"))
    zone = (await person_now(session)).tzinfo
    day = task.start_date.astimezone(zone).date() if task.start_date else None
    is_fixed = task.status == TaskStatus.DONE or task.recurrence_pattern is not None
    outside = day if day and not is_fixed and not phase.start_date <= day <= phase.end_date else None
    return Moved(task.title, phase.name, phase.start_date, phase.end_date, outside)


async def follow_dates(session: AsyncSession, user_id: UUID, project_id: UUID, starts: dict[UUID, datetime]) -> None:
    """Let tasks with new starts move into the phase that has that day, where there is one and they were in another."""
    zone = (await person_now(session)).tzinfo
    phases = (await session.execute(sa.select(Phase).where(col(Phase.project_id) == project_id))).scalars().all()
    places = await session.execute(sa.select(PhaseTask).where(col(PhaseTask.task_id).in_(starts)))
    for place in places.scalars():
        day = starts[place.task_id].astimezone(zone).date()
        there = [phase for phase in phases if phase.start_date <= day <= phase.end_date]
        if there and place.phase_id not in {phase.id for phase in there}:
            place.phase_id, place.assignment_reason = there[0].id, "its new date lies here"


async def _inside_project(session: AsyncSession, project_id: UUID, fields: PhaseFields) -> None:
    project = await session.get(Project, project_id)
    if project is None:
        raise NotFound("That project no longer exists.")
    if project.start_date and fields.start_date < project.start_date:
        day = project.start_date
        raise InvalidInput(f"The project begins on {day.day} {day:%B}. Choose a later day, or move the project.")
    if project.end_date and fields.end_date > project.end_date:
        day = project.end_date
        raise InvalidInput(f"The project ends on {day.day} {day:%B}. Choose an earlier day, or move its end.")


async def _renumber(session: AsyncSession, project_id: UUID) -> None:
    """Numbers follow the days."""
    await session.flush()
    await session.execute(_RENUMBER, {"project_id": project_id})


async def count_tasks(session: AsyncSession, phase_id: UUID) -> int:
    """How many tasks a phase holds that are still there."""
    query = sa.select(sa.func.count()).select_from(PhaseTask).join(Task, col(Task.id) == col(PhaseTask.task_id))
    query = query.where(col(PhaseTask.phase_id) == phase_id, col(Task.deleted_at).is_(None))
    return int((await session.execute(query)).scalar_one())
