"""A phase for each task of the backlog: by its date, by what it waits for, or where there is room (behaviour.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from buildos_app.errors import InvalidInput
from buildos_app.models.phase import PhaseTask
from buildos_app.models.project import TaskStatus
from buildos_app.phases.facts import PhaseView, ProjectFacts
from buildos_app.phases.prompts import TaskToPlan


@dataclass(frozen=True)
class PlaceFound:
    """A phase for a task, and why it is this one."""

    phase_id: UUID
    reason: str


def find_places(facts: ProjectFacts) -> dict[UUID, PlaceFound]:
    """A phase for every open task of the backlog that does not repeat, never before the phase of what it waits for.
    Raises InvalidInput when every phase is over, or the backlog holds no such task."""
    phases = [phase for phase in facts.phases if phase.end_date >= facts.today]
    if not phases:
        raise InvalidInput("Every phase is over. Add one, or plan the phases anew.")
    homes = {task_id: phase.id for phase in facts.phases for task_id in phase.tasks}
    waiting = [task for task in facts.tasks if task.id not in homes and task.is_movable]
    if not waiting:
        raise InvalidInput("The backlog holds no open task.")
    known = {task.id: task for task in facts.tasks}
    work = {phase.id: sum(_minutes(known[key]) for key in phase.tasks if key in known) for phase in phases}
    found: dict[UUID, PlaceFound] = {}
    for task in _in_order(waiting):
        place = _place(task, phases, homes, known, work, facts)
        found[task.id], homes[task.id] = place, place.phase_id
        work[place.phase_id] += _minutes(task)
    return found


def _place(
    task: TaskToPlan,
    phases: list[PhaseView],
    homes: Mapping[UUID, UUID],
    known: Mapping[UUID, TaskToPlan],
    work: Mapping[UUID, int],
    facts: ProjectFacts,
) -> PlaceFound:
    order = {phase.id: number for number, phase in enumerate(phases)}
    needs = [other for other in task.dependencies if order.get(homes.get(other, task.id)) is not None]
    last = max(needs, key=lambda other: order[homes[other]], default=None)
    first = order[homes[last]] if last is not None else 0
    moment = task.start_date or task.due_date
    dated = [phase for phase in phases if moment and phase.start_date <= facts.day(moment) <= phase.end_date]
    if dated and order[dated[0].id] >= first:
        return PlaceFound(dated[0].id, "its date lies here")
    if last is not None:
        return PlaceFound(homes[last], f"waits for “{known[last].title[:60]}”")
    return PlaceFound(min(phases, key=lambda phase: (work[phase.id], order[phase.id])).id, "there is room for it here")


async def place(session: AsyncSession, user_id: UUID, places: Mapping[UUID, PlaceFound]) -> None:
    """Put tasks into their phases."""
    if not places:
        return
    rows = [
        {"user_id": user_id, "task_id": task_id, "phase_id": found.phase_id, "assignment_reason": found.reason}
        for task_id, found in places.items()
    ]
    await session.execute(sa.insert(PhaseTask).values(rows))


def _in_order(tasks: list[TaskToPlan]) -> list[TaskToPlan]:
    """What others wait for first; circles are cut."""
    left = {task.id: task for task in tasks}
    ordered: list[TaskToPlan] = []
    while left:
        free = (each for each in left.values() if not any(key in left and key != each.id for key in each.dependencies))
        task = next(free, None) or next(iter(left.values()))
        ordered.append(left.pop(task.id))
    return ordered


def _minutes(task: TaskToPlan) -> int:
    return 0 if task.status == TaskStatus.DONE else task.minutes
