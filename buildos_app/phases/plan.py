"""A plan of phases, checked and mended before anybody sees it (behaviour.md 6.6). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from buildos_app.errors import ServiceUnavailable
from buildos_app.phases.prompts import PhasePlan, PlannedPhase, TaskAssignment, TaskToPlan

DEFAULT_LENGTH = timedelta(days=7)
NAME_LENGTH = 255


@dataclass(frozen=True)
class PlanLimits:
    """The dates that a plan must keep; `end` is None for a project without one."""

    start: date
    end: date | None


def mended(plan: PhasePlan, tasks: list[TaskToPlan], limits: PlanLimits) -> PhasePlan:
    """The plan with every rule kept: unknown and doubled tasks dropped, forgotten ones in the last phase, dates inside
    the limits and one after the other, nothing before what it depends on, phases numbered from 1.

    Raises ServiceUnavailable when the plan has no phase at all, so that the job asks once more.
    """
    named = [phase for phase in sorted(plan.phases, key=lambda item: item.order) if phase.name.strip()]
    if not named:
        raise ServiceUnavailable("The plan came back without phases.")
    numbers: dict[int, int] = {}
    for number, phase in enumerate(named, start=1):
        numbers.setdefault(phase.order, number)
    phases = _dated([phase.model_copy(update={"order": number}) for number, phase in enumerate(named, start=1)], limits)
    assignments = _complete(plan.assignments, numbers, tasks, last=len(phases))
    return PhasePlan(phases=phases, assignments=_after_dependencies(assignments, tasks), summary=plan.summary.strip())


def _dated(phases: list[PlannedPhase], limits: PlanLimits) -> list[PlannedPhase]:
    """Each at least a day, none before the one before has begun to end, all inside the limits."""
    dated: list[PlannedPhase] = []
    earliest = limits.start
    for phase in phases:
        start = max(phase.start_date, earliest)
        start = min(start, limits.end) if limits.end else start
        end = phase.end_date if phase.end_date >= start else start + DEFAULT_LENGTH
        end = max(min(end, limits.end), start) if limits.end else end
        dated.append(
            phase.model_copy(update={"start_date": start, "end_date": end, "name": phase.name.strip()[:NAME_LENGTH]})
        )
        earliest = min(end + timedelta(days=1), limits.end) if limits.end else end + timedelta(days=1)
    return dated


def _complete(
    assignments: Iterable[TaskAssignment], numbers: dict[int, int], tasks: list[TaskToPlan], *, last: int
) -> list[TaskAssignment]:
    known = {task.id for task in tasks}
    placed: dict[UUID, TaskAssignment] = {}
    for item in assignments:
        if item.task_id in known and item.phase_order in numbers:
            placed.setdefault(item.task_id, item.model_copy(update={"phase_order": numbers[item.phase_order]}))
    return [
        placed.get(task.id) or TaskAssignment(task_id=task.id, phase_order=last, reason="left over: goes last")
        for task in tasks
    ]


def _after_dependencies(assignments: list[TaskAssignment], tasks: list[TaskToPlan]) -> list[TaskAssignment]:
    """Move a task to the phase of what it waits for; a circle of dependencies ends after as many rounds as tasks."""
    order = {item.task_id: item.phase_order for item in assignments}
    waits = {task.id: [other for other in task.dependencies if other in order] for task in tasks}
    titles = {task.id: task.title for task in tasks}
    reasons = {item.task_id: item.reason for item in assignments}
    for _ in tasks:
        moved = False
        for task_id, others in waits.items():
            latest = max(others, key=lambda other: order[other], default=None)
            if latest is not None and order[latest] > order[task_id]:
                order[task_id] = order[latest]
                reasons[task_id] = f"waits for “{titles[latest]}”"
                moved = True
        if not moved:
            break
    return [TaskAssignment(task_id=key, phase_order=order[key], reason=reasons[key]) for key in order]
